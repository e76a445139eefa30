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

#define LONG_TEXT                                                                                  \
	"Your email has been blocked because the sender is unauthenticated. Gmail requires all "   \
	"senders to authenticate with either SPF or DKIM."

static const struct {
	const char *name, *line, *want; /* NULL: refused */
} TEXTS[] = {
    {"one line", "550 5.7.1 No " LONG_TEXT, "550 5.7.1 No " LONG_TEXT "\r\n"},
    {"several lines", "550-5.7.26 " LONG_TEXT,
	"550-5.7.26 Your email has been blocked because the sender is unauthenticated.\r\n"
	"550 5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\r\n"},
    {"several, but short", "550-5.7.26 No", "550 5.7.26 No\r\n"},
    {"without a status", "554 Message not allowed", "554 Message not allowed\r\n"},
    {"several without a status", "554-No", "554 No\r\n"},
    {"a number that is no status", "554 5.7 is no status", "554 5.7 is no status\r\n"},
    {"nor this", "554 5.7.1234 is", "554 5.7.1234 is\r\n"},
    {"nor that", "554 55.7.1 is", "554 55.7.1 is\r\n"},
    {"nor an address", "554 1.2.3.4 is", "554 1.2.3.4 is\r\n"},
    {"a status alone", "554 5.7.1", "554 5.7.1\r\n"},
    {"a word without end",
	"550-5.7.1 "
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
	"550-5.7.1 "
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
	"550 5.7.1 b\r\n"},
    {"no text", "550 ", "550 \r\n"},
    {"a code alone", "550", NULL},
    {"a low code", "150 x", NULL},
    {"letters", "x50 x", NULL},
    {"a tab", "550\tx", NULL},
    {"nothing", "", NULL},
};

START_TEST(from_text)
{
	for (size_t i = 0; i < ARRAY_SIZE(TEXTS); i++) {
		struct span line = unit_guard(span_from(TEXTS[i].line));
		struct arena *a = arena_new();
		struct buffer out = BUFFER_INIT;
		struct smtp_reply reply;
		int result = smtp_reply_from_text(line, a, &reply);

		ck_assert_msg(result == (TEXTS[i].want == NULL ? -1 : 0), "%s", TEXTS[i].name);
		if (result == 0) {
			smtp_reply_write(&out, &reply);
			unit_span_eq(TEXTS[i].name, buffer_span(&out), TEXTS[i].want);
		}
		buffer_clear(&out);
		arena_free(a);
		unit_guard_free(line);
	}
}
END_TEST

/* Longer than a line can be: broken all the same. */
START_TEST(from_long_text)
{
	struct arena *a = arena_new();
	struct buffer line = BUFFER_INIT, out = BUFFER_INIT;
	struct smtp_reply reply;

	buffer_add_string(&line, "550 5.7.1");
	for (int i = 0; i < 200; i++)
		buffer_printf(&line, " w%d", i);
	ck_assert_int_eq(smtp_reply_from_text(buffer_span(&line), a, &reply), 0);
	smtp_reply_write(&out, &reply);
	ck_assert(span_starts(buffer_span(&out), SPAN("550-5.7.1 w0 w1 ")));
	ck_assert(span_ends_nocase(buffer_span(&out), SPAN(" w198 w199\r\n")));
	ck_assert_ptr_nonnull(strstr(out.data, "\r\n550 5.7.1 w"));
	ck_assert_ptr_null(strstr(strstr(out.data, "\r\n550 5.7.1 w") + 2, "\r\n5"));
	buffer_clear(&line);
	buffer_clear(&out);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {writes, cuts_long_lines, parses, refuses_an_endless_line,
	    from_text, from_long_text, NULL};

	return unit_main("smtpreply", tests);
}
