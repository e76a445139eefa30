/*
 * SPDX-License-Identifier: ISC
 *
 * The resolver. A resolution judges, asks what is missing and waits until all of it was answered,
 * round by round. A flight is a question under way, for which any number of resolutions wait; it
 * goes on when they leave, and its answer then only fills the cache.
 *
 * c-ares may answer within the call that asks. So an answer never judges: it marks the resolution
 * ready, and the loop (or the round that is asking just now) goes on with it.
 */
#include "dns/resolver.h"

#include <assert.h>
#include <search.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/memory.h"
#include "dns/cache.h"
#include "dns/channel.h"
#include "dns/key.h"
#include "dns/wire.h"
#include "run/clock.h"

#define CACHE_COUNT 50000
#define CACHE_BYTES (64U << 20)
/* Questions under way beyond this many fail at once; message ids have 16 bits. */
#define FLIGHTS_MAX 20000

struct wait {
	LIST_ENTRY(wait) of_flight, of_resolution;
	struct flight *flight;
	struct resolution *resolution;
};

LIST_HEAD(wait_list, wait);

struct flight {
	struct dns_key key; /* first: the tree's nodes point to it */
	struct resolver *resolver;
	char *name;
	struct wait_list waits;
};

struct resolution {
	LIST_ENTRY(resolution) link;
	TAILQ_ENTRY(resolution) ready_link;
	struct resolver *resolver;
	struct dns_view *view;
	enum verify_status (*judge)(void *arg);
	void (*done)(void *arg);
	void *arg;
	int64_t timeout_ms;
	struct loop_timer *deadline; /* NULL until something has to be waited for */
	struct wait_list waits;
	unsigned rounds;
	bool asking; /* in a round: answers that come meanwhile do not make it ready */
	bool ready;  /* in the resolver's list */
	bool late;
};

LIST_HEAD(resolution_list, resolution);
TAILQ_HEAD(resolution_queue, resolution);

struct resolver {
	struct loop *loop;
	struct dns_channel *channel;
	struct dns_cache *cache;
	struct arena *scratch; /* one answer at a time */
	void *flights;         /* a tree by key */
	size_t flight_count;
	struct resolution_list resolutions;
	struct resolution_queue ready;
	struct loop_timer *go_on; /* fires at once when something is ready */
};

static void release(struct resolution *n);
static bool go(struct resolution *n);

static void go_on(void *arg)
{
	struct resolver *r = arg;
	struct resolution *n;

	while ((n = TAILQ_FIRST(&r->ready)) != NULL) {
		TAILQ_REMOVE(&r->ready, n, ready_link);
		n->ready = false;
		go(n);
	}
}

struct resolver *resolver_new(struct loop *l, const struct conf_list *servers, struct error *err)
{
	struct dns_channel *channel = dns_channel_new(l, servers, err);
	struct resolver *r;

	if (channel == NULL)
		return NULL;
	r = memory_new(sizeof(*r));
	r->loop = l;
	r->channel = channel;
	r->cache = dns_cache_new(CACHE_COUNT, CACHE_BYTES);
	r->scratch = arena_new();
	r->go_on = loop_timer_new(l, go_on, r);
	LIST_INIT(&r->resolutions);
	TAILQ_INIT(&r->ready);
	return r;
}

void resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	while (!LIST_EMPTY(&r->resolutions))
		release(LIST_FIRST(&r->resolutions));
	dns_channel_free(r->channel);
	assert(r->flight_count == 0);
	dns_cache_free(r->cache);
	arena_free(r->scratch);
	loop_timer_free(r->go_on);
	free(r);
}

static void end_wait(struct wait *w)
{
	LIST_REMOVE(w, of_flight);
	LIST_REMOVE(w, of_resolution);
	free(w);
}

static void end_waits(struct resolution *n)
{
	while (!LIST_EMPTY(&n->waits))
		end_wait(LIST_FIRST(&n->waits));
}

static void release(struct resolution *n)
{
	end_waits(n);
	if (n->ready)
		TAILQ_REMOVE(&n->resolver->ready, n, ready_link);
	if (n->deadline != NULL)
		loop_timer_free(n->deadline);
	LIST_REMOVE(n, link);
	free(n);
}

static void make_ready(struct resolution *n)
{
	struct resolver *r = n->resolver;

	if (n->asking || n->ready)
		return;
	n->ready = true;
	TAILQ_INSERT_TAIL(&r->ready, n, ready_link);
	loop_timer_arm(r->go_on, 0);
}

static void end_flight(struct flight *f)
{
	tdelete(&f->key, &f->resolver->flights, dns_key_compare);
	f->resolver->flight_count--;
	free(f->name);
	free(f);
}

static void answered(void *arg, struct span reply, enum dns_status failure)
{
	struct flight *f = arg;
	struct resolver *r = f->resolver;
	const struct dns_answer *answer =
	    reply.len > 0 ? dns_answer_from_wire(r->scratch, reply, f->key.name, f->key.type)
			  : dns_answer_status(r->scratch, failure, 0);

	dns_cache_put(r->cache, f->key.name, f->key.type, answer, clock_steady_us());
	while (!LIST_EMPTY(&f->waits)) {
		struct wait *w = LIST_FIRST(&f->waits);
		struct resolution *n = w->resolution;

		dns_view_put(n->view, f->key.name, f->key.type, answer);
		end_wait(w);
		if (LIST_EMPTY(&n->waits))
			make_ready(n);
	}
	arena_reset(r->scratch);
	end_flight(f);
}

static struct flight *find_flight(const struct resolver *r, const struct dns_question *q)
{
	struct dns_key key = {q->type, span_from(q->name)};
	void *node = tfind(&key, &r->flights, dns_key_compare);

	return node == NULL ? NULL : *(struct flight **)node;
}

static struct flight *new_flight(struct resolver *r, const struct dns_question *q)
{
	struct flight *f = memory_new(sizeof(*f));

	f->resolver = r;
	f->name = memory_string(q->name);
	f->key = (struct dns_key){q->type, span_from(f->name)};
	LIST_INIT(&f->waits);
	if (tsearch(&f->key, &r->flights, dns_key_compare) == NULL)
		abort();
	r->flight_count++;
	return f;
}

static void wait_for(struct resolution *n, struct flight *f)
{
	struct wait *w = memory_new(sizeof(*w));

	w->flight = f;
	w->resolution = n;
	LIST_INSERT_HEAD(&f->waits, w, of_flight);
	LIST_INSERT_HEAD(&n->waits, w, of_resolution);
}

/* Puts an answer that is there already. */
static bool answer_at_once(struct resolution *n, const struct dns_question *q)
{
	struct resolver *r = n->resolver;
	struct span name = span_from(q->name);
	const struct dns_answer *answer =
	    dns_cache_find(r->cache, r->scratch, name, q->type, clock_steady_us());

	if (answer == NULL && r->flight_count >= FLIGHTS_MAX)
		answer = dns_answer_status(r->scratch, DNS_SERVFAIL, 0);
	if (answer != NULL)
		dns_view_put(n->view, name, q->type, answer);
	arena_reset(r->scratch);
	return answer != NULL;
}

static void ask(struct resolution *n, const struct dns_question *q)
{
	struct flight *f = find_flight(n->resolver, q);

	if (f != NULL) {
		wait_for(n, f);
	} else if (!answer_at_once(n, q)) {
		f = new_flight(n->resolver, q);
		wait_for(n, f);
		dns_channel_ask(n->resolver->channel, f->name, q->type, answered, f);
	}
}

/* The questions are copied first, since every answer changes the view's list. */
static void ask_all(struct resolution *n)
{
	const struct dns_question *missing;
	size_t count = dns_view_missing(n->view, &missing);
	struct arena *a = arena_new();
	struct dns_question *questions = arena_alloc(a, count * sizeof(*questions));

	for (size_t i = 0; i < count; i++)
		questions[i] =
		    (struct dns_question){arena_string(a, missing[i].name), missing[i].type};
	for (size_t i = 0; i < count; i++)
		ask(n, &questions[i]);
	arena_free(a);
}

static void deadline_passed(void *arg)
{
	struct resolution *n = arg;

	n->late = true;
	end_waits(n);
	make_ready(n);
}

static void round_of(struct resolution *n)
{
	const struct dns_question *missing;

	/* A judge that needs DNS and asked for nothing would be asked for ever. */
	assert(dns_view_missing(n->view, &missing) > 0);
	if (n->late || n->rounds++ >= VERIFY_ROUNDS_MAX) {
		dns_view_fail_missing(n->view, DNS_TIMEOUT);
		return;
	}
	n->asking = true;
	ask_all(n);
	n->asking = false;
	if (LIST_EMPTY(&n->waits) || n->deadline != NULL)
		return;
	n->deadline = loop_timer_new(n->resolver->loop, deadline_passed, n);
	loop_timer_arm(n->deadline, n->timeout_ms);
}

/* Judges as long as nothing has to be waited for. Whether it came to its end, and is gone. */
static bool go(struct resolution *n)
{
	void (*done)(void *arg) = n->done;
	void *arg = n->arg;

	while (LIST_EMPTY(&n->waits)) {
		if (n->judge(n->arg) == VERIFY_NEEDS_DNS) {
			round_of(n);
			continue;
		}
		release(n);
		done(arg);
		return true;
	}
	return false;
}

struct resolution *resolver_judge(struct resolver *r, struct dns_view *view, int64_t timeout_ms,
    enum verify_status (*judge)(void *arg), void (*done)(void *arg), void *arg)
{
	struct resolution *n = memory_new(sizeof(*n));

	n->resolver = r;
	n->view = view;
	n->judge = judge;
	n->done = done;
	n->arg = arg;
	n->timeout_ms = timeout_ms > 0 ? timeout_ms : 0;
	LIST_INIT(&n->waits);
	LIST_INSERT_HEAD(&r->resolutions, n, link);
	return go(n) ? NULL : n;
}

void resolution_cancel(struct resolution *n)
{
	if (n != NULL)
		release(n);
}
