/*
 * SPDX-License-Identifier: ISC
 *
 * What a session answers and records. One function an event; what is not answered here gets the
 * machine's standard reply.
 */
#include "gateway/policy.h"

#include <openssl/err.h>
#include <stdio.h>

#include "run/clock.h"
#include "run/log.h"

static void reach(struct session *s, enum record_stage stage)
{
	if (s->record.stage < stage)
		s->record.stage = stage;
}

void policy_finding(struct session *s, enum finding_id id, const char *text)
{
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

static void answer_greeting(struct session *s)
{
	if (!s->over_limit) {
		smtp_server_answer(s->machine, NULL);
		return;
	}
	session_end(s, RECORD_END_LIMIT, "more connections than max-connections allows");
	smtp_server_answer(
	    s->machine, SMTP_REPLY(421, "4.3.2", "Too many connections, try again later"));
}

static void answer_helo(struct session *s, const struct smtp_event_data *data)
{
	if (!s->helo_given)
		s->record.client.helo = arena_copy(s->arena, data->helo.name);
	s->record.client.esmtp = data->helo.esmtp;
	smtp_server_answer(s->machine, NULL);
}

static void answer_xclient(struct session *s, const struct smtp_xclient *x)
{
	struct record_client *client = &s->record.client;

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
	if (x->login.len > 0)
		s->record.auth =
		    (struct record_auth){"XCLIENT", arena_copy(s->arena, x->login), false};
	transcript_note(&s->transcript, "XCLIENT, %s", policy_client_text(s));
	smtp_server_answer(s->machine, NULL);
}

static void answer_auth(struct session *s, const struct smtp_event_data *data)
{
	bool over_tls = s->record.tls.mode != TLS_MODE_NONE;
	const char *user = arena_copy(s->arena, data->auth.user);

	reach(s, RECORD_STAGE_AUTHENTICATION);
	if (!s->listener->conf->auth_any &&
	    !users_check(s->worker->gateway->users, data->auth.user, data->auth.password)) {
		log_event(CONF_LOG_INFO, s->id, "auth-rejected", "user", user, LOG_END);
		smtp_server_answer(
		    s->machine, SMTP_REPLY(535, "5.7.8", "Authentication credentials invalid"));
		return;
	}
	s->record.auth =
	    (struct record_auth){SMTP_MECHANISM_NAME[data->auth.mechanism], user, over_tls};
	log_event(CONF_LOG_INFO, s->id, "auth", "user", user, LOG_END);
	smtp_server_answer(s->machine, NULL);
}

static bool buffers_full(const struct session *s)
{
	struct gateway *g = s->worker->gateway;

	return atomic_load(&g->buffered) >= g->options.settings->max_buffered;
}

#define REPLY_BUFFERS_FULL                                                                         \
	SMTP_REPLY(452, "4.3.1", "Too many messages are being received, try again later")

static void answer_mail(struct session *s, const struct smtp_event_data *data)
{
	reach(s, RECORD_STAGE_ENVELOPE);
	if (buffers_full(s)) {
		smtp_server_answer(s->machine, REPLY_BUFFERS_FULL);
		return;
	}
	if (s->record.tls.mode == TLS_MODE_NONE && s->listener->smtp.tls != SMTP_TLS_NONE)
		policy_finding(s, FINDING_STARTTLS_MISSING, NULL);
	drop_transaction(s);
	s->transaction = transaction_new(s->worker, s->listener, &s->record,
	    data->mail.path.address, SMTP_BODY_NAME[data->mail.body]);
	smtp_server_answer(s->machine, NULL);
}

static void answer_rcpt(struct session *s, const struct smtp_event_data *data)
{
	transaction_recipient(s->transaction, data->rcpt.path.address);
	smtp_server_answer(s->machine, NULL);
}

static void take_body(struct session *s, struct span piece)
{
	if (!s->overflow && transaction_body(s->transaction, piece) < 0)
		s->overflow = true;
}

static void answer_message(struct session *s, const struct smtp_event_data *data)
{
	transcript_note(
	    &s->transcript, "the message, %llu octets", (unsigned long long)data->message_size);
	if (s->overflow) {
		smtp_server_answer(s->machine, REPLY_BUFFERS_FULL);
		drop_transaction(s);
		return;
	}
	s->waiting = true;
	transaction_finish(s->transaction, &s->transcript.text, s);
}

static void take_quit(struct session *s, enum smtp_end end)
{
	switch (end) {
	case SMTP_END_QUIT:
		session_end(s, RECORD_END_QUIT, NULL);
		break;
	case SMTP_END_REFUSED:
		session_end(s, RECORD_END_REFUSED, "the gateway refused to go on");
		break;
	case SMTP_END_LIMIT:
		session_end(s, RECORD_END_LIMIT, "a limit on commands was reached");
		break;
	case SMTP_END_INJECTION:
		session_end(s, RECORD_END_REFUSED, "plaintext came behind STARTTLS");
		break;
	case SMTP_END_COUNT:
		break;
	}
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
		reach(s, RECORD_STAGE_TLS);
		smtp_server_answer(s->machine, NULL);
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
	case SMTP_EVENT_DATA:
		reach(s, RECORD_STAGE_DATA);
		smtp_server_answer(s->machine, NULL);
		break;
	case SMTP_EVENT_MESSAGE:
		answer_message(s, data);
		break;
	case SMTP_EVENT_LINE:
		s->record.commands++;
		transcript_client(&s->transcript, data->line);
		break;
	case SMTP_EVENT_BODY:
		take_body(s, data->body);
		break;
	case SMTP_EVENT_RESET:
		drop_transaction(s);
		break;
	case SMTP_EVENT_FINDING:
		policy_finding(s, data->finding.id, data->finding.text);
		break;
	case SMTP_EVENT_QUIT:
		take_quit(s, data->end);
		break;
	case SMTP_EVENT_NONE:
	case SMTP_EVENT_COUNT:
		break;
	}
}

void policy_secured(struct session *s, enum tls_mode mode)
{
	s->clear_in = s->bytes_in;
	tls_facts_read(conn_ssl(s->conn), mode, s->arena, &s->record.tls);
	/* What was said before TLS does not count (RFC 3207 4.2). */
	if (!s->helo_given)
		s->record.client.helo = NULL;
	transcript_note(
	    &s->transcript, "TLS stands: %s %s", s->record.tls.version, s->record.tls.cipher);
	log_event(CONF_LOG_INFO, s->id, "tls", "version", s->record.tls.version, "cipher",
	    s->record.tls.cipher, LOG_END);
}

static void handshake_failed(struct session *s)
{
	tls_failure_read(conn_ssl(s->conn), conn_tls_error(s->conn), s->arena, &s->tls_failure);
	s->record.tls_failure = &s->tls_failure;
	session_end(s, RECORD_END_ERROR, s->tls_failure.reason);
	transcript_note(&s->transcript, "TLS failed: %s", s->tls_failure.reason);
	log_event(CONF_LOG_WARNING, s->id, "tls-failed", "reason", s->tls_failure.reason, LOG_END);
}

/* A client of TLS 1.3 may say what it dislikes when our side of the handshake is done. */
static bool refused_late(const struct session *s, enum conn_end end)
{
	unsigned long error = conn_tls_error(s->conn);

	return end == CONN_END_ERROR && error != 0 && !ERR_SYSTEM_ERROR(error) &&
	       s->bytes_in == s->clear_in;
}

void policy_disconnected(struct session *s, enum conn_end end)
{
	if (s->state == SESSION_HANDSHAKE || refused_late(s, end)) {
		handshake_failed(s);
		return;
	}
	switch (end) {
	case CONN_END_CLOSED:
	case CONN_END_TLS:
		session_end(s, RECORD_END_CLIENT_CLOSED, "the client closed the connection");
		break;
	case CONN_END_TRUNCATED:
		policy_finding(s, FINDING_NO_CLOSE_NOTIFY, NULL);
		session_end(s, RECORD_END_CLIENT_CLOSED,
		    "the client closed the connection without close_notify");
		break;
	case CONN_END_ERROR:
		session_end(s, RECORD_END_ERROR, "the connection broke");
		break;
	}
	if (s->machine != NULL)
		policy_finding(s, FINDING_NO_QUIT, NULL);
}

void policy_stored(struct session *s, const struct store_job *job)
{
	const struct record_message *m = job->message;
	char text[64];

	if (job->failed) {
		log_event(CONF_LOG_ERROR, s->id, "message-not-stored", "reason", job->error.text,
		    LOG_END);
		smtp_server_answer(s->machine,
		    SMTP_REPLY(452, "4.3.1", "The message could not be stored, try again later"));
		return;
	}
	reach(s, RECORD_STAGE_DONE);
	snprintf(text, sizeof(text), "Ok: queued as %s", m->id);
	log_event(CONF_LOG_INFO, s->id, "message", "id", m->id, "spf",
	    AUTH_RESULT_NAME[m->observed.spf.result], "dkim",
	    AUTH_RESULT_NAME[verdict_dkim_result(&m->observed)], "dmarc",
	    AUTH_RESULT_NAME[m->observed.dmarc.result], "rdns",
	    AUTH_RESULT_NAME[m->observed.rdns.result], LOG_END);
	smtp_server_answer(s->machine, SMTP_REPLY(250, "2.0.0", text));
}
