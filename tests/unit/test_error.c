/*
 * SPDX-License-Identifier: ISC
 *
 * base/error: a sentence and a kind; too long is cut, NULL is taken.
 */
#include "unit.h"

#include <string.h>

#include "base/error.h"

START_TEST(setting)
{
	struct error err;

	ck_assert_int_eq(error_usage(&err, "%s: %d", "line", 7), -1);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_str_eq(err.text, "line: 7");
	ck_assert_int_eq(error_cannot(&err, "disk full"), -1);
	ck_assert_int_eq(err.kind, ERROR_CANNOT);
	ck_assert_str_eq(err.text, "disk full");
}
END_TEST

START_TEST(cutting)
{
	struct error err;

	error_usage(&err, "%01000d", 7);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

START_TEST(nobody_asks)
{
	ck_assert_int_eq(error_usage(NULL, "%s", "unheard"), -1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {setting, cutting, nobody_asks, NULL};

	return unit_main("error", tests);
}
