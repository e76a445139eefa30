/*
 * SPDX-License-Identifier: ISC
 *
 * Reads a master file (RFC 1035 5.1) entry by entry: joins what parentheses hold together, drops
 * comments, and writes everything special so that a blank is always a divider and a quote always
 * a string's end. What an entry means is left to dns/zonefile. Only for the files of lib/dns.
 */
#ifndef DNS_MASTER_H
#define DNS_MASTER_H

#include "base/buffer.h"
#include "base/error.h"

/* The longest entry that can be a record: 65,535 octets of data and what stands before it. */
#define DNS_MASTER_ENTRY_MAX 70000

struct dns_master {
	struct span rest; /* of the file; borrowed */
	const char *file; /* for errors */
	unsigned line;    /* where rest begins, from 1 */
};

struct dns_master_entry {
	struct span text; /* one blank between its parts; borrowed until the next entry */
	unsigned line;    /* where it begins */
	bool blank_owner; /* it began with a blank: the owner is the one before */
};

struct dns_master dns_master_of(const char *file, struct span text);

/*
 * The next entry that is not empty, its text in out: printable ASCII, where all octets but
 * letters, digits and plain punctuation are \DDD and "\#" stands alone (RFC 3597 5). 1, 0 at the
 * end, or -1 with err.
 */
int dns_master_next(
    struct dns_master *m, struct buffer *out, struct dns_master_entry *entry, struct error *err);

#endif
