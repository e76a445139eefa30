/*
 * SPDX-License-Identifier: ISC
 *
 * What the files of insertion share: the prepared statements and the place of the rows.
 */
#ifndef STORE_INSERT_INTERNAL_H
#define STORE_INSERT_INTERNAL_H

#include "base/buffer.h"
#include "store/insert.h"
#include "store/rows.h"

enum insert_statement {
	INSERT_BEGIN,
	INSERT_COMMIT,
	INSERT_SESSION_FIND,
	INSERT_SESSION_PUT,
	INSERT_SESSION_FORGET_FINDINGS,
	INSERT_TRANSCRIPT,
	INSERT_NEXT_NUMBER,
	INSERT_MESSAGE,
	INSERT_RECIPIENT,
	INSERT_SOURCE,
	INSERT_EVIDENCE,
	INSERT_SPF,
	INSERT_DKIM,
	INSERT_DMARC,
	INSERT_RDNS,
	INSERT_DKIM_SIGNATURE,
	INSERT_PREDICTION,
	INSERT_FINDING,
	INSERT_PLACE,            /* of a stored message: its session and number */
	INSERT_OPINION_FINDINGS, /* how many it has */
	INSERT_OPINION,
	INSERT_WALK_FIND, /* whether there is one */
	INSERT_WALK,
	INSERT_WORDS,
	INSERT_STATEMENT_COUNT,
};

struct insert {
	sqlite3 *db;
	const char *path;
	sqlite3_stmt *stmts[INSERT_STATEMENT_COUNT];
	struct buffer joined; /* the words of the row in the making */
	int64_t next;         /* the number of the transaction's next message; 0: not read yet */
};

/* Whose rows are being written. */
struct insert_place {
	struct insert *in;
	int64_t session, message;
};

/* The statement, ready for its parameters. */
struct row insert_row(struct insert *in, enum insert_statement which);
/* Runs a statement that gives no rows. 0 or -1; why, the connection knows. */
int insert_run(struct row *r);
/* Runs a query that gives one row, or none, of one or two numbers (second NULL): 1, 0 or -1. */
int insert_read(struct row *r, int64_t *first, int64_t *second);

/* One finding of the message (of the session, where message is 0), as its seq-th. 0 or -1. */
int insert_finding(const struct insert_place *p, int64_t seq, const struct finding *f);
/* The verdicts of one viewpoint, with the signatures (insert_verdict.c). 0 or -1. */
int insert_verdict(const struct insert_place *p, const char *viewpoint, const struct verdict *v);
/* The settings of the route that the prediction rests on. 0 or -1. */
int insert_prediction(const struct insert_place *p, const struct verify_route *route);
/* What was said of a stored message (insert_opinion.c). 0, also when it is gone, or -1. */
int insert_opinions(struct insert *in, const struct record_message *m);
/* What was walked of it (insert_walk.c), unless that is there. 0, also when it is gone, or -1. */
int insert_walk(struct insert *in, const char *id, const struct store_walk *walk);

#endif
