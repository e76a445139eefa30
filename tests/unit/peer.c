/*
 * SPDX-License-Identifier: ISC
 *
 * The other end of a connection in tests.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <check.h>
#include <openssl/pem.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tls/devca.h"
#include "tls/facts.h"

void peer_pair(int *here, int *there)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int listening = socket(AF_INET, SOCK_STREAM, 0);

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_ge(listening, 0);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&a, len), 0);
	ck_assert_int_eq(listen(listening, 1), 0);
	ck_assert_int_eq(getsockname(listening, (struct sockaddr *)&a, &len), 0);
	*there = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(*there, (struct sockaddr *)&a, len), 0);
	*here = accept(listening, NULL, NULL);
	ck_assert_int_ge(*here, 0);
	close(listening);
}

static void trust(SSL_CTX *ctx, struct span ca)
{
	BIO *in = BIO_new_mem_buf(ca.data, (int)ca.len);
	X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);

	ck_assert_ptr_nonnull(x);
	ck_assert_int_eq(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x), 1);
	X509_free(x);
	BIO_free(in);
}

void peer_tls_init(struct peer_tls *t)
{
	static const char *const NAMES[] = {"localhost"};
	struct tls_pem ca, leaf;
	struct error err;

	ck_assert_int_eq(tls_devca_make(time(NULL), &ca, &err), 0);
	ck_assert_int_eq(tls_devca_issue(&ca, NAMES, 1, time(NULL), &leaf, &err), 0);
	t->server = SSL_CTX_new(TLS_server_method());
	ck_assert_int_eq(tls_use_pem(t->server, buffer_span(&leaf.certificate), "certificate",
			     buffer_span(&leaf.key), "key", &err),
	    0);
	SSL_CTX_set_min_proto_version(t->server, TLS1_2_VERSION);
	SSL_CTX_set_client_hello_cb(t->server, tls_client_hello, NULL);
	/* A client that closes with a ticket unread resets the connection. */
	SSL_CTX_set_num_tickets(t->server, 0);
	t->client = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_min_proto_version(t->client, TLS1_2_VERSION);
	SSL_CTX_set_verify(t->client, SSL_VERIFY_PEER, NULL);
	trust(t->client, buffer_span(&ca.certificate));
	tls_pem_clear(&ca);
	tls_pem_clear(&leaf);
}

void peer_tls_clear(struct peer_tls *t)
{
	SSL_CTX_free(t->server);
	SSL_CTX_free(t->client);
}

static void *run(void *arg)
{
	struct peer *p = arg;

	p->run(p->arg);
	return NULL;
}

void peer_start(struct peer *p, void (*fn)(void *arg), void *arg)
{
	p->run = fn;
	p->arg = arg;
	ck_assert_int_eq(pthread_create(&p->thread, NULL, run, p), 0);
}

void peer_join(struct peer *p)
{
	ck_assert_int_eq(pthread_join(p->thread, NULL), 0);
}

void peer_send(int fd, const char *text)
{
	ck_assert_int_eq(send(fd, text, strlen(text), 0), (int)strlen(text));
}

void peer_expect(int fd, const char *text)
{
	char got[1024];
	size_t len = 0;

	while (len < strlen(text)) {
		ssize_t n = recv(fd, got + len, strlen(text) - len, 0);

		ck_assert_msg(n > 0, "the connection ended before \"%s\"", text);
		len += (size_t)n;
	}
	ck_assert_msg(memcmp(got, text, len) == 0, "expected \"%s\"", text);
}

SSL *peer_secure(int fd, SSL_CTX *ctx)
{
	SSL *ssl = SSL_new(ctx);

	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) == 1)
		return ssl;
	SSL_free(ssl);
	return NULL;
}

void peer_secure_expect(SSL *ssl, const char *text)
{
	char got[1024];
	size_t len = 0;

	while (len < strlen(text)) {
		int n = SSL_read(ssl, got + len, (int)(strlen(text) - len));

		ck_assert_msg(n > 0, "the connection ended before \"%s\"", text);
		len += (size_t)n;
	}
	ck_assert_msg(memcmp(got, text, len) == 0, "expected \"%s\"", text);
}
