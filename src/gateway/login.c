/*
 * SPDX-License-Identifier: ISC
 *
 * Answers of a session to AUTH. The users of the newest generation count.
 */
#include "gateway/login.h"

#include <openssl/crypto.h>

#include "gateway/users.h"
#include "run/log.h"
#include "smtp/sasl.h"

static bool over_tls(const struct session *s)
{
	return s->record.tls.mode != TLS_MODE_NONE;
}

static void refuse(
    struct session *s, const struct smtp_event_data *data, enum users_verdict verdict)
{
	const struct smtp_reply *reply = users_reply(verdict);
	struct buffer user = BUFFER_INIT;

	/* Not in the session's arena: a client may try again and again. */
	buffer_add_span(&user, data->auth.user);
	log_event(CONF_LOG_INFO, s->id, "auth-rejected", "user", user.data, "mechanism",
	    SMTP_MECHANISM_NAME[data->auth.mechanism], "status", reply->status, LOG_END);
	buffer_clear(&user);
	smtp_server_answer(s->machine, reply);
}

void login_secret(struct session *s, const struct smtp_event_data *data)
{
	struct users_secret known;
	enum users_verdict verdict =
	    users_find(s->worker->generation->users, data->auth.mechanism, data->auth.user, &known);

	if (verdict == USERS_ACCEPTED)
		smtp_server_secret(s->machine, &known.secret);
	else
		refuse(s, data, verdict);
	OPENSSL_cleanse(&known, sizeof(known));
}

static enum users_verdict judge(const struct session *s, const struct smtp_event_data *data)
{
	const struct users_login login = {
	    .mechanism = data->auth.mechanism,
	    .identity = data->auth.identity,
	    .user = data->auth.user,
	    .password = data->auth.password,
	    .proven = data->auth.proven,
	    .over_tls = over_tls(s),
	};

	/* Any secret is right, but only what shows one can be taken so. */
	if (s->listener->conf->auth_any && smtp_mechanism_shows_secret(login.mechanism))
		return USERS_ACCEPTED;
	return users_judge(s->worker->generation->users, &login);
}

void login_judge(struct session *s, const struct smtp_event_data *data)
{
	enum users_verdict verdict = judge(s, data);
	const char *mechanism = SMTP_MECHANISM_NAME[data->auth.mechanism];
	const char *user;

	if (verdict != USERS_ACCEPTED) {
		refuse(s, data, verdict);
		return;
	}
	user = arena_copy(s->arena, data->auth.user);
	s->record.auth = (struct record_auth){mechanism, user, over_tls(s)};
	log_event(CONF_LOG_INFO, s->id, "auth", "user", user, "mechanism", mechanism, LOG_END);
	smtp_server_answer(s->machine, NULL);
}
