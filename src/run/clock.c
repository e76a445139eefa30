/*
 * SPDX-License-Identifier: ISC
 *
 * The clocks.
 */
#include "run/clock.h"

#include <time.h>

static struct timespec read_clock(clockid_t id)
{
	struct timespec now = {0, 0};

	clock_gettime(id, &now);
	return now;
}

int64_t clock_now_ms(void)
{
	struct timespec now = read_clock(CLOCK_REALTIME);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_steady_us(void)
{
	struct timespec now = read_clock(CLOCK_MONOTONIC);

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
