/*
 * SPDX-License-Identifier: ISC
 *
 * Regular expressions and their bounds.
 */
#include "policy/regex.h"

#include <string.h>

#include "base/buffer.h"
#include "unit.h"

static const struct row {
	const char *regex;
	const char *text; /* NULL: it is refused */
	bool matches;
	const char *why;
} ROWS[] = {
    {"^a[bc]+d$", "abcbd", true, NULL},
    {"^a[bc]+d$", "ad", false, NULL},
    {"[]a^]{2,3}", "x]^", true, NULL},
    {"[[:digit:]]{4}-[^]]", "2026-x", true, NULL},
    {"[a\\]", "\\", true, NULL},
    {"(a|b)*(c|)", "", true, NULL},
    {"a{2}", "aa", true, NULL},
    {"a{,2}b", "aab", true, NULL},
    {"a{2,}", "a", false, NULL},
    {"\\(\\{", "({", true, NULL},
    {"x", "X", false, NULL},
    {"a(b", NULL, false, "the regular expression cannot be used: "},
    {"a\\", NULL, false, "the regular expression cannot be used: "},
    {"[a", NULL, false, "the regular expression cannot be used: "},
    {"(a)\\1", NULL, false, "the regular expression cannot be used: back-references"},
    {"((a{255}){255}){255}", NULL, false, "the regular expression cannot be used: it repeats too"},
    {"((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+", NULL, false,
	"the regular expression cannot be used: it repeats too much"},
    {"((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((a))))))))))))))))))))))))))))"
     "))))))))))))))))))))))))))))))))))",
	NULL, false, "the regular expression cannot be used: its groups are too deep"},
};

START_TEST(matches)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct error err = {.text = ""};
		int failed = policy_regex_check(r->regex, &err);

		ck_assert_msg((failed < 0) == (r->text == NULL), "%s: %s", r->regex, err.text);
		if (failed < 0)
			ck_assert_msg(strncmp(err.text, r->why, strlen(r->why)) == 0, "%s: %s",
			    r->regex, err.text);
		else
			ck_assert_msg(policy_regex_matches(r->regex, r->text) == r->matches,
			    "%s: %s", r->regex, r->text);
	}
}
END_TEST

START_TEST(length)
{
	struct buffer regex = BUFFER_INIT;
	struct error err;

	for (int i = 0; i < POLICY_REGEX_MAX; i++)
		buffer_add_char(&regex, 'a');
	ck_assert_int_eq(policy_regex_check(regex.data, &err), 0);
	buffer_add_char(&regex, 'a');
	ck_assert_int_eq(policy_regex_check(regex.data, &err), -1);
	ck_assert_str_eq(err.text, "the regular expression is longer than 1000 octets: shorten it");
	buffer_clear(&regex);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {matches, length, NULL};

	return unit_main("regex", tests);
}
