/*
 * SPDX-License-Identifier: ISC
 *
 * base/arena: what is given out is zeroed, aligned, apart from everything else, and stays put.
 */
#include "unit.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

START_TEST(giving_out)
{
	static const size_t sizes[] = {0, 1, 7, 8, 16, 17, 3999, 4000, 4001, 100000, 3};
	struct arena *a = arena_new();
	unsigned char *pieces[ARRAY_SIZE(sizes)];
	size_t total = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		pieces[i] = arena_alloc(a, sizes[i]);
		ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < sizes[i]; k++)
			ck_assert_uint_eq(pieces[i][k], 0);
		memset(pieces[i], (int)i + 1, sizes[i]);
		total += sizes[i];
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t k = 0; k < sizes[i]; k++)
			ck_assert_uint_eq(pieces[i][k], i + 1);
	ck_assert_uint_eq(arena_used(a), total);
	arena_free(a);
}
END_TEST

START_TEST(strings)
{
	struct arena *a = arena_new();
	char *copy = arena_copy(a, SPAN("a\0b"));
	struct span s = arena_span(a, SPAN("xyz"));

	ck_assert_int_eq(memcmp(copy, "a\0b", 4), 0);
	unit_span_eq("span", s, "xyz");
	ck_assert_int_eq(s.data[3], '\0');
	ck_assert_str_eq(arena_copy(a, span_of(NULL, 0)), "");
	ck_assert_uint_eq(arena_span(a, span_of(NULL, 0)).len, 0);
	ck_assert_str_eq(arena_string(a, "abc"), "abc");
	ck_assert_ptr_null(arena_string(a, NULL));
	ck_assert_str_eq(arena_printf(a, "%d %s", 7, "x"), "7 x");
	ck_assert_str_eq(arena_printf(a, "%s", ""), "");
	ck_assert_uint_eq(strlen(arena_printf(a, "%09000d", 1)), 9000);
	arena_free(a);
}
END_TEST

START_TEST(resetting)
{
	struct arena *a = arena_new();
	char *first, *again;

	arena_reset(a);
	ck_assert_uint_eq(arena_used(a), 0);
	first = arena_string(a, "first");
	memset(arena_alloc(a, 50000), 0xff, 50000);
	arena_reset(a);
	ck_assert_uint_eq(arena_used(a), 0);
	again = arena_alloc(a, 100);
	ck_assert_ptr_eq(again, first);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(again[i], 0);
	arena_free(a);
	arena_free(NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {giving_out, strings, resetting, NULL};

	return unit_main("arena", tests);
}
