/*
 * SPDX-License-Identifier: ISC
 *
 * base/memory: allocation that aborts, and the dynamic array.
 */
#include "unit.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

START_TEST(allocating)
{
	char *p = memory_new(100), *none = memory_new(0);

	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(p[i], 0);
	memset(p, 'x', 100);
	p = memory_resize(p, 10000);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(p[i], 'x');
	p = memory_resize(p, 0);
	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(none);
	free(p);
	free(none);
	p = memory_resize(NULL, 5);
	free(p);
}
END_TEST

START_TEST(strings)
{
	char *s = memory_string("abc"), *empty = memory_string("");

	ck_assert_str_eq(s, "abc");
	ck_assert_str_eq(empty, "");
	ck_assert_ptr_null(memory_string(NULL));
	free(s);
	free(empty);
}
END_TEST

START_TEST(array)
{
	struct {
		uint32_t *items;
		size_t count;
	} list = {NULL, 0};

	for (uint32_t i = 0; i < 1000; i++) {
		array_grow(&list.items, list.count, sizeof(*list.items));
		list.items[list.count++] = i;
	}
	for (uint32_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(list.items[i], i);
	free(list.items);
}
END_TEST

START_TEST(array_overflow)
{
	void *items = NULL;

	array_grow(&items, ((size_t)SIZE_MAX >> 2) + 1, 16);
}
END_TEST

/* These tests end by the signal that they expect; check runs each in a process of its own. */
int main(void)
{
	const TTest *const tests[] = {allocating, strings, array, NULL};
	Suite *suite = suite_create("memory-abort");
	TCase *aborting = tcase_create("abort");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	tcase_add_test_raise_signal(aborting, array_overflow, SIGABRT);
	suite_add_tcase(suite, aborting);
	if (srunner_fork_status(runner) == CK_FORK) {
		srunner_run_all(runner, CK_NORMAL);
		failed = srunner_ntests_failed(runner);
	}
	srunner_free(runner);
	return failed == 0 ? unit_main("memory", tests) : EXIT_FAILURE;
}
