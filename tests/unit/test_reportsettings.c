/*
 * SPDX-License-Identifier: ISC
 *
 * The configuration in force in its two forms, against golden files; and that the text is a
 * configuration that says the same.
 */
#include "report/settings.h"

#include <string.h>

#include "golden.h"
#include "unit.h"

static const char TEXT[] =
    "workers = 2\ntrusted = { }\n"
    "listener app {\n\tkind = submission\n\tauth = { plain, cram-md5 }\n\tstrict = record\n}\n"
    "listener 'b.2' { kind = lmtp names = { '*.example.com' } }\n"
    "user alice { password = 'secret' }\nuser \"b \\\"o b\" { password = 'file:/secret' }\n"
    "route r { egress = { 192.0.2.1, 'spf:example.net' } }\n";

static void read_settings(struct conf_settings *s)
{
	static const struct conf_given given[] = {
	    {CONF_SOURCE_ENVIRONMENT, "MAILASSAY_DATA", "data", "/a \"b\" $c \\", false},
	    {CONF_SOURCE_ARGUMENT, "--dns", "dns", "127.0.0.1:53", false},
	};
	const struct conf_input in = {.text = span_from(TEXT),
	    .file = "f.conf",
	    .given = given,
	    .given_count = ARRAY_SIZE(given)};
	struct error err = {.text = ""};

	ck_assert_msg(conf_settings_read(&in, s, &err) == 0, "%s", err.text);
}

START_TEST(forms)
{
	struct buffer text = BUFFER_INIT;
	struct conf_settings s;

	read_settings(&s);
	report_settings_text(&text, &s);
	golden_check("config.txt", buffer_span(&text));
	ck_assert_ptr_null(strstr(text.data, "secret"));
	buffer_reset(&text);
	report_settings_json(&text, &s);
	golden_check("config.json", buffer_span(&text));
	ck_assert_ptr_null(strstr(text.data, "secret"));
	buffer_clear(&text);
	conf_settings_clear(&s);
}
END_TEST

START_TEST(text_says_the_same)
{
	struct buffer text = BUFFER_INIT;
	struct conf_settings s, again;
	struct error err = {.text = ""};

	read_settings(&s);
	report_settings_text(&text, &s);
	ck_assert_msg(
	    conf_settings_parse(buffer_span(&text), "again", &again, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(s.origin_count, again.origin_count);
	for (size_t i = 0; i < s.origin_count; i++) {
		const char *a = s.origins[i].value, *b = again.origins[i].value;

		ck_assert_msg((a == NULL) == (b == NULL), "%s", s.origins[i].option);
		if (a != NULL)
			ck_assert_str_eq(a, b);
	}
	buffer_clear(&text);
	conf_settings_clear(&s);
	conf_settings_clear(&again);
}
END_TEST

START_TEST(without_a_file)
{
	struct buffer text = BUFFER_INIT;
	struct conf_settings s;
	struct error err;

	ck_assert_int_eq(conf_settings_parse(SPAN(""), NULL, &s, &err), 0);
	report_settings_text(&text, &s);
	ck_assert(span_starts(
	    buffer_span(&text), SPAN("# in force, without a configuration file\n# data: not set")));
	buffer_clear(&text);
	conf_settings_clear(&s);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {forms, text_says_the_same, without_a_file, NULL};

	return unit_main("reportsettings", tests);
}
