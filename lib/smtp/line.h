/*
 * SPDX-License-Identifier: ISC
 *
 * One line from the client, collected from pieces up to its LF. Of a line longer than its limit
 * only the beginning is kept; one without end is given up.
 */
#ifndef SMTP_LINE_H
#define SMTP_LINE_H

#include <stdbool.h>

#include "base/buffer.h"

/* A line longer than this is not waited for any longer. */
#define SMTP_LINE_OCTETS_MAX 65536

struct smtp_line {
	struct buffer text; /* what is kept; with the line's end unless over */
	size_t total;       /* octets taken, also those not kept */
	bool over;          /* longer than the limit */
	bool cr;            /* the last octet before LF, or the last one so far, is CR */
};

enum smtp_line_status {
	SMTP_LINE_MORE,     /* the line goes on; feed again, its limit may be another now */
	SMTP_LINE_COMPLETE, /* LF was taken */
	SMTP_LINE_ENDLESS,
};

/*
 * Takes octets of the line, keeping at most limit in all. Returns how many were taken, at least
 * one when in is not empty. Stops behind LF, at the limit, and where the line is found endless.
 */
size_t smtp_line_feed(
    struct smtp_line *l, struct span in, size_t limit, enum smtp_line_status *status);

/* The complete line without its end; of one too long, what was kept. */
struct span smtp_line_text(const struct smtp_line *l);

/* Makes ready for the next line. wipe overwrites what was kept, which may hold a secret. */
void smtp_line_reset(struct smtp_line *l, bool wipe);
void smtp_line_clear(struct smtp_line *l);

#endif
