/*
 * SPDX-License-Identifier: ISC
 *
 * The table of findings, and which ids a mistyped word may have meant.
 */
#include "report/explain.h"

#include <stdio.h>

#include "report/json_internal.h"
#include "report/text_internal.h"

#define ID_WIDTH        34
#define SEVERITY_WIDTH  8
#define REFERENCE_WIDTH 26

/* A longer word is none of ours. */
#define WORD_MAX 64
#define NEAR_MAX 5

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

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters have to change, come or go to make one word of the other (Levenshtein). */
static unsigned distance(struct span a, struct span b)
{
	unsigned row[WORD_MAX + 1];

	for (unsigned k = 0; k <= b.len; k++)
		row[k] = k;
	for (size_t i = 0; i < a.len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t k = 0; k < b.len; k++) {
			unsigned change = ascii_lower(a.data[i]) != ascii_lower(b.data[k]);
			unsigned here = least(row[k + 1] + 1, row[k] + 1, diagonal + change);

			diagonal = row[k + 1];
			row[k + 1] = here;
		}
	}
	return row[b.len];
}

static bool contains(struct span whole, struct span part)
{
	for (; whole.len >= part.len; whole = span_after(whole, 1))
		if (span_starts_nocase(whole, part))
			return true;
	return false;
}

/* 0: the word is part of the id; then the letters that differ; above WORD_MAX: no likeness. */
static unsigned unlikeness(struct span id, struct span word)
{
	unsigned differ;

	if (word.len >= 2 && contains(id, word))
		return 0;
	differ = distance(id, word);
	return differ <= 2 || differ <= word.len / 3 ? differ : WORD_MAX + 1;
}

/* Takes the ids so unlike the word until there are enough. */
static size_t take(struct span word, unsigned unlike, const char *near[NEAR_MAX], size_t count)
{
	for (int i = 0; i < FINDING_ID_COUNT && count < NEAR_MAX; i++) {
		const char *id = finding_entry((enum finding_id)i)->id;

		if (unlikeness(span_from(id), word) == unlike)
			near[count++] = id;
	}
	return count;
}

void report_explain_near(struct buffer *out, struct span word)
{
	const char *near[NEAR_MAX];
	size_t count = 0;

	if (word.len == 0 || word.len > WORD_MAX)
		return;
	for (unsigned unlike = 0; unlike <= word.len / 3 + 2 && count < NEAR_MAX; unlike++)
		count = take(word, unlike, near, count);
	for (size_t i = 0; i < count; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", near[i]);
}
