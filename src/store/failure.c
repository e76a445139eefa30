/*
 * SPDX-License-Identifier: ISC
 *
 * SQLite's failures in words: a table from its codes to what a person can do about them.
 */
#include "store/failure.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"

static const struct {
	int code;
	const char *advice;
} advices[] = {
    {SQLITE_FULL, "the disk is full; make room on it, or name another directory with --data"},
    {SQLITE_READONLY, "it cannot be written; check its owner and mode, and whether the disk is "
		      "mounted read-only"},
    {SQLITE_CANTOPEN, "check that it and its directory exist and may be read"},
    {SQLITE_PERM, "check its owner and mode"},
    {SQLITE_AUTH, "check its owner and mode"},
    {SQLITE_BUSY, "another program keeps it locked; end that program"},
    {SQLITE_LOCKED, "another program keeps it locked; end that program"},
    {SQLITE_CORRUPT, "the database is damaged; move it away and keep a copy"},
    {SQLITE_NOTADB, "expected a database of mailassay; name another directory with --data"},
    {SQLITE_TOOBIG, "one value is larger than a database takes (1 GB)"},
    {SQLITE_IOERR, "the disk did not take or give the data; check it"},
};

static bool is_full(int system)
{
	return system == ENOSPC || system == EDQUOT || system == EFBIG;
}

static const char *advice_of(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(advices); i++)
		if (advices[i].code == code)
			return advices[i].advice;
	return "this is not expected";
}

/* The library notes it only where a statement failed, not where a commit did. */
static int system_error(sqlite3 *db, int by_errno)
{
	int noted = db == NULL ? 0 : sqlite3_system_errno(db);

	return noted != 0 ? noted : by_errno;
}

int store_failure(struct error *err, sqlite3 *db, const char *path, const char *what)
{
	int system = system_error(db, errno);
	int code = db == NULL ? SQLITE_NOMEM : sqlite3_errcode(db) & 0xff;
	bool by_system = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
	const char *reason = by_system && system != 0 ? strerror(system) : sqlite3_errstr(code);

	if (code == SQLITE_IOERR && is_full(system))
		code = SQLITE_FULL;
	/* the library's own sentence names the constraint or the missing table */
	if (code == SQLITE_ERROR || code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH)
		reason = sqlite3_errmsg(db);
	return error_cannot(err, "store: %s: %s: %s; %s", path, what, reason, advice_of(code));
}

char *store_path(const char *data_dir)
{
	struct buffer path = BUFFER_INIT;

	buffer_printf(&path, "%s/mailassay.db", data_dir);
	return buffer_take(&path);
}
