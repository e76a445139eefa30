/*
 * SPDX-License-Identifier: ISC
 *
 * Medians of processor time.
 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double timed(const struct measure *m, const struct measure_way *way)
{
	double before = seconds();

	for (size_t i = 0; i < m->repeat; i++)
		way->run(m->arg);
	return (seconds() - before) / (double)(m->repeat * m->operations);
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double values[MEASURE_TIMES])
{
	qsort(values, MEASURE_TIMES, sizeof(*values), compare);
	return values[MEASURE_TIMES / 2];
}

double measure_compare(const char *title, const struct measure *m)
{
	double ours[MEASURE_TIMES], theirs[MEASURE_TIMES], ratios[MEASURE_TIMES], ratio;

	m->ours.run(m->arg);
	m->theirs.run(m->arg);
	for (size_t i = 0; i < MEASURE_TIMES; i++) {
		ours[i] = timed(m, &m->ours);
		theirs[i] = timed(m, &m->theirs);
		ratios[i] = ours[i] / theirs[i];
	}
	ratio = median(ratios);
	printf("%s: %s %.2f us, %s %.2f us, ratio %.2f\n", title, m->ours.name, median(ours) * 1e6,
	    m->theirs.name, median(theirs) * 1e6, ratio);
	return ratio;
}
