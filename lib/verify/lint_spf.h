/*
 * SPDX-License-Identifier: ISC
 *
 * The state of one walk over an SPF record and those it leads to, and which addresses its
 * networks cover. Only for lint_spf.c and lint_cover.c.
 */
#ifndef VERIFY_LINT_SPF_H
#define VERIFY_LINT_SPF_H

#include "base/buffer.h"
#include "verify/lint_run.h"
#include "verify/spf_run.h"

/* One record on the path from the one that is looked at. */
struct spf_level {
	const struct spf_level *above; /* NULL: the record itself */
	const struct spf_term *by;     /* the term of above that leads here */
	struct span domain;
	unsigned depth;
	bool passes;  /* whom it lets pass, the record itself lets pass */
	bool last;    /* where it falls through, the record itself does */
	bool has_all; /* so far */
	struct spf_term all;
	size_t unreached, unknown; /* terms of no effect so far */
};

struct spf_lint {
	struct lint_run run;
	struct spf_run spf;
	struct lint_spf *facts;
	bool looped, meant;
	size_t costly;
	struct buffer costs, voids;
	bool covered[2][256]; /* by family: first octets whose addresses all pass */
	bool everything[2];   /* so that it was said */
};

/* Adds a network that passes; once a family is covered, the term and its place are named. */
void spf_cover(
    struct spf_lint *s, const struct ip_prefix *network, const char *term, const char *place);

#endif
