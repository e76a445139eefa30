/*
 * SPDX-License-Identifier: ISC
 *
 * A connection: its input, its output, and telling its owner. TLS is in secure.c, the end in
 * finish.c.
 */
#include "net/conn.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/connstate.h"

static bool alive(const struct conn *c)
{
	return c->phase <= CONN_PHASE_SECURE && !c->told_end;
}

static size_t waiting(const struct conn *c)
{
	return c->bev == NULL ? 0 : evbuffer_get_length(bufferevent_get_input(c->bev));
}

void conn_wake(struct conn *c)
{
	event_active(c->wake, EV_TIMEOUT, 1);
}

/* Whether an end waits for the owner to resume: input may have come with it. */
static bool held_back(const struct conn *c)
{
	return c->paused && (c->end == CONN_END_CLOSED || c->end == CONN_END_TRUNCATED);
}

static void report_sent(struct conn *c, size_t *count)
{
	size_t n = *count;

	*count = 0;
	if (n > 0 && alive(c) && c->owner->sent != NULL)
		c->owner->sent(c->arg, n);
}

static void report_secured(struct conn *c)
{
	if (!c->secured_due || !alive(c))
		return;
	c->secured_due = false;
	if (c->owner->secured != NULL)
		c->owner->secured(c->arg);
}

static void report_input(struct conn *c)
{
	if (!c->input_due || c->paused || !alive(c))
		return;
	c->input_due = false;
	if (c->owner->input != NULL)
		c->owner->input(c->arg);
}

static void report_end(struct conn *c)
{
	if (!c->end_due || held_back(c) || !alive(c))
		return;
	c->told_end = true;
	loop_timer_cancel(c->timer);
	if (c->owner->ended != NULL)
		c->owner->ended(c->arg, c->end);
}

/* The memory stays while the owner is being called; what was freed in there goes here. */
static void end_report(struct conn *c)
{
	c->reporting = false;
	if (c->phase == CONN_PHASE_GONE)
		free(c);
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd, (void)what;
	c->reporting = true;
	report_sent(c, &c->sent_before);
	report_secured(c);
	report_input(c);
	report_sent(c, &c->sent_after);
	report_end(c);
	if (c->phase == CONN_PHASE_FLUSHING)
		conn_finish_step(c);
	end_report(c);
}

static void on_timer(void *arg)
{
	struct conn *c = arg;

	c->reporting = true;
	/* Given away, and the peer neither reads nor closes. */
	if (c->phase == CONN_PHASE_FLUSHING || c->phase == CONN_PHASE_LINGERING)
		conn_release(c);
	else if (alive(c) && c->owner->timeout != NULL)
		c->owner->timeout(c->arg);
	end_report(c);
}

/*
 * Reading is stopped by hand and not by libevent's mark: under TLS that one may leave part of a
 * record inside OpenSSL, where no event of the socket tells of it.
 */
static void on_input_change(
    struct evbuffer *input, const struct evbuffer_cb_info *change, void *arg)
{
	struct conn *c = arg;

	if (change->n_added == 0)
		return;
	c->input_due = true;
	conn_wake(c);
	if (evbuffer_get_length(input) >= CONN_INPUT_MARK)
		bufferevent_disable(c->bev, EV_READ);
}

static void on_output_change(
    struct evbuffer *output, const struct evbuffer_cb_info *change, void *arg)
{
	struct conn *c = arg;

	(void)output;
	if (change->n_deleted == 0)
		return;
	if (c->input_due && !c->paused)
		c->sent_after += change->n_deleted;
	else
		c->sent_before += change->n_deleted;
	conn_wake(c);
}

static bool is_failure(enum conn_end end)
{
	return end == CONN_END_TLS || end == CONN_END_ERROR || end == CONN_END_FLOOD;
}

bool conn_failed(const struct conn *c)
{
	return c->end_due && is_failure(c->end);
}

/* A failure overtakes an end by the peer that was not told yet. */
void conn_note_end(struct conn *c, enum conn_end end)
{
	if (conn_failed(c) || (c->end_due && !is_failure(end)))
		return;
	c->end_due = true;
	c->end = end;
	conn_wake(c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (c->ssl != NULL)
		conn_tls_event(c, what);
	else
		conn_note_end(c, what & BEV_EVENT_EOF ? CONN_END_CLOSED : CONN_END_ERROR);
}

void conn_attach(struct conn *c)
{
	if (c->bev == NULL ||
	    evbuffer_add_cb(bufferevent_get_input(c->bev), on_input_change, c) == NULL ||
	    evbuffer_add_cb(bufferevent_get_output(c->bev), on_output_change, c) == NULL)
		abort();
	bufferevent_setcb(c->bev, NULL, NULL, on_event, c);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

struct conn *conn_new(struct loop *l, int fd, const struct conn_owner *owner, void *arg)
{
	struct conn *c = memory_new(sizeof(*c));
	const int on = 1;

	loop_expect(l, fd);
	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	/* Not every socket is TCP; one that is not has nothing to delay. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->loop = l;
	c->fd = fd;
	c->owner = owner;
	c->arg = arg;
	c->wake = event_new(loop_base(l), -1, 0, on_wake, c);
	if (c->wake == NULL)
		abort();
	c->timer = loop_timer_new(l, on_timer, c);
	c->bev = bufferevent_socket_new(loop_base(l), fd, 0);
	conn_attach(c);
	return c;
}

void conn_release(struct conn *c)
{
	if (c->phase == CONN_PHASE_FLUSHING || c->phase == CONN_PHASE_LINGERING)
		loop_guest_remove(&c->guest);
	c->phase = CONN_PHASE_GONE;
	if (c->bev != NULL)
		bufferevent_free(c->bev);
	if (c->drain != NULL)
		event_free(c->drain);
	SSL_free(c->ssl);
	free(c->offer);
	BIO_meth_free(c->replay);
	loop_timer_free(c->timer);
	event_free(c->wake);
	close(c->fd);
	if (!c->reporting)
		free(c);
}

void conn_free(struct conn *c)
{
	if (c != NULL)
		conn_release(c);
}

struct span conn_input(struct conn *c)
{
	size_t n = waiting(c);

	if (n == 0)
		return span_of(NULL, 0);
	return span_of(evbuffer_pullup(bufferevent_get_input(c->bev), -1), n);
}

static void read_on(struct conn *c)
{
	if (c->paused || c->end_due || waiting(c) >= CONN_INPUT_MARK)
		return;
	if ((bufferevent_get_enabled(c->bev) & EV_READ) == 0)
		bufferevent_enable(c->bev, EV_READ);
}

void conn_consume(struct conn *c, size_t n)
{
	struct evbuffer *input = bufferevent_get_input(c->bev);

	assert(n <= waiting(c));
	/* It may have been a password: what is given back holds none. */
	if (n > 0)
		OPENSSL_cleanse(evbuffer_pullup(input, (ev_ssize_t)n), n);
	evbuffer_drain(input, n);
	read_on(c);
}

void conn_pause(struct conn *c, bool paused)
{
	if (c->paused == paused || c->bev == NULL)
		return;
	c->paused = paused;
	if (paused) {
		bufferevent_disable(c->bev, EV_READ);
		return;
	}
	c->input_due = waiting(c) > 0;
	if (c->input_due || c->end_due)
		conn_wake(c);
	read_on(c);
}

/*
 * libevent calls the event first that was added last. Writing was, and it would overtake input
 * that lay in the socket before: who talks early could not be told from who waits.
 */
static void read_before_writing(struct conn *c)
{
	if ((bufferevent_get_enabled(c->bev) & EV_READ) == 0)
		return;
	bufferevent_disable(c->bev, EV_READ);
	bufferevent_enable(c->bev, EV_READ);
}

void conn_write(struct conn *c, struct span data)
{
	bool first = conn_unsent(c) == 0;

	/* A failed connection takes no more; one that the peer has half closed does. */
	if (data.len == 0 || conn_failed(c))
		return;
	bufferevent_write(c->bev, data.data, data.len);
	if (first && !c->end_due)
		read_before_writing(c);
}

size_t conn_unsent(const struct conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}

void conn_set_timeout(struct conn *c, int64_t ms)
{
	if (ms > 0)
		loop_timer_arm(c->timer, ms);
	else
		loop_timer_cancel(c->timer);
}
