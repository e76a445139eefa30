/*
 * SPDX-License-Identifier: ISC
 *
 * base/name: words of an enumeration.
 */
#include "unit.h"

#include "base/name.h"

static const char *const WORDS[] = {NULL, "pass", "fail", "softfail"};

static const struct {
	const char *word;
	int index;
} ROWS[] = {
    {"pass", 1},
    {"FAIL", 2},
    {"softfail", 3},
    {"soft", -1},
    {"failx", -1},
    {" fail", -1},
};

START_TEST(looking_up)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span s = unit_guard(span_from(ROWS[i].word));

		ck_assert_msg(
		    name_find(WORDS, ARRAY_SIZE(WORDS), s) == ROWS[i].index, "%s", ROWS[i].word);
		unit_guard_free(s);
	}
	ck_assert_int_eq(name_find(WORDS, 0, SPAN("pass")), -1);
	ck_assert_int_eq(name_find(WORDS, ARRAY_SIZE(WORDS), SPAN("pass\0")), -1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {looking_up, NULL};

	return unit_main("name", tests);
}
