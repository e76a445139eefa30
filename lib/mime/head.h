/*
 * SPDX-License-Identifier: ISC
 *
 * The fields of a part's header that say what is in it (RFC 2045, 2183), their parameters decoded
 * (RFC 2231, and RFC 2047 as many programs write it there).
 */
#ifndef MIME_HEAD_H
#define MIME_HEAD_H

#include "base/arena.h"
#include "mime/transfer.h"

/* Octets of a field beyond these are not read. */
#define MIME_FIELD_MAX 8192

struct mime_head {
	const char *type; /* "text/plain", lower case; what is malformed is text/plain (5.2) */
	const char *charset, *disposition, *filename, *content_id; /* NULL: not given */
	struct span boundary;                                      /* empty: none */
	enum mime_encoding encoding;
};

/*
 * Reads the header section; usual is the type of a part that names none. Of a field that is there
 * several times the first one counts. Strings live in the arena.
 */
void mime_head_read(struct span section, const char *usual, struct arena *a, struct mime_head *out);

#endif
