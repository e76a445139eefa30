/*
 * SPDX-License-Identifier: ISC
 *
 * The reading connection and its statements, each prepared when it is first used.
 */
#include "store/reader.h"

#include "base/codec.h"
#include "store/database.h"
#include "store/failure.h"

static const struct {
	const char *start;
	const char *columns;
	const char *rest;
} statements[] = {
    [READER_BEGIN] = {"BEGIN", "", ""},
    [READER_END] = {"COMMIT", "", ""},
    [READER_VERSION] = {"PRAGMA data_version", "", ""},
    [READER_NUMBER] = {"SELECT ", "number", " FROM message WHERE id = ?"},
    [READER_NEWEST] = {"SELECT ", "id", " FROM message ORDER BY number DESC LIMIT 1"},
    [READER_PREFIX] = {"SELECT ", "id",
	" FROM message WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?"},
    [READER_MESSAGE] = {"SELECT ", ROWS_MESSAGE, " FROM message WHERE number = ?"},
    [READER_SESSION] = {"SELECT ", ROWS_SESSION, " FROM session WHERE number = ?"},
    [READER_RECIPIENTS] = {"SELECT ", ROWS_RECIPIENT,
	" FROM recipient WHERE message = ? ORDER BY seq"},
    [READER_FINDINGS] = {"SELECT ", "id, text",
	" FROM finding WHERE session = ? AND message IS ? ORDER BY seq"},
    [READER_SPF] = {"SELECT ", ROWS_SPF,
	" FROM verdict WHERE message = ? AND viewpoint = ? AND check_name = ?"},
    [READER_DMARC] = {"SELECT ", ROWS_DMARC,
	" FROM verdict WHERE message = ? AND viewpoint = ? AND check_name = ?"},
    [READER_RDNS] = {"SELECT ", ROWS_RDNS,
	" FROM verdict WHERE message = ? AND viewpoint = ? AND check_name = ?"},
    [READER_SIGNATURES] = {"SELECT ", ROWS_DKIM_SIGNATURE,
	" FROM dkim_signature WHERE message = ? AND viewpoint = ? ORDER BY seq"},
    [READER_PREDICTION] = {"SELECT ", ROWS_PREDICTION, " FROM prediction WHERE message = ?"},
    [READER_OPINIONS] = {"SELECT ", ROWS_OPINION, " FROM opinion WHERE message = ? ORDER BY seq"},
    [READER_SOURCE] = {"SELECT ", "bytes", " FROM source WHERE message = ?"},
    [READER_EVIDENCE] = {"SELECT ", "text", " FROM evidence WHERE message = ?"},
    [READER_TRANSCRIPT] = {"SELECT ", "text",
	" FROM transcript WHERE session = (SELECT session FROM message WHERE number = ?)"
	" ORDER BY seq"},
    [READER_SESSIONS] = {"SELECT ", "number",
	" FROM session WHERE id < ? ORDER BY id DESC LIMIT ?"},
    [READER_SESSIONS_FAILED] = {"SELECT ", "number",
	" FROM session WHERE failed_at IS NOT NULL AND id < ? ORDER BY id DESC LIMIT ?"},
    [READER_SESSION_MESSAGES] = {"SELECT ", "id",
	" FROM message WHERE session = ? ORDER BY number"},
    [READER_SESSION_NEWEST] = {"SELECT ", "id", " FROM session ORDER BY id DESC LIMIT 1"},
    [READER_SESSION_PREFIX] = {"SELECT ", "id",
	" FROM (SELECT id FROM session WHERE id >= ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3)"
	" UNION SELECT s.id FROM (SELECT DISTINCT session FROM message"
	" WHERE id >= ?1 AND id < ?2 LIMIT ?3) AS m JOIN session AS s ON s.number = m.session"
	" ORDER BY id DESC LIMIT ?3"},
    [READER_SESSION_TRANSCRIPT] = {"SELECT ", "text",
	" FROM transcript WHERE session = (SELECT number FROM session WHERE id = ?)"
	" ORDER BY seq"},
    [READER_LAST_ASKED] = {"SELECT ", "message", " FROM opinion ORDER BY message DESC LIMIT 1"},
    [READER_LAST] = {"SELECT ", "number", " FROM message ORDER BY number DESC LIMIT 1"},
    [READER_NEXT] = {"SELECT ", "number", " FROM message WHERE number > ? ORDER BY number LIMIT 1"},
    [READER_LAST_WALKED] = {"SELECT ", "message", " FROM walk ORDER BY message DESC LIMIT 1"},
    [READER_NEXT_UNWALKED] = {"SELECT ", "number",
	" FROM message AS m WHERE number > ?"
	" AND NOT EXISTS (SELECT 1 FROM walk AS w WHERE w.message = m.number)"
	" ORDER BY number LIMIT 1"},
};
_Static_assert(ARRAY_SIZE(statements) == READER_STATEMENT_COUNT, "one row a statement");

int reader_start(struct store *s, enum reader_statement which, struct row *r, struct error *err)
{
	if (s->stmts[which] == NULL) {
		struct buffer sql = BUFFER_INIT;

		buffer_add_string(&sql, statements[which].start);
		buffer_add_string(&sql, statements[which].columns);
		buffer_add_string(&sql, statements[which].rest);
		s->stmts[which] = database_prepare(s->db, s->path, sql.data, err);
		buffer_clear(&sql);
	}
	*r = (struct row){.stmt = s->stmts[which]};
	return r->stmt == NULL ? -1 : 0;
}

int reader_step(struct store *s, struct row *r, struct error *err)
{
	int code;

	if (r->failed)
		return store_failure(err, s->db, s->path, "cannot be read");
	code = sqlite3_step(r->stmt);
	r->at = 0;
	if (code == SQLITE_ROW)
		return 1;
	if (sqlite3_reset(r->stmt) == SQLITE_OK)
		return 0;
	return store_failure(err, s->db, s->path, "cannot be read");
}

void reader_finish(struct row *r)
{
	sqlite3_reset(r->stmt);
	/* what was bound may not outlive this call */
	sqlite3_clear_bindings(r->stmt);
}

int reader_run(struct store *s, enum reader_statement which, struct error *err)
{
	struct row r;

	if (reader_start(s, which, &r, err) < 0)
		return -1;
	return reader_step(s, &r, err);
}

int reader_number(struct store *s, const char *id, int64_t *number, struct error *err)
{
	struct row r;
	int found;

	if (reader_start(s, READER_NUMBER, &r, err) < 0)
		return -1;
	row_put_text(&r, id);
	found = reader_step(s, &r, err);
	if (found > 0)
		*number = row_get_int(&r);
	reader_finish(&r);
	return found;
}

int reader_newest(struct store *s, enum reader_statement which, char *id, struct error *err)
{
	struct row r;
	int found;

	*id = '\0';
	if (reader_start(s, which, &r, err) < 0)
		return -1;
	found = reader_step(s, &r, err);
	if (found > 0) {
		struct buffer word = BUFFER_INIT;

		row_get_bytes(&r, &word);
		sqlite3_snprintf(ULID_SIZE, id, "%s", word.data);
		buffer_clear(&word);
	}
	reader_finish(&r);
	return found < 0 ? -1 : 0;
}
