/*
 * SPDX-License-Identifier: ISC
 *
 * One message at a time, through these phases:
 *
 *	IDLE -> STARTING -> ASKING <-> RESOLVING -> SETTLING -> IDLE
 *
 * Whatever goes wrong ends the process and leads to SETTLING with a reason; a new process is
 * started for the next message, after several failures in a row only when a pause is over.
 */
#include "opinion/inquiry.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dns/resolver.h"
#include "opinion/process.h"
#include "opinion/question.h"
#include "run/clock.h"
#include "run/log.h"

#define ANSWER_MS   2000
#define START_MS    10000
#define BACK_OFF_MS 1000

#define FAILURES_IN_A_ROW 3
#define PAUSE_MAX_MS      60000
/* The libraries leak: after so many answers the process gives way to a new one. */
#define ANSWERS_MAX 10000

enum phase {
	PHASE_IDLE,
	PHASE_STARTING,
	PHASE_ASKING,
	PHASE_RESOLVING,
	PHASE_SETTLING,
};

struct inquiry {
	struct inquiry_options options;
	enum phase phase;
	struct resolver *resolver;
	struct process *process; /* NULL: it does not run */
	bool ready;
	unsigned answers;  /* of this process */
	unsigned failures; /* since the last answer */
	int64_t paused_until_us;
	struct loop_timer *deadline;
	struct loop_timer *settle; /* fires at once, in SETTLING */
	/* the message */
	struct arena *arena;
	const struct record_message *message;
	struct span evidence;
	struct buffer frame, known;
	struct dns_view *view; /* NULL until names are resolved */
	struct dns_question names[REPLY_NAMES_MAX];
	size_t name_count;
	struct resolution *resolution;
	unsigned rounds;
	int64_t since_us;          /* when this phase began */
	int64_t answer_us, dns_us; /* what is left */
	struct opinion_says says[OPINION_CHECK_COUNT];
};

static void set_phase(struct inquiry *q, enum phase phase)
{
	q->phase = phase;
	q->since_us = clock_steady_us();
}

static int64_t phase_us(const struct inquiry *q)
{
	return clock_steady_us() - q->since_us;
}

static int64_t or_default(int64_t ms, int64_t otherwise)
{
	return ms > 0 ? ms : otherwise;
}

static void drop_process(struct inquiry *q)
{
	process_free(q->process);
	q->process = NULL;
	q->ready = false;
	q->answers = 0;
}

static void settle(struct inquiry *q)
{
	loop_timer_cancel(q->deadline);
	resolution_cancel(q->resolution);
	q->resolution = NULL;
	set_phase(q, PHASE_SETTLING);
	if (q->answers >= ANSWERS_MAX)
		drop_process(q);
	loop_timer_arm(q->settle, 0);
}

static void settle_unavailable(struct inquiry *q, const char *why)
{
	const char *reason = reply_clean(q->arena, span_from(why));

	for (int i = 0; i < OPINION_CHECK_COUNT; i++)
		q->says[i] = (struct opinion_says){OPINION_UNAVAILABLE, AUTH_NONE, reason};
	settle(q);
}

static void settled(void *arg)
{
	struct inquiry *q = arg;

	dns_view_free(q->view);
	q->view = NULL;
	set_phase(q, PHASE_IDLE);
	q->options.answered(q->options.arg, q->says);
}

/* How long no new process is started after so many failures in a row; 0: not at all. */
static int64_t pause_ms(const struct inquiry *q)
{
	int64_t ms = or_default(q->options.back_off_ms, BACK_OFF_MS);

	if (q->failures < FAILURES_IN_A_ROW)
		return 0;
	for (unsigned i = FAILURES_IN_A_ROW; i < q->failures && ms < PAUSE_MAX_MS; i++)
		ms *= 2;
	return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

/* The process failed the message that is under way. why may be its own, and goes with it. */
static void fail(struct inquiry *q, const char *why)
{
	const char *reason = arena_string(q->arena, why);

	drop_process(q);
	q->failures++;
	q->paused_until_us = clock_steady_us() + pause_ms(q) * 1000;
	log_event(CONF_LOG_WARNING, NULL, "opinion-process-failed", "id", q->message->id, "reason",
	    reason, LOG_END);
	settle_unavailable(q, reason);
}

static void fill_question(
    const struct inquiry *q, char client[IP_TEXT_SIZE], struct opinion_question *out)
{
	const struct record_message *m = q->message;
	const struct verdict *v = &m->observed;

	*out = (struct opinion_question){
	    .helo = span_from(m->session->client.helo),
	    .mail_from = span_from(m->envelope.mail_from),
	    .from_domain = span_from(v->dmarc.from_domain),
	    .evidence = q->view == NULL ? q->evidence : buffer_span(&q->known),
	};
	if (v->has_client) {
		out->client = span_from(ip_format(&m->session->client.ip, client));
		out->spf = v->spf.result;
		out->spf_domain = span_from(v->spf.domain);
	}
	for (size_t i = 0; i < v->dkim_count && i < DKIM_SIGNATURES_MAX; i++)
		out->signatures[out->signature_count++] =
		    (struct opinion_signature){v->dkim[i].result, span_from(v->dkim[i].domain),
			span_from(v->dkim[i].selector)};
}

static void send_question(struct inquiry *q)
{
	struct opinion_question question;
	char client[IP_TEXT_SIZE];

	fill_question(q, client, &question);
	buffer_reset(&q->frame);
	question_write(&question, &q->frame);
	if (q->frame.len > QUESTION_MAX) {
		settle_unavailable(q, "the message's DNS answers are too many to hand over");
		return;
	}
	set_phase(q, PHASE_ASKING);
	process_send(q->process, buffer_span(&q->frame));
	loop_timer_arm(q->deadline, q->answer_us / 1000);
}

static enum verify_status look_up(void *arg)
{
	struct inquiry *q = arg;
	enum verify_status status = VERIFY_DONE;

	for (size_t i = 0; i < q->name_count; i++)
		if (dns_view_lookup(q->view, span_from(q->names[i].name), q->names[i].type) == NULL)
			status = VERIFY_NEEDS_DNS;
	return status;
}

/* Asks again, with what is known now. */
static void resolved(void *arg)
{
	struct inquiry *q = arg;

	q->resolution = NULL;
	q->dns_us -= phase_us(q);
	buffer_reset(&q->known);
	dns_view_evidence(q->view, &q->known);
	send_question(q);
}

static int open_view(struct inquiry *q)
{
	if (q->view != NULL)
		return 0;
	q->view = dns_view_new(q->options.zones);
	return dns_view_restore(q->view, q->evidence, NULL);
}

static void resolve(struct inquiry *q, const struct opinion_reply *r)
{
	struct resolution *under_way;

	if (++q->rounds > VERIFY_ROUNDS_MAX) {
		settle_unavailable(q, "more rounds of DNS lookups were needed than are allowed");
		return;
	}
	if (open_view(q) < 0) {
		settle_unavailable(q, "the message's evidence cannot be read");
		return;
	}
	q->name_count = r->name_count;
	for (size_t i = 0; i < r->name_count; i++)
		q->names[i] = (struct dns_question){
		    arena_string(q->arena, r->names[i].name), r->names[i].type};
	set_phase(q, PHASE_RESOLVING);
	under_way = resolver_judge(q->resolver, q->view, q->dns_us / 1000, look_up, resolved, q);
	/* Done within the call, it is over, and the next one may be under way. */
	if (under_way != NULL)
		q->resolution = under_way;
}

static void take_answer(struct inquiry *q, const struct opinion_reply *r)
{
	q->failures = 0;
	q->answers++;
	for (int i = 0; i < OPINION_CHECK_COUNT; i++) {
		q->says[i] = r->says[i];
		q->says[i].reason = arena_string(q->arena, r->says[i].reason);
	}
	/* Without an author domain there was nothing to ask. */
	if (q->says[OPINION_DMARC].state == OPINION_NOT_ASKED)
		q->says[OPINION_DMARC] = (struct opinion_says){OPINION_UNAVAILABLE, AUTH_NONE,
		    "the message has no author domain to ask about"};
	settle(q);
}

static void started(struct inquiry *q, const struct opinion_reply *r)
{
	if (r->kind == FRAME_FAILED) {
		fail(q, r->reason);
	} else if (r->kind != FRAME_READY) {
		fail(q, "the opinion process answered before it was ready");
	} else {
		q->ready = true;
		log_event(CONF_LOG_DEBUG, NULL, "opinion-process-ready", LOG_END);
		send_question(q);
	}
}

static void replied(struct inquiry *q, const struct opinion_reply *r)
{
	q->answer_us -= phase_us(q);
	if (r->kind == FRAME_NEEDS_DNS)
		resolve(q, r);
	else if (r->kind == FRAME_ANSWER)
		take_answer(q, r);
	else
		fail(q, "the opinion process answered something else than was asked");
}

static void on_reply(void *arg, const struct opinion_reply *r)
{
	struct inquiry *q = arg;

	loop_timer_cancel(q->deadline);
	if (q->phase == PHASE_STARTING)
		started(q, r);
	else if (q->phase == PHASE_ASKING)
		replied(q, r);
}

static void on_gone(void *arg, const char *why)
{
	struct inquiry *q = arg;

	switch (q->phase) {
	case PHASE_STARTING:
	case PHASE_ASKING:
	case PHASE_RESOLVING:
		fail(q, why);
		break;
	case PHASE_IDLE:
	case PHASE_SETTLING:
		log_event(CONF_LOG_WARNING, NULL, "opinion-process-failed", "reason", why, LOG_END);
		drop_process(q);
		break;
	}
}

static void deadline_passed(void *arg)
{
	struct inquiry *q = arg;

	fail(q, q->phase == PHASE_STARTING ? "the opinion process did not become ready in time"
					   : "the opinion process gave no answer in time");
}

static void start_process(struct inquiry *q)
{
	static const struct process_owner owner = {on_reply, on_gone};
	struct error err;

	q->process = process_start(q->options.loop, q->options.program, &owner, q, &err);
	if (q->process == NULL) {
		fail(q, err.text);
		return;
	}
	set_phase(q, PHASE_STARTING);
	loop_timer_arm(q->deadline, or_default(q->options.start_ms, START_MS));
}

void inquiry_ask(struct inquiry *q, const struct record_message *m, struct span evidence)
{
	arena_reset(q->arena);
	q->message = m;
	q->evidence = evidence;
	q->rounds = 0;
	q->answer_us = or_default(q->options.answer_ms, ANSWER_MS) * 1000;
	q->dns_us = q->options.dns_timeout_ms * 1000;
	if (q->ready)
		send_question(q);
	else if (clock_steady_us() < q->paused_until_us)
		settle_unavailable(q, "the opinion process failed several times in a row and is "
				      "left alone for a while");
	else
		start_process(q);
}

struct inquiry *inquiry_new(const struct inquiry_options *options, struct error *err)
{
	struct resolver *resolver = resolver_new(options->loop, options->dns, err);
	struct inquiry *q;

	if (resolver == NULL)
		return NULL;
	q = memory_new(sizeof(*q));
	q->options = *options;
	q->resolver = resolver;
	q->arena = arena_new();
	q->deadline = loop_timer_new(options->loop, deadline_passed, q);
	q->settle = loop_timer_new(options->loop, settled, q);
	return q;
}

void inquiry_free(struct inquiry *q)
{
	if (q == NULL)
		return;
	resolution_cancel(q->resolution);
	drop_process(q);
	resolver_free(q->resolver);
	dns_view_free(q->view);
	loop_timer_free(q->deadline);
	loop_timer_free(q->settle);
	buffer_clear(&q->frame);
	buffer_clear(&q->known);
	arena_free(q->arena);
	free(q);
}
