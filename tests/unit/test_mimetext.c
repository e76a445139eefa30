/*
 * SPDX-License-Identifier: ISC
 *
 * mime/text: encoded words, and text that is always valid UTF-8 without control characters.
 */
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "mime/text.h"

#define BAD "\xef\xbf\xbd"

static const struct {
	const char *value, *text;
} ROWS[] = {
    {"", ""},
    {"plain", "plain"},
    {"a = b ? c", "a = b ? c"},
    {"=?utf-8?q?a?=", "a"},
    {"=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", "Gr\xc3\xbc\xc3\x9f\x65"},
    {"=?utf-8?B?8J+YgA==?=", "\xf0\x9f\x98\x80"},
    {"=?iso-8859-1?Q?caf=E9?=", "caf\xc3\xa9"},
    {"=?ISO-8859-1?q?a_b?=", "a b"},
    {"=?windows-1252?Q?=80?=", "\xe2\x82\xac"},
    {"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac"},
    {"=?koi8-r?Q?=C1?=", "\xd0\xb0"},
    {"=?utf-8*en?q?lang?=", "lang"},
    {"Re: =?utf-8?q?=C3=A4?= x", "Re: \xc3\xa4 x"},
    {"a  =?utf-8?q?b?=  c", "a  b  c"},
    {"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
    {"=?utf-8?q?a?=  \t =?iso-8859-1?q?b?=", "ab"},
    {"=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"},
    {"=?utf-8?q?=E2=82?= =?utf-8?q?=AC?=", "\xe2\x82\xac"},
    {"x=?utf-8?q?a?=y", "xay"},
    {"(=?utf-8?q?a?=)", "(a)"},
    {"=?utf-8?q?a?==?utf-8?q?b?=", "ab"},
    {"=?utf-8?q?\?=", ""},
    {"=?utf-8?q?=FF=FE?=", "??"},
    {"=?utf-8?q?a=0D=0Ab?=", "a  b"},
    {"=?utf-8?q?=1B[31m?=", " [31m"},
    {"=?utf-8?q?=C2=9B?=", " "},
    {"=?utf-8?q?a", "=?utf-8?q?a"},
    {"=?utf-8?q?a b?=", "=?utf-8?q?a b?="},
    {"=?utf-8?x?a?=", "=?utf-8?x?a?="},
    {"=?utf-8?q?", "=?utf-8?q?"},
    {"=?utf-8?q", "=?utf-8?q"},
    {"=?utf-8?", "=?utf-8?"},
    {"=?utf-8", "=?utf-8"},
    {"=?", "=?"},
    {"=??q?a?=", "=??q?a?="},
    {"=?*en?q?a?=", "=?*en?q?a?="},
    {"=?no-such-set?q?a=E9?=", "=?no-such-set?q?a=E9?="},
    {"=?no-such-set?q?a?= =?utf-8?q?b?=", "=?no-such-set?q?a?= b"},
    {"=?utf-8?q?a?= =?no-such-set?q?b?=", "a =?no-such-set?q?b?="},
    {"M\xc3\xbcller", "M\xc3\xbcller"},
    {"M\xfcller", "M" BAD "ller"},
    {"\xff\xfe\x80", BAD BAD BAD},
    {"a\x01\x1f\x7f\tb\r\nc", "a    b  c"},
    {"\xc2\x80\xc2\x9f\xc2\xa0", "  \xc2\xa0"},
    {"\xed\xa0\x80", BAD BAD BAD},
    {"\xfc=?utf-8?q?=C3=A4?=\xfc", BAD "\xc3\xa4" BAD},
};

START_TEST(decoding)
{
	mime_init();
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span s = unit_guard(span_of(ROWS[i].value, strlen(ROWS[i].value) + 1));
		struct arena *a = arena_new();
		const char *text = mime_decode_words(a, s.data);

		ck_assert_msg(
		    strcmp(text, ROWS[i].text) == 0, "%s: got \"%s\"", ROWS[i].value, text);
		arena_free(a);
		unit_guard_free(s);
	}
	ck_assert_ptr_null(mime_decode_words(NULL, NULL));
}
END_TEST

static void check_clean(const char *text)
{
	bool controls = false;

	ck_assert(utf8_valid(span_from(text)));
	for (; *text != '\0'; text++)
		controls = controls || (unsigned char)*text < ' ';
	ck_assert(!controls);
}

/* Whatever a client repeats, decoding takes a moment and the result is clean. */
START_TEST(hostile)
{
	static const char *const pieces[] = {"=?", "=?utf-8?q?a?= ", "=?utf-8?q?",
	    "=?utf-8?q?a?=", "=?utf-8*", "=?iso-2022-jp?B?GyRC?= ", "\xff", "\x01",
	    "?=", "=?utf-16?b?AAAA?= ", "=?utf-7?q?+AOk?= ", "=?gb18030?q?=81?="};
	static const size_t sizes[] = {100, MIME_WORDS_MAX, MIME_WORDS_MAX + 100, 2000000};

	mime_init();
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
			struct arena *a = arena_new();
			struct buffer b = BUFFER_INIT;

			while (b.len + strlen(pieces[i]) <= sizes[k])
				buffer_add_string(&b, pieces[i]);
			check_clean(mime_decode_words(a, b.data));
			buffer_clear(&b);
			arena_free(a);
		}
	}
}
END_TEST

START_TEST(long_charset)
{
	struct arena *a = arena_new();
	struct buffer b = BUFFER_INIT;

	mime_init();
	buffer_add_string(&b, "=?");
	while (b.len < 30000)
		buffer_add_char(&b, 'x');
	buffer_add_string(&b, "?q?a?=");
	ck_assert_str_eq(mime_decode_words(a, b.data), b.data);
	buffer_clear(&b);
	arena_free(a);
}
END_TEST

static void *decode_often(void *unused)
{
	(void)unused;
	for (int round = 0; round < 200; round++) {
		struct arena *a = arena_new();

		for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
			if (strcmp(mime_decode_words(a, ROWS[i].value), ROWS[i].text) != 0)
				abort();
		arena_free(a);
	}
	return NULL;
}

START_TEST(threads)
{
	pthread_t ids[4];

	mime_init();
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		ck_assert_int_eq(pthread_create(&ids[i], NULL, decode_often, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		ck_assert_int_eq(pthread_join(ids[i], NULL), 0);
}
END_TEST

START_TEST(valid_utf8)
{
	struct arena *a = arena_new();
	struct span s = unit_guard(SPAN("a\t\r\n\x01\xc3\xa4\xff\0z\xe2\x82"));

	ck_assert_str_eq(mime_valid_utf8(a, s), "a\t\r\n\x01\xc3\xa4" BAD BAD "z" BAD BAD);
	ck_assert_str_eq(mime_valid_utf8(a, span_of(NULL, 0)), "");
	unit_guard_free(s);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {decoding, hostile, long_charset, threads, valid_utf8, NULL};

	return unit_main("mimetext", tests);
}
