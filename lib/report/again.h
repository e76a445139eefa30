/*
 * SPDX-License-Identifier: ISC
 *
 * A message judged again: what is said otherwise now than what is stored. Facts are compared as
 * they stand in the JSON form, so that whatever is shown is also compared.
 */
#ifndef REPORT_AGAIN_H
#define REPORT_AGAIN_H

#include "report/text.h"

struct report_again {
	const struct record_message *stored;
	const struct verify_result *again;  /* not looked at when anything is missing */
	const struct dns_question *missing; /* what the evidence does not answer */
	size_t missing_count;
};

/*
 * {"id":"...","agrees":bool,"differences":[{"fact","stored","again"}],"missing":["NAME TYPE"]}, or
 * one line each for a person. Facts are the verdicts of both viewpoints and the findings that
 * verification raises, which are named "findings.ID". Both are appended to out and return whether
 * everything agrees.
 */
bool report_again_json(struct buffer *out, const struct report_again *r);
bool report_again_text(struct buffer *out, const struct report_again *r);

#endif
