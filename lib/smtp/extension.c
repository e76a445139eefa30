/*
 * SPDX-License-Identifier: ISC
 *
 * The service extensions: one row says when it is offered, what EHLO says of it, and what it adds
 * to the commands. A verb of an extension that is not offered is refused (verbs.c).
 */
#include <inttypes.h>

#include "smtp/params.h"
#include "smtp/server_internal.h"
#include "smtp/xclient.h"

static bool always(const struct smtp_server *s)
{
	(void)s;
	return true;
}

static bool starttls_offered(const struct smtp_server *s)
{
	return s->settings->tls != SMTP_TLS_NONE && !s->tls;
}

static bool auth_offered(const struct smtp_server *s)
{
	bool clear = s->settings->auth_without_tls && s->settings->tls != SMTP_TLS_REQUIRED;

	return server_mechanisms(s) != 0 && (s->tls || clear);
}

static bool xclient_offered(const struct smtp_server *s)
{
	return s->trusted;
}

static void size_value(const struct smtp_server *s, struct buffer *out)
{
	if (s->settings->limits.message_size > 0)
		buffer_printf(out, " %" PRIu64, s->settings->limits.message_size);
}

static void auth_value(const struct smtp_server *s, struct buffer *out)
{
	unsigned mechanisms = server_mechanisms(s);

	for (unsigned i = 0; i < SMTP_MECHANISM_COUNT; i++)
		if ((mechanisms & 1U << i) != 0)
			buffer_printf(out, " %s", SMTP_MECHANISM_NAME[i]);
}

static void xclient_value(const struct smtp_server *s, struct buffer *out)
{
	(void)s;
	buffer_add_char(out, ' ');
	smtp_xclient_attributes(out);
}

static bool requiretls_offered(const struct smtp_server *s)
{
	return s->tls;
}

static void limits_value(const struct smtp_server *s, struct buffer *out)
{
	buffer_printf(out, " RCPTMAX=%u", s->settings->limits.recipients);
}

#define PARAM(name) (1U << SMTP_PARAM_##name)

static const struct row {
	const char *keyword;
	bool (*offered)(const struct smtp_server *s);
	void (*value)(const struct smtp_server *s, struct buffer *out); /* NULL: none */
	struct {
		unsigned params;
		size_t octets; /* as the extension's RFC states them */
	} adds[SERVER_PARAM_VERB_COUNT];
} ROWS[] = {
    [EXTENSION_PIPELINING] = {"PIPELINING", always, NULL, {{0, 0}}},
    [EXTENSION_SIZE] = {"SIZE", always, size_value, {{PARAM(SIZE), 26}}},
    [EXTENSION_8BITMIME] = {"8BITMIME", always, NULL, {{PARAM(BODY), 17}}},
    [EXTENSION_ENHANCED] = {"ENHANCEDSTATUSCODES", always, NULL, {{0, 0}}},
    [EXTENSION_STARTTLS] = {"STARTTLS", starttls_offered, NULL, {{0, 0}}},
    [EXTENSION_AUTH] = {"AUTH", auth_offered, auth_value, {{PARAM(AUTH), 500}}},
    [EXTENSION_XCLIENT] = {"XCLIENT", xclient_offered, xclient_value, {{0, 0}}},
    [EXTENSION_CHUNKING] = {"CHUNKING", always, NULL, {{0, 0}}},
    [EXTENSION_BINARYMIME] = {"BINARYMIME", always, NULL, {{PARAM(BODY), 16}}},
    [EXTENSION_SMTPUTF8] = {"SMTPUTF8", always, NULL, {{PARAM(SMTPUTF8), 10}, {0, 0}, {0, 10}}},
    /* " RET=FULL", " ENVID=" and 100 characters that may each take three octets; RFC 3461 5.4 */
    [EXTENSION_DSN] = {"DSN", always, NULL,
	{{PARAM(RET) | PARAM(ENVID), 9 + 7 + 300}, {PARAM(NOTIFY) | PARAM(ORCPT), 530}}},
    [EXTENSION_REQUIRETLS] = {"REQUIRETLS", requiretls_offered, NULL, {{PARAM(REQUIRETLS), 11}}},
    [EXTENSION_LIMITS] = {"LIMITS", always, limits_value, {{0, 0}}},
};
_Static_assert(ARRAY_SIZE(ROWS) == EXTENSION_COUNT, "a row for each extension");

bool server_offers(const struct smtp_server *s, enum server_extension e)
{
	if (e == EXTENSION_SMTP || e == EXTENSION_LMTP)
		return s->settings->lmtp == (e == EXTENSION_LMTP);
	if (e >= EXTENSION_COUNT)
		return e == EXTENSION_NONE;
	return ROWS[e].offered(s);
}

void server_keywords(const struct smtp_server *s, struct buffer *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		if (!ROWS[i].offered(s))
			continue;
		buffer_printf(out, "\n%s", ROWS[i].keyword);
		if (ROWS[i].value != NULL)
			ROWS[i].value(s, out);
	}
}

unsigned server_params(const struct smtp_server *s, enum server_param_verb verb)
{
	unsigned params = 0;

	for (size_t i = 0; s->esmtp && i < ARRAY_SIZE(ROWS); i++)
		if (ROWS[i].offered(s))
			params |= ROWS[i].adds[verb].params;
	return params;
}

size_t server_param_octets(const struct smtp_server *s, enum server_param_verb verb)
{
	size_t octets = 0;

	for (size_t i = 0; s->esmtp && i < ARRAY_SIZE(ROWS); i++)
		if (ROWS[i].offered(s))
			octets += ROWS[i].adds[verb].octets;
	return octets;
}
