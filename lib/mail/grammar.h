/*
 * SPDX-License-Identifier: ISC
 *
 * Character classes that SMTP paths (RFC 5321 4.1.2) and header addresses (RFC 5322 3.2) share.
 */
#ifndef MAIL_GRAMMAR_H
#define MAIL_GRAMMAR_H

#include "base/span.h"

/* atext (RFC 5322 3.2.3), ASCII only. */
bool mail_is_atext(char c);

/* VCHAR: a visible ASCII character. */
static inline bool mail_is_visible(char c)
{
	return c >= '!' && c <= '~';
}

#define MAIL_GOT_SIZE 24

/* What stands at offset at of s, in words for an error sentence. Returns out. */
const char *mail_got(struct span s, size_t at, char out[MAIL_GOT_SIZE]);

#endif
