/*
 * SPDX-License-Identifier: ISC
 *
 * How a session ends, and what is said and recorded of it.
 */
#include <openssl/err.h>

#include "gateway/policy.h"
#include "gateway/progress.h"

void session_end(struct session *s, enum record_end end, const char *reason)
{
	if (s->ending)
		return;
	progress_replies(s);
	outcome_end(&s->outcome, end, reason, s->record.stage == RECORD_STAGE_DONE);
	progress_note(s);
	s->ending = true;
	s->record.end = end;
	s->record.end_reason = reason;
}

void ending_quit(struct session *s, enum smtp_end end)
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

/* A client of TLS 1.3 may say what it dislikes when our side of the handshake is done. */
static bool refused_late(const struct session *s, enum conn_end end)
{
	unsigned long error = conn_tls_error(s->conn);

	return end == CONN_END_ERROR && error != 0 && !ERR_SYSTEM_ERROR(error) &&
	       s->record.bytes_in == s->clear_in;
}

void ending_disconnected(struct session *s, enum conn_end end)
{
	if (s->state == SESSION_HANDSHAKE || refused_late(s, end)) {
		handshake_failed(s, NULL);
		session_end(s, RECORD_END_ERROR, s->tls_failure.reason);
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
	case CONN_END_FLOOD:
		policy_finding(s, FINDING_TLS_FLOOD, NULL);
		session_end(s, RECORD_END_LIMIT, "the client asked for new keys again and again");
		return;
	}
	/* Who said nothing, a health check say, owes no QUIT. */
	if (s->record.commands > 0)
		policy_finding(s, FINDING_NO_QUIT, NULL);
}

/* What ran out, by kind; text NULL: the sentence of the table. */
static const struct lateness {
	enum finding_id finding;
	const char *text, *reason;
} LATE[] = {
    [DEADLINE_SESSION] = {FINDING_SESSION_TOO_LONG, NULL,
	"the session lasted longer than session-timeout allows"},
    [DEADLINE_LINE] = {FINDING_TOO_SLOW,
	"A command line was not complete within line-timeout, so that the server ended the "
	"session.",
	"a command line was not complete within line-timeout"},
    [DEADLINE_DATA] = {FINDING_TOO_SLOW,
	"The message came more slowly than data-rate allows, so that the server ended the session.",
	"the message came more slowly than data-rate allows"},
    [DEADLINE_SILENCE] = {FINDING_TIMEOUT, NULL, "the client was silent for too long"},
};
_Static_assert(ARRAY_SIZE(LATE) == DEADLINE_COUNT, "a row for each deadline");

static void late_before_smtp(struct session *s, enum deadline_kind kind)
{
	bool handshake = s->state == SESSION_HANDSHAKE;
	const char *reason = handshake ? "the client did not finish the TLS handshake in time"
	                               : "the client did not send a PROXY header in time";

	if (kind == DEADLINE_SESSION)
		reason = LATE[kind].reason;
	policy_finding(s, LATE[kind].finding, kind == DEADLINE_LINE ? reason : NULL);
	if (handshake)
		handshake_failed(s, reason);
	session_end(s, RECORD_END_TIMEOUT, reason);
}

void ending_late(struct session *s, enum deadline_kind kind)
{
	const struct lateness *late = &LATE[kind];
	const struct finding_entry *e = finding_entry(late->finding);

	if (s->state != SESSION_SMTP) {
		late_before_smtp(s, kind);
		return;
	}
	policy_finding(s, late->finding, late->text);
	session_end(s, RECORD_END_TIMEOUT, late->reason);
	s->waiting = false;
	smtp_server_abort(s->machine, SMTP_REPLY(e->reply_code, e->reply_status, e->reply_text));
}
