/*
 * SPDX-License-Identifier: ISC
 *
 * Following the store: one message after the other is read, its parts walked, and what they hold
 * given to the writer. The loop has a turn between two messages.
 */
#include "indexer/indexer.h"

#include <stdlib.h>

#include "base/memory.h"
#include "indexer/walk.h"
#include "run/log.h"
#include "run/memory_return.h"
#include "store/store.h"

/* Walks that may wait for the writer; beyond them nothing is read. */
#define WALKS_MAX 8
/* An indexer that was idle for so long gives memory back. */
#define IDLE_MS 2000
/* Before a message that could not be stored at all is tried again: the disk may be full. */
#define PAUSE_MS 10000

struct pending {
	struct store_job job;
	struct arena *arena;
	struct record_message message; /* its id */
	struct store_walk walk;
	int64_t number;
	bool empty; /* the second try, without text */
};

struct indexer {
	struct indexer_options options;
	struct store *store;
	struct store_mailbox *mailbox;
	struct loop_waker *committed; /* woken by the writer: messages, */
	struct loop_waker *stored;    /* walks */
	struct loop_timer *next;      /* fires at once: a message after the other by the loop */
	struct loop_timer *trim;      /* fires when there was nothing to do for a while */
	struct arena *arena;
	struct buffer source;
	int64_t number; /* of the message that was last */
	size_t walks;   /* with the writer */
	bool stopping;
	bool paused; /* the timer fires later */
};

static void complain(const char *id, const char *what, const struct error *err)
{
	log_event(CONF_LOG_WARNING, NULL, "index-failed", "id", id, "what", what, "reason",
	    err->text, LOG_END);
}

static void queue(struct indexer *x, struct pending *p)
{
	p->job = (struct store_job){.kind = STORE_JOB_WALK,
	    .mailbox = x->mailbox,
	    .message = &p->message,
	    .walk = &p->walk,
	    .owner = p};
	x->walks++;
	store_writer_queue(x->options.writer, &p->job);
}

static struct pending *new_pending(const char *id, int64_t number)
{
	struct pending *p = memory_new(sizeof(*p));

	p->arena = arena_new();
	p->message.id = arena_string(p->arena, id);
	p->number = number;
	return p;
}

static void walk_message(struct indexer *x, const struct record_message *m)
{
	struct pending *p = new_pending(m->id, x->number);

	walk_read(m, buffer_span(&x->source), p->arena, &p->walk);
	queue(x, p);
}

/*
 * A message that cannot be read is passed over, once it is marked; else who waits for the index
 * would wait for ever.
 */
static void pass_over(struct indexer *x, const struct record_message *m, const struct error *err)
{
	struct pending *p;

	complain(m->id, "a message cannot be read", err);
	if (m->id == NULL)
		return;
	p = new_pending(m->id, x->number);
	p->empty = true;
	queue(x, p);
}

/* The source of a large message, and the pages that it was read from. */
static void give_memory_back(void *arg)
{
	struct indexer *x = arg;

	buffer_clear(&x->source);
	store_release_memory(x->store);
	memory_return();
}

static void rest(struct indexer *x)
{
	loop_timer_arm(x->trim, IDLE_MS);
	if (x->options.idle != NULL)
		x->options.idle(x->options.arg);
}

static void walk_next(void *arg)
{
	struct indexer *x = arg;
	struct record_message m = {.id = NULL};
	int64_t before = x->number;
	struct error err;
	int found;

	x->paused = false;
	if (x->stopping || x->walks >= WALKS_MAX)
		return;
	arena_reset(x->arena);
	buffer_reset(&x->source);
	found = store_unindexed(x->store, &x->number, x->arena, &m, &x->source, &err);
	if (found > 0)
		walk_message(x, &m);
	else if (found < 0)
		pass_over(x, &m, &err);
	if (found > 0 || x->number != before)
		loop_timer_arm(x->next, 0);
	else if (found == 0 && x->walks == 0)
		rest(x);
}

static void go_on(void *arg)
{
	struct indexer *x = arg;

	if (!x->paused)
		walk_next(x);
}

/* Its text may be what the writer did not take: then it is marked as walked without any. */
static void try_again(struct indexer *x, struct pending *p)
{
	complain(p->message.id, "a message cannot be put into the index", &p->job.error);
	if (!p->empty) {
		p->empty = true;
		p->walk = (struct store_walk){.subject = NULL};
		queue(x, p);
		return;
	}
	if (p->number <= x->number)
		x->number = p->number - 1;
	x->paused = true;
	loop_timer_arm(x->next, PAUSE_MS);
	arena_free(p->arena);
	free(p);
}

static void take_walks(void *arg)
{
	struct indexer *x = arg;
	struct store_job *job;

	while ((job = store_mailbox_take(x->mailbox)) != NULL) {
		struct pending *p = job->owner;

		x->walks--;
		if (job->failed && !x->stopping) {
			try_again(x, p);
			continue;
		}
		arena_free(p->arena);
		free(p);
	}
	go_on(x);
}

static void wake(void *arg)
{
	loop_wake(arg);
}

static void release(struct indexer *x)
{
	store_mailbox_free(x->mailbox);
	loop_timer_free(x->next);
	loop_timer_free(x->trim);
	loop_waker_free(x->stored);
	loop_waker_free(x->committed);
	store_close(x->store);
	arena_free(x->arena);
	buffer_clear(&x->source);
	free(x);
}

struct indexer *indexer_start(const struct indexer_options *options, struct error *err)
{
	struct indexer *x = memory_new(sizeof(*x));

	x->options = *options;
	x->arena = arena_new();
	x->next = loop_timer_new(options->loop, walk_next, x);
	x->trim = loop_timer_new(options->loop, give_memory_back, x);
	x->committed = loop_waker_new(options->loop, go_on, x);
	x->stored = loop_waker_new(options->loop, take_walks, x);
	x->mailbox = store_mailbox_new(wake, x->stored);
	x->store = store_open_reader(options->data_dir, err);
	if (x->store == NULL) {
		release(x);
		return NULL;
	}
	/* What came while nobody walked. */
	loop_timer_arm(x->next, 0);
	return x;
}

void indexer_wake(struct indexer *x)
{
	loop_wake(x->committed);
}

void indexer_stop(struct indexer *x)
{
	if (x == NULL)
		return;
	x->stopping = true;
	while (x->walks > 0)
		loop_once(x->options.loop);
	release(x);
}
