/*
 * SPDX-License-Identifier: ISC
 *
 * A gate as workflow commands of GitHub: "::error title=TITLE::MESSAGE", in which "%" and line ends
 * are escaped, and in the title ":" and "," too.
 */
#include <string.h>

#include "report/gate_internal.h"

static void add_escaped(struct buffer *out, struct span s, const char *special)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] != '\0' && strchr(special, s.data[i]) != NULL)
			buffer_printf(out, "%%%02X", (unsigned char)s.data[i]);
		else
			buffer_add_char(out, s.data[i]);
	}
}

/* Empties title and message. */
static void add_command(
    struct buffer *out, const char *command, struct buffer *title, struct buffer *message)
{
	buffer_printf(out, "::%s title=", command);
	add_escaped(out, buffer_span(title), "%\r\n:,");
	buffer_add_string(out, "::");
	add_escaped(out, buffer_span(message), "%\r\n");
	buffer_add_char(out, '\n');
	buffer_reset(title);
	buffer_reset(message);
}

static void add_message(struct buffer *out, const struct gate_message *m)
{
	struct buffer title = BUFFER_INIT, text = BUFFER_INIT, path = BUFFER_INIT;

	gate_add_path(&path, m->message);
	for (size_t i = 0; i < m->result_count; i++) {
		const struct policy_result *r = &m->results[i];

		if (!gate_blocks(r->outcome))
			continue;
		gate_add_subject(&title, m->message);
		buffer_add_string(&title, ": ");
		gate_add_name(&title, r->rule);
		buffer_add_string(&title, r->outcome == POLICY_FAIL ? " failed" : " is unjudged");
		gate_add_facts(&text, r, "\n");
		buffer_printf(&text, "\nmessage: %s, ", gate_id(m->message));
		gate_plain(&text, path.data);
		add_command(out, "error", &title, &text);
	}
	buffer_clear(&title);
	buffer_clear(&text);
	buffer_clear(&path);
}

void report_gate_github(struct buffer *out, const struct gate *g)
{
	struct buffer title = BUFFER_INIT, text = BUFFER_INIT;

	for (size_t i = 0; i < g->message_count; i++)
		add_message(out, &g->messages[i]);
	if (gate_trouble(g) != NULL) {
		buffer_printf(&title, "mailassay gate: %s", GATE_OUTCOME_NAME[g->outcome]);
		gate_plain(&text, gate_trouble(g));
		add_command(out, "error", &title, &text);
	}
	buffer_add_string(&title, "mailassay gate");
	buffer_printf(&text, "%s: ", GATE_OUTCOME_NAME[g->outcome]);
	gate_add_counts(&text, g);
	add_command(out, "notice", &title, &text);
	buffer_clear(&title);
	buffer_clear(&text);
}
