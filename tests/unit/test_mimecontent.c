/*
 * SPDX-License-Identifier: ISC
 *
 * mime/content: text, HTML, links and attachments of whole messages; parts by their number; caps.
 */
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "mime/content.h"
#include "mime/text.h"

#define MIXED       "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
#define HTML        "Content-Type: text/html; charset=utf-8\r\n"

static const struct {
	const char *name, *message, *text, *html, *links; /* html NULL: none */
	size_t attachments;
} ROWS[] = {
    {"empty", "", "", NULL, "", 0},
    {"text", "Subject: x\r\n\r\nhello\r\nhttps://a.example/ \r\n", "hello\nhttps://a.example/ \n",
	NULL, "https://a.example/ ", 0},
    {"html", HTML "\r\n<p>a</p>\r\n<a href=http://a.example>b</a>", "a\n\nb <http://a.example>\n",
	"<p>a</p>\n<a href=http://a.example>b</a>", "http://a.example ", 0},
    {"both",
	ALTERNATIVE "--b\r\n\r\nread http://t.example/ now\r\n--b\r\n" HTML
		    "\r\n<a href=http://h.example/>now</a> http://t.example/\r\n--b--",
	"read http://t.example/ now", "<a href=http://h.example/>now</a> http://t.example/",
	"http://t.example/ http://h.example/ ", 0},
    {"empty text beside html", ALTERNATIVE "--b\r\n\r\n \r\n\r\n--b\r\n" HTML "\r\nx\r\n--b--",
	"x\n", "x", "", 0},
    {"two texts", MIXED "--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--", "one\ntwo", NULL, "", 0},
    {"charset and encoding",
	"Content-Type: text/plain; charset=iso-8859-1\r\n"
	"Content-Transfer-Encoding: quoted-printable\r\n\r\nh=E9llo =3D",
	"h\xc3\xa9llo =", NULL, "", 0},
    {"unknown charset", "Content-Type: text/plain; charset=x-unknown\r\n\r\nh\xe9llo",
	"h\xef\xbf\xbdllo", NULL, "", 0},
    {"NUL", "Content-Transfer-Encoding: base64\r\n\r\nYQBi",
	"a\xef\xbf\xbd"
	"b",
	NULL, "", 0},
    {"flowed", "Content-Type: text/plain; format=flowed\r\n\r\nlong \r\nline\r\n> q \r\n",
	"long \nline\n> q \n", NULL, "", 0},
    {"attachments are not shown",
	MIXED "--b\r\n\r\nshown\r\n--b\r\nContent-Disposition: attachment\r\n\r\n"
	      "http://no.example/\r\n--b\r\n" HTML "Content-Disposition: inline; filename=x\r\n\r\n"
	      "not\r\n--b\r\nContent-Type: image/png\r\n\r\n\r\n--b--",
	"shown", NULL, "", 3},
    {"a message inside is shown",
	MIXED "--b\r\n\r\nout\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
	      "y\r\n\r\nin\r\n--b--",
	"out\nin", NULL, "", 0},
    {"a message attached is not",
	MIXED "--b\r\n\r\nout\r\n--b\r\nContent-Type: message/rfc822\r\n"
	      "Content-Disposition: attachment\r\n\r\nSubject: y\r\n\r\nin\r\n--b--",
	"out", NULL, "", 1},
    {"other text", "Content-Type: text/calendar\r\n\r\nBEGIN", "", NULL, "", 0},
};

static void check_row(size_t i, const struct mime_content *c)
{
	struct buffer links = BUFFER_INIT;

	for (size_t k = 0; k < c->link_count; k++)
		buffer_printf(&links, "%s ", c->links[k]);
	unit_span_eq(ROWS[i].name, span_from(c->text), ROWS[i].text);
	ck_assert_msg((c->html == NULL) == (ROWS[i].html == NULL), "%s", ROWS[i].name);
	if (c->html != NULL)
		unit_span_eq(ROWS[i].name, span_from(c->html), ROWS[i].html);
	unit_span_eq(ROWS[i].name, buffer_span(&links), ROWS[i].links);
	ck_assert_msg(c->attachment_count == ROWS[i].attachments, "%s", ROWS[i].name);
	ck_assert_msg(!c->parts_cut && !c->text_cut, "%s", ROWS[i].name);
	buffer_clear(&links);
}

START_TEST(contents)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span message = unit_guard(span_from(ROWS[i].message));
		struct arena *a = arena_new();
		struct mime_content c;

		mime_content_read(message, a, &c);
		check_row(i, &c);
		arena_free(a);
		unit_guard_free(message);
	}
}
END_TEST

static const char LETTER[] =
    "From: a@example.com\r\n" MIXED
    "--b\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--b2\r\n"
    "--b\r\nContent-Type: application/pdf; name=\"=?utf-8?q?r=C3=A9sum=C3=A9.pdf?=\"\r\n"
    "Content-Disposition: Attachment\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <x@y>\r\n"
    "\r\nJVBE\r\nRi0=\r\n"
    "--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
    "Subject: in\r\n\r\ninner\r\n--b--\r\n";

START_TEST(parts)
{
	static const struct {
		const char *number, *type;
		uint64_t size;
		bool multipart, attachment;
	} want[] = {
	    {"", "multipart/mixed", 0, true, false},
	    {"1", "multipart/alternative", 0, true, false},
	    {"1.1", "text/plain", 4, false, false},
	    {"2", "application/pdf", 5, false, true},
	    {"3", "message/rfc822", 0, true, true},
	    {"3.1", "text/plain", 5, false, false},
	};
	struct arena *a = arena_new();
	struct mime_content c;

	mime_content_read(span_from(LETTER), a, &c);
	ck_assert_uint_eq(c.part_count, ARRAY_SIZE(want));
	for (size_t i = 0; i < c.part_count; i++) {
		const struct mime_part *p = &c.parts[i];

		ck_assert_str_eq(p->number, want[i].number);
		ck_assert_str_eq(p->type, want[i].type);
		ck_assert_msg(p->size == want[i].size, "%s: size %u", p->number, (unsigned)p->size);
		ck_assert_msg(p->multipart == want[i].multipart, "%s", p->number);
		ck_assert_msg(p->attachment == want[i].attachment, "%s", p->number);
	}
	ck_assert_str_eq(c.parts[3].filename, "r\xc3\xa9sum\xc3\xa9.pdf");
	ck_assert_str_eq(c.parts[3].content_id, "x@y");
	ck_assert_str_eq(mime_attachment(&c, 1), "2");
	ck_assert_str_eq(mime_attachment(&c, 2), "3");
	ck_assert_ptr_null(mime_attachment(&c, 3));
	ck_assert_ptr_null(mime_attachment(&c, 0));
	arena_free(a);
}
END_TEST

START_TEST(reading)
{
	static const struct {
		const char *number, *octets; /* NULL: no such part */
	} rows[] = {
	    {"", LETTER},
	    {"2", "%PDF-"},
	    {"3", "Subject: in\r\n\r\ninner"},
	    {"3.1", "inner"},
	    {"1", "--b2"},
	    {"4", NULL},
	    {"0", NULL},
	    {"02", NULL},
	    {"2.1", NULL},
	    {"2.", NULL},
	    {"99999999999999999999", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer out = BUFFER_INIT;
		int found = mime_part_read(span_from(LETTER), rows[i].number, &out);

		ck_assert_msg(found == (rows[i].octets != NULL), "%s", rows[i].number);
		if (found == 1)
			unit_span_eq(rows[i].number, buffer_span(&out), rows[i].octets);
		ck_assert(found == 1 || out.len == 0);
		buffer_clear(&out);
	}
}
END_TEST

/* What is repeated to so many octets, and what is left of it. */
static const struct {
	const char *name, *head, *piece;
	size_t octets;
	bool parts_cut, text_cut;
} LARGE[] = {
    {"text", "\r\n", "0123456789\r\n", 3U << 20, false, true},
    {"text of two octets", "Content-Type: text/plain; charset=iso-8859-1\r\n\r\n", "\xe9", 1U << 20,
	false, true},
    {"text of UTF-16", "Content-Type: text/plain; charset=utf-16le\r\n\r\n", "\xe9\xe9", 3U << 20,
	false, true},
    {"base64", "Content-Transfer-Encoding: base64\r\n\r\n",
	"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5QUJD\r\n", 10U << 20,
	false, true},
    {"attachment", "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5QUJD\r\n", 10U << 20,
	false, false},
    {"one line of HTML", HTML "\r\n", "<a href=http://a.example>\xc3\xa9</a>&euro;", 10U << 20,
	false, true},
    {"HTML of list items", HTML "\r\n", "<li>", 2U << 20, false, true},
    {"10,000 parts", MIXED, "--b\r\n\r\nhttp://a.example/\r\n", 220000, true, false},
};

START_TEST(caps)
{
	for (size_t i = 0; i < ARRAY_SIZE(LARGE); i++) {
		struct buffer message = BUFFER_INIT;
		struct arena *a = arena_new();
		struct mime_content c;

		buffer_add_string(&message, LARGE[i].head);
		while (message.len < LARGE[i].octets)
			buffer_add_string(&message, LARGE[i].piece);
		mime_content_read(buffer_span(&message), a, &c);
		ck_assert_msg(c.parts_cut == LARGE[i].parts_cut && c.text_cut == LARGE[i].text_cut,
		    "%s: cut %d %d", LARGE[i].name, c.parts_cut, c.text_cut);
		ck_assert_msg(strlen(c.text) <= MIME_TEXT_MAX && utf8_valid(span_from(c.text)),
		    "%s: text", LARGE[i].name);
		ck_assert_msg(c.html == NULL || (strlen(c.html) <= MIME_TEXT_MAX &&
						    utf8_valid(span_from(c.html))),
		    "%s: HTML", LARGE[i].name);
		ck_assert_uint_lt(arena_used(a), 4U << 20);
		arena_free(a);
		buffer_clear(&message);
	}
}
END_TEST

static void *read_often(void *unused)
{
	(void)unused;
	for (size_t round = 0; round < 200; round++) {
		const char *message = ROWS[round % ARRAY_SIZE(ROWS)].message;
		struct arena *a = arena_new();
		struct mime_content c;

		mime_content_read(span_from(message), a, &c);
		if (strcmp(c.text, ROWS[round % ARRAY_SIZE(ROWS)].text) != 0)
			abort();
		arena_free(a);
	}
	return NULL;
}

START_TEST(by_threads)
{
	pthread_t threads[4];

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, read_often, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {contents, parts, reading, caps, by_threads, NULL};

	mime_init();
	return unit_main("mimecontent", tests);
}
