/*
 * SPDX-License-Identifier: ISC
 *
 * Answers kept for as long as their TTL allows, a day at most (RFC 8767 4 advises bounds; RFC 2308
 * for the negative ones). Failures and answers with TTL 0 are not kept. The limits on number and
 * octets push out what was not used for the longest time. Only for the files of src/dns.
 */
#ifndef DNS_CACHE_H
#define DNS_CACHE_H

#include "dns/record.h"

struct dns_cache;

struct dns_cache *dns_cache_new(size_t max_count, size_t max_bytes);
void dns_cache_free(struct dns_cache *c);

/* The answer in the arena, its TTLs less the time that it was kept; NULL when there is none. */
struct dns_answer *dns_cache_find(
    struct dns_cache *c, struct arena *a, struct span name, enum dns_type type, int64_t now_us);
/* Keeps a copy in place of what was kept. */
void dns_cache_put(struct dns_cache *c, struct span name, enum dns_type type,
    const struct dns_answer *answer, int64_t now_us);

size_t dns_cache_count(const struct dns_cache *c);

#endif
