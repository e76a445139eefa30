/*
 * SPDX-License-Identifier: ISC
 *
 * MAIL and RCPT (RFC 5321 4.1.1.2, 4.1.1.3). Blanks behind the colon and missing brackets are
 * refused with a sentence that says so.
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

/* What is wrong with an argument before its address, or NULL. */
static const char *form_fault(struct span argument, const struct form *form)
{
	struct span rest = span_after(argument, form->prefix.len);

	if (!span_starts_nocase(argument, form->prefix))
		return "the argument begins otherwise";
	if (rest.len > 0 && (rest.data[0] == ' ' || rest.data[0] == '\t'))
		return "a blank stands behind the colon";
	if (rest.len == 0 || rest.data[0] != '<')
		return "the address does not stand in angle brackets";
	return NULL;
}

static void refuse_form(struct smtp_server *s, const struct form *form, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: expected %s", what, form->usage);
	server_refuse(s, FINDING_BAD_SYNTAX, text, SMTP_REPLY(501, "5.5.4", text));
}

/* Reads the path and what follows its blank; false when it was refused. */
static bool take_path(struct smtp_server *s, struct span argument, const struct form *form,
    struct mail_path *path, struct span *params)
{
	struct span text = span_after(argument, form->prefix.len);
	const char *fault = form_fault(argument, form);
	struct error err;
	ptrdiff_t taken;

	if (fault != NULL) {
		refuse_form(s, form, fault);
		return false;
	}
	taken = mail_path_parse(text, form->path_flags, path, &err);
	if (taken < 0) {
		server_refuse(s, FINDING_BAD_SYNTAX, err.text,
		    SMTP_REPLY(501, form->bad_address, "Malformed address"));
		return false;
	}
	text = span_after(text, (size_t)taken);
	*params = (struct span){NULL, 0};
	if (text.len == 0)
		return true;
	if (text.data[0] != ' ') {
		refuse_form(s, form, "no blank between the address and its parameters");
		return false;
	}
	*params = span_after(text, 1);
	return true;
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
	    !take_params(s, rest, server_mail_params(s), &params) || too_big(s, params.size))
		return;
	data = server_event(s, SMTP_EVENT_MAIL);
	data->mail.path = path;
	data->mail.size = params.size;
	data->mail.body = params.body;
}

void server_rcpt(struct smtp_server *s, struct span argument)
{
	struct smtp_reply many = server_table_reply(FINDING_TOO_MANY_RECIPIENTS);
	struct smtp_params params;
	struct mail_path path;
	struct span rest;

	if (!take_path(s, argument, &RCPT, &path, &rest) || !take_params(s, rest, 0, &params)) {
		s->rcpt_refused = true;
		return;
	}
	if (s->recipients >= s->settings->limits.recipients) {
		server_refuse(s, FINDING_TOO_MANY_RECIPIENTS, NULL, &many);
		return;
	}
	server_event(s, SMTP_EVENT_RCPT)->rcpt.path = path;
}
