/*
 * SPDX-License-Identifier: ISC
 *
 * What the unit tests share: a main for one suite, and input that ends at an unreadable page, so
 * that a parser which reads one octet too far dies on the spot.
 */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>

#include "base/span.h"

/* Runs the tests (a list that ends with NULL) and returns the exit status. */
int unit_main(const char *name, const TTest *const *tests);

/* A copy whose last octet is followed by a PROT_NONE page; unit_guard_free it. */
struct span unit_guard(struct span s);
void unit_guard_free(struct span s);

/* Compares a span with a C string and shows both, with the row's name, when they differ. */
#define unit_span_eq(row, got, want)                                                               \
	ck_assert_msg(span_equal((got), span_from(want)), "%s: got \"%.*s\", expected \"%s\"",     \
	    (row), (int)(got).len, (got).data, (want))

#endif
