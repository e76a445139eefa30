/*
 * SPDX-License-Identifier: ISC
 *
 * A gate as TAP version 13 (testanything.org), with what is known of failures as YAML.
 */
#include "report/gate_internal.h"

/* In a description "#" begins a directive, and a backslash takes that away. */
static void add_description(struct buffer *out, struct span plain)
{
	for (size_t i = 0; i < plain.len; i++) {
		if (plain.data[i] == '#' || plain.data[i] == '\\')
			buffer_add_char(out, '\\');
		buffer_add_char(out, plain.data[i]);
	}
}

/* "  KEY: 'VALUE'", in which a quote is doubled; nothing for NULL. */
static void add_yaml(struct buffer *out, const char *key, const char *value)
{
	struct buffer plain = BUFFER_INIT;

	if (value == NULL)
		return;
	gate_plain(&plain, value);
	buffer_printf(out, "  %s: '", key);
	for (size_t i = 0; i < plain.len; i++) {
		if (plain.data[i] == '\'')
			buffer_add_char(out, '\'');
		buffer_add_char(out, plain.data[i]);
	}
	buffer_add_string(out, "'\n");
	buffer_clear(&plain);
}

static void add_diagnostics(
    struct buffer *out, const struct gate_message *m, const struct policy_result *r)
{
	struct buffer path = BUFFER_INIT;

	gate_add_path(&path, m->message);
	buffer_add_string(out, "  ---\n");
	add_yaml(out, "message", gate_id(m->message));
	add_yaml(out, "path", path.data);
	add_yaml(out, "viewpoint", POLICY_VIEWPOINT_NAME[m->viewpoint]);
	add_yaml(out, "outcome", POLICY_OUTCOME_NAME[r->outcome]);
	add_yaml(out, "expected", r->expected);
	add_yaml(out, "got", r->got);
	add_yaml(out, "reason", r->reason);
	add_yaml(out, "evidence", r->evidence);
	add_yaml(out, "reply", r->reply);
	add_yaml(out, "remedy", r->remedy);
	buffer_add_string(out, "  ...\n");
	buffer_clear(&path);
}

static void add_result(
    struct buffer *out, const struct gate_message *m, const struct policy_result *r, size_t number)
{
	bool blocks = gate_blocks(r->outcome);
	struct buffer plain = BUFFER_INIT;

	gate_add_subject(&plain, m->message);
	buffer_add_string(&plain, ": ");
	gate_add_name(&plain, r->rule);
	buffer_printf(out, "%s %zu - ", blocks ? "not ok" : "ok", number);
	add_description(out, buffer_span(&plain));
	if (r->outcome == POLICY_NOT_APPLICABLE) {
		buffer_add_string(out, " # SKIP ");
		buffer_reset(&plain);
		gate_plain(&plain, r->reason == NULL ? "not applicable" : r->reason);
		add_description(out, buffer_span(&plain));
	}
	buffer_add_char(out, '\n');
	if (blocks)
		add_diagnostics(out, m, r);
	buffer_clear(&plain);
}

static size_t count_of(const struct gate *g)
{
	size_t count = gate_trouble(g) != NULL;

	for (size_t i = 0; i < g->message_count; i++)
		count += g->messages[i].result_count;
	return count;
}

void report_gate_tap(struct buffer *out, const struct gate *g)
{
	size_t number = 0;

	buffer_printf(out, "TAP version 13\n1..%zu\n", count_of(g));
	for (size_t i = 0; i < g->message_count; i++)
		for (size_t n = 0; n < g->messages[i].result_count; n++)
			add_result(out, &g->messages[i], &g->messages[i].results[n], ++number);
	if (gate_trouble(g) == NULL)
		return;
	buffer_printf(out, "not ok %zu - messages\n  ---\n", ++number);
	add_yaml(out, "outcome", GATE_OUTCOME_NAME[g->outcome]);
	add_yaml(out, "reason", gate_trouble(g));
	buffer_add_string(out, "  ...\n");
}
