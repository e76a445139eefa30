/*
 * SPDX-License-Identifier: ISC
 *
 * A session of the server machine and its transcript.
 */
#include "machine.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"

static void add_escaped(struct buffer *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];

		if (c >= ' ' && c < 0x7f && c != '\\')
			buffer_add_char(out, (char)c);
		else
			buffer_printf(out, "\\x%02x", c);
	}
}

static void add_field(struct buffer *out, const char *name, struct span value)
{
	buffer_printf(out, " %s=", name);
	add_escaped(out, value);
}

static void log_xclient(struct buffer *out, const struct smtp_xclient *x)
{
	char ip[IP_TEXT_SIZE];

	buffer_printf(out, "XCLIENT addr=%s port=%u",
	    x->has_addr && x->addr.family == IP_NONE ? "unknown" : ip_format(&x->addr, ip),
	    (unsigned)x->port);
	add_field(out, "name", x->name);
	add_field(out, "helo", x->helo);
	add_field(out, "login", x->login);
	add_field(out, "proto", x->proto);
}

static void log_finding(struct buffer *out, enum finding_id id, const char *text)
{
	buffer_printf(out, "FINDING %s: ", finding_entry(id)->id);
	add_escaped(out, span_from(text == NULL ? finding_entry(id)->text : text));
}

static void log_path(struct buffer *out, const char *verb, const struct mail_path *path)
{
	buffer_printf(out, "%s <", verb);
	add_escaped(out, path->address);
	buffer_add_char(out, '>');
}

static void log_mail(struct buffer *out, const struct smtp_event_data *d)
{
	log_path(out, "MAIL", &d->mail.path);
	buffer_printf(out, " size=%" PRIu64 " body=%s", d->mail.size,
	    d->mail.body == SMTP_BODY_NONE ? "" : SMTP_BODY_NAME[d->mail.body]);
	if (d->mail.smtputf8)
		buffer_add_string(out, " smtputf8");
	if (d->mail.require_tls)
		buffer_add_string(out, " require-tls");
	if (d->mail.ret != SMTP_RET_NONE)
		buffer_printf(out, " ret=%s", SMTP_RET_NAME[d->mail.ret]);
	if (d->mail.envid.len > 0)
		add_field(out, "envid", d->mail.envid);
}

static void log_rcpt(struct buffer *out, const struct smtp_event_data *d)
{
	static const char *const names[] = {"NEVER", "SUCCESS", "FAILURE", "DELAY"};
	const char *before = " notify=";

	log_path(out, "RCPT", &d->rcpt.path);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if ((d->rcpt.notify & 1U << i) != 0) {
			buffer_printf(out, "%s%s", before, names[i]);
			before = ",";
		}
	if (d->rcpt.orcpt.len > 0)
		add_field(out, "orcpt", d->rcpt.orcpt);
}

static void log_auth(struct buffer *out, const struct smtp_event_data *d)
{
	buffer_printf(out, "AUTH %s", SMTP_MECHANISM_NAME[d->auth.mechanism]);
	add_field(out, "identity", d->auth.identity);
	add_field(out, "user", d->auth.user);
	add_field(out, "password", d->auth.password);
	if (d->auth.proven)
		buffer_add_string(out, " proven");
}

static const char *const END_NAME[] = {"quit", "refused", "limit", "injection"};
_Static_assert(ARRAY_SIZE(END_NAME) == SMTP_END_COUNT, "a name for each end");

static void describe(struct buffer *out, enum smtp_event kind, const struct smtp_event_data *d)
{
	switch (kind) {
	case SMTP_EVENT_NONE:
	case SMTP_EVENT_BODY:
	case SMTP_EVENT_COUNT:
		break;
	case SMTP_EVENT_GREETING:
		buffer_add_string(out, "GREETING");
		break;
	case SMTP_EVENT_HELO:
		buffer_add_string(out, "HELO ");
		add_escaped(out, d->helo.name);
		buffer_add_string(out, d->helo.esmtp ? " esmtp" : " smtp");
		break;
	case SMTP_EVENT_XCLIENT:
		log_xclient(out, &d->xclient);
		break;
	case SMTP_EVENT_STARTTLS:
		buffer_add_string(out, "STARTTLS");
		break;
	case SMTP_EVENT_SECRET:
		buffer_printf(out, "SECRET %s", SMTP_MECHANISM_NAME[d->auth.mechanism]);
		add_field(out, "user", d->auth.user);
		break;
	case SMTP_EVENT_AUTH:
		log_auth(out, d);
		break;
	case SMTP_EVENT_MAIL:
		log_mail(out, d);
		break;
	case SMTP_EVENT_RCPT:
		log_rcpt(out, d);
		break;
	case SMTP_EVENT_DATA:
		buffer_add_string(out, "DATA");
		break;
	case SMTP_EVENT_MESSAGE:
		buffer_printf(out, "MESSAGE %" PRIu64, d->message_size);
		break;
	case SMTP_EVENT_LINE:
		buffer_add_string(out, "LINE ");
		add_escaped(out, d->line);
		break;
	case SMTP_EVENT_RESET:
		buffer_add_string(out, "RESET");
		break;
	case SMTP_EVENT_FINDING:
		log_finding(out, d->finding.id, d->finding.text);
		break;
	case SMTP_EVENT_QUIT:
		buffer_printf(out, "QUIT %s", END_NAME[d->end]);
		break;
	}
}

/* The octets of the body since the last other event. */
static void log_body(struct machine *m)
{
	struct span fresh = span_after(buffer_span(&m->body), m->body_logged);

	if (fresh.len == 0)
		return;
	buffer_add_string(&m->log, "E: BODY ");
	add_escaped(&m->log, fresh);
	buffer_add_char(&m->log, '\n');
	m->body_logged = m->body.len;
}

static void log_output(struct machine *m)
{
	struct span fresh = span_after(smtp_server_output(m->server), m->out_logged);

	if (fresh.len > 0)
		log_body(m);
	m->out_logged += fresh.len;
	while (fresh.len > 0) {
		struct span line = span_cut(&fresh, '\n');

		buffer_add_string(&m->log, "S: ");
		add_escaped(&m->log, span_trim(line));
		buffer_add_char(&m->log, '\n');
	}
}

static void log_event(struct machine *m, enum smtp_event kind, const struct smtp_event_data *d)
{
	log_output(m);
	log_body(m);
	buffer_add_string(&m->log, "E: ");
	describe(&m->log, kind, d);
	buffer_add_char(&m->log, '\n');
}

static void forget_body(struct machine *m)
{
	buffer_reset(&m->body);
	m->body_logged = 0;
}

static void keep_message(struct machine *m)
{
	array_grow(&m->messages, m->message_count, sizeof(*m->messages));
	m->messages[m->message_count++] = m->body;
	m->body = (struct buffer)BUFFER_INIT;
	m->body_logged = 0;
}

static void answer(struct machine *m, enum smtp_event kind, const struct smtp_event_data *d)
{
	const struct smtp_reply *reply = m->policy(m->arg, kind, d);

	assert(kind != SMTP_EVENT_MESSAGE || d->message_size == m->body.len);
	if (kind == SMTP_EVENT_MESSAGE && (reply == NULL || reply->code / 100 == 2))
		keep_message(m);
	if (kind == SMTP_EVENT_SECRET && reply == NULL && m->secret != NULL)
		smtp_server_secret(m->server, m->secret(m->arg, d->auth.user));
	else
		smtp_server_answer(m->server, reply);
}

static void drain(struct machine *m)
{
	struct smtp_event_data d;
	enum smtp_event kind;

	while ((kind = smtp_server_next(m->server, &d)) != SMTP_EVENT_NONE) {
		if (kind == SMTP_EVENT_BODY) {
			buffer_add_span(&m->body, d.body);
			continue;
		}
		log_event(m, kind, &d);
		if (kind == SMTP_EVENT_RESET)
			forget_body(m);
		m->ended = m->ended || kind == SMTP_EVENT_QUIT;
		if (kind < SMTP_EVENT_LINE)
			answer(m, kind, &d);
	}
	log_output(m);
}

void machine_start(struct machine *m, const struct smtp_settings *settings, unsigned flags)
{
	m->server = smtp_server_new(settings, flags);
	drain(m);
}

void machine_clear(struct machine *m)
{
	smtp_server_free(m->server);
	buffer_clear(&m->log);
	buffer_clear(&m->body);
	for (size_t i = 0; i < m->message_count; i++)
		buffer_clear(&m->messages[i]);
	free(m->messages);
	*m = (struct machine){.server = NULL};
}

void machine_feed(
    struct machine *m, struct span in, size_t (*cut)(void *arg, struct span rest), void *cut_arg)
{
	while (in.len > 0) {
		struct span piece = span_first(in, cut(cut_arg, in));

		in = span_after(in, piece.len);
		while (piece.len > 0) {
			size_t n = smtp_server_feed(m->server, piece.data, piece.len);

			drain(m);
			if (n == 0)
				return; /* ended */
			piece = span_after(piece, n);
		}
	}
}

void machine_sent(struct machine *m, size_t n)
{
	smtp_server_sent(m->server, n);
	m->out_logged -= n;
}
