/*
 * SPDX-License-Identifier: ISC
 *
 * Name tables: the words of an enumeration, one table an enum, indexed by the enumerator and as
 * long as its _COUNT (checked by _Static_assert beside the table).
 */
#ifndef BASE_NAME_H
#define BASE_NAME_H

#include "base/span.h"

/* The index of the word that equals s without regard to ASCII case, or -1. */
int name_find(const char *const *table, size_t count, struct span s);

#endif
