/*
 * SPDX-License-Identifier: ISC
 *
 * What was meant by a word.
 */
#include "base/near.h"

#include "unit.h"

static const char *const WORDS[] = {"subject", "softfail", "fail", NULL, "from", "to", "tls",
    "header-a", "header-b", "header-c", "header-d", "header-e", "header-f"};

static const struct row {
	const char *word, *near;
} ROWS[] = {
    {"subjekt", "subject"},
    {"SUBJECT", "subject"},
    {"fail", "softfail or fail"},
    {"form", "from"},
    {"tl", "tls or to"},
    {"x", ""},
    {"", ""},
    {"zzzzzzz", ""},
    {"header-x", "header-a, header-b, header-c, header-d or header-e"},
    {"0123456789012345678901234567890123456789012345678901234567890", ""},
};

START_TEST(finds)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct buffer out = BUFFER_INIT;

		near_words(&out, span_from(ROWS[i].word), WORDS, ARRAY_SIZE(WORDS));
		unit_span_eq(ROWS[i].word, buffer_span(&out), ROWS[i].near);
		buffer_clear(&out);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {finds, NULL};

	return unit_main("near", tests);
}
