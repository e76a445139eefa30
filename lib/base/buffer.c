/*
 * SPDX-License-Identifier: ISC
 *
 * A growable run of bytes.
 */
#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void buffer_clear(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer)BUFFER_INIT;
}

void buffer_reset(struct buffer *b)
{
	b->len = 0;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void buffer_reserve(struct buffer *b, size_t n)
{
	size_t cap = b->cap == 0 ? 64 : b->cap;

	if (n > SIZE_MAX / 2 - b->len - 1)
		abort();
	while (cap < b->len + n + 1)
		cap *= 2;
	if (cap == b->cap)
		return;
	b->data = memory_resize(b->data, cap);
	b->data[b->len] = '\0';
	b->cap = cap;
}

void buffer_add(struct buffer *b, const void *data, size_t len)
{
	buffer_reserve(b, len);
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buffer_add_span(struct buffer *b, struct span s)
{
	buffer_add(b, s.data, s.len);
}

void buffer_add_string(struct buffer *b, const char *s)
{
	buffer_add_span(b, span_from(s));
}

void buffer_add_char(struct buffer *b, char c)
{
	buffer_add(b, &c, 1);
}

void buffer_printf(struct buffer *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buffer_vprintf(b, fmt, ap);
	va_end(ap);
}

void buffer_vprintf(struct buffer *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		abort();
	buffer_reserve(b, (size_t)n);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void buffer_truncate(struct buffer *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

void buffer_drop(struct buffer *b, size_t n)
{
	if (n >= b->len) {
		buffer_reset(b);
		return;
	}
	b->len -= n;
	memmove(b->data, b->data + n, b->len + 1);
}

struct span buffer_span(const struct buffer *b)
{
	return (struct span){b->data, b->len};
}

char *buffer_take(struct buffer *b)
{
	char *data = b->data == NULL ? memory_string("") : b->data;

	*b = (struct buffer)BUFFER_INIT;
	return data;
}
