/*
 * SPDX-License-Identifier: ISC
 *
 * The message behind DATA or in chunks: its pieces go to the caller until it is bound to be
 * refused, then it is read to its end and the reply of the first finding is given.
 */
#include <inttypes.h>
#include <stdio.h>

#include "smtp/server_internal.h"

static const enum finding_id FAULT_FINDING[] = {
    [SMTP_DATA_BARE_LF] = FINDING_BARE_LF,
    [SMTP_DATA_BARE_CR] = FINDING_BARE_CR,
    [SMTP_DATA_NUL] = FINDING_NUL,
    [SMTP_DATA_LINE_TOO_LONG] = FINDING_LINE_TOO_LONG,
    [SMTP_DATA_EIGHT_BIT] = FINDING_EIGHT_BIT_WITHOUT_8BITMIME,
};
_Static_assert(ARRAY_SIZE(FAULT_FINDING) == SMTP_DATA_FAULT_COUNT, "a finding for each fault");

void server_body_begin(struct smtp_server *s)
{
	unsigned flags = s->chunk.open ? SMTP_DATA_FLAG_CHUNKS : 0;

	if (s->body == SMTP_BODY_8BITMIME)
		flags |= SMTP_DATA_FLAG_EIGHT_BIT;
	if (s->smtputf8)
		flags |= SMTP_DATA_FLAG_UTF8_HEADER;
	s->size = 0;
	s->refused = false;
	s->out_of_turn = false;
	smtp_data_begin(&s->data, s->settings->limits.body_line, flags);
}

static void refuse(struct smtp_server *s, enum finding_id id, const char *text)
{
	server_finding(s, id, text);
	if (s->refused || finding_entry(id)->reply_code == 0)
		return;
	s->refused = true;
	s->refusal = id;
}

/* What the octets or their timing offend; the message is kept where that is only noted. */
static void fault(struct smtp_server *s, enum finding_id id)
{
	if (s->settings->record)
		server_finding(s, id, NULL);
	else
		refuse(s, id, NULL);
}

static void take_faults(struct smtp_server *s, unsigned faults)
{
	for (unsigned i = 0; i < SMTP_DATA_FAULT_COUNT; i++)
		if ((faults & 1U << i) != 0)
			fault(s, FAULT_FINDING[i]);
}

static void give_piece(struct smtp_server *s, struct span piece)
{
	uint64_t limit = s->settings->limits.message_size;
	bool within = limit == 0 || s->size <= limit;
	bool crosses = within && limit != 0 && s->size + piece.len > limit;
	struct span given = crosses ? span_first(piece, (size_t)(limit - s->size)) : piece;
	char text[120];

	s->size += piece.len;
	if (given.len > 0 && within && !s->refused)
		server_event(s, SMTP_EVENT_BODY)->body = given;
	if (!crosses)
		return;
	snprintf(text, sizeof(text), "the message has more than %" PRIu64 " octets, the limit here",
	    limit);
	refuse(s, FINDING_MESSAGE_TOO_BIG, text);
}

void server_body_reply(struct smtp_server *s, const struct smtp_reply *reply)
{
	unsigned count = s->settings->lmtp && s->recipients > 0 ? s->recipients : 1;

	for (unsigned i = 0; i < count; i++)
		server_write(s, reply);
	if (!s->esmtp)
		s->sync = s->written;
}

void server_body_end(struct smtp_server *s)
{
	struct smtp_reply refusal;

	take_faults(s, smtp_data_finish(&s->data));
	if (!s->refused) {
		server_event(s, SMTP_EVENT_MESSAGE)->message_size = s->size;
		return;
	}
	refusal = server_table_reply(s->refusal);
	server_body_reply(s, &refusal);
	server_drop(s);
}

static void take_step(struct smtp_server *s, const struct smtp_data_step *step)
{
	give_piece(s, step->piece);
	take_faults(s, step->faults);
	if (step->end)
		server_body_end(s);
}

size_t server_body_feed(struct smtp_server *s, struct span in)
{
	struct smtp_data_step step;
	size_t taken = 0;

	/* The 354 has not even left: the client does not wait for it (RFC 2920 3.1). */
	if (s->sent < s->sync && !s->out_of_turn) {
		s->out_of_turn = true;
		fault(s, FINDING_PIPELINING_OUT_OF_TURN);
		in = span_first(in, 1);
	}
	do {
		smtp_data_step(&s->data, span_after(in, taken), &step);
		taken += step.taken;
		take_step(s, &step);
	} while (taken == 0 || (taken < in.len && s->count == 0 && s->state == SERVER_DATA));
	return taken;
}

/* Binary octets have no lines, so that nothing can be wrong with them (RFC 3030 3). */
size_t server_body_chunk(struct smtp_server *s, struct span in)
{
	struct smtp_data_step step = {.taken = in.len, .piece = in};

	if (s->body != SMTP_BODY_BINARYMIME)
		smtp_data_step(&s->data, in, &step);
	take_step(s, &step);
	return step.taken;
}
