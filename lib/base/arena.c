/*
 * SPDX-License-Identifier: ISC
 *
 * An arena of chained blocks; each new block is at least as large as all before it together, so
 * that a large transaction costs few allocations.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define FIRST_BLOCK 4000

struct block {
	struct block *next; /* the block before this one */
	size_t cap;
	size_t used;
	max_align_t data[];
};

struct arena {
	struct block *newest;
	size_t used;
	size_t reserved;
};

static void add_block(struct arena *a, size_t need)
{
	size_t cap = a->reserved > FIRST_BLOCK ? a->reserved : FIRST_BLOCK;
	struct block *b;

	if (need > SIZE_MAX / 4)
		abort();
	if (cap < need)
		cap = need;
	b = malloc(sizeof(*b) + cap);
	if (b == NULL)
		abort();
	*b = (struct block){.next = a->newest, .cap = cap, .used = 0};
	a->newest = b;
	a->reserved += cap;
}

struct arena *arena_new(void)
{
	return memory_new(sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	while (a->newest != NULL) {
		struct block *b = a->newest;

		a->newest = b->next;
		free(b);
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	while (a->newest != NULL && a->newest->next != NULL) {
		struct block *b = a->newest;

		a->newest = b->next;
		free(b);
	}
	a->used = 0;
	a->reserved = a->newest == NULL ? 0 : a->newest->cap;
	if (a->newest != NULL)
		a->newest->used = 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t need = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	void *p;

	if (need < n)
		abort();
	if (a->newest == NULL || a->newest->cap - a->newest->used < need)
		add_block(a, need);
	p = (char *)a->newest->data + a->newest->used;
	a->newest->used += need;
	a->used += n;
	return memset(p, 0, n);
}

char *arena_copy(struct arena *a, struct span s)
{
	char *p = arena_alloc(a, s.len + 1);

	if (s.len > 0)
		memcpy(p, s.data, s.len);
	return p;
}

char *arena_string(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_copy(a, span_from(s));
}

struct span arena_span(struct arena *a, struct span s)
{
	return span_of(arena_copy(a, s), s.len);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
