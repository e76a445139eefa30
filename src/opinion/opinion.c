/*
 * SPDX-License-Identifier: ISC
 *
 * Following the store: which message is next, and what becomes of its opinions. How one message is
 * asked about is in inquiry.c.
 */
#include "opinion/opinion.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "base/memory.h"
#include "opinion/compare.h"
#include "opinion/inquiry.h"
#include "run/log.h"
#include "store/store.h"

/* Results that may wait for the writer; beyond them nothing is asked. */
#define RESULTS_MAX 64

struct result {
	struct store_job job;
	struct arena *arena;
	struct opinion_outcome outcome;
};

struct opinion {
	struct opinion_options options;
	struct store *store;
	struct store_mailbox *mailbox;
	struct loop_waker *committed; /* woken for the writer: messages, */
	struct loop_waker *stored;    /* results */
	struct loop_timer *next;      /* fires at once: a message after the other by the loop */
	struct inquiry *inquiry;
	/* the message that is asked about, or that was last */
	bool busy;
	int64_t number;
	struct arena *arena;
	struct record_message message;
	struct buffer evidence;
	size_t results; /* with the writer */
};

static void complain(const char *what, const struct error *err)
{
	log_event(
	    CONF_LOG_WARNING, NULL, "opinion-failed", "what", what, "reason", err->text, LOG_END);
}

static const char *word_of(const struct opinion_outcome *o, enum opinion_check check)
{
	for (size_t i = 0; i < o->message.opinion_count; i++)
		if (o->opinions[i].check == OPINION_CHECK_NAME[check])
			return o->opinions[i].result;
	return NULL;
}

/* The inquiry is over. */
static void answered(void *arg, const struct opinion_says says[OPINION_CHECK_COUNT])
{
	struct opinion *o = arg;
	struct result *r = memory_new(sizeof(*r));

	r->arena = arena_new();
	opinion_compare(&o->message, says, r->arena, &r->outcome);
	r->job = (struct store_job){.kind = STORE_JOB_OPINION,
	    .mailbox = o->mailbox,
	    .message = &r->outcome.message,
	    .owner = r};
	log_event(CONF_LOG_DEBUG, NULL, "opinion", "id", r->outcome.message.id, "spf",
	    word_of(&r->outcome, OPINION_SPF), "dmarc", word_of(&r->outcome, OPINION_DMARC),
	    LOG_END);
	o->busy = false;
	o->results++;
	store_writer_queue(o->options.writer, &r->job);
	loop_timer_arm(o->next, 0);
}

/* Asks about the next message, if there is one and nothing stands in the way. */
static void ask_next(void *arg)
{
	struct opinion *o = arg;
	struct error err;
	int64_t before = o->number;
	int found;

	if (o->busy || o->results >= RESULTS_MAX)
		return;
	arena_reset(o->arena);
	buffer_reset(&o->evidence);
	found = store_unasked(o->store, &o->number, o->arena, &o->message, &o->evidence, &err);
	if (found < 0)
		complain("the next message cannot be read", &err);
	/* One that cannot be read is passed over. */
	if (found <= 0 && o->number != before)
		loop_timer_arm(o->next, 0);
	if (found <= 0)
		return;
	o->busy = true;
	inquiry_ask(o->inquiry, &o->message, buffer_span(&o->evidence));
}

static void take_results(void *arg)
{
	struct opinion *o = arg;
	struct store_job *job;

	while ((job = store_mailbox_take(o->mailbox)) != NULL) {
		struct result *r = job->owner;

		if (job->failed)
			complain("an opinion could not be stored", &job->error);
		arena_free(r->arena);
		free(r);
		o->results--;
	}
	ask_next(o);
}

static void wake(void *arg)
{
	loop_wake(arg);
}

static void release(struct opinion *o)
{
	inquiry_free(o->inquiry);
	store_mailbox_free(o->mailbox);
	loop_timer_free(o->next);
	loop_waker_free(o->stored);
	loop_waker_free(o->committed);
	store_close(o->store);
	arena_free(o->arena);
	buffer_clear(&o->evidence);
	free(o);
}

static struct inquiry *new_inquiry(struct opinion *o, struct error *err)
{
	const struct inquiry_options options = {
	    .loop = o->options.loop,
	    .zones = o->options.zones,
	    .dns = &o->options.settings->dns,
	    .dns_timeout_ms = o->options.settings->dns_timeout_ms,
	    .program = o->options.program,
	    .answer_ms = o->options.answer_ms,
	    .start_ms = o->options.start_ms,
	    .back_off_ms = o->options.back_off_ms,
	    .answered = answered,
	    .arg = o,
	};

	return inquiry_new(&options, err);
}

struct opinion *opinion_start(const struct opinion_options *options, struct error *err)
{
	struct opinion *o = memory_new(sizeof(*o));

	o->options = *options;
	o->arena = arena_new();
	o->next = loop_timer_new(options->loop, ask_next, o);
	o->committed = loop_waker_new(options->loop, ask_next, o);
	o->stored = loop_waker_new(options->loop, take_results, o);
	o->mailbox = store_mailbox_new(wake, o->stored);
	o->store = store_open_reader(options->data_dir, err);
	if (o->store == NULL || store_asked(o->store, &o->number, err) < 0 ||
	    (o->inquiry = new_inquiry(o, err)) == NULL) {
		release(o);
		return NULL;
	}
	/* What came while opinions were off, or was not asked when the gateway stopped. */
	loop_timer_arm(o->next, 0);
	return o;
}

void opinion_wake(struct opinion *o)
{
	loop_wake(o->committed);
}

int opinion_zones(struct opinion *o, const struct dns_zones *zones, struct error *err)
{
	const struct dns_zones *before = o->options.zones;
	struct inquiry *inquiry;

	o->options.zones = zones;
	inquiry = new_inquiry(o, err);
	if (inquiry == NULL) {
		o->options.zones = before;
		return -1;
	}
	inquiry_free(o->inquiry);
	o->inquiry = inquiry;
	if (o->busy)
		inquiry_ask(o->inquiry, &o->message, buffer_span(&o->evidence));
	return 0;
}

void opinion_stop(struct opinion *o)
{
	if (o == NULL)
		return;
	inquiry_free(o->inquiry);
	o->inquiry = NULL;
	o->busy = true;
	while (o->results > 0)
		loop_once(o->options.loop);
	release(o);
}
