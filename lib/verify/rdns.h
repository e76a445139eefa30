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

enum verify_status rdns_check(const struct ip *client, struct span helo, struct dns_view *view,
    struct arena *a, struct rdns_verdict *out);

#endif
