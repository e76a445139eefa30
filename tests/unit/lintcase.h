/*
 * SPDX-License-Identifier: ISC
 *
 * One check of mail records in a test: a zone as text, a name in it, and what is found.
 */
#ifndef LINTCASE_H
#define LINTCASE_H

#include "base/buffer.h"
#include "verify/lint.h"

struct lint_case {
	struct arena *arena;
	struct dns_zones *zones;
	struct dns_view *view;
	struct lint lint;
	struct lint_spf spf;
	struct buffer ids; /* of the findings in their order, a blank between them */
};

/*
 * Reads the zone (its names are whole without a final dot: "$ORIGIN ." stands before it) and makes
 * the check of the kind at the name until it is done; what the zone does not have does not exist.
 * With origin not NULL the zone is that one alone, and what lies outside is not asked for.
 */
void lint_case_run(struct lint_case *c, enum lint_kind kind, const char *name, const char *zone,
    const char *origin);
void lint_case_clear(struct lint_case *c);

/* Compares the ids, and demands that a finding's text has this part (NULL: nothing). */
void lint_case_expect(
    const struct lint_case *c, const char *row, const char *ids, const char *part);

/* The arena, zones and view alone, for checks that are called otherwise. */
void lint_case_open(struct lint_case *c, const char *zone, const char *origin);
/* Fills ids. */
void lint_case_close(struct lint_case *c);

#endif
