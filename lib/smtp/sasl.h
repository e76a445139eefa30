/*
 * SPDX-License-Identifier: ISC
 *
 * The server's side of a SASL exchange as RFC 4954 carries it: one row a mechanism. PLAIN
 * (RFC 4616), LOGIN (draft-murchison-sasl-login), CRAM-MD5 (RFC 2195), SCRAM with and without
 * channel binding (RFC 5802, RFC 7677), XOAUTH2 (Google's), OAUTHBEARER (RFC 7628).
 *
 * Where a mechanism proves knowledge of a secret, the exchange stops at SMTP_SASL_SECRET until the
 * secret is given; whether the proof was right is in proven. Where the client shows its secret,
 * that is in password, and judging it is the caller's.
 */
#ifndef SMTP_SASL_H
#define SMTP_SASL_H

#include "base/buffer.h"
#include "base/error.h"
#include "smtp/reply.h"
#include "smtp/server.h"

enum smtp_sasl_status {
	SMTP_SASL_CHALLENGE, /* send challenge with 334 and go on with smtp_sasl_response */
	SMTP_SASL_SECRET,    /* go on with smtp_sasl_secret for user */
	SMTP_SASL_DONE,      /* the credentials are there */
	SMTP_SASL_REFUSED, /* the client took notice of the error object: send smtp_sasl_refusal */
	SMTP_SASL_CANCELLED, /* the client sent "*" */
	SMTP_SASL_MALFORMED, /* err says why */
};

/* What an exchange needs to know of its session; random and channel are borrowed for its life. */
struct smtp_sasl_session {
	const unsigned char *random; /* SMTP_RANDOM_SIZE octets */
	unsigned exchange;           /* its number in the session */
	const struct smtp_channel *channel;
	const char *hostname;
	bool plus_offered; /* a mechanism with channel binding was */
};

#define SMTP_SASL_RESPONSES  3
#define SMTP_SASL_NONCE_SIZE 41

struct smtp_sasl {
	enum smtp_mechanism mechanism;
	struct smtp_sasl_session session;
	unsigned step;         /* the response that is awaited, or was taken last */
	const char *challenge; /* base64; borrowed until the next call */
	/* Borrowed until smtp_sasl_clear; user from SMTP_SASL_SECRET on. */
	struct span identity, user, password;
	bool proven;
	const char *why; /* with DONE: why the exchange failed beyond a wrong secret, or NULL */
	/* The rest is the exchange's own. */
	struct buffer octets[SMTP_SASL_RESPONSES]; /* decoded responses */
	struct buffer names;                       /* decoded identity and user */
	struct buffer text;                        /* of the challenge */
	char nonce[SMTP_SASL_NONCE_SIZE];
	struct span binding;            /* octets of the channel that the client named */
	char binding_flag;              /* 'n', 'y', 'p' (RFC 5801 4) */
	size_t gs2_size;                /* of the header in the first response */
	struct buffer messages;         /* of SCRAM: what is signed (RFC 5802 3, AuthMessage) */
	size_t nonce_start, nonce_size; /* of SCRAM: both nonces in messages */
	struct smtp_scram keys;
	int refusal_code; /* 0: no error object was given */
	char *refusal_status, *refusal_text;
};

/* The mechanism of a name (without regard to case), or -1. */
int smtp_mechanism_find(struct span name);
/* Whether the mechanism binds to the channel (-PLUS). */
bool smtp_mechanism_binds(enum smtp_mechanism mechanism);
/* Whether the server begins, so that an initial response is an error (RFC 4954 4). */
bool smtp_mechanism_server_begins(enum smtp_mechanism mechanism);
/* Whether the client shows the secret itself. */
bool smtp_mechanism_shows_secret(enum smtp_mechanism mechanism);

/*
 * Begins an exchange. initial is the initial response as sent ("=" is an empty one), or has data
 * NULL when there was none.
 */
enum smtp_sasl_status smtp_sasl_begin(struct smtp_sasl *x, enum smtp_mechanism mechanism,
    const struct smtp_sasl_session *session, struct span initial, struct error *err);
/* Takes a response line without its CRLF. */
enum smtp_sasl_status smtp_sasl_response(struct smtp_sasl *x, struct span line, struct error *err);
/*
 * Takes what is known of the user, or NULL: then, and where what the mechanism needs is not known,
 * the exchange goes on with made-up keys and ends with proven false.
 */
enum smtp_sasl_status smtp_sasl_secret(struct smtp_sasl *x, const struct smtp_secret *secret);

/*
 * The credentials are refused with this reply: true when the mechanism first gives an error object
 * (RFC 7628 3.2.2), which is then the challenge; the reply is kept for SMTP_SASL_REFUSED.
 */
bool smtp_sasl_refuse(struct smtp_sasl *x, const struct smtp_reply *reply);
/* The reply that was kept, borrowed until smtp_sasl_clear. */
struct smtp_reply smtp_sasl_refusal(const struct smtp_sasl *x);

/* Overwrites and frees what was kept of the exchange. */
void smtp_sasl_clear(struct smtp_sasl *x);

#endif
