/*
 * SPDX-License-Identifier: ISC
 *
 * What is kept of a session and of a message: plain structs that the gateway fills, the store
 * keeps and the reports print. Absent strings are NULL. Whoever makes a record says where its
 * strings live; usually all sit in one arena.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "mail/finding.h"
#include "tls/facts.h"
#include "verify/verify.h"

enum record_via {
	RECORD_VIA_DIRECT,
	RECORD_VIA_PROXY,
	RECORD_VIA_XCLIENT,
	RECORD_VIA_COUNT,
};

/* How far a session got. */
enum record_stage {
	RECORD_STAGE_CONNECTION,
	RECORD_STAGE_TLS,
	RECORD_STAGE_AUTHENTICATION,
	RECORD_STAGE_ENVELOPE,
	RECORD_STAGE_DATA,
	RECORD_STAGE_DONE,
	RECORD_STAGE_COUNT,
};

/* Why it ended. */
enum record_end {
	RECORD_END_QUIT,
	RECORD_END_CLIENT_CLOSED,
	RECORD_END_TIMEOUT,
	RECORD_END_LIMIT,
	RECORD_END_REFUSED,
	RECORD_END_SHUTDOWN,
	RECORD_END_ERROR,
	RECORD_END_COUNT,
};

/* Whether an opinion agrees with the verdict. */
enum record_agrees {
	RECORD_AGREES_UNKNOWN, /* it is unavailable */
	RECORD_AGREES_NO,
	RECORD_AGREES_YES,
};

extern const char *const RECORD_VIA_NAME[RECORD_VIA_COUNT];
extern const char *const RECORD_STAGE_NAME[RECORD_STAGE_COUNT];
extern const char *const RECORD_END_NAME[RECORD_END_COUNT];

struct record_client {
	struct ip ip;
	uint16_t port;    /* 0: unknown */
	const char *helo; /* as given; NULL before HELO */
	const char *name; /* XCLIENT NAME */
	enum record_via via;
	bool esmtp; /* it said EHLO, not HELO */
};

struct record_auth {
	const char *mechanism; /* NULL: no successful authentication */
	const char *user;
	bool over_tls;
};

struct record_session {
	const char *id; /* ULID */
	const char *listener;
	const char *kind; /* of the listener, "mx"; NULL: not known */
	int64_t started_at, ended_at; /* milliseconds since 1970; ended_at 0: still open */
	struct record_client client;
	struct record_auth auth;
	struct tls_facts tls;
	const struct tls_failure *tls_failure; /* NULL when no handshake failed */
	enum record_stage stage;
	enum record_end end;    /* meaningful once ended_at is set */
	const char *end_reason; /* the same in words */
	/*
	 * Where sending broke and was not mended later (CONNECTION to DATA), or DONE: it did not;
	 * and what the server said to it, "535 5.7.8 ...", or what happened.
	 */
	enum record_stage failed_at;
	const char *failure;
	/* Milliseconds spent in each stage before DONE; -1: not reached. */
	int64_t timings_ms[RECORD_STAGE_DONE];
	const char **messages; /* ids of those that were stored; filled by the store's reader */
	size_t message_count;
	unsigned commands;
	uint64_t bytes_in, bytes_out;
	struct finding_list findings;
};

struct record_envelope {
	const char *mail_from; /* without brackets; "" is the null reverse-path */
	const char **rcpt_to;  /* accepted recipients in order */
	size_t rcpt_count;
	bool smtputf8;
	const char *body; /* the BODY parameter, or NULL */
	bool require_tls; /* REQUIRETLS (RFC 8689) */
	/* Delivery status notifications (RFC 3461), as written; NULL: not given. */
	const char *ret, *envid;
	const char **notify, **orcpt; /* one a recipient; NULL: none has any */
};

/* What a library that many receivers run says of a message (table "opinion"). */
struct record_opinion {
	const char *library; /* "libspf2 1.2.10" */
	const char *check;   /* "spf", "dmarc" */
	const char *result;  /* a word of AUTH_RESULT_NAME, or "unavailable" */
	enum record_agrees agrees;
	const char *reason;
};

struct record_message {
	const char *id;                       /* ULID */
	int64_t received_at;                  /* milliseconds since 1970 */
	const struct record_session *session; /* as it stood when the message came */
	struct record_envelope envelope;
	uint64_t size;                                  /* octets of the source */
	const char *message_id, *from, *subject, *date; /* subject decoded, valid UTF-8 */
	struct verdict observed;
	const struct verify_route *route;      /* NULL: nothing was predicted */
	struct verdict predicted;              /* where there is a route */
	const struct record_opinion *opinions; /* in the order of asking */
	size_t opinion_count;                  /* 0: not asked yet, or never */
	struct finding_list findings;          /* of the message and of its session so far */
	const char *refused; /* the reply that it was refused with all the same (enforce), without line
				end; NULL: it was accepted */
};

#endif
