/*
 * SPDX-License-Identifier: ISC
 *
 * The table of findings, and which ids a mistyped word may have meant.
 */
#include "report/explain.h"

#include <stdio.h>

#include "base/near.h"
#include "report/json_internal.h"
#include "report/text_internal.h"

#define ID_WIDTH        34
#define SEVERITY_WIDTH  8
#define REFERENCE_WIDTH 26

#define WORD_COUNT (FINDING_ID_COUNT + AUTH_RESULT_COUNT)

static json_t *reply(struct arena *a, const struct finding_entry *entry)
{
	json_t *o;

	if (entry->reply_code == 0)
		return json_null();
	o = json_object();
	json_put(o, "code", json_integer(entry->reply_code));
	json_put(o, "status", json_text(a, entry->reply_status));
	json_put(o, "text", json_text(a, entry->reply_text));
	return o;
}

void report_explain_json(struct buffer *out, const struct finding_entry *entry)
{
	struct arena *a = arena_new();
	json_t *o = json_object();

	json_put(o, "kind", json_string("finding"));
	json_put(o, "id", json_text(a, entry->id));
	json_put(o, "severity", json_string(FINDING_SEVERITY_NAME[entry->severity]));
	json_put(o, "reference", json_text(a, entry->reference));
	json_put(o, "reply", reply(a, entry));
	json_put(o, "text", json_text(a, entry->text));
	json_finish(out, o, a);
}

void report_explain_head(struct buffer *out, const struct report_style *style)
{
	struct page p = {out, style};

	page_cell(&p, "id", ID_WIDTH);
	page_cell(&p, "severity", SEVERITY_WIDTH);
	page_cell(&p, "reference", REFERENCE_WIDTH);
	buffer_add_string(out, style->width == 0 ? "reply      text\n" : "reply\n");
}

void report_explain_line(
    struct buffer *out, const struct finding_entry *entry, const struct report_style *style)
{
	struct page p = {out, style};
	char code[24] = "-";

	if (entry->reply_code != 0)
		snprintf(code, sizeof(code), "%d %s", entry->reply_code, entry->reply_status);
	page_column(&p, entry->id, ID_WIDTH, PAGE_BOLD);
	buffer_add_char(out, ' ');
	page_column(&p, FINDING_SEVERITY_NAME[entry->severity], SEVERITY_WIDTH,
	    page_severity_color(entry->severity));
	buffer_add_char(out, ' ');
	page_cell(&p, entry->reference, REFERENCE_WIDTH);
	if (style->width == 0) {
		buffer_printf(out, "%-10s %s\n", code, entry->text);
		return;
	}
	buffer_printf(out, "%s\n", code);
	page_text(&p, entry->text);
}

void report_explain_text(
    struct buffer *out, const struct finding_entry *entry, const struct report_style *style)
{
	struct page p = {out, style};

	page_column(&p, entry->id, 0, PAGE_BOLD);
	buffer_add_char(out, '\n');
	page_text(&p, entry->text);
	page_row_colored(&p, "severity", page_severity_color(entry->severity), "%s",
	    FINDING_SEVERITY_NAME[entry->severity]);
	page_row(&p, "reference", "%s", entry->reference);
	if (entry->reply_code == 0)
		page_row(&p, "reply", "none: it is only noted");
	else
		page_row(&p, "reply", "%d %s %s", entry->reply_code, entry->reply_status,
		    entry->reply_text);
}

/* All words that one may have meant: the ids of findings, and the results. */
static size_t all_words(const char *words[WORD_COUNT])
{
	size_t n = 0;

	for (int i = 0; i < FINDING_ID_COUNT; i++)
		words[n++] = finding_entry((enum finding_id)i)->id;
	for (int i = 0; i < AUTH_RESULT_COUNT; i++)
		words[n++] = AUTH_RESULT_NAME[i];
	return n;
}

void report_explain_near(struct buffer *out, struct span word)
{
	const char *words[WORD_COUNT];
	size_t count = all_words(words);

	near_words(out, word, words, count);
}
