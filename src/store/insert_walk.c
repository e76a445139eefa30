/*
 * SPDX-License-Identifier: ISC
 *
 * What was walked of a message that is stored already: its facts, and its text into the index.
 */
#include "store/insert_internal.h"

static int put_walk(struct insert *in, int64_t number, const struct store_walk *walk)
{
	struct row r = insert_row(in, INSERT_WALK);

	row_put_int(&r, number);
	row_put_int(&r, walk->attachments);
	row_put_int(&r, walk->links);
	row_put_int(&r, walk->html);
	row_put_int(&r, walk->plain);
	return insert_run(&r);
}

static int put_words(struct insert *in, int64_t number, const struct store_walk *walk)
{
	struct row r = insert_row(in, INSERT_WORDS);

	row_put_int(&r, number);
	row_put_text(&r, walk->subject);
	row_put_text(&r, walk->addresses);
	row_put_text(&r, walk->text);
	return insert_run(&r);
}

int insert_walk(struct insert *in, const char *id, const struct store_walk *walk)
{
	struct row place = insert_row(in, INSERT_PLACE);
	struct row there = insert_row(in, INSERT_WALK_FIND);
	int64_t session, number, same;
	int found;

	row_put_text(&place, id);
	found = insert_read(&place, &session, &number);
	if (found <= 0)
		return found;
	row_put_int(&there, number);
	found = insert_read(&there, &same, NULL);
	if (found != 0)
		return found < 0 ? -1 : 0;
	return put_walk(in, number, walk) < 0 || put_words(in, number, walk) < 0 ? -1 : 0;
}
