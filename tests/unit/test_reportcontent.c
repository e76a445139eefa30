/*
 * SPDX-License-Identifier: ISC
 *
 * report/text_content: parts and links for a person, and text that may go to a terminal.
 */
#include "unit.h"

#include <string.h>

#include "report/text.h"

static const struct mime_part PARTS[] = {
    {.number = "", .type = "multipart/mixed", .multipart = true},
    {.number = "1", .depth = 1, .type = "multipart/alternative", .multipart = true},
    {.number = "1.1", .depth = 2, .type = "text/plain", .charset = "utf-8", .size = 1},
    {.number = "1.2", .depth = 2, .type = "text/html", .charset = "\x1b[31m", .size = 22},
    {.number = "2",
	.depth = 1,
	.type = "application/pdf",
	.filename = "a\xe2\x80\xae.pdf",
	.attachment = true,
	.size = 333},
    {.number = "3.1.2.3.4.5.6.7", .depth = 8, .type = "image/png", .attachment = true},
};

static const char PAGE[] =
    "\nParts\n"
    "               multipart/mixed\n"
    "  1            multipart/alternative\n"
    "    1.1        text/plain, utf-8, 1 octet\n"
    "    1.2        text/html, \\x1b[31m, 22 octets\n"
    "  2            application/pdf, \"a\\u202e.pdf\", attachment, 333 octets\n"
    "               3.1.2.3.4.5.6.7 image/png, attachment, 0 octets\n"
    "\nLinks\n"
    "    https://a.example/\\x1b]0;x\\x07\n";

START_TEST(page)
{
	const char *links[] = {"https://a.example/\x1b]0;x\x07"};
	struct mime_part parts[ARRAY_SIZE(PARTS)];
	const struct mime_content content = {
	    .parts = parts,
	    .part_count = ARRAY_SIZE(parts),
	    .links = links,
	    .link_count = 1,
	};
	const struct report_style style = {.width = 0};
	struct buffer out = BUFFER_INIT;

	memcpy(parts, PARTS, sizeof(parts));
	report_content_text(&out, &content, &style);
	unit_span_eq("page", buffer_span(&out), PAGE);
	buffer_clear(&out);
}
END_TEST

/* Of many parts and links the first are shown, and how many more there are. */
START_TEST(many)
{
	static struct mime_part parts[MIME_PARTS_MAX];
	static const char *links[MIME_LINKS_MAX];
	const struct mime_content content = {
	    .parts = parts,
	    .part_count = ARRAY_SIZE(parts),
	    .links = links,
	    .link_count = ARRAY_SIZE(links),
	    .parts_cut = true,
	};
	const struct report_style style = {.width = 80};
	struct buffer out = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		parts[i] = PARTS[2];
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		links[i] = "http://a.example/";
	report_content_text(&out, &content, &style);
	ck_assert_ptr_nonnull(strstr(out.data, "\n               and 900 more\n"));
	ck_assert_ptr_nonnull(strstr(out.data, "others were not looked at"));
	ck_assert_ptr_nonnull(strstr(out.data, "\n               and 950 more\n"));
	ck_assert_uint_lt(out.len, 10000);
	buffer_clear(&out);
}
END_TEST

START_TEST(escaping)
{
	static const struct {
		const char *text, *escaped;
	} rows[] = {
	    {"", ""},
	    {"a", "a"},
	    {"a\nb\n\n", "a\nb\n\n"},
	    {"a\r\nb\rc\r", "a\nb\\x0dc\\x0d"},
	    {"\ta\t\tb\n\t", "\ta\t\tb\n\t"},
	    {"\x1b[2J\x07\x7f", "\\x1b[2J\\x07\\x7f"},
	    {"\xc2\x9b"
	     "31m\xff",
		"\\x9b31m\\xff"},
	    {"\xe2\x80\xae\xe2\x81\xa6", "\\u202e\\u2066"},
	    {"\xc3\xa9\xf0\x9f\x98\x80", "\xc3\xa9\xf0\x9f\x98\x80"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span text = unit_guard(span_from(rows[i].text));
		struct buffer out = BUFFER_INIT;

		report_escape_lines(&out, text);
		unit_span_eq(rows[i].escaped, buffer_span(&out), rows[i].escaped);
		buffer_clear(&out);
		unit_guard_free(text);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {page, many, escaping, NULL};

	return unit_main("reportcontent", tests);
}
