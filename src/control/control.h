/*
 * SPDX-License-Identifier: ISC
 *
 * The control socket in the data directory (mode 0600): what only the process that has the
 * directory can do. One JSON object a line each way:
 *
 *	{"command":"delete","messages":[ID...]}    {"deleted":N}
 *	{"command":"vacuum"}                       {"before":OCTETS,"after":OCTETS}
 *	{"command":"stats"}                        {"sessions":N,"buffered":N,"uptime_ms":N,...}
 *
 * and {"error":"..."} for what could not be done.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <jansson.h>

#include "net/loop.h"
#include "store/writer.h"

#define CONTROL_LINE_MAX (1U << 20)
/* Ids in one "delete". */
#define CONTROL_IDS_MAX 500

struct control;

struct control_options {
	struct loop *loop;
	const char *data_dir;
	struct store_writer *writer;
	/* The facts of "stats", for json_decref of the caller. */
	json_t *(*stats)(void *arg);
	void *arg;
	int64_t patience_ms; /* for a line to be whole, and for an answer to be taken; 0: 10 s */
};

/* NULL with err. The socket is made anew: whoever left one behind does not have the lock. */
struct control *control_start(const struct control_options *o, struct error *err);
/* Removes the socket; clients that wait get no answer. NULL is fine. */
void control_stop(struct control *c);

/*
 * The client's side: connects, sends the request and waits for the answer, without a loop. 1 with
 * *answer to json_decref; 0 no process listens there; -1 with err (also its "error").
 */
int control_ask(const char *data_dir, json_t *request, json_t **answer, struct error *err);

#endif
