/*
 * SPDX-License-Identifier: ISC
 *
 * The verbs: one row says in which states a verb is legal (RFC 5321 4.1.4), what its form is, and
 * who handles it. HELP lists the same rows.
 */
#include <stdio.h>

#include "mail/domain.h"
#include "smtp/command.h"
#include "smtp/mask.h"
#include "smtp/server_internal.h"
#include "smtp/xclient.h"

#define IN(state) (1U << (state))

enum states {
	START = IN(SERVER_START),
	READY = IN(SERVER_READY),
	TRANSACTION = IN(SERVER_MAIL) | IN(SERVER_RCPT),
	CHUNKS = IN(SERVER_BDAT),
	ANY = START | READY | TRANSACTION | CHUNKS,
};

enum flags {
	SYNC = 1,  /* must be the last of a group (RFC 2920 3.1, RFC 3207 4, RFC 4954 4) */
	CLEAR = 2, /* taken before STARTTLS where TLS is required (RFC 3207 4) */
	NO_ARGUMENT = 4,
	ARGUMENT = 8,   /* needs one */
	EHLO = 16,      /* belongs to an extension: EHLO must have come before */
	UNCOUNTED = 32, /* no idle command */
	FOLLOWS = 64,   /* may stand in one group behind a MAIL that was refused */
	GUESSED = 128,  /* without EHLO or HELO there is no doubt what is meant */
};

/* A name as the grammar has it, but that an underscore is let pass (RFC 5321 4.1.1.1). */
static bool helo_name(struct span name)
{
	struct span rest = name;

	if (name.len > 253)
		return false;
	while (rest.data != NULL) {
		struct span label = span_cut(&rest, '.');

		if (label.len == 0 || label.len > 63 || label.data[0] == '-' ||
		    label.data[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!ascii_alnum(label.data[i]) && label.data[i] != '-' &&
			    label.data[i] != '_')
				return false;
	}
	return true;
}

/* What stands in the event is ASCII without controls, even where faults are only noted. */
static void helo(struct smtp_server *s, struct span argument, bool esmtp)
{
	struct smtp_reply refusal = server_table_reply(FINDING_HELO_NOT_A_NAME);
	struct smtp_event_data *data;
	struct ip literal;

	if (smtp_command_has_control(argument, false)) {
		server_refuse(s, FINDING_HELO_NOT_A_NAME,
		    "the HELO name holds an octet that is no printable ASCII", &refusal);
		return;
	}
	if (mail_helo_kind(argument, &literal) == MAIL_HELO_INVALID) {
		if (helo_name(argument))
			server_finding(s, FINDING_HELO_NOT_A_NAME, NULL);
		else if (server_object(s, FINDING_HELO_NOT_A_NAME, NULL, &refusal))
			return;
	}
	data = server_event(s, SMTP_EVENT_HELO);
	data->helo.name = argument;
	data->helo.esmtp = esmtp;
}

static void verb_helo(struct smtp_server *s, struct span argument)
{
	helo(s, argument, false);
}

static void verb_ehlo(struct smtp_server *s, struct span argument)
{
	helo(s, argument, true);
}

/* The greeting that does not belong to the protocol of this listener. */
static void greeting_unavailable(struct smtp_server *s)
{
	static const char *const texts[] = {
	    "this is SMTP: greet with EHLO", "this is LMTP: greet with LHLO"};
	const char *text = texts[s->settings->lmtp];

	server_refuse(s, FINDING_UNKNOWN_COMMAND, text, SMTP_REPLY(500, "5.5.1", text));
}

void server_no_recipients(struct smtp_server *s, const char *verb)
{
	char text[40];

	snprintf(text, sizeof(text), "%s came before RCPT", verb);
	if (!s->rcpt_refused)
		server_refuse(
		    s, FINDING_BAD_SEQUENCE, text, SMTP_REPLY(503, "5.5.1", "Send RCPT first"));
	else /* RFC 2033 4.2 */
		server_reply(s, s->settings->lmtp ? 503 : 554, "5.5.1", "No valid recipients");
}

static void verb_data(struct smtp_server *s, struct span argument)
{
	(void)argument;
	if (s->recipients == 0)
		server_no_recipients(s, "DATA");
	else if (s->body == SMTP_BODY_BINARYMIME)
		server_refuse(s, FINDING_BAD_SEQUENCE,
		    "DATA came although BODY=BINARYMIME was given: use BDAT",
		    SMTP_REPLY(503, "5.5.1", "A binary message comes by BDAT"));
	else
		server_event(s, SMTP_EVENT_DATA);
}

static void verb_rset(struct smtp_server *s, struct span argument)
{
	(void)argument;
	server_drop(s);
	server_reply(s, 250, "2.0.0", "Ok");
}

static void verb_noop(struct smtp_server *s, struct span argument)
{
	(void)argument;
	server_reply(s, 250, "2.0.0", "Ok");
}

static void verb_vrfy(struct smtp_server *s, struct span argument)
{
	struct smtp_reply refusal = server_table_reply(FINDING_SMTPUTF8_MISSING);

	if (server_is_ascii(argument) || span_ends_nocase(argument, SPAN(" SMTPUTF8")) ||
	    !server_object(s, FINDING_SMTPUTF8_MISSING, NULL, &refusal))
		server_reply(s, 252, "2.0.0", "Not verified; send RCPT to find out");
}

static void verb_quit(struct smtp_server *s, struct span argument)
{
	(void)argument;
	server_reply(s, 221, "2.0.0", "Bye");
	server_end(s, SMTP_END_QUIT);
}

static void verb_starttls(struct smtp_server *s, struct span argument)
{
	(void)argument;
	server_event(s, SMTP_EVENT_STARTTLS);
}

static void starttls_unavailable(struct smtp_server *s)
{
	if (s->tls)
		server_refuse(s, FINDING_BAD_SEQUENCE, "STARTTLS came although TLS stands",
		    SMTP_REPLY(503, "5.5.1", "TLS stands already"));
	else
		server_refuse(s, FINDING_UNKNOWN_COMMAND, "STARTTLS is not offered here",
		    SMTP_REPLY(502, "5.5.1", "STARTTLS is not offered here"));
}

static void verb_xclient(struct smtp_server *s, struct span argument);
static void verb_help(struct smtp_server *s, struct span argument);

/* A browser, or a script that makes one speak SMTP, must not get far enough to send mail. */
static void verb_http(struct smtp_server *s, struct span argument)
{
	(void)argument;
	server_finding(s, FINDING_BAD_SYNTAX, "the client speaks HTTP: this port speaks SMTP");
	server_write(s, SMTP_REPLY(421, "4.7.0", "This port speaks SMTP, not HTTP"));
	server_end(s, SMTP_END_REFUSED);
}

static const struct verb {
	const char *name;
	unsigned states;
	unsigned flags;
	enum server_extension extension;
	const char *form; /* what is expected */
	void (*handle)(struct smtp_server *s, struct span argument);
	void (*unavailable)(struct smtp_server *s); /* not offered; NULL: 502 */
} VERBS[] = {
    {"EHLO", ANY, SYNC | CLEAR | ARGUMENT, EXTENSION_SMTP, "EHLO NAME", verb_ehlo,
	greeting_unavailable},
    {"HELO", ANY, SYNC | CLEAR | ARGUMENT, EXTENSION_SMTP, "HELO NAME", verb_helo,
	greeting_unavailable},
    {"LHLO", ANY, SYNC | CLEAR | ARGUMENT, EXTENSION_LMTP, "LHLO NAME", verb_ehlo,
	greeting_unavailable},
    {"MAIL", READY, ARGUMENT | GUESSED, EXTENSION_NONE, "MAIL FROM:<ADDRESS>", server_mail, NULL},
    {"RCPT", TRANSACTION, ARGUMENT | UNCOUNTED | FOLLOWS, EXTENSION_NONE, "RCPT TO:<ADDRESS>",
	server_rcpt, NULL},
    {"DATA", TRANSACTION, SYNC | NO_ARGUMENT | FOLLOWS, EXTENSION_NONE, "DATA", verb_data, NULL},
    {"BDAT", TRANSACTION | CHUNKS, EHLO | FOLLOWS, EXTENSION_CHUNKING, "BDAT SIZE [LAST]",
	server_bdat, NULL},
    {"RSET", ANY, CLEAR | NO_ARGUMENT, EXTENSION_NONE, "RSET", verb_rset, NULL},
    {"NOOP", ANY, SYNC | CLEAR, EXTENSION_NONE, "NOOP", verb_noop, NULL},
    {"VRFY", ANY, SYNC | ARGUMENT, EXTENSION_NONE, "VRFY ADDRESS", verb_vrfy, NULL},
    {"HELP", ANY, CLEAR, EXTENSION_NONE, "HELP", verb_help, NULL},
    {"QUIT", ANY, SYNC | CLEAR | NO_ARGUMENT | UNCOUNTED, EXTENSION_NONE, "QUIT", verb_quit, NULL},
    {"STARTTLS", READY | TRANSACTION | CHUNKS, SYNC | CLEAR | NO_ARGUMENT | EHLO,
	EXTENSION_STARTTLS, "STARTTLS", verb_starttls, starttls_unavailable},
    {"AUTH", READY, SYNC | ARGUMENT | EHLO, EXTENSION_AUTH, "AUTH MECHANISM [INITIAL-RESPONSE]",
	server_auth, server_auth_unavailable},
    {"XCLIENT", START | READY, SYNC | CLEAR | ARGUMENT, EXTENSION_XCLIENT, "XCLIENT NAME=VALUE ...",
	verb_xclient, NULL},
    {"EXPN", 0, SYNC, EXTENSION_NEVER, NULL, NULL, NULL},
    {"ETRN", 0, 0, EXTENSION_NEVER, NULL, NULL, NULL},
    {"ATRN", 0, 0, EXTENSION_NEVER, NULL, NULL, NULL},
    {"TURN", 0, SYNC, EXTENSION_NEVER, NULL, NULL, NULL},
    {"SEND", 0, 0, EXTENSION_NEVER, NULL, NULL, NULL},
    {"SOML", 0, 0, EXTENSION_NEVER, NULL, NULL, NULL},
    {"SAML", 0, 0, EXTENSION_NEVER, NULL, NULL, NULL},
};

/* Methods of HTTP: taken for that only as long as no greeting was given. */
static const char *const HTTP_METHODS[] = {
    "GET", "POST", "HEAD", "PUT", "OPTIONS", "CONNECT", "DELETE", "PATCH", "TRACE", "PRI"};

static void verb_help(struct smtp_server *s, struct span argument)
{
	struct buffer text = BUFFER_INIT;

	(void)argument;
	buffer_add_string(&text, "Commands:");
	for (size_t i = 0; i < ARRAY_SIZE(VERBS); i++)
		if (server_offers(s, VERBS[i].extension))
			buffer_printf(&text, " %s", VERBS[i].name);
	server_reply(s, 214, "2.0.0", text.data);
	buffer_clear(&text);
}

static void verb_xclient(struct smtp_server *s, struct span argument)
{
	struct smtp_xclient client;
	struct error err;

	if (smtp_xclient_parse(argument, server_arena(s), &client, &err) < 0)
		server_refuse(s, FINDING_BAD_SYNTAX, err.text, SMTP_REPLY(501, "5.5.4", err.text));
	else
		server_event(s, SMTP_EVENT_XCLIENT)->xclient = client;
}

static const struct verb *find(struct span word)
{
	for (size_t i = 0; i < ARRAY_SIZE(VERBS); i++)
		if (span_equal_nocase(word, span_from(VERBS[i].name)))
			return &VERBS[i];
	return NULL;
}

static bool is_http(struct span word)
{
	for (size_t i = 0; i < ARRAY_SIZE(HTTP_METHODS); i++)
		if (span_equal(word, span_from(HTTP_METHODS[i])))
			return true;
	return false;
}

bool server_verb_known(struct span line)
{
	struct smtp_command c;

	return smtp_command_parse(line, &c, NULL) == 0 && find(c.word) != NULL;
}

bool server_verb_is_quit(struct span line)
{
	return span_equal_nocase(span_trim(line), SPAN("QUIT"));
}

static const char *const PARAM_VERBS[] = {
    [SERVER_PARAM_MAIL] = "MAIL",
    [SERVER_PARAM_RCPT] = "RCPT",
    [SERVER_PARAM_VRFY] = "VRFY",
};
_Static_assert(ARRAY_SIZE(PARAM_VERBS) == SERVER_PARAM_VERB_COUNT, "a verb for each");

size_t server_line_limit(const struct smtp_server *s)
{
	const struct smtp_limits *limits = &s->settings->limits;
	struct span kept = buffer_span(&s->line.text);

	if (s->state == SERVER_SASL)
		return limits->auth_line;
	/* The word is looked at only where it matters. */
	if (kept.len < limits->command_line)
		return limits->command_line;
	if (smtp_mask_is_auth(kept))
		return limits->auth_line;
	for (unsigned i = 0; i < SERVER_PARAM_VERB_COUNT; i++)
		if (span_starts_nocase(kept, span_from(PARAM_VERBS[i])))
			return limits->command_line +
			       server_param_octets(s, (enum server_param_verb)i);
	return limits->command_line;
}

static void unknown(struct smtp_server *s, const struct smtp_command *c)
{
	char text[120];

	if (s->state == SERVER_START && is_http(c->word)) {
		verb_http(s, c->argument);
		return;
	}
	/* A masked word may be a secret. */
	snprintf(text, sizeof(text), "the command %.*s is unknown",
	    (int)span_first(c->word, 40).len, c->word.data);
	server_refuse(s, FINDING_UNKNOWN_COMMAND, s->masked ? NULL : text,
	    SMTP_REPLY(500, "5.5.1", "Unknown command"));
}

static void unavailable(struct smtp_server *s, const struct verb *v)
{
	char text[120];

	if (v->unavailable != NULL) {
		v->unavailable(s);
		return;
	}
	snprintf(text, sizeof(text), "%s is not offered here", v->name);
	server_refuse(s, FINDING_UNKNOWN_COMMAND, text, SMTP_REPLY(502, "5.5.1", text));
}

/* What must be sent first, or else where the verb may not stand. */
static void state_sentence(
    const struct smtp_server *s, const struct verb *v, char *out, size_t size)
{
	bool needs_ehlo = (v->flags & EHLO) != 0 && !s->esmtp;
	const char *hello = s->settings->lmtp ? "LHLO" : "EHLO";
	const char *first = s->state == SERVER_START || needs_ehlo ? hello
	                    : s->state == SERVER_READY             ? "MAIL"
	                                                           : NULL;

	if (first != NULL)
		snprintf(out, size, "Send %s before %s", first, v->name);
	else
		snprintf(out, size, "%s is not legal %s", v->name,
		    s->state == SERVER_BDAT ? "between the chunks of a message"
					    : "in a transaction");
}

/* Refuses a verb that is not legal in this state; true when it did. */
static bool out_of_state(struct smtp_server *s, const struct verb *v)
{
	bool legal = (v->states & IN(s->state)) != 0;
	bool needs_ehlo = (v->flags & EHLO) != 0 && !s->esmtp;
	bool guessed = (v->flags & GUESSED) != 0 && s->state == SERVER_START;
	char text[120];

	if (legal && !needs_ehlo)
		return false;
	state_sentence(s, v, text, sizeof(text));
	if (guessed)
		return server_object(s, FINDING_BAD_SEQUENCE, text, SMTP_REPLY(503, "5.5.1", text));
	if ((v->flags & FOLLOWS) != 0 && s->mail_refused)
		server_reply(s, 503, "5.5.1", text);
	else
		server_refuse(s, FINDING_BAD_SEQUENCE, text, SMTP_REPLY(503, "5.5.1", text));
	return true;
}

static bool bad_form(struct smtp_server *s, const struct verb *v, const struct smtp_command *c)
{
	bool more = (v->flags & NO_ARGUMENT) != 0 && c->has_argument;
	bool less = (v->flags & ARGUMENT) != 0 && !c->has_argument;
	char text[120];

	if (!more && !less)
		return false;
	snprintf(text, sizeof(text), "%s %s argument: expected %s", v->name,
	    more ? "takes no" : "needs an", v->form);
	if (more)
		return server_object(s, FINDING_BAD_SYNTAX, text, SMTP_REPLY(501, "5.5.4", text));
	server_refuse(s, FINDING_BAD_SYNTAX, text, SMTP_REPLY(501, "5.5.4", text));
	return true;
}

/* Refuses what needs TLS first (RFC 3207 4); true when it did. */
static bool needs_tls(struct smtp_server *s, const struct verb *v)
{
	bool auth = v->extension == EXTENSION_AUTH;
	char text[120];

	if (s->settings->tls != SMTP_TLS_REQUIRED || s->tls || (v->flags & CLEAR) != 0 ||
	    v->extension == EXTENSION_NEVER)
		return false;
	snprintf(text, sizeof(text), "%s came before STARTTLS, which is required here", v->name);
	server_refuse(s, auth ? FINDING_AUTH_WITHOUT_TLS : FINDING_BAD_SEQUENCE, auth ? NULL : text,
	    SMTP_REPLY(530, "5.7.0", "Must issue a STARTTLS command first"));
	return true;
}

/* Counts commands that lead to no message; true when they were too many. */
static bool too_idle(struct smtp_server *s, const struct verb *v)
{
	bool octets = s->chunk.open && s->chunk.size > 0;

	if ((v->flags & UNCOUNTED) != 0 || octets ||
	    s->idle_commands++ < s->settings->limits.idle_commands)
		return false;
	server_stop(s, FINDING_TOO_MANY_COMMANDS, SMTP_END_LIMIT);
	return true;
}

void server_command(struct smtp_server *s, struct span line)
{
	struct smtp_command c;
	const struct verb *v;
	struct error err;

	if (smtp_command_parse(line, &c, &err) < 0) {
		server_refuse(s, FINDING_BAD_SYNTAX, err.text,
		    SMTP_REPLY(500, "5.5.2", "Expected a command"));
		return;
	}
	v = find(c.word);
	if (v == NULL) {
		unknown(s, &c);
		return;
	}
	s->sync_reply = (v->flags & SYNC) != 0;
	if ((v->flags & FOLLOWS) == 0)
		s->mail_refused = v->handle == server_mail;
	if (too_idle(s, v) || needs_tls(s, v))
		return;
	if (!server_offers(s, v->extension))
		unavailable(s, v);
	else if (!out_of_state(s, v) && !bad_form(s, v, &c))
		v->handle(s, c.argument);
}
