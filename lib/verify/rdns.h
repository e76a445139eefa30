/*
 * SPDX-License-Identifier: ISC
 *
 * Reverse DNS of the client (RFC 8601 2.7.3 "iprev"): the PTR names, the one that leads back to
 * the address, and whether the HELO name does.
 */
#ifndef VERIFY_RDNS_H
#define VERIFY_RDNS_H

#include "verify/verify.h"

/* PTR names beyond this many are not confirmed. */
#define RDNS_NAMES_MAX 10

/*
 * Judges the address. VERIFY_NEEDS_DNS leaves *out undefined. Strings live in the arena. findings
 * (may be NULL) gets rdns-generic and helo-not-a-name; only on VERIFY_DONE.
 */
struct rdns_query {
	struct ip client;
	struct span helo; /* as given; empty: not known, and nothing is said of it */
};
enum verify_status rdns_check(const struct rdns_query *q, struct dns_view *view, struct arena *a,
    struct rdns_verdict *out, struct finding_list *findings);

#endif
