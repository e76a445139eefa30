/*
 * SPDX-License-Identifier: ISC
 *
 * A gate for a person: each message, a line for what passed, all that is known of what did not.
 */
#include "report/gate_internal.h"
#include "report/text_internal.h"

static const struct {
	const char *word;
	enum page_color color;
} MARKS[] = {
    [POLICY_PASS] = {"pass", PAGE_GREEN},
    [POLICY_FAIL] = {"FAIL", PAGE_RED},
    [POLICY_UNJUDGED] = {"unjudged", PAGE_YELLOW},
    [POLICY_NOT_APPLICABLE] = {"n/a", PAGE_PLAIN},
};
_Static_assert(ARRAY_SIZE(MARKS) == POLICY_OUTCOME_COUNT, "one mark for each outcome");

static void page_gate_head(struct page *p, const struct gate_message *m)
{
	struct buffer text = BUFFER_INIT;
	struct page line = {&text, p->style};

	gate_add_subject(&text, m->message);
	page_column(p, text.data, 0, PAGE_BOLD);
	buffer_add_char(p->out, '\n');
	buffer_reset(&text);
	if (m->message->received_at != 0)
		page_time(&line, m->message->received_at, PAGE_TIME_WIDTH);
	buffer_printf(&text, "%s, ", gate_id(m->message));
	gate_add_path(&text, m->message);
	buffer_printf(&text, ", %s", POLICY_VIEWPOINT_NAME[m->viewpoint]);
	page_text(p, text.data);
	buffer_clear(&text);
}

static void page_requirement(struct page *p, const struct policy_result *r)
{
	const char *got = r->outcome == POLICY_PASS ? r->got : NULL;
	struct gate_fact facts[GATE_FACTS_MAX];
	size_t count = r->outcome == POLICY_PASS ? 0 : gate_facts(r, facts);

	page_row_colored(p, MARKS[r->outcome].word, MARKS[r->outcome].color, "%s (%s)%s%s",
	    r->rule->name, r->rule->source, got == NULL ? "" : ": ", got == NULL ? "" : got);
	for (size_t i = 0; i < count; i++)
		page_result(p, "", facts[i].label, PAGE_PLAIN, "%s", facts[i].text);
}

static void page_outcome(struct page *p, const struct gate *g)
{
	static const enum page_color COLORS[] = {
	    [GATE_PASS] = PAGE_GREEN,
	    [GATE_FAIL] = PAGE_RED,
	    [GATE_TIMEOUT] = PAGE_RED,
	};
	_Static_assert(ARRAY_SIZE(COLORS) == GATE_OUTCOME_COUNT, "one colour for each outcome");
	const char *trouble = gate_trouble(g);

	page_column(p, GATE_OUTCOME_NAME[g->outcome], 0, COLORS[g->outcome]);
	buffer_add_string(p->out, ": ");
	gate_add_counts(p->out, g);
	buffer_add_char(p->out, '\n');
	if (trouble != NULL)
		page_text(p, trouble);
	if (g->note != NULL) {
		struct buffer text = BUFFER_INIT;

		buffer_printf(&text, "note: %s", g->note);
		page_text(p, text.data);
		buffer_clear(&text);
	}
}

void report_gate_text(struct buffer *out, const struct gate *g, const struct report_style *style)
{
	struct page p = {out, style};

	for (size_t i = 0; i < g->message_count; i++) {
		const struct gate_message *m = &g->messages[i];

		page_gate_head(&p, m);
		for (size_t n = 0; n < m->result_count; n++)
			page_requirement(&p, &m->results[n]);
		buffer_add_char(out, '\n');
	}
	page_outcome(&p, g);
}
