/*
 * SPDX-License-Identifier: ISC
 *
 * SQLite's failures in words.
 */
#ifndef STORE_FAILURE_H
#define STORE_FAILURE_H

#include <sqlite3.h>

#include "base/error.h"

/*
 * Says why the last call on db failed and what to do about it; path is the database, what was
 * being done ("cannot be opened"). db may be NULL: out of memory. Returns -1.
 */
int store_failure(struct error *err, sqlite3 *db, const char *path, const char *what);

/* DIR/mailassay.db, to be freed. */
char *store_path(const char *data_dir);

#endif
