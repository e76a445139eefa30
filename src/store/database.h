/*
 * SPDX-License-Identifier: ISC
 *
 * Connections to DIR/mailassay.db: the one that writes and those that read.
 */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include <sqlite3.h>

#include "base/error.h"

/* How long a connection waits for another's lock. */
#define DATABASE_BUSY_MS 5000

/*
 * Both return the connection (for one thread at a time), or NULL with err. Writing makes the file
 * (mode 0640, so that the directory's group can read) and migrates it.
 */
sqlite3 *database_open_writer(const char *path, struct error *err);
sqlite3 *database_open_reader(const char *path, struct error *err);

/* A prepared statement that is kept, or NULL with err. */
sqlite3_stmt *database_prepare(sqlite3 *db, const char *path, const char *sql, struct error *err);

#endif
