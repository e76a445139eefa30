/*
 * SPDX-License-Identifier: ISC
 *
 * Giving freed memory back to the system, as the GNU C library does it. Elsewhere nothing happens.
 */
#include "run/memory_return.h"

#include <features.h>

#ifdef __GLIBC__
#include <malloc.h>

#define LARGE_BUFFER (1 << 20)

void memory_return_large(void)
{
	/* A threshold that is set is no longer raised by what is freed. */
	mallopt(M_MMAP_THRESHOLD, LARGE_BUFFER);
}

void memory_return(void)
{
	malloc_trim(0);
}

#else

void memory_return_large(void)
{
}

void memory_return(void)
{
}

#endif
