/*
 * SPDX-License-Identifier: ISC
 *
 * AUTH (RFC 4954): the exchange is sasl.c's, the judgement of the credentials is the caller's.
 */
#include "smtp/server_internal.h"

static void take_status(
    struct smtp_server *s, enum smtp_sasl_status status, const struct error *err)
{
	struct smtp_event_data *data;

	server_set_state(s, status == SMTP_SASL_CHALLENGE ? SERVER_SASL : SERVER_READY);
	switch (status) {
	case SMTP_SASL_CHALLENGE:
		server_reply(s, 334, NULL, s->sasl.challenge);
		break;
	case SMTP_SASL_DONE:
		data = server_event(s, SMTP_EVENT_AUTH);
		data->auth.mechanism = s->sasl.mechanism;
		data->auth.identity = s->sasl.identity;
		data->auth.user = s->sasl.user;
		data->auth.password = s->sasl.password;
		break;
	case SMTP_SASL_CANCELLED:
		smtp_sasl_clear(&s->sasl);
		server_reply(s, 501, "5.7.0", "Authentication cancelled");
		break;
	case SMTP_SASL_MALFORMED:
		smtp_sasl_clear(&s->sasl);
		server_refuse(
		    s, FINDING_BAD_SYNTAX, err->text, SMTP_REPLY(501, "5.5.2", err->text));
		break;
	}
}

void server_auth(struct smtp_server *s, struct span argument)
{
	struct span name = span_cut(&argument, ' ');
	int mechanism = smtp_mechanism_find(name);
	struct error err = {.kind = ERROR_USAGE};

	if (!s->tls)
		server_finding(s, FINDING_AUTH_WITHOUT_TLS, NULL);
	if (s->authenticated)
		server_refuse(s, FINDING_BAD_SEQUENCE, "AUTH came again after it had succeeded",
		    SMTP_REPLY(503, "5.5.1", "Already authenticated"));
	else if (argument.data != NULL && span_index(argument, ' ') >= 0)
		server_refuse(s, FINDING_BAD_SYNTAX, "AUTH has more than two arguments",
		    SMTP_REPLY(501, "5.5.4", "Expected AUTH MECHANISM [INITIAL-RESPONSE]"));
	else if (mechanism < 0 || (s->settings->mechanisms & 1U << mechanism) == 0)
		server_reply(s, 504, "5.5.4", "The mechanism is not offered here");
	else
		take_status(s,
		    smtp_sasl_begin(&s->sasl, (enum smtp_mechanism)mechanism, argument, &err),
		    &err);
}

void server_auth_unavailable(struct smtp_server *s)
{
	bool wants_tls = s->settings->mechanisms != 0 && s->settings->tls == SMTP_TLS_STARTTLS;

	if (wants_tls)
		server_refuse(s, FINDING_AUTH_WITHOUT_TLS, NULL,
		    SMTP_REPLY(538, "5.7.11",
			"Encryption required for requested authentication mechanism"));
	else
		server_refuse(s, FINDING_UNKNOWN_COMMAND, "AUTH is not offered here",
		    SMTP_REPLY(502, "5.5.1", "AUTH is not offered here"));
}

void server_auth_continue(struct smtp_server *s, struct span line)
{
	struct error err = {.kind = ERROR_USAGE};

	s->sync_reply = true;
	take_status(s, smtp_sasl_response(&s->sasl, line, &err), &err);
}

void server_auth_drop(struct smtp_server *s)
{
	if (s->state != SERVER_SASL)
		return;
	smtp_sasl_clear(&s->sasl);
	server_set_state(s, SERVER_READY);
}
