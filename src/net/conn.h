/*
 * SPDX-License-Identifier: ISC
 *
 * One TCP connection, plain or TLS, on a loop. Input is collected until the owner takes it; the
 * owner is told when output has left. Reading pauses while more input is waiting than the mark
 * (CONN_INPUT_MARK), or while the owner asks (back-pressure).
 *
 * Invariants:
 *  - The owner is called from the loop only, never from within a function of this header.
 *  - What was sent before input was read is reported before that input, what was sent later
 *    after it. Input is reported before the end.
 *  - While paused, an end by the peer (CLOSED, TRUNCATED) is held back, since it may come with
 *    input that waits; a failure of the network is not.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/ip.h"
#include "net/loop.h"

/* Reading stops while this many octets wait; one TLS record more may be there. */
#define CONN_INPUT_MARK 65536

enum conn_end {
	CONN_END_CLOSED,    /* the peer closed: TCP end, after close_notify where TLS stands */
	CONN_END_TRUNCATED, /* the peer closed TCP without close_notify */
	CONN_END_TLS,       /* the handshake failed: conn_tls_error says the OpenSSL code */
	CONN_END_ERROR,     /* the network failed, or TLS after the handshake (conn_tls_error) */
	CONN_END_FLOOD,     /* too many messages of TLS that carry nothing: ended by us */
};

/*
 * How many KeyUpdates and ClientHellos a client may send after the handshake (RFC 8446 4.6.3 has
 * no reason for more than one in 2^24 records). Each costs us work and the client little.
 */
#define CONN_FLOOD_MAX 100

/*
 * What the owner is told; each function gets the owner's arg. After ended, nothing more is called,
 * and the owner frees the connection (within the call or later). Freeing is allowed in any of them.
 */
struct conn_owner {
	void (*input)(void *arg);          /* new input is there */
	void (*sent)(void *arg, size_t n); /* n octets given to conn_write have left */
	void (*secured)(void *arg);        /* the handshake is done */
	void (*timeout)(void *arg);        /* the time armed by conn_set_timeout ran out */
	void (*ended)(void *arg, enum conn_end end);
};

struct conn;

/* Takes the descriptor. owner is borrowed for the connection's life; its members may be NULL. */
struct conn *conn_new(struct loop *l, int fd, const struct conn_owner *owner, void *arg);
void conn_free(struct conn *c);

/* The input waiting, as one run of octets, borrowed until the next call. */
struct span conn_input(struct conn *c);
void conn_consume(struct conn *c, size_t n);
/* Stops (true) or resumes (false) reading; what is waiting is reported again on resume. */
void conn_pause(struct conn *c, bool paused);

void conn_write(struct conn *c, struct span data);
/* Octets given to conn_write that have not left. */
size_t conn_unsent(const struct conn *c);
/*
 * Closes once the output has left, with close_notify where TLS stands. The connection is taken: the
 * owner is not called any more and must not use it again. It goes within a few seconds, also when
 * the peer neither reads nor closes. Allowed in any of the owner's functions, ended too.
 */
void conn_finish(struct conn *c);

/*
 * Starts the server's side of the handshake: legal once conn_unsent is 0. secured or ended follows.
 * Input that waits is taken as the beginning of the handshake (it may have come with a PROXY
 * header), so that nothing sent in the clear is ever taken for input under TLS; after STARTTLS the
 * owner ends the session instead. conn_ssl is valid from here on.
 */
void conn_start_tls(struct conn *c, SSL_CTX *ctx);
SSL *conn_ssl(struct conn *c);
/*
 * The OpenSSL error code behind CONN_END_TLS; 0 when the peer just closed. An error of the system
 * is given as OpenSSL does (ERR_SYSTEM_ERROR).
 */
unsigned long conn_tls_error(const struct conn *c);

/* Arms the only timeout; each call replaces the one before; 0 takes it away. */
void conn_set_timeout(struct conn *c, int64_t ms);

#endif
