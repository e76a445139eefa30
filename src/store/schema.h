/*
 * SPDX-License-Identifier: ISC
 *
 * The schema's version: PRAGMA user_version is the number of migrations that were applied. The
 * migrations and views are sql/ as text, made into schema_sql.c by sql/embed.sh.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>

#include "base/error.h"

struct store_migration {
	const char *name; /* of its file */
	const char *sql;
};

extern const struct store_migration STORE_MIGRATIONS[]; /* in order; the first makes version 1 */
extern const size_t STORE_MIGRATION_COUNT;
extern const char STORE_VIEWS[];

/*
 * Refuses a newer database and one of another program, without changing anything. 0 or -1. The
 * other two do so as well.
 */
int schema_accept(sqlite3 *db, const char *path, struct error *err);
/*
 * Brings the database to this program's version, in one transaction, and makes the views again.
 * 0, or -1 with the database as it was.
 */
int schema_migrate(sqlite3 *db, const char *path, struct error *err);
/* For readers: whether the database is of this program's version. 0 or -1. */
int schema_check(sqlite3 *db, const char *path, struct error *err);

#endif
