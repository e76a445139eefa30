/*
 * SPDX-License-Identifier: ISC
 *
 * One zone in memory: its names with their records, names that only have others below them, and
 * names told to fail. Filled by dns/zonefile, asked by dns/zone. Only for the files of lib/dns.
 */
#ifndef DNS_ZONEDATA_H
#define DNS_ZONEDATA_H

#include "base/arena.h"
#include "dns/record.h"
#include "dns/table.h"

/* How long a negative answer may be kept when the zone has no SOA, in seconds. */
#define DNS_ZONE_NEGATIVE_TTL 60

struct dns_zone_record {
	struct dns_record record;
	unsigned line;
	struct dns_zone_record *next;
};

/* The records of one type at one name; at most DNS_RECORD_MAX. */
struct dns_zone_set {
	enum dns_type type;
	struct dns_zone_record *first, *last;
	size_t count;
	struct dns_zone_set *next;
};

struct dns_zone_node {
	struct span name;          /* normalized */
	unsigned line;             /* where it was first named */
	bool exists;               /* it or a name below it has records */
	bool has_cname, has_other; /* records that CNAME cannot stand beside */
	bool has_ns;
	bool fails;
	enum dns_status failure;
	struct dns_zone_set *sets;
	struct dns_zone_node *next; /* in the order of the file */
};

struct dns_zone {
	struct arena *arena;
	const char *file;
	struct span top;
	unsigned line; /* of its first entry */
	uint32_t negative_ttl;
	struct dns_table *nodes;
	struct dns_zone_node *first, *last;
};

struct dns_zone *dns_zone_new(const char *file);
void dns_zone_free(struct dns_zone *z);

/* The node of that name, or NULL. */
struct dns_zone_node *dns_zone_find(const struct dns_zone *z, struct span name);
/* The same, made when it is not there. */
struct dns_zone_node *dns_zone_node(struct dns_zone *z, struct span name, unsigned line);

/* The records of the type at the node, or NULL. */
const struct dns_zone_set *dns_zone_set_of(const struct dns_zone_node *n, enum dns_type type);
/* Adds a record, whose strings live in the zone's arena, unless one like it is there. */
void dns_zone_add_record(struct dns_zone *z, struct dns_zone_node *n, enum dns_type type,
    const struct dns_record *record, unsigned line);

/* Marks the top and the names above existing ones as existing too (RFC 4592 2.2.2). */
void dns_zone_complete(struct dns_zone *z);

#endif
