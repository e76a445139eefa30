/*
 * SPDX-License-Identifier: ISC
 *
 * Borrowed runs of bytes: comparing, cutting, numbers.
 */
#include "base/span.h"

#include <string.h>

struct span span_from(const char *s)
{
	return (struct span){s, s == NULL ? 0 : strlen(s)};
}

struct span span_of(const void *data, size_t len)
{
	return (struct span){data, len};
}

bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool span_equal_nocase(struct span a, struct span b)
{
	return a.len == b.len && span_starts_nocase(a, b);
}

bool span_starts(struct span s, struct span prefix)
{
	return s.len >= prefix.len && span_equal(span_first(s, prefix.len), prefix);
}

bool span_starts_nocase(struct span s, struct span prefix)
{
	if (s.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (ascii_lower(s.data[i]) != ascii_lower(prefix.data[i]))
			return false;
	return true;
}

bool span_ends_nocase(struct span s, struct span suffix)
{
	return s.len >= suffix.len && span_starts_nocase(span_after(s, s.len - suffix.len), suffix);
}

bool span_holds_nocase(struct span s, struct span part)
{
	for (; s.len >= part.len; s = span_after(s, 1))
		if (span_starts_nocase(s, part))
			return true;
	return false;
}

ptrdiff_t span_index(struct span s, char c)
{
	const char *p = s.len == 0 ? NULL : memchr(s.data, c, s.len);

	return p == NULL ? -1 : p - s.data;
}

ptrdiff_t span_rindex(struct span s, char c)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.data[i - 1] == c)
			return (ptrdiff_t)(i - 1);
	return -1;
}

struct span span_after(struct span s, size_t n)
{
	if (n >= s.len)
		return (struct span){s.data == NULL ? NULL : s.data + s.len, 0};
	return (struct span){s.data + n, s.len - n};
}

struct span span_first(struct span s, size_t n)
{
	return (struct span){s.data, n < s.len ? n : s.len};
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span s)
{
	while (s.len > 0 && is_blank(s.data[0]))
		s = span_after(s, 1);
	while (s.len > 0 && is_blank(s.data[s.len - 1]))
		s.len--;
	return s;
}

struct span span_cut(struct span *rest, char sep)
{
	ptrdiff_t at = span_index(*rest, sep);
	struct span part = *rest;

	if (at < 0) {
		*rest = (struct span){NULL, 0};
		return part;
	}
	*rest = span_after(*rest, (size_t)at + 1);
	return span_first(part, (size_t)at);
}

int span_to_uint(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (s.len == 0)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)(s.data[i] - '0');

		if (!ascii_digit(s.data[i]) || digit > max || value > (max - digit) / 10)
			return -1;
		value = value * 10 + digit;
	}
	*out = value;
	return 0;
}
