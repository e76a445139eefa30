/*
 * SPDX-License-Identifier: ISC
 *
 * Encodings of bytes as text: base64 (RFC 4648 4), xtext (RFC 3461 4), UTF-8 (RFC 3629), ULID.
 */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

/* Appends the encoding with padding and without line breaks. */
void base64_encode(struct buffer *out, struct span bytes);
/*
 * Strict: the alphabet, padding, nothing else, no set bits beyond the last octet. Appends the
 * octets. 0, or -1 with out as it was.
 */
int base64_decode(struct buffer *out, struct span text);
/* "+XX" with upper-case hexadecimal; an unescaped "=", blank or control octet is an error. */
int xtext_decode(struct buffer *out, struct span text);

/*
 * The octets of the UTF-8 character that s begins with, 1 to 4, or 0 when s is empty or begins
 * with none (no overlong form, no surrogate, nothing above U+10FFFF).
 */
size_t utf8_length(struct span s);
bool utf8_valid(struct span s);

/* 26 characters and NUL: 48 bits of milliseconds and 80 of randomness, in Crockford's base 32. */
#define ULID_SIZE 27
void ulid_format(char out[ULID_SIZE], int64_t unix_ms, const uint8_t random[10]);

#endif
