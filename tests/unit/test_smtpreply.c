/*
 * SPDX-License-Identifier: ISC
 *
 * Replies: writing and reading.
 */
#include "smtp/reply.h"

#include <string.h>

#include "unit.h"

static const struct write_row {
	const char *name;
	struct smtp_reply reply;
	const char *want;
} WRITE[] = {
    {"with status", {250, "2.1.0", "Ok"}, "250 2.1.0 Ok\r\n"},
    {"without status", {354, NULL, "Go on"}, "354 Go on\r\n"},
    {"empty challenge", {334, NULL, ""}, "334 \r\n"},
    {"no text", {250, "2.0.0", NULL}, "250 2.0.0\r\n"},
    {"lines", {250, NULL, "host\nSIZE 10\nHELP"}, "250-host\r\n250-SIZE 10\r\n250 HELP\r\n"},
    {"lines with status", {550, "5.7.1", "no\nnever"}, "550-5.7.1 no\r\n550 5.7.1 never\r\n"},
    {"controls", {550, "5.0.0", "a\rb\001c\x7f\td"}, "550 5.0.0 a?b?c?\td\r\n"},
};

START_TEST(writes)
{
	for (size_t i = 0; i < ARRAY_SIZE(WRITE); i++) {
		struct buffer out = BUFFER_INIT;

		smtp_reply_write(&out, &WRITE[i].reply);
		unit_span_eq(WRITE[i].name, buffer_span(&out), WRITE[i].want);
		buffer_clear(&out);
	}
}
END_TEST

START_TEST(cuts_long_lines)
{
	char text[1000];
	struct buffer out = BUFFER_INIT;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	smtp_reply_write(&out, SMTP_REPLY(550, "5.0.0", text));
	ck_assert_uint_eq(out.len, 512);
	ck_assert_str_eq(out.data + 509, "x\r\n");
	buffer_clear(&out);
}
END_TEST

static const struct parse_row {
	const char *name, *in;
	ptrdiff_t taken;
	int code;
	bool last;
	const char *text;
} PARSE[] = {
    {"last", "250 Ok\r\n", 8, 250, true, "Ok"},
    {"more", "250-SIZE\r\n250 x", 10, 250, false, "SIZE"},
    {"bare code", "250\r\n", 5, 250, true, ""},
    {"bare LF", "554 no\n", 7, 554, true, "no"},
    {"empty text", "250 \r\n", 6, 250, true, ""},
    {"CR within", "250 a\rb\r\n", 9, 250, true, "a\rb"},
    {"nothing yet", "", 0, 0, false, NULL},
    {"half a code", "25", 0, 0, false, NULL},
    {"no end yet", "250 Ok\r", 0, 0, false, NULL},
    {"1xx", "150 x\r\n", -1, 0, false, NULL},
    {"6xx", "6", -1, 0, false, NULL},
    {"letters", "HTTP/1.1 400\r\n", -1, 0, false, NULL},
    {"short", "25\r\n", -1, 0, false, NULL},
    {"wrong separator", "250x\r\n", -1, 0, false, NULL},
    {"CR for a separator", "250\rx\r\n", -1, 0, false, NULL},
    {"empty line", "\r\n", -1, 0, false, NULL},
};

START_TEST(parses)
{
	for (size_t i = 0; i < ARRAY_SIZE(PARSE); i++) {
		struct span in = unit_guard(span_from(PARSE[i].in));
		struct smtp_reply_line line;
		struct error err = {.text = ""};
		ptrdiff_t taken = smtp_reply_line_parse(in, &line, &err);

		ck_assert_msg(taken == PARSE[i].taken, "%s: took %td", PARSE[i].name, taken);
		ck_assert_msg((taken < 0) == (err.text[0] != '\0'), "%s: sentence", PARSE[i].name);
		if (taken > 0) {
			ck_assert_msg(line.code == PARSE[i].code, "%s: code", PARSE[i].name);
			ck_assert_msg(line.last == PARSE[i].last, "%s: last", PARSE[i].name);
			unit_span_eq(PARSE[i].name, line.text, PARSE[i].text);
		}
		unit_guard_free(in);
	}
}
END_TEST

START_TEST(refuses_an_endless_line)
{
	struct smtp_reply_line line;
	char text[5000];

	memset(text, 'x', sizeof(text));
	memcpy(text, "250 ", 4);
	ck_assert_int_eq(smtp_reply_line_parse(span_of(text, 4000), &line, NULL), 0);
	ck_assert_int_eq(smtp_reply_line_parse(span_of(text, 4096), &line, NULL), -1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    writes, cuts_long_lines, parses, refuses_an_endless_line, NULL};

	return unit_main("smtpreply", tests);
}
