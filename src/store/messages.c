/*
 * SPDX-License-Identifier: ISC
 *
 * The messages that a filter selects: all at once, one after the other, their ids, their number.
 * While the statement that selects is under way, all that is read is of one moment.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/failure.h"
#include "store/select.h"

/* The next message: 1; 0 none is left; -1 failed. */
static int step(struct store *s, sqlite3_stmt *stmt, struct error *err)
{
	int code = sqlite3_step(stmt);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : store_failure(err, s->db, s->path, "cannot be read");
}

/* The same, read into the arena. */
static int step_message(struct store *s, sqlite3_stmt *stmt, struct arena *a,
    struct record_message *out, struct error *err)
{
	int more = step(s, stmt, err);

	if (more > 0)
		more = reader_message(s, sqlite3_column_int64(stmt, 0), a, out, err);
	return more;
}

int store_messages(struct store *s, const struct store_filter *f, struct arena *a,
    struct store_messages *out, struct error *err)
{
	sqlite3_stmt *stmt = select_prepare(s, f, err);
	struct record_message *items = NULL;
	size_t count = 0;
	int more = stmt == NULL ? -1 : 1;

	*out = (struct store_messages){NULL, 0};
	while (more > 0) {
		array_grow(&items, count, sizeof(*items));
		more = step_message(s, stmt, a, &items[count], err);
		count += more > 0;
	}
	sqlite3_finalize(stmt);
	if (more == 0 && count > 0) {
		out->items = arena_alloc(a, count * sizeof(*items));
		memcpy(out->items, items, count * sizeof(*items));
		out->count = count;
	}
	free(items);
	return more;
}

int store_each(struct store *s, const struct store_filter *f,
    int (*each)(void *arg, const struct record_message *m), void *arg, struct error *err)
{
	sqlite3_stmt *stmt = select_prepare(s, f, err);
	struct arena *a = arena_new();
	struct record_message m;
	int more = stmt == NULL ? -1 : 1, result = 0;

	while (more > 0 && result == 0) {
		arena_reset(a);
		more = step_message(s, stmt, a, &m, err);
		if (more > 0)
			result = each(arg, &m);
	}
	sqlite3_finalize(stmt);
	arena_free(a);
	return more < 0 ? -1 : result;
}

int store_ids(struct store *s, const struct store_filter *f, struct buffer *out, struct error *err)
{
	sqlite3_stmt *stmt = select_prepare(s, f, err);
	int more = stmt == NULL ? -1 : 1;

	while (more > 0 && (more = step(s, stmt, err)) > 0) {
		const void *id = sqlite3_column_text(stmt, 1);

		buffer_add(out, id, (size_t)sqlite3_column_bytes(stmt, 1));
		buffer_add_char(out, '\n');
	}
	sqlite3_finalize(stmt);
	return more;
}

ptrdiff_t store_count(struct store *s, const struct store_filter *f, struct error *err)
{
	sqlite3_stmt *stmt = select_prepare(s, f, err);
	ptrdiff_t count = 0;
	int more = stmt == NULL ? -1 : 1;

	while (more > 0) {
		more = step(s, stmt, err);
		count += more > 0;
	}
	sqlite3_finalize(stmt);
	return more < 0 ? -1 : count;
}
