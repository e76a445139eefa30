/*
 * SPDX-License-Identifier: ISC
 *
 * base/span: comparing, cutting and reading numbers never looks past the span.
 */
#include "unit.h"

#include <stdio.h>

START_TEST(making)
{
	ck_assert_uint_eq(span_from(NULL).len, 0);
	ck_assert_ptr_null(span_from(NULL).data);
	unit_span_eq("literal", SPAN("abc"), "abc");
	unit_span_eq("string", span_from("abc"), "abc");
	unit_span_eq("bytes", span_of("abc", 2), "ab");
	ck_assert_uint_eq((SPAN("a\0b")).len, 3);
}
END_TEST

static const struct {
	const char *name, *a, *b;
	bool equal, equal_nocase, starts, starts_nocase, ends_nocase, holds_nocase;
} COMPARISONS[] = {
    {"both empty", "", "", true, true, true, true, true, true},
    {"empty prefix", "abc", "", false, false, true, true, true, true},
    {"same", "abc", "abc", true, true, true, true, true, true},
    {"other case", "aBc", "AbC", false, true, false, true, true, true},
    {"prefix", "abcd", "abc", false, false, true, true, false, true},
    {"suffix", "abcd", "BCD", false, false, false, false, true, true},
    {"longer second", "ab", "abc", false, false, false, false, false, false},
    {"amid", "xaBcx", "AbC", false, false, false, false, false, true},
    {"at and backquote", "@[", "`{", false, false, false, false, false, false},
    {"octets above 127", "\xc3\x84", "\xc3\xa4", false, false, false, false, false, false},
};

START_TEST(comparing)
{
	for (size_t i = 0; i < ARRAY_SIZE(COMPARISONS); i++) {
		struct span a = unit_guard(span_from(COMPARISONS[i].a));
		struct span b = unit_guard(span_from(COMPARISONS[i].b));
		const char *name = COMPARISONS[i].name;

		ck_assert_msg(span_equal(a, b) == COMPARISONS[i].equal, "%s: equal", name);
		ck_assert_msg(span_equal_nocase(a, b) == COMPARISONS[i].equal_nocase,
		    "%s: equal without case", name);
		ck_assert_msg(span_starts(a, b) == COMPARISONS[i].starts, "%s: starts", name);
		ck_assert_msg(span_starts_nocase(a, b) == COMPARISONS[i].starts_nocase,
		    "%s: starts without case", name);
		ck_assert_msg(
		    span_ends_nocase(a, b) == COMPARISONS[i].ends_nocase, "%s: ends", name);
		ck_assert_msg(
		    span_holds_nocase(a, b) == COMPARISONS[i].holds_nocase, "%s: holds", name);
		unit_guard_free(a);
		unit_guard_free(b);
	}
	ck_assert(span_equal(span_of(NULL, 0), SPAN("")));
	ck_assert(span_equal(SPAN("a\0b"), SPAN("a\0b")));
	ck_assert(!span_equal(SPAN("a\0b"), SPAN("a\0c")));
}
END_TEST

START_TEST(finding)
{
	struct span s = unit_guard(SPAN("a.b.c"));

	ck_assert_int_eq(span_index(s, '.'), 1);
	ck_assert_int_eq(span_rindex(s, '.'), 3);
	ck_assert_int_eq(span_index(s, 'a'), 0);
	ck_assert_int_eq(span_rindex(s, 'a'), 0);
	ck_assert_int_eq(span_rindex(s, 'c'), 4);
	ck_assert_int_eq(span_index(s, 'x'), -1);
	ck_assert_int_eq(span_rindex(s, 'x'), -1);
	ck_assert_int_eq(span_index(s, '\0'), -1);
	ck_assert_int_eq(span_index(SPAN("a\0"), '\0'), 1);
	ck_assert_int_eq(span_index(span_of(NULL, 0), 'a'), -1);
	ck_assert_int_eq(span_rindex(span_of(NULL, 0), 'a'), -1);
	unit_guard_free(s);
}
END_TEST

START_TEST(slicing)
{
	unit_span_eq("after 0", span_after(SPAN("abc"), 0), "abc");
	unit_span_eq("after 2", span_after(SPAN("abc"), 2), "c");
	unit_span_eq("after all", span_after(SPAN("abc"), 3), "");
	unit_span_eq("after more", span_after(SPAN("abc"), 99), "");
	ck_assert_ptr_nonnull(span_after(SPAN("abc"), 99).data);
	ck_assert_ptr_null(span_after(span_of(NULL, 0), 1).data);
	unit_span_eq("first 0", span_first(SPAN("abc"), 0), "");
	unit_span_eq("first 2", span_first(SPAN("abc"), 2), "ab");
	unit_span_eq("first more", span_first(SPAN("abc"), 99), "abc");
}
END_TEST

static const struct {
	const char *in, *out;
} TRIMS[] = {
    {"", ""},
    {" \t\r\n ", ""},
    {"a", "a"},
    {"\r\n a b\t", "a b"},
    {"\va\f", "\va\f"},
};

START_TEST(trimming)
{
	for (size_t i = 0; i < ARRAY_SIZE(TRIMS); i++) {
		struct span s = unit_guard(span_from(TRIMS[i].in));

		unit_span_eq(TRIMS[i].in, span_trim(s), TRIMS[i].out);
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	const char *in, *parts; /* each part in brackets */
} CUTS[] = {
    {"", "[]"},
    {"a", "[a]"},
    {"a,b", "[a][b]"},
    {",", "[][]"},
    {"a,,b,", "[a][][b][]"},
};

START_TEST(cutting)
{
	for (size_t i = 0; i < ARRAY_SIZE(CUTS); i++) {
		struct span guard = unit_guard(span_from(CUTS[i].in)), rest = guard;
		char got[100] = "";
		size_t n = 0;

		while (rest.data != NULL) {
			struct span part = span_cut(&rest, ',');

			n += (size_t)snprintf(
			    got + n, sizeof(got) - n, "[%.*s]", (int)part.len, part.data);
		}
		ck_assert_str_eq(got, CUTS[i].parts);
		unit_guard_free(guard);
	}
}
END_TEST

static const struct {
	const char *text;
	uint64_t max;
	int result;
	uint64_t value;
} NUMBERS[] = {
    {"", 10, -1, 0},
    {"0", 0, 0, 0},
    {"1", 0, -1, 0},
    {"5", 5, 0, 5},
    {"9", 5, -1, 0},
    {"10", 9, -1, 0},
    {"0007", 7, 0, 7},
    {"32", 32, 0, 32},
    {"33", 32, -1, 0},
    {"18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
    {"18446744073709551616", UINT64_MAX, -1, 0},
    {"99999999999999999999", UINT64_MAX, -1, 0},
    {"-1", 10, -1, 0},
    {"+1", 10, -1, 0},
    {" 1", 10, -1, 0},
    {"1 ", 10, -1, 0},
    {"0x1", 10, -1, 0},
    {"\xd9\xa1", 10, -1, 0},
};

START_TEST(numbers)
{
	for (size_t i = 0; i < ARRAY_SIZE(NUMBERS); i++) {
		struct span s = unit_guard(span_from(NUMBERS[i].text));
		uint64_t value = 12345;
		int result = span_to_uint(s, NUMBERS[i].max, &value);

		ck_assert_msg(result == NUMBERS[i].result, "\"%s\": result", NUMBERS[i].text);
		ck_assert_msg(value == (result == 0 ? NUMBERS[i].value : 12345), "\"%s\": value",
		    NUMBERS[i].text);
		unit_guard_free(s);
	}
}
END_TEST

START_TEST(characters)
{
	for (int i = -128; i < 256; i++) {
		bool upper = i >= 'A' && i <= 'Z', lower = i >= 'a' && i <= 'z';
		bool digit = i >= '0' && i <= '9';
		char c = (char)i;

		ck_assert_int_eq(ascii_lower(c), upper ? (char)(i + 32) : c);
		ck_assert_int_eq(ascii_digit(c), digit);
		ck_assert_int_eq(ascii_alpha(c), upper || lower);
		ck_assert_int_eq(ascii_alnum(c), upper || lower || digit);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    making, comparing, finding, slicing, trimming, cutting, numbers, characters, NULL};

	return unit_main("span", tests);
}
