/*
 * SPDX-License-Identifier: ISC
 *
 * Text of a message as a person reads it.
 */
#ifndef MIME_TEXT_H
#define MIME_TEXT_H

#include "base/arena.h"

/*
 * Prepares the MIME library. The program calls it once, before there are threads that decode;
 * without it encoded words cannot be decoded. All other functions may be called by any thread.
 */
void mime_init(void);

/* A longer value is not decoded, only made valid. */
#define MIME_WORDS_MAX 32768

/*
 * Decodes the encoded words (RFC 2047) of an unfolded field value into UTF-8. Octets that are no
 * UTF-8 become U+FFFD ("?" within an encoded word) and control characters blanks, so that the
 * result is valid JSON text. An encoded word that is malformed, or in a character set that mail
 * does not use, stays as it is. NULL gives NULL. Lives in the arena.
 */
const char *mime_decode_words(struct arena *a, const char *value);

/* text with NULs and octets that are no UTF-8 replaced by U+FFFD; other controls are kept. */
const char *mime_valid_utf8(struct arena *a, struct span text);
/* text with octets that are no UTF-8 replaced by U+FFFD, and control characters by blanks. */
const char *mime_valid_line(struct arena *a, struct span text);

#endif
