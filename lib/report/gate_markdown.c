/*
 * SPDX-License-Identifier: ISC
 *
 * A gate as Markdown of GitHub and GitLab: a table a message. What a mail says is text there: no
 * markup, no HTML, no table cell, and no "@name" that would call somebody.
 */
#include <string.h>

#include "report/gate_internal.h"

static const char *const MARKS[] = {
    [POLICY_PASS] = "✅ pass",
    [POLICY_FAIL] = "❌ **fail**",
    [POLICY_UNJUDGED] = "⚠️ **unjudged**",
    [POLICY_NOT_APPLICABLE] = "➖ not applicable",
};
_Static_assert(ARRAY_SIZE(MARKS) == POLICY_OUTCOME_COUNT, "one mark for each outcome");

static void add_character(struct buffer *out, char c, bool begins_word)
{
	if (c == '&' || c == '<' || c == '>')
		buffer_add_string(out, c == '&' ? "&amp;" : c == '<' ? "&lt;" : "&gt;");
	else if (c == '@' && begins_word)
		buffer_add_string(out, "@<!-- -->");
	else
		buffer_printf(
		    out, "%s%c", c != '\0' && strchr("\\|`*_[]~#!:$", c) != NULL ? "\\" : "", c);
}

static void add_markdown(struct buffer *out, struct span plain)
{
	for (size_t i = 0; i < plain.len; i++)
		add_character(out, plain.data[i], i == 0 || !ascii_alnum(plain.data[i - 1]));
}

static void add_text(struct buffer *out, const char *text)
{
	struct buffer plain = BUFFER_INIT;

	gate_plain(&plain, text);
	add_markdown(out, buffer_span(&plain));
	buffer_clear(&plain);
}

static void add_facts(struct buffer *out, const struct policy_result *r)
{
	struct gate_fact facts[GATE_FACTS_MAX];
	size_t count = gate_facts(r, facts);

	for (size_t i = 0; i < count; i++) {
		buffer_printf(out, "%s**%s** ", i == 0 ? "" : "<br>", facts[i].label);
		add_text(out, facts[i].text);
	}
}

/* What passed has no need of reasons; what was found says enough. */
static void add_row(struct buffer *out, const struct policy_result *r)
{
	buffer_printf(out, "| %s | ", MARKS[r->outcome]);
	add_text(out, r->rule->name);
	buffer_add_string(out, " | ");
	add_text(out, r->rule->source);
	buffer_add_string(out, " | ");
	if (r->outcome == POLICY_PASS)
		add_text(out, r->got);
	else
		add_facts(out, r);
	buffer_add_string(out, " |\n");
}

static void add_table(struct buffer *out, const struct gate_message *m)
{
	struct buffer text = BUFFER_INIT;

	gate_add_subject(&text, m->message);
	buffer_add_string(out, "\n#### ");
	add_markdown(out, buffer_span(&text));
	buffer_reset(&text);
	gate_add_path(&text, m->message);
	buffer_add_string(out, "\n\nfrom ");
	add_text(out, text.data);
	buffer_printf(
	    out, ", %s, %s\n\n", gate_id(m->message), POLICY_VIEWPOINT_NAME[m->viewpoint]);
	buffer_add_string(out, "| outcome | requirement | source | |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < m->result_count; i++)
		add_row(out, &m->results[i]);
	buffer_clear(&text);
}

void report_gate_markdown(struct buffer *out, const struct gate *g)
{
	buffer_printf(out, "### mailassay gate: %s %s\n\n", g->outcome == GATE_PASS ? "✅" : "❌",
	    GATE_OUTCOME_NAME[g->outcome]);
	gate_add_counts(out, g);
	buffer_add_char(out, '\n');
	if (gate_trouble(g) != NULL) {
		buffer_add_string(out, "\n**");
		add_text(out, gate_trouble(g));
		buffer_add_string(out, "**\n");
	}
	for (size_t i = 0; i < g->message_count; i++)
		add_table(out, &g->messages[i]);
}
