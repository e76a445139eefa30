/*
 * SPDX-License-Identifier: ISC
 *
 * The two ends of a TLS connection in memory.
 */
#include "ends.h"

#include <check.h>
#include <openssl/err.h>
#include <stdio.h>

#define PIPE_SIZE 65536

void ends_join(struct ends *e, SSL_CTX *server, SSL_CTX *client)
{
	BIO *inner, *outer;

	ck_assert_int_eq(BIO_new_bio_pair(&inner, PIPE_SIZE, &outer, PIPE_SIZE), 1);
	*e = (struct ends){.server = SSL_new(server), .wire = outer};
	SSL_set_bio(e->server, inner, inner);
	SSL_set_accept_state(e->server);
	tls_offer_keep(e->server, &e->offer);
	if (client == NULL)
		return;
	e->client = SSL_new(client);
	SSL_set_bio(e->client, outer, outer);
	SSL_set_connect_state(e->client);
}

void ends_leave(struct ends *e)
{
	SSL_free(e->server);
	if (e->client != NULL)
		SSL_free(e->client);
	else
		BIO_free(e->wire);
}

/* Whether the result leaves the server able to go on; else its error is kept. */
static bool judge(struct ends *e, int result)
{
	int why = result == 1 ? SSL_ERROR_NONE : SSL_get_error(e->server, result);

	if (why == SSL_ERROR_NONE || why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return true;
	e->error = ERR_peek_error();
	return false;
}

bool ends_step_server(struct ends *e)
{
	ERR_clear_error();
	return judge(e, SSL_do_handshake(e->server));
}

bool ends_read(struct ends *e)
{
	char octet;

	ERR_clear_error();
	return judge(e, SSL_read(e->server, &octet, 1));
}

bool ends_shake(struct ends *e)
{
	for (int i = 0; i < 20 && !SSL_is_init_finished(e->server); i++) {
		ERR_clear_error();
		SSL_do_handshake(e->client);
		if (!ends_step_server(e))
			return false;
	}
	return SSL_is_init_finished(e->server);
}

void ends_set_groups(SSL *ssl, const char *list)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", list);
	ck_assert_int_eq(SSL_set1_groups_list(ssl, text), 1);
}

void ends_set_name(SSL *ssl, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", name);
	ck_assert_int_eq(SSL_set_tlsext_host_name(ssl, text), 1);
}
