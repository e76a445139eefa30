/*
 * SPDX-License-Identifier: ISC
 *
 * A span is a borrowed run of bytes: it may hold any octet, NUL included, and lives as long as
 * the buffer it points into. Comparing and cutting never allocates.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct span {
	const char *data;
	size_t len;
};

/* A string literal as a span, usable in initialisers; its NUL is not part of it. */
#define SPAN(literal)                                                                              \
	(struct span)                                                                              \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

/* The span of a C string; NULL gives an empty span. */
struct span span_from(const char *s);
struct span span_of(const void *data, size_t len);

bool span_equal(struct span a, struct span b);
/* ASCII letters compare without regard to case; other octets as they are. */
bool span_equal_nocase(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);
bool span_starts_nocase(struct span s, struct span prefix);
bool span_ends_nocase(struct span s, struct span suffix);
bool span_holds_nocase(struct span s, struct span part); /* an empty part is in every span */

/* The index of the first c (last c) in s, or -1. */
ptrdiff_t span_index(struct span s, char c);
ptrdiff_t span_rindex(struct span s, char c);

/* s without its first n bytes (all of them when it is shorter); its first n bytes. */
struct span span_after(struct span s, size_t n);
struct span span_first(struct span s, size_t n);

/* s without blanks, tabs, CR and LF at its start and end. */
struct span span_trim(struct span s);

/*
 * Cuts the part before the first sep off *rest and returns it; *rest then begins after sep.
 * Without a sep all of *rest is returned and *rest becomes { NULL, 0 }, which ends the loop
 * "while (rest.data != NULL) part = span_cut(&rest, ',')".
 */
struct span span_cut(struct span *rest, char sep);

/* Decimal digits only, at most max; -1 when s is empty, has another octet, or is too large. */
int span_to_uint(struct span s, uint64_t max, uint64_t *out);

/* ASCII only: the C library's versions follow the locale and are undefined above 127. */
static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool ascii_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_alpha(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static inline bool ascii_alnum(char c)
{
	return ascii_digit(c) || ascii_alpha(c);
}

#endif
