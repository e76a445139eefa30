/*
 * SPDX-License-Identifier: ISC
 *
 * A data directory with the development certificates.
 */
#include "tlsdir.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/tlscontext.h"
#include "run/file.h"

#define PIPE_SIZE 65536

const char *const TLSDIR_FILES[TLSDIR_FILE_COUNT] = {
    "ca.pem", "ca-key.pem", "server.pem", "server-key.pem"};

char *tlsdir_make(void)
{
	char *dir = strdup("/tmp/mailassay-unit-XXXXXX");

	ck_assert_ptr_nonnull(mkdtemp(dir));
	return dir;
}

struct path tlsdir_path(const char *dir, const char *name)
{
	struct path path;

	snprintf(path.text, sizeof(path.text), "%s/%s", dir, name);
	return path;
}

void tlsdir_remove(char *dir)
{
	for (size_t i = 0; i < TLSDIR_FILE_COUNT; i++)
		unlink(tlsdir_path(dir, TLSDIR_FILES[i]).text);
	unlink(tlsdir_path(dir, "ca.lock").text);
	/* Fails when anything else was left there. */
	ck_assert_int_eq(rmdir(dir), 0);
	free(dir);
}

void tlsdir_read(const char *dir, const char *name, struct buffer *out)
{
	struct error err;

	buffer_reset(out);
	ck_assert_msg(
	    file_read(tlsdir_path(dir, name).text, 1 << 20, out, &err) == 0, "%s", err.text);
}

void tlsdir_write(const char *dir, const char *name, const struct buffer *content)
{
	struct error err;

	ck_assert_int_eq(
	    file_write(tlsdir_path(dir, name).text, 0600, buffer_span(content), &err), 0);
}

void tlsdir_prepare(const char *dir)
{
	struct error err;

	ck_assert_msg(tls_context_prepare_dev(dir, &err) == 0, "%s", err.text);
}

struct conf_listener tlsdir_listener(void)
{
	return (struct conf_listener){.name = "test",
	    .certificate = CONF_CERTIFICATE_DEV,
	    .min_tls = CONF_TLS_1_2,
	    .max_tls = CONF_TLS_1_3,
	    .client_certificate = CONF_CLIENT_CERTIFICATE_NO};
}

SSL_CTX *tlsdir_context(const char *dir, const struct conf_listener *listener, SSL_CTX *previous)
{
	struct error err;
	SSL_CTX *ctx = tls_context_new(dir, listener, previous, &err);

	ck_assert_msg(ctx != NULL, "%s", err.text);
	return ctx;
}

SSL_CTX *tlsdir_client(const char *dir)
{
	SSL_CTX *client = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
	ck_assert_int_eq(
	    SSL_CTX_load_verify_locations(client, tlsdir_path(dir, "ca.pem").text, NULL), 1);
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(client), X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(client), "localhost", 0);
	return client;
}

void session_begin(struct session *s, SSL_CTX *server, SSL_CTX *client)
{
	BIO *a, *b;

	ck_assert_int_eq(BIO_new_bio_pair(&a, PIPE_SIZE, &b, PIPE_SIZE), 1);
	s->server = SSL_new(server);
	s->client = SSL_new(client);
	SSL_set_bio(s->server, a, a);
	SSL_set_bio(s->client, b, b);
	SSL_set_accept_state(s->server);
	SSL_set_connect_state(s->client);
}

bool session_shake(struct session *s)
{
	for (int i = 0; i < 10; i++) {
		SSL_do_handshake(s->client);
		SSL_do_handshake(s->server);
	}
	return SSL_is_init_finished(s->server) && SSL_is_init_finished(s->client);
}

void session_open(struct session *s, SSL_CTX *server, SSL_CTX *client, SSL_SESSION *resume)
{
	session_begin(s, server, client);
	if (resume != NULL)
		SSL_set_session(s->client, resume);
	ck_assert(session_shake(s));
}

SSL_SESSION *session_leave(struct session *s)
{
	SSL_SESSION *session;
	char c;

	SSL_write(s->server, "x", 1);
	ck_assert_int_eq(SSL_read(s->client, &c, 1), 1);
	session = SSL_get1_session(s->client);
	SSL_shutdown(s->client);
	SSL_shutdown(s->server);
	session_drop(s);
	return session;
}

void session_drop(struct session *s)
{
	SSL_free(s->client);
	SSL_free(s->server);
}
