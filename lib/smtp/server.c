/*
 * SPDX-License-Identifier: ISC
 *
 * The server machine's outside: octets in, events out, replies out. Lines are collected and judged
 * here (RFC 5321 2.3.8, 4.5.3.1); what a command means is left to verbs.c.
 */
#include "smtp/server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "smtp/mask.h"
#include "smtp/server_internal.h"

const struct smtp_limits SMTP_LIMITS_DEFAULT = {
    .command_line = 512,
    .auth_line = 12288,
    .body_line = 1000,
    .message_size = 52428800,
    .recipients = 1000,
    .bad_commands = 20,
    .idle_commands = 1000,
    .command_timeout_ms = INT64_C(5) * 60 * 1000,
    .data_timeout_ms = INT64_C(10) * 60 * 1000,
};

#define TLS_HANDSHAKE_RECORD 0x16

struct smtp_server *smtp_server_new(const struct smtp_settings *settings, unsigned flags)
{
	struct smtp_server *s = memory_new(sizeof(*s));

	s->settings = settings;
	s->tls = (flags & SMTP_SERVER_TLS) != 0;
	s->trusted = (flags & SMTP_SERVER_TRUSTED) != 0;
	server_set_state(s, SERVER_GREETING);
	server_event(s, SMTP_EVENT_GREETING);
	return s;
}

void smtp_server_free(struct smtp_server *s)
{
	if (s == NULL)
		return;
	buffer_clear(&s->out);
	buffer_clear(&s->shown);
	buffer_clear(&s->chunk.text);
	smtp_line_clear(&s->line);
	smtp_sasl_clear(&s->sasl);
	arena_free(s->arena);
	free(s);
}

void smtp_server_random(struct smtp_server *s, const unsigned char octets[SMTP_RANDOM_SIZE])
{
	memcpy(s->random, octets, sizeof(s->random));
}

void smtp_server_channel(struct smtp_server *s, const struct smtp_channel *channel)
{
	s->channel = *channel;
}

void server_set_state(struct smtp_server *s, enum server_state state)
{
	s->state = state;
}

struct smtp_event_data *server_event(struct smtp_server *s, enum smtp_event kind)
{
	struct server_event *e = &s->events[(s->first + s->count) % SERVER_EVENTS];

	assert(s->count < SERVER_EVENTS);
	s->count++;
	*e = (struct server_event){.kind = kind};
	return &e->data;
}

struct arena *server_arena(struct smtp_server *s)
{
	if (s->arena == NULL)
		s->arena = arena_new();
	return s->arena;
}

void server_finding(struct smtp_server *s, enum finding_id id, const char *text)
{
	struct smtp_event_data *data = server_event(s, SMTP_EVENT_FINDING);

	data->finding.id = id;
	data->finding.text = text == NULL ? NULL : arena_string(server_arena(s), text);
}

void server_write(struct smtp_server *s, const struct smtp_reply *reply)
{
	size_t before = s->out.len;

	smtp_reply_write(&s->out, reply);
	s->written += s->out.len - before;
}

struct smtp_reply server_table_reply(enum finding_id id)
{
	const struct finding_entry *e = finding_entry(id);

	return (struct smtp_reply){e->reply_code, e->reply_status, e->reply_text};
}

void server_stop(struct smtp_server *s, enum finding_id id, enum smtp_end why)
{
	struct smtp_reply reply = server_table_reply(id);

	server_finding(s, id, NULL);
	server_write(s, &reply);
	server_end(s, why);
}

static bool is_bad(int code)
{
	return code >= 500 && code <= 504;
}

void server_reply(struct smtp_server *s, int code, const char *status, const char *text)
{
	if (s->chunk.open) {
		server_chunk_refuse(s, code, status, text);
		return;
	}
	if (is_bad(code) && s->bad_commands++ >= s->settings->limits.bad_commands) {
		server_stop(s, FINDING_TOO_MANY_BAD_COMMANDS, SMTP_END_LIMIT);
		return;
	}
	server_write(s, SMTP_REPLY(code, status, text));
	/* Without EHLO no pipelining was offered: every reply must be waited for. */
	if (s->sync_reply || !s->esmtp)
		s->sync = s->written;
}

void server_refuse(
    struct smtp_server *s, enum finding_id id, const char *text, const struct smtp_reply *reply)
{
	server_finding(s, id, text);
	server_reply(s, reply->code, reply->status, reply->text);
}

bool server_object(
    struct smtp_server *s, enum finding_id id, const char *text, const struct smtp_reply *reply)
{
	if (s->settings->record)
		server_finding(s, id, text);
	else
		server_refuse(s, id, text, reply);
	return !s->settings->record;
}

bool server_in_transaction(const struct smtp_server *s)
{
	return s->state == SERVER_MAIL || s->state == SERVER_RCPT || s->state == SERVER_BDAT ||
	       s->state == SERVER_DATA;
}

void server_drop(struct smtp_server *s)
{
	if (!server_in_transaction(s))
		return;
	server_event(s, SMTP_EVENT_RESET);
	server_set_state(s, SERVER_READY);
}

void server_end(struct smtp_server *s, enum smtp_end why)
{
	server_drop(s);
	smtp_sasl_clear(&s->sasl);
	s->chunk.open = false;
	server_set_state(s, SERVER_ENDED);
	server_event(s, SMTP_EVENT_QUIT)->end = why;
}

void server_greeting_text(const struct smtp_server *s, struct buffer *out)
{
	buffer_printf(
	    out, "%s %s mailassay", s->settings->hostname, s->settings->lmtp ? "LMTP" : "ESMTP");
}

/* What of the line may be seen; secrets are masked here, so that no transcript can hold any. */
static struct span show_line(struct smtp_server *s, struct span text)
{
	static const char BREAKS[] = {'\r', '\0'};

	/* Another command, AUTH perhaps, may stand behind a bare CR or a NUL. */
	for (size_t i = 0; i < sizeof(BREAKS); i++) {
		ptrdiff_t at = span_index(text, BREAKS[i]);

		if (at >= 0)
			text.len = (size_t)at;
	}
	s->masked = true;
	if (s->state == SERVER_SASL)
		return span_equal(text, SPAN("*")) ? text : SPAN("****");
	if (smtp_mask_is_auth(text)) {
		smtp_mask_auth(&s->shown, text);
		s->after_auth = true;
		return buffer_span(&s->shown);
	}
	if (server_verb_known(text)) {
		s->masked = s->after_auth = false;
		return text;
	}
	s->masked = s->after_auth || smtp_mask_may_be_secret(text);
	return s->masked ? SPAN("****") : text;
}

/* What makes a line bad before its words are read. */
struct line_fault {
	bool found;
	enum finding_id id;
	const char *status;
	const char *text;
};

/* Refuses a line with such a fault; true when it did. */
static bool refuse_faults(struct smtp_server *s, struct span text)
{
	bool auth = s->state == SERVER_SASL || smtp_mask_is_auth(text);
	bool too_long = s->line.over || s->line.total > server_line_limit(s);
	const struct line_fault faults[] = {
	    {too_long, FINDING_COMMAND_LINE_TOO_LONG, auth ? "5.5.6" : "5.5.2", "Line too long"},
	    {!s->line.cr, FINDING_BARE_LF, "5.5.2", "Bare LF: end lines with CRLF"},
	    {span_index(text, '\0') >= 0, FINDING_NUL, "5.5.2", "NUL in the line"},
	    {span_index(text, '\r') >= 0, FINDING_BARE_CR, "5.5.2", "Bare CR in the line"},
	};
	const struct line_fault *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!faults[i].found)
			continue;
		server_finding(s, faults[i].id, NULL);
		first = first == NULL ? &faults[i] : first;
	}
	/* Of a line that was not kept whole nobody can say what it means. */
	if (first == NULL || (s->settings->record && !s->line.over))
		return false;
	server_auth_drop(s);
	server_reply(s, 500, first->status, first->text);
	return true;
}

/* Refuses what came before it was its turn; true when it did. */
static bool refuse_turn(struct smtp_server *s, struct span text)
{
	struct smtp_reply turn = server_table_reply(FINDING_PIPELINING_OUT_OF_TURN);

	if (!s->out_of_turn)
		return false;
	server_finding(s, FINDING_PIPELINING_OUT_OF_TURN, NULL);
	if (s->settings->record || turn.code == 0 || server_verb_is_quit(text))
		return false;
	server_auth_drop(s);
	server_reply(s, turn.code, turn.status, turn.text);
	return true;
}

static void take_line(struct smtp_server *s)
{
	struct span text = smtp_line_text(&s->line);
	bool sasl = s->state == SERVER_SASL;
	bool chunk_lost;

	s->line_done = true;
	s->sync_reply = false;
	server_event(s, SMTP_EVENT_LINE)->line = show_line(s, text);
	chunk_lost = !sasl && !server_chunk_open(s, text);
	if (!refuse_faults(s, text) && !refuse_turn(s, text)) {
		if (sasl)
			server_auth_continue(s, text);
		else
			server_command(s, text);
	}
	if (chunk_lost)
		server_chunk_drop(s);
	server_chunk_close(s);
}

/* Ends a session that speaks before the greeting or speaks TLS; true when it did. */
static bool refuse_beginning(struct smtp_server *s, char first)
{
	struct smtp_reply early = server_table_reply(FINDING_EARLY_TALK);
	bool hello = first == TLS_HANDSHAKE_RECORD && !s->tls;
	bool too_early = s->sent < s->greeting;

	if (hello)
		server_finding(s, FINDING_BAD_SYNTAX,
		    "the client began a TLS handshake on a port that begins in plain text: use "
		    "STARTTLS here, or the port with implicit TLS");
	if (too_early)
		server_finding(s, FINDING_EARLY_TALK, NULL);
	s->greeting = 0;
	if (hello)
		server_write(
		    s, SMTP_REPLY(421, "4.7.0", "This port begins in plain text, not TLS"));
	else if (too_early && early.code != 0 && !s->settings->record)
		server_write(s, &early);
	else
		return false;
	server_end(s, SMTP_END_REFUSED);
	return true;
}

/* How much of the line is kept. */
static size_t kept_limit(const struct smtp_server *s)
{
	return s->settings->record ? SMTP_LINE_OCTETS_MAX : server_line_limit(s);
}

static size_t feed_line(struct smtp_server *s, struct span in)
{
	enum smtp_line_status status = SMTP_LINE_MORE;
	size_t taken = 0;

	if (s->line.total == 0) {
		if (refuse_beginning(s, in.data[0]))
			return in.len;
		s->out_of_turn = s->sent < s->sync;
		/* A finding must be taken before the line is replied to, however long the input. */
		if (s->count > 0)
			in = span_first(in, 1);
	}
	while (status == SMTP_LINE_MORE && taken < in.len)
		taken += smtp_line_feed(&s->line, span_after(in, taken), kept_limit(s), &status);
	if (status == SMTP_LINE_COMPLETE)
		take_line(s);
	if (status == SMTP_LINE_ENDLESS) {
		server_finding(s, FINDING_COMMAND_LINE_TOO_LONG, NULL);
		server_write(s, SMTP_REPLY(421, "4.7.0", "The line has no end, closing"));
		server_end(s, SMTP_END_LIMIT);
	}
	return taken;
}

/* Lets go of what events borrowed. */
static void release(struct smtp_server *s)
{
	if (s->line_done) {
		smtp_line_reset(&s->line, s->masked);
		buffer_clear(&s->shown);
		s->line_done = false;
	}
	arena_free(s->arena);
	s->arena = NULL;
}

size_t smtp_server_feed(struct smtp_server *s, const void *data, size_t len)
{
	struct span in = span_of(data, len);

	if (len == 0 || s->count > 0 || s->state == SERVER_ENDED)
		return 0;
	release(s);
	if (s->chunk.open)
		return server_chunk_feed(s, in);
	if (s->state == SERVER_DATA)
		return server_body_feed(s, in);
	if (s->state != SERVER_TLS)
		return feed_line(s, in);
	server_finding(s, FINDING_STARTTLS_INJECTION, NULL);
	server_end(s, SMTP_END_INJECTION);
	return len;
}

static bool is_question(enum smtp_event kind)
{
	return kind != SMTP_EVENT_NONE && kind < SMTP_EVENT_LINE;
}

enum smtp_event smtp_server_next(struct smtp_server *s, struct smtp_event_data *out)
{
	const struct server_event *e = &s->events[s->first];

	if (s->count == 0)
		return SMTP_EVENT_NONE;
	*out = e->data;
	if (!is_question(e->kind)) {
		s->first = (s->first + 1) % SERVER_EVENTS;
		s->count--;
	}
	return e->kind;
}

/* A question is always the last event. */
bool server_question_open(const struct smtp_server *s)
{
	size_t last = (s->first + s->count + SERVER_EVENTS - 1) % SERVER_EVENTS;

	return s->count > 0 && is_question(s->events[last].kind);
}

enum smtp_event server_take_question(struct smtp_server *s, struct smtp_event_data *out)
{
	enum smtp_event kind = s->events[s->first].kind;

	if (s->count == 0 || !is_question(kind))
		return SMTP_EVENT_NONE;
	*out = s->events[s->first].data;
	s->count = 0;
	release(s);
	return kind;
}

void smtp_server_abort(struct smtp_server *s, const struct smtp_reply *reply)
{
	if (s->state == SERVER_ENDED)
		return;
	if (server_question_open(s))
		s->count--;
	/* Behind the 220 to STARTTLS plain text would be taken for TLS. */
	if (s->state != SERVER_TLS && reply != NULL)
		server_write(s, reply);
	server_end(s, SMTP_END_REFUSED);
}

struct span smtp_server_output(const struct smtp_server *s)
{
	return buffer_span(&s->out);
}

void smtp_server_sent(struct smtp_server *s, size_t n)
{
	assert(n <= s->out.len);
	buffer_drop(&s->out, n);
	s->sent += n;
}

bool smtp_server_wants_tls(const struct smtp_server *s)
{
	return s->state == SERVER_TLS;
}

void smtp_server_tls_started(struct smtp_server *s)
{
	assert(s->state == SERVER_TLS && s->out.len == 0);
	release(s);
	s->tls = true;
	s->esmtp = false;
	s->authenticated = s->login;
	s->after_auth = false;
	server_set_state(s, SERVER_START);
}

int64_t smtp_server_timeout_ms(const struct smtp_server *s)
{
	const struct smtp_limits *limits = &s->settings->limits;

	return smtp_server_in_data(s) ? limits->data_timeout_ms : limits->command_timeout_ms;
}

bool smtp_server_in_line(const struct smtp_server *s)
{
	return s->line.total > 0 && !s->line_done;
}

bool smtp_server_in_data(const struct smtp_server *s)
{
	return (s->state == SERVER_DATA || s->chunk.open) && !server_question_open(s);
}

bool smtp_server_in_transaction(const struct smtp_server *s)
{
	return server_in_transaction(s);
}
