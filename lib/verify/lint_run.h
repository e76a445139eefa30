/*
 * SPDX-License-Identifier: ISC
 *
 * What the checks of verify/lint share: saying what was found, and asking so that what is not
 * known is never taken for something that is not there. Only for the lint files.
 */
#ifndef VERIFY_LINT_RUN_H
#define VERIFY_LINT_RUN_H

#include "verify/lint.h"

struct lint_run {
	struct dns_view *view;
	struct arena *arena;
	struct lint *out;
	const char *name; /* of the record that is looked at */
	bool missing;     /* the view lacks an answer */
};

/* Appends a finding about the record. */
void lint_say(struct lint_run *r, enum finding_id id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The answer, or NULL when nothing is known: it is missing, which is noted, or the look-up failed,
 * which is said once a name.
 */
const struct dns_answer *lint_ask(struct lint_run *r, struct span name, enum dns_type type);
/* The same for an answer that was had already; NULL is a missing one. */
const struct dns_answer *lint_known(
    struct lint_run *r, struct span name, enum dns_type type, const struct dns_answer *answer);

static inline enum verify_status lint_status(const struct lint_run *r)
{
	return r->missing ? VERIFY_NEEDS_DNS : VERIFY_DONE;
}

/* Text that somebody else wrote, fit for a sentence (verdict_show, blanks kept), in the arena. */
const char *lint_show(struct lint_run *r, struct span text);

/*
 * Whether text begins as the lower-case word does, once blanks, quotes, octets that are not ASCII
 * and case are left out: what somebody meant to be such a record.
 */
bool lint_meant(struct span text, const char *word);

/* What is wrong with the addresses of rua= or ruf= in the DMARC record of domain. */
void lint_report_addresses(
    struct lint_run *r, const char *domain, const char *tag, struct span addresses);

#endif
