/*
 * SPDX-License-Identifier: ISC
 *
 * What a session answers and what it records: every event of the machine comes here. The state of
 * a session is shared between session.c, which moves it, and policy.c, which decides.
 */
#ifndef GATEWAY_POLICY_H
#define GATEWAY_POLICY_H

#include "base/codec.h"
#include "gateway/internal.h"
#include "gateway/transaction.h"
#include "gateway/transcript.h"
#include "net/conn.h"

enum session_state {
	SESSION_PROXY,     /* waiting for the PROXY header */
	SESSION_HANDSHAKE, /* in the TLS handshake */
	SESSION_SMTP,
	SESSION_ENDING, /* the connection is gone, a message is with the writer */
	SESSION_ENDED,  /* the record is with the writer */
};

struct session {
	TAILQ_ENTRY(session) link;
	struct worker *worker;
	const struct gateway_listener *listener;
	enum session_state state;
	struct conn *conn;           /* NULL once closed */
	struct smtp_server *machine; /* NULL before SMTP begins */
	struct transaction *transaction;
	struct arena *arena;
	char id[ULID_SIZE];
	struct record_session record;
	struct tls_failure tls_failure;
	struct transcript transcript;
	size_t handed_over; /* octets of the machine's output that the connection has */
	uint64_t bytes_in, bytes_out;
	uint64_t clear_in; /* what of bytes_in came before TLS stood */
	bool waiting;      /* the open question is being answered by DNS and store */
	bool ending;       /* why is in the record; close once the output has left */
	bool shutting_down;
	bool helo_given; /* XCLIENT said the HELO name: it holds to the end */
	bool over_limit; /* more connections than allowed */
	bool overflow;   /* the message was given up: too many octets are buffered */
	struct store_job job;
};

/* The session ends for this reason, unless another came first. reason lives as long as s. */
void session_end(struct session *s, enum record_end end, const char *reason);

/* Answers or records one event. */
void policy_event(struct session *s, enum smtp_event event, const struct smtp_event_data *data);
void policy_finding(struct session *s, enum finding_id id, const char *text);
/* The handshake is done: its facts. */
void policy_secured(struct session *s, enum tls_mode mode);
/* The connection ended by itself: how and why. */
void policy_disconnected(struct session *s, enum conn_end end);
/* The message is in the store, or could not be put there: answers it. */
void policy_stored(struct session *s, const struct store_job *job);
/* Whether the client may use XCLIENT. */
bool policy_trusted(const struct session *s);
/* "203.0.113.7:51234", in the session's arena. */
const char *policy_client_text(struct session *s);

#endif
