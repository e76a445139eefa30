/*
 * SPDX-License-Identifier: ISC
 *
 * When a session must end because of time. Silence is measured from the last octet, a line from its
 * first one, the data of a message over all of it, the session from its beginning; the nearest of
 * these is what the only timer is armed with. Times are microseconds of the steady clock.
 */
#ifndef GATEWAY_DEADLINE_H
#define GATEWAY_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/settings.h"

enum deadline_kind {
	DEADLINE_SESSION,
	DEADLINE_LINE, /* a command line; the handshake; the PROXY header */
	DEADLINE_DATA,
	DEADLINE_SILENCE,
	DEADLINE_COUNT,
};

#define DEADLINE_NEVER INT64_MAX

struct deadline {
	const struct conf_settings *settings; /* borrowed */
	int64_t started_us;
	int64_t line_us;   /* when the line began; 0: none has */
	int64_t data_us;   /* since when data is being taken; 0: it is not */
	int64_t spent_us;  /* taken by earlier chunks of the same message */
	uint64_t octets;   /* of the message's data */
	int64_t active_us; /* when the last octet came */
};

/* A line has begun, or goes on; or there is none. */
void deadline_line(struct deadline *d, bool in_line, int64_t now_us);
/* The data of a message is being taken, or not (between its chunks); n octets more of it came. */
void deadline_data(struct deadline *d, bool in_data, uint64_t n, int64_t now_us);
/* The message is over. */
void deadline_message(struct deadline *d);
/*
 * The nearest deadline and its kind. silence_ms is what the client may be silent for; 0: nothing is
 * expected of it, and only the life of the session counts.
 */
int64_t deadline_next(const struct deadline *d, int64_t silence_ms, enum deadline_kind *kind);

#endif
