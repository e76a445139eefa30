/*
 * SPDX-License-Identifier: ISC
 *
 * The predicted viewpoint: what a receiver will see once the real provider has sent the message,
 * as far as the route's settings tell.
 *
 * SPF and reverse DNS are judged for each egress address, and the verdict is that of the address
 * that fares worst: the first whose SPF does not pass, else the first without confirmed reverse
 * DNS, else the first. The HELO name is taken to be the name of the address. DKIM is the
 * provider's coming signature, in front, and the signatures that are there. DMARC follows from
 * both.
 */
#ifndef VERIFY_PREDICT_H
#define VERIFY_PREDICT_H

#include "verify/verify.h"

/* Egress addresses beyond this many are not judged. */
#define PREDICT_EGRESS_MAX 16

struct predict_input {
	const struct verify_route *route;
	struct span mail_from; /* as given */
	const struct mail_message *message;
	int64_t now; /* seconds since 1970 */
	/*
	 * The signatures that are there, judged; while they are not, those that may pass, with
	 * result AUTH_PASS and their domains alone, so that the same names are asked for.
	 */
	const struct dkim_verdict *dkim;
	size_t dkim_count;
};

/* VERIFY_NEEDS_DNS leaves *out undefined. Strings live in the arena or are in's. */
enum verify_status predict_check(const struct predict_input *in, struct dns_view *view,
    struct arena *a, struct verdict *out, struct finding_list *findings);

#endif
