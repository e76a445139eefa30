/*
 * SPDX-License-Identifier: ISC
 *
 * The indexer follows a real store: what was there before it, what comes later, what nobody can
 * read, and a database of the time before there was an index.
 */
#include "indexer/indexer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mime/text.h"
#include "store/schema.h"
#include "storecase.h"
#include "unit.h"

static struct storecase c;
static struct loop *loop;
static struct indexer *indexer;

static void idle(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void committed(void *arg)
{
	indexer_wake(arg);
}

static void start(void)
{
	const struct indexer_options options = {
	    .loop = loop, .data_dir = c.dir, .writer = c.writer, .idle = idle};
	struct error err = {.text = ""};

	indexer = indexer_start(&options, &err);
	ck_assert_msg(indexer != NULL, "%s", err.text);
	store_writer_watch(c.writer, committed, indexer);
}

static void stop(void)
{
	store_writer_watch(c.writer, NULL, NULL);
	indexer_stop(indexer);
}

static void set_up(void)
{
	mime_init();
	storecase_init(&c);
	loop = loop_new();
}

static void tear_down(void)
{
	loop_free(loop);
	storecase_clear(&c);
}

static void add(unsigned n, const char *source)
{
	const struct record_session *s = sample_session(c.arena, n);
	struct record_message *m = sample_message(c.arena, n, s);

	m->subject = arena_printf(c.arena, "Order %u", n);
	ck_assert(sample_write(c.writer, s, m, span_from(source)));
}

static bool is_found(unsigned n, const char *words)
{
	return storecase_number(
		   &c, arena_printf(c.arena,
			   "SELECT count(*) FROM words WHERE rowid = %u AND words MATCH '%s'",
			   n + 1, words)) == 1;
}

static const char MULTIPART[] =
    "From: =?utf-8?q?J=C3=B6rg?= Shop <shop@example.com>\r\n"
    "To: Alice Adams <alice@example.net>\r\n"
    "Cc: \"Bob\" <bob@example.org>\r\n"
    "Subject: Order\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "WW91ciBwYXJjZWwgaXMgdW5kZXJ3YXkuCg==\r\n"
    "--b\r\nContent-Type: text/html\r\n\r\n<p>see <a href=\"https://example.com/x\">it</a></p>\r\n"
    "--b\r\nContent-Type: application/pdf; name=invoice.pdf\r\n"
    "Content-Disposition: attachment; filename=invoice.pdf\r\n\r\nsecretword\r\n"
    "--b--\r\n";

START_TEST(walks_what_is_there_and_what_comes)
{
	set_up();
	add(0, MULTIPART);
	add(1, "Subject: x\r\n\r\nplain words\r\n");
	start();
	loop_run(loop);
	ck_assert(is_found(0, "parcel"));
	ck_assert(is_found(0, "\"Order 0\""));
	/* the addresses of the envelope, and those of the header with their names */
	ck_assert(is_found(0, "bounce0") && is_found(0, "\"b@example.net\""));
	ck_assert(is_found(0, "jorg") && is_found(0, "alice") && is_found(0, "bob"));
	ck_assert(!is_found(0, "secretword") && !is_found(0, "plain"));
	ck_assert(is_found(1, "\"plain words\""));
	ck_assert_int_eq(storecase_number(&c, "SELECT attachments = 1 AND links = 1 AND html = 1"
					      " AND plain = 1 FROM walk WHERE message = 1"),
	    1);
	ck_assert_int_eq(storecase_number(&c, "SELECT attachments = 0 AND links = 0 AND html = 0"
					      " AND plain = 1 FROM walk WHERE message = 2"),
	    1);
	for (unsigned n = 2; n < 40; n++)
		add(n, "Subject: x\r\n\r\nlater\r\n");
	while (storecase_number(&c, "SELECT count(*) FROM walk") < 40)
		loop_run(loop);
	ck_assert(is_found(39, "later"));
	stop();
	/* another one goes on behind them */
	add(40, "Subject: x\r\n\r\nlast\r\n");
	start();
	loop_run(loop);
	ck_assert(is_found(40, "last"));
	stop();
	tear_down();
}
END_TEST

START_TEST(text_is_cut)
{
	struct buffer source = BUFFER_INIT;

	set_up();
	buffer_add_string(&source, "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
				   "first\r\n");
	/* a character of two octets begins at every odd place, so that one lies across the end */
	while (source.len < 400000)
		buffer_add_string(&source, "a\xc3\xa4\xc3\xa4 ");
	buffer_add_string(&source, "\r\nbeyond\r\n");
	add(0, source.data);
	start();
	loop_run(loop);
	ck_assert(is_found(0, "first") && !is_found(0, "beyond"));
	ck_assert_int_gt(
	    storecase_number(&c, "SELECT octet FROM (SELECT length(CAST(body AS BLOB)) AS octet"
				 " FROM words)"),
	    262144 - 4);
	ck_assert_int_le(
	    storecase_number(&c, "SELECT length(CAST(body AS BLOB)) FROM words"), 262144);
	stop();
	buffer_clear(&source);
	tear_down();
}
END_TEST

/* Fields whose addresses would not fit are not even decoded once there were so many. */
START_TEST(addresses_are_cut)
{
	struct buffer source = BUFFER_INIT;

	set_up();
	buffer_add_string(&source, "From: first\r\n");
	/* each shows next to nothing for its size */
	while (source.len < 300000) {
		buffer_add_string(&source, "To: x\r\n");
		for (int i = 0; i < 500; i++)
			buffer_add_string(&source, " =?utf-8?q?_?=\r\n");
	}
	buffer_add_string(&source, "Cc: short\r\nCc: beyond");
	for (int i = 0; i < 500; i++)
		buffer_add_string(&source, "\r\n =?utf-8?q?_?=");
	buffer_add_string(&source, "\r\n\r\ntext\r\n");
	add(0, source.data);
	start();
	loop_run(loop);
	ck_assert(is_found(0, "first") && is_found(0, "text") && !is_found(0, "beyond"));
	stop();
	buffer_clear(&source);
	tear_down();
}
END_TEST

/* Whatever it says, it is walked, and those behind it too. */
START_TEST(nothing_stands_in_the_way)
{
	static const char *const hostile[] = {"", "\r\n", "no header at all", "\xff\xfe\x01",
	    "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n--\r\n",
	    "From: =?utf-8?q?=00=ff?= <\xff@x>\r\n\r\n\x01\x02\xff"};
	const unsigned count = ARRAY_SIZE(hostile);

	set_up();
	for (unsigned n = 0; n < count; n++)
		add(n, hostile[n]);
	add(count, "Subject: x\r\n\r\nreached\r\n");
	/* one whose source is gone, and one whose session is */
	storecase_sql(&c, "DELETE FROM source WHERE message = 1");
	storecase_sql(&c, "PRAGMA foreign_keys = OFF; DELETE FROM session WHERE number = 3");
	start();
	loop_run(loop);
	ck_assert(is_found(count, "reached"));
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM walk"), (int64_t)count + 1);
	ck_assert_int_eq(storecase_number(&c, "SELECT coalesce(body, '') = '' FROM words"
					      " WHERE rowid = 3"),
	    1);
	stop();
	tear_down();
}
END_TEST

START_TEST(stops_amid_its_work)
{
	set_up();
	for (unsigned n = 0; n < 60; n++)
		add(n, "Subject: x\r\n\r\ntext\r\n");
	start();
	loop_once(loop);
	loop_once(loop);
	loop_once(loop);
	stop();
	start();
	loop_run(loop);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM walk"), 60);
	stop();
	indexer_stop(NULL);
	tear_down();
}
END_TEST

/* Version 3 knew no index. */
static const char OLD[] =
    "INSERT INTO session (number, id, started_at_ms, stage, commands, bytes_in, bytes_out, via)"
    " VALUES (1, 'S1', 1, 'data', 1, 1, 1, 'direct');"
    "INSERT INTO message (number, id, session, received_at_ms, smtputf8, size, via, subject)"
    " VALUES (1, 'M1', 1, 1, 0, 5, 'direct', 'Old'), (7, 'M7', 1, 1, 0, 5, 'direct', 'Older');"
    "INSERT INTO source VALUES (1, CAST('Subject: Old' || char(13, 10, 13, 10) || 'ancient' AS "
    "BLOB)),"
    " (7, CAST('Subject: Older' || char(13, 10, 13, 10) || 'antique' AS BLOB));"
    "PRAGMA journal_mode = WAL; PRAGMA user_version = 3;";

START_TEST(walks_what_an_older_version_stored)
{
	char *dir = sample_dir();
	struct arena *a = arena_new();
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(sample_path(a, dir, "mailassay.db"), &db), SQLITE_OK);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
		    sqlite3_exec(db, STORE_MIGRATIONS[i].sql, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, OLD, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	set_up();
	store_writer_stop(c.writer);
	sqlite3_close(c.db);
	sample_dir_free(c.dir);
	c.dir = dir;
	c.writer = sample_writer(dir);
	ck_assert_int_eq(sqlite3_open(sample_path(a, dir, "mailassay.db"), &c.db), SQLITE_OK);
	start();
	loop_run(loop);
	ck_assert(is_found(0, "ancient") && is_found(0, "old") && is_found(6, "antique"));
	stop();
	tear_down();
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {walks_what_is_there_and_what_comes, text_is_cut,
	    addresses_are_cut, nothing_stands_in_the_way, stops_amid_its_work,
	    walks_what_an_older_version_stored, NULL};

	return unit_main("indexer", tests);
}
