/*
 * SPDX-License-Identifier: ISC
 *
 * A DMARC judgement as text for the tests: a header, identifiers, records.
 */
#ifndef DMARCCASE_H
#define DMARCCASE_H

#include "verify/dmarc.h"

#define R(domain, text) "_dmarc." domain " TXT v=DMARC1; " text "\n"
#define EXISTS(domain)  domain " A 192.0.2.1\n"
#define FROM(address)   "From: " address "\r\n"

struct dmarc_case {
	const char *header;
	const char *ids;     /* blank-separated, "spf=RESULT:DOMAIN" or "dkim=RESULT:DOMAIN" */
	const char *records; /* as records.h has them */
};

#define DMARC_CASE_IDENTIFIERS_MAX 20

/* Reads ids into out (DMARC_CASE_IDENTIFIERS_MAX); returns how many. */
size_t dmarc_case_identifiers(const char *ids, struct arena *a, struct dmarc_identifier *out);

/*
 * Judges; every round but the last lacks at least one answer. Returns how many rounds lacked some.
 * findings may be NULL. The verdict's strings live in the arena.
 */
unsigned dmarc_case_judge(const struct dmarc_case *c, struct arena *a, struct dmarc_verdict *out,
    struct finding_list *findings);

/* The text of the finding, or NULL. */
const char *dmarc_case_finding(const struct finding_list *list, enum finding_id id);

#endif
