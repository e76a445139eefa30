/*
 * SPDX-License-Identifier: ISC
 *
 * The server's side of a SASL exchange as RFC 4954 carries it: one row a mechanism. PLAIN
 * (RFC 4616), LOGIN (draft-murchison-sasl-login).
 */
#ifndef SMTP_SASL_H
#define SMTP_SASL_H

#include "base/buffer.h"
#include "base/error.h"
#include "smtp/server.h"

enum smtp_sasl_status {
	SMTP_SASL_CHALLENGE, /* send challenge with 334 and go on with smtp_sasl_response */
	SMTP_SASL_DONE, /* the credentials are there; whether they are right is not known here */
	SMTP_SASL_CANCELLED, /* the client sent "*" */
	SMTP_SASL_MALFORMED, /* err says why */
};

struct smtp_sasl {
	enum smtp_mechanism mechanism;
	unsigned step;
	const char *challenge; /* base64 */
	struct buffer octets;  /* decoded responses */
	size_t mark;           /* where a later response begins in octets */
	/* Borrowed until smtp_sasl_clear; set with SMTP_SASL_DONE. */
	struct span identity, user, password;
};

/* The mechanism of a name (without regard to case), or -1. */
int smtp_mechanism_find(struct span name);

/*
 * Begins an exchange. initial is the initial response as sent ("=" is an empty one), or has data
 * NULL when there was none.
 */
enum smtp_sasl_status smtp_sasl_begin(
    struct smtp_sasl *x, enum smtp_mechanism mechanism, struct span initial, struct error *err);
/* Takes a response line without its CRLF. */
enum smtp_sasl_status smtp_sasl_response(struct smtp_sasl *x, struct span line, struct error *err);

/* Overwrites and frees what was kept of the exchange. */
void smtp_sasl_clear(struct smtp_sasl *x);

#endif
