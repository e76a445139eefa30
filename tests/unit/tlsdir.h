/*
 * SPDX-License-Identifier: ISC
 *
 * A data directory with the development certificates, and both ends of TLS connections in memory,
 * for the tests of contexts.
 */
#ifndef TLSDIR_H
#define TLSDIR_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "conf/settings.h"

#define TLSDIR_FILE_COUNT 4

/* "ca.pem", "ca-key.pem", "server.pem", "server-key.pem" */
extern const char *const TLSDIR_FILES[TLSDIR_FILE_COUNT];

/* An empty directory. */
char *tlsdir_make(void);
/* Frees the name too. Fails the test when the directory holds other files than those above. */
void tlsdir_remove(char *dir);

struct path {
	char text[200];
};

struct path tlsdir_path(const char *dir, const char *name);
/* The content of a file takes the place of out's. */
void tlsdir_read(const char *dir, const char *name, struct buffer *out);
void tlsdir_write(const char *dir, const char *name, const struct buffer *content);
/* tls_context_prepare_dev. */
void tlsdir_prepare(const char *dir);

/* A listener with the development certificate, TLS 1.2 and 1.3. */
struct conf_listener tlsdir_listener(void);
/* The context of the listener; the directory was prepared. */
SSL_CTX *tlsdir_context(const char *dir, const struct conf_listener *listener, SSL_CTX *previous);
/* A client that trusts the directory's CA, verifies strictly, and expects "localhost". */
SSL_CTX *tlsdir_client(const char *dir);

/* One session between a server and a client of the context, in memory. */
struct session {
	SSL *server, *client;
};

/* session_begin sets both up, session_shake says whether both finished the handshake. */
void session_begin(struct session *s, SSL_CTX *server, SSL_CTX *client);
bool session_shake(struct session *s);
/* Both, with the session to be resumed or NULL; it must finish. */
void session_open(struct session *s, SSL_CTX *server, SSL_CTX *client, SSL_SESSION *resume);
/* Ends it in order. Gives the client's session, also from the ticket behind a handshake. */
SSL_SESSION *session_leave(struct session *s);
void session_drop(struct session *s);

#endif
