/*
 * SPDX-License-Identifier: ISC
 *
 * The words of verdicts, and others' text within them.
 */
#include <string.h>

#include "unit.h"
#include "verify/verdict.h"

START_TEST(words)
{
	for (int i = 0; i < AUTH_RESULT_COUNT; i++)
		ck_assert_ptr_nonnull(AUTH_RESULT_NAME[i]);
	ck_assert_str_eq(AUTH_RESULT_NAME[AUTH_NONE], "none");
	ck_assert_str_eq(AUTH_RESULT_NAME[AUTH_POLICY], "policy");
	ck_assert_str_eq(AUTH_RESULT_NAME[AUTH_PERMERROR], "permerror");
	ck_assert_str_eq(DMARC_POLICY_NAME[DMARC_POLICY_NONE], "none");
	ck_assert_str_eq(DMARC_POLICY_NAME[DMARC_POLICY_REJECT], "reject");
}
END_TEST

static const struct {
	const char *name;
	enum auth_result results[3];
	size_t count;
	enum auth_result word;
} signatures[] = {
    {"unsigned", {AUTH_PASS}, 0, AUTH_NONE},
    {"one passes", {AUTH_PASS}, 1, AUTH_PASS},
    {"one fails", {AUTH_FAIL}, 1, AUTH_FAIL},
    {"the last passes", {AUTH_FAIL, AUTH_PERMERROR, AUTH_PASS}, 3, AUTH_PASS},
    {"none passes", {AUTH_TEMPERROR, AUTH_FAIL, AUTH_PERMERROR}, 3, AUTH_TEMPERROR},
};

START_TEST(one_word_for_all_signatures)
{
	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++) {
		struct dkim_verdict dkim[3] = {{0}};
		struct verdict v = {.dkim = dkim, .dkim_count = signatures[i].count};

		for (size_t k = 0; k < signatures[i].count; k++)
			dkim[k].result = signatures[i].results[k];
		ck_assert_msg(verdict_dkim_result(&v) == signatures[i].word, "%s: got %s",
		    signatures[i].name, AUTH_RESULT_NAME[verdict_dkim_result(&v)]);
	}
}
END_TEST

#define BYTES(literal)                                                                             \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static const struct {
	struct span text;
	const char *shown;
} texts[] = {
    {BYTES(""), ""},
    {BYTES("mx.example.com"), "mx.example.com"},
    {BYTES("a b\r\n\0\x7f\xff"), "a\\032b\\013\\010\\000\\127\\255"},
    {BYTES("!~"), "!~"},
};

START_TEST(text_of_others)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct span text = unit_guard(texts[i].text);
		char out[VERDICT_SHOW_SIZE];

		ck_assert_str_eq(verdict_show(text, out), texts[i].shown);
		unit_guard_free(text);
	}
}
END_TEST

/* However long the text and whatever is in it, the result fits and says that it was cut. */
START_TEST(long_text_is_cut)
{
	static const char fills[] = {'a', '\0', '\xff'};

	for (size_t f = 0; f < ARRAY_SIZE(fills); f++) {
		for (size_t n = 0; n < 2 * (size_t)VERDICT_SHOW_SIZE; n++) {
			char in[2 * VERDICT_SHOW_SIZE], out[VERDICT_SHOW_SIZE];
			size_t whole = n * (fills[f] == 'a' ? 1 : 4), len;

			memset(in, fills[f], sizeof(in));
			len = strlen(verdict_show(span_of(in, n), out));
			ck_assert_uint_lt(len, VERDICT_SHOW_SIZE);
			if (len != whole)
				ck_assert_str_eq(out + len - 3, "...");
		}
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    words, one_word_for_all_signatures, text_of_others, long_text_is_cut, NULL};

	return unit_main("verdict", tests);
}
