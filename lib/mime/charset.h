/*
 * SPDX-License-Identifier: ISC
 *
 * Character sets to UTF-8. gmime keeps every name of a character set for ever and puts it on the
 * stack, so only those of a table, which are the ones that mail uses, ever get to it.
 */
#ifndef MIME_CHARSET_H
#define MIME_CHARSET_H

#include <stdbool.h>

#include "base/buffer.h"

/* Whether it is in the table, in any case. */
bool mime_charset_known(struct span name);

/*
 * Appends octets in the character set as UTF-8, at most max octets of it, never a part of a
 * character. NULs, and what is no character of the set, become U+FFFD; a set that is not known, or
 * none, is read as UTF-8. Whether all of it was appended.
 */
bool mime_charset_decode(struct buffer *out, struct span octets, struct span charset, size_t max);

#endif
