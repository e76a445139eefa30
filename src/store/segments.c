/*
 * SPDX-License-Identifier: ISC
 *
 * Merging the text index's segments (FTS5's command "merge").
 */
#include "store/segments.h"

#include <stddef.h>

#include "store/database.h"

#define PAGE_OCTETS 4096
/* A page of text is written again about so often until it is in a segment that stays. */
#define TIMES         4
#define DELETED_PAGES 2
#define STEP_PAGES    16
#define OWED_MAX      1024

int segments_open(struct segments *s, sqlite3 *db, const char *path, struct error *err)
{
	s->db = db;
	/* somebody may have ended before all was merged */
	s->owed = 1;
	s->merge =
	    database_prepare(db, path, "INSERT INTO words (words, rank) VALUES ('merge', ?)", err);
	return s->merge == NULL ? -1 : 0;
}

void segments_close(struct segments *s)
{
	sqlite3_finalize(s->merge);
}

void segments_owe(struct segments *s, uint64_t octets)
{
	s->owed += TIMES * (1 + (int64_t)(octets / PAGE_OCTETS));
}

/* FTS5 writes a segment for each: the statement that deletes a message has a savepoint. */
void segments_owe_deleted(struct segments *s, uint64_t messages)
{
	s->owed += DELETED_PAGES * (int64_t)messages;
}

bool segments_due(const struct segments *s)
{
	return s->owed > 0;
}

bool segments_pressing(const struct segments *s)
{
	return s->owed > OWED_MAX;
}

void segments_step(struct segments *s)
{
	int before = sqlite3_total_changes(s->db);

	sqlite3_bind_int(s->merge, 1, STEP_PAGES);
	sqlite3_step(s->merge);
	/* FTS5: less than two changes mean that there was nothing to merge; a failure ends it too
	 */
	if (sqlite3_reset(s->merge) != SQLITE_OK || sqlite3_total_changes(s->db) - before < 2)
		s->owed = 0;
	else if (s->owed > STEP_PAGES)
		s->owed -= STEP_PAGES;
}
