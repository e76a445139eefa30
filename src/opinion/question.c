/*
 * SPDX-License-Identifier: ISC
 *
 * A question as a frame and back.
 */
#include "opinion/question.h"

void question_write(const struct opinion_question *q, struct buffer *out)
{
	size_t head = frame_begin(out, FRAME_QUESTION);

	frame_put_text(out, q->client);
	frame_put_text(out, q->helo);
	frame_put_text(out, q->mail_from);
	frame_put_text(out, q->from_domain);
	frame_put_number(out, q->spf);
	frame_put_text(out, q->spf_domain);
	frame_put_number(out, (uint32_t)q->signature_count);
	for (size_t i = 0; i < q->signature_count; i++) {
		frame_put_number(out, q->signatures[i].result);
		frame_put_text(out, q->signatures[i].domain);
		frame_put_text(out, q->signatures[i].selector);
	}
	frame_put_text(out, q->evidence);
	frame_end(out, head);
}

static enum auth_result get_result(struct frame_fields *f)
{
	return (enum auth_result)frame_get_number(f, AUTH_RESULT_COUNT - 1);
}

int question_read(struct span payload, struct opinion_question *out)
{
	struct frame_fields f = {payload, false};

	out->client = frame_get_text(&f, QUESTION_MAX);
	out->helo = frame_get_text(&f, QUESTION_MAX);
	out->mail_from = frame_get_text(&f, QUESTION_MAX);
	out->from_domain = frame_get_text(&f, QUESTION_MAX);
	out->spf = get_result(&f);
	out->spf_domain = frame_get_text(&f, QUESTION_MAX);
	out->signature_count = frame_get_number(&f, DKIM_SIGNATURES_MAX);
	for (size_t i = 0; i < out->signature_count; i++) {
		out->signatures[i].result = get_result(&f);
		out->signatures[i].domain = frame_get_text(&f, QUESTION_MAX);
		out->signatures[i].selector = frame_get_text(&f, QUESTION_MAX);
	}
	out->evidence = frame_get_text(&f, QUESTION_MAX);
	return frame_complete(&f) ? 0 : -1;
}
