/*
 * SPDX-License-Identifier: ISC
 *
 * The two ends of a TLS connection in memory, for the tests of lib/tls.
 */
#ifndef ENDS_H
#define ENDS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "tls/facts.h"

/* A server and a client joined by a pair of BIOs. */
struct ends {
	SSL *server, *client;
	struct tls_offer offer;
	BIO *wire; /* the client's end, to be used instead of client */
	unsigned long error;
};

/* Without a client when its context is NULL. */
void ends_join(struct ends *e, SSL_CTX *server, SSL_CTX *client);
void ends_leave(struct ends *e);
/* One step of the server; whether it may go on. */
bool ends_step_server(struct ends *e);
/* Runs both until the server has finished or failed. */
bool ends_shake(struct ends *e);
/* Reads with the server what waits for it; whether it may go on. */
bool ends_read(struct ends *e);

/* SSL_set1_groups_list and SSL_set_tlsext_host_name. */
void ends_set_groups(SSL *ssl, const char *list);
void ends_set_name(SSL *ssl, const char *name);

#endif
