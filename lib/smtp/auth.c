/*
 * SPDX-License-Identifier: ISC
 *
 * AUTH (RFC 4954): the exchange is sasl.c's, the judgement of the credentials is the caller's.
 */
#include "smtp/server_internal.h"

unsigned server_mechanisms(const struct smtp_server *s)
{
	bool binds = s->tls && (s->channel.has_exporter || s->channel.end_point_size > 0);
	unsigned mechanisms = s->settings->mechanisms;

	for (unsigned i = 0; i < SMTP_MECHANISM_COUNT && !binds; i++)
		if (smtp_mechanism_binds((enum smtp_mechanism)i))
			mechanisms &= ~(1U << i);
	return mechanisms;
}

static bool plus_offered(const struct smtp_server *s)
{
	unsigned mechanisms = server_mechanisms(s);

	for (unsigned i = 0; i < SMTP_MECHANISM_COUNT; i++)
		if ((mechanisms & 1U << i) != 0 && smtp_mechanism_binds((enum smtp_mechanism)i))
			return true;
	return false;
}

static void challenge(struct smtp_server *s)
{
	server_set_state(s, SERVER_SASL);
	server_reply(s, 334, NULL, s->sasl.challenge);
}

static void ask(struct smtp_server *s, enum smtp_event question)
{
	struct smtp_event_data *data = server_event(s, question);

	data->auth.mechanism = s->sasl.mechanism;
	data->auth.identity = s->sasl.identity;
	data->auth.user = s->sasl.user;
	data->auth.password = s->sasl.password;
	data->auth.proven = s->sasl.proven;
}

/* Passwords are not to be tried out: as many as bad commands, but counted apart from these. */
bool server_auth_rejected(struct smtp_server *s, const char *why)
{
	server_finding(s, FINDING_AUTH_REJECTED, why);
	if (s->rejected_logins++ < s->settings->limits.bad_commands)
		return false;
	server_stop(s, FINDING_TOO_MANY_BAD_COMMANDS, SMTP_END_LIMIT);
	return true;
}

/* The reply that the error object stood before. */
static void refuse(struct smtp_server *s)
{
	struct smtp_reply reply = smtp_sasl_refusal(&s->sasl);

	if (server_auth_rejected(s, NULL))
		return;
	server_reply(s, reply.code, reply.status, reply.text);
	smtp_sasl_clear(&s->sasl);
}

static void take_status(
    struct smtp_server *s, enum smtp_sasl_status status, const struct error *err)
{
	server_set_state(s, SERVER_READY);
	switch (status) {
	case SMTP_SASL_CHALLENGE:
		challenge(s);
		break;
	case SMTP_SASL_SECRET:
		ask(s, SMTP_EVENT_SECRET);
		break;
	case SMTP_SASL_DONE:
		ask(s, SMTP_EVENT_AUTH);
		break;
	case SMTP_SASL_REFUSED:
		refuse(s);
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

static void begin(struct smtp_server *s, enum smtp_mechanism mechanism, struct span initial)
{
	const struct smtp_sasl_session session = {
	    .random = s->random,
	    .exchange = s->exchanges++,
	    .channel = &s->channel,
	    .hostname = s->settings->hostname,
	    .plus_offered = plus_offered(s),
	};
	struct error err = {.kind = ERROR_USAGE};

	take_status(s, smtp_sasl_begin(&s->sasl, mechanism, &session, initial, &err), &err);
}

void server_auth(struct smtp_server *s, struct span argument)
{
	struct span name = span_cut(&argument, ' ');
	int mechanism = smtp_mechanism_find(name);

	if (!s->tls)
		server_finding(s, FINDING_AUTH_WITHOUT_TLS, NULL);
	if (s->authenticated)
		server_refuse(s, FINDING_BAD_SEQUENCE, "AUTH came again after it had succeeded",
		    SMTP_REPLY(503, "5.5.1", "Already authenticated"));
	else if (argument.data != NULL && span_index(argument, ' ') >= 0)
		server_refuse(s, FINDING_BAD_SYNTAX, "AUTH has more than two arguments",
		    SMTP_REPLY(501, "5.5.4", "Expected AUTH MECHANISM [INITIAL-RESPONSE]"));
	else if (mechanism < 0 || (server_mechanisms(s) & 1U << mechanism) == 0)
		server_reply(s, 504, "5.5.4", "The mechanism is not offered here");
	else if (argument.data != NULL &&
		 smtp_mechanism_server_begins((enum smtp_mechanism)mechanism))
		server_refuse(s, FINDING_BAD_SYNTAX,
		    "AUTH has an initial response although the "
		    "mechanism begins with a challenge",
		    SMTP_REPLY(501, "5.7.0", "The mechanism takes no initial response"));
	else
		begin(s, (enum smtp_mechanism)mechanism, argument);
}

void smtp_server_secret(struct smtp_server *s, const struct smtp_secret *secret)
{
	struct smtp_event_data asked;

	if (s->count == 0 || s->events[s->first].kind != SMTP_EVENT_SECRET)
		return;
	server_take_question(s, &asked);
	take_status(s, smtp_sasl_secret(&s->sasl, secret), NULL);
}

bool server_auth_refused(struct smtp_server *s, const struct smtp_reply *reply)
{
	if (reply->code != 535 || !smtp_sasl_refuse(&s->sasl, reply))
		return false;
	challenge(s);
	return true;
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
