/*
 * SPDX-License-Identifier: ISC
 *
 * Allocation that aborts instead of failing, and the one dynamic array.
 */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *memory_new(size_t n)
{
	void *p = calloc(1, n == 0 ? 1 : n);

	if (p == NULL)
		abort();
	return p;
}

void *memory_resize(void *p, size_t n)
{
	void *q = realloc(p, n == 0 ? 1 : n);

	if (q == NULL)
		abort();
	return q;
}

char *memory_string(const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s) + 1;

	return s == NULL ? NULL : memcpy(memory_new(n), s, n);
}

void array_grow(void *items, size_t count, size_t element_size)
{
	void *p;

	if (count != 0 && (count & (count - 1)) != 0)
		return;
	if (count > SIZE_MAX / 2 / element_size)
		abort();
	/* items is a pointer to a pointer of some type: copied as bytes to keep aliasing right. */
	memcpy(&p, items, sizeof(p));
	p = memory_resize(p, (count == 0 ? 1 : count * 2) * element_size);
	memcpy(items, &p, sizeof(p));
}
