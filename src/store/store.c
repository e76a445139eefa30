/*
 * SPDX-License-Identifier: ISC
 *
 * The reader: opening, single messages and their texts, and what changed.
 */
#include "store/store.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/database.h"
#include "store/failure.h"
#include "store/function.h"
#include "store/reader.h"

struct store *store_open_reader(const char *data_dir, struct error *err)
{
	struct store *s = memory_new(sizeof(*s));

	s->path = store_path(data_dir);
	s->db = database_open_reader(s->path, err);
	if (s->db != NULL && function_register(s->db) < 0)
		store_failure(err, s->db, s->path, "cannot be set up");
	else if (s->db != NULL)
		return s;
	store_close(s);
	return NULL;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < READER_STATEMENT_COUNT; i++)
		sqlite3_finalize(s->stmts[i]);
	sqlite3_close(s->db);
	free(s->path);
	free(s);
}

/* The message's number; -1 also when it is gone. */
static int find_number(struct store *s, const char *id, int64_t *number, struct error *err)
{
	int found = reader_number(s, id, number, err);

	if (found == 0)
		error_cannot(err, "store: %s: has no message %s", s->path, id);
	return found > 0 ? 0 : -1;
}

static int read_message(
    struct store *s, const char *id, struct arena *a, struct record_message *out, struct error *err)
{
	int64_t number;
	int found;

	if (find_number(s, id, &number, err) < 0)
		return -1;
	found = reader_message(s, number, a, out, err);
	return found > 0 ? 0 : -1;
}

int store_message(
    struct store *s, const char *id, struct arena *a, struct record_message *out, struct error *err)
{
	int result;

	/* one transaction, so that all of it is of one moment */
	if (reader_run(s, READER_BEGIN, err) < 0)
		return -1;
	result = read_message(s, id, a, out, err);
	reader_run(s, READER_END, NULL);
	return result;
}

/* Appends the only column of every row that the statement gives for the message. */
static int add_rows(struct store *s, enum reader_statement which, const char *id,
    struct buffer *out, struct error *err)
{
	int64_t number;
	struct row r;
	int more;

	if (find_number(s, id, &number, err) < 0 || reader_start(s, which, &r, err) < 0)
		return -1;
	row_put_int(&r, number);
	while ((more = reader_step(s, &r, err)) > 0)
		row_get_bytes(&r, out);
	reader_finish(&r);
	return more;
}

int store_source(struct store *s, const char *id, struct buffer *out, struct error *err)
{
	return add_rows(s, READER_SOURCE, id, out, err);
}

int store_transcript(struct store *s, const char *id, struct buffer *out, struct error *err)
{
	return add_rows(s, READER_TRANSCRIPT, id, out, err);
}

int store_evidence(struct store *s, const char *id, struct buffer *out, struct error *err)
{
	return add_rows(s, READER_EVIDENCE, id, out, err);
}

int store_newest(struct store *s, char *id, struct error *err)
{
	return reader_newest(s, READER_NEWEST, id, err);
}

void store_release_memory(struct store *s)
{
	sqlite3_db_release_memory(s->db);
}

int64_t store_version(struct store *s)
{
	struct row r;
	int64_t version = -1;

	if (reader_start(s, READER_VERSION, &r, NULL) < 0)
		return -1;
	if (reader_step(s, &r, NULL) > 0)
		version = row_get_int(&r);
	reader_finish(&r);
	return version;
}
