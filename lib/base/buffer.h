/*
 * SPDX-License-Identifier: ISC
 *
 * A growable run of bytes. data[len] is always NUL once anything was added, so that data may be
 * used as a C string where no NUL was put in. The caller bounds what it adds.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>

#include "base/span.h"

struct buffer {
	char *data;
	size_t len;
	size_t cap;
};

#define BUFFER_INIT                                                                                \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

/* Frees the memory and leaves an empty buffer. */
void buffer_clear(struct buffer *b);
/* Empties it and keeps the memory. */
void buffer_reset(struct buffer *b);
/* Makes room for n more bytes without changing len. */
void buffer_reserve(struct buffer *b, size_t n);
void buffer_add(struct buffer *b, const void *data, size_t len);
void buffer_add_span(struct buffer *b, struct span s);
void buffer_add_string(struct buffer *b, const char *s);
void buffer_add_char(struct buffer *b, char c);
void buffer_printf(struct buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buffer_vprintf(struct buffer *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/* Forgets all but the first len bytes; a len beyond the content changes nothing. */
void buffer_truncate(struct buffer *b, size_t len);
/* Removes the first n bytes. */
void buffer_drop(struct buffer *b, size_t n);
/* The content, borrowed until the buffer changes. */
struct span buffer_span(const struct buffer *b);
/* Hands the memory to the caller (free it) and leaves an empty buffer; "" when it was empty. */
char *buffer_take(struct buffer *b);

#endif
