/*
 * SPDX-License-Identifier: ISC
 *
 * An arena: memory that is given out piece by piece and freed all at once. What lives and dies
 * with a transaction, a verdict or a query sits in one.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/span.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);
/* Forgets everything given out and keeps the first block for use again. */
void arena_reset(struct arena *a);
/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);
/* NUL-terminated copies. A span may hold NULs; arena_string(a, NULL) is NULL. */
char *arena_copy(struct arena *a, struct span s);
char *arena_string(struct arena *a, const char *s);
/* A copy of s as a span (with a NUL behind it that does not count). */
struct span arena_span(struct arena *a, struct span s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Bytes given out since the arena was made or reset. */
size_t arena_used(const struct arena *a);

#endif
