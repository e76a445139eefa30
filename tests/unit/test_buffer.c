/*
 * SPDX-License-Identifier: ISC
 *
 * base/buffer: growing, cutting, and the NUL behind the content.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

static void check_content(const struct buffer *b, const char *want)
{
	unit_span_eq("content", buffer_span(b), want);
	ck_assert_int_eq(b->data[b->len], '\0');
	ck_assert_uint_lt(b->len, b->cap);
}

START_TEST(adding)
{
	struct buffer b = BUFFER_INIT;

	buffer_add(&b, "ab", 2);
	buffer_add_span(&b, SPAN("cd"));
	buffer_add_string(&b, "ef");
	buffer_add_char(&b, 'g');
	buffer_printf(&b, "%d-%s", 42, "x");
	check_content(&b, "abcdefg42-x");
	buffer_add(&b, NULL, 0);
	buffer_add_string(&b, NULL);
	check_content(&b, "abcdefg42-x");
	buffer_clear(&b);
	ck_assert_ptr_null(b.data);
	ck_assert_uint_eq(b.len + b.cap, 0);
	buffer_clear(&b);
}
END_TEST

START_TEST(growing)
{
	struct buffer b = BUFFER_INIT;

	for (size_t i = 0; i < 5000; i++) {
		buffer_add_char(&b, (char)('a' + i % 26));
		ck_assert_int_eq(b.data[b.len], '\0');
	}
	ck_assert_uint_eq(b.len, 5000);
	for (size_t i = 0; i < 5000; i++)
		ck_assert_int_eq(b.data[i], (char)('a' + i % 26));
	buffer_clear(&b);
}
END_TEST

START_TEST(reserving)
{
	struct buffer b = BUFFER_INIT;
	char *before;

	buffer_reserve(&b, 0);
	check_content(&b, "");
	buffer_add_string(&b, "x");
	buffer_reserve(&b, 1000);
	check_content(&b, "x");
	ck_assert_uint_ge(b.cap, 1002);
	before = b.data;
	for (int i = 0; i < 1000; i++)
		buffer_add_char(&b, 'y');
	ck_assert_ptr_eq(b.data, before);
	buffer_clear(&b);
}
END_TEST

START_TEST(printing_long)
{
	struct buffer b = BUFFER_INIT;

	buffer_printf(&b, "%0300d", 7);
	ck_assert_uint_eq(b.len, 300);
	buffer_printf(&b, "%s", "");
	ck_assert_uint_eq(b.len, 300);
	ck_assert_int_eq(b.data[299], '7');
	buffer_clear(&b);
}
END_TEST

static const struct {
	const char *content;
	size_t n;
	const char *dropped, *truncated;
} CUTS[] = {
    {"abc", 0, "abc", ""},
    {"abc", 1, "bc", "a"},
    {"abc", 3, "", "abc"},
    {"abc", 4, "", "abc"},
};

START_TEST(cutting)
{
	for (size_t i = 0; i < ARRAY_SIZE(CUTS); i++) {
		struct buffer b = BUFFER_INIT;

		buffer_add_string(&b, CUTS[i].content);
		buffer_drop(&b, CUTS[i].n);
		check_content(&b, CUTS[i].dropped);
		buffer_reset(&b);
		check_content(&b, "");
		buffer_add_string(&b, CUTS[i].content);
		buffer_truncate(&b, CUTS[i].n);
		check_content(&b, CUTS[i].truncated);
		buffer_clear(&b);
	}
}
END_TEST

START_TEST(never_filled)
{
	struct buffer b = BUFFER_INIT;

	buffer_reset(&b);
	buffer_drop(&b, 5);
	buffer_truncate(&b, 5);
	ck_assert_uint_eq(buffer_span(&b).len, 0);
	ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(taking)
{
	struct buffer b = BUFFER_INIT;
	char *empty = buffer_take(&b), *full;

	ck_assert_str_eq(empty, "");
	buffer_add_string(&b, "abc");
	full = buffer_take(&b);
	ck_assert_str_eq(full, "abc");
	ck_assert_ptr_null(b.data);
	ck_assert_uint_eq(b.len + b.cap, 0);
	free(empty);
	free(full);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    adding, growing, reserving, printing_long, cutting, never_filled, taking, NULL};

	return unit_main("buffer", tests);
}
