/*
 * SPDX-License-Identifier: ISC
 *
 * A DNS message off the wire (RFC 1035 4) as an answer.
 */
#ifndef DNS_WIRE_H
#define DNS_WIRE_H

#include "dns/record.h"

/*
 * Reads the reply to the question (name, type): follows the CNAME chain within it (at most 16),
 * takes the negative TTL from the SOA (RFC 2308 5). A reply that cannot be read, or is to another
 * question, is DNS_SERVFAIL. Never NULL; lives in the arena. name is normalized.
 */
struct dns_answer *dns_answer_from_wire(
    struct arena *a, struct span wire, struct span name, enum dns_type type);

#endif
