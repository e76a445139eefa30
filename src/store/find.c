/*
 * SPDX-License-Identifier: ISC
 *
 * Which messages: filters, newest first, and ids by their prefix.
 *
 * Each filter is driven by the index that fits it best, in the order of the message numbers, so
 * that a limit stops early: recipients, else senders, else the messages themselves.
 */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/memory.h"
#include "store/database.h"
#include "store/failure.h"
#include "store/reader.h"

#define PREFIX_MIN 4

/* A message that is gone stands for the last one whose id is less. */
#define AFTER                                                                                      \
	" > coalesce((SELECT number FROM message WHERE id = :after),"                              \
	" (SELECT number FROM message WHERE id < :after ORDER BY id DESC LIMIT 1), 0)"

/* The conditions on the message m besides the one that drives. */
static void add_conditions(struct buffer *sql, const struct store_filter *f, const char *number)
{
	if (f->after != NULL)
		buffer_printf(sql, " AND %s" AFTER, number);
	if (f->subject != NULL)
		buffer_add_string(sql, " AND instr(lower(m.subject), lower(:subject)) > 0");
}

static void add_by_recipient(struct buffer *sql, const struct store_filter *f)
{
	buffer_add_string(sql, "SELECT r.message FROM recipient AS r CROSS JOIN messages AS m"
			       " ON m.number = r.message WHERE r.address = :to");
	if (f->from != NULL)
		buffer_add_string(sql, " AND (m.mail_from = :from OR m.header_from = :from)");
	add_conditions(sql, f, "r.message");
	buffer_add_string(sql, " ORDER BY r.message DESC");
}

static void add_by_sender(struct buffer *sql, const struct store_filter *f)
{
	buffer_add_string(sql, "SELECT m.number FROM messages AS m WHERE m.mail_from = :from");
	add_conditions(sql, f, "m.number");
	/* worded as in the partial index */
	buffer_add_string(sql, " UNION SELECT m.number FROM messages AS m WHERE"
			       " m.header_from = :from AND m.header_from IS NOT m.mail_from");
	add_conditions(sql, f, "m.number");
	buffer_add_string(sql, " ORDER BY 1 DESC");
}

static void add_all(struct buffer *sql, const struct store_filter *f)
{
	buffer_add_string(sql, "SELECT m.number FROM messages AS m WHERE m.number > 0");
	add_conditions(sql, f, "m.number");
	buffer_add_string(sql, " ORDER BY m.number DESC");
}

static void bind(sqlite3_stmt *stmt, const char *name, const char *value)
{
	int at = sqlite3_bind_parameter_index(stmt, name);

	if (at > 0)
		sqlite3_bind_text(stmt, at, value, -1, SQLITE_STATIC);
}

/* The statement that gives the numbers of the messages, with its parameters; or NULL. */
static sqlite3_stmt *select_numbers(
    struct store *s, const struct store_filter *f, struct error *err)
{
	struct buffer sql = BUFFER_INIT;
	sqlite3_stmt *stmt;

	if (f->to != NULL)
		add_by_recipient(&sql, f);
	else if (f->from != NULL)
		add_by_sender(&sql, f);
	else
		add_all(&sql, f);
	stmt = database_prepare(s->db, s->path, sql.data, err);
	buffer_clear(&sql);
	if (stmt == NULL)
		return NULL;
	bind(stmt, ":to", f->to);
	bind(stmt, ":from", f->from);
	bind(stmt, ":subject", f->subject);
	bind(stmt, ":after", f->after);
	return stmt;
}

/* The next number: 1; 0 none is left; -1 failed. A recipient given twice counts once. */
static int next_number(struct store *s, sqlite3_stmt *stmt, int64_t *number, struct error *err)
{
	int64_t last = *number;

	do {
		int code = sqlite3_step(stmt);

		if (code == SQLITE_DONE)
			return 0;
		if (code != SQLITE_ROW)
			return store_failure(err, s->db, s->path, "cannot be read");
		*number = sqlite3_column_int64(stmt, 0);
	} while (*number == last);
	return 1;
}

static int read_all(struct store *s, const struct store_filter *f, struct arena *a,
    struct store_messages *out, struct error *err)
{
	sqlite3_stmt *stmt = select_numbers(s, f, err);
	int64_t number = 0;
	int more = stmt == NULL ? -1 : 1;

	while (more > 0 && (f->limit == 0 || out->count < f->limit)) {
		more = next_number(s, stmt, &number, err);
		if (more <= 0)
			break;
		array_grow(&out->items, out->count, sizeof(*out->items));
		more = reader_message(s, number, a, &out->items[out->count], err);
		out->count += more > 0;
	}
	sqlite3_finalize(stmt);
	return more < 0 ? -1 : 0;
}

int store_messages(struct store *s, const struct store_filter *f, struct arena *a,
    struct store_messages *out, struct error *err)
{
	struct store_messages list = {NULL, 0};
	int result;

	*out = list;
	/* one transaction, so that all of it is of one moment */
	if (reader_run(s, READER_BEGIN, err) < 0)
		return -1;
	result = read_all(s, f, a, &list, err);
	reader_run(s, READER_END, NULL);
	if (result == 0 && list.count > 0) {
		out->items = arena_alloc(a, list.count * sizeof(*list.items));
		memcpy(out->items, list.items, list.count * sizeof(*list.items));
		out->count = list.count;
	}
	free(list.items);
	return result;
}

ptrdiff_t store_count(struct store *s, const struct store_filter *f, struct error *err)
{
	sqlite3_stmt *stmt = select_numbers(s, f, err);
	int64_t number = 0;
	ptrdiff_t count = 0;
	int more = stmt == NULL ? -1 : 1;

	while (more > 0 && (f->limit == 0 || (size_t)count < f->limit)) {
		more = next_number(s, stmt, &number, err);
		count += more > 0;
	}
	sqlite3_finalize(stmt);
	return more < 0 ? -1 : count;
}

/* In upper case, if it can be the beginning of a ULID. */
static bool make_prefix(struct span text, char out[ULID_SIZE])
{
	static const struct span alphabet = {"0123456789ABCDEFGHJKMNPQRSTVWXYZ", 32};

	if (text.len < PREFIX_MIN || text.len >= ULID_SIZE)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (ascii_alpha(c))
			c = (char)(c & ~0x20);
		if (span_index(alphabet, c) < 0)
			return false;
		out[i] = c;
	}
	out[text.len] = '\0';
	return true;
}

/* Takes the ids that begin so: the first into id, all into the list. How many, or -1. */
static int read_candidates(struct store *s, enum reader_statement which, const char *prefix,
    char id[ULID_SIZE], struct buffer *list, struct error *err)
{
	char end[ULID_SIZE + 1];
	struct row r;
	int more, count = 0;

	if (reader_start(s, which, &r, err) < 0)
		return -1;
	/* '~' comes after every character of an id */
	sqlite3_snprintf(sizeof(end), end, "%s~", prefix);
	row_put_text(&r, prefix);
	row_put_text(&r, end);
	row_put_int(&r, READER_CANDIDATES_MAX);
	while ((more = reader_step(s, &r, err)) > 0) {
		struct buffer word = BUFFER_INIT;

		row_get_bytes(&r, &word);
		if (count++ == 0)
			sqlite3_snprintf(ULID_SIZE, id, "%s", word.data);
		else
			buffer_add_char(list, ' ');
		buffer_add_span(list, buffer_span(&word));
		buffer_clear(&word);
	}
	reader_finish(&r);
	return more < 0 ? -1 : count;
}

enum store_found reader_prefix(struct store *s, enum reader_statement which, const char *text,
    char *id, struct buffer *candidates, struct error *err)
{
	struct buffer list = BUFFER_INIT;
	char prefix[ULID_SIZE];
	int count;

	if (!make_prefix(span_from(text), prefix))
		return STORE_UNKNOWN;
	count = read_candidates(s, which, prefix, id, &list, err);
	if (count > 1 && candidates != NULL)
		buffer_add_span(candidates, buffer_span(&list));
	buffer_clear(&list);
	if (count > 1)
		return STORE_AMBIGUOUS;
	return count < 0 ? STORE_FAILED : count == 0 ? STORE_UNKNOWN : STORE_FOUND;
}

enum store_found store_find(
    struct store *s, const char *text, char *id, struct buffer *candidates, struct error *err)
{
	if (strcmp(text, "latest") == 0) {
		if (store_newest(s, id, err) < 0)
			return STORE_FAILED;
		return *id == '\0' ? STORE_UNKNOWN : STORE_FOUND;
	}
	return reader_prefix(s, READER_PREFIX, text, id, candidates, err);
}
