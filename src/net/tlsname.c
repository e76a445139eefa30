/*
 * SPDX-License-Identifier: ISC
 *
 * The choice of a certificate by SNI. The others are kept as extra data of the first SSL_CTX, which
 * outlives every connection made from it, so that a reload frees nothing in use.
 */
#include "net/tlsname.h"

#include <openssl/crypto.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct choice {
	SSL_CTX *first; /* whose extra data this is */
	SSL_CTX **others;
	size_t count;
};

/* OpenSSL numbers its users' data for the whole process. */
static CRYPTO_ONCE place_once = CRYPTO_ONCE_STATIC_INIT;
static int place = -1;

static void free_choice(
    void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
	struct choice *c = pointer;

	(void)parent, (void)data, (void)index, (void)argl, (void)argp;
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->count; i++)
		SSL_CTX_free(c->others[i]);
	free(c->others);
	free(c);
}

static void find_place(void)
{
	place = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_choice);
}

static bool holds(const SSL_CTX *ctx, const char *name, size_t len, unsigned int flags)
{
	X509 *x = SSL_CTX_get0_certificate(ctx);

	return x != NULL && X509_check_host(x, name, len, flags, NULL) == 1;
}

static SSL_CTX *find(const struct choice *c, const char *name, unsigned int flags)
{
	size_t len = strlen(name);

	/* A name's dot at the end, which no certificate has. */
	if (len > 1 && name[len - 1] == '.')
		len--;
	if (holds(c->first, name, len, flags))
		return c->first;
	for (size_t i = 0; i < c->count; i++) {
		if (holds(c->others[i], name, len, flags))
			return c->others[i];
	}
	return NULL;
}

static int on_name(SSL *ssl, int *alert, void *arg)
{
	const struct choice *c = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	SSL_CTX *chosen;

	(void)alert;
	if (name == NULL || name[0] == '\0')
		return SSL_TLSEXT_ERR_NOACK;
	chosen = find(c, name, X509_CHECK_FLAG_NO_WILDCARDS);
	if (chosen == NULL)
		chosen = find(c, name, 0);
	if (chosen == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_SSL_CTX(ssl, chosen);
	return SSL_TLSEXT_ERR_OK;
}

void tls_name_choose_take(SSL_CTX *ctx, SSL_CTX *const *others, size_t count)
{
	struct choice *c = memory_new(sizeof(*c));

	c->first = ctx;
	c->count = count;
	c->others = memory_new(count * sizeof(SSL_CTX *));
	memcpy(c->others, others, count * sizeof(SSL_CTX *));
	if (CRYPTO_THREAD_run_once(&place_once, find_place) != 1 || place < 0 ||
	    SSL_CTX_set_ex_data(ctx, place, c) != 1)
		abort();
	SSL_CTX_set_tlsext_servername_callback(ctx, on_name);
	SSL_CTX_set_tlsext_servername_arg(ctx, c);
}
