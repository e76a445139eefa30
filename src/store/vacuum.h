/*
 * SPDX-License-Identifier: ISC
 *
 * Making the file as small as it can be.
 */
#ifndef STORE_VACUUM_H
#define STORE_VACUUM_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct vacuum_sizes {
	uint64_t before, after; /* octets of the database and its log */
};

/*
 * Writes the database anew without what is unused. It needs room for it twice, and takes as long
 * as that. 0; -1: nothing is changed.
 */
int vacuum_run(sqlite3 *db, const char *path, struct vacuum_sizes *out, struct error *err);
/*
 * Whether the log is in the database, and cut to nothing; not while a reader looks at what was
 * before, for which it waits at most so long.
 */
bool vacuum_cut_log(sqlite3 *db, int wait_ms);

#endif
