/*
 * SPDX-License-Identifier: ISC
 *
 * A filter as SQL: which messages, driven by the index that fits it best, in the order of the
 * message numbers, so that a limit stops early. Values are bound, never part of the text.
 */
#ifndef STORE_SELECT_H
#define STORE_SELECT_H

#include "store/reader.h"

struct select_value {
	const char *text; /* NULL: the number */
	int64_t number;
};

/* A query with its values, ?1, ?2 and so on; it may stand inside another one that has no others. */
struct select {
	struct buffer sql;
	struct select_value *values;
	size_t value_count;
	struct arena *arena;
};

/*
 * Makes the query that gives "number" and "id" of each message that matches, once, in the order of
 * the filter and up to its limit. Nothing of the filter is borrowed.
 */
void select_make(const struct store_filter *f, struct select *out);
void select_clear(struct select *q);
/* The statement holds copies of the values. */
void select_bind(const struct select *q, sqlite3_stmt *stmt);
/* All of it; NULL with err. */
sqlite3_stmt *select_prepare(struct store *s, const struct store_filter *f, struct error *err);

#endif
