/*
 * SPDX-License-Identifier: ISC
 *
 * The table of findings as it is printed: golden files, one row for each finding, and the ids that
 * a mistyped word may have meant.
 */
#include "report/explain.h"

#include <jansson.h>
#include <string.h>

#include "golden.h"
#include "unit.h"

static const struct report_style WIDE = {false, 0}, NARROW = {false, 80}, COLOR = {true, 80};

START_TEST(golden_entries)
{
	static const enum finding_id ids[] = {
	    FINDING_BARE_LF, FINDING_NO_QUIT, FINDING_PASSWORD_TO_UNVERIFIED};
	static const struct report_style *const styles[] = {&WIDE, &NARROW, &COLOR};
	struct buffer out = BUFFER_INIT;

	for (size_t k = 0; k < ARRAY_SIZE(styles); k++) {
		report_explain_head(&out, styles[k]);
		for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
			report_explain_line(&out, finding_entry(ids[i]), styles[k]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		report_explain_text(&out, finding_entry(ids[i]), &NARROW);
	golden_check("explain.txt", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

/* Where the column begins that text stands in. */
static ptrdiff_t column(const struct buffer *line, const char *text)
{
	const char *at = strstr(line->data, text);

	ck_assert_msg(at != NULL, "%s: %s", line->data, text);
	return at - line->data;
}

START_TEST(every_row_fits_its_columns)
{
	struct buffer head = BUFFER_INIT, line = BUFFER_INIT;
	ptrdiff_t text;

	report_explain_head(&head, &WIDE);
	text = column(&head, "text\n");
	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *entry = finding_entry((enum finding_id)i);

		buffer_reset(&line);
		report_explain_line(&line, entry, &WIDE);
		ck_assert_int_eq(column(&line, entry->text), text);
		ck_assert(span_starts(buffer_span(&line), span_from(entry->id)));
		ck_assert_int_eq(line.data[line.len - 1], '\n');
	}
	buffer_clear(&head);
	buffer_clear(&line);
}
END_TEST

static void check_reply(const struct finding_entry *entry, json_t *reply)
{
	if (entry->reply_code == 0) {
		ck_assert_msg(json_is_null(reply), "%s", entry->id);
		return;
	}
	ck_assert_uint_eq(json_object_size(reply), 3);
	ck_assert_int_eq(json_integer_value(json_object_get(reply, "code")), entry->reply_code);
	ck_assert_str_eq(json_string_value(json_object_get(reply, "status")), entry->reply_status);
	ck_assert_str_eq(json_string_value(json_object_get(reply, "text")), entry->reply_text);
}

START_TEST(every_row_is_one_object)
{
	static const char *const keys[] = {"id", "severity", "reference", "reply", "text"};

	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *entry = finding_entry((enum finding_id)i);
		struct buffer out = BUFFER_INIT;
		size_t n = 0;
		json_t *o, *value;
		const char *key;

		report_explain_json(&out, entry);
		o = json_loadb(out.data, out.len, 0, NULL);
		ck_assert_msg(
		    o != NULL && span_index(buffer_span(&out), '\n') < 0, "%s", entry->id);
		json_object_foreach(o, key, value)
		{
			ck_assert_uint_lt(n, ARRAY_SIZE(keys));
			ck_assert_str_eq(key, keys[n++]);
		}
		ck_assert_uint_eq(n, ARRAY_SIZE(keys));
		ck_assert_str_eq(json_string_value(json_object_get(o, "id")), entry->id);
		ck_assert_str_eq(json_string_value(json_object_get(o, "text")), entry->text);
		check_reply(entry, json_object_get(o, "reply"));
		json_decref(o);
		buffer_clear(&out);
	}
}
END_TEST

static const struct {
	const char *word, *want;
} NEAR[] = {
    {"bare-fl", "bare-lf or bare-cr"},
    {"BARE-LF", "bare-lf or bare-cr"},
    {"bare", "bare-lf or bare-cr"},
    {"barelf", "bare-lf"},
    {"helo", "helo-not-a-name"},
    {"missing-angle-braket", "missing-angle-brackets"},
    {"early_talk", "early-talk"},
    {"certificate", "certificate-not-verified or certificate-expired"},
    {"zzzzzzzz", ""},
    {"", ""},
    {"\xff\xfe\x01", ""},
    {"a-word-that-is-so-long-that-it-can-be-no-id-at-all-of-any-finding-there-is", ""},
};

START_TEST(near_words)
{
	for (size_t i = 0; i < ARRAY_SIZE(NEAR); i++) {
		struct span word = unit_guard(span_from(NEAR[i].word));
		struct buffer out = BUFFER_INIT;

		report_explain_near(&out, word);
		unit_span_eq(NEAR[i].word, buffer_span(&out), NEAR[i].want);
		buffer_clear(&out);
		unit_guard_free(word);
	}
}
END_TEST

/* Whatever the word, at most five. */
START_TEST(there_are_never_many)
{
	static const char letters[] = "-abcdefghijklmnopqrstuvwxyz";
	char word[3] = "";

	for (size_t i = 0; i < 27 * 27; i++) {
		struct buffer out = BUFFER_INIT;
		unsigned commas = 0;

		word[0] = letters[i / 27];
		word[1] = letters[i % 27];
		report_explain_near(&out, span_from(word));
		for (size_t k = 0; k < out.len; k++)
			commas += out.data[k] == ',';
		ck_assert_uint_le(commas, 3);
		buffer_clear(&out);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {golden_entries, every_row_fits_its_columns,
	    every_row_is_one_object, near_words, there_are_never_many, NULL};

	return unit_main("explain", tests);
}
