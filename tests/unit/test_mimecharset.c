/*
 * SPDX-License-Identifier: ISC
 *
 * mime/charset: text in the character sets that mail uses, as UTF-8.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "mime/charset.h"
#include "mime/text.h"

#define BAD "\xef\xbf\xbd"

static const struct {
	const char *charset;
	struct span octets;
	const char *text;
} ROWS[] = {
    {"", {"a\xc3\xa9", 3}, "a\xc3\xa9"},
    {"utf-8", {"a\xc3\xa9", 3}, "a\xc3\xa9"},
    {"UTF-8", {"\xe9t\xc3", 3}, BAD "t" BAD},
    {"us-ascii", {"a\xe9", 2}, "a" BAD},
    {"utf-8", {"a\0b", 3}, "a" BAD "b"},
    {"utf-8", {"\xed\xa0\x80", 3}, BAD BAD BAD},
    {"iso-8859-1", {"caf\xe9", 4}, "caf\xc3\xa9"},
    {"ISO-8859-15", {"\xa4", 1}, "\xe2\x82\xac"},
    {"windows-1252", {"\x80\x81z", 3}, "\xe2\x82\xac" BAD "z"},
    {"koi8-r", {"\xc1", 1}, "\xd0\xb0"},
    {"iso-2022-jp", {"\x1b$BF|K\\\x1b(B.", 11}, "\xe6\x97\xa5\xe6\x9c\xac."},
    {"shift_jis", {"\x93\xfa", 2}, "\xe6\x97\xa5"},
    {"shift_jis", {"a\x93", 2}, "a" BAD},
    {"gb18030", {"\xc4\xe3", 2}, "\xe4\xbd\xa0"},
    {"big5", {"\xa7\x41", 2}, "\xe4\xbd\xa0"},
    {"euc-kr", {"\xb0\xa1", 2}, "\xea\xb0\x80"},
    {"utf-16le", {"a\0\xe9\0", 4}, "a\xc3\xa9"},
    {"utf-16be", {"\0a\xd8\0\0b", 6}, "a" BAD "b"},
    {"utf-16", {"\xfe\xff\0a", 4}, "a"},
    {"utf-16le", {"a\0b", 3}, "a" BAD},
    {"utf-7", {"+AOk-a", 6},
	"\xc3\xa9"
	"a"},
    {"no-such-set", {"a\xe9\xc3\xa9", 4}, "a" BAD "\xc3\xa9"},
    {"iso-8859-1//TRANSLIT", {"\xe9", 1}, BAD},
    {"utf-32", {"a\0\0\0", 4}, "a" BAD BAD BAD},
};

START_TEST(rows)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span octets = unit_guard(ROWS[i].octets);
		struct buffer text = BUFFER_INIT;

		ck_assert_msg(mime_charset_decode(&text, octets, span_from(ROWS[i].charset), 1000),
		    "row %zu", i);
		unit_span_eq(ROWS[i].charset, buffer_span(&text), ROWS[i].text);
		buffer_clear(&text);
		unit_guard_free(octets);
	}
}
END_TEST

START_TEST(cut)
{
	static const char *const charsets[] = {"utf-8", "iso-8859-1", "utf-16be", "x"};
	static const char text[] = "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9";

	for (size_t i = 0; i < ARRAY_SIZE(charsets) * 8; i++) {
		struct buffer out = BUFFER_INIT;
		bool whole =
		    mime_charset_decode(&out, span_from(text), span_from(charsets[i / 8]), i % 8);

		ck_assert(!whole);
		ck_assert_uint_le(out.len, i % 8);
		ck_assert(utf8_valid(buffer_span(&out)));
		buffer_clear(&out);
	}
}
END_TEST

/* Random octets in every set: valid, and no faster growth than U+FFFD for each. */
START_TEST(random_octets)
{
	static const char *const charsets[] = {"iso-2022-jp", "iso-2022-kr", "utf-7", "gb18030",
	    "gb2312", "big5-hkscs", "euc-tw", "euc-jp", "cp932", "utf-16", "windows-1255",
	    "tis-620", "ks_c_5601-1987", "windows-874", "iso-8859-16", "macintosh"};
	char octets[20000];

	srand(1);
	for (size_t i = 0; i < ARRAY_SIZE(charsets); i++) {
		struct buffer out = BUFFER_INIT;

		for (size_t k = 0; k < sizeof(octets); k++)
			octets[k] = (char)(rand() % 4 == 0 ? "\x1b$B+-"[rand() % 5] : rand());
		mime_charset_decode(
		    &out, span_of(octets, sizeof(octets)), span_from(charsets[i]), SIZE_MAX);
		ck_assert_msg(utf8_valid(buffer_span(&out)), "%s", charsets[i]);
		ck_assert_uint_le(out.len, 4 * sizeof(octets));
		ck_assert_ptr_null(memchr(out.data, '\0', out.len));
		buffer_clear(&out);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {rows, cut, random_octets, NULL};

	mime_init();
	return unit_main("mimecharset", tests);
}
