/*
 * SPDX-License-Identifier: ISC
 *
 * MAIL and RCPT (RFC 5321 4.1.1.2, 4.1.1.3). Blanks behind the colon and missing brackets have
 * findings of their own, since many receivers let them pass and strict ones do not.
 */
#include <inttypes.h>
#include <stdio.h>

#include "smtp/params.h"
#include "smtp/server_internal.h"

struct form {
	struct span prefix;
	unsigned path_flags;
	const char *usage;
	const char *bad_address; /* the status for an address that is wrong in itself */
};

static const struct form MAIL = {
    {"FROM:", 5}, MAIL_PATH_NULL, "MAIL FROM:<ADDRESS> [PARAMETERS]", "5.1.7"};
static const struct form RCPT = {
    {"TO:", 3}, MAIL_PATH_POSTMASTER, "RCPT TO:<ADDRESS> [PARAMETERS]", "5.1.3"};

bool server_is_ascii(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] > 0x7f)
			return false;
	return true;
}

static void refuse_form(struct smtp_server *s, const struct form *form, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: expected %s", what, form->usage);
	server_refuse(s, FINDING_BAD_SYNTAX, text, SMTP_REPLY(501, "5.5.4", text));
}

/* Reports a fault that leaves no doubt what was meant; true when it is refused. */
static bool odd_form(
    struct smtp_server *s, const struct form *form, enum finding_id id, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: expected %s", what, form->usage);
	return server_object(s, id, text, SMTP_REPLY(501, "5.5.4", text));
}

/* The octets up to the first blank that does not stand in quotes. */
static size_t bare_length(struct span text)
{
	bool quoted = false;
	size_t n = 0;

	for (; n < text.len && (quoted || text.data[n] != ' '); n++) {
		if (text.data[n] == '"')
			quoted = !quoted;
		else if (text.data[n] == '\\' && quoted && n + 1 < text.len)
			n++;
	}
	return n;
}

/* The text with brackets put around the address at its start. */
static struct span add_brackets(struct smtp_server *s, struct span text)
{
	size_t n = bare_length(text);
	struct buffer whole = BUFFER_INIT;
	struct span out;

	buffer_add_char(&whole, '<');
	buffer_add_span(&whole, span_first(text, n));
	buffer_add_char(&whole, '>');
	buffer_add_span(&whole, span_after(text, n));
	out = arena_span(server_arena(s), buffer_span(&whole));
	buffer_clear(&whole);
	return out;
}

static bool is_blank(struct span text)
{
	return text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t');
}

/* Cuts the text that begins with the path's bracket; false when it was refused. */
static bool take_form(
    struct smtp_server *s, struct span argument, const struct form *form, struct span *text)
{
	struct span rest = span_after(argument, form->prefix.len);
	bool refused = false;

	if (!span_starts_nocase(argument, form->prefix)) {
		refuse_form(s, form, "the argument begins otherwise");
		return false;
	}
	if (is_blank(rest))
		refused = odd_form(
		    s, form, FINDING_SPACE_BEHIND_COLON, "a blank stands behind the colon");
	while (is_blank(rest))
		rest = span_after(rest, 1);
	*text = rest;
	if (refused)
		return false;
	if (text->len == 0) {
		refuse_form(s, form, "no address stands behind the colon");
		return false;
	}
	if (text->data[0] == '<')
		return true;
	if (odd_form(
		s, form, FINDING_MISSING_BRACKETS, "the address does not stand in angle brackets"))
		return false;
	*text = add_brackets(s, *text);
	return true;
}

/* Reads the path and what follows its blank; false when it was refused. */
static bool take_path(struct smtp_server *s, struct span argument, const struct form *form,
    struct mail_path *path, struct span *params)
{
	struct span text;
	struct error err;
	ptrdiff_t taken;

	if (!take_form(s, argument, form, &text))
		return false;
	taken = mail_path_parse(text, form->path_flags | MAIL_PATH_UTF8, path, &err);
	if (taken < 0) {
		server_refuse(s, FINDING_BAD_SYNTAX, err.text,
		    SMTP_REPLY(501, form->bad_address, "Malformed address"));
		return false;
	}
	text = span_after(text, (size_t)taken);
	*params = (struct span){NULL, 0};
	if (text.len > 0 && text.data[0] != ' ') {
		refuse_form(s, form, "no blank between the address and its parameters");
		return false;
	}
	if (text.len > 0)
		*params = span_after(text, 1);
	if (path->route.len > 0)
		server_finding(s, FINDING_OBSOLETE_ROUTE, NULL);
	return true;
}

/* Refuses characters beyond ASCII that were not announced (RFC 6531 3.4); true when it did. */
static bool needs_utf8(struct smtp_server *s, const struct mail_path *path, bool announced)
{
	struct smtp_reply refusal = server_table_reply(FINDING_SMTPUTF8_MISSING);

	if (announced || (server_is_ascii(path->address) && server_is_ascii(path->route)))
		return false;
	return server_object(s, FINDING_SMTPUTF8_MISSING, NULL, &refusal);
}

/* False when the parameters were refused. */
static bool take_params(
    struct smtp_server *s, struct span text, unsigned allowed, struct smtp_params *params)
{
	struct error err;
	int code = smtp_params_parse(text, allowed, params, &err);

	if (code != 0)
		server_refuse(s, FINDING_BAD_SYNTAX, err.text, SMTP_REPLY(code, "5.5.4", err.text));
	return code == 0;
}

static bool too_big(struct smtp_server *s, uint64_t size)
{
	uint64_t limit = s->settings->limits.message_size;
	struct smtp_reply refusal = server_table_reply(FINDING_MESSAGE_TOO_BIG);
	char text[160];

	if (limit == 0 || size <= limit)
		return false;
	snprintf(text, sizeof(text),
	    "SIZE announces %" PRIu64 " octets: at most %" PRIu64 " are taken", size, limit);
	server_refuse(s, FINDING_MESSAGE_TOO_BIG, text, &refusal);
	return true;
}

static bool given(const struct smtp_params *params, enum smtp_param param)
{
	return (params->given & 1U << param) != 0;
}

void server_mail(struct smtp_server *s, struct span argument)
{
	struct smtp_event_data *data;
	struct smtp_params params;
	struct mail_path path;
	struct span rest;

	if (s->settings->require_auth && !s->authenticated) {
		server_refuse(s, FINDING_BAD_SEQUENCE,
		    "MAIL came before AUTH, which is required here",
		    SMTP_REPLY(530, "5.7.0", "Authentication required"));
		return;
	}
	if (!take_path(s, argument, &MAIL, &path, &rest) ||
	    !take_params(s, rest, server_params(s, SERVER_PARAM_MAIL), &params) ||
	    needs_utf8(s, &path, given(&params, SMTP_PARAM_SMTPUTF8)) || too_big(s, params.size))
		return;
	data = server_event(s, SMTP_EVENT_MAIL);
	data->mail.path = path;
	data->mail.size = params.size;
	data->mail.body = params.body;
	data->mail.smtputf8 = given(&params, SMTP_PARAM_SMTPUTF8);
	data->mail.require_tls = given(&params, SMTP_PARAM_REQUIRETLS);
	data->mail.ret = params.ret;
	data->mail.envid = params.envid;
}

void server_rcpt(struct smtp_server *s, struct span argument)
{
	struct smtp_reply many = server_table_reply(FINDING_TOO_MANY_RECIPIENTS);
	unsigned allowed = server_params(s, SERVER_PARAM_RCPT);
	struct smtp_event_data *data;
	struct smtp_params params;
	struct mail_path path;
	struct span rest;

	if (s->smtputf8)
		allowed |= SMTP_PARAMS_UTF8;
	if (!take_path(s, argument, &RCPT, &path, &rest) ||
	    !take_params(s, rest, allowed, &params) || needs_utf8(s, &path, s->smtputf8)) {
		s->rcpt_refused = true;
		return;
	}
	if (s->recipients >= s->settings->limits.recipients) {
		server_refuse(s, FINDING_TOO_MANY_RECIPIENTS, NULL, &many);
		return;
	}
	data = server_event(s, SMTP_EVENT_RCPT);
	data->rcpt.path = path;
	data->rcpt.notify = params.notify;
	data->rcpt.orcpt = params.orcpt;
}
