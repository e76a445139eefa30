/*
 * SPDX-License-Identifier: ISC
 *
 * Content transfer encodings (RFC 2045 6), decoded.
 */
#ifndef MIME_TRANSFER_H
#define MIME_TRANSFER_H

#include "base/buffer.h"

enum mime_encoding {
	MIME_ENCODING_NONE, /* 7bit, 8bit, binary, and what is not known */
	MIME_ENCODING_QUOTED,
	MIME_ENCODING_BASE64,
	MIME_ENCODING_UU,
	MIME_ENCODING_COUNT,
};

/* The encoding that a Content-Transfer-Encoding field's value names. */
enum mime_encoding mime_encoding_of(struct span value);

/*
 * Decodes as mail programs do, what is not of the encoding left out. Appends the first max octets;
 * the result is how many there are.
 */
uint64_t mime_transfer_decode(
    struct span body, enum mime_encoding encoding, struct buffer *out, size_t max);

#endif
