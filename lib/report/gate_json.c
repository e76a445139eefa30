/*
 * SPDX-License-Identifier: ISC
 *
 * A gate as JSON.
 */
#include <stdlib.h>

#include "report/gate_internal.h"
#include "report/json_internal.h"

static void append(json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) < 0)
		abort();
}

static json_t *requirement(struct arena *a, const struct policy_result *r)
{
	json_t *o = json_object();

	json_put(o, "name", json_text(a, r->rule->name));
	json_put(o, "source", json_text(a, r->rule->source));
	json_put(o, "outcome", json_text(a, POLICY_OUTCOME_NAME[r->outcome]));
	json_put(o, "expected", json_text(a, r->expected));
	json_put(o, "got", json_text(a, r->got));
	json_put(o, "reason", json_text(a, r->reason));
	json_put(o, "reply", json_text(a, r->reply));
	json_put(o, "remedy", json_text(a, r->remedy));
	json_put(o, "evidence", json_text(a, r->evidence));
	return o;
}

static json_t *message(struct arena *a, const struct gate_message *m)
{
	json_t *o = json_object(), *list = json_array();

	json_put(o, "id", json_text(a, m->message->id));
	json_put(o, "viewpoint", json_text(a, POLICY_VIEWPOINT_NAME[m->viewpoint]));
	for (size_t i = 0; i < m->result_count; i++)
		append(list, requirement(a, &m->results[i]));
	json_put(o, "requirements", list);
	return o;
}

json_t *json_gate(struct arena *a, const struct gate *g)
{
	json_t *o = json_object(), *list = json_array();

	json_put(o, "outcome", json_text(a, GATE_OUTCOME_NAME[g->outcome]));
	for (size_t i = 0; i < g->message_count; i++)
		append(list, message(a, &g->messages[i]));
	json_put(o, "messages", list);
	return o;
}

void report_gate_json(struct buffer *out, const struct gate *g)
{
	struct arena *a = arena_new();

	json_finish(out, json_gate(a, g), a);
}
