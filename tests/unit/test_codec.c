/*
 * SPDX-License-Identifier: ISC
 *
 * base/codec: base64, xtext, UTF-8 and ULID. A failed decoding leaves its buffer as it was.
 */
#include "unit.h"

#include <string.h>

#include "base/codec.h"

static const struct {
	struct span bytes;
	const char *text;
} BASE64_ROWS[] = {
    {{"", 0}, ""},
    {{"f", 1}, "Zg=="},
    {{"fo", 2}, "Zm8="},
    {{"foo", 3}, "Zm9v"},
    {{"foob", 4}, "Zm9vYg=="},
    {{"fooba", 5}, "Zm9vYmE="},
    {{"foobar", 6}, "Zm9vYmFy"},
    {{"\0user\0secret", 12}, "AHVzZXIAc2VjcmV0"},
    {{"\xff\xfe\xfd", 3}, "//79"},
    {{"\xfb\xf0", 2}, "+/A="},
};

START_TEST(base64_both_ways)
{
	for (size_t i = 0; i < ARRAY_SIZE(BASE64_ROWS); i++) {
		struct span bytes = unit_guard(BASE64_ROWS[i].bytes);
		struct span text = unit_guard(span_from(BASE64_ROWS[i].text));
		struct buffer b = BUFFER_INIT;

		buffer_add_char(&b, '>');
		base64_encode(&b, bytes);
		ck_assert_str_eq(b.data + 1, BASE64_ROWS[i].text);
		buffer_reset(&b);
		buffer_add_char(&b, '>');
		ck_assert_int_eq(base64_decode(&b, text), 0);
		ck_assert_msg(
		    span_equal(span_after(buffer_span(&b), 1), bytes), "%s", BASE64_ROWS[i].text);
		buffer_clear(&b);
		unit_guard_free(bytes);
		unit_guard_free(text);
	}
}
END_TEST

static const char *const BAD_BASE64[] = {"Z", "Zg", "Zg=", "Zg===", "====", "=Zg=", "Z===", "Zm=v",
    "Zg==Zg==", "Zm9v\n", "Zm 9v===", "Zm9v Zm9", "Zm9-", "Zm9_",
    "Zh==", "Zm9=", "\xc3\xa4==", "Zm9vZm9!"};

START_TEST(base64_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(BAD_BASE64); i++) {
		struct span text = unit_guard(span_from(BAD_BASE64[i]));
		struct buffer b = BUFFER_INIT;

		buffer_add_string(&b, "kept");
		ck_assert_msg(base64_decode(&b, text) == -1, "%s: taken", BAD_BASE64[i]);
		ck_assert_str_eq(b.data, "kept");
		ck_assert_uint_eq(b.len, 4);
		buffer_clear(&b);
		unit_guard_free(text);
	}
}
END_TEST

static const struct {
	const char *text, *bytes; /* NULL: refused */
} XTEXT_ROWS[] = {
    {"", ""},
    {"mx.example.com", "mx.example.com"},
    {"a+2Bb", "a+b"},
    {"+3D+0A", "=\n"},
    {"+C3+A4", "\xc3\xa4"},
    {"+", NULL},
    {"+2", NULL},
    {"ok+2", NULL},
    {"+2b", NULL},
    {"+G0", NULL},
    {"a=b", NULL},
    {"a b", NULL},
    {"a\tb", NULL},
    {"\xc3\xa4", NULL},
    {"\x7f", NULL},
};

START_TEST(xtext)
{
	for (size_t i = 0; i < ARRAY_SIZE(XTEXT_ROWS); i++) {
		struct span text = unit_guard(span_from(XTEXT_ROWS[i].text));
		const char *want = XTEXT_ROWS[i].bytes;
		struct buffer b = BUFFER_INIT;
		int result;

		buffer_add_char(&b, '>');
		result = xtext_decode(&b, text);
		ck_assert_msg(result == (want == NULL ? -1 : 0), "%s", XTEXT_ROWS[i].text);
		ck_assert_str_eq(b.data + 1, want == NULL ? "" : want);
		buffer_clear(&b);
		unit_guard_free(text);
	}
}
END_TEST

static const struct {
	const char *name, *text;
	size_t octets;
	bool valid;
} UTF8_ROWS[] = {
    {"empty", "", 0, true},
    {"ASCII", "ab", 1, true},
    {"two octets", "\xc2\x80", 2, true},
    {"three octets", "\xe2\x82\xac", 3, true},
    {"four octets", "\xf0\x9f\x98\x80", 4, true},
    {"last character", "\xf4\x8f\xbf\xbf", 4, true},
    {"before the surrogates", "\xed\x9f\xbf", 3, true},
    {"after the surrogates", "\xee\x80\x80", 3, true},
    {"beyond the last character", "\xf4\x90\x80\x80", 0, false},
    {"lead octet F5", "\xf5\x80\x80\x80", 0, false},
    {"lead octet FF", "\xff", 0, false},
    {"continuation alone", "\x80", 0, false},
    {"overlong slash", "\xc0\xaf", 0, false},
    {"overlong in two", "\xc1\xbf", 0, false},
    {"overlong in three", "\xe0\x9f\xbf", 0, false},
    {"overlong in four", "\xf0\x8f\xbf\xbf", 0, false},
    {"surrogate", "\xed\xa0\x80", 0, false},
    {"cut after one", "\xe2", 0, false},
    {"cut after two", "\xe2\x82", 0, false},
    {"broken in the middle", "\xe2x\xac", 0, false},
    {"Latin-1 later on", "ab\xe9", 1, false},
};

START_TEST(utf8)
{
	for (size_t i = 0; i < ARRAY_SIZE(UTF8_ROWS); i++) {
		struct span s = unit_guard(span_from(UTF8_ROWS[i].text));

		ck_assert_msg(
		    utf8_length(s) == UTF8_ROWS[i].octets, "%s: length", UTF8_ROWS[i].name);
		ck_assert_msg(utf8_valid(s) == UTF8_ROWS[i].valid, "%s: valid", UTF8_ROWS[i].name);
		unit_guard_free(s);
	}
	ck_assert_uint_eq(utf8_length(SPAN("\0")), 1);
	ck_assert(utf8_valid(span_of(NULL, 0)));
}
END_TEST

START_TEST(ulid)
{
	static const uint8_t zero[10] = {0};
	static const uint8_t ones[10] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	static const uint8_t count[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	char a[ULID_SIZE], b[ULID_SIZE];

	ulid_format(a, 0, zero);
	ck_assert_str_eq(a, "00000000000000000000000000");
	ulid_format(a, (1LL << 48) - 1, ones);
	ck_assert_str_eq(a, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
	ulid_format(a, 1469918176385, count);
	ck_assert_str_eq(a, "01ARYZ6S41041061050R3GG28A");
	ulid_format(b, 1469918176386, zero);
	ck_assert_str_lt(a, b);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {base64_both_ways, base64_refused, xtext, utf8, ulid, NULL};

	return unit_main("codec", tests);
}
