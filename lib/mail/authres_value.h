/*
 * SPDX-License-Identifier: ISC
 *
 * The values of Authentication-Results (RFC 8601 2.2): which text may stand as it is, and which
 * needs quotes. Each function gives the octets at the start of s that are such a thing, or 0.
 */
#ifndef MAIL_AUTHRES_VALUE_H
#define MAIL_AUTHRES_VALUE_H

#include "base/span.h"

/* RFC 2045 5.1. */
size_t authres_token(struct span s);
/* RFC 5321 4.1.2: letters, digits and hyphens, a letter or digit at the end. */
size_t authres_keyword(struct span s);
/* dot-atom-text (RFC 5322 3.2.3), with UTF-8 (RFC 6532 3.2). */
size_t authres_dot_atom(struct span s);
/* domain-name (RFC 6376 3.5): two labels or more, U-labels among them. */
size_t authres_domain(struct span s);
/*
 * One character of a quoted-string or comment: a blank, a visible character, one of UTF-8, a
 * quoted-pair, or a CRLF that a blank follows.
 */
size_t authres_character(struct span s);
/* A quoted-string with its quotes (RFC 5322 3.2.4). */
size_t authres_quoted(struct span s);
/* [[local-part] "@"] domain-name, without blanks around the "@". */
size_t authres_address(struct span s);

#endif
