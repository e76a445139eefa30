/*
 * SPDX-License-Identifier: ISC
 *
 * What a session answers and records. One function an event; what is not answered here gets the
 * machine's standard reply.
 */
#include "gateway/policy.h"

#include <stdio.h>

#include "gateway/login.h"
#include "gateway/progress.h"
#include "run/clock.h"
#include "run/log.h"
#include "smtp/sasl.h"

static bool has_finding(const struct session *s, enum finding_id id)
{
	for (size_t i = 0; i < s->record.findings.count; i++)
		if (s->record.findings.items[i].id == id)
			return true;
	return false;
}

/* One that comes again and again takes no memory. */
void policy_finding(struct session *s, enum finding_id id, const char *text)
{
	if (has_finding(s, id))
		return;
	finding_add(&s->record.findings, s->arena, id, arena_string(s->arena, text));
	log_event(CONF_LOG_DEBUG, s->id, "finding", "id", finding_entry(id)->id, LOG_END);
}

const char *policy_client_text(struct session *s)
{
	char text[IP_TEXT_SIZE];
	bool v6 = s->record.client.ip.family == IP_V6;

	ip_format(&s->record.client.ip, text);
	return arena_printf(s->arena, v6 ? "[%s]:%u" : "%s:%u", text, s->record.client.port);
}

bool policy_trusted(const struct session *s)
{
	const struct conf_settings *conf = s->worker->gateway->options.settings;

	for (size_t i = 0; i < conf->trusted_count; i++)
		if (ip_in_prefix(&s->record.client.ip, &conf->trusted[i]))
			return true;
	return false;
}

static void drop_transaction(struct session *s)
{
	transaction_free(s->transaction);
	s->transaction = NULL;
	s->overflow = false;
}

/* The finding, and its reply of the table as the answer to the open question. */
static void refuse(struct session *s, enum finding_id id)
{
	const struct finding_entry *e = finding_entry(id);

	policy_finding(s, id, NULL);
	smtp_server_answer(s->machine, SMTP_REPLY(e->reply_code, e->reply_status, e->reply_text));
}

static void answer_greeting(struct session *s)
{
	switch (s->excess) {
	case SESSION_EXCESS_NONE:
		smtp_server_answer(s->machine, NULL);
		break;
	case SESSION_EXCESS_CONNECTIONS:
		refuse(s, FINDING_TOO_MANY_CONNECTIONS);
		session_end(s, RECORD_END_LIMIT, "more connections than max-connections allows");
		break;
	case SESSION_EXCESS_FROM_ADDRESS:
		refuse(s, FINDING_TOO_MANY_FROM_ADDRESS);
		session_end(s, RECORD_END_LIMIT,
		    "more connections than max-connections-per-address allows");
		break;
	}
}

static void answer_helo(struct session *s, const struct smtp_event_data *data)
{
	if (!s->helo_given) {
		snprintf(s->helo, sizeof(s->helo), "%.*s", (int)data->helo.name.len,
		    data->helo.name.data);
		s->record.client.helo = s->helo;
	}
	s->record.client.esmtp = data->helo.esmtp;
	smtp_server_answer(s->machine, NULL);
}

void policy_forget(struct session *s)
{
	if (!s->helo_given)
		s->record.client.helo = NULL;
	if (!s->login_given)
		s->record.auth = (struct record_auth){.mechanism = NULL};
}

static void answer_xclient(struct session *s, const struct smtp_xclient *x)
{
	struct record_client *client = &s->record.client;

	policy_forget(s);
	client->via = RECORD_VIA_XCLIENT;
	if (x->has_addr) {
		client->ip = x->addr;
		client->port = x->port;
	} else if (x->port != 0) {
		client->port = x->port;
	}
	if (x->name.len > 0)
		client->name = arena_copy(s->arena, x->name);
	if (x->helo.len > 0) {
		client->helo = arena_copy(s->arena, x->helo);
		s->helo_given = true;
	}
	if (x->login.len > 0) {
		s->record.auth =
		    (struct record_auth){"XCLIENT", arena_copy(s->arena, x->login), false};
		s->login_given = true;
	}
	transcript_note(&s->transcript, "XCLIENT, %s", policy_client_text(s));
	smtp_server_answer(s->machine, NULL);
}

static bool unverified(const struct session *s)
{
	return s->wrong && s->record.tls.mode != TLS_MODE_NONE;
}

static void answer_auth(struct session *s, const struct smtp_event_data *data)
{
	if (unverified(s) && smtp_mechanism_shows_secret(data->auth.mechanism))
		policy_finding(s, FINDING_PASSWORD_TO_UNVERIFIED, NULL);
	login_judge(s, data);
}

static bool buffers_full(const struct session *s)
{
	struct gateway *g = s->worker->gateway;

	return atomic_load(&g->buffered) >= g->options.settings->max_buffered;
}

static void answer_mail(struct session *s, const struct smtp_event_data *data)
{
	if (s->entered &&
	    !peers_message(s->worker->gateway->peers, &s->peer, clock_steady_us() / 1000)) {
		refuse(s, FINDING_RATE_LIMIT);
		session_end(s, RECORD_END_LIMIT, "more messages than rate-per-address allows");
		return;
	}
	if (buffers_full(s)) {
		refuse(s, FINDING_BUFFERS_FULL);
		return;
	}
	if (s->record.tls.mode == TLS_MODE_NONE && s->listener->smtp.tls != SMTP_TLS_NONE)
		policy_finding(s, FINDING_STARTTLS_MISSING, NULL);
	drop_transaction(s);
	s->transaction = transaction_new(s->worker, s->listener, &s->record, data);
	smtp_server_answer(s->machine, NULL);
}

static void answer_rcpt(struct session *s, const struct smtp_event_data *data)
{
	transaction_recipient(s->transaction, data);
	smtp_server_answer(s->machine, NULL);
}

static void take_body(struct session *s, struct span piece)
{
	if (!s->overflow && transaction_body(s->transaction, piece) < 0)
		s->overflow = true;
}

/* Under LMTP each recipient has a reply of its own (RFC 2033 4.2). */
static void answer_each(struct session *s, const struct smtp_reply *reply)
{
	size_t count = s->listener->smtp.lmtp ? transaction_recipients(s->transaction) : 1;

	for (size_t i = 0; i < count; i++)
		smtp_server_answer(s->machine, reply);
}

static void take_line(struct session *s, struct span line)
{
	s->record.commands++;
	if (unverified(s) && !s->wrong_noted) {
		s->wrong_noted = true;
		policy_finding(s, FINDING_CERTIFICATE_NOT_VERIFIED, NULL);
	}
	progress_line(s, line);
	transcript_client(&s->transcript, line);
}

static void take_reset(struct session *s)
{
	drop_transaction(s);
	deadline_message(&s->deadline);
	outcome_reset(&s->outcome);
	progress_note(s);
}

static void answer_message(struct session *s, const struct smtp_event_data *data)
{
	transcript_note(
	    &s->transcript, "the message, %llu octets", (unsigned long long)data->message_size);
	deadline_message(&s->deadline);
	if (s->overflow) {
		const struct finding_entry *e = finding_entry(FINDING_BUFFERS_FULL);

		policy_finding(s, FINDING_BUFFERS_FULL, NULL);
		answer_each(s, SMTP_REPLY(e->reply_code, e->reply_status, e->reply_text));
		drop_transaction(s);
		return;
	}
	s->waiting = true;
	transaction_finish(s->transaction, &s->transcript.text, s);
}

void policy_event(struct session *s, enum smtp_event event, const struct smtp_event_data *data)
{
	switch (event) {
	case SMTP_EVENT_GREETING:
		answer_greeting(s);
		break;
	case SMTP_EVENT_HELO:
		answer_helo(s, data);
		break;
	case SMTP_EVENT_XCLIENT:
		answer_xclient(s, &data->xclient);
		break;
	case SMTP_EVENT_STARTTLS:
	case SMTP_EVENT_DATA:
		smtp_server_answer(s->machine, NULL);
		break;
	case SMTP_EVENT_SECRET:
		login_secret(s, data);
		break;
	case SMTP_EVENT_AUTH:
		answer_auth(s, data);
		break;
	case SMTP_EVENT_MAIL:
		answer_mail(s, data);
		break;
	case SMTP_EVENT_RCPT:
		answer_rcpt(s, data);
		break;
	case SMTP_EVENT_MESSAGE:
		answer_message(s, data);
		break;
	case SMTP_EVENT_LINE:
		take_line(s, data->line);
		break;
	case SMTP_EVENT_BODY:
		take_body(s, data->body);
		break;
	case SMTP_EVENT_RESET:
		take_reset(s);
		break;
	case SMTP_EVENT_FINDING:
		policy_finding(s, data->finding.id, data->finding.text);
		break;
	case SMTP_EVENT_QUIT:
		ending_quit(s, data->end);
		break;
	case SMTP_EVENT_NONE:
	case SMTP_EVENT_COUNT:
		break;
	}
}

/* By what the listener enforces; the session goes on. */
static void answer_refused(struct session *s, const char *text)
{
	struct arena *a = arena_new();
	struct smtp_reply reply;

	if (smtp_reply_from_text(span_from(text), a, &reply) < 0)
		reply = *SMTP_REPLY(550, "5.7.1", text);
	answer_each(s, &reply);
	arena_free(a);
}

void policy_stored(struct session *s, const struct store_job *job)
{
	const struct record_message *m = job->message;
	char text[64];

	if (job->failed) {
		log_event(CONF_LOG_ERROR, s->id, "message-not-stored", "reason", job->error.text,
		    LOG_END);
		answer_each(s,
		    SMTP_REPLY(452, "4.3.1", "The message could not be stored, try again later"));
		return;
	}
	log_event(CONF_LOG_INFO, s->id, "message", "id", m->id, "spf",
	    AUTH_RESULT_NAME[m->observed.spf.result], "dkim",
	    AUTH_RESULT_NAME[verdict_dkim_result(&m->observed)], "dmarc",
	    AUTH_RESULT_NAME[m->observed.dmarc.result], "rdns",
	    AUTH_RESULT_NAME[m->observed.rdns.result], "refused", m->refused, LOG_END);
	if (m->refused != NULL) {
		answer_refused(s, m->refused);
		return;
	}
	s->record.stage = RECORD_STAGE_DONE;
	snprintf(text, sizeof(text), "Ok: queued as %s", m->id);
	answer_each(s, SMTP_REPLY(250, "2.0.0", text));
}
