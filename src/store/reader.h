/*
 * SPDX-License-Identifier: ISC
 *
 * The inside of struct store: the reading connection and its statements.
 */
#ifndef STORE_READER_H
#define STORE_READER_H

#include "store/rows.h"
#include "store/store.h"

enum reader_statement {
	READER_BEGIN,
	READER_END,
	READER_VERSION,
	READER_NUMBER, /* of a message's id */
	READER_NEWEST,
	READER_PREFIX,
	READER_MESSAGE,
	READER_SESSION,
	READER_RECIPIENTS,
	READER_FINDINGS,
	READER_SPF,
	READER_DMARC,
	READER_RDNS,
	READER_SIGNATURES,
	READER_PREDICTION,
	READER_OPINIONS,
	READER_SOURCE,
	READER_EVIDENCE,
	READER_TRANSCRIPT,
	READER_SESSIONS, /* numbers, newest first */
	READER_SESSIONS_FAILED,
	READER_SESSION_MESSAGES,
	READER_SESSION_NEWEST,
	READER_SESSION_PREFIX, /* also by ids of its messages */
	READER_SESSION_TRANSCRIPT,
	READER_LAST_ASKED, /* the number of the last message with an opinion */
	READER_LAST,       /* the number of the newest message */
	READER_NEXT,       /* the number of the first message above a number */
	READER_LAST_WALKED,
	READER_NEXT_UNWALKED, /* likewise, of one that was not walked */
	READER_STATEMENT_COUNT,
};

/* How many ids are named when a prefix is ambiguous. */
#define READER_CANDIDATES_MAX 10

struct store {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *stmts[READER_STATEMENT_COUNT]; /* NULL until first used */
};

/* A cursor over the statement, ready for its parameters. 0 or -1. */
int reader_start(struct store *s, enum reader_statement which, struct row *r, struct error *err);
/* The next row, whose columns the cursor then takes: 1; 0 none is left; -1 failed. */
int reader_step(struct store *s, struct row *r, struct error *err);
/* Ends the statement, so that it holds back no checkpoint. */
void reader_finish(struct row *r);
/* Runs a statement without parameters for its effect. 0 or -1. */
int reader_run(struct store *s, enum reader_statement which, struct error *err);

/* The id that a statement without parameters gives, or "". 0 or -1. */
int reader_newest(struct store *s, enum reader_statement which, char *id, struct error *err);
/* The whole id that begins so (find.c); the statement takes both ends of a range and a limit. */
enum store_found reader_prefix(struct store *s, enum reader_statement which, const char *text,
    char *id, struct buffer *candidates, struct error *err);

/* The number of the message with this whole id: 1; 0 there is none; -1 failed. */
int reader_number(struct store *s, const char *id, int64_t *number, struct error *err);

/* Reads the whole record of a message (query.c): 1; 0 there is none; -1 failed. */
int reader_message(struct store *s, int64_t number, struct arena *a, struct record_message *out,
    struct error *err);

/* Reads a session with its findings, without its messages: 1; 0 there is none; -1 failed. */
int reader_session(struct store *s, int64_t number, struct arena *a, struct record_session *out,
    struct error *err);

#endif
