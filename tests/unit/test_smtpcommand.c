/*
 * SPDX-License-Identifier: ISC
 *
 * Command lines: word and argument, and what of them a transcript may show.
 */
#include "smtp/command.h"

#include "smtp/mask.h"
#include "unit.h"

static const struct parse_row {
	const char *line;
	const char *word; /* NULL: malformed */
	bool has_argument;
	const char *argument;
} PARSE[] = {
    {"QUIT", "QUIT", false, ""},
    {"quit \t ", "quit", false, ""},
    {"EHLO a.example", "EHLO", true, "a.example"},
    {"MAIL FROM:<a@b> X", "MAIL", true, "FROM:<a@b> X"},
    {"MAIL  FROM:<a@b>", "MAIL", true, " FROM:<a@b>"},
    {"X-FOO 1", "X-FOO", true, "1"},
    {"", NULL, false, ""},
    {"   ", NULL, false, ""},
    {" NOOP", NULL, false, ""},
    {"NOOP\tx", NULL, false, ""},
    {"HTTP/1.1 200", NULL, false, ""},
    {"\xff", NULL, false, ""},
};

START_TEST(parses)
{
	for (size_t i = 0; i < ARRAY_SIZE(PARSE); i++) {
		struct span line = unit_guard(span_from(PARSE[i].line));
		struct smtp_command c;
		struct error err = {.text = ""};
		int result = smtp_command_parse(line, &c, &err);

		ck_assert_msg((result == 0) == (PARSE[i].word != NULL), "%s", PARSE[i].line);
		ck_assert_msg((result < 0) == (err.text[0] != '\0'), "%s", PARSE[i].line);
		if (result == 0) {
			unit_span_eq(PARSE[i].line, c.word, PARSE[i].word);
			unit_span_eq(PARSE[i].line, c.argument, PARSE[i].argument);
			ck_assert_msg(c.has_argument == PARSE[i].has_argument, "%s", PARSE[i].line);
		}
		unit_guard_free(line);
	}
}
END_TEST

static const struct control_row {
	const char *text;
	bool seven_bit, eight_bit;
} CONTROL[] = {
    {"plain ~", false, false},
    {"", false, false},
    {"\xc3\xbc", true, false},
    {"a\tb", true, true},
    {"\x7f", true, true},
};

START_TEST(finds_controls)
{
	for (size_t i = 0; i < ARRAY_SIZE(CONTROL); i++) {
		struct span s = span_from(CONTROL[i].text);

		ck_assert_msg(smtp_command_has_control(s, false) == CONTROL[i].seven_bit, "%zu", i);
		ck_assert_msg(smtp_command_has_control(s, true) == CONTROL[i].eight_bit, "%zu", i);
	}
}
END_TEST

static const struct mask_row {
	const char *line, *want;
} MASK[] = {
    {"AUTH PLAIN AGFsaWNl", "AUTH PLAIN ****"},
    {"auth login YWxpY2U=", "auth login ****"},
    {"AUTH PLAIN", "AUTH PLAIN"},
    {"AUTH PLAIN a b c", "AUTH PLAIN ****"},
    {"AUTH", "AUTH"},
    {"AUTH AGFsaWNl", "AUTH ****"},
    {"AUTH AGFsaWNl x", "AUTH ****"},
    {"AUTH  PLAIN AGFsaWNl", "AUTH ****"},
    {"AUTH\tPLAIN AGFsaWNl", "AUTH ****"},
    {" AUTH PLAIN AGFsaWNl", "AUTH PLAIN ****"},
    {"AUTHabcd", "****"},
    {"AUTH=PLAIN x", "****"},
};

START_TEST(masks)
{
	for (size_t i = 0; i < ARRAY_SIZE(MASK); i++) {
		struct span line = unit_guard(span_from(MASK[i].line));
		struct buffer out = BUFFER_INIT;

		ck_assert(smtp_mask_is_auth(line));
		smtp_mask_auth(&out, line);
		unit_span_eq(MASK[i].line, buffer_span(&out), MASK[i].want);
		buffer_clear(&out);
		unit_guard_free(line);
	}
	ck_assert(!smtp_mask_is_auth(SPAN("AUT")));
	ck_assert(!smtp_mask_is_auth(SPAN("NOOP AUTH PLAIN")));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {parses, finds_controls, masks, NULL};

	return unit_main("smtpcommand", tests);
}
