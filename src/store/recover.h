/*
 * SPDX-License-Identifier: ISC
 *
 * What a gateway left that did not end by itself: sessions that nobody closed.
 */
#ifndef STORE_RECOVER_H
#define STORE_RECOVER_H

#include <sqlite3.h>

#include "base/error.h"

/*
 * Closes the sessions that are open in the database: error, as of the last time known of each. The
 * caller holds the lock of the data directory, so that no gateway has them open. 0 or -1.
 */
int recover_sessions(sqlite3 *db, const char *path, struct error *err);

#endif
