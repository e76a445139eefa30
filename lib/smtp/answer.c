/*
 * SPDX-License-Identifier: ISC
 *
 * What an answer does: one row a question says the standard reply and what follows from an answer
 * that accepts or refuses.
 */
#include "smtp/server_internal.h"

static void done_greeting(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	(void)asked;
	(void)accepted;
	s->greeting = s->written;
	server_set_state(s, SERVER_START);
}

/* A refused HELO changes nothing (RFC 5321 4.1.4). */
static void done_helo(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	if (!accepted)
		return;
	server_drop(s);
	s->esmtp = asked->helo.esmtp;
	server_set_state(s, SERVER_READY);
}

static void done_xclient(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	if (!accepted)
		return;
	s->login = s->login || asked->xclient.login.len > 0;
	s->authenticated = s->login;
	s->esmtp = false;
	server_set_state(s, SERVER_START);
}

static void done_starttls(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	(void)asked;
	if (!accepted)
		return;
	server_drop(s);
	server_set_state(s, SERVER_TLS);
}

static void done_auth(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	(void)asked;
	smtp_sasl_clear(&s->sasl);
	s->authenticated = accepted;
}

static void done_mail(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	s->mail_refused = !accepted;
	if (!accepted)
		return;
	s->recipients = 0;
	s->rcpt_refused = false;
	s->body = asked->mail.body;
	s->smtputf8 = asked->mail.smtputf8;
	server_set_state(s, SERVER_MAIL);
}

static void done_rcpt(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	(void)asked;
	s->rcpt_refused = s->rcpt_refused || !accepted;
	if (!accepted)
		return;
	s->recipients++;
	server_set_state(s, SERVER_RCPT);
}

static void done_data(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	(void)asked;
	if (!accepted)
		return;
	server_set_state(s, s->chunk.open ? SERVER_BDAT : SERVER_DATA);
	server_body_begin(s);
}

static void done_message(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted)
{
	(void)asked;
	if (!accepted) {
		server_drop(s);
		return;
	}
	s->idle_commands = 0;
	server_set_state(s, SERVER_READY);
}

/* Questions are the first events, up to MESSAGE. */
static const struct row {
	const char *status, *text; /* of the standard reply; text NULL: composed */
	void (*done)(struct smtp_server *s, const struct smtp_event_data *asked, bool accepted);
	int code;     /* of the standard reply */
	bool command; /* answers a command, so that it counts as one */
} ROWS[] = {
    [SMTP_EVENT_GREETING] = {NULL, NULL, done_greeting, 220, false},
    [SMTP_EVENT_HELO] = {NULL, NULL, done_helo, 250, true},
    [SMTP_EVENT_XCLIENT] = {NULL, NULL, done_xclient, 220, true},
    [SMTP_EVENT_STARTTLS] = {"2.0.0", "Ready to start TLS", done_starttls, 220, true},
    [SMTP_EVENT_SECRET] = {"5.7.8", "Authentication credentials invalid", done_auth, 535, true},
    [SMTP_EVENT_AUTH] = {"2.7.0", "Authentication successful", done_auth, 235, true},
    [SMTP_EVENT_MAIL] = {"2.1.0", "Ok", done_mail, 250, true},
    [SMTP_EVENT_RCPT] = {"2.1.5", "Ok", done_rcpt, 250, true},
    [SMTP_EVENT_DATA] = {NULL, "End data with <CR><LF>.<CR><LF>", done_data, 354, true},
    [SMTP_EVENT_MESSAGE] = {"2.0.0", "Ok", done_message, 250, false},
};
_Static_assert(ARRAY_SIZE(ROWS) == SMTP_EVENT_MESSAGE + 1, "a row for each question");

/* The texts that depend on the session. */
static void compose(const struct smtp_server *s, enum smtp_event kind,
    const struct smtp_event_data *asked, struct buffer *out)
{
	if (kind != SMTP_EVENT_HELO) {
		server_greeting_text(s, out);
		return;
	}
	buffer_add_string(out, s->settings->hostname);
	if (asked->helo.esmtp)
		server_keywords(s, out);
}

static bool accepts(enum smtp_event kind, int code)
{
	if (kind == SMTP_EVENT_GREETING)
		return code == 220;
	return kind == SMTP_EVENT_DATA ? code == 354 : code >= 200 && code <= 299;
}

/* The reply to a command, but that a chunk has its own, behind its octets. */
static void reply_to(struct smtp_server *s, enum smtp_event kind, const struct smtp_reply *reply)
{
	bool chunk = kind == SMTP_EVENT_DATA && s->chunk.open && reply->code == 354;

	if (kind == SMTP_EVENT_MESSAGE)
		server_body_reply(s, reply);
	else if (ROWS[kind].command && !chunk)
		server_reply(s, reply->code, reply->status, reply->text);
	else if (!chunk)
		server_write(s, reply);
}

static void apply(struct smtp_server *s, enum smtp_event kind, const struct smtp_event_data *asked,
    const struct smtp_reply *reply)
{
	bool accepted = accepts(kind, reply->code);

	if (reply->code == 421 || (kind == SMTP_EVENT_GREETING && !accepted)) {
		if (kind == SMTP_EVENT_MESSAGE)
			server_body_reply(s, reply);
		else
			server_write(s, reply);
		server_end(s, SMTP_END_REFUSED);
		return;
	}
	if (kind == SMTP_EVENT_AUTH && server_auth_refused(s, reply))
		return;
	if ((kind == SMTP_EVENT_AUTH || kind == SMTP_EVENT_SECRET) && reply->code == 535 &&
	    server_auth_rejected(s, s->sasl.why))
		return;
	reply_to(s, kind, reply);
	if (s->state != SERVER_ENDED)
		ROWS[kind].done(s, asked, accepted);
	server_chunk_close(s);
}

void smtp_server_answer(struct smtp_server *s, const struct smtp_reply *reply)
{
	struct buffer text = BUFFER_INIT;
	struct smtp_event_data asked;
	enum smtp_event kind = server_take_question(s, &asked);
	struct smtp_reply standard;

	if (kind == SMTP_EVENT_NONE)
		return;
	standard = (struct smtp_reply){ROWS[kind].code, ROWS[kind].status, ROWS[kind].text};
	if (standard.text == NULL) {
		compose(s, kind, &asked, &text);
		standard.text = text.data;
	}
	apply(s, kind, &asked, reply == NULL ? &standard : reply);
	buffer_clear(&text);
}
