/*
 * SPDX-License-Identifier: ISC
 *
 * The reader: sessions, also those that brought no message, their ids and their dialogue.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/reader.h"

static int read_messages(
    struct store *s, int64_t number, struct arena *a, struct record_session *out, struct error *err)
{
	const char **items = NULL;
	size_t count = 0;
	struct row r;
	int more;

	if (reader_start(s, READER_SESSION_MESSAGES, &r, err) < 0)
		return -1;
	row_put_int(&r, number);
	while ((more = reader_step(s, &r, err)) > 0) {
		array_grow(&items, count, sizeof(*items));
		items[count++] = row_get_text(&r, a);
	}
	reader_finish(&r);
	if (count > 0) {
		out->messages = arena_alloc(a, count * sizeof(*items));
		memcpy(out->messages, items, count * sizeof(*items));
		out->message_count = count;
	}
	free(items);
	return more;
}

/* The numbers of the sessions into *numbers, which is to be freed. How many, or -1. */
static ptrdiff_t read_numbers(
    struct store *s, const struct store_session_filter *f, int64_t **numbers, struct error *err)
{
	struct row r;
	size_t count = 0;
	int more;

	if (reader_start(s, f->failed ? READER_SESSIONS_FAILED : READER_SESSIONS, &r, err) < 0)
		return -1;
	/* '~' comes after every character of an id */
	row_put_text(&r, f->before == NULL ? "~" : f->before);
	row_put_int(&r, f->limit == 0 || f->limit > INT64_MAX ? -1 : (int64_t)f->limit);
	while ((more = reader_step(s, &r, err)) > 0) {
		array_grow(numbers, count, sizeof(**numbers));
		(*numbers)[count++] = row_get_int(&r);
	}
	reader_finish(&r);
	return more < 0 ? -1 : (ptrdiff_t)count;
}

static int read_sessions(struct store *s, const struct store_session_filter *f, struct arena *a,
    struct store_sessions *out, struct error *err)
{
	int64_t *numbers = NULL;
	ptrdiff_t count = read_numbers(s, f, &numbers, err);

	if (count > 0)
		out->items = arena_alloc(a, (size_t)count * sizeof(*out->items));
	for (ptrdiff_t i = 0; i < count; i++) {
		struct record_session *to = &out->items[out->count++];

		if (reader_session(s, numbers[i], a, to, err) <= 0 ||
		    read_messages(s, numbers[i], a, to, err) < 0)
			count = -1;
	}
	free(numbers);
	return count < 0 ? -1 : 0;
}

int store_sessions(struct store *s, const struct store_session_filter *f, struct arena *a,
    struct store_sessions *out, struct error *err)
{
	struct store_sessions list = {NULL, 0};
	int result;

	*out = list;
	/* one transaction, so that all of it is of one moment */
	if (reader_run(s, READER_BEGIN, err) < 0)
		return -1;
	result = read_sessions(s, f, a, &list, err);
	reader_run(s, READER_END, NULL);
	if (result == 0)
		*out = list;
	return result;
}

enum store_found store_find_session(
    struct store *s, const char *text, char *id, struct buffer *candidates, struct error *err)
{
	if (strcmp(text, "latest") == 0) {
		if (reader_newest(s, READER_SESSION_NEWEST, id, err) < 0)
			return STORE_FAILED;
		return *id == '\0' ? STORE_UNKNOWN : STORE_FOUND;
	}
	return reader_prefix(s, READER_SESSION_PREFIX, text, id, candidates, err);
}

int store_session_transcript(struct store *s, const char *id, struct buffer *out, struct error *err)
{
	struct row r;
	int more;

	if (reader_start(s, READER_SESSION_TRANSCRIPT, &r, err) < 0)
		return -1;
	row_put_text(&r, id);
	while ((more = reader_step(s, &r, err)) > 0)
		row_get_bytes(&r, out);
	reader_finish(&r);
	return more;
}
