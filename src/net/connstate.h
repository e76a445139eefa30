/*
 * SPDX-License-Identifier: ISC
 *
 * The inside of a connection, shared by conn.c (input, output, reports), secure.c (TLS) and
 * finish.c (the end).
 *
 * libevent's callbacks only note what happened and wake the connection; conn_report then tells the
 * owner from the top of the loop. So nothing of libevent is on the stack when the owner frees the
 * connection or turns it into TLS.
 */
#ifndef NET_CONNSTATE_H
#define NET_CONNSTATE_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "net/conn.h"

enum conn_phase {
	CONN_PHASE_PLAIN,
	CONN_PHASE_HANDSHAKE,
	CONN_PHASE_SECURE,
	CONN_PHASE_FLUSHING,  /* given to conn_finish: the output is leaving */
	CONN_PHASE_LINGERING, /* the last octet is with the kernel; waiting for the peer's end */
	CONN_PHASE_GONE,      /* nothing is left but the memory */
};

struct conn {
	struct loop *loop;
	const struct conn_owner *owner;
	void *arg;
	int fd; /* ours: bufferevents only borrow it and the SSL */
	enum conn_phase phase;
	struct bufferevent *bev;
	struct event *wake;
	struct loop_timer *timer;

	/* What the owner was not told yet. */
	size_t sent_before, sent_after; /* before and after input_due */
	bool input_due, secured_due, end_due;
	enum conn_end end;

	bool paused;
	bool told_end;
	bool reporting; /* the owner is being called: the memory must stay */

	SSL *ssl;
	struct tls_offer *offer; /* lives as long as the SSL */
	BIO_METHOD *replay;
	unsigned long tls_error;

	struct event *drain; /* while lingering */
	struct loop_guest guest;
};

/* Sets up the callbacks of a new c->bev. */
void conn_attach(struct conn *c);
/* Asks for conn_report from the top of the loop. */
void conn_wake(struct conn *c);
void conn_note_end(struct conn *c, enum conn_end end);
/* Whether an end was noted after which nothing can be sent. */
bool conn_failed(const struct conn *c);
/* Frees all but the memory, which goes at once or when the owner's function has returned. */
void conn_release(struct conn *c);

/* secure.c: takes an event of a bufferevent under TLS. */
void conn_tls_event(struct conn *c, short what);

/* finish.c: goes on with the end as far as it can. */
void conn_finish_step(struct conn *c);

#endif
