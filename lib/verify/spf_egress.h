/*
 * SPDX-License-Identifier: ISC
 *
 * The other way round: an address that a domain's SPF record lets pass.
 */
#ifndef VERIFY_SPF_EGRESS_H
#define VERIFY_SPF_EGRESS_H

#include "verify/spf.h"

/* Addresses that are tried at most, over all terms. */
#define SPF_EGRESS_TRIES_MAX 50

/*
 * Finds the first address, in the order of the record's terms (ip4, ip6, a, mx, within include
 * and redirect), for which the domain's record gives pass. out->family is IP_NONE when there is
 * none; *reason then says why in words, and *failed whether a look-up failed temporarily.
 * VERIFY_NEEDS_DNS leaves all of them undefined. Strings live in the arena.
 */
enum verify_status spf_egress(struct span domain, int64_t now, struct dns_view *view,
    struct arena *a, struct ip *out, const char **reason, bool *failed);

#endif
