/*
 * SPDX-License-Identifier: ISC
 *
 * DNS answers as text for the tests: "STATUS[ -> CANONICAL][ [DATA] ...] ttl N".
 */
#ifndef UNIT_DNS_H
#define UNIT_DNS_H

#include "base/buffer.h"
#include "dns/record.h"

static inline const char *unit_answer(
    struct buffer *out, const struct dns_answer *a, enum dns_type type)
{
	buffer_reset(out);
	if (a == NULL)
		buffer_add_string(out, "none");
	if (a == NULL)
		return out->data;
	buffer_add_string(out, DNS_STATUS_NAME[a->status]);
	if (a->canonical != NULL)
		buffer_printf(out, " -> %s.", a->canonical);
	for (size_t i = 0; i < a->count; i++) {
		buffer_add_string(out, " [");
		dns_rdata_write(out, type, &a->records[i]);
		buffer_add_char(out, ']');
	}
	buffer_printf(out, " ttl %u", a->ttl);
	return out->data;
}

#endif
