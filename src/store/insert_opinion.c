/*
 * SPDX-License-Identifier: ISC
 *
 * What other libraries said of a message that is stored already.
 */
#include "store/insert_internal.h"

static int put_opinion(const struct insert_place *p, int64_t seq, const struct record_opinion *o)
{
	struct row r = insert_row(p->in, INSERT_OPINION);

	row_put_int(&r, p->message);
	row_put_int(&r, seq);
	row_put_text(&r, o->library);
	row_put_text(&r, o->check);
	row_put_text(&r, o->result);
	if (o->agrees == RECORD_AGREES_UNKNOWN)
		row_put_null(&r);
	else
		row_put_int(&r, o->agrees == RECORD_AGREES_YES);
	row_put_text(&r, o->reason);
	return insert_run(&r);
}

/* Behind those that the message has. */
static int add_findings(const struct insert_place *p, const struct finding_list *list)
{
	struct row r = insert_row(p->in, INSERT_OPINION_FINDINGS);
	int64_t seq;

	if (list->count == 0)
		return 0;
	row_put_int(&r, p->session);
	row_put_int(&r, p->message);
	if (insert_read(&r, &seq, NULL) <= 0)
		return -1;
	for (size_t i = 0; i < list->count; i++)
		if (insert_finding(p, seq + (int64_t)i, &list->items[i]) < 0)
			return -1;
	return 0;
}

int insert_opinions(struct insert *in, const struct record_message *m)
{
	struct row r = insert_row(in, INSERT_PLACE);
	struct insert_place p = {.in = in};
	int found;

	row_put_text(&r, m->id);
	found = insert_read(&r, &p.session, &p.message);
	if (found <= 0)
		return found;
	for (size_t i = 0; i < m->opinion_count; i++)
		if (put_opinion(&p, (int64_t)i, &m->opinions[i]) < 0)
			return -1;
	return add_findings(&p, &m->findings);
}
