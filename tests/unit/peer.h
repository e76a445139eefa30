/*
 * SPDX-License-Identifier: ISC
 *
 * The other end of a connection in tests: connected sockets, TLS contexts with a certificate of a
 * fresh development CA, and a client that runs in a thread of its own.
 */
#ifndef PEER_H
#define PEER_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>

/* Two ends of a TCP connection over loopback, blocking. */
void peer_pair(int *here, int *there);

/* A server's context with a leaf for "localhost", and a client's that trusts its CA. */
struct peer_tls {
	SSL_CTX *server, *client;
};

void peer_tls_init(struct peer_tls *t);
void peer_tls_clear(struct peer_tls *t);

/* A client in a thread: run gets arg. */
struct peer {
	pthread_t thread;
	void (*run)(void *arg);
	void *arg;
};

void peer_start(struct peer *p, void (*run)(void *arg), void *arg);
void peer_join(struct peer *p);

/* A client that blocks; a failure fails the test. */
void peer_send(int fd, const char *text);
/* Reads until text has come, and nothing else. */
void peer_expect(int fd, const char *text);
/* A handshake as client on fd; NULL when it fails. SSL_free it; fd stays. */
SSL *peer_secure(int fd, SSL_CTX *ctx);
void peer_secure_expect(SSL *ssl, const char *text);

#endif
