/*
 * SPDX-License-Identifier: ISC
 *
 * An SMTP reply (RFC 5321 4.2) with its enhanced status code (RFC 2034, RFC 3463).
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

struct smtp_reply {
	int code;           /* 200-599 */
	const char *status; /* "5.7.1", or NULL for none (greeting, EHLO, 3xx) */
	const char *text;   /* lines parted by '\n'; neither empty nor with CR or other controls */
};

#define SMTP_REPLY(code, status, text) (&(const struct smtp_reply){(code), (status), (text)})

/*
 * Appends the reply's lines with CRLF. Each line carries the status. A line that would be longer
 * than 512 octets (RFC 5321 4.5.3.1.5) is cut; control octets become "?".
 */
void smtp_reply_write(struct buffer *out, const struct smtp_reply *reply);

/*
 * A reply that is written in one line, "550 5.7.1 TEXT"; the status may be missing. With a hyphen
 * behind the code ("550-5.7.26 TEXT") it comes in several lines, as does a longer one than a line
 * can be: the text is broken at blanks. Strings live in the arena. 0, or -1 when it does not begin
 * with a code from 200 to 599 and a blank or a hyphen.
 */
int smtp_reply_from_text(struct span line, struct arena *a, struct smtp_reply *out);

/* A reply as read from a peer. */
struct smtp_reply_line {
	int code;
	bool last;
	struct span text;
};

/*
 * Reads one reply line at the start of in. Returns the octets it takes with its CRLF (a bare LF
 * is taken too), 0 when more is needed, -1 when it is no reply line.
 */
ptrdiff_t smtp_reply_line_parse(struct span in, struct smtp_reply_line *out, struct error *err);

#endif
