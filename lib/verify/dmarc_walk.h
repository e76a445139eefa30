/*
 * SPDX-License-Identifier: ISC
 *
 * The DNS tree walk (RFC 9989 4.10): the DMARC records from a domain up to its top-level domain,
 * and the organizational domain that they make (4.10.2).
 */
#ifndef VERIFY_DMARC_WALK_H
#define VERIFY_DMARC_WALK_H

#include "verify/dmarc.h"

/* The most names that one walk asks. */
#define DMARC_WALK_MAX 8

struct dmarc_step {
	const char *domain;         /* what "_dmarc." was put before */
	size_t records;             /* DMARC records there; more than one are as good as none */
	struct dmarc_record record; /* when records is 1 */
	struct span text;           /* its text, borrowed from the view */
	struct span malformed; /* a text there that is no record and was meant to be; or empty */
};

struct dmarc_walk {
	struct dmarc_step steps[DMARC_WALK_MAX]; /* from the domain upwards, as far as it went */
	size_t count;
	bool failed; /* a look-up failed temporarily; the walk ended there */
	const char *failed_name;
	enum dns_status failed_status;
	const char *organizational_domain; /* NULL when the walk failed */
};

/*
 * The domains whose records a walk from name (normalized) asks for, in order; they borrow from
 * name. Returns how many, at most DMARC_WALK_MAX.
 */
size_t dmarc_walk_domains(struct span name, struct span out[DMARC_WALK_MAX]);

/* Asks for the records at "_dmarc.DOMAIN"; NULL when the answer is missing. */
const struct dns_answer *dmarc_ask(struct dns_view *view, struct span domain, struct arena *a);
/* Fills all of a step but its domain. */
void dmarc_step_read(const struct dns_answer *answer, struct dmarc_step *step);

/*
 * Walks from name (normalized). VERIFY_NEEDS_DNS leaves *out undefined. Strings live in the arena
 * or, the texts of records, in the view.
 */
enum verify_status dmarc_walk(
    const char *name, struct dns_view *view, struct arena *a, struct dmarc_walk *out);

#endif
