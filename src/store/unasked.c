/*
 * SPDX-License-Identifier: ISC
 *
 * The reader, for what follows the store, opinions and the text index: which message is next, and
 * what is to be known of it.
 */
#include "store/reader.h"

/* The number that a query without parameters, or with one, gives: 1; 0 none; -1 failed. */
static int read_number(struct store *s, enum reader_statement which, const int64_t *above,
    int64_t *number, struct error *err)
{
	struct row r;
	int found;

	if (reader_start(s, which, &r, err) < 0)
		return -1;
	if (above != NULL)
		row_put_int(&r, *above);
	found = reader_step(s, &r, err);
	if (found > 0)
		*number = row_get_int(&r);
	reader_finish(&r);
	return found;
}

int store_asked(struct store *s, int64_t *number, struct error *err)
{
	int found = read_number(s, READER_LAST_ASKED, NULL, number, err);

	if (found == 0)
		found = read_number(s, READER_LAST, NULL, number, err);
	if (found == 0)
		*number = 0;
	return found < 0 ? -1 : 0;
}

/* Appends the column that the statement gives for the message. */
static int read_bytes(struct store *s, enum reader_statement which, int64_t number,
    struct buffer *out, struct error *err)
{
	struct row r;
	int found;

	if (reader_start(s, which, &r, err) < 0)
		return -1;
	row_put_int(&r, number);
	found = reader_step(s, &r, err);
	if (found > 0)
		row_get_bytes(&r, out);
	reader_finish(&r);
	return found < 0 ? -1 : 0;
}

/* How a follower goes on: with which message, and with what of it. */
struct follow {
	enum reader_statement next, bytes;
};

static int read_next(struct store *s, const struct follow *f, int64_t *number, struct arena *a,
    struct record_message *out, struct buffer *bytes, struct error *err)
{
	int64_t next;
	int found = read_number(s, f->next, number, &next, err);

	if (found <= 0)
		return found;
	/* Also when it cannot be read: it must not stand in the way of those behind it. */
	*number = next;
	found = reader_message(s, next, a, out, err);
	if (found > 0 && read_bytes(s, f->bytes, next, bytes, err) < 0)
		found = -1;
	return found;
}

int store_unasked(struct store *s, int64_t *number, struct arena *a, struct record_message *out,
    struct buffer *evidence, struct error *err)
{
	static const struct follow opinions = {READER_NEXT, READER_EVIDENCE};
	int found;

	/* one transaction, so that all of it is of one moment */
	if (reader_run(s, READER_BEGIN, err) < 0)
		return -1;
	found = read_next(s, &opinions, number, a, out, evidence, err);
	reader_run(s, READER_END, NULL);
	return found;
}

int store_unindexed(struct store *s, int64_t *number, struct arena *a, struct record_message *out,
    struct buffer *source, struct error *err)
{
	static const struct follow index = {READER_NEXT_UNWALKED, READER_SOURCE};
	int found = 0;

	if (reader_run(s, READER_BEGIN, err) < 0)
		return -1;
	/* they come in in their order: to look at each from the first one on would take long */
	if (*number == 0)
		found = read_number(s, READER_LAST_WALKED, NULL, number, err);
	if (found >= 0)
		found = read_next(s, &index, number, a, out, source, err);
	reader_run(s, READER_END, NULL);
	return found;
}

static int compare_ends(struct store *s, struct error *err)
{
	int64_t last = 0, walked = 0;

	if (read_number(s, READER_LAST, NULL, &last, err) < 0 ||
	    read_number(s, READER_LAST_WALKED, NULL, &walked, err) < 0)
		return -1;
	return walked >= last;
}

int store_indexed(struct store *s, struct error *err)
{
	int indexed;

	if (reader_run(s, READER_BEGIN, err) < 0)
		return -1;
	indexed = compare_ends(s, err);
	reader_run(s, READER_END, NULL);
	return indexed;
}
