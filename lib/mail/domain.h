/*
 * SPDX-License-Identifier: ISC
 *
 * Domain names as mail uses them: syntax, HELO arguments, internationalized names.
 */
#ifndef MAIL_DOMAIN_H
#define MAIL_DOMAIN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/ip.h"

/* Letters, digits and inner hyphens, labels of 1-63, 253 in all, no final dot (RFC 5321 4.1.2). */
bool mail_domain_valid(struct span name);

enum mail_helo {
	MAIL_HELO_NAME,    /* a fully qualified name: at least two labels */
	MAIL_HELO_LITERAL, /* an address literal in brackets */
	MAIL_HELO_INVALID, /* anything else, also a single label */
};

/* What a HELO or EHLO argument is (RFC 5321 4.1.1.1); *literal is set for MAIL_HELO_LITERAL. */
enum mail_helo mail_helo_kind(struct span argument, struct ip *literal);

/*
 * The lower-case A-label form of a name (IDNA2008, non-transitional UTS 46), without a final dot;
 * NULL when it has none. ASCII names are lower-cased and not judged. Lives in the arena.
 */
const char *mail_domain_to_ascii(struct arena *a, struct span name);

#endif
