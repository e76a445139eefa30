/*
 * SPDX-License-Identifier: ISC
 *
 * The service extensions: one row says when it is offered, what EHLO says of it, and what it adds
 * to MAIL. A verb of an extension that is not offered is refused (verbs.c).
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

	return s->settings->mechanisms != 0 && (s->tls || clear);
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
	for (unsigned i = 0; i < SMTP_MECHANISM_COUNT; i++)
		if ((s->settings->mechanisms & 1U << i) != 0)
			buffer_printf(out, " %s", SMTP_MECHANISM_NAME[i]);
}

static void xclient_value(const struct smtp_server *s, struct buffer *out)
{
	(void)s;
	buffer_add_char(out, ' ');
	smtp_xclient_attributes(out);
}

static const struct row {
	const char *keyword;
	bool (*offered)(const struct smtp_server *s);
	void (*value)(const struct smtp_server *s, struct buffer *out); /* NULL: none */
	unsigned mail_params;
	size_t mail_octets; /* as the extension's RFC states them */
} ROWS[] = {
    [EXTENSION_PIPELINING] = {"PIPELINING", always, NULL, 0, 0},
    [EXTENSION_SIZE] = {"SIZE", always, size_value, 1U << SMTP_PARAM_SIZE, 26},
    [EXTENSION_8BITMIME] = {"8BITMIME", always, NULL, 1U << SMTP_PARAM_BODY, 17},
    [EXTENSION_ENHANCED] = {"ENHANCEDSTATUSCODES", always, NULL, 0, 0},
    [EXTENSION_STARTTLS] = {"STARTTLS", starttls_offered, NULL, 0, 0},
    [EXTENSION_AUTH] = {"AUTH", auth_offered, auth_value, 1U << SMTP_PARAM_AUTH, 500},
    [EXTENSION_XCLIENT] = {"XCLIENT", xclient_offered, xclient_value, 0, 0},
};
_Static_assert(ARRAY_SIZE(ROWS) == EXTENSION_COUNT, "a row for each extension");

bool server_offers(const struct smtp_server *s, enum server_extension e)
{
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

unsigned server_mail_params(const struct smtp_server *s)
{
	unsigned params = 0;

	for (size_t i = 0; s->esmtp && i < ARRAY_SIZE(ROWS); i++)
		if (ROWS[i].offered(s))
			params |= ROWS[i].mail_params;
	return params;
}

size_t server_mail_octets(const struct smtp_server *s)
{
	size_t octets = 0;

	for (size_t i = 0; s->esmtp && i < ARRAY_SIZE(ROWS); i++)
		if (ROWS[i].offered(s))
			octets += ROWS[i].mail_octets;
	return octets;
}
