/*
 * SPDX-License-Identifier: ISC
 *
 * What the forms of a gate share: the facts of a result in the order of telling, a message in a
 * few words, counts. Texts are as the mail has them until gate_plain has made them harmless.
 */
#ifndef REPORT_GATE_INTERNAL_H
#define REPORT_GATE_INTERNAL_H

#include "report/gate.h"

/* Whether it keeps a release from passing: it failed, or could not be judged. */
bool gate_blocks(enum policy_outcome outcome);

/*
 * Appends text with all escaped that a terminal obeys, that ends a line, and that XML cannot hold:
 * what follows is printable UTF-8 in one line. Nothing for NULL.
 */
void gate_plain(struct buffer *out, const char *text);

struct gate_fact {
	const char *label; /* "expected", "got", "why", "evidence", "reply", "next step" */
	const char *text;
};
#define GATE_FACTS_MAX 6

/* Those that there are; of a result that does not block only why and the next step. */
size_t gate_facts(const struct policy_result *r, struct gate_fact facts[GATE_FACTS_MAX]);
/* "LABEL: TEXT" a fact, in plain, with sep between them. */
void gate_add_facts(struct buffer *out, const struct policy_result *r, const char *sep);
/* "expected pass, got softfail: WHY", in plain. */
void gate_add_brief(struct buffer *out, const struct policy_result *r);
/* "NAME (SOURCE)", in plain. */
void gate_add_name(struct buffer *out, const struct policy_rule *rule);

/* The subject in plain, cut where it is long. */
void gate_add_subject(struct buffer *out, const struct record_message *m);
const char *gate_id(const struct record_message *m);
/* "FROM to RECIPIENT and 2 more", as the mail has it. */
void gate_add_path(struct buffer *out, const struct record_message *m);

/* "1 failed, 0 unjudged, 3 passed, 1 not applicable, in 2 messages" */
void gate_add_counts(struct buffer *out, const struct gate *g);
/*
 * Why it did not pass though no requirement says so: too few messages, or nothing could be asked
 * of them. NULL where there is no such reason.
 */
const char *gate_trouble(const struct gate *g);

#endif
