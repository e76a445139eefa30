/*
 * SPDX-License-Identifier: ISC
 *
 * The outcome of a gate: messages with their results, and the verdict on all of it.
 */
#ifndef POLICY_GATE_H
#define POLICY_GATE_H

#include "policy/policy.h"

enum gate_outcome {
	GATE_PASS,    /* none failed or unjudged, at least one passed: exit 0 */
	GATE_FAIL,    /* any failed or unjudged, or all not applicable: exit 1 */
	GATE_TIMEOUT, /* too few messages in time, or a section that has none: exit 3 */
	GATE_OUTCOME_COUNT,
};

extern const char *const GATE_OUTCOME_NAME[GATE_OUTCOME_COUNT]; /* "pass", "fail", "timeout" */

struct gate_message {
	const struct record_message *message;
	enum policy_viewpoint viewpoint;
	struct policy_result *results; /* in the order of the rules; those of other sections left
	                                  out */
	size_t result_count;
};

struct gate {
	enum gate_outcome outcome;
	struct gate_message *messages; /* newest first */
	size_t message_count;
	size_t count[POLICY_OUTCOME_COUNT]; /* of results */
	const char *shortfall; /* with GATE_TIMEOUT: what is missing, a sentence; else NULL */
	const char *note;      /* headings that no message belongs to; NULL: none */
};

/*
 * Judges the message by every rule whose section is in the set (sections[i]: it belongs to the
 * i-th) and puts it behind the others. The results live in the arena; the message is borrowed.
 */
void gate_add(struct gate *g, const struct policy *p, const bool *sections,
    const struct policy_facts *f, struct arena *a);
/* Sets the outcome by what was added; not when shortfall is set. */
void gate_finish(struct gate *g);

#endif
