/*
 * SPDX-License-Identifier: ISC
 *
 * Closing sessions that a killed gateway left open. Only those with a message have a row then, and
 * their last message is the last that is known of them.
 */
#include "store/recover.h"

#include <stddef.h>

#include "store/failure.h"

static const char CLOSE_SESSIONS[] =
    "UPDATE session SET \"end\" = 'error',"
    " end_reason = 'the gateway was killed, or lost power, while the session was open',"
    " ended_at_ms = max(started_at_ms, coalesce("
    "(SELECT max(received_at_ms) FROM message WHERE session = session.number), 0))"
    " WHERE ended_at_ms IS NULL";

int recover_sessions(sqlite3 *db, const char *path, struct error *err)
{
	if (sqlite3_exec(db, CLOSE_SESSIONS, NULL, NULL, NULL) != SQLITE_OK)
		return store_failure(err, db, path, "cannot be written");
	return 0;
}
