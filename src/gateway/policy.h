/*
 * SPDX-License-Identifier: ISC
 *
 * What a session answers and what it records. The state of a session is shared between session.c,
 * which moves it, policy.c and login.c, which decide, handshake.c (TLS) and ending.c (the end).
 */
#ifndef GATEWAY_POLICY_H
#define GATEWAY_POLICY_H

#include "base/codec.h"
#include "gateway/deadline.h"
#include "gateway/internal.h"
#include "gateway/outcome.h"
#include "gateway/transaction.h"
#include "gateway/transcript.h"
#include "net/conn.h"

enum session_state {
	SESSION_PROXY,     /* waiting for the PROXY header */
	SESSION_HANDSHAKE, /* in the TLS handshake */
	SESSION_PATIENCE,  /* the greeting is held back for a moment */
	SESSION_SMTP,
	SESSION_ENDING, /* the connection is gone, a message is with the writer */
	SESSION_ENDED,  /* the record is with the writer */
};

/* Room for a HELO name; more of it is not kept. A client may greet again and again. */
#define POLICY_HELO_SIZE 512

/* Why a session is turned away at its greeting. */
enum session_excess {
	SESSION_EXCESS_NONE,
	SESSION_EXCESS_CONNECTIONS,  /* more than max-connections */
	SESSION_EXCESS_FROM_ADDRESS, /* more than max-connections-per-address */
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
	struct deadline deadline;
	struct outcome outcome;
	enum record_stage clocked; /* the stage that the time since clocked_us belongs to */
	int64_t clocked_us;
	int64_t spent_us[RECORD_STAGE_DONE]; /* -1: not reached */
	struct ip peer;                      /* whose limits count: the peer's, or PROXY's */
	size_t handed_over;          /* octets of the machine's output that the connection has */
	size_t judged;               /* octets of it that the outcome has */
	uint64_t clear_in;           /* what of record.bytes_in came before TLS stood */
	char helo[POLICY_HELO_SIZE]; /* what record.client.helo points to, unless XCLIENT gave it */
	enum session_excess excess;
	atomic_uint *counted; /* the gateway's count that this session is part of */
	bool entered;         /* counted among those of its address */
	bool waiting;         /* the open question is being answered by DNS and store */
	bool ending;          /* why is in the record; close once the output has left */
	bool shutting_down;
	bool helo_given;  /* XCLIENT said the HELO name: it holds to the end */
	bool login_given; /* likewise the login */
	bool overflow;    /* the message was given up: too many octets are buffered */
	bool wrong;       /* TLS stands with a certificate that is wrong on purpose */
	bool wrong_noted; /* the client went on with it, and that was noted */
	struct store_job job;
};

/* ending.c: the session ends for this reason, unless another came first. reason lives as long as s.
 */
void session_end(struct session *s, enum record_end end, const char *reason);

/* Answers or records one event. */
void policy_event(struct session *s, enum smtp_event event, const struct smtp_event_data *data);
/* text NULL: the table's sentence. */
void policy_finding(struct session *s, enum finding_id id, const char *text);
/* The message is in the store, or could not be put there: answers it. */
void policy_stored(struct session *s, const struct store_job *job);
/* What the client said of itself does not hold any more (RFC 3207 4.2, XCLIENT). */
void policy_forget(struct session *s);
/* Whether the client may use XCLIENT. */
bool policy_trusted(const struct session *s);
/* "203.0.113.7:51234", in the session's arena. */
const char *policy_client_text(struct session *s);

/*
 * handshake.c: the handshake begins by the context in force, is done, has failed. reason NULL: what
 * OpenSSL says.
 */
void handshake_begin(struct session *s);
void handshake_done(struct session *s);
void handshake_failed(struct session *s, const char *reason);
/* What binds SASL to the connection, for the machine. */
void handshake_channel(struct session *s);

/*
 * ending.c: the machine ended the session; the connection ended by itself; time ran out, and where
 * SMTP is spoken the client is told.
 */
void ending_quit(struct session *s, enum smtp_end end);
void ending_disconnected(struct session *s, enum conn_end end);
void ending_late(struct session *s, enum deadline_kind kind);

#endif
