/*
 * SPDX-License-Identifier: ISC
 *
 * Making the file as small as it can be: the text index becomes one segment, the database is copied
 * without what is unused, and the log is cut. Readers of other processes go on with what they see.
 */
#include "store/vacuum.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/buffer.h"
#include "store/database.h"
#include "store/failure.h"

/* How long a reader may keep the log from being cut. */
#define READER_MS 1000

static uint64_t file_size(const char *path, const char *suffix)
{
	struct buffer name = BUFFER_INIT;
	struct stat st;
	uint64_t size;

	buffer_printf(&name, "%s%s", path, suffix);
	size = stat(name.data, &st) == 0 ? (uint64_t)st.st_size : 0;
	buffer_clear(&name);
	return size;
}

static uint64_t all_sizes(const char *path)
{
	return file_size(path, "") + file_size(path, "-wal");
}

bool vacuum_cut_log(sqlite3 *db, int wait_ms)
{
	int code;

	sqlite3_busy_timeout(db, wait_ms);
	code = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(db, DATABASE_BUSY_MS);
	return code == SQLITE_OK;
}

static int read_number(
    sqlite3 *db, const char *path, const char *sql, uint64_t *out, struct error *err)
{
	sqlite3_stmt *stmt = database_prepare(db, path, sql, err);

	if (stmt == NULL)
		return -1;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*out = (uint64_t)sqlite3_column_int64(stmt, 0);
	if (sqlite3_finalize(stmt) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be read");
	return 0;
}

/*
 * Asked beforehand, since the disk would be full for everybody meanwhile. The copy and the log take
 * the used pages each.
 */
static int check_room(sqlite3 *db, const char *path, struct error *err)
{
	uint64_t pages, unused, page_size, need, room;
	struct statvfs disk;

	if (read_number(db, path, "PRAGMA page_count", &pages, err) < 0 ||
	    read_number(db, path, "PRAGMA freelist_count", &unused, err) < 0 ||
	    read_number(db, path, "PRAGMA page_size", &page_size, err) < 0)
		return -1;
	if (statvfs(path, &disk) < 0)
		return 0;
	need = 2 * (pages - unused) * page_size;
	room = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (room >= need)
		return 0;
	return error_cannot(err,
	    "store: %s: cannot be made smaller: it takes %" PRIu64
	    " MB meanwhile, and the disk has "
	    "%" PRIu64 " MB left; make room on it",
	    path, (need >> 20) + 1, room >> 20);
}

static int run(sqlite3 *db, const char *path, const char *sql, struct error *err)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be made smaller");
	return 0;
}

/* The copy is as large as the database: it goes to the disk, and not into memory. */
static int copy(sqlite3 *db, const char *path, struct error *err)
{
	int result;

	if (run(db, path, "PRAGMA temp_store = FILE", err) < 0)
		return -1;
	result = run(db, path, "VACUUM", err);
	run(db, path, "PRAGMA temp_store = MEMORY", NULL);
	return result;
}

int vacuum_run(sqlite3 *db, const char *path, struct vacuum_sizes *out, struct error *err)
{
	int result;

	out->before = all_sizes(path);
	if (check_room(db, path, err) < 0)
		return -1;
	result = run(db, path, "INSERT INTO words (words) VALUES ('optimize')", err);
	if (result == 0)
		result = copy(db, path, err);
	/* also when it failed: what it had written until then is in the log */
	vacuum_cut_log(db, READER_MS);
	out->after = all_sizes(path);
	return result;
}
