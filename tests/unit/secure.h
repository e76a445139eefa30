/*
 * SPDX-License-Identifier: ISC
 *
 * A connection under TLS with its client in a thread, for the tests of net/secure.
 */
#ifndef UNIT_SECURE_H
#define UNIT_SECURE_H

#include "rig.h"

/* A connection, a client in a thread, and contexts for both. */
struct secure {
	struct rig rig;
	struct peer_tls tls;
	struct peer peer;
	SSL_CTX *client; /* the one to use */
	size_t cut;      /* octets of the ClientHello to send */
};

void secure_begin(struct secure *s);
/* Joins the client and frees all of it. */
void secure_end(struct secure *s);
/* Closes the client's end. */
void secure_close(struct secure *s);

/* Says "220 hello" on the connection; to stand in rig.on. */
void secure_greet(struct rig *r);

#endif
