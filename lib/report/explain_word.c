/*
 * SPDX-License-Identifier: ISC
 *
 * What words may mean; the tables as a whole.
 */
#include "report/explain_internal.h"
#include "report/text_internal.h"

/* A longer text is cut: no reply is. */
#define WORDS_MAX 4000
#define BLANKS    " \t\r\n"

const char *const EXPLAIN_TABLE_NAME[] = {
    [EXPLAIN_FINDINGS] = "findings",
    [EXPLAIN_REPLIES] = "replies",
    [EXPLAIN_STATUS] = "status",
    [EXPLAIN_RESULTS] = "results",
    [EXPLAIN_PROVIDERS] = "providers",
    [EXPLAIN_RECEIVERS] = "receivers",
};
_Static_assert(ARRAY_SIZE(EXPLAIN_TABLE_NAME) == EXPLAIN_TABLE_COUNT, "one name for each");

static bool is_mark(char c)
{
	return span_index(SPAN("()[]<>#,;:"), c) >= 0;
}

/* Without what logs put around codes: "(#5.7.1)", "550;". */
static struct span bare(struct span word)
{
	while (word.len > 0 && is_mark(word.data[0]))
		word = span_after(word, 1);
	while (word.len > 0 && is_mark(word.data[word.len - 1]))
		word.len--;
	return word;
}

/* Takes "550", "550-", "5.7.1" or "550-5.7.1"; false: the word is none of them. */
static bool take_codes(struct span word, struct known_query *q)
{
	struct smtp_status status;
	int code;

	word = bare(word);
	if (word.len >= 3 && smtp_code_parse(span_first(word, 3), &code) == 0 &&
	    (word.len == 3 || word.data[3] == '-')) {
		word = span_after(word, 4);
		if (word.len > 0 && smtp_status_parse(word, &status) < 0)
			return false;
		q->code = q->code == 0 ? code : q->code;
	} else if (smtp_status_parse(word, &status) < 0) {
		return false;
	}
	if (word.len > 0 && q->status.class == 0)
		q->status = status;
	return true;
}

/* Whether a number within the text is the code again, of the next line, and no count. */
static bool repeats(struct span word, const struct known_query *q)
{
	struct known_query own = {0};

	if (!take_codes(word, &own))
		return false;
	return own.status.class != 0 || own.code == q->code;
}

/* The next word, and what is behind it; empty at the end. */
static struct span next_word(struct span *words)
{
	size_t blanks = 0, n = 0;
	struct span word;

	while (blanks < words->len && span_index(SPAN(BLANKS), words->data[blanks]) >= 0)
		blanks++;
	*words = span_after(*words, blanks);
	while (n < words->len && span_index(SPAN(BLANKS), words->data[n]) < 0)
		n++;
	word = span_first(*words, n);
	*words = span_after(*words, n);
	return word;
}

/* "550 5.7.1" anywhere is a reply, and a lone "550" is not. */
static bool status_follows(struct span words)
{
	struct smtp_status status;

	return smtp_status_parse(bare(next_word(&words)), &status) == 0;
}

void explain_read(struct span words, struct explain_query *q)
{
	bool first = true;
	struct span word;

	*q = (struct explain_query){.text = BUFFER_INIT};
	words = span_first(words, WORDS_MAX);
	while ((word = next_word(&words)).len > 0) {
		if ((first || repeats(word, &q->reply) || status_follows(words)) &&
		    take_codes(word, &q->reply))
			continue;
		first = false;
		buffer_add_string(&q->text, q->text.len > 0 ? " " : "");
		buffer_add_span(&q->text, word);
	}
	q->reply.text = buffer_span(&q->text);
}

bool report_explain_is_reply(struct span words)
{
	struct explain_query q;
	bool is;

	explain_read(words, &q);
	is = q.reply.code != 0 || q.reply.status.class != 0;
	buffer_clear(&q.text);
	return is;
}

static void add_finding(const struct explain_out *o, const struct finding_entry *entry)
{
	if (o->style != NULL) {
		report_explain_text(o->out, entry, o->style);
		return;
	}
	report_explain_json(o->out, entry);
	buffer_add_char(o->out, '\n');
}

bool report_explain(struct buffer *out, struct span words, const struct conf_receivers *receivers,
    const struct report_style *style)
{
	struct explain_out o = {out, style};
	int id = finding_find(span_trim(words));
	struct explain_query q;
	bool known;

	if (id >= 0) {
		add_finding(&o, finding_entry((enum finding_id)id));
		return true;
	}
	if (explain_result(&o, span_trim(words)))
		return true;
	explain_read(words, &q);
	known = explain_reply(&o, &q, receivers);
	buffer_clear(&q.text);
	return known;
}

static const struct table {
	const char *heads[EXPLAIN_CELLS];
	unsigned widths[EXPLAIN_CELLS];
} TABLES[] = {
    [EXPLAIN_FINDINGS] = {{NULL}, {0}}, /* it has a form of its own */
    [EXPLAIN_REPLIES] = {{"code", "reference"}, {4, 26}},
    [EXPLAIN_STATUS] = {{"status", "reference"}, {6, 26}},
    [EXPLAIN_RESULTS] = {{"result", "reference"}, {16, 26}},
    [EXPLAIN_PROVIDERS] = {{"provider", "replies"}, {24, 36}},
    [EXPLAIN_RECEIVERS] = {{"receiver", "requirement"}, {24, 26}},
};
_Static_assert(ARRAY_SIZE(TABLES) == EXPLAIN_TABLE_COUNT, "one row for each table");

static void add_head(struct buffer *out, const struct table *t, const struct report_style *style)
{
	struct page p = {out, style};

	for (size_t i = 0; i < EXPLAIN_CELLS && t->heads[i] != NULL; i++)
		page_cell(&p, t->heads[i], t->widths[i]);
	if (style->width == 0)
		buffer_add_string(out, "text");
	while (out->data[out->len - 1] == ' ')
		buffer_truncate(out, out->len - 1);
	buffer_add_char(out, '\n');
}

static void add_findings(struct buffer *out, const struct report_style *style)
{
	if (style != NULL)
		report_explain_head(out, style);
	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *entry = finding_entry((enum finding_id)i);

		if (style != NULL) {
			report_explain_line(out, entry, style);
			continue;
		}
		report_explain_json(out, entry);
		buffer_add_char(out, '\n');
	}
}

void report_explain_table(struct buffer *out, enum explain_table table,
    const struct conf_receivers *receivers, const struct report_style *style)
{
	struct explain_out o = {out, style};
	const struct table *t = &TABLES[table];

	if (style != NULL && table != EXPLAIN_FINDINGS)
		add_head(out, t, style);
	switch (table) {
	case EXPLAIN_FINDINGS:
		add_findings(out, style);
		break;
	case EXPLAIN_REPLIES:
		explain_replies_rows(&o, t->widths);
		break;
	case EXPLAIN_STATUS:
		explain_status_rows(&o, t->widths);
		break;
	case EXPLAIN_RESULTS:
		explain_result_rows(&o, t->widths);
		break;
	case EXPLAIN_PROVIDERS:
		explain_provider_rows(&o, t->widths);
		break;
	case EXPLAIN_RECEIVERS:
		explain_receiver_rows(&o, receivers, t->widths);
		break;
	case EXPLAIN_TABLE_COUNT:
		break;
	}
}
