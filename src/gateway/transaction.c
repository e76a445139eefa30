/*
 * SPDX-License-Identifier: ISC
 *
 * One mail transaction. The body is kept once, as it came, and hashed as it came; the header is
 * copied once when it is whole, since everything that judges the message points into it.
 */
#include "gateway/transaction.h"

#include <stdlib.h>

#include "base/memory.h"
#include "mime/text.h"
#include "run/clock.h"
#include "run/id.h"
#include "run/log.h"
#include "verify/verify.h"

struct transaction {
	struct worker *worker;
	const struct record_session *live; /* the session as it goes on; the caller's */
	size_t listener;                   /* its index */
	struct arena *arena;
	char id[ULID_SIZE];
	struct buffer source;
	size_t header_seen; /* octets of source searched for the end of the header */
	struct mail_header header;
	struct mail_message facts;
	struct verify *verify;         /* once the header is whole */
	struct generation *generation; /* whose zones the view borrows */
	struct dns_view *view;
	struct resolution *resolution;  /* while names are being resolved */
	struct buffer *live_transcript; /* the session's, taken when the job is queued */
	struct buffer evidence, transcript;
	struct record_session session; /* as it stood when the message was whole */
	struct record_message record;
	struct verify_result result;
	const char **recipients, **notify, **orcpt;
	size_t recipient_count;
	bool any_notify, any_orcpt;
	uint64_t accounted; /* octets counted in the gateway's buffered */
	bool queued;
	struct store_job job;
};

/* Absent parameters are NULL. */
static const char *parameter(struct arena *a, struct span value)
{
	return value.len == 0 ? NULL : arena_copy(a, value);
}

struct transaction *transaction_new(struct worker *w, const struct gateway_listener *listener,
    const struct record_session *session, const struct smtp_event_data *data)
{
	struct transaction *t = memory_new(sizeof(*t));

	t->worker = w;
	t->live = session;
	t->listener = listener->index;
	t->arena = arena_new();
	id_make(t->id);
	t->record.envelope = (struct record_envelope){
	    .mail_from = arena_copy(t->arena, data->mail.path.address),
	    .smtputf8 = data->mail.smtputf8,
	    .body = SMTP_BODY_NAME[data->mail.body],
	    .require_tls = data->mail.require_tls,
	    .ret = SMTP_RET_NAME[data->mail.ret],
	    .envid = parameter(t->arena, data->mail.envid),
	};
	t->record.route = listener->route.name == NULL ? NULL : &listener->route;
	return t;
}

static void release_buffered(struct transaction *t)
{
	atomic_fetch_sub(&t->worker->gateway->buffered, t->accounted);
	t->accounted = 0;
	buffer_clear(&t->source);
}

void transaction_free(struct transaction *t)
{
	if (t == NULL)
		return;
	if (t->resolution != NULL)
		resolution_cancel(t->resolution);
	verify_free(t->verify);
	dns_view_free(t->view);
	generation_unref(t->generation);
	release_buffered(t);
	buffer_clear(&t->evidence);
	buffer_clear(&t->transcript);
	free(t->recipients);
	free(t->notify);
	free(t->orcpt);
	arena_free(t->arena);
	free(t);
}

/* "SUCCESS,DELAY", or NULL. */
static const char *notify_text(struct arena *a, unsigned bits)
{
	static const struct {
		enum smtp_notify bit;
		const char *word;
	} WORDS[] = {
	    {SMTP_NOTIFY_NEVER, "NEVER"},
	    {SMTP_NOTIFY_SUCCESS, "SUCCESS"},
	    {SMTP_NOTIFY_FAILURE, "FAILURE"},
	    {SMTP_NOTIFY_DELAY, "DELAY"},
	};
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++) {
		if ((bits & WORDS[i].bit) == 0)
			continue;
		text = text == NULL ? WORDS[i].word : arena_printf(a, "%s,%s", text, WORDS[i].word);
	}
	return text;
}

void transaction_recipient(struct transaction *t, const struct smtp_event_data *data)
{
	size_t n = t->recipient_count;

	array_grow(&t->recipients, n, sizeof(*t->recipients));
	array_grow(&t->notify, n, sizeof(*t->notify));
	array_grow(&t->orcpt, n, sizeof(*t->orcpt));
	t->recipients[n] = arena_copy(t->arena, data->rcpt.path.address);
	t->notify[n] = notify_text(t->arena, data->rcpt.notify);
	t->orcpt[n] = parameter(t->arena, data->rcpt.orcpt);
	t->any_notify = t->any_notify || t->notify[n] != NULL;
	t->any_orcpt = t->any_orcpt || t->orcpt[n] != NULL;
	t->recipient_count++;
}

size_t transaction_recipients(const struct transaction *t)
{
	return t->recipient_count;
}

/* The header is whole and takes so many octets, its empty line included. */
static void begin_verify(struct transaction *t, size_t header_octets)
{
	struct span source = buffer_span(&t->source);
	struct span header = arena_span(t->arena, span_first(source, header_octets));
	struct verify_input input;

	mail_header_parse(header, t->arena, &t->header);
	mail_message_read(&t->header, t->arena, &t->facts);
	/* kept with the message, so that it can be judged again as of the same second */
	t->record.received_at = clock_now_ms();
	input = (struct verify_input){
	    .client = t->live->client.ip,
	    .helo = span_from(t->live->client.helo),
	    .mail_from = span_from(t->record.envelope.mail_from),
	    .header = &t->header,
	    .message = &t->facts,
	    .now = t->record.received_at / 1000,
	    .authenticated = t->live->auth.mechanism != NULL,
	    .smtputf8 = t->record.envelope.smtputf8,
	    .route = t->record.route,
	};
	t->verify = verify_begin(&input);
	source = span_after(source, t->header.body);
	verify_body(t->verify, source.data, source.len);
}

int transaction_body(struct transaction *t, struct span piece)
{
	struct gateway *g = t->worker->gateway;
	size_t header_octets;

	t->accounted += piece.len;
	if (atomic_fetch_add(&g->buffered, piece.len) + piece.len >
	    g->options.settings->max_buffered) {
		release_buffered(t);
		return -1;
	}
	buffer_add_span(&t->source, piece);
	if (t->verify != NULL) {
		verify_body(t->verify, piece.data, piece.len);
		return 0;
	}
	header_octets = mail_header_end(buffer_span(&t->source), t->header_seen);
	t->header_seen = t->source.len;
	if (header_octets > 0)
		begin_verify(t, header_octets);
	return 0;
}

static enum verify_status judge(void *arg)
{
	struct transaction *t = arg;

	return verify_end(t->verify, t->view, &t->result);
}

/* The findings of the message: those of its session so far, then those of its verdict. */
static void gather_findings(struct transaction *t)
{
	const struct finding_list *lists[] = {&t->session.findings, &t->result.findings};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t k = 0; k < lists[i]->count; k++)
			finding_add(&t->record.findings, t->arena, lists[i]->items[k].id,
			    lists[i]->items[k].text);
}

/* What the listener enforces says whether it is refused; stored it is all the same. */
static void enforce(struct transaction *t)
{
	const struct enforcement *e = t->generation->enforced[t->listener];
	const struct policy_facts facts = {
	    .message = &t->record,
	    .header = &t->header,
	    .evidence = buffer_span(&t->evidence),
	};

	if (e != NULL)
		t->record.refused = enforcement_judge(e, &facts, buffer_span(&t->source), t->arena);
}

static void judged(void *arg)
{
	struct transaction *t = arg;

	t->resolution = NULL;
	t->record.observed = t->result.observed;
	t->record.predicted = t->result.predicted;
	gather_findings(t);
	dns_view_evidence(t->view, &t->evidence);
	enforce(t);
	t->transcript = *t->live_transcript;
	*t->live_transcript = (struct buffer)BUFFER_INIT;
	t->job.source = buffer_span(&t->source);
	t->job.evidence = buffer_span(&t->evidence);
	t->job.transcript = buffer_span(&t->transcript);
	t->queued = true;
	worker_queue(t->worker, &t->job);
}

static void fill_record(struct transaction *t)
{
	struct record_message *m = &t->record;

	t->session = *t->live;
	m->id = t->id;
	m->session = &t->session;
	m->envelope.rcpt_to = t->recipients;
	m->envelope.rcpt_count = t->recipient_count;
	m->envelope.notify = t->any_notify ? t->notify : NULL;
	m->envelope.orcpt = t->any_orcpt ? t->orcpt : NULL;
	m->size = t->source.len;
	m->message_id = t->facts.message_id;
	m->from = t->facts.from;
	m->date = t->facts.date;
	m->subject = mime_decode_words(t->arena, t->facts.subject);
}

void transaction_finish(struct transaction *t, struct buffer *transcript, void *owner)
{
	const struct gateway_options *o = &t->worker->gateway->options;

	if (t->verify == NULL)
		begin_verify(t, t->source.len);
	fill_record(t);
	t->live_transcript = transcript;
	t->job = (struct store_job){
	    .kind = STORE_JOB_MESSAGE,
	    .mailbox = t->worker->mailbox,
	    .session = &t->session,
	    .message = &t->record,
	    .owner = owner,
	};
	t->generation = generation_ref(t->worker->generation);
	t->view = dns_view_new(t->generation->zones);
	t->resolution = resolver_judge(
	    t->worker->resolver, t->view, o->settings->dns_timeout_ms, judge, judged, t);
}

bool transaction_queued(const struct transaction *t)
{
	return t->queued;
}

void transaction_job_done(struct transaction *t)
{
	t->queued = false;
	if (!t->job.failed)
		return;
	/* Not stored: it goes with the session's end. */
	buffer_add_span(&t->transcript, buffer_span(t->live_transcript));
	buffer_clear(t->live_transcript);
	*t->live_transcript = t->transcript;
	t->transcript = (struct buffer)BUFFER_INIT;
}
