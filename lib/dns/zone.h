/*
 * SPDX-License-Identifier: ISC
 *
 * Zones given by the user in master files (RFC 1035 5), which answer instead of the outside world.
 *
 * A zone answers for its whole subtree: what is not in it does not exist. The subtree is the
 * $ORIGIN in force at its first record, or the owner of its SOA where it has one; "$ORIGIN ."
 * answers for every name. A file with neither is refused, as is $INCLUDE. The SOA is optional.
 * Wildcards (RFC 4592), empty non-terminals and CNAME chains work as in an authoritative server;
 * an NS record below the top is a delegation to nowhere: names beneath it fail temporarily.
 * "$MAILASSAY SERVFAIL name" and "$MAILASSAY TIMEOUT name", one a line, make every question for
 * that one name fail, at once.
 */
#ifndef DNS_ZONE_H
#define DNS_ZONE_H

#include "base/error.h"
#include "dns/record.h"

struct dns_zones; /* a set of zones; immutable once all were added, so threads may share it */

struct dns_zones *dns_zones_new(void);
void dns_zones_free(struct dns_zones *z);

/*
 * Parses the text of one master file and adds its zone. 0, or -1 with err beginning
 * "FILE:LINE: " and the set as it was.
 */
int dns_zones_add(struct dns_zones *z, const char *file, struct span text, struct error *err);

/* Whether one of the zones answers for name (normalized). */
bool dns_zones_have(const struct dns_zones *z, struct span name);

/* A record as it stands in a zone file. */
struct dns_zone_item {
	struct span name; /* of its owner, normalized */
	enum dns_type type;
	const struct dns_record *record;
	unsigned line;
};

/*
 * Calls each for every record of a type that is asked for in the zone that this file (named as it
 * was added) gave: name after name in the order of the file, and of each name type after type.
 * What is passed lives as long as the set.
 */
void dns_zones_each(const struct dns_zones *z, const char *file,
    void (*each)(const struct dns_zone_item *item, void *arg), void *arg);

/*
 * The answer of the deepest zone that name (normalized) lies in, in the arena, or NULL when no
 * zone has it. A CNAME chain is followed as long as it stays within the set, at most 16 links;
 * where it leaves the set the answer is DNS_OK with no records and canonical naming the target
 * to ask for. type DNS_CNAME is not followed.
 */
const struct dns_answer *dns_zones_answer(
    const struct dns_zones *z, struct arena *a, struct span name, enum dns_type type);

#endif
