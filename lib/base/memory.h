/*
 * SPDX-License-Identifier: ISC
 *
 * Allocation that does not fail: running out of memory aborts the program, since every size is
 * bounded before it is asked for. Free with free().
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory; n == 0 gives a pointer that may be freed. */
void *memory_new(size_t n);
void *memory_resize(void *p, size_t n);
/* A NUL-terminated copy; NULL gives NULL. */
char *memory_string(const char *s);

/*
 * The one dynamic array: makes room for one more element behind count. items is the address of
 * the element pointer; the capacity is always the power of two at or above count.
 *
 *	array_grow(&list->items, list->count, sizeof(*list->items));
 *	list->items[list->count++] = item;
 */
void array_grow(void *items, size_t count, size_t element_size);

#endif
