/*
 * SPDX-License-Identifier: ISC
 *
 * BDAT (RFC 3030): the size behind the verb says how many octets follow. They are read whatever
 * becomes of the command, so that the octets of a refused chunk are never taken for commands; the
 * reply is given behind them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "smtp/command.h"
#include "smtp/server_internal.h"

static const char USAGE[] = "expected BDAT SIZE [LAST]";

#define SIZE_DIGITS_MAX 20

/* Reads "SIZE [LAST]"; false when there is no size. */
static bool parse(struct span argument, struct server_chunk *chunk)
{
	struct span rest = argument;
	struct span digits = span_cut(&rest, ' ');

	if (digits.len > SIZE_DIGITS_MAX || span_to_uint(digits, UINT64_MAX, &chunk->size) < 0)
		return false;
	chunk->last = rest.data != NULL;
	chunk->malformed = chunk->last && !span_equal_nocase(rest, SPAN("LAST"));
	return true;
}

bool server_chunk_open(struct smtp_server *s, struct span line)
{
	struct server_chunk *chunk = &s->chunk;
	struct smtp_command c;

	if (!span_starts_nocase(line, SPAN("BDAT")))
		return true;
	/* Of a line that was too long, what was kept says how many octets follow. */
	if (smtp_command_parse(line, &c, NULL) < 0 || c.word.len != 4 || !parse(c.argument, chunk))
		return false;
	chunk->open = true;
	chunk->left = chunk->size;
	chunk->code = 0;
	return true;
}

void server_chunk_drop(struct smtp_server *s)
{
	server_drop(s);
	s->mail_refused = true;
}

void server_chunk_refuse(struct smtp_server *s, int code, const char *status, const char *text)
{
	struct server_chunk *chunk = &s->chunk;

	chunk->code = code;
	snprintf(chunk->status, sizeof(chunk->status), "%s", status == NULL ? "" : status);
	buffer_reset(&chunk->text);
	buffer_add_string(&chunk->text, text);
}

static void too_big(struct smtp_server *s, uint64_t before)
{
	struct smtp_reply refusal = server_table_reply(FINDING_MESSAGE_TOO_BIG);
	char text[160];

	snprintf(text, sizeof(text),
	    "BDAT announces %" PRIu64 " octets behind %" PRIu64 ": at most %" PRIu64 " are taken",
	    s->chunk.size, before, s->settings->limits.message_size);
	server_refuse(s, FINDING_MESSAGE_TOO_BIG, text, &refusal);
}

void server_bdat(struct smtp_server *s, struct span argument)
{
	uint64_t limit = s->settings->limits.message_size;
	uint64_t before = s->state == SERVER_BDAT ? s->size : 0;

	(void)argument;
	if (!s->chunk.open || s->chunk.malformed)
		server_refuse(s, FINDING_BAD_SYNTAX, USAGE, SMTP_REPLY(501, "5.5.4", USAGE));
	else if (s->recipients == 0)
		server_no_recipients(s, "BDAT");
	else if (limit != 0 && s->chunk.size > limit - before)
		too_big(s, before);
	else if (s->state != SERVER_BDAT)
		server_event(s, SMTP_EVENT_DATA);
}

/* Replies to a refused chunk; under LMTP one with LAST counts for every recipient (RFC 2033). */
static void reply_refused(struct smtp_server *s)
{
	struct server_chunk *chunk = &s->chunk;
	const char *status = chunk->status[0] == '\0' ? NULL : chunk->status;
	bool each = s->settings->lmtp && chunk->last && server_in_transaction(s);

	server_reply(s, chunk->code, status, chunk->text.data);
	for (unsigned i = 1; each && i < s->recipients && s->state != SERVER_ENDED; i++)
		server_write(s, SMTP_REPLY(chunk->code, status, chunk->text.data));
	server_chunk_drop(s);
}

void server_chunk_close(struct smtp_server *s)
{
	char text[60];

	if (!s->chunk.open || s->chunk.left > 0 || server_question_open(s) ||
	    s->state == SERVER_ENDED)
		return;
	s->chunk.open = false;
	if (s->chunk.code != 0) {
		reply_refused(s);
	} else if (s->chunk.last) {
		server_body_end(s);
	} else {
		snprintf(text, sizeof(text), "%" PRIu64 " octets received", s->chunk.size);
		server_reply(s, 250, "2.0.0", text);
	}
	buffer_clear(&s->chunk.text);
}

size_t server_chunk_feed(struct smtp_server *s, struct span in)
{
	struct span part = s->chunk.left < in.len ? span_first(in, (size_t)s->chunk.left) : in;
	size_t taken = part.len;

	if (s->chunk.code == 0)
		taken = server_body_chunk(s, part);
	s->chunk.left -= taken;
	server_chunk_close(s);
	return taken;
}
