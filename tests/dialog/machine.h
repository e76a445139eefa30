/*
 * SPDX-License-Identifier: ISC
 *
 * A session of the server machine with a caller that answers at once, and its transcript: events
 * and reply lines in the order they came, one a line, pieces of a body joined. The transcript does
 * not depend on how the input was cut.
 */
#ifndef DIALOG_MACHINE_H
#define DIALOG_MACHINE_H

#include "base/buffer.h"
#include "smtp/server.h"

struct machine {
	struct smtp_server *server;
	/* The answer to a question; returns NULL for the standard one. */
	const struct smtp_reply *(*policy)(
	    void *arg, enum smtp_event kind, const struct smtp_event_data *data);
	/* What is known of a user, or NULL; without it the question is left to policy. */
	const struct smtp_secret *(*secret)(void *arg, struct span user);
	void *arg;
	struct buffer log;       /* "E: EVENT" and "S: REPLY LINE" */
	struct buffer body;      /* of the message that is arriving */
	struct buffer *messages; /* those that arrived whole and were accepted */
	size_t message_count;
	size_t body_logged; /* octets of the body that the log has already */
	size_t out_logged;  /* octets of the output that the log has already */
	bool ended;
};

void machine_start(struct machine *m, const struct smtp_settings *settings, unsigned flags);
void machine_clear(struct machine *m);

/* Feeds all of in, cut in pieces: cut says how many octets of the rest come next. */
void machine_feed(
    struct machine *m, struct span in, size_t (*cut)(void *arg, struct span rest), void *cut_arg);
/* Reports n octets of output as sent. */
void machine_sent(struct machine *m, size_t n);

#endif
