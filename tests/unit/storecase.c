/*
 * SPDX-License-Identifier: ISC
 *
 * What the tests of the writer's other jobs share.
 */
#include "storecase.h"

#include <check.h>
#include <string.h>
#include <unistd.h>

#include "run/clock.h"

#define WAIT_US ((int64_t)20000000)

void storecase_init(struct storecase *c)
{
	c->dir = sample_dir();
	c->arena = arena_new();
	c->writer = sample_writer(c->dir);
	ck_assert_int_eq(
	    sqlite3_open(sample_path(c->arena, c->dir, "mailassay.db"), &c->db), SQLITE_OK);
	sqlite3_busy_timeout(c->db, 10000);
	storecase_sql(c, "PRAGMA foreign_keys = ON");
}

void storecase_clear(struct storecase *c)
{
	sqlite3_close(c->db);
	store_writer_stop(c->writer);
	arena_free(c->arena);
	sample_dir_free(c->dir);
}

void storecase_restart(struct storecase *c)
{
	store_writer_stop(c->writer);
	c->writer = sample_writer(c->dir);
}

void storecase_message_of(struct storecase *c, unsigned n, const struct record_session *s)
{
	ck_assert(sample_write(c->writer, s, sample_message(c->arena, n, s), SPAN("x")));
}

void storecase_message(struct storecase *c, unsigned n)
{
	const struct record_session *s = sample_session(c->arena, n);

	storecase_message_of(c, n, s);
	ck_assert(sample_write(c->writer, s, NULL, SPAN("")));
}

void storecase_aged(struct storecase *c, unsigned n, int64_t age_ms, uint64_t size)
{
	struct record_session *s = sample_session(c->arena, n);
	struct record_message *m = sample_message(c->arena, n, s);

	m->received_at = clock_now_ms() - age_ms;
	m->size = size;
	s->started_at = m->received_at - 10;
	s->ended_at = m->received_at + 10;
	ck_assert(sample_write(c->writer, s, m, SPAN("x")));
	ck_assert(sample_write(c->writer, s, NULL, SPAN("")));
}

bool storecase_run(struct storecase *c, struct store_job *job)
{
	struct sample_box *box = sample_box_new();

	job->mailbox = sample_mailbox(box);
	store_writer_queue(c->writer, job);
	ck_assert_ptr_eq(sample_wait(box), job);
	sample_box_free(box);
	return !job->failed;
}

bool storecase_walk(struct storecase *c, unsigned n, const char *text)
{
	const struct record_message m = {.id = sample_id(c->arena, n)};
	const struct store_walk walk = {
	    .subject = "Your order",
	    .addresses = "shop@example.com",
	    .text = text,
	    .attachments = n,
	    .links = n + 1,
	    .html = true,
	};
	struct store_job job = {.kind = STORE_JOB_WALK, .message = &m, .walk = &walk};

	return storecase_run(c, &job);
}

unsigned storecase_delete(struct storecase *c, const int *numbers)
{
	const char *ids[1000];
	struct store_job job = {.kind = STORE_JOB_DELETE, .ids = ids};

	for (; numbers[job.id_count] >= 0; job.id_count++)
		ids[job.id_count] = sample_id(c->arena, (unsigned)numbers[job.id_count]);
	ck_assert_msg(storecase_run(c, &job), "%s", job.error.text);
	return (unsigned)job.deleted;
}

static sqlite3_stmt *query(struct storecase *c, const char *sql)
{
	sqlite3_stmt *stmt;

	ck_assert_msg(sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", sql,
	    sqlite3_errmsg(c->db));
	ck_assert_msg(sqlite3_step(stmt) == SQLITE_ROW, "%s: %s", sql, sqlite3_errmsg(c->db));
	return stmt;
}

int64_t storecase_number(struct storecase *c, const char *sql)
{
	sqlite3_stmt *stmt = query(c, sql);
	int64_t number = sqlite3_column_int64(stmt, 0);

	sqlite3_finalize(stmt);
	return number;
}

const char *storecase_text(struct storecase *c, const char *sql)
{
	sqlite3_stmt *stmt = query(c, sql);
	const char *text = arena_string(c->arena, (const char *)sqlite3_column_text(stmt, 0));

	sqlite3_finalize(stmt);
	return text;
}

void storecase_sql(struct storecase *c, const char *sql)
{
	ck_assert_msg(sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
	    sqlite3_errmsg(c->db));
}

void storecase_await(struct storecase *c, const char *sql, int64_t number)
{
	int64_t until = clock_steady_us() + WAIT_US;

	while (storecase_number(c, sql) != number) {
		ck_assert_msg(clock_steady_us() < until, "%s: %lld, expected %lld", sql,
		    (long long)storecase_number(c, sql), (long long)number);
		usleep(1000);
	}
}
