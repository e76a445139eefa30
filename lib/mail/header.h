/*
 * SPDX-License-Identifier: ISC
 *
 * The header section of a message (RFC 5322 2.2) as an index of fields over its bytes. Line ends
 * are CRLF; a bare LF inside a field is kept as part of it.
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include <stdbool.h>

#include "base/arena.h"

struct mail_field {
	struct span name;  /* as written, without blanks before the colon */
	struct span value; /* behind the colon to the last octet before the final CRLF, folded */
	struct span raw;   /* the whole field with its final CRLF */
};

struct mail_header {
	struct mail_field *fields;
	size_t count;
	struct span section;  /* all fields, without the empty line */
	size_t body;          /* where the body begins: octets of section and empty line */
	bool complete;        /* the empty line was there */
	bool malformed;       /* a line was no field: the header ends before it */
	struct span bad_line; /* that line, without blanks and CRLF around it; else empty */
};

/* Fields beyond this many are not indexed. */
#define MAIL_FIELD_MAX 10000

/*
 * The octets of the header section and its empty line when the empty line has come (a message
 * that begins with CRLF has an empty header), or 0 when it has not come yet. from is where an
 * earlier call stopped having seen that many octets, so that growing input costs one pass.
 */
size_t mail_header_end(struct span message, size_t from);

/* Indexes the header of message; the spans borrow from message, the array lives in the arena. */
void mail_header_parse(struct span message, struct arena *a, struct mail_header *out);

/* The n-th field (0 is the topmost) of this name, without regard to case, or NULL. */
const struct mail_field *mail_header_find(const struct mail_header *h, struct span name, size_t n);
size_t mail_header_count(const struct mail_header *h, struct span name);

/* The value unfolded (RFC 5322 2.2.3) and trimmed, in the arena. */
struct span mail_field_unfold(const struct mail_field *f, struct arena *a);

#endif
