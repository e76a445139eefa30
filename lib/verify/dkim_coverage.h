/*
 * SPDX-License-Identifier: ISC
 *
 * What the signatures of a message leave open (RFC 6376 5.4, 8.15): fields that can be changed, or
 * put in front of those that are signed, without breaking them.
 */
#ifndef VERIFY_DKIM_COVERAGE_H
#define VERIFY_DKIM_COVERAGE_H

#include "mail/finding.h"
#include "mail/header.h"
#include "verify/dkim_signature.h"

struct dkim_coverage {
	const struct mail_header *header;
	const struct dkim_signature *const *signatures; /* in header order */
	size_t count;
};

/*
 * Adds dkim-field-unsigned and dkim-not-oversigned, once each for all signatures. A malformed
 * signature is passed over, but for one without From in its h=.
 */
void dkim_coverage_findings(
    const struct dkim_coverage *c, struct arena *a, struct finding_list *findings);

#endif
