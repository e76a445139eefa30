/*
 * SPDX-License-Identifier: ISC
 *
 * mail/grammar and mail/reader: comments and blanks, and what is said of an octet.
 */
#include "unit.h"

#include <string.h>

#include "mail/grammar.h"
#include "mail/reader.h"

#define TEN(s)     s s s s s s s s s s
#define HUNDRED(s) TEN(TEN(s))

static const struct {
	const char *name, *text;
	size_t at;          /* behind what is skipped, or the offending octet */
	const char *wanted; /* NULL: well-formed */
} ROWS[] = {
    {"nothing", "", 0, NULL},
    {"a word", "a ", 0, NULL},
    {"blanks and folds", " \t\r\n a", 5, NULL},
    {"a comment", "(b) a", 4, NULL},
    {"an empty comment", "()", 2, NULL},
    {"comments", " (a)(b) (c)d", 11, NULL},
    {"nested", "(a (b (c)) d)e", 13, NULL},
    {"escaped parentheses", "(a\\)\\(b)c", 8, NULL},
    {"an escaped backslash", "(\\\\)c", 4, NULL},
    {"UTF-8", "(\xc3\xa4) a", 5, NULL},
    {"a closing parenthesis", ")", 0, NULL},
    {"open", "(a", 2, "\")\" at the end of the comment"},
    {"open at the end of an escape", "(a\\", 3, "a character of the comment"},
    {"open behind a nested one", "(a (b)", 6, "\")\" at the end of the comment"},
    {"a control character", " (a\x01)", 3, "a character of the comment"},
    {"a control character escaped", "(\\\x7f)", 2, "a character of the comment"},
    {"as deep as it goes", HUNDRED("(") HUNDRED(")") "a", 200, NULL},
    {"too deep", HUNDRED("(") "()" HUNDRED(")"), 100,
	"comments that are not nested more than 100 deep"},
};

START_TEST(blanks_and_comments)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span s = unit_guard(span_from(ROWS[i].text));
		const char *wanted = NULL;
		size_t at = 0;
		int status = mail_skip_cfws(s, &at, &wanted);

		ck_assert_msg(
		    status == (ROWS[i].wanted == NULL ? 0 : -1), "%s: %d", ROWS[i].name, status);
		ck_assert_msg(at == ROWS[i].at, "%s: at %zu", ROWS[i].name, at);
		ck_assert_msg(status == 0 || strcmp(wanted, ROWS[i].wanted) == 0, "%s: %s",
		    ROWS[i].name, status == 0 ? "" : wanted);
		unit_guard_free(s);
	}
}
END_TEST

START_TEST(from_the_middle)
{
	const char *wanted;
	size_t at = 3;

	ck_assert_int_eq(mail_skip_cfws(SPAN("(a  (b)c"), &at, &wanted), 0);
	ck_assert_uint_eq(at, 7);
	ck_assert_int_eq(mail_skip_cfws(SPAN("(a  (b)c"), &at, &wanted), 0);
	ck_assert_uint_eq(at, 7);
}
END_TEST

START_TEST(octets_in_words)
{
	static const struct {
		const char *text, *words;
	} rows[] = {{"", "the end"}, {" ", "a blank"}, {"a", "\"a\""}, {"\t", "octet 0x09"},
	    {"\xc3", "octet 0xC3"}, {"\x7f", "octet 0x7F"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span s = unit_guard(span_from(rows[i].text));
		char got[MAIL_GOT_SIZE];

		ck_assert_str_eq(mail_got(s, 0, got), rows[i].words);
		unit_guard_free(s);
	}
}
END_TEST

START_TEST(reading)
{
	struct error err;
	struct mail_reader r = {.text = SPAN(" (x) a("), .err = &err};

	ck_assert(!mail_take(&r, 'a'));
	ck_assert_int_eq(mail_skip(&r), 0);
	ck_assert(!mail_take(&r, 'b'));
	ck_assert(mail_take(&r, 'a'));
	ck_assert_uint_eq(r.at, 6);
	ck_assert_int_eq(mail_expected(&r, "a dot"), -1);
	ck_assert_str_eq(err.text, "octet 7: expected a dot, got \"(\"");
	ck_assert_int_eq(mail_skip(&r), -1);
	ck_assert_str_eq(
	    err.text, "octet 8: expected \")\" at the end of the comment, got the end");
	ck_assert(!mail_take(&r, '('));
	r.err = NULL;
	ck_assert_int_eq(mail_expected(&r, "a dot"), -1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    blanks_and_comments, from_the_middle, octets_in_words, reading, NULL};

	return unit_main("grammar", tests);
}
