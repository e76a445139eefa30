/*
 * SPDX-License-Identifier: ISC
 *
 * When a turn of work that can wait is over.
 */
#include "store/turn.h"

#include "run/clock.h"

struct turn turn_begin(bool (*hurried)(void *arg), void *arg, int64_t us)
{
	return (struct turn){hurried, arg, clock_steady_us() + us};
}

bool turn_over(const struct turn *t)
{
	return t->hurried(t->arg) || clock_steady_us() >= t->until_us;
}
