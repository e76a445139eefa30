/*
 * SPDX-License-Identifier: ISC
 *
 * Ids. Each thread begins at a random number of 80 bits and counts up from it, so that ids of two
 * threads differ and those of one grow. The instant never goes back, even if the clock does.
 */
#include "run/id.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "run/clock.h"

#define RANDOM_OCTETS 10

struct ids {
	bool seeded;
	int64_t last_ms;
	uint8_t number[RANDOM_OCTETS]; /* big-endian */
};

static _Thread_local struct ids ids;

static void seed(struct ids *s)
{
	ssize_t n;

	do
		n = getrandom(s->number, sizeof(s->number), 0);
	while (n < 0 && errno == EINTR);
	/* Up to 256 octets come whole once the kernel's generator is ready. */
	if (n != (ssize_t)sizeof(s->number))
		abort();
	/* Room to count without an overflow. */
	s->number[0] &= 0x7f;
	s->seeded = true;
}

static void count_up(struct ids *s)
{
	for (int i = RANDOM_OCTETS - 1; i >= 0; i--)
		if (++s->number[i] != 0)
			break;
}

void id_make(char out[ULID_SIZE])
{
	int64_t now = clock_now_ms();

	if (!ids.seeded)
		seed(&ids);
	if (now > ids.last_ms)
		ids.last_ms = now;
	count_up(&ids);
	ulid_format(out, ids.last_ms, ids.number);
}
