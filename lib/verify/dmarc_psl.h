/*
 * SPDX-License-Identifier: ISC
 *
 * What receivers conclude that still follow RFC 7489: organizational domains by the public suffix
 * list (3.2), the record of the author domain or of its organizational domain (6.6.3), p= and sp=
 * alone. Where they differ from the tree walk's, that is the finding psl-differs.
 */
#ifndef VERIFY_DMARC_PSL_H
#define VERIFY_DMARC_PSL_H

#include "verify/dmarc_walk.h"

struct dmarc_psl {
	const char *organizational_domain; /* of the author domain */
	struct dmarc_step parent;          /* the records there */
	bool failed;                       /* they could not be looked up */
};

/* What the comparison needs of a judgement by RFC 9989. */
struct dmarc_psl_case {
	const struct dmarc_walk *walk; /* from the author domain */
	const struct dmarc_identifier
	    *identifiers; /* domains normalized, NULL where there is none */
	size_t count;
	const struct dmarc_verdict *verdict;
};

/* Asks for the organizational domain's record. VERIFY_NEEDS_DNS leaves *out undefined. */
enum verify_status dmarc_psl_ask(
    const char *author, struct dns_view *view, struct arena *a, struct dmarc_psl *out);

/*
 * The sentence of the finding, in the arena, or NULL when the two methods agree. Results are not
 * compared where a look-up failed, or a result is temperror: another time they may agree.
 */
const char *dmarc_psl_compare(
    const struct dmarc_psl *psl, const struct dmarc_psl_case *c, struct arena *a);

#endif
