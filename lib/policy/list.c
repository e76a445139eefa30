/*
 * SPDX-License-Identifier: ISC
 *
 * A list in an arena.
 */
#include "policy/list.h"

#include <stdlib.h>
#include <string.h>

void *policy_grow(struct arena *a, void *items, size_t count, size_t element_size)
{
	void *grown;

	if ((count & (count - 1)) != 0)
		return items;
	if (count > SIZE_MAX / 2 / element_size)
		abort();
	grown = arena_alloc(a, (count == 0 ? 1 : 2 * count) * element_size);
	if (count > 0)
		memcpy(grown, items, count * element_size);
	return grown;
}
