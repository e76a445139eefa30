/*
 * SPDX-License-Identifier: ISC
 *
 * Ids by their beginnings.
 */
#include <string.h>

#include "base/codec.h"
#include "store/reader.h"

/* In upper case, if it can be the beginning of a ULID. */
static bool make_prefix(struct span text, char out[ULID_SIZE])
{
	static const struct span alphabet = {"0123456789ABCDEFGHJKMNPQRSTVWXYZ", 32};

	if (text.len < STORE_PREFIX_MIN || text.len >= ULID_SIZE)
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
