/*
 * SPDX-License-Identifier: ISC
 *
 * One worker: a thread with its own loop, listeners, resolver and sessions. Workers share only
 * what is read-only, two counters, the table of addresses, and the writer's queue.
 */
#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"
#include "gateway/internal.h"
#include "gateway/session.h"
#include "run/log.h"
#include "run/memory_return.h"

/* So many sessions at once are a crowd; fewer leave little behind before the last one goes. */
#define TRIM_PEAK  32
#define TRIM_SHARE 8
#define TRIM_MS    3000

struct worker_door {
	struct worker *worker;
	const struct gateway_listener *listener;
};

static void accepted(void *arg, int fd, const struct ip *peer, uint16_t port)
{
	struct worker_door *door = arg;

	session_start(door->worker, door->listener, fd, peer, port);
}

static void close_listeners(struct worker *w)
{
	for (size_t i = 0; i < w->listener_count; i++)
		listener_free(w->listeners[i]);
	free(w->listeners);
	free(w->doors);
	w->listeners = NULL;
	w->doors = NULL;
	w->listener_count = 0;
}

static void end_sessions(struct worker *w, bool now)
{
	struct session *s = TAILQ_FIRST(&w->sessions);

	/* Ending a session may free it, so the next one is taken first. */
	while (s != NULL) {
		struct session *next = session_next(s);

		session_shutdown(s, now);
		s = next;
	}
}

static void deadline_passed(void *arg)
{
	end_sessions(arg, true);
}

static void end_when_empty(struct worker *w)
{
	if (w->stopping && TAILQ_EMPTY(&w->sessions))
		loop_stop(w->loop);
}

static void begin_stop(struct worker *w)
{
	w->stopping = true;
	close_listeners(w);
	loop_timer_arm(w->deadline, w->gateway->options.settings->shutdown_timeout_ms);
	end_sessions(w, false);
	end_when_empty(w);
}

static void take_generation(struct worker *w)
{
	struct generation *coming = atomic_exchange(&w->coming, NULL);

	if (coming == NULL)
		return;
	generation_unref(w->generation);
	w->generation = coming;
}

static void woken(void *arg)
{
	struct worker *w = arg;
	struct store_job *job;

	take_generation(w);
	while ((job = store_mailbox_take(w->mailbox)) != NULL) {
		atomic_fetch_sub(&w->gateway->jobs, 1);
		session_stored(job);
	}
	if (atomic_load(&w->stop) && !w->stopping)
		begin_stop(w);
}

void worker_queue(struct worker *w, struct store_job *job)
{
	atomic_fetch_add(&w->gateway->jobs, 1);
	store_writer_queue(w->gateway->options.writer, job);
}

void worker_session_come(struct worker *w)
{
	w->session_count++;
	atomic_fetch_add(&w->gateway->sessions_begun, 1);
	if (w->session_count > w->session_peak)
		w->session_peak = w->session_count;
}

/* What sessions held goes back to the system when all or most of them are gone. */
static void give_back(void *arg)
{
	struct worker *w = arg;

	w->trim_due = false;
	memory_return();
}

/* Not at once: connections outlive their sessions by a few seconds, and others may come. */
static void give_back_later(struct worker *w)
{
	bool crowd = w->session_peak >= TRIM_PEAK;

	if (w->session_count > (crowd ? w->session_peak / TRIM_SHARE : 0))
		return;
	w->session_peak = w->session_count;
	if (w->trim_due)
		return;
	w->trim_due = true;
	loop_timer_arm(w->trim, TRIM_MS);
}

void worker_session_gone(struct worker *w)
{
	w->session_count--;
	give_back_later(w);
	end_when_empty(w);
}

static void wake_worker(void *arg)
{
	loop_wake(arg);
}

static int open_listeners(struct worker *w, struct error *err)
{
	const struct gateway *g = w->gateway;
	size_t count = 0;

	for (size_t i = 0; i < g->listener_count; i++)
		count += g->listeners[i].bind_count;
	w->listeners = memory_new(count * sizeof(struct listener *));
	w->doors = memory_new(count * sizeof(*w->doors));
	for (size_t i = 0; i < g->listener_count; i++) {
		const struct gateway_listener *l = &g->listeners[i];

		for (size_t k = 0; k < l->bind_count; k++) {
			struct worker_door *door = &w->doors[w->listener_count];

			*door = (struct worker_door){w, l};
			w->listeners[w->listener_count] = listener_new(
			    w->loop, &l->binds[k].ip, l->binds[k].port, accepted, door, err);
			if (w->listeners[w->listener_count] == NULL)
				return -1;
			w->listener_count++;
		}
	}
	return 0;
}

static void release(struct worker *w)
{
	close_listeners(w);
	generation_unref(w->generation);
	generation_unref(atomic_exchange(&w->coming, NULL));
	resolver_free(w->resolver);
	store_mailbox_free(w->mailbox);
	loop_timer_free(w->deadline);
	loop_timer_free(w->trim);
	if (w->waker != NULL)
		loop_waker_free(w->waker);
	loop_free(w->loop);
}

static void *run(void *arg)
{
	struct worker *w = arg;

	loop_run(w->loop);
	return NULL;
}

/* Signals are for the main thread: the worker's thread is born with all of them blocked. */
static int start_thread(struct worker *w)
{
	sigset_t all, before;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

int worker_start(struct worker *w, struct gateway *g, struct error *err)
{
	*w = (struct worker){.gateway = g, .generation = generation_ref(g->generation)};
	TAILQ_INIT(&w->sessions);
	w->loop = loop_new();
	w->waker = loop_waker_new(w->loop, woken, w);
	w->deadline = loop_timer_new(w->loop, deadline_passed, w);
	w->trim = loop_timer_new(w->loop, give_back, w);
	w->mailbox = store_mailbox_new(wake_worker, w->waker);
	w->resolver = resolver_new(w->loop, &g->options.settings->dns, err);
	if (w->resolver == NULL || open_listeners(w, err) < 0) {
		release(w);
		return -1;
	}
	loop_expect_crowd(w->loop);
	if (start_thread(w) != 0) {
		release(w);
		return error_cannot(err, "a worker thread could not be started: "
					 "raise the limit on processes or lower \"workers\"");
	}
	return 0;
}

void worker_adopt(struct worker *w, struct generation *generation)
{
	/* One that the thread has not seen is never seen. */
	generation_unref(atomic_exchange(&w->coming, generation_ref(generation)));
	loop_wake(w->waker);
}

void worker_stop(struct worker *w)
{
	atomic_store(&w->stop, true);
	loop_wake(w->waker);
}

void worker_join(struct worker *w)
{
	pthread_join(w->thread, NULL);
	release(w);
}
