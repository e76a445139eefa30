/*
 * SPDX-License-Identifier: ISC
 *
 * Whether a name leads to an address: what rDNS asks of PTR names and of the HELO name, and SPF
 * of PTR names (RFC 7208 5.5).
 */
#ifndef VERIFY_FORWARD_H
#define VERIFY_FORWARD_H

#include "dns/view.h"

enum forward {
	FORWARD_NO,
	FORWARD_YES,
	FORWARD_FAILED,  /* the lookup failed */
	FORWARD_MISSING, /* the view has no answer yet */
};

/* Asks for the addresses of ip's family; name is normalized. The root leads nowhere. */
enum forward forward_check(struct dns_view *view, struct span name, const struct ip *ip);

/* The type of address records of ip's family. */
enum dns_type forward_type(const struct ip *ip);

#endif
