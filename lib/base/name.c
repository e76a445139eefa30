/*
 * SPDX-License-Identifier: ISC
 *
 * Looking a word up in the table of an enumeration.
 */
#include "base/name.h"

int name_find(const char *const *table, size_t count, struct span s)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal_nocase(span_from(table[i]), s))
			return (int)i;
	return -1;
}
