/*
 * SPDX-License-Identifier: ISC
 *
 * Receivers' profiles as they are printed, against golden files.
 */
#include "report/receiver.h"

#include "golden.h"
#include "unit.h"

static const char TEXT[] =
    "receiver first {\n"
    "\ttitle = \"First \xc2\x9b[31m & Co\"\n"
    "\trequirement signed {\n"
    "\t\tany = { \"dkim=pass dkim.bits>=2048\", \"spf=pass\" }\n"
    "\t\twhen = \"from~@example.com\"\n"
    "\t\treply = \"550-5.7.26 This message has been blocked because the sender is "
    "unauthenticated, and so it is.\"\n"
    "\t\tremedy = \"Sign with DKIM.\"\n"
    "\t\tsource = \"https://first.example/mail\"\n"
    "\t\tdate = \"2026-11-01\"\n"
    "\t}\n"
    "}\n"
    "receiver second { title = Second include = first requirement tls { any = tls } }\n"
    "receiver both { title = Both include = { second, first } }\n";

static const struct form {
	const char *name, *golden;
	struct report_style style;
} FORMS[] = {
    {"both", "receiver-wide.txt", {.width = 0}},
    {"both", "receiver-80.txt", {.width = 80}},
    {"second", "receiver-color.txt", {.width = 80, .color = true}},
};

static void read_text(struct conf_receivers *r)
{
	struct error err = {.text = ""};

	*r = (struct conf_receivers){.arena = NULL};
	ck_assert_msg(conf_receivers_parse(span_from(TEXT), "f", r, &err) == 0, "%s", err.text);
}

START_TEST(table)
{
	const struct report_style style = {.width = 0};
	struct buffer text = BUFFER_INIT;
	struct conf_receivers r;

	read_text(&r);
	report_receivers_text(&text, &r, &style);
	golden_check("receivers.txt", buffer_span(&text));
	buffer_clear(&text);
	conf_receivers_clear(&r);
}
END_TEST

START_TEST(one)
{
	struct conf_receivers r;

	read_text(&r);
	for (size_t i = 0; i < ARRAY_SIZE(FORMS); i++) {
		struct buffer text = BUFFER_INIT;

		report_receiver_text(
		    &text, &r, conf_receiver_find(&r, span_from(FORMS[i].name)), &FORMS[i].style);
		golden_check(FORMS[i].golden, buffer_span(&text));
		buffer_clear(&text);
	}
	conf_receivers_clear(&r);
}
END_TEST

START_TEST(json)
{
	struct buffer text = BUFFER_INIT;
	struct conf_receivers r;

	read_text(&r);
	for (size_t i = 0; i < r.count; i++) {
		report_receiver_json(&text, &r, &r.items[i]);
		buffer_add_char(&text, '\n');
	}
	golden_check("receivers.json", buffer_span(&text));
	buffer_clear(&text);
	conf_receivers_clear(&r);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {table, one, json, NULL};

	return unit_main("reportreceiver", tests);
}
