/*
 * SPDX-License-Identifier: ISC
 *
 * TLS on a connection: the start of the handshake, and what the events of libevent's TLS
 * bufferevent mean.
 */
#include <assert.h>
#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "net/connstate.h"
#include "net/replay.h"
#include "tls/facts.h"

#define DISCARD_ROUNDS 16

/* The first error is the cause, later ones follow from it. Small numbers are no error codes. */
static unsigned long first_error(struct bufferevent *bev)
{
	unsigned long error, first = 0;

	while ((error = bufferevent_get_openssl_error(bev)) != 0) {
		if (ERR_GET_LIB(error) != 0)
			first = error;
	}
	return first;
}

static bool is_plain_end(unsigned long error)
{
	return !ERR_SYSTEM_ERROR(error) && ERR_GET_LIB(error) == ERR_LIB_SSL &&
	       ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

/*
 * OpenSSL has sent its alert. Closing with input unread would reset the connection and destroy
 * the alert on its way.
 */
static void let_alert_arrive(const struct conn *c)
{
	char discarded[4096];

	shutdown(c->fd, SHUT_WR);
	for (int i = 0; i < DISCARD_ROUNDS; i++) {
		if (recv(c->fd, discarded, sizeof(discarded), 0) <= 0)
			return;
	}
}

static enum conn_end meaning(struct conn *c, short what, unsigned long error, int system)
{
	bool end = (what & BEV_EVENT_EOF) != 0;

	if (is_plain_end(error))
		error = 0;
	else if (error == 0 && !end && system != 0 && system != EAGAIN)
		error = ERR_SYSTEM_FLAG | (unsigned long)system;
	c->tls_error = error;
	if (c->phase == CONN_PHASE_HANDSHAKE)
		return CONN_END_TLS;
	if (end)
		return CONN_END_CLOSED;
	return error == 0 ? CONN_END_TRUNCATED : CONN_END_ERROR;
}

void conn_tls_event(struct conn *c, short what)
{
	int system = errno;
	enum conn_end end;

	if (what & BEV_EVENT_CONNECTED) {
		c->phase = CONN_PHASE_SECURE;
		c->secured_due = true;
		conn_wake(c);
		return;
	}
	end = meaning(c, what, first_error(c->bev), system);
	if (end == CONN_END_TLS)
		let_alert_arrive(c);
	conn_note_end(c, end);
	/* libevent stops writing too, but a peer that ended its side still reads ours. */
	if (end == CONN_END_CLOSED && conn_unsent(c) > 0)
		bufferevent_enable(c->bev, EV_WRITE);
}

/*
 * OpenSSL goes on reading behind a message that carries nothing, so that a client that sends
 * nothing else keeps the loop: reading ends here.
 */
static void on_message(
    int sent, int version, int type, const void *message, size_t len, SSL *ssl, void *arg)
{
	struct conn *c = arg;

	tls_offer_message(sent, version, type, message, len, ssl, NULL);
	if (c->offer->floods <= CONN_FLOOD_MAX)
		return;
	SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
	if (!conn_failed(c))
		conn_note_end(c, CONN_END_FLOOD);
}

/* Reads what waits first, then the socket; writes to the socket. */
static void set_bios(struct conn *c)
{
	struct span early = conn_input(c);
	BIO *out = BIO_new_socket(c->fd, BIO_NOCLOSE);

	if (out == NULL)
		abort();
	SSL_set_bio(c->ssl, early.len > 0 ? replay_new(early, c->fd, &c->replay) : out, out);
}

void conn_start_tls(struct conn *c, SSL_CTX *ctx)
{
	assert(c->phase == CONN_PHASE_PLAIN && conn_unsent(c) == 0);
	c->ssl = SSL_new(ctx);
	if (c->ssl == NULL)
		abort();
	c->offer = memory_new(sizeof(*c->offer));
	tls_offer_keep(c->ssl, c->offer);
	SSL_set_msg_callback(c->ssl, on_message);
	SSL_set_msg_callback_arg(c->ssl, c);
	SSL_set_mode(c->ssl, SSL_MODE_RELEASE_BUFFERS);
	set_bios(c);
	bufferevent_free(c->bev);
	c->phase = CONN_PHASE_HANDSHAKE;
	c->input_due = false;
	c->paused = false;
	c->bev = bufferevent_openssl_socket_new(
	    loop_base(c->loop), c->fd, c->ssl, BUFFEREVENT_SSL_ACCEPTING, 0);
	conn_attach(c);
}

SSL *conn_ssl(struct conn *c)
{
	return c->ssl;
}

unsigned long conn_tls_error(const struct conn *c)
{
	return c->tls_error;
}
