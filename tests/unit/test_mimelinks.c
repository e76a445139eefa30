/*
 * SPDX-License-Identifier: ISC
 *
 * mime/links: where links in text begin and end, each kept once.
 */
#include "unit.h"

#include <string.h>

#include "mime/links.h"

static const struct {
	const char *text, *links; /* links: each with a blank behind */
} TEXTS[] = {
    {"", ""},
    {"no link: here", ""},
    {"http://a.example", "http://a.example "},
    {"HTTPS://A.example/x", "HTTPS://A.example/x "},
    {"see https://a.example/b?c=d&e=f#g today", "https://a.example/b?c=d&e=f#g "},
    {"https://a.example/.", "https://a.example/ "},
    {"https://a.example/x, https://a.example/y; https://a.example/z!",
	"https://a.example/x https://a.example/y https://a.example/z "},
    {"Really https://a.example/?!?", "https://a.example/ "},
    {"(https://a.example/)", "https://a.example/ "},
    {"(see https://a.example/x).", "https://a.example/x "},
    {"https://a.example/x_(y)", "https://a.example/x_(y) "},
    {"(https://a.example/x_(y))", "https://a.example/x_(y) "},
    {"[https://a.example/x]", "https://a.example/x "},
    {"https://[2001:db8::1]/x", "https://[2001:db8::1]/x "},
    {"<https://a.example/>", "https://a.example/ "},
    {"\"https://a.example/\"", "https://a.example/ "},
    {"'https://a.example/'", "https://a.example/ "},
    {"**https://a.example/**", "https://a.example/ "},
    {"https://a.example/{x}", "https://a.example/ "},
    {"https://a.example/\xc3\xa9t\xc3\xa9", "https://a.example/\xc3\xa9t\xc3\xa9 "},
    {"\xe2\x80\x9chttps://a.example/\xe2\x80\x9d", "https://a.example/ "},
    {"\xe8\xaf\xb7https://a.example/\xe3\x80\x82", "https://a.example/ "},
    {"https://a.example/\nhttps://b.example/\r\n", "https://a.example/ https://b.example/ "},
    {"https://a.example/\x1b[31m", "https://a.example/ "},
    {"https://a.example/ https://a.example/", "https://a.example/ "},
    {"https://a.example/?u=https://b.example/", "https://a.example/?u=https://b.example/ "},
    {"mailto:a@b.example?subject=x.", "mailto:a@b.example?subject=x "},
    {"write to mailto: a", ""},
    {"xhttp://a.example 1http://a.example", ""},
    {"http:// http:/// https://. http:a ftp://a.example javascript:x", ""},
    {"http://...", ""},
};

static const struct {
	const char *href, *link; /* NULL: none */
} HREFS[] = {
    {"http://a.example", "http://a.example"},
    {" \r\n\thttp://a.example/ ", "http://a.example/"},
    {"http://a.example/a b", "http://a.example/a%20b"},
    {"http://a.example/a\r\n\tb", "http://a.example/ab"},
    {"http://a.example/\x1b[31m\x7f", "http://a.example/%1B[31m%7F"},
    {"http://a.example/).", "http://a.example/)."},
    {"mailto:%61@b.example", "mailto:%61@b.example"},
    {"", NULL},
    {"#top", NULL},
    {"/path", NULL},
    {"javascript:alert(1)", NULL},
    {"http://", NULL},
    {"java\nscript:http://a.example", NULL},
};

START_TEST(texts)
{
	for (size_t i = 0; i < ARRAY_SIZE(TEXTS); i++) {
		struct span text = unit_guard(span_from(TEXTS[i].text));
		struct buffer got = BUFFER_INIT;
		struct arena *a = arena_new();
		struct mime_links links = {.arena = a};

		mime_links_scan(&links, text);
		for (size_t k = 0; k < links.count; k++)
			buffer_printf(&got, "%s ", links.items[k]);
		unit_span_eq(TEXTS[i].text, buffer_span(&got), TEXTS[i].links);
		buffer_clear(&got);
		arena_free(a);
		unit_guard_free(text);
	}
}
END_TEST

START_TEST(hrefs)
{
	for (size_t i = 0; i < ARRAY_SIZE(HREFS); i++) {
		struct span href = unit_guard(span_from(HREFS[i].href));
		struct arena *a = arena_new();
		struct mime_links links = {.arena = a};

		mime_links_add(&links, href);
		ck_assert_msg(links.count == (HREFS[i].link != NULL), "%s", HREFS[i].href);
		ck_assert_msg(mime_is_link(href) == (links.count == 1), "%s", HREFS[i].href);
		if (links.count == 1)
			ck_assert_str_eq(links.items[0], HREFS[i].link);
		arena_free(a);
		unit_guard_free(href);
	}
}
END_TEST

START_TEST(cap)
{
	struct arena *a = arena_new();
	struct mime_links links = {.arena = a};
	struct buffer text = BUFFER_INIT;

	for (unsigned i = 0; i < 3 * MIME_LINKS_MAX; i++)
		buffer_printf(&text, "http://a.example/%u ", i % (MIME_LINKS_MAX + 500));
	mime_links_scan(&links, buffer_span(&text));
	ck_assert_uint_eq(links.count, MIME_LINKS_MAX);
	ck_assert_str_eq(links.items[MIME_LINKS_MAX - 1], "http://a.example/999");
	mime_links_add(&links, SPAN("http://b.example/"));
	ck_assert_uint_eq(links.count, MIME_LINKS_MAX);
	buffer_clear(&text);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {texts, hrefs, cap, NULL};

	return unit_main("mimelinks", tests);
}
