/*
 * SPDX-License-Identifier: ISC
 *
 * A turn of work that can wait: one short transaction, which ends early when a message comes.
 */
#ifndef STORE_TURN_H
#define STORE_TURN_H

#include <stdbool.h>
#include <stdint.h>

struct turn {
	bool (*hurried)(void *arg); /* whether a message waits */
	void *arg;
	int64_t until_us; /* of the steady clock */
};

/*
 * What a turn wrote is still to be committed when it is over, which takes about as long again, in
 * which no message comes in.
 */
struct turn turn_begin(bool (*hurried)(void *arg), void *arg, int64_t us);
bool turn_over(const struct turn *t);

#endif
