/*
 * SPDX-License-Identifier: ISC
 *
 * The forms of a gate against golden files, and what must hold of each whatever a mail says.
 */
#include "report/gate.h"

#include <jansson.h>
#include <string.h>

#include "base/codec.h"
#include "gateform.h"
#include "golden.h"
#include "unit.h"

static void to_text(struct buffer *out, const struct gate *g)
{
	report_gate_text(out, g, &(const struct report_style){.width = 0});
}

static void to_json(struct buffer *out, const struct gate *g)
{
	report_gate_json(out, g);
	buffer_add_char(out, '\n');
}

static const struct {
	const char *suffix;
	void (*form)(struct buffer *out, const struct gate *g);
} FORMS[] = {
    {"txt", to_text},
    {"json", to_json},
    {"xml", report_gate_junit},
    {"tap", report_gate_tap},
    {"github", report_gate_github},
    {"md", report_gate_markdown},
};

START_TEST(golden_files)
{
	struct buffer out = BUFFER_INIT, name = BUFFER_INIT;
	size_t count;
	const struct gate_form *gates = gate_forms(&count);

	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < ARRAY_SIZE(FORMS); n++) {
			buffer_reset(&out);
			buffer_reset(&name);
			FORMS[n].form(&out, gates[i].gate);
			buffer_printf(&name, "gate-%s.%s", gates[i].name, FORMS[n].suffix);
			golden_check(name.data, buffer_span(&out));
		}
	buffer_clear(&out);
	buffer_clear(&name);
}
END_TEST

static const struct {
	const char *name;
	struct report_style style;
} STYLES[] = {
    {"80", {.width = 80}},
    {"color", {.color = true, .width = 100}},
};

START_TEST(golden_styles)
{
	struct buffer out = BUFFER_INIT, name = BUFFER_INIT;
	size_t count;
	const struct gate_form *gates = gate_forms(&count);

	for (size_t i = 0; i < ARRAY_SIZE(STYLES); i++) {
		buffer_reset(&out);
		buffer_reset(&name);
		for (size_t n = 0; n < count; n++)
			if (strcmp(gates[n].name, "hostile") != 0)
				report_gate_text(&out, gates[n].gate, &STYLES[i].style);
		buffer_printf(&name, "gate-%s.txt", STYLES[i].name);
		golden_check(name.data, buffer_span(&out));
	}
	buffer_clear(&out);
	buffer_clear(&name);
}
END_TEST

/* Whether a terminal could obey it: the line ends of the form itself may stand. */
static bool is_harmless(const struct buffer *out)
{
	static const char *const HARMFUL[] = {"\x7f", "\xc2\x9b", "\xe2\x80\xae"};

	for (size_t i = 0; i < out->len; i++)
		if (out->data[i] != '\n' && (unsigned char)out->data[i] < 0x20)
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(HARMFUL); i++)
		if (strstr(out->data, HARMFUL[i]) != NULL)
			return false;
	return true;
}

START_TEST(nothing_changes_the_terminal)
{
	struct buffer out = BUFFER_INIT;
	size_t count;
	const struct gate_form *gates = gate_forms(&count);

	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < ARRAY_SIZE(FORMS); n++) {
			buffer_reset(&out);
			FORMS[n].form(&out, gates[i].gate);
			ck_assert_msg(utf8_valid(buffer_span(&out)), "%s.%s: no UTF-8",
			    gates[i].name, FORMS[n].suffix);
			/* JSON is for programs, and escapes as all of its forms do. */
			ck_assert_msg(FORMS[n].form == to_json || is_harmless(&out),
			    "%s.%s: not escaped", gates[i].name, FORMS[n].suffix);
		}
	buffer_clear(&out);
}
END_TEST

/* The lines that a reader of the form takes for its own: as many as the gate has results. */
static const struct {
	const char *suffix, *begins;
	size_t hostile, none, timeout; /* lines that begin so */
} LINES[] = {
    {"github", "::error", 2, 1, 1},
    {"github", "::notice", 1, 1, 1},
    {"github", "", 3, 2, 2},
    {"tap", "not ok ", 2, 1, 1},
    {"tap", "ok ", 2, 0, 3},
    {"tap", "  ---", 2, 1, 1},
    {"tap", "  ...", 2, 1, 1},
    {"tap", "1..", 1, 1, 1},
    {"xml", "    <testcase ", 4, 1, 4},
    {"xml", "      <failure ", 1, 0, 0},
    {"xml", "      <error ", 1, 1, 1},
    {"xml", "      <skipped ", 1, 0, 0},
    {"xml", "  <testsuite ", 1, 1, 2},
    {"md", "| ", 6, 0, 5},
    {"md", "#", 2, 1, 2},
};

static size_t lines_that_begin(struct span text, const char *begins)
{
	size_t count = 0;

	while (text.data != NULL) {
		struct span line = span_cut(&text, '\n');

		count += line.len > 0 && span_starts(line, span_from(begins));
	}
	return count;
}

static const struct gate *gate_of(const char *name)
{
	size_t count;
	const struct gate_form *gates = gate_forms(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(gates[i].name, name) == 0)
			return gates[i].gate;
	ck_abort_msg("%s: no such gate", name);
}

START_TEST(a_mail_adds_no_line)
{
	static const char *const NAMES[] = {"hostile", "none", "timeout"};
	struct buffer out = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(LINES); i++)
		for (size_t n = 0; n < ARRAY_SIZE(FORMS); n++) {
			const size_t want[] = {LINES[i].hostile, LINES[i].none, LINES[i].timeout};

			if (strcmp(FORMS[n].suffix, LINES[i].suffix) != 0)
				continue;
			for (size_t g = 0; g < ARRAY_SIZE(NAMES); g++) {
				size_t got;

				buffer_reset(&out);
				FORMS[n].form(&out, gate_of(NAMES[g]));
				got = lines_that_begin(buffer_span(&out), LINES[i].begins);
				ck_assert_msg(got == want[g],
				    "%s.%s: %zu lines begin \"%s\", expected %zu", NAMES[g],
				    LINES[i].suffix, got, LINES[i].begins, want[g]);
			}
		}
	buffer_clear(&out);
}
END_TEST

static const struct {
	const char *suffix, *text;
} ABSENT[] = {
    {"xml", "]]>"},
    {"xml", "<script"},
    {"md", "<script"},
    {"md", " `code"},
    {"md", "|</"},
    {"md", "@octo"},
    {"md", "[l]("},
    {"md", "http://"},
    {"github", "%0A `"},
    {"xml", "\xef\xbf\xbe"},
};

START_TEST(markup_of_the_mail_is_text)
{
	struct buffer out = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(ABSENT); i++)
		for (size_t n = 0; n < ARRAY_SIZE(FORMS); n++) {
			if (strcmp(FORMS[n].suffix, ABSENT[i].suffix) != 0)
				continue;
			buffer_reset(&out);
			FORMS[n].form(&out, gate_of("hostile"));
			ck_assert_msg(strstr(out.data, ABSENT[i].text) == NULL, "%s holds \"%s\"",
			    ABSENT[i].suffix, ABSENT[i].text);
		}
	buffer_clear(&out);
}
END_TEST

/* It would make a failure one that is not counted. */
START_TEST(a_failure_has_no_directive)
{
	struct buffer out = BUFFER_INIT;
	struct span rest;

	report_gate_tap(&out, gate_of("hostile"));
	rest = buffer_span(&out);
	while (rest.data != NULL) {
		struct span line = span_cut(&rest, '\n');

		ck_assert_msg(!span_starts(line, SPAN("not ok")) ||
				  memmem(line.data, line.len, " #", 2) == NULL,
		    "\"%.*s\"", (int)line.len, line.data);
	}
	buffer_clear(&out);
}
END_TEST

START_TEST(a_long_subject_is_cut)
{
	struct record_message m = {.id = "01JDCYK0000000000000000009"};
	struct gate_message judged = {.message = &m, .viewpoint = POLICY_OBSERVED};
	const struct gate g = {.outcome = GATE_FAIL, .messages = &judged, .message_count = 1};
	struct buffer subject = BUFFER_INIT, out = BUFFER_INIT;

	for (int i = 0; i < 10000; i++)
		buffer_add_string(&subject, "\xc3\xab");
	m.subject = subject.data;
	for (size_t n = 0; n < ARRAY_SIZE(FORMS); n++) {
		buffer_reset(&out);
		FORMS[n].form(&out, &g);
		ck_assert_msg(out.len < 2000, "%s: %zu octets", FORMS[n].suffix, out.len);
		ck_assert_msg(utf8_valid(buffer_span(&out)), "%s", FORMS[n].suffix);
	}
	buffer_clear(&subject);
	buffer_clear(&out);
}
END_TEST

static const char *const KEYS[] = {
    "name", "source", "outcome", "expected", "got", "reason", "reply", "remedy", "evidence"};

/* The same keys in the same order, whatever is absent, and the texts as they are. */
START_TEST(json_has_every_key)
{
	struct buffer out = BUFFER_INIT;
	size_t count, n;
	const struct gate_form *gates = gate_forms(&count);
	const char *key;
	json_t *whole, *message, *requirement, *value;

	for (size_t i = 0; i < count; i++) {
		buffer_reset(&out);
		report_gate_json(&out, gates[i].gate);
		ck_assert_int_lt(span_index(buffer_span(&out), '\n'), 0);
		whole = json_loadb(out.data, out.len, 0, NULL);
		ck_assert_ptr_nonnull(whole);
		ck_assert_str_eq(json_string_value(json_object_get(whole, "outcome")),
		    GATE_OUTCOME_NAME[gates[i].gate->outcome]);
		json_array_foreach(json_object_get(whole, "messages"), n, message)
		{
			size_t r;

			json_array_foreach(json_object_get(message, "requirements"), r, requirement)
			{
				size_t k = 0;

				json_object_foreach(requirement, key, value)
				    ck_assert_str_eq(key, KEYS[k++]);
				ck_assert_uint_eq(k, ARRAY_SIZE(KEYS));
			}
			ck_assert_uint_eq(r, gates[i].gate->messages[n].result_count);
		}
		ck_assert_uint_eq(n, gates[i].gate->message_count);
		json_decref(whole);
	}
	buffer_clear(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {golden_files, golden_styles, nothing_changes_the_terminal,
	    a_mail_adds_no_line, markup_of_the_mail_is_text, a_failure_has_no_directive,
	    a_long_subject_is_cut, json_has_every_key, NULL};

	return unit_main("reportgate", tests);
}
