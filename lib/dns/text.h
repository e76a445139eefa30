/*
 * SPDX-License-Identifier: ISC
 *
 * Escapes of master files (RFC 1035 5.1): \DDD is the octet of that number, \X is X itself.
 */
#ifndef DNS_TEXT_H
#define DNS_TEXT_H

#include "base/span.h"

/* The octet at *at, which then is behind it; an escape is read whole. 0, or -1 on a bad escape. */
int dns_octet_read(struct span text, size_t *at, uint8_t *out);

/* "\DDD" of an octet, with a NUL. Returns out. */
const char *dns_octet_escape(uint8_t octet, char out[5]);

#endif
