/*
 * SPDX-License-Identifier: ISC
 *
 * Accepting: a few at a time, and not at all for a moment when there are no descriptors.
 */
#include "net/acceptor.h"

#include <errno.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "run/log.h"

#define PAUSE_MS 200
/* Connections taken before the loop looks at others again. */
#define ROUND 32

struct acceptor {
	int fd;
	char *name;
	struct event *event;
	struct loop_timer *timer; /* ends a pause */
	void (*accepted)(void *arg, int fd, const struct sockaddr *peer);
	void *arg;
	bool accepting, freed; /* freed by accepted: goes when that returns */
};

/*
 * Without descriptors the waiting connection stays, and the loop would ask for it without end. It
 * waits in the backlog until some were given back.
 */
static void pause_accept(struct acceptor *a, int why)
{
	log_event(CONF_LOG_WARNING, NULL, "accept-paused", "address", a->name, "reason",
	    strerror(why), LOG_END);
	event_del(a->event);
	loop_timer_arm(a->timer, PAUSE_MS);
}

/* Takes one connection; whether there may be another. */
static bool accept_one(struct acceptor *a)
{
	struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
	struct sockaddr *any = (struct sockaddr *)&peer;
	socklen_t len = sizeof(peer);
	int fd = accept4(a->fd, any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
		return true;
	if (fd < 0) {
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			pause_accept(a, errno);
		return false;
	}
	a->accepted(a->arg, fd, any);
	return true;
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct acceptor *a = arg;

	(void)fd, (void)what;
	a->accepting = true;
	for (int i = 0; i < ROUND && !a->freed; i++) {
		if (!accept_one(a))
			break;
	}
	a->accepting = false;
	if (a->freed)
		free(a);
}

static void end_pause(void *arg)
{
	const struct acceptor *a = arg;

	event_add(a->event, NULL);
}

struct acceptor *acceptor_new(struct loop *loop, int fd, const char *name,
    void (*accepted)(void *arg, int fd, const struct sockaddr *peer), void *arg)
{
	struct acceptor *a = memory_new(sizeof(*a));

	a->fd = fd;
	a->name = memory_string(name);
	a->accepted = accepted;
	a->arg = arg;
	a->timer = loop_timer_new(loop, end_pause, a);
	a->event = event_new(loop_base(loop), fd, EV_READ | EV_PERSIST, on_ready, a);
	if (a->event == NULL)
		abort();
	event_add(a->event, NULL);
	return a;
}

void acceptor_free(struct acceptor *a)
{
	if (a == NULL)
		return;
	event_free(a->event);
	loop_timer_free(a->timer);
	close(a->fd);
	free(a->name);
	a->freed = true;
	if (!a->accepting)
		free(a);
}
