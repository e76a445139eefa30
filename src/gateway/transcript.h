/*
 * SPDX-License-Identifier: ISC
 *
 * The transcript of a session as text: a line a line, "SECONDS C: ..." from the client,
 * "SECONDS S: ..." to it, "SECONDS -- ..." for what is no line. The machine has masked the secrets.
 */
#ifndef GATEWAY_TRANSCRIPT_H
#define GATEWAY_TRANSCRIPT_H

#include "base/buffer.h"

/* Octets of one session's transcript; what comes later is left out, and that is said. */
#define TRANSCRIPT_MAX 262144

struct transcript {
	struct buffer text; /* since it was last taken */
	size_t written;     /* in all */
	int64_t started_us; /* by clock_steady_us */
	bool off;           /* nothing is kept */
};

void transcript_client(struct transcript *t, struct span line);
/* Several lines with their CRLFs. */
void transcript_server(struct transcript *t, struct span lines);
void transcript_note(struct transcript *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
