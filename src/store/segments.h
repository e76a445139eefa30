/*
 * SPDX-License-Identifier: ISC
 *
 * The text index's segments: each commit that brings text adds one, and they are merged in steps of
 * few pages, so that none takes long.
 */
#ifndef STORE_SEGMENTS_H
#define STORE_SEGMENTS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct segments {
	sqlite3 *db;
	sqlite3_stmt *merge;
	int64_t owed; /* pages that are still to be gone through, about */
};

int segments_open(struct segments *s, sqlite3 *db, const char *path, struct error *err);
void segments_close(struct segments *s);

/* So many octets of text came in together; so many messages went. */
void segments_owe(struct segments *s, uint64_t octets);
void segments_owe_deleted(struct segments *s, uint64_t messages);
/* Whether there is something to do; whether so much that what makes segments is to wait. */
bool segments_due(const struct segments *s);
bool segments_pressing(const struct segments *s);
/* One step, a transaction of its own. */
void segments_step(struct segments *s);

#endif
