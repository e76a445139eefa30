/*
 * SPDX-License-Identifier: ISC
 *
 * Whether the name of an address looks as if it had been generated from it, as the names of
 * dial-up and cloud hosts do. When in doubt it does not.
 */
#ifndef VERIFY_RDNS_GENERIC_H
#define VERIFY_RDNS_GENERIC_H

#include "base/ip.h"

enum rdns_generic {
	RDNS_GENERIC_NO,
	RDNS_GENERIC_ADDRESS, /* it spells the address */
	RDNS_GENERIC_WORD,    /* it has a word such as "dynamic", and the end of the address */
	RDNS_GENERIC_COUNT,
};

/* Judges a normalized name; ip is not IPv4-mapped. */
enum rdns_generic rdns_generic(struct span name, const struct ip *ip);

#endif
