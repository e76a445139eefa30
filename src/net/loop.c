/*
 * SPDX-License-Identifier: ISC
 *
 * The event loop: thin names over libevent. A loop belongs to one thread, so that libevent's locks
 * stay off; a wake-up from another thread goes through an eventfd.
 */
#include "net/loop.h"

#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"

#define GUEST_MS     1000
#define EXPECT_BLOCK 8192

LIST_HEAD(guest_list, loop_guest);

struct loop {
	struct event_base *base;
	struct guest_list guests;
	int expected; /* descriptors below this have their record */
	int block;    /* how many are made at once: no more than a share of what is allowed */
};

struct loop_timer {
	struct event *event;
	void (*fire)(void *arg);
	void *arg;
};

struct loop_waker {
	struct event *event;
	int fd;
	void (*wake)(void *arg);
	void *arg;
};

struct loop_signal {
	struct event *event;
	void (*fire)(void *arg);
	void *arg;
};

struct loop *loop_new(void)
{
	struct loop *l = memory_new(sizeof(*l));
	struct event_config *config = event_config_new();
	struct rlimit limit;

	if (config == NULL || event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) < 0)
		abort();
	l->base = event_base_new_with_config(config);
	event_config_free(config);
	if (l->base == NULL)
		abort();
	LIST_INIT(&l->guests);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 4 < EXPECT_BLOCK)
		l->block = (int)(limit.rlim_cur / 4);
	else
		l->block = EXPECT_BLOCK;
	signal(SIGPIPE, SIG_IGN);
	return l;
}

static void set_flag(void *flag)
{
	*(bool *)flag = true;
}

static void see_guests_off(struct loop *l)
{
	bool late = false;
	struct loop_timer *t = loop_timer_new(l, set_flag, &late);

	loop_timer_arm(t, GUEST_MS);
	while (!late && !LIST_EMPTY(&l->guests))
		loop_once(l);
	loop_timer_free(t);
	while (!LIST_EMPTY(&l->guests)) {
		struct loop_guest *g = LIST_FIRST(&l->guests);

		g->close(g);
	}
}

void loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	if (!LIST_EMPTY(&l->guests))
		see_guests_off(l);
	event_base_free(l->base);
	free(l);
}

void loop_run(struct loop *l)
{
	event_base_loop(l->base, 0);
}

void loop_stop(struct loop *l)
{
	event_base_loopbreak(l->base);
}

void loop_once(struct loop *l)
{
	event_base_loop(l->base, EVLOOP_ONCE);
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

void loop_guest_add(struct loop *l, struct loop_guest *g)
{
	LIST_INSERT_HEAD(&l->guests, g, link);
}

void loop_guest_remove(struct loop_guest *g)
{
	LIST_REMOVE(g, link);
}

/* Events are made at start-up and per connection: without memory for one nothing can go on. */
static struct event *new_event(
    struct loop *l, int fd, short what, event_callback_fn callback, void *arg)
{
	struct event *e = event_new(l->base, fd, what, callback, arg);

	if (e == NULL)
		abort();
	return e;
}

static void unexpected(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
}

/* The numbers have to be open for that: copies of fd take those that are free. */
void loop_expect(struct loop *l, int fd)
{
	int held[EXPECT_BLOCK], count = 0;

	if (fd < l->expected)
		return;
	while (count < l->block) {
		int copy = fcntl(fd, F_DUPFD_CLOEXEC, l->expected);
		struct event *e;

		if (copy < 0)
			break;
		held[count++] = copy;
		e = new_event(l, copy, EV_READ, unexpected, NULL);
		event_add(e, NULL);
		event_free(e);
	}
	l->expected = fd + 1 > l->expected + count ? fd + 1 : l->expected + count;
	while (count > 0)
		close(held[--count]);
}

void loop_expect_crowd(struct loop *l)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		return;
	loop_expect(l, fd);
	close(fd);
}

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;

	(void)fd, (void)what;
	t->fire(t->arg);
}

struct loop_timer *loop_timer_new(struct loop *l, void (*fire)(void *arg), void *arg)
{
	struct loop_timer *t = memory_new(sizeof(*t));

	t->fire = fire;
	t->arg = arg;
	t->event = new_event(l, -1, 0, timer_fired, t);
	return t;
}

void loop_timer_free(struct loop_timer *t)
{
	if (t == NULL)
		return;
	event_free(t->event);
	free(t);
}

void loop_timer_arm(struct loop_timer *t, int64_t ms)
{
	int64_t wait = ms > 0 ? ms : 0;
	struct timeval tv = {.tv_sec = wait / 1000, .tv_usec = wait % 1000 * 1000};

	event_add(t->event, &tv);
}

void loop_timer_cancel(struct loop_timer *t)
{
	event_del(t->event);
}

static void waker_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop_waker *w = arg;
	uint64_t count;

	(void)what;
	/* Read before the call: a wake-up during it comes again. */
	if (read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count))
		w->wake(w->arg);
}

struct loop_waker *loop_waker_new(struct loop *l, void (*wake)(void *arg), void *arg)
{
	struct loop_waker *w = memory_new(sizeof(*w));

	w->wake = wake;
	w->arg = arg;
	w->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->fd < 0)
		abort();
	w->event = new_event(l, w->fd, EV_READ | EV_PERSIST, waker_ready, w);
	event_add(w->event, NULL);
	return w;
}

void loop_waker_free(struct loop_waker *w)
{
	if (w == NULL)
		return;
	event_free(w->event);
	close(w->fd);
	free(w);
}

void loop_wake(struct loop_waker *w)
{
	const uint64_t one = 1;

	/* It fails only when the counter is full, and then the loop is awake already. */
	if (write(w->fd, &one, sizeof(one)) < 0)
		return;
}

static void signal_came(evutil_socket_t number, short what, void *arg)
{
	struct loop_signal *s = arg;

	(void)number, (void)what;
	s->fire(s->arg);
}

struct loop_signal *loop_signal_new(struct loop *l, int number, void (*fire)(void *arg), void *arg)
{
	struct loop_signal *s = memory_new(sizeof(*s));

	s->fire = fire;
	s->arg = arg;
	s->event = new_event(l, number, EV_SIGNAL | EV_PERSIST, signal_came, s);
	event_add(s->event, NULL);
	return s;
}

void loop_signal_free(struct loop_signal *s)
{
	if (s == NULL)
		return;
	event_free(s->event);
	free(s);
}
