/*
 * SPDX-License-Identifier: ISC
 *
 * Dialog scripts: parsing.
 */
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/name.h"
#include "smtp/sasl.h"

#define REPEAT_MAX 5000

struct parser {
	struct script *script;
	unsigned line;
	bool in_message; /* the last step takes M lines */
	bool in_repeat;
	size_t repeat_from; /* the first step of the block */
	uint64_t repeat;
	struct error *err;
};

static int fail(const struct parser *p, const char *what, struct span got)
{
	return error_usage(p->err, "%u: %s: %.*s", p->line, what, (int)got.len, got.data);
}

static struct step *add_step(struct parser *p, enum step_kind kind, struct span text)
{
	struct script *s = p->script;
	struct step *step;

	array_grow(&s->steps, s->step_count, sizeof(*s->steps));
	step = &s->steps[s->step_count++];
	*step = (struct step){.kind = kind, .line = p->line, .text = arena_span(s->arena, text)};
	return step;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, ascii_lower(c));

	return at == NULL ? -1 : (int)(at - digits);
}

/* Decodes one escape at text.data[0] == '\\'; returns the octets it takes, or -1. */
static int unescape(struct span text, char *out)
{
	static const char letters[] = "rnt0\\", octets[] = "\r\n\t\0\\";
	const char *at = text.len < 2 ? NULL : memchr(letters, text.data[1], sizeof(letters) - 1);

	if (at != NULL) {
		*out = octets[at - letters];
		return 2;
	}
	if (text.len < 4 || text.data[1] != 'x' || hex_digit(text.data[2]) < 0 ||
	    hex_digit(text.data[3]) < 0)
		return -1;
	*out = (char)(hex_digit(text.data[2]) << 4 | hex_digit(text.data[3]));
	return 4;
}

static int add_octets(struct buffer *out, struct span text)
{
	while (text.len > 0) {
		char c = text.data[0];
		int n = c == '\\' ? unescape(text, &c) : 1;

		if (n < 0)
			return -1;
		buffer_add_char(out, c);
		text = span_after(text, (size_t)n);
	}
	return 0;
}

/* The octets of a line "X: text", "X> octets", "X* N octets". */
static int line_octets(const struct parser *p, char form, struct span text, struct buffer *out)
{
	struct buffer once = BUFFER_INIT;
	uint64_t count = 1;

	if (form == ':') {
		buffer_add_span(out, text);
		buffer_add_string(out, "\r\n");
		return 0;
	}
	if (form == '*' && span_to_uint(span_cut(&text, ' '), 10000000, &count) < 0)
		return fail(p, "expected a count and octets", text);
	if (add_octets(&once, text) < 0) {
		buffer_clear(&once);
		return fail(p, "expected the escapes \\r \\n \\t \\0 \\\\ \\xHH", text);
	}
	for (uint64_t i = 0; i < count; i++)
		buffer_add_span(out, buffer_span(&once));
	buffer_clear(&once);
	return 0;
}

static int take_send(struct parser *p, char form, struct span text)
{
	struct buffer b = BUFFER_INIT;
	int result = line_octets(p, form, text, &b);

	if (result == 0)
		add_step(p, STEP_SEND, buffer_span(&b));
	buffer_clear(&b);
	return result;
}

static int take_message_line(struct parser *p, char form, struct span text)
{
	struct step *last = &p->script->steps[p->script->step_count - 1];
	struct buffer b = BUFFER_INIT;
	int result;

	if (!p->in_message)
		return fail(p, "expected ! message before", text);
	buffer_add_span(&b, last->text);
	result = line_octets(p, form, text, &b);
	last->text = arena_span(p->script->arena, buffer_span(&b));
	buffer_clear(&b);
	return result;
}

/* Listener settings */

static int set_kind(struct parser *p, struct span value)
{
	struct smtp_settings *settings = &p->script->settings;
	bool submission = span_starts(value, SPAN("submission"));
	bool lmtp = span_equal(value, SPAN("lmtp"));

	if (!submission && !lmtp && !span_equal(value, SPAN("mx")))
		return fail(p, "expected mx, submission, submissions or lmtp", value);
	settings->lmtp = lmtp;
	settings->tls = submission ? SMTP_TLS_REQUIRED : SMTP_TLS_STARTTLS;
	settings->mechanisms = submission ? 1U << SMTP_AUTH_PLAIN | 1U << SMTP_AUTH_LOGIN : 0;
	settings->require_auth = submission;
	if (span_equal(value, SPAN("submissions")))
		p->script->flags |= SMTP_SERVER_TLS;
	return 0;
}

static int set_tls(struct parser *p, struct span value)
{
	static const char *const rules[] = {"none", "starttls", "required", "implicit"};
	int rule = name_find(rules, ARRAY_SIZE(rules), value);

	if (rule < 0)
		return fail(p, "expected none, starttls, required or implicit", value);
	p->script->settings.tls = rule == 3 ? SMTP_TLS_NONE : (enum smtp_tls_rule)rule;
	if (rule == 3)
		p->script->flags |= SMTP_SERVER_TLS;
	return 0;
}

static int set_auth(struct parser *p, struct span value)
{
	p->script->settings.mechanisms = 0;
	while (value.data != NULL && !span_equal(value, SPAN("none"))) {
		int mechanism = smtp_mechanism_find(span_cut(&value, ' '));

		if (mechanism < 0)
			return fail(p, "expected names of mechanisms", value);
		p->script->settings.mechanisms |= 1U << mechanism;
	}
	return 0;
}

static int set_auth_without_tls(struct parser *p, struct span value)
{
	(void)value;
	p->script->settings.auth_without_tls = true;
	return 0;
}

static int set_require_auth(struct parser *p, struct span value)
{
	p->script->settings.require_auth = span_equal(value, SPAN("yes"));
	return 0;
}

static int set_trusted(struct parser *p, struct span value)
{
	(void)value;
	p->script->flags |= SMTP_SERVER_TRUSTED;
	return 0;
}

static int set_user(struct parser *p, struct span value)
{
	struct script *s = p->script;
	struct span name = span_cut(&value, ' ');

	array_grow(&s->users, s->user_count, sizeof(*s->users));
	s->users[s->user_count].name = arena_span(s->arena, name);
	s->users[s->user_count++].password = arena_span(s->arena, value);
	return 0;
}

static int set_lmtp(struct parser *p, struct span value)
{
	(void)value;
	p->script->settings.lmtp = true;
	return 0;
}

static int set_strict(struct parser *p, struct span value)
{
	bool record = span_equal(value, SPAN("record"));

	if (!record && !span_equal(value, SPAN("reject")))
		return fail(p, "expected reject or record", value);
	p->script->settings.record = record;
	return 0;
}

static int set_channel(struct parser *p, struct span value)
{
	struct smtp_channel *channel = &p->script->channel;

	(void)value;
	channel->has_exporter = true;
	memset(channel->exporter, 'e', sizeof(channel->exporter));
	memset(channel->end_point, 'p', 32);
	channel->end_point_size = 32;
	return 0;
}

static int set_limit(struct parser *p, struct span value)
{
	struct smtp_limits *limits = &p->script->settings.limits;
	const struct {
		const char *name;
		size_t *size;
		unsigned *count;
	} rows[] = {
	    {"recipients", NULL, &limits->recipients},
	    {"command-line", &limits->command_line, NULL},
	    {"auth-line", &limits->auth_line, NULL},
	    {"body-line", &limits->body_line, NULL},
	    {"bad-commands", NULL, &limits->bad_commands},
	    {"idle-commands", NULL, &limits->idle_commands},
	};
	struct span name = span_cut(&value, ' ');
	uint64_t number;

	if (span_to_uint(value, UINT32_MAX, &number) < 0)
		return fail(p, "expected a name and a number", value);
	if (span_equal(name, SPAN("size"))) {
		limits->message_size = number;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!span_equal(name, span_from(rows[i].name)))
			continue;
		if (rows[i].size != NULL)
			*rows[i].size = (size_t)number;
		else
			*rows[i].count = (unsigned)number;
		return 0;
	}
	return fail(p, "expected the name of a limit", name);
}

static int set_nothing(struct parser *p, struct span value)
{
	(void)p;
	(void)value;
	return 0;
}

/* Steps */

static int do_tls(struct parser *p, struct span value)
{
	add_step(p, STEP_TLS, value);
	return 0;
}

static int do_sent(struct parser *p, struct span value)
{
	add_step(p, STEP_SENT, value);
	return 0;
}

static int do_closed(struct parser *p, struct span value)
{
	add_step(p, STEP_CLOSED, value);
	return 0;
}

static int do_finding(struct parser *p, struct span value)
{
	if (finding_find(value) < 0)
		return fail(p, "expected the id of a finding", value);
	add_step(p, STEP_FINDING, value);
	return 0;
}

static int do_event(struct parser *p, struct span value)
{
	add_step(p, STEP_EVENT, value);
	return 0;
}

static int do_no_event(struct parser *p, struct span value)
{
	add_step(p, STEP_NO_EVENT, value);
	return 0;
}

static int do_message(struct parser *p, struct span value)
{
	struct step *step = add_step(p, STEP_MESSAGE, SPAN(""));

	p->in_message = value.len == 0;
	if (p->in_message)
		return 0;
	step->text.data = NULL;
	if (span_to_uint(value, UINT64_MAX, &step->size) < 0)
		return fail(p, "expected a size", value);
	return 0;
}

static int do_hello(struct parser *p, struct span value)
{
	bool lmtp = p->script->settings.lmtp;

	(void)value;
	add_step(
	    p, STEP_REPLY, lmtp ? SPAN("220 * LMTP mailassay") : SPAN("220 * ESMTP mailassay"));
	add_step(p, STEP_SEND,
	    lmtp ? SPAN("LHLO client.example.com\r\n") : SPAN("EHLO client.example.com\r\n"));
	add_step(p, STEP_REPLIES, SPAN("250"));
	return 0;
}

static int do_mail(struct parser *p, struct span value)
{
	(void)value;
	add_step(p, STEP_SEND, SPAN("MAIL FROM:<a@example.com>\r\n"));
	add_step(p, STEP_REPLY, SPAN("250 2.1.0 Ok"));
	add_step(p, STEP_SEND, SPAN("RCPT TO:<b@example.net>\r\n"));
	add_step(p, STEP_REPLY, SPAN("250 2.1.5 Ok"));
	return 0;
}

static int do_repeat(struct parser *p, struct span value)
{
	if (p->in_repeat || span_to_uint(value, REPEAT_MAX, &p->repeat) < 0)
		return fail(p, "expected a count, and no repeat within another", value);
	p->in_repeat = true;
	p->repeat_from = p->script->step_count;
	return 0;
}

static int do_end(struct parser *p, struct span value)
{
	size_t count = p->script->step_count - p->repeat_from;

	if (!p->in_repeat)
		return fail(p, "expected ! repeat before", value);
	p->in_repeat = false;
	for (uint64_t i = 1; i < p->repeat; i++)
		for (size_t k = 0; k < count; k++) {
			struct step copy = p->script->steps[p->repeat_from + k];

			*add_step(p, copy.kind, SPAN("")) = copy;
		}
	return 0;
}

static const struct directive {
	const char *name;
	int (*take)(struct parser *p, struct span value);
} DIRECTIVES[] = {
    {"kind", set_kind},
    {"auth", set_auth},
    {"auth-without-tls", set_auth_without_tls},
    {"require-auth", set_require_auth},
    {"user", set_user},
    {"trusted", set_trusted},
    {"limit", set_limit},
    {"lmtp", set_lmtp},
    {"strict", set_strict},
    {"channel", set_channel},
    {"machine-only", set_nothing},
    {"transport", set_nothing},
    {"sent", do_sent},
    {"closed", do_closed},
    {"finding", do_finding},
    {"message", do_message},
    {"event", do_event},
    {"no-event", do_no_event},
    {"hello", do_hello},
    {"mail", do_mail},
    {"repeat", do_repeat},
    {"end", do_end},
};

static int take_directive(struct parser *p, struct span text)
{
	struct span name = span_cut(&text, ' ');

	if (span_equal(name, SPAN("tls")))
		return text.len > 0 ? set_tls(p, text) : do_tls(p, text);
	for (size_t i = 0; i < ARRAY_SIZE(DIRECTIVES); i++)
		if (span_equal(name, span_from(DIRECTIVES[i].name)))
			return DIRECTIVES[i].take(p, text);
	return fail(p, "unknown word behind !", name);
}

static int take_line(struct parser *p, struct span line)
{
	struct span value = span_after(line, 3);

	if (line.len == 0 || line.data[0] == '#')
		return 0;
	if (span_starts(line, SPAN("! "))) {
		p->in_message = false;
		return take_directive(p, span_after(line, 2));
	}
	if (line.len >= 2 && line.data[0] == 'M' && strchr(":>*", line.data[1]) != NULL)
		return take_message_line(p, line.data[1], value);
	p->in_message = false;
	if (line.len >= 2 && line.data[0] == 'C' && strchr(":>*", line.data[1]) != NULL)
		return take_send(p, line.data[1], value);
	if (span_starts(line, SPAN("S: "))) {
		add_step(p, STEP_REPLY, value);
		return 0;
	}
	if (span_starts(line, SPAN("S+ "))) {
		add_step(p, STEP_REPLIES, value);
		return 0;
	}
	return fail(p, "expected a line with C, S, M, ! or #", line);
}

int script_parse(struct span text, struct script *out, struct error *err)
{
	struct parser p = {.script = out, .err = err};

	*out = (struct script){.arena = arena_new()};
	out->settings.limits = SMTP_LIMITS_DEFAULT;
	out->settings.hostname = "mail.example.org";
	set_kind(&p, SPAN("mx"));
	while (text.data != NULL) {
		p.line++;
		if (take_line(&p, span_cut(&text, '\n')) < 0) {
			script_clear(out);
			return -1;
		}
	}
	if (!p.in_repeat)
		return 0;
	script_clear(out);
	return error_usage(err, "%u: expected ! end before the file's end", p.line);
}

void script_clear(struct script *s)
{
	free(s->users);
	free(s->steps);
	arena_free(s->arena);
	*s = (struct script){.arena = NULL};
}
