/*
 * SPDX-License-Identifier: ISC
 *
 * Deleting messages and sessions with all that hangs on them. All of it is within a transaction
 * that the caller has begun.
 */
#ifndef STORE_PRUNE_H
#define STORE_PRUNE_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/error.h"

struct prune;

/* db and path are borrowed until prune_free. NULL with err. */
struct prune *prune_new(sqlite3 *db, const char *path, struct error *err);
void prune_free(struct prune *p);

/* What was deleted; functions add to it. */
struct prune_count {
	uint64_t messages, octets, sessions;
};

/*
 * Each deletes one: a message by its id or number, with its session once that has ended and has no
 * other; the session that ended first, before that time, without a message. 1; 0 there is none; -1
 * failed.
 */
int prune_id(struct prune *p, const char *id, struct prune_count *count, struct error *err);
int prune_number(struct prune *p, int64_t number, struct prune_count *count, struct error *err);
int prune_bare(struct prune *p, int64_t before_ms, struct prune_count *count, struct error *err);

struct prune_message {
	int64_t number, received_at;
	uint64_t size;
};

/* The message that came first, by the clock: 1; 0 there is none; -1 failed. */
int prune_oldest(struct prune *p, struct prune_message *out, struct error *err);
/* How many messages there are, and the octets of their sources. 0 or -1. */
int prune_totals(struct prune *p, uint64_t *messages, uint64_t *octets, struct error *err);
/* Changes when somebody else wrote. 0 or -1. */
int prune_version(struct prune *p, int64_t *version, struct error *err);

#endif
