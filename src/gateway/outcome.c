/*
 * SPDX-License-Identifier: ISC
 *
 * How the sending of a session goes. One table says which command is which step.
 */
#include "gateway/outcome.h"

#include <stdio.h>

#include "smtp/reply.h"

static const struct verb {
	const char *word;
	enum outcome_step step;
} VERBS[] = {
    {"EHLO", OUTCOME_HELO},
    {"HELO", OUTCOME_HELO},
    {"LHLO", OUTCOME_HELO},
    {"STARTTLS", OUTCOME_TLS},
    {"AUTH", OUTCOME_AUTH},
    {"MAIL", OUTCOME_MAIL},
    {"RCPT", OUTCOME_RCPT},
    {"DATA", OUTCOME_DATA},
    {"BDAT", OUTCOME_DATA},
};

static const enum record_stage STAGE_OF[] = {
    [OUTCOME_NONE] = RECORD_STAGE_CONNECTION,
    [OUTCOME_GREETING] = RECORD_STAGE_CONNECTION,
    [OUTCOME_HELO] = RECORD_STAGE_CONNECTION,
    [OUTCOME_TLS] = RECORD_STAGE_TLS,
    [OUTCOME_AUTH] = RECORD_STAGE_AUTHENTICATION,
    [OUTCOME_MAIL] = RECORD_STAGE_ENVELOPE,
    [OUTCOME_RCPT] = RECORD_STAGE_ENVELOPE,
    [OUTCOME_DATA] = RECORD_STAGE_DATA,
    [OUTCOME_MESSAGE] = RECORD_STAGE_DATA,
};
_Static_assert(ARRAY_SIZE(STAGE_OF) == OUTCOME_STEP_COUNT, "a stage for each step");

/* 530 (RFC 4954 6, RFC 3207 4): what stands in the way is not the command but what should come
 * before. */
#define CODE_NEEDS_MORE  530
#define CODE_CHALLENGE   334
#define CODE_CLOSING     421
#define CODE_NO_SERVICE  554
#define CODE_DATA_FOLLOW 354

void outcome_init(struct outcome *o)
{
	*o = (struct outcome){.step = OUTCOME_GREETING, .failed_at = RECORD_STAGE_DONE};
}

static void enter(struct outcome *o, enum record_stage stage)
{
	o->stage = stage;
	if (o->reached < stage)
		o->reached = stage;
}

static enum outcome_step step_of(struct span line)
{
	struct span rest = span_trim(line);
	struct span word = span_cut(&rest, ' ');

	for (size_t i = 0; i < ARRAY_SIZE(VERBS); i++) {
		if (!span_equal_nocase(word, span_from(VERBS[i].word)))
			continue;
		if (span_equal_nocase(word, SPAN("BDAT")) && span_ends_nocase(rest, SPAN(" LAST")))
			return OUTCOME_MESSAGE;
		return VERBS[i].step;
	}
	return OUTCOME_NONE;
}

void outcome_line(struct outcome *o, struct span line)
{
	/* The lines of an exchange are answered as its AUTH. */
	if (o->step == OUTCOME_AUTH)
		return;
	o->step = step_of(line);
	switch (o->step) {
	case OUTCOME_AUTH:
	case OUTCOME_MAIL:
		o->before = o->stage;
		enter(o, STAGE_OF[o->step]);
		break;
	case OUTCOME_DATA:
	case OUTCOME_MESSAGE:
		/* Without MAIL there is nothing to send. */
		if (o->stage >= RECORD_STAGE_ENVELOPE)
			enter(o, RECORD_STAGE_DATA);
		break;
	case OUTCOME_NONE:
	case OUTCOME_GREETING:
	case OUTCOME_HELO:
	case OUTCOME_TLS:
	case OUTCOME_RCPT:
	case OUTCOME_STEP_COUNT:
		break;
	}
}

static bool is_refusal(int code)
{
	return code >= 400;
}

/* Where a refusal of this step says that sending breaks. */
static enum outcome_step broken_step(enum outcome_step step, const struct smtp_reply_line *reply)
{
	struct span text = reply->text;

	if (reply->code != CODE_NEEDS_MORE)
		return step;
	while (text.len > 0 && !span_starts_nocase(text, SPAN("STARTTLS")))
		text = span_after(text, 1);
	return text.len > 0 ? OUTCOME_TLS : OUTCOME_AUTH;
}

static void set_failed(
    struct outcome *o, enum outcome_step step, enum record_stage stage, const char *why)
{
	o->failed = step;
	o->failed_at = stage;
	o->failure = why;
}

/* It was mended; the reply is no reason for anything that comes later. */
static void forgive(struct outcome *o)
{
	set_failed(o, OUTCOME_NONE, RECORD_STAGE_DONE, NULL);
	o->reply[0] = '\0';
}

static void keep(struct outcome *o, const struct smtp_reply_line *reply)
{
	snprintf(o->reply, sizeof(o->reply), "%d %.*s", reply->code, (int)reply->text.len,
	    reply->text.data);
}

/* The limits' reply, and that to early talk, which answers no command. */
static bool ends_session(int code)
{
	return code == CODE_CLOSING || code == CODE_NO_SERVICE;
}

static void judge(struct outcome *o, const struct smtp_reply_line *reply)
{
	enum outcome_step step;

	if (o->step == OUTCOME_NONE) {
		if (ends_session(reply->code) && o->failed == OUTCOME_NONE)
			keep(o, reply);
		return;
	}
	if (!is_refusal(reply->code)) {
		if (o->failed != OUTCOME_NONE && o->step >= o->failed)
			forgive(o);
		return;
	}
	step = broken_step(o->step, reply);
	keep(o, reply);
	set_failed(o, step, STAGE_OF[step], o->reply);
}

void outcome_handshake(struct outcome *o)
{
	enter(o, RECORD_STAGE_TLS);
}

/* What the reply does to the stage, and which step the next reply answers. */
static void go_on(struct outcome *o, int code)
{
	enum outcome_step step = o->step;

	o->step = OUTCOME_NONE;
	switch (step) {
	case OUTCOME_TLS:
		if (!is_refusal(code))
			outcome_handshake(o);
		break;
	case OUTCOME_AUTH:
		o->stage = o->before;
		break;
	case OUTCOME_MAIL:
		if (is_refusal(code))
			o->stage = o->before;
		break;
	case OUTCOME_DATA:
		if (code == CODE_DATA_FOLLOW)
			o->step = OUTCOME_MESSAGE;
		else if (is_refusal(code) && o->stage == RECORD_STAGE_DATA)
			o->stage = RECORD_STAGE_ENVELOPE;
		break;
	case OUTCOME_MESSAGE:
		/* Under LMTP more replies follow at once, one for each recipient. */
		o->step = OUTCOME_MESSAGE;
		o->stage = RECORD_STAGE_CONNECTION;
		break;
	case OUTCOME_NONE:
	case OUTCOME_GREETING:
	case OUTCOME_HELO:
	case OUTCOME_RCPT:
	case OUTCOME_STEP_COUNT:
		break;
	}
}

void outcome_replies(struct outcome *o, struct span lines)
{
	struct smtp_reply_line reply, first = {.last = true};
	bool message = false, begins = true;
	ptrdiff_t taken;

	while (!o->ended && (taken = smtp_reply_line_parse(lines, &reply, NULL)) > 0) {
		lines = span_after(lines, (size_t)taken);
		first = begins ? reply : first;
		begins = reply.last;
		if (!reply.last || (o->step == OUTCOME_AUTH && reply.code == CODE_CHALLENGE))
			continue;
		message = message || o->step == OUTCOME_MESSAGE;
		judge(o, &first);
		go_on(o, reply.code);
	}
	if (message)
		o->step = OUTCOME_NONE;
}

void outcome_secured(struct outcome *o)
{
	o->stage = RECORD_STAGE_CONNECTION;
	if (o->failed != OUTCOME_NONE && o->failed <= OUTCOME_TLS)
		forgive(o);
}

void outcome_reset(struct outcome *o)
{
	if (o->stage >= RECORD_STAGE_ENVELOPE)
		o->stage = RECORD_STAGE_CONNECTION;
}

void outcome_handshake_failed(struct outcome *o, const char *reason)
{
	o->ended = true;
	set_failed(o, OUTCOME_TLS, RECORD_STAGE_TLS, reason);
}

/* Whether such an end breaks what the session is doing. */
static bool breaks(const struct outcome *o, enum record_end end, bool delivered)
{
	switch (end) {
	case RECORD_END_CLIENT_CLOSED:
	case RECORD_END_SHUTDOWN:
		return o->stage != RECORD_STAGE_CONNECTION;
	case RECORD_END_TIMEOUT:
	case RECORD_END_LIMIT:
	case RECORD_END_REFUSED:
	case RECORD_END_ERROR:
		return !delivered || o->stage != RECORD_STAGE_CONNECTION;
	case RECORD_END_QUIT:
	case RECORD_END_COUNT:
		break;
	}
	return false;
}

/* Whether the client was told why by a reply. */
static bool told(enum record_end end)
{
	return end == RECORD_END_REFUSED || end == RECORD_END_LIMIT;
}

void outcome_end(struct outcome *o, enum record_end end, const char *reason, bool delivered)
{
	if (o->ended)
		return;
	o->ended = true;
	if (o->failed == OUTCOME_NONE && breaks(o, end, delivered))
		set_failed(o, OUTCOME_NONE, o->stage,
		    told(end) && o->reply[0] != '\0' ? o->reply : reason);
}
