/*
 * SPDX-License-Identifier: ISC
 *
 * What benchmarks share: two ways of doing the same are run in turn in one process, so that both
 * meet the same machine, and compared pair by pair.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>

struct measure_way {
	const char *name;
	void (*run)(void *arg); /* does "operations" of what is measured */
};

struct measure {
	struct measure_way ours, theirs;
	void *arg;
	size_t operations; /* that one run does */
	size_t repeat;     /* runs between two looks at the clock */
};

/* How often each way is timed; the medians of so many are given. */
#define MEASURE_TIMES 31

/*
 * Runs both ways in turn, after one run of each that does not count, and prints a line:
 * "TITLE: OURS 1.23 us, THEIRS 2.34 us, ratio 0.53". Processor time is measured. Returns the
 * median of the ratios of ours to theirs.
 */
double measure_compare(const char *title, const struct measure *m);

#endif
