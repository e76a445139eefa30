/*
 * SPDX-License-Identifier: ISC
 *
 * The octets behind DATA (RFC 5321 4.5.2, 2.3.8): dot-unstuffing, the end, and what is wrong with
 * the line ends and octets, in one pass and without copying. Only CRLF.CRLF is the end; a bare CR
 * or LF is kept as it is, never ends a line, and is noted. The octets of chunks (RFC 3030) are
 * judged in the same way; they have neither dots nor an end.
 */
#ifndef SMTP_DATA_H
#define SMTP_DATA_H

#include <stdbool.h>

#include "base/span.h"

/* What can be wrong; a set of bits. */
enum smtp_data_fault {
	SMTP_DATA_BARE_LF,
	SMTP_DATA_BARE_CR,
	SMTP_DATA_NUL,
	SMTP_DATA_LINE_TOO_LONG,
	SMTP_DATA_EIGHT_BIT,
	SMTP_DATA_FAULT_COUNT,
};

enum smtp_data_state {
	SMTP_DATA_LINE_START, /* behind CRLF, and at the beginning */
	SMTP_DATA_DOT,        /* behind a dot at a line's start, which is held back */
	SMTP_DATA_DOT_CR,     /* ... and CR, held back too */
	SMTP_DATA_TEXT,
	SMTP_DATA_CR, /* behind CR, which was given out */
};

enum smtp_data_flags {
	SMTP_DATA_FLAG_EIGHT_BIT = 1,   /* octets above 127 were announced */
	SMTP_DATA_FLAG_UTF8_HEADER = 2, /* those of the header were (RFC 6531 3.6) */
	SMTP_DATA_FLAG_CHUNKS = 4,
};

struct smtp_data {
	size_t line_limit; /* octets of a line with its CRLF, without a stuffed dot */
	unsigned flags;    /* enum smtp_data_flags; UTF8_HEADER until the header ends */
	enum smtp_data_state state;
	size_t line;   /* octets of the line so far */
	unsigned seen; /* faults reported, each once */
};

struct smtp_data_step {
	size_t taken;      /* octets of the input this step used */
	struct span piece; /* of the message; lies in the input or is static; may be empty */
	unsigned faults;   /* found with the piece's last octet: 1 << enum smtp_data_fault */
	bool end;          /* CRLF.CRLF was taken */
};

void smtp_data_begin(struct smtp_data *d, size_t line_limit, unsigned flags);

/*
 * Takes one step. A step ends at a dropped dot, at the first octet with a new fault, at the end of
 * data, or where the input ends. It may take nothing when it gives out a held octet; the next one
 * goes on.
 */
void smtp_data_step(struct smtp_data *d, struct span in, struct smtp_data_step *out);

/* The faults that show only where the last chunk ends. */
unsigned smtp_data_finish(struct smtp_data *d);

#endif
