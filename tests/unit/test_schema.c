/*
 * SPDX-License-Identifier: ISC
 *
 * The schema: migrations from nothing, again, and what is refused.
 */
#include "store/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "sample.h"
#include "store/database.h"
#include "store/store.h"
#include "unit.h"

static sqlite3 *open_memory(void)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	return db;
}

static void run(sqlite3 *db, const char *sql)
{
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
	    sqlite3_errmsg(db));
}

static int number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	int value;

	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", sql,
	    sqlite3_errmsg(db));
	ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

START_TEST(migrates_from_nothing_and_again)
{
	sqlite3 *db = open_memory();
	struct error err;

	ck_assert_int_eq(schema_check(db, "x.db", &err), -1);
	ck_assert_msg(strstr(err.text, "holds nothing yet") != NULL, "%s", err.text);
	for (int i = 0; i < 2; i++) {
		ck_assert_msg(schema_migrate(db, "x.db", &err) == 0, "%s", err.text);
		ck_assert_int_eq(number(db, "PRAGMA user_version"), (int)STORE_MIGRATION_COUNT);
		ck_assert_int_ne(sqlite3_get_autocommit(db), 0);
	}
	ck_assert_int_eq(schema_check(db, "x.db", &err), 0);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM messages"), 0);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM sessions"), 0);
	sqlite3_close(db);
}
END_TEST

START_TEST(every_table_is_strict_and_every_view_is_made_again)
{
	sqlite3 *db = open_memory();
	struct error err;

	ck_assert_int_eq(schema_migrate(db, "x.db", &err), 0);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main'"
				    " AND type = 'table' AND NOT strict"
				    " AND name NOT LIKE 'sqlite%'"),
	    0);
	run(db, "DROP VIEW messages; CREATE VIEW messages AS SELECT 7 AS old");
	ck_assert_int_eq(schema_migrate(db, "x.db", &err), 0);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM pragma_table_info('messages')"
				    " WHERE name = 'old'"),
	    0);
	sqlite3_close(db);
}
END_TEST

/* Each refused by both, and left as it was. */
static const struct {
	const char *row, *sql, *want;
} refused[] = {
    {"newer", "PRAGMA user_version = 7",
	"was written by a newer mailassay (schema 7, this program"},
    {"negative version", "PRAGMA user_version = -3", "is no database of mailassay"},
    {"another program's", "CREATE TABLE foreign_table (a)", "is the database of another program"},
};

START_TEST(refuses_what_is_not_ours)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		sqlite3 *db = open_memory();
		struct error err;
		int version, objects;

		run(db, refused[i].sql);
		version = number(db, "PRAGMA user_version");
		objects = number(db, "SELECT count(*) FROM sqlite_schema");
		for (int k = 0; k < 2; k++) {
			int result = k == 0 ? schema_migrate(db, "/d/mailassay.db", &err)
			                    : schema_check(db, "/d/mailassay.db", &err);

			ck_assert_msg(result == -1 && err.kind == ERROR_CANNOT &&
					  strstr(err.text, refused[i].want) != NULL &&
					  strstr(err.text, "/d/mailassay.db") != NULL,
			    "%s: %s", refused[i].row, err.text);
		}
		ck_assert_int_eq(number(db, "PRAGMA user_version"), version);
		ck_assert_int_eq(number(db, "SELECT count(*) FROM sqlite_schema"), objects);
		ck_assert_int_ne(sqlite3_get_autocommit(db), 0);
		sqlite3_close(db);
	}
}
END_TEST

START_TEST(refuses_a_file_that_is_no_database)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	const char *path = sample_path(a, dir, "mailassay.db");
	FILE *f = fopen(path, "w");

	for (int i = 0; i < 1000; i++)
		fputs("this is no database\n", f);
	fclose(f);
	for (int k = 0; k < 2; k++) {
		struct error err;
		sqlite3 *db =
		    k == 0 ? database_open_writer(path, &err) : database_open_reader(path, &err);

		ck_assert_ptr_null(db);
		ck_assert_msg(
		    strstr(err.text, "expected a database of mailassay") != NULL, "%s", err.text);
	}
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

/* A message with one row in every table that hangs on it, and a session without a message. */
static const char rows[] =
    "PRAGMA foreign_keys = ON;"
    "INSERT INTO session (number, id, started_at_ms, stage, commands, bytes_in, bytes_out, via)"
    " VALUES (1, 'S1', 1, 'data', 1, 1, 1, 'direct'), (2, 'S2', 1, 'tls', 1, 1, 1, 'proxy');"
    "INSERT INTO message (number, id, session, received_at_ms, smtputf8, size, via)"
    " VALUES (1, 'M1', 1, 1795448235123, 0, 5, 'direct');"
    "INSERT INTO transcript (session, text) VALUES (1, 'a'), (2, 'b');"
    "INSERT INTO recipient (message, seq, address) VALUES (1, 1, 'b@x'), (1, 0, 'a@x');"
    "INSERT INTO source VALUES (1, x'00ff');"
    "INSERT INTO evidence VALUES (1, 'e');"
    "INSERT INTO verdict (message, viewpoint, check_name, result)"
    " VALUES (1, 'observed', 'spf', 'pass'), (1, 'observed', 'dkim', 'none');"
    "INSERT INTO dkim_signature (message, viewpoint, seq, result)"
    " VALUES (1, 'observed', 0, 'pass');"
    "INSERT INTO finding (session, message, seq, id, severity)"
    " VALUES (1, 1, 1, 'nul', 'error'), (1, 1, 0, 'bare-lf', 'error'),"
    " (1, NULL, 0, 'no-quit', 'info'), (2, NULL, 0, 'early-talk', 'info');";

/* What the second version added. */
static const char rows_2[] =
    "INSERT INTO verdict (message, viewpoint, check_name, result)"
    " VALUES (1, 'predicted', 'spf', 'softfail'), (1, 'predicted', 'dkim', 'pass'),"
    " (1, 'predicted', 'dmarc', 'pass');"
    "INSERT INTO prediction (message, route) VALUES (1, 'provider');"
    "INSERT INTO opinion VALUES (1, 1, 'libopendmarc 1', 'dmarc', 'fail', 0, 'why'),"
    " (1, 0, 'libspf2 1', 'spf', 'permerror', 0, 'why'),"
    " (1, 2, 'libspf2 1', 'spf', 'pass', 1, NULL),"
    " (1, 3, 'libspf2 1', 'spf', 'unavailable', NULL, NULL);";

/* What the third version added. */
static const char rows_3[] =
    "UPDATE session SET failed_at = 'envelope', failure = '550 5.1.1 no', envelope_ms = 7"
    " WHERE number = 1;"
    "UPDATE session SET tls_failure_reason = 'why', tls_failure_by = 'client',"
    " tls_failure_alert = 'unknown_ca', tls_failure_groups = 'x25519' WHERE number = 2;"
    "UPDATE message SET require_tls = 1, body = 'BINARYMIME', dsn_ret = 'FULL', dsn_envid = 'e+2B';"
    "UPDATE recipient SET notify = 'SUCCESS,DELAY' WHERE seq = 0;"
    "UPDATE recipient SET notify = 'NEVER', orcpt = 'rfc822;b' WHERE seq = 1;";

/* What the fourth version added. */
static const char rows_4[] =
    "UPDATE session SET kind = 'mx', ended_at_ms = 5 WHERE number = 1;"
    "UPDATE message SET refused = '550 5.7.1 no', received_at_ms = 1795448235123;"
    "INSERT INTO walk VALUES (1, 2, 3, 1, 0);"
    "INSERT INTO words (rowid, subject, addresses, body)"
    " VALUES (1, 'Your invoice', 'a@x', 'Gr\xc3\xbc\xc3\x9f dich, it is due');";

START_TEST(views_are_flat_and_in_order)
{
	static const char *const tests[] = {
	    "SELECT received_at = '2026-11-23T15:37:15.123Z' FROM messages",
	    "SELECT rcpt_to = 'a@x,b@x' AND findings = 'bare-lf,nul' FROM messages",
	    "SELECT spf = 'pass' AND dkim = 'none' AND dmarc IS NULL FROM messages",
	    "SELECT session = 'S1' AND number = 1 FROM messages",
	    "SELECT route = 'provider' AND predicted_spf = 'softfail' FROM messages",
	    "SELECT predicted_dkim = 'pass' AND predicted_dmarc = 'pass' FROM messages",
	    "SELECT predicted_rdns IS NULL FROM messages",
	    "SELECT opinions_disagree = 'spf permerror, dmarc fail' FROM messages",
	    "SELECT messages = 1 AND findings = 'no-quit' FROM sessions WHERE id = 'S1'",
	    "SELECT messages = 0 AND ended_at IS NULL FROM sessions WHERE id = 'S2'",
	    "SELECT end IS NULL FROM sessions WHERE stage = 'tls'",
	    "SELECT failed_at = 'envelope' AND failure = '550 5.1.1 no' FROM sessions"
	    " WHERE id = 'S1'",
	    "SELECT envelope_ms = 7 AND data_ms IS NULL FROM sessions WHERE id = 'S1'",
	    "SELECT tls_failure_by = 'client' AND tls_failure_alert = 'unknown_ca'"
	    " AND tls_failure_groups = 'x25519' FROM sessions WHERE id = 'S2'",
	    "SELECT require_tls = 1 AND body = 'BINARYMIME' AND smtputf8 = 0 FROM messages",
	    "SELECT dsn_ret = 'FULL' AND dsn_envid = 'e+2B' FROM messages",
	    "SELECT dsn_notify = 'a@x SUCCESS,DELAY; b@x NEVER' FROM messages",
	    "SELECT dsn_orcpt = 'b@x rfc822;b' FROM messages",
	    "SELECT refused = '550 5.7.1 no' AND kind = 'mx' FROM messages",
	    "SELECT kind = 'mx' FROM sessions WHERE id = 'S1'",
	    "SELECT kind IS NULL FROM sessions WHERE id = 'S2'",
	    "SELECT id = 'M1' AND attachments = 2 FROM search WHERE words MATCH 'invoice AND du*'",
	    "SELECT links = 3 FROM search WHERE body MATCH 'gruß'",
	    "SELECT count(*) = 0 FROM search WHERE subject MATCH 'due'",
	    "SELECT count(*) = 1 FROM messages WHERE number IN"
	    " (SELECT rowid FROM words WHERE words MATCH 'invoice')",
	};
	sqlite3 *db = open_memory();
	struct error err;

	ck_assert_int_eq(schema_migrate(db, "x.db", &err), 0);
	run(db, rows);
	run(db, rows_2);
	run(db, rows_3);
	run(db, rows_4);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		ck_assert_msg(number(db, tests[i]) == 1, "%s", tests[i]);
	sqlite3_close(db);
}
END_TEST

START_TEST(deleting_takes_everything_that_hangs_on_it)
{
	static const struct {
		const char *table;
		int after_message, after_session;
	} left[] = {{"message", 0, 0}, {"recipient", 0, 0}, {"source", 0, 0}, {"evidence", 0, 0},
	    {"verdict", 0, 0}, {"dkim_signature", 0, 0}, {"prediction", 0, 0}, {"opinion", 0, 0},
	    {"walk", 0, 0}, {"words", 0, 0}, {"words_content", 0, 0}, {"finding", 2, 1},
	    {"transcript", 2, 1}, {"session", 2, 1}};

	for (int k = 0; k < 2; k++) {
		sqlite3 *db = open_memory();
		struct error err;

		ck_assert_int_eq(schema_migrate(db, "x.db", &err), 0);
		run(db, rows);
		run(db, rows_2);
		run(db, rows_4);
		run(db, k == 0 ? "DELETE FROM message" : "DELETE FROM session WHERE number = 1");
		for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
			char sql[64];

			snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", left[i].table);
			ck_assert_msg(number(db, sql) ==
					  (k == 0 ? left[i].after_message : left[i].after_session),
			    "%s, case %d: %d", left[i].table, k, number(db, sql));
		}
		ck_assert_int_eq(
		    number(db, "SELECT count(*) FROM words WHERE words MATCH 'due'"), 0);
		ck_assert_int_eq(number(db, "SELECT number FROM deleted"), 1);
		sqlite3_close(db);
	}
}
END_TEST

/* A database as that version left it. */
static void make_version(const char *path, int version)
{
	char set[64];
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = 0; i < version; i++)
		run(db, STORE_MIGRATIONS[i].sql);
	run(db, "CREATE VIEW messages AS SELECT 7 AS old");
	run(db, rows);
	if (version >= 2)
		run(db, rows_2);
	run(db, "UPDATE session SET tls_failure_reason = 'no shared cipher', ended_at_ms = 9"
		" WHERE id = 'S2'");
	if (version >= 3)
		run(db, "UPDATE session SET failed_at = 'tls', failure = tls_failure_reason"
			" WHERE id = 'S2'");
	snprintf(set, sizeof(set), "PRAGMA journal_mode = WAL; PRAGMA user_version = %d", version);
	run(db, set);
	sqlite3_close(db);
}

static void read_sessions_of_before(struct store *s, struct arena *a)
{
	struct store_sessions sessions;
	struct error err = {.text = ""};

	ck_assert_int_eq(
	    store_sessions(s, &(struct store_session_filter){.limit = 0}, a, &sessions, &err), 0);
	ck_assert_uint_eq(sessions.count, 2);
	ck_assert_str_eq(sessions.items[0].id, "S2");
	ck_assert_int_eq((int)sessions.items[0].failed_at, (int)RECORD_STAGE_TLS);
	ck_assert_str_eq(sessions.items[0].failure, "no shared cipher");
	ck_assert_ptr_null(sessions.items[0].tls_failure->groups);
	ck_assert_int_eq((int)sessions.items[1].failed_at, (int)RECORD_STAGE_DONE);
	ck_assert_ptr_null(sessions.items[1].failure);
	for (size_t i = 0; i < RECORD_STAGE_DONE; i++)
		ck_assert_int_eq(sessions.items[1].timings_ms[i], -1);
}

static void read_what_it_wrote(const char *dir, int version)
{
	struct arena *a = arena_new();
	struct buffer source = BUFFER_INIT;
	struct record_message m;
	struct error err = {.text = ""};
	struct store *s = store_open_reader(dir, &err);
	int64_t number = 0;

	ck_assert_msg(s != NULL && store_message(s, "M1", a, &m, &err) == 0, "%s", err.text);
	ck_assert_str_eq(m.session->id, "S1");
	ck_assert_uint_eq(m.envelope.rcpt_count, 2);
	ck_assert_str_eq(m.envelope.rcpt_to[0], "a@x");
	ck_assert(m.envelope.notify == NULL && m.envelope.orcpt == NULL);
	ck_assert(!m.envelope.require_tls);
	ck_assert(m.envelope.ret == NULL && m.envelope.envid == NULL);
	ck_assert_int_eq((int)m.observed.spf.result, (int)AUTH_PASS);
	ck_assert_uint_eq(m.observed.dkim_count, 1);
	ck_assert(!m.observed.dkim[0].predicted);
	ck_assert_uint_eq(m.findings.count, 2);
	ck_assert(!m.session->client.esmtp);
	ck_assert_int_eq(m.route == NULL, version < 2);
	ck_assert_uint_eq(m.opinion_count, version < 2 ? 0 : 4);
	ck_assert(m.refused == NULL && m.session->kind == NULL);
	read_sessions_of_before(s, a);
	/* what was there before the index was is to come into it */
	ck_assert_int_eq(store_indexed(s, &err), 0);
	ck_assert_int_eq(store_unindexed(s, &number, a, &m, &source, &err), 1);
	ck_assert_str_eq(m.id, "M1");
	ck_assert_uint_eq(source.len, 2);
	ck_assert_int_eq(store_unindexed(s, &number, a, &m, &source, &err), 0);
	buffer_clear(&source);
	store_close(s);
	arena_free(a);
}

/* Every version there was, with rows in it. */
START_TEST(older_versions_are_migrated_with_all_they_hold)
{
	for (int version = 1; version < (int)STORE_MIGRATION_COUNT; version++) {
		struct arena *a = arena_new();
		char *dir = sample_dir();
		const char *path = sample_path(a, dir, "mailassay.db");
		struct error err = {.text = ""};
		sqlite3 *db;

		make_version(path, version);
		ck_assert_ptr_null(store_open_reader(dir, &err));
		ck_assert_msg(strstr(err.text, "was written by an older mailassay (schema") != NULL,
		    "%s", err.text);
		for (int i = 0; i < 2; i++) {
			db = database_open_writer(path, &err);
			ck_assert_msg(db != NULL, "%s", err.text);
			ck_assert_int_eq(
			    number(db, "PRAGMA user_version"), (int)STORE_MIGRATION_COUNT);
			ck_assert_int_eq(
			    number(db, "SELECT count(*) FROM messages WHERE id = 'M1'"), 1);
			ck_assert_int_eq(number(db, "SELECT count(*) FROM sessions"), 2);
			ck_assert_int_eq(
			    number(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
			sqlite3_close(db);
			read_what_it_wrote(dir, version);
		}
		sample_dir_free(dir);
		arena_free(a);
	}
}
END_TEST

/* No sorting, no table gone through; the index says all that is asked where it covers. */
START_TEST(queries_use_their_indexes)
{
	static const struct {
		const char *sql, *plan;
	} queries[] = {
	    {"SELECT number FROM session WHERE failed_at IS NOT NULL ORDER BY id DESC LIMIT 5",
		"USING INDEX session_failed"},
	    {"UPDATE session SET ended_at_ms = 1 WHERE ended_at_ms IS NULL", "session_open"},
	    {"SELECT number FROM session WHERE ended_at_ms < 5 ORDER BY ended_at_ms LIMIT 1",
		"session_ended"},
	    {"SELECT number, received_at_ms, size FROM message ORDER BY received_at_ms, size"
	     " LIMIT 1",
		"USING COVERING INDEX message_received"},
	    {"SELECT count(*), sum(size) FROM message", "USING COVERING INDEX message_received"},
	    {"SELECT 1 FROM message WHERE session = 1", "USING COVERING INDEX"},
	    {"SELECT 1 FROM finding WHERE session = 1 AND message = 1", "finding_of"},
	    {"SELECT 1 FROM transcript WHERE session = 1", "transcript_session"},
	};
	sqlite3 *db = open_memory();
	struct error err;

	ck_assert_int_eq(schema_migrate(db, "x.db", &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		sqlite3_stmt *stmt;
		char sql[256];

		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", queries[i].sql);
		ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
		ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
		ck_assert_msg(
		    strstr((const char *)sqlite3_column_text(stmt, 3), queries[i].plan) != NULL,
		    "%s: %s", queries[i].sql, (const char *)sqlite3_column_text(stmt, 3));
		ck_assert_int_eq(sqlite3_step(stmt), SQLITE_DONE);
		sqlite3_finalize(stmt);
	}
	sqlite3_close(db);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {migrates_from_nothing_and_again,
	    every_table_is_strict_and_every_view_is_made_again, refuses_what_is_not_ours,
	    refuses_a_file_that_is_no_database, views_are_flat_and_in_order,
	    deleting_takes_everything_that_hangs_on_it,
	    older_versions_are_migrated_with_all_they_hold, queries_use_their_indexes, NULL};

	return unit_main("schema", tests);
}
