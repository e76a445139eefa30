/*
 * SPDX-License-Identifier: ISC
 *
 * What answers and questions in flight are found by: a name and a type. Only for the files of
 * src/dns.
 */
#ifndef DNS_KEY_H
#define DNS_KEY_H

#include <string.h>

#include "dns/record.h"

struct dns_key {
	enum dns_type type;
	struct span name; /* normalized */
};

/* An order of keys, as tsearch(3) wants it. */
static inline int dns_key_compare(const void *one, const void *two)
{
	const struct dns_key *a = one, *b = two;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->name.len != b->name.len)
		return a->name.len < b->name.len ? -1 : 1;
	return a->name.len == 0 ? 0 : memcmp(a->name.data, b->name.data, a->name.len);
}

#endif
