/*
 * SPDX-License-Identifier: ISC
 *
 * Migrations: the version is read, the database locked, the version read again, since another
 * process may have migrated in between, and what is missing applied in that same transaction.
 */
#include "store/schema.h"

#include "store/failure.h"

/* The single integer that the statement gives, or -1. */
static int read_int(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	int value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int(stmt, 0);
	/* a failed step is reported again here, which is what store_failure then reads */
	if (sqlite3_finalize(stmt) != SQLITE_OK)
		return -1;
	return value;
}

static int read_version(sqlite3 *db, const char *path, int *version, struct error *err)
{
	*version = read_int(db, "PRAGMA user_version");
	if (*version < 0 && sqlite3_errcode(db) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be read");
	if (*version < 0)
		return error_cannot(err,
		    "store: %s: is no database of mailassay; name another directory with --data",
		    path);
	if (*version > (int)STORE_MIGRATION_COUNT)
		return error_cannot(err,
		    "store: %s was written by a newer mailassay (schema %d, this program knows "
		    "%d): use that program, or name another directory with --data",
		    path, *version, (int)STORE_MIGRATION_COUNT);
	return 0;
}

/* Version 0 must be an empty database: another program's tables are not to be mixed with ours. */
static int check_foreign(sqlite3 *db, const char *path, int version, struct error *err)
{
	int objects;

	if (version != 0)
		return 0;
	objects = read_int(db, "SELECT count(*) FROM sqlite_schema");
	if (objects < 0)
		return store_failure(err, db, path, "cannot be read");
	if (objects > 0)
		return error_cannot(err,
		    "store: %s: is the database of another program; name another directory with "
		    "--data",
		    path);
	return 0;
}

static int apply_missing(sqlite3 *db, const char *path, struct error *err)
{
	char set[48];
	int version;

	if (read_version(db, path, &version, err) < 0 || check_foreign(db, path, version, err) < 0)
		return -1;
	for (size_t i = (size_t)version; i < STORE_MIGRATION_COUNT; i++)
		if (sqlite3_exec(db, STORE_MIGRATIONS[i].sql, NULL, NULL, NULL) != SQLITE_OK)
			return store_failure(err, db, path, STORE_MIGRATIONS[i].name);
	sqlite3_snprintf(sizeof(set), set, "PRAGMA user_version = %d", (int)STORE_MIGRATION_COUNT);
	if (sqlite3_exec(db, set, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, STORE_VIEWS, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be brought to this version");
	return 0;
}

int schema_accept(sqlite3 *db, const char *path, struct error *err)
{
	int version;

	if (read_version(db, path, &version, err) < 0)
		return -1;
	return check_foreign(db, path, version, err);
}

int schema_migrate(sqlite3 *db, const char *path, struct error *err)
{
	/* refuse without a lock what a wait for the lock would not change */
	if (schema_accept(db, path, err) < 0)
		return -1;
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be locked for writing");
	if (apply_missing(db, path, err) < 0) {
		if (!sqlite3_get_autocommit(db))
			sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	return 0;
}

int schema_check(sqlite3 *db, const char *path, struct error *err)
{
	int version;

	if (read_version(db, path, &version, err) < 0 || check_foreign(db, path, version, err) < 0)
		return -1;
	if (version == 0)
		return error_cannot(err,
		    "store: %s: holds nothing yet; start \"mailassay serve\" on its directory",
		    path);
	if (version < (int)STORE_MIGRATION_COUNT)
		return error_cannot(err,
		    "store: %s was written by an older mailassay (schema %d, expected %d): start "
		    "\"mailassay serve\" of this program on its directory once",
		    path, version, (int)STORE_MIGRATION_COUNT);
	return 0;
}
