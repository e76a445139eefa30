/*
 * SPDX-License-Identifier: ISC
 *
 * What is wrong with the DMARC records that a walk met.
 */
#ifndef VERIFY_DMARC_FINDING_H
#define VERIFY_DMARC_FINDING_H

#include "verify/dmarc_walk.h"

/* policy is the step of the record that applies to the message, or NULL. */
void dmarc_findings(const struct dmarc_walk *walk, const struct dmarc_step *policy, struct arena *a,
    struct finding_list *out);

#endif
