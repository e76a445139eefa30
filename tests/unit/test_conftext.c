/*
 * SPDX-License-Identifier: ISC
 *
 * The text for libconfuse: comments gone, lines kept, everything doubtful refused.
 */
#include "conf/text.h"

#include <string.h>

#include "unit.h"

static const struct {
	const char *in, *out, *error;
} TEXTS[] = {
    {"", "", NULL},
    {"a = b\n", "a = b\n", NULL},
    {"# x\na = b # y\n", "\na = b \n", NULL},
    {"a = { \"b\", # x\n \"c\" }", "a = { \"b\", \n \"c\" }", NULL},
    {"a = { # x\n}", "a = { \n\"\002\"}", NULL},
    {"a b { }\nc = { d }", "a b { }\nc = { d }", NULL},
    {"// x\na = /x//y", "\na = /x//y", NULL},
    {"/* x\n * y */ a = b", "\n  a = b", NULL},
    {"a\r\n", "a\n", NULL},
    {"a = \"#b//c/*\"", "a = \"#b//c/*\"", NULL},
    {"a = 'b\\'c\\d'", "a = 'b\\'c\\d'", NULL},
    {"a = \"b\\\"\\\\\\$\"", "a = \"b\\\"\\\\\\$\"", NULL},
    {"a = \"${X_1}\"", "a = \"${X_1:-\001X_1\001}\"", NULL},
    {"a = \"${X:-y z}\"", "a = \"${X:-y z}\"", NULL},
    {"a = \"$X $\"", "a = \"$X $\"", NULL},
    {"a = '${X}'", "a = '${X}'", NULL},
    {"a = \"\xc3\x84\"", "a = \"\xc3\x84\"", NULL},
    {"a\nb = \"c\n\"", NULL, "f:2: a quoted string is not closed on its line"},
    {"a = 'c", NULL, "f:1: a quoted string is not closed on its line"},
    {"a = \"\x01\"", NULL, "f:1: a control character in a quoted string"},
    {"a = '\x1b'", NULL, "f:1: a control character in a quoted string"},
    {"a = \"\\n\"", NULL,
	"f:1: expected \\\", \\\\ or \\$ after a backslash; or write the string in single quotes, "
	"where backslashes stand for themselves"},
    {"a = \"\\", NULL,
	"f:1: expected \\\", \\\\ or \\$ after a backslash; or write the string in single quotes, "
	"where backslashes stand for themselves"},
    {"a = \"${}\"", NULL,
	"f:1: expected the name of an environment variable in ${NAME}; write \\${ where you mean "
	"the characters"},
    {"a = \"${1}\"", NULL,
	"f:1: expected the name of an environment variable in ${NAME}; write \\${ where you mean "
	"the characters"},
    {"a = \"${A\"", NULL, "f:1: expected ${NAME} or ${NAME:-default}"},
    {"a = \"${A:-", NULL, "f:1: expected ${NAME} or ${NAME:-default}"},
    {"a = \"${A:-b\"}", NULL, "f:1: expected ${NAME} or ${NAME:-default}"},
    {"\n/* x\n\n", NULL, "f:2: the comment that begins here is not closed; expected */"},
    {"\"a\" = b", NULL, "f:1: a name before \"=\" stands without quotes"},
    {"a += b", NULL, "f:1: expected \"=\" and the whole list, got \"+\""},
    {"a|b = c", NULL, "f:1: unexpected \"|\"; a value with it stands in quotes"},
    {"a = ${X}", NULL, "f:1: unexpected \"$\"; a value with it stands in quotes"},
    {"a = \xc3\x84", NULL, "f:1: an octet that is no printable ASCII stands outside quotes"},
    {"a {\n{\n}", NULL, "f:1: the \"{\" of this line is not closed; expected \"}\""},
    {"a {}\n}", NULL, "f:2: a \"}\" without its \"{\""},
};

START_TEST(texts)
{
	for (size_t i = 0; i < ARRAY_SIZE(TEXTS); i++) {
		struct span in = unit_guard(span_from(TEXTS[i].in));
		struct buffer out = BUFFER_INIT;
		struct error err = {.text = ""};
		int result = conf_text_prepare(in, "f", &out, &err);

		if (TEXTS[i].error != NULL) {
			ck_assert_msg(result == -1, "\"%s\" was taken", TEXTS[i].in);
			ck_assert_str_eq(err.text, TEXTS[i].error);
		} else {
			ck_assert_msg(result == 0, "\"%s\": %s", TEXTS[i].in, err.text);
			unit_span_eq(TEXTS[i].in, buffer_span(&out), TEXTS[i].out);
		}
		buffer_clear(&out);
		unit_guard_free(in);
	}
}
END_TEST

START_TEST(nul_and_length)
{
	struct buffer out = BUFFER_INIT, large = BUFFER_INIT;
	struct error err;

	ck_assert_int_eq(conf_text_prepare(span_of("a = 'b\0c'", 9), "f", &out, &err), -1);
	ck_assert_int_eq(conf_text_prepare(span_of("a\0b", 3), "f", &out, &err), -1);
	buffer_reserve(&large, CONF_TEXT_MAX + 1);
	memset(large.data, ' ', CONF_TEXT_MAX + 1);
	ck_assert_int_eq(conf_text_prepare(span_of(large.data, CONF_TEXT_MAX), "f", &out, &err), 0);
	ck_assert_int_eq(
	    conf_text_prepare(span_of(large.data, CONF_TEXT_MAX + 1), "f", &out, &err), -1);
	buffer_clear(&out);
	buffer_clear(&large);
}
END_TEST

START_TEST(values)
{
	struct error err;

	ck_assert_int_eq(conf_text_check_value("a\xc3\x84 b", &err), 0);
	ck_assert_int_eq(conf_text_check_value("a\x1b", &err), -1);
	ck_assert_int_eq(conf_text_check_value("a\x7f", &err), -1);
	ck_assert_int_eq(conf_text_check_value("x\001HOST\001y", &err), -1);
	ck_assert_str_eq(err.text, "the environment variable HOST is not set; set it, or give a "
				   "default as in ${HOST:-default}");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {texts, nul_and_length, values, NULL};

	return unit_main("conftext", tests);
}
