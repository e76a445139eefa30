/*
 * SPDX-License-Identifier: ISC
 *
 * The server side of one SMTP session (RFC 5321) as a pure machine: octets go in, events come
 * out, answers go in, reply octets come out. It knows no socket, no clock and no policy.
 *
 * Invariants:
 *  - At most one question is open; while one is, smtp_server_feed takes nothing.
 *  - A notice must be taken by smtp_server_next before feed takes more. Spans in an event are
 *    borrowed until the next feed or answer.
 *  - The same input cut anywhere gives the same events (BODY pieces may be cut elsewhere) and the
 *    same replies. Timing enters only by smtp_server_sent.
 *  - Syntax and sequence errors are answered inside and reported as findings.
 *  - Only CRLF.CRLF ends DATA, and only the octets that BDAT announced end a chunk. A bare CR or
 *    LF is refused, or kept as it is where faults are only noted; never a second meaning.
 *  - Octets that a BDAT announced are never commands, whatever becomes of the BDAT.
 *  - Everything a client controls is bounded by struct smtp_limits.
 *
 *	for (;;) {
 *		while ((event = smtp_server_next(s, &data)) != SMTP_EVENT_NONE)
 *			handle it; a question is handled by smtp_server_answer, now or later
 *		n = smtp_server_feed(s, input, len);
 *		if (n == 0)
 *			break;
 *	}
 *	write smtp_server_output(s) and report with smtp_server_sent
 */
#ifndef SMTP_SERVER_H
#define SMTP_SERVER_H

#include <stdbool.h>

#include "base/ip.h"
#include "mail/address.h"
#include "mail/finding.h"
#include "smtp/reply.h"

struct smtp_limits {
	size_t command_line;    /* octets of a command line with its CRLF (RFC 5321 4.5.3.1.4) */
	size_t auth_line;       /* octets of AUTH and its continuation lines (RFC 4954 4) */
	size_t body_line;       /* octets of a message line with its CRLF (RFC 5321 4.5.3.1.6) */
	uint64_t message_size;  /* octets (RFC 1870); 0: no limit */
	unsigned recipients;    /* accepted RCPT commands; then 452 4.5.3 */
	unsigned bad_commands;  /* answered 500 to 504, and apart from these 535; then 421 4.7.0 */
	unsigned idle_commands; /* commands without a message, RCPT not counted; then 421 4.7.0 */
	int64_t command_timeout_ms;
	int64_t data_timeout_ms;
};

/* The defaults of RFC 5321 and of the configuration. */
extern const struct smtp_limits SMTP_LIMITS_DEFAULT;

/* Mechanisms that the machine can take; a set of bits. */
enum smtp_mechanism {
	SMTP_AUTH_PLAIN,              /* RFC 4616 */
	SMTP_AUTH_LOGIN,              /* draft-murchison-sasl-login */
	SMTP_AUTH_CRAM_MD5,           /* RFC 2195 */
	SMTP_AUTH_SCRAM_SHA_1,        /* RFC 5802 */
	SMTP_AUTH_SCRAM_SHA_1_PLUS,   /* ... with channel binding */
	SMTP_AUTH_SCRAM_SHA_256,      /* RFC 7677 */
	SMTP_AUTH_SCRAM_SHA_256_PLUS, /* ... with channel binding */
	SMTP_AUTH_XOAUTH2,            /* Google's */
	SMTP_AUTH_OAUTHBEARER,        /* RFC 7628 */
	SMTP_MECHANISM_COUNT,
};

extern const char *const SMTP_MECHANISM_NAME[SMTP_MECHANISM_COUNT];

enum smtp_tls_rule {
	SMTP_TLS_NONE,     /* STARTTLS is not offered */
	SMTP_TLS_STARTTLS, /* offered */
	SMTP_TLS_REQUIRED, /* offered; 530 5.7.0 before it for AUTH and MAIL */
	SMTP_TLS_RULE_COUNT,
};

/* What a listener offers and demands; borrowed for the life of the machines that use it. */
struct smtp_settings {
	struct smtp_limits limits;
	const char *hostname; /* in the greeting and in replies to HELO and EHLO */
	enum smtp_tls_rule tls;
	unsigned mechanisms;   /* 1 << enum smtp_mechanism */
	bool auth_without_tls; /* AUTH is offered and taken in the clear */
	bool require_auth;     /* 530 5.7.0 before it for MAIL */
	bool lmtp;             /* LHLO, and a reply for each recipient (RFC 2033) */
	/*
	 * Findings against the protocol that leave no doubt what was meant are only noted, and the
	 * session goes on (strict = record).
	 */
	bool record;
};

enum smtp_event {
	SMTP_EVENT_NONE,
	/* questions: wait for smtp_server_answer; NULL gives the standard reply named here */
	SMTP_EVENT_GREETING, /* 220 HOST ESMTP mailassay; any other code ends the session */
	SMTP_EVENT_HELO,     /* 250 with the extensions */
	SMTP_EVENT_XCLIENT,  /* 220 and back to the greeting's state */
	SMTP_EVENT_STARTTLS, /* 220; then the caller starts TLS and says smtp_server_tls_started */
	SMTP_EVENT_SECRET,   /* the secret of auth.user is wanted: smtp_server_secret; 535 */
	SMTP_EVENT_AUTH,     /* 235 */
	SMTP_EVENT_MAIL,     /* 250 */
	SMTP_EVENT_RCPT,     /* 250 */
	/*
	 * 354; anything else refuses DATA. Asked before the first BDAT of a message too: 354 is not
	 * written then, and a refusal is written when the octets of the chunk are through.
	 */
	SMTP_EVENT_DATA,
	SMTP_EVENT_MESSAGE, /* 250; the whole message was given by BODY notices */
	/* notices */
	SMTP_EVENT_LINE,  /* a line as received, secrets masked, for the transcript */
	SMTP_EVENT_BODY,  /* a piece of the message, of DATA dot-unstuffed */
	SMTP_EVENT_RESET, /* the transaction is gone (RSET, a new HELO, STARTTLS, a refused message)
	                   */
	SMTP_EVENT_FINDING,
	SMTP_EVENT_QUIT, /* nothing more will be taken; close when the output is sent */
	SMTP_EVENT_COUNT,
};

/* Why the machine ended the session. */
enum smtp_end {
	SMTP_END_QUIT,
	SMTP_END_REFUSED,   /* the greeting was refused, or an answer was 421 */
	SMTP_END_LIMIT,     /* too many bad or idle commands */
	SMTP_END_INJECTION, /* plaintext behind STARTTLS: close without another word */
	SMTP_END_COUNT,
};

struct smtp_xclient {
	struct ip addr;    /* IP_NONE: not given or [UNAVAILABLE] */
	bool has_addr;     /* the attribute was there */
	uint16_t port;     /* 0: unknown */
	struct span name;  /* decoded; empty: not given or unavailable */
	struct span helo;  /* decoded; empty: not given */
	struct span login; /* decoded; empty: not given */
	struct span proto; /* "SMTP" or "ESMTP"; empty: not given */
};

enum smtp_body {
	SMTP_BODY_NONE, /* no BODY parameter */
	SMTP_BODY_7BIT,
	SMTP_BODY_8BITMIME,
	SMTP_BODY_BINARYMIME, /* RFC 3030: by BDAT only */
	SMTP_BODY_COUNT,
};

extern const char *const SMTP_BODY_NAME[SMTP_BODY_COUNT]; /* NULL, "7BIT", ... */

/* RET of MAIL (RFC 3461 4.3). */
enum smtp_ret {
	SMTP_RET_NONE,
	SMTP_RET_FULL,
	SMTP_RET_HDRS,
	SMTP_RET_COUNT,
};

extern const char *const SMTP_RET_NAME[SMTP_RET_COUNT]; /* NULL, "FULL", "HDRS" */

/* NOTIFY of RCPT (RFC 3461 4.1): a set of bits; 0 when it was not given. */
enum smtp_notify {
	SMTP_NOTIFY_NEVER = 1,
	SMTP_NOTIFY_SUCCESS = 2,
	SMTP_NOTIFY_FAILURE = 4,
	SMTP_NOTIFY_DELAY = 8,
};

/* What proves that a password is right without showing it (RFC 5802 3). */
struct smtp_scram {
	unsigned iterations; /* 0: not there */
	struct span salt;
	unsigned char stored_key[32], server_key[32]; /* SHA-1 uses the first 20 octets */
};

/* What is known of a user; borrowed for the call. */
struct smtp_secret {
	struct span password; /* data NULL: only the keys are known */
	struct smtp_scram sha1, sha256;
};

/* What binds an exchange to its TLS connection; without any -PLUS is not offered. */
struct smtp_channel {
	bool has_exporter;
	unsigned char exporter[32];  /* tls-exporter (RFC 9266) */
	unsigned char end_point[64]; /* tls-server-end-point (RFC 5929 4) */
	size_t end_point_size;       /* 0: not there */
};

#define SMTP_RANDOM_SIZE 32

struct smtp_event_data {
	union {
		struct {
			struct span name;
			bool esmtp; /* EHLO, not HELO */
		} helo;
		struct smtp_xclient xclient;
		struct {
			enum smtp_mechanism mechanism;
			struct span identity; /* authorization identity; often empty */
			struct span user;
			/*
			 * Secret: compare, never keep. Of XOAUTH2 and OAUTHBEARER the token. Empty
			 * where the mechanism does not show it.
			 */
			struct span password;
			/* The mechanism does not show the password and proved that it is right. */
			bool proven;
		} auth; /* SECRET: user and mechanism alone */
		struct {
			struct mail_path path;
			uint64_t size; /* SIZE parameter, 0 when absent */
			enum smtp_body body;
			bool smtputf8;     /* RFC 6531 */
			bool require_tls;  /* RFC 8689 */
			enum smtp_ret ret; /* RFC 3461 */
			struct span envid; /* RFC 3461, xtext as written; empty: not given */
		} mail;
		struct {
			struct mail_path path;
			unsigned notify;   /* enum smtp_notify */
			struct span orcpt; /* "rfc822;..." as written; empty: not given */
		} rcpt;
		struct span line;
		struct span body;
		struct {
			enum finding_id id;
			const char *text; /* particulars, or NULL for the table's sentence */
		} finding;
		enum smtp_end end;
		uint64_t message_size; /* MESSAGE: octets given by BODY */
	};
};

struct smtp_server;

enum smtp_server_flags {
	SMTP_SERVER_TLS = 1,     /* TLS stands from the first octet */
	SMTP_SERVER_TRUSTED = 2, /* XCLIENT is offered */
};

struct smtp_server *smtp_server_new(const struct smtp_settings *settings, unsigned flags);
void smtp_server_free(struct smtp_server *s);

/* From these octets come the nonces of SASL; without them they are the same in every session. */
void smtp_server_random(struct smtp_server *s, const unsigned char octets[SMTP_RANDOM_SIZE]);
/* Copies what binds SASL to the TLS connection that stands, or is about to stand. */
void smtp_server_channel(struct smtp_server *s, const struct smtp_channel *channel);

/* Takes octets from the client and returns how many; 0 while a question or a notice is open. */
size_t smtp_server_feed(struct smtp_server *s, const void *data, size_t len);
/* The open question (again and again until it is answered) or the next notice. */
enum smtp_event smtp_server_next(struct smtp_server *s, struct smtp_event_data *out);
/*
 * Answers the open question; reply is borrowed for the call, NULL is the standard one. 421 ends
 * the session. A MESSAGE that is not answered 2xx gives RESET. An accepted XCLIENT with a login
 * counts as AUTH, through STARTTLS too. Without an open question nothing happens. Under LMTP the
 * answer to MESSAGE is given once for each accepted recipient.
 */
void smtp_server_answer(struct smtp_server *s, const struct smtp_reply *reply);
/*
 * Answers SECRET: what is known of the user, or NULL when there is none; then the exchange goes on
 * so that a client cannot tell, and AUTH comes with proven false.
 */
void smtp_server_secret(struct smtp_server *s, const struct smtp_secret *secret);
/*
 * Ends the session from outside (timeout, shutdown, overload): drops a transaction and any open
 * question, writes the reply, and takes nothing more. The QUIT notice follows with
 * SMTP_END_REFUSED.
 */
void smtp_server_abort(struct smtp_server *s, const struct smtp_reply *reply);

/* The reply octets not yet reported as sent. */
struct span smtp_server_output(const struct smtp_server *s);
/* Reports that the first n octets of the output have left for the client. */
void smtp_server_sent(struct smtp_server *s, size_t n);
/* Whether 220 to STARTTLS was answered and TLS must be started once the output is sent. */
bool smtp_server_wants_tls(const struct smtp_server *s);
/* TLS stands: all that was known of the client before is forgotten (RFC 3207 4.2). */
void smtp_server_tls_started(struct smtp_server *s);
/* How long the client may be silent in this state (RFC 5321 4.5.3.2). */
int64_t smtp_server_timeout_ms(const struct smtp_server *s);
/* Whether a line of the client has begun and is not complete. */
bool smtp_server_in_line(const struct smtp_server *s);
/* Whether the octets of a message are being taken (or refused) just now. */
bool smtp_server_in_data(const struct smtp_server *s);
/* Whether a transaction is open: MAIL was accepted and neither finished nor dropped. */
bool smtp_server_in_transaction(const struct smtp_server *s);

#endif
