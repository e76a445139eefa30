/*
 * SPDX-License-Identifier: ISC
 *
 * Connections: the pragmas, the modes of the files, and the ways in which a reader that may not
 * write anything still gets at the data.
 */
#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "store/failure.h"
#include "store/schema.h"

/*
 * A log that a burst or a long reader made larger than 64 MiB is cut once it starts anew. When it
 * goes into the database, the writer says.
 */
static const char writer_pragmas[] = "PRAGMA synchronous = FULL;"
				     "PRAGMA foreign_keys = ON;"
				     "PRAGMA journal_size_limit = 67108864;"
				     "PRAGMA temp_store = MEMORY;"
				     "PRAGMA cache_size = -32768;";

/*
 * Makes the file, whatever the umask: SQLite gives the log and its index the same mode. An
 * existing one keeps the mode that somebody may have chosen for it.
 */
static int make_file(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || fchmod(fd, 0640) < 0) {
		error_cannot(err, "store: %s: cannot be made: %s; %s", path, strerror(errno),
		    "check the directory's owner and mode, or name another with --data");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

static sqlite3 *open_db(const char *path, int flags, struct error *err)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		store_failure(err, db, path, "cannot be opened");
		sqlite3_close(db);
		return NULL;
	}
	sqlite3_busy_timeout(db, DATABASE_BUSY_MS);
	return db;
}

/*
 * Pages of 8 KiB hold the rows of a small message in few of them: about a fifth faster and smaller
 * than the usual 4 KiB. It has an effect on a new database only.
 */
static int set_wal(sqlite3 *db, const char *path, struct error *err)
{
	sqlite3_stmt *stmt;
	bool is_wal = false;

	if (sqlite3_exec(db, "PRAGMA page_size = 8192", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &stmt, NULL) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be written");
	if (sqlite3_step(stmt) == SQLITE_ROW)
		is_wal = sqlite3_stricmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;
	if (sqlite3_finalize(stmt) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be written");
	if (!is_wal)
		return error_cannot(err,
		    "store: %s: its file system does not allow a write-ahead log; name a "
		    "directory on a local disk with --data",
		    path);
	return 0;
}

/*
 * Copies of the database, such as VACUUM makes, go where the database is: /tmp may be small, or
 * memory. SQLite has one such setting for the process.
 */
static void set_temporary(const char *path)
{
	const char *end = strrchr(path, '/');

	sqlite3_free(sqlite3_temp_directory);
	sqlite3_temp_directory =
	    end == NULL ? NULL : sqlite3_mprintf("%.*s", (int)(end - path), path);
}

static int prepare_writer(sqlite3 *db, const char *path, struct error *err)
{
	int on = 1;

	if (sqlite3_db_readonly(db, "main") == 1)
		return error_cannot(err,
		    "store: %s: cannot be written; check its owner and mode, and whether the disk "
		    "is mounted read-only",
		    path);
	if (schema_accept(db, path, err) < 0)
		return -1;
	/* without it a reader of another user could not open the database after a clean stop */
	sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	if (set_wal(db, path, err) < 0)
		return -1;
	if (sqlite3_exec(db, writer_pragmas, NULL, NULL, NULL) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be set up");
	return schema_migrate(db, path, err);
}

sqlite3 *database_open_writer(const char *path, struct error *err)
{
	sqlite3 *db;

	if (make_file(path, err) < 0)
		return NULL;
	set_temporary(path);
	db = open_db(path, SQLITE_OPEN_READWRITE, err);
	if (db == NULL)
		return NULL;
	if (prepare_writer(db, path, err) < 0) {
		sqlite3_close(db);
		return NULL;
	}
	return db;
}

static bool has_log(const char *path)
{
	struct buffer log = BUFFER_INIT;
	struct stat st;
	bool has;

	buffer_printf(&log, "%s-wal", path);
	has = stat(log.data, &st) == 0 && st.st_size > 0;
	buffer_clear(&log);
	return has;
}

/* "file:PATH?immutable=1" with what has a meaning in a URI written as %XX; to be freed. */
static char *immutable_uri(const char *path)
{
	struct buffer uri = BUFFER_INIT;

	buffer_add_string(&uri, "file:");
	for (; *path != '\0'; path++)
		if (ascii_alnum(*path) || strchr("/._-", *path) != NULL)
			buffer_add_char(&uri, *path);
		else
			buffer_printf(&uri, "%%%02X", (unsigned char)*path);
	buffer_add_string(&uri, "?immutable=1");
	return buffer_take(&uri);
}

/*
 * A database without a log in a directory that cannot be written, such as a copy on read-only
 * media: SQLite would have to make the log. Nobody writes there, so it is read as it stands.
 */
static sqlite3 *open_immutable(const char *path, struct error *err)
{
	char *uri = immutable_uri(path);
	sqlite3 *db = open_db(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);

	free(uri);
	if (db != NULL && schema_check(db, path, err) < 0) {
		sqlite3_close(db);
		db = NULL;
	}
	return db;
}

/* Whether reading failed for want of a log and of the right to make one. */
static bool wants_log(sqlite3 *db)
{
	int code = sqlite3_errcode(db) & 0xff;

	return code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
}

sqlite3 *database_open_reader(const char *path, struct error *err)
{
	struct stat st;
	sqlite3 *db;

	if (stat(path, &st) < 0) {
		error_cannot(err, "store: %s: %s; %s", path, strerror(errno),
		    errno == EACCES
			? "run this as the user of the gateway, or as one of its group"
			: "start \"mailassay serve\", or name its data directory with --data");
		return NULL;
	}
	db = open_db(path, SQLITE_OPEN_READONLY, err);
	if (db != NULL && schema_check(db, path, err) < 0) {
		bool retry = wants_log(db) && !has_log(path);

		sqlite3_close(db);
		return retry ? open_immutable(path, err) : NULL;
	}
	return db;
}

sqlite3_stmt *database_prepare(sqlite3 *db, const char *path, const char *sql, struct error *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) == SQLITE_OK)
		return stmt;
	store_failure(err, db, path, "cannot be used");
	return NULL;
}
