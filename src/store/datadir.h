/*
 * SPDX-License-Identifier: ISC
 *
 * The data directory: which one, making it, and its lock.
 */
#ifndef STORE_DATADIR_H
#define STORE_DATADIR_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

/*
 * The directory: given (as the settings have it; may be NULL), else /var/lib/mailassay when it
 * exists and is writable (readable, for queries), else $XDG_STATE_HOME/mailassay, else
 * ~/.local/state/mailassay. Appended to out. 0 or -1.
 */
int datadir_find(const char *given, bool for_queries, struct buffer *out, struct error *err);
/* Makes it with mode 0750, and its parents. 0 or -1. */
int datadir_make(const char *dir, struct error *err);
/* Takes the exclusive lock; the descriptor, or -1 with err when another process has it. */
int datadir_lock(const char *dir, struct error *err);
/* Whether another process has the lock, also for who may only read there. */
bool datadir_is_locked(const char *dir);

#endif
