/*
 * SPDX-License-Identifier: ISC
 *
 * A connection under test: what its owner is told becomes a line of text, and actions can be tied
 * to each report.
 */
#ifndef RIG_H
#define RIG_H

#include <stdbool.h>

#include "net/conn.h"
#include "peer.h"

enum rig_event {
	RIG_INPUT,
	RIG_SENT,
	RIG_SECURED,
	RIG_TIMEOUT,
	RIG_ENDED,
	RIG_EVENT_COUNT,
};

struct rig {
	struct loop *loop;
	struct conn *conn; /* NULL once freed or given away */
	int there;         /* the client's end */
	SSL_CTX *tls;
	/* "input:TEXT", "sent:N", "secured", "timeout", "ended:HOW", parted by blanks */
	char log[4096];
	bool quiet;       /* input is counted, not logged and not consumed */
	size_t input_max; /* the most that waited when input was reported */
	size_t sent;
	size_t told[RIG_EVENT_COUNT];
	enum conn_end end;
	/* Called after the report was logged; NULL does nothing. */
	void (*on[RIG_EVENT_COUNT])(struct rig *r);
};

/* A TCP connection whose server's end is the connection under test. */
void rig_init(struct rig *r);
/* Only the sockets and the loop: rig_take makes the connection. */
int rig_prepare(struct rig *r);
void rig_take(struct rig *r, int fd);
/* Frees what is left. */
void rig_clear(struct rig *r);

void rig_write(struct rig *r, const char *text);
void rig_free_conn(struct rig *r);
void rig_finish(struct rig *r);
void rig_start_tls(struct rig *r);

/* Runs the loop until the event was told the given number of times; a minute is too long. */
void rig_until(struct rig *r, enum rig_event event, size_t times);
/* Runs the loop for some milliseconds. */
void rig_for(struct rig *r, int64_t ms);

#endif
