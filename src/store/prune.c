/*
 * SPDX-License-Identifier: ISC
 *
 * Deleting messages and sessions. What hangs on them goes by the foreign keys, the text in the
 * index by a trigger.
 */
#include "store/prune.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/span.h"
#include "store/database.h"
#include "store/failure.h"
#include "store/rows.h"

enum prune_statement {
	PRUNE_FIND,
	PRUNE_FACTS,
	PRUNE_MESSAGE,
	PRUNE_SESSION,
	PRUNE_BARE,
	PRUNE_OLDEST,
	PRUNE_TOTALS,
	PRUNE_VERSION,
	PRUNE_STATEMENT_COUNT,
};

static const char *const statements[] = {
    [PRUNE_FIND] = "SELECT number FROM message WHERE id = ?",
    [PRUNE_FACTS] = "SELECT session, size FROM message WHERE number = ?",
    [PRUNE_MESSAGE] = "DELETE FROM message WHERE number = ?",
    [PRUNE_SESSION] = "DELETE FROM session WHERE number = ?1 AND ended_at_ms IS NOT NULL"
		      " AND NOT EXISTS (SELECT 1 FROM message WHERE session = ?1)",
    [PRUNE_BARE] = "DELETE FROM session WHERE number = (SELECT s.number FROM session AS s"
		   " WHERE s.ended_at_ms < ?"
		   " AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.session = s.number)"
		   " ORDER BY s.ended_at_ms LIMIT 1)",
    [PRUNE_OLDEST] = "SELECT number, received_at_ms, size FROM message"
		     " ORDER BY received_at_ms, size LIMIT 1",
    [PRUNE_TOTALS] = "SELECT count(*), coalesce(sum(size), 0) FROM message",
    [PRUNE_VERSION] = "PRAGMA data_version",
};
_Static_assert(ARRAY_SIZE(statements) == PRUNE_STATEMENT_COUNT, "one row a statement");

struct prune {
	sqlite3 *db;
	const char *path;
	sqlite3_stmt *stmts[PRUNE_STATEMENT_COUNT];
};

struct prune *prune_new(sqlite3 *db, const char *path, struct error *err)
{
	struct prune *p = memory_new(sizeof(*p));

	p->db = db;
	p->path = path;
	for (size_t i = 0; i < PRUNE_STATEMENT_COUNT; i++) {
		p->stmts[i] = database_prepare(db, path, statements[i], err);
		if (p->stmts[i] == NULL) {
			prune_free(p);
			return NULL;
		}
	}
	return p;
}

void prune_free(struct prune *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < PRUNE_STATEMENT_COUNT; i++)
		sqlite3_finalize(p->stmts[i]);
	free(p);
}

static struct row start(struct prune *p, enum prune_statement which)
{
	return (struct row){.stmt = p->stmts[which]};
}

/* Runs the statement, and takes the numbers of its row, if it gives one: 1, 0 or -1. */
static int finish(struct prune *p, struct row *r, int64_t *numbers, int count, struct error *err)
{
	int code = r->failed ? SQLITE_ERROR : sqlite3_step(r->stmt);

	for (int i = 0; i < count && code == SQLITE_ROW; i++)
		numbers[i] = sqlite3_column_int64(r->stmt, i);
	if (sqlite3_reset(r->stmt) != SQLITE_OK || r->failed)
		return store_failure(err, p->db, p->path, "cannot be written");
	return code == SQLITE_ROW;
}

static int delete_session(
    struct prune *p, int64_t session, struct prune_count *count, struct error *err)
{
	struct row r = start(p, PRUNE_SESSION);

	row_put_int(&r, session);
	if (finish(p, &r, NULL, 0, err) < 0)
		return -1;
	count->sessions += (uint64_t)sqlite3_changes(p->db);
	return 0;
}

int prune_number(struct prune *p, int64_t number, struct prune_count *count, struct error *err)
{
	struct row facts = start(p, PRUNE_FACTS), message = start(p, PRUNE_MESSAGE);
	int64_t of[2];
	int found;

	row_put_int(&facts, number);
	found = finish(p, &facts, of, 2, err);
	if (found <= 0)
		return found;
	row_put_int(&message, number);
	if (finish(p, &message, NULL, 0, err) < 0)
		return -1;
	count->messages++;
	count->octets += (uint64_t)of[1];
	return delete_session(p, of[0], count, err) < 0 ? -1 : 1;
}

int prune_id(struct prune *p, const char *id, struct prune_count *count, struct error *err)
{
	struct row r = start(p, PRUNE_FIND);
	int64_t number;
	int found;

	row_put_text(&r, id);
	found = finish(p, &r, &number, 1, err);
	return found <= 0 ? found : prune_number(p, number, count, err);
}

int prune_bare(struct prune *p, int64_t before_ms, struct prune_count *count, struct error *err)
{
	struct row r = start(p, PRUNE_BARE);
	int deleted;

	row_put_int(&r, before_ms);
	if (finish(p, &r, NULL, 0, err) < 0)
		return -1;
	deleted = sqlite3_changes(p->db);
	count->sessions += (uint64_t)deleted;
	return deleted > 0;
}

int prune_oldest(struct prune *p, struct prune_message *out, struct error *err)
{
	struct row r = start(p, PRUNE_OLDEST);
	int64_t of[3];
	int found = finish(p, &r, of, 3, err);

	if (found > 0)
		*out = (struct prune_message){of[0], of[1], (uint64_t)of[2]};
	return found;
}

int prune_totals(struct prune *p, uint64_t *messages, uint64_t *octets, struct error *err)
{
	struct row r = start(p, PRUNE_TOTALS);
	int64_t of[2] = {0, 0};

	if (finish(p, &r, of, 2, err) < 0)
		return -1;
	*messages = (uint64_t)of[0];
	*octets = (uint64_t)of[1];
	return 0;
}

int prune_version(struct prune *p, int64_t *version, struct error *err)
{
	struct row r = start(p, PRUNE_VERSION);

	return finish(p, &r, version, 1, err) < 0 ? -1 : 0;
}
