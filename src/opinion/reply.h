/*
 * SPDX-License-Identifier: ISC
 *
 * What the process replies. Reading trusts nothing: counts and lengths are bounded, names are
 * normalized domain names, results are words that we know, reasons are short printable ASCII.
 */
#ifndef OPINION_REPLY_H
#define OPINION_REPLY_H

#include "base/arena.h"
#include "dns/view.h"
#include "opinion/frame.h"
#include "verify/verdict.h"

enum opinion_check {
	OPINION_SPF,
	OPINION_DMARC,
	OPINION_CHECK_COUNT,
};

extern const char *const OPINION_CHECK_NAME[OPINION_CHECK_COUNT]; /* "spf", "dmarc" */

enum opinion_state {
	OPINION_NOT_ASKED,
	OPINION_UNAVAILABLE, /* the reason says why */
	OPINION_GIVEN,
	OPINION_STATE_COUNT,
};

struct opinion_says {
	enum opinion_state state;
	enum auth_result result; /* of OPINION_GIVEN */
	const char *reason;      /* of both; never NULL there */
};

/* Names in one reply, octets of a reason, octets of a payload. */
#define REPLY_NAMES_MAX  16
#define REPLY_REASON_MAX 400
#define REPLY_MAX        32768

struct opinion_reply {
	enum frame_kind kind;                       /* never FRAME_QUESTION */
	const char *reason;                         /* of FRAME_FAILED */
	struct dns_question names[REPLY_NAMES_MAX]; /* of FRAME_NEEDS_DNS, one at least */
	size_t name_count;
	struct opinion_says says[OPINION_CHECK_COUNT]; /* of FRAME_ANSWER */
};

/* Appends the frame; names beyond the bound are left out, reasons must be clean. */
void reply_write(const struct opinion_reply *r, struct buffer *out);
/* 0, or -1 with err; strings are copied into the arena. */
int reply_read(
    const struct frame *f, struct arena *a, struct opinion_reply *out, struct error *err);

/* Text that somebody else wrote as a reason: other octets than printable ASCII as \DDD, cut. */
const char *reply_clean(struct arena *a, struct span text);

#endif
