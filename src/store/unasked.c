/*
 * SPDX-License-Identifier: ISC
 *
 * The reader, for asking opinions: which message is next, and what was known of it.
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

static int read_evidence(struct store *s, int64_t number, struct buffer *out, struct error *err)
{
	struct row r;
	int found;

	if (reader_start(s, READER_EVIDENCE, &r, err) < 0)
		return -1;
	row_put_int(&r, number);
	found = reader_step(s, &r, err);
	if (found > 0)
		row_get_bytes(&r, out);
	reader_finish(&r);
	return found < 0 ? -1 : 0;
}

static int read_next(struct store *s, int64_t *number, struct arena *a, struct record_message *out,
    struct buffer *evidence, struct error *err)
{
	int64_t next;
	int found = read_number(s, READER_NEXT, number, &next, err);

	if (found <= 0)
		return found;
	/* Also when it cannot be read: it must not stand in the way of those behind it. */
	*number = next;
	found = reader_message(s, next, a, out, err);
	if (found > 0 && read_evidence(s, next, evidence, err) < 0)
		found = -1;
	return found;
}

int store_unasked(struct store *s, int64_t *number, struct arena *a, struct record_message *out,
    struct buffer *evidence, struct error *err)
{
	int found;

	/* one transaction, so that all of it is of one moment */
	if (reader_run(s, READER_BEGIN, err) < 0)
		return -1;
	found = read_next(s, number, a, out, evidence, err);
	reader_run(s, READER_END, NULL);
	return found;
}
