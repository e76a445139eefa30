/*
 * SPDX-License-Identifier: ISC
 *
 * mime/head: what a part's fields say, and their parameters as programs write them.
 */
#include "unit.h"

#include <string.h>

#include "base/codec.h"
#include "mime/head.h"
#include "mime/text.h"

#define TYPE(parameters)        "Content-Type: text/plain" parameters "\r\n"
#define DISPOSITION(parameters) "Content-Disposition: attachment" parameters "\r\n"
#define BAD                     "\xef\xbf\xbd"

static const struct {
	const char *section, *type, *charset, *disposition, *filename, *id, *boundary;
	enum mime_encoding encoding;
} ROWS[] = {
    {"", "usual/type", NULL, NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {"Subject: x\r\n", "usual/type", NULL, NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {"CONTENT-TYPE : Text/HTML; Charset=UTF-8\r\nContent-Transfer-Encoding: Base64\r\n"
     "content-disposition: INLINE\r\nContent-ID: <a@b>\r\n",
	"text/html", "UTF-8", "inline", NULL, "a@b", "", MIME_ENCODING_BASE64},
    {"Content-Type: multipart/mixed; boundary=\"a \\\"b\"\r\n", "multipart/mixed", NULL, NULL, NULL,
	NULL, "a \"b", MIME_ENCODING_NONE},
    {"Content-Type: multipart/mixed;\r\n\tboundary=a=b:c; x=y\r\n", "multipart/mixed", NULL, NULL,
	NULL, NULL, "a=b:c", MIME_ENCODING_NONE},
    {"Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\r\n", "multipart/mixed", NULL, NULL,
	NULL, NULL, "a", MIME_ENCODING_NONE},
    {"Content-Type: multipart/mixed; boundary=\r\n", "multipart/mixed", NULL, NULL, NULL, NULL, "",
	MIME_ENCODING_NONE},
    {"Content-Type: text/html\r\nContent-Type: text/plain\r\n", "text/html", NULL, NULL, NULL, NULL,
	"", MIME_ENCODING_NONE},
    {"Content-Type: \r\n", "usual/type", NULL, NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {"Content-Type: text\r\n", "text/plain", NULL, NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {"Content-Type: text/\r\n", "text/plain", NULL, NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {"Content-Type: a/b/c\r\n", "text/plain", NULL, NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {"Content-Type: a\x1b/b\r\n", "text/plain", NULL, NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {TYPE("; charset=\"utf-8\" (a \\) (b) comment); name=x"), "text/plain", "utf-8", NULL, "x",
	NULL, "", MIME_ENCODING_NONE},
    {TYPE(" charset=utf-8"), "text/plain", "utf-8", NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {TYPE("; charset = utf-8 ;"), "text/plain", "utf-8", NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {TYPE(";;; charset=a; charset=b"), "text/plain", "a", NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {TYPE("; charset=\"\"; =x; y"), "text/plain", NULL, NULL, NULL, NULL, "", MIME_ENCODING_NONE},
    {TYPE("; xcharset=a; charsetx=b"), "text/plain", NULL, NULL, NULL, NULL, "",
	MIME_ENCODING_NONE},
    {DISPOSITION("; filename=my file.pdf; size=1"), "usual/type", NULL, "attachment", "my file.pdf",
	NULL, "", MIME_ENCODING_NONE},
    {DISPOSITION("; filename=\"a;b\\\\c\""), "usual/type", NULL, "attachment", "a;b\\c", NULL, "",
	MIME_ENCODING_NONE},
    {DISPOSITION("; filename=\"a"), "usual/type", NULL, "attachment", "a", NULL, "",
	MIME_ENCODING_NONE},
    {DISPOSITION("; filename=\"a\\"), "usual/type", NULL, "attachment", "a\\", NULL, "",
	MIME_ENCODING_NONE},
    {DISPOSITION("; filename=\"=?utf-8?q?r=C3=A9sum=C3=A9?=.pdf\""), "usual/type", NULL,
	"attachment", "r\xc3\xa9sum\xc3\xa9.pdf", NULL, "", MIME_ENCODING_NONE},
    {DISPOSITION("; filename*=utf-8'en'r%C3%A9sum%c3%a9.pdf"), "usual/type", NULL, "attachment",
	"r\xc3\xa9sum\xc3\xa9.pdf", NULL, "", MIME_ENCODING_NONE},
    {DISPOSITION("; filename*=iso-8859-1''r%E9; filename=plain"), "usual/type", NULL, "attachment",
	"r\xc3\xa9", NULL, "", MIME_ENCODING_NONE},
    {DISPOSITION("; filename*1*=%A9%zz; filename*0*=utf-8''a%C3; filename*2=\"%41\""), "usual/type",
	NULL, "attachment", "a\xc3\xa9%zz%41", NULL, "", MIME_ENCODING_NONE},
    {DISPOSITION("; filename*=no-such-set''%E9"), "usual/type", NULL, "attachment", BAD, NULL, "",
	MIME_ENCODING_NONE},
    {DISPOSITION("; filename*=plain%20text"), "usual/type", NULL, "attachment", "plain text", NULL,
	"", MIME_ENCODING_NONE},
    {DISPOSITION("; filename*1=b; filename*x=c; filename*100=d"), "usual/type", NULL, "attachment",
	NULL, NULL, "", MIME_ENCODING_NONE},
    {DISPOSITION("; filename*=utf-8''a%0D%0A%1B[31m%00"), "usual/type", NULL, "attachment",
	"a   [31m" BAD, NULL, "", MIME_ENCODING_NONE},
    {DISPOSITION("; filename=\"r\xe9sum\xe9\""), "usual/type", NULL, "attachment",
	"r" BAD "sum" BAD, NULL, "", MIME_ENCODING_NONE},
    {DISPOSITION("; filename=\"\"") TYPE("; name=y"), "text/plain", NULL, "attachment", "y", NULL,
	"", MIME_ENCODING_NONE},
    {"Content-Disposition: x\x1b\xff y\r\nContent-ID: <>\r\n", "usual/type", NULL, "x " BAD, NULL,
	NULL, "", MIME_ENCODING_NONE},
    {"Content-Transfer-Encoding: quoted-printable (x)\r\n", "usual/type", NULL, NULL, NULL, NULL,
	"", MIME_ENCODING_QUOTED},
    {"Content-Transfer-Encoding: x-UUencode;\n", "usual/type", NULL, NULL, NULL, NULL, "",
	MIME_ENCODING_UU},
    {"Content-Transfer-Encoding: base64x\n", "usual/type", NULL, NULL, NULL, NULL, "",
	MIME_ENCODING_NONE},
};

static void same(size_t row, const char *what, const char *got, const char *want)
{
	ck_assert_msg((got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
	    "row %zu %s: got \"%s\", expected \"%s\"", row, what, got == NULL ? "none" : got,
	    want == NULL ? "none" : want);
}

START_TEST(heads)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span section = unit_guard(span_from(ROWS[i].section));
		struct arena *a = arena_new();
		struct mime_head h;

		mime_head_read(section, "usual/type", a, &h);
		same(i, "type", h.type, ROWS[i].type);
		same(i, "charset", h.charset, ROWS[i].charset);
		same(i, "disposition", h.disposition, ROWS[i].disposition);
		same(i, "filename", h.filename, ROWS[i].filename);
		same(i, "content_id", h.content_id, ROWS[i].id);
		unit_span_eq(ROWS[i].section, h.boundary, ROWS[i].boundary);
		ck_assert_msg(h.encoding == ROWS[i].encoding, "row %zu", i);
		arena_free(a);
		unit_guard_free(section);
	}
}
END_TEST

START_TEST(hostile)
{
	static const char *const pieces[] = {";a=\"b\"", ";filename*0=x", "(", ";filename*=x''%41",
	    "\\", "\"", ";", "=", ";filename*0*=", ";charset=aaaaaaaaaaaaaaaa"};

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct arena *a = arena_new();
		struct buffer section = BUFFER_INIT;
		struct mime_head h;

		buffer_add_string(&section, "Content-Disposition: attachment");
		while (section.len < 1000000)
			buffer_add_string(&section, pieces[i]);
		mime_head_read(buffer_span(&section), "text/plain", a, &h);
		ck_assert(h.filename == NULL || utf8_valid(span_from(h.filename)));
		ck_assert_uint_lt(arena_used(a), 100000);
		buffer_clear(&section);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {heads, hostile, NULL};

	mime_init();
	return unit_main("mimehead", tests);
}
