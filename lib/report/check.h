/*
 * SPDX-License-Identifier: ISC
 *
 * The forms of "check message": one message, and the gate of it where something is required. gate
 * is NULL where nothing is. Appended to out.
 */
#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

#include "policy/gate.h"
#include "report/text.h"

/*
 * A report for a person, a block a check: result, whom it is about, the DNS records that it rests
 * on (of the evidence, as dns_view_evidence writes it; may be empty), and why. What the gate's
 * receivers would say stands at its end; each requirement is report_gate_text's.
 */
struct report_check {
	const struct record_message *message;
	struct span evidence;
	const struct gate *gate;
};
void report_check_text(
    struct buffer *out, const struct report_check *in, const struct report_style *style);
/* The message object, with "gate" at its end where there is one; without a line end. */
void report_check_json(struct buffer *out, const struct record_message *m, const struct gate *gate);

#endif
