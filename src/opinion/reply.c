/*
 * SPDX-License-Identifier: ISC
 *
 * Replies as frames and back.
 */
#include "opinion/reply.h"

#include <string.h>

#include "dns/name.h"

const char *const OPINION_CHECK_NAME[] = {
    [OPINION_SPF] = "spf",
    [OPINION_DMARC] = "dmarc",
};
_Static_assert(ARRAY_SIZE(OPINION_CHECK_NAME) == OPINION_CHECK_COUNT, "one word a check");

static bool printable(char c)
{
	return c >= ' ' && c <= '~';
}

static void put_names(const struct opinion_reply *r, struct buffer *out)
{
	size_t count = r->name_count < REPLY_NAMES_MAX ? r->name_count : REPLY_NAMES_MAX;

	frame_put_number(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		frame_put_number(out, r->names[i].type);
		frame_put_text(out, span_from(r->names[i].name));
	}
}

static void put_answer(const struct opinion_reply *r, struct buffer *out)
{
	for (size_t i = 0; i < OPINION_CHECK_COUNT; i++) {
		frame_put_number(out, r->says[i].state);
		frame_put_number(out, r->says[i].result);
		frame_put_text(out, span_from(r->says[i].reason));
	}
}

void reply_write(const struct opinion_reply *r, struct buffer *out)
{
	size_t head = frame_begin(out, r->kind);

	switch (r->kind) {
	case FRAME_FAILED:
		frame_put_text(out, span_from(r->reason));
		break;
	case FRAME_NEEDS_DNS:
		put_names(r, out);
		break;
	case FRAME_ANSWER:
		put_answer(r, out);
		break;
	case FRAME_READY:
	case FRAME_QUESTION:
	case FRAME_KIND_COUNT:
		break;
	}
	frame_end(out, head);
}

static const char *get_reason(struct frame_fields *f, struct arena *a)
{
	struct span text = frame_get_text(f, REPLY_REASON_MAX);

	for (size_t i = 0; i < text.len; i++)
		f->bad = f->bad || !printable(text.data[i]);
	f->bad = f->bad || text.len == 0;
	return f->bad ? NULL : arena_copy(a, text);
}

static void get_name(struct frame_fields *f, struct arena *a, struct dns_question *out)
{
	char name[DNS_NAME_SIZE];
	struct span text;

	out->type = (enum dns_type)frame_get_number(f, DNS_TYPE_COUNT - 1);
	text = frame_get_text(f, DNS_NAME_SIZE - 1);
	f->bad = f->bad || dns_name_normalize(text, name) < 0 || !span_equal(text, span_from(name));
	out->name = f->bad ? NULL : arena_copy(a, text);
}

static void get_names(struct frame_fields *f, struct arena *a, struct opinion_reply *out)
{
	out->name_count = frame_get_number(f, REPLY_NAMES_MAX);
	f->bad = f->bad || out->name_count == 0;
	for (size_t i = 0; i < out->name_count; i++)
		get_name(f, a, &out->names[i]);
}

static void get_says(struct frame_fields *f, struct arena *a, struct opinion_says *out)
{
	struct span nothing;

	out->state = (enum opinion_state)frame_get_number(f, OPINION_STATE_COUNT - 1);
	out->result = (enum auth_result)frame_get_number(f, AUTH_RESULT_COUNT - 1);
	if (out->state != OPINION_NOT_ASKED) {
		out->reason = get_reason(f, a);
		return;
	}
	nothing = frame_get_text(f, 0);
	(void)nothing;
}

static void get_answer(struct frame_fields *f, struct arena *a, struct opinion_reply *out)
{
	for (size_t i = 0; i < OPINION_CHECK_COUNT; i++)
		get_says(f, a, &out->says[i]);
}

int reply_read(const struct frame *f, struct arena *a, struct opinion_reply *out, struct error *err)
{
	struct frame_fields fields = {f->payload, false};

	memset(out, 0, sizeof(*out));
	out->kind = f->kind;
	switch (f->kind) {
	case FRAME_FAILED:
		out->reason = get_reason(&fields, a);
		break;
	case FRAME_NEEDS_DNS:
		get_names(&fields, a, out);
		break;
	case FRAME_ANSWER:
		get_answer(&fields, a, out);
		break;
	case FRAME_READY:
		break;
	case FRAME_QUESTION:
	case FRAME_KIND_COUNT:
		fields.bad = true;
		break;
	}
	if (frame_complete(&fields))
		return 0;
	return error_cannot(err, "a frame of kind %d came that cannot be read", (int)f->kind);
}

#define OCTET_MAX 4 /* "\DDD" */
static const char MORE[] = "...";

const char *reply_clean(struct arena *a, struct span text)
{
	struct buffer out = BUFFER_INIT;
	const char *clean;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (out.len + OCTET_MAX + sizeof(MORE) > REPLY_REASON_MAX) {
			buffer_add_string(&out, MORE);
			break;
		}
		if (printable(c))
			buffer_add_char(&out, c);
		else
			buffer_printf(&out, "\\%03u", (unsigned)(unsigned char)c);
	}
	clean = out.len == 0 ? "no reason was given" : arena_copy(a, buffer_span(&out));
	buffer_clear(&out);
	return clean;
}
