/*
 * SPDX-License-Identifier: ISC
 *
 * The lines of the control socket: what a client asks, and how an answer is written.
 */
#ifndef CONTROL_REQUEST_H
#define CONTROL_REQUEST_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "control/control.h"

/* The socket's name in the data directory. */
#define CONTROL_NAME "control"

enum request_kind {
	REQUEST_DELETE,
	REQUEST_VACUUM,
	REQUEST_STATS,
	REQUEST_KIND_COUNT,
};

extern const char *const REQUEST_NAME[REQUEST_KIND_COUNT];

struct request {
	enum request_kind kind;
	const char **ids; /* of REQUEST_DELETE: whole ids, upper case, in the arena */
	size_t id_count;
};

/* Reads one line without its end, of any octets. 0 or -1. */
int request_read(struct span line, struct arena *a, struct request *out, struct error *err);
/* Appends the object as one line and drops it; NULL is an error too. */
void request_answer(json_t *object, struct buffer *out);

#endif
