/*
 * SPDX-License-Identifier: ISC
 *
 * The Sender Policy Framework (RFC 7208): check_host() over a view.
 */
#ifndef VERIFY_SPF_H
#define VERIFY_SPF_H

#include "verify/verify.h"

enum spf_identity {
	SPF_MAILFROM, /* RFC 7208 2.4; of a null reverse-path postmaster@HELO */
	SPF_HELO,     /* RFC 7208 2.3 */
};

struct spf_query {
	enum spf_identity identity;
	struct ip client;
	struct span helo;
	struct span mail_from;
	int64_t now;
};

/* Judges the identity. VERIFY_NEEDS_DNS leaves *out undefined. Strings live in the arena. */
enum verify_status spf_check(
    const struct spf_query *q, struct dns_view *view, struct arena *a, struct spf_verdict *out);

#endif
