/*
 * SPDX-License-Identifier: ISC
 *
 * Frames and their fields.
 */
#include "opinion/frame.h"

#define NUMBER 4
#define HEAD   (NUMBER + 1)

static void write_number(char *at, uint32_t value)
{
	for (int i = NUMBER - 1; i >= 0; i--) {
		at[i] = (char)(value & 0xff);
		value >>= 8;
	}
}

static uint32_t read_number(const char *at)
{
	uint32_t value = 0;

	for (int i = 0; i < NUMBER; i++)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

size_t frame_begin(struct buffer *out, enum frame_kind kind)
{
	size_t head = out->len;

	frame_put_number(out, 0);
	buffer_add_char(out, (char)kind);
	return head;
}

void frame_end(struct buffer *out, size_t head)
{
	write_number(out->data + head, (uint32_t)(out->len - head - HEAD));
}

void frame_put_number(struct buffer *out, uint32_t value)
{
	char octets[NUMBER];

	write_number(octets, value);
	buffer_add(out, octets, sizeof(octets));
}

void frame_put_text(struct buffer *out, struct span text)
{
	frame_put_number(out, (uint32_t)text.len);
	buffer_add_span(out, text);
}

ptrdiff_t frame_take(struct span in, size_t max, struct frame *out, struct error *err)
{
	size_t len;
	unsigned kind;

	if (in.len < HEAD)
		return 0;
	len = read_number(in.data);
	kind = (unsigned char)in.data[NUMBER];
	if (kind >= FRAME_KIND_COUNT)
		return error_cannot(err, "a frame of kind %u came, which is none", kind);
	if (len > max)
		return error_cannot(err, "a frame of %zu octets came, %zu are allowed", len, max);
	if (in.len - HEAD < len)
		return 0;
	out->kind = (enum frame_kind)kind;
	out->payload = span_first(span_after(in, HEAD), len);
	return (ptrdiff_t)(HEAD + len);
}

uint32_t frame_get_number(struct frame_fields *f, uint32_t max)
{
	uint32_t value = 0;

	if (!f->bad && f->rest.len >= NUMBER)
		value = read_number(f->rest.data);
	else
		f->bad = true;
	f->rest = span_after(f->rest, NUMBER);
	f->bad = f->bad || value > max;
	return f->bad ? 0 : value;
}

struct span frame_get_text(struct frame_fields *f, size_t max)
{
	uint32_t len = frame_get_number(f, UINT32_MAX);
	struct span text;

	f->bad = f->bad || len > max || len > f->rest.len;
	if (f->bad)
		return span_of("", 0);
	text = span_first(f->rest, len);
	f->rest = span_after(f->rest, len);
	return text;
}

bool frame_complete(const struct frame_fields *f)
{
	return !f->bad && f->rest.len == 0;
}
