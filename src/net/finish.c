/*
 * SPDX-License-Identifier: ISC
 *
 * The end of a connection that its owner has given away: the output leaves, TLS says
 * close_notify, our side is closed, and what the peer still sends is discarded until it closes
 * too. A close with input unread would make the kernel reset the connection, and the peer could
 * lose the last reply.
 */
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "net/connstate.h"

#define FLUSH_MS       5000
#define LINGER_MS      2000
#define DISCARD_ROUNDS 8

static void on_drain(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	char discarded[16384];
	ssize_t n = 1;

	(void)what;
	for (int i = 0; i < DISCARD_ROUNDS && n > 0; i++)
		n = recv(fd, discarded, sizeof(discarded), 0);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		conn_release(c);
}

static void linger(struct conn *c)
{
	c->phase = CONN_PHASE_LINGERING;
	if (c->ssl != NULL) {
		ERR_clear_error();
		(void)SSL_shutdown(c->ssl);
		ERR_clear_error();
	}
	bufferevent_free(c->bev);
	c->bev = NULL;
	shutdown(c->fd, SHUT_WR);
	c->drain = event_new(loop_base(c->loop), c->fd, EV_READ | EV_PERSIST, on_drain, c);
	if (c->drain == NULL)
		abort();
	event_add(c->drain, NULL);
	loop_timer_arm(c->timer, LINGER_MS);
}

void conn_finish_step(struct conn *c)
{
	if (conn_failed(c))
		conn_release(c);
	else if (conn_unsent(c) == 0)
		linger(c);
}

static void close_guest(struct loop_guest *g)
{
	conn_release((struct conn *)((char *)g - offsetof(struct conn, guest)));
}

void conn_finish(struct conn *c)
{
	if (c->phase == CONN_PHASE_HANDSHAKE || conn_failed(c)) {
		conn_release(c);
		return;
	}
	c->phase = CONN_PHASE_FLUSHING;
	c->guest.close = close_guest;
	loop_guest_add(c->loop, &c->guest);
	bufferevent_disable(c->bev, EV_READ);
	if (conn_unsent(c) > 0)
		bufferevent_enable(c->bev, EV_WRITE);
	loop_timer_arm(c->timer, FLUSH_MS);
	conn_wake(c);
}
