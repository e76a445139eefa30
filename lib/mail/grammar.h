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

/* A blank of a value that may not have been unfolded. */
static inline bool mail_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What quoted strings and comments hold: no control characters (RFC 5322 4.1 aside). */
static inline bool mail_is_content(char c)
{
	return mail_is_visible(c) || mail_is_blank(c) || (unsigned char)c > 127;
}

/* Comments nested deeper than this are malformed. */
#define MAIL_COMMENT_DEPTH_MAX 100

/*
 * Skips blanks, folds and comments (CFWS, RFC 5322 3.2.2) from *at on. 0, or -1 with *at at the
 * offending octet and *wanted what was expected there, for an error sentence.
 */
int mail_skip_cfws(struct span text, size_t *at, const char **wanted);

#define MAIL_GOT_SIZE 24

/* What stands at offset at of s, in words for an error sentence. Returns out. */
const char *mail_got(struct span s, size_t at, char out[MAIL_GOT_SIZE]);

#endif
