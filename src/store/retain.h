/*
 * SPDX-License-Identifier: ISC
 *
 * Retention: what the writer deletes by itself. The writer's thread alone uses it.
 */
#ifndef STORE_RETAIN_H
#define STORE_RETAIN_H

#include <stdbool.h>

#include "store/insert.h"
#include "store/prune.h"
#include "store/turn.h"

struct retain {
	struct store_retention limits;
	bool due;        /* there may be something to delete */
	int64_t next_us; /* of the steady clock: when age is looked at again */
	bool known;      /* the totals: */
	int64_t version; /* of the database when they were summed up */
	uint64_t messages, octets;
	struct prune_count deleted; /* since the last line in the log */
	int64_t logged_us;          /* when that was; 0: never */
};

void retain_limit(struct retain *r, const struct store_retention *limits);
/* A message of this size was committed. */
void retain_stored(struct retain *r, uint64_t size);
/* Messages were deleted by somebody's wish. */
void retain_deleted(struct retain *r, const struct prune_count *count);

/* Whether there is something to do now; microseconds until there may be, -1: only by a message. */
bool retain_due(const struct retain *r, int64_t now_us);
int64_t retain_patience(const struct retain *r, int64_t now_us);

/* Deletes what fits into a turn: how many messages. */
uint64_t retain_turn(struct retain *r, struct prune *p, struct insert *in, const struct turn *t);
/* The line about what was deleted since the last one, if anything was. */
void retain_log(struct retain *r, int64_t now_us);

#endif
