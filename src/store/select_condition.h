/*
 * SPDX-License-Identifier: ISC
 *
 * The parts of a query in the making: between select.c, which says what drives it, and
 * select_condition.c, which says what else must hold of the message m.
 */
#ifndef STORE_SELECT_CONDITION_H
#define STORE_SELECT_CONDITION_H

#include "store/select.h"

struct making {
	struct select *query;
	const struct store_filter *filter;
	const struct selection_term *drive; /* NULL: none of the terms */
	const char *number; /* the column that gives the message's number in order */
	bool words_done;    /* all free words are in what drives */
};

/* Appends to the query: text of the program's own, and values as parameters. */
void select_add(struct making *k, const char *sql);
void select_text(struct making *k, const char *text);
void select_number(struct making *k, int64_t number);
/* A word as a phrase of the text index, whatever is in it. */
void select_phrase(struct buffer *out, const char *word);

/* " AND ..." for each term but the one that drives, and for the filter's "after". */
void select_conditions(struct making *k);
/* " AND ..." for the numbers that times allow, so that going through all ends early. */
void select_bounds(struct making *k);
/* The condition of one term, which is not negated. */
void select_id(struct making *k, const struct selection_term *t);
void select_message_id(struct making *k, const struct selection_term *t);

#endif
