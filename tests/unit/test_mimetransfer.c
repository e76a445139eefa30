/*
 * SPDX-License-Identifier: ISC
 *
 * mime/transfer: decoding, and counting without keeping.
 */
#include "unit.h"

#include <string.h>

#include "base/codec.h"
#include "mime/text.h"
#include "mime/transfer.h"

static const struct {
	const char *name, *body;
	enum mime_encoding encoding;
	const char *octets;
} ROWS[] = {
    {"none", "a=3D\r\n", MIME_ENCODING_NONE, "a=3D\r\n"},
    {"empty", "", MIME_ENCODING_BASE64, ""},
    {"base64", "aGVsbG8=", MIME_ENCODING_BASE64, "hello"},
    {"base64 in lines", "aGVs\r\nbG8g\r\nd29ybGQ=\r\n", MIME_ENCODING_BASE64, "hello world"},
    {"base64 with rubbish", "aG!Vs bG\t8=", MIME_ENCODING_BASE64, "hello"},
    {"base64 without padding", "aGVsbG8gd29y", MIME_ENCODING_BASE64, "hello wor"},
    {"quoted", "caf=C3=A9 =3D", MIME_ENCODING_QUOTED, "caf\xc3\xa9 ="},
    {"quoted, soft line ends", "a=\r\nb=\nc", MIME_ENCODING_QUOTED, "abc"},
    {"quoted, malformed", "a=zz=4", MIME_ENCODING_QUOTED, "a=zz"},
    {"quoted, lower case", "=c3=a9", MIME_ENCODING_QUOTED, "\xc3\xa9"},
    {"uuencode", "x\r\nbegin 644 a.txt\r\n%:&5L;&\\ \r\n`\r\nend\r\n", MIME_ENCODING_UU, "hello"},
    {"uuencode without begin", "%:&5L;&\\ \r\n", MIME_ENCODING_UU, ""},
};

START_TEST(decoding)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span body = unit_guard(span_from(ROWS[i].body));
		struct buffer out = BUFFER_INIT, cut = BUFFER_INIT;
		size_t len = strlen(ROWS[i].octets);

		ck_assert_uint_eq(
		    mime_transfer_decode(body, ROWS[i].encoding, &out, SIZE_MAX), out.len);
		unit_span_eq(ROWS[i].name, buffer_span(&out), ROWS[i].octets);
		ck_assert_uint_eq(mime_transfer_decode(body, ROWS[i].encoding, &cut, 3), len);
		ck_assert(span_equal(buffer_span(&cut), span_first(buffer_span(&out), 3)));
		ck_assert_uint_eq(mime_transfer_decode(body, ROWS[i].encoding, NULL, 0), len);
		buffer_clear(&out);
		buffer_clear(&cut);
		unit_guard_free(body);
	}
}
END_TEST

/* Larger than the pieces that are decoded at once. */
START_TEST(large)
{
	struct buffer octets = BUFFER_INIT, body = BUFFER_INIT, out = BUFFER_INIT;

	for (unsigned i = 0; i < 300001; i++)
		buffer_add_char(&octets, (char)(i * 7919 >> 3));
	base64_encode(&body, buffer_span(&octets));
	ck_assert_uint_eq(
	    mime_transfer_decode(buffer_span(&body), MIME_ENCODING_BASE64, &out, SIZE_MAX), 300001);
	ck_assert(span_equal(buffer_span(&out), buffer_span(&octets)));
	buffer_reset(&body);
	buffer_reset(&out);
	for (size_t i = 0; i < octets.len; i++)
		buffer_printf(&body, "=%02X", (unsigned char)octets.data[i]);
	mime_transfer_decode(buffer_span(&body), MIME_ENCODING_QUOTED, &out, SIZE_MAX);
	ck_assert(span_equal(buffer_span(&out), buffer_span(&octets)));
	buffer_clear(&octets);
	buffer_clear(&body);
	buffer_clear(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {decoding, large, NULL};

	mime_init();
	return unit_main("mimetransfer", tests);
}
