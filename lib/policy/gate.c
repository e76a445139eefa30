/*
 * SPDX-License-Identifier: ISC
 *
 * Messages and what came of them, and the one word for all.
 */
#include "policy/gate.h"

#include "policy/list.h"

const char *const GATE_OUTCOME_NAME[] = {
    [GATE_PASS] = "pass",
    [GATE_FAIL] = "fail",
    [GATE_TIMEOUT] = "timeout",
};
_Static_assert(ARRAY_SIZE(GATE_OUTCOME_NAME) == GATE_OUTCOME_COUNT, "a word for each");

void gate_add(struct gate *g, const struct policy *p, const bool *sections,
    const struct policy_facts *f, struct arena *a)
{
	struct gate_message m = {
	    .message = f->message,
	    .viewpoint = policy_viewpoint(f),
	    .results = arena_alloc(a, (p->rule_count + 1) * sizeof(*m.results)),
	};

	for (size_t i = 0; i < p->rule_count; i++) {
		struct policy_result *result = &m.results[m.result_count];

		if (!sections[p->rules[i].section])
			continue;
		policy_judge(&p->rules[i], f, a, result);
		g->count[result->outcome]++;
		m.result_count++;
	}
	g->messages = policy_grow(a, g->messages, g->message_count, sizeof(*g->messages));
	g->messages[g->message_count++] = m;
}

void gate_finish(struct gate *g)
{
	if (g->shortfall != NULL)
		g->outcome = GATE_TIMEOUT;
	else if (g->count[POLICY_FAIL] > 0 || g->count[POLICY_UNJUDGED] > 0 ||
		 g->count[POLICY_PASS] == 0)
		g->outcome = GATE_FAIL;
	else
		g->outcome = GATE_PASS;
}
