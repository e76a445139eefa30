/*
 * SPDX-License-Identifier: ISC
 *
 * Domain names as text: lower case, without a final dot ("" is the root), other octets than
 * printable ASCII and the dot within a label as \DDD (RFC 1035 5.1).
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <stdbool.h>

#include "base/span.h"

/* 253 characters when no octet needs an escape, up to four times as many, and NUL. */
#define DNS_NAME_SIZE 1024

/*
 * Lower-cases text into out and drops a final dot. 0, or -1 when it cannot be put on the wire: an
 * empty label, a label over 63 octets, a name over 255 octets on the wire, a bad escape.
 */
int dns_name_normalize(struct span text, char out[DNS_NAME_SIZE]);

/* Takes a normalized name with a final dot, nothing else, and gives it without. 0 or -1. */
int dns_name_read(struct span text, char out[DNS_NAME_SIZE]);

/* Whether name is zone or below it; both normalized. Everything is below "". */
bool dns_name_below(struct span name, struct span zone);

/* The name without its leftmost label; "" for a single label. Escaped dots do not divide. */
struct span dns_name_parent(struct span name);
size_t dns_name_labels(struct span name);

/* The most octets of a name on the wire (RFC 1035 3.1). */
#define DNS_NAME_WIRE_SIZE 255

/* A normalized name as uncompressed labels, the root's included; returns how many octets. */
size_t dns_name_to_wire(struct span name, uint8_t out[DNS_NAME_WIRE_SIZE]);
/* Uncompressed labels, the root's included and nothing behind it, normalized. 0 or -1. */
int dns_name_from_wire(struct span wire, char out[DNS_NAME_SIZE]);

#endif
