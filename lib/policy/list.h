/*
 * SPDX-License-Identifier: ISC
 *
 * The growing list of this folder: in an arena, by doubling.
 */
#ifndef POLICY_LIST_H
#define POLICY_LIST_H

#include "base/arena.h"

/*
 * Room for one more element behind count; the capacity is always the power of two at or above
 * count. Returns where the elements are from now on.
 */
void *policy_grow(struct arena *a, void *items, size_t count, size_t element_size);

#endif
