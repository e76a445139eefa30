/*
 * SPDX-License-Identifier: ISC
 *
 * From ldns' records to ours. Only for the files of lib/dns.
 */
#ifndef DNS_RR_H
#define DNS_RR_H

#include <ldns/ldns.h>

#include "dns/name.h"
#include "dns/record.h"

/* The type we ask for with this number, or -1 for one that we never do. */
int dns_type_of_number(unsigned number);

/* A name in ldns' form, normalized. 0 or -1. */
int dns_rdf_name(const ldns_rdf *rdf, char out[DNS_NAME_SIZE]);

/* The TTL; one with the highest bit set counts as 0 (RFC 2181 8). */
uint32_t dns_rr_ttl(const ldns_rr *rr);

/* How long a negative answer may be kept, by the SOA beside it (RFC 2308 5). */
uint32_t dns_soa_negative_ttl(const ldns_rr *soa);

/* The record's data and TTL, strings in the arena. 0, or -1 when it is malformed. */
int dns_record_of_rr(
    struct arena *a, const ldns_rr *rr, enum dns_type type, struct dns_record *out);

#endif
