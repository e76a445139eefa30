/*
 * SPDX-License-Identifier: ISC
 *
 * Rows: the columns of each table in the one order in which they are both written and read, and a
 * cursor that goes along the parameters, or the columns, of a statement.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"

/*
 * Separated by commas. Those of a session and of a message end with the same facts (client,
 * authentication, TLS); those of a verdict are the columns that its check fills.
 */
extern const char ROWS_SESSION[], ROWS_MESSAGE[], ROWS_TRANSCRIPT[], ROWS_RECIPIENT[];
extern const char ROWS_SOURCE[], ROWS_EVIDENCE[], ROWS_FINDING[], ROWS_DKIM_SIGNATURE[];
extern const char ROWS_PREDICTION[], ROWS_OPINION[], ROWS_WALK[], ROWS_WORDS[];
extern const char ROWS_SPF[], ROWS_DKIM[], ROWS_DMARC[], ROWS_RDNS[];

/* Appends "INSERT INTO table (columns) VALUES (?, ...)"; update adds the upsert by id. */
void rows_insert_sql(struct buffer *out, const char *table, const char *columns, bool update);

struct row {
	sqlite3_stmt *stmt;
	int at;      /* how many parameters or columns are done */
	bool failed; /* a parameter was not taken */
};

/* Each sets the next parameter. Memory is borrowed until the statement was run. */
void row_put_text(struct row *r, const char *s); /* NULL: absent */
void row_put_span(struct row *r, struct span s); /* as text, with any octets */
void row_put_bytes(struct row *r, struct span s);
void row_put_int(struct row *r, int64_t value);
void row_put_int_or(struct row *r, int64_t value, int64_t absent); /* absent becomes NULL */
void row_put_null(struct row *r);

/* Each takes the next column; strings are copied into the arena. */
char *row_get_text(struct row *r, struct arena *a); /* NULL: absent */
int64_t row_get_int(struct row *r);                 /* 0: absent */
int64_t row_get_int_or(struct row *r, int64_t absent);
bool row_get_bool(struct row *r);
bool row_next_is_null(const struct row *r); /* looks at the next column without taking it */
/* The index of the column's word in the table, or 0. */
int row_get_word(struct row *r, const char *const *table, size_t count);
/* Appends the column's octets. */
void row_get_bytes(struct row *r, struct buffer *out);

/* Words joined by sep (into out, NULL for none) and cut apart again (into the arena). */
const char *row_join(struct buffer *out, const char *const *words, size_t count, char sep);
const char **row_cut(const char *joined, char sep, size_t *count, struct arena *a);

#endif
