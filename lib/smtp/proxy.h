/*
 * SPDX-License-Identifier: ISC
 *
 * The PROXY protocol's header, versions 1 and 2, at the start of a connection.
 */
#ifndef SMTP_PROXY_H
#define SMTP_PROXY_H

#include <stdbool.h>

#include "base/error.h"
#include "base/ip.h"

struct smtp_proxy {
	bool local;       /* LOCAL or UNKNOWN: the connection speaks for itself */
	struct ip client; /* the original client */
	uint16_t port;
};

/* No header is longer: 107 octets in version 1, 16 and 65,535 in version 2 (bounded here). */
#define SMTP_PROXY_MAX 4096

/* Returns the octets of the header, 0 when more are needed, -1 with err when it is none. */
ptrdiff_t smtp_proxy_parse(struct span in, struct smtp_proxy *out, struct error *err);

#endif
