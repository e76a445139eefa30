/*
 * SPDX-License-Identifier: ISC
 *
 * The other way round: an address that a domain's SPF record lets pass.
 */
#ifndef VERIFY_SPF_EGRESS_H
#define VERIFY_SPF_EGRESS_H

#include "verify/spf.h"

/* Addresses to try for one message at most, since each is judged by the whole record. */
#define SPF_EGRESS_TRIES_MAX 50

struct spf_egress_query {
	struct span domain;
	int64_t now; /* seconds since 1970 */
};

struct spf_egress {
	struct ip ip;       /* IP_NONE: there is none */
	const char *reason; /* then why, in words */
	bool failed;        /* then whether a look-up failed temporarily */
};

/*
 * Finds the first address, in the order of the record's terms (ip4, ip6, a, mx, within include
 * and redirect), for which the domain's record gives pass. *tries is how many addresses may yet
 * be tried, and goes down. VERIFY_NEEDS_DNS leaves *out undefined. Strings live in the arena.
 */
enum verify_status spf_egress(const struct spf_egress_query *q, struct dns_view *view,
    struct arena *a, unsigned *tries, struct spf_egress *out);

#endif
