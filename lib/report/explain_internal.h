/*
 * SPDX-License-Identifier: ISC
 *
 * What explanations are made of. One entry of any table is filled once, whatever form it takes.
 */
#ifndef REPORT_EXPLAIN_INTERNAL_H
#define REPORT_EXPLAIN_INTERNAL_H

#include "policy/known.h"
#include "report/explain.h"
#include "report/json_internal.h"

#define EXPLAIN_CELLS 3

struct explain_entry {
	const char *title;                /* standing alone */
	const char *cells[EXPLAIN_CELLS]; /* as a row; NULL: no such column */
	const char *meaning, *action;     /* action may be NULL */
	const char *reference;            /* NULL: none */
	enum smtp_retry retry;            /* COUNT: there is nothing to say of it */
	json_t *object; /* kind and what names it, for JSON; the rest is added. NULL for text */
	struct arena *arena;
};

struct explain_out {
	struct buffer *out;
	const struct report_style *style; /* NULL: JSON */
};

/* With an arena, and for JSON with an object of the kind. */
struct explain_entry explain_begin(const struct explain_out *o, const char *kind);
/* Appends it alone, with a blank line in front unless it is the first; drops what begin made. */
void explain_end(const struct explain_out *o, struct explain_entry *e);
/* The same as a row of a table with columns of these widths. */
void explain_end_row(
    const struct explain_out *o, struct explain_entry *e, const unsigned widths[EXPLAIN_CELLS]);

/* A reply as it was given: the query's text is in the buffer. */
struct explain_query {
	struct known_query reply;
	struct buffer text;
};
/* Finds codes and text; those of later lines are left out of the text. Clear the buffer. */
void explain_read(struct span words, struct explain_query *q);

void explain_findings(const struct explain_out *o, const struct known_query *q);
void explain_receivers(const struct explain_out *o, const struct conf_receivers *receivers,
    const struct known_query *q);
/* All that the codes and the text of a reply lead to; false: nothing. */
bool explain_reply(const struct explain_out *o, const struct explain_query *q,
    const struct conf_receivers *receivers);
/* "softfail" or "spf=softfail"; false: no result. */
bool explain_result(const struct explain_out *o, struct span words);

/* The rows of the tables. */
void explain_replies_rows(const struct explain_out *o, const unsigned widths[EXPLAIN_CELLS]);
void explain_status_rows(const struct explain_out *o, const unsigned widths[EXPLAIN_CELLS]);
void explain_result_rows(const struct explain_out *o, const unsigned widths[EXPLAIN_CELLS]);
void explain_provider_rows(const struct explain_out *o, const unsigned widths[EXPLAIN_CELLS]);
void explain_receiver_rows(const struct explain_out *o, const struct conf_receivers *receivers,
    const unsigned widths[EXPLAIN_CELLS]);

#endif
