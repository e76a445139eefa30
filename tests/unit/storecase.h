/*
 * SPDX-License-Identifier: ISC
 *
 * What the tests of the writer's other jobs share: a data directory with a running writer, jobs
 * that are waited for, and numbers from the database by SQL.
 */
#ifndef STORECASE_H
#define STORECASE_H

#include <sqlite3.h>

#include "sample.h"

struct storecase {
	char *dir;
	struct arena *arena;
	struct store_writer *writer;
	sqlite3 *db; /* a connection of a person beside the program's */
};

void storecase_init(struct storecase *c);
void storecase_clear(struct storecase *c);
/* Ends the writer and starts it again. */
void storecase_restart(struct storecase *c);

/* Writes the n-th message, in a session of its own that ends, or in the one given, that goes on. */
void storecase_message(struct storecase *c, unsigned n);
void storecase_message_of(struct storecase *c, unsigned n, const struct record_session *s);
/* One of this age, with a source of this size, in a session of its own. */
void storecase_aged(struct storecase *c, unsigned n, int64_t age_ms, uint64_t size);

/* Queues it and waits; whether it was done. The mailbox is set here. */
bool storecase_run(struct storecase *c, struct store_job *job);
/* The words of the n-th message into the index. */
bool storecase_walk(struct storecase *c, unsigned n, const char *text);
/* Deletes the n-th of each, ending with -1; how many were there. */
unsigned storecase_delete(struct storecase *c, const int *numbers);

/* The integer, or the text in the arena, that the statement gives. */
int64_t storecase_number(struct storecase *c, const char *sql);
const char *storecase_text(struct storecase *c, const char *sql);
void storecase_sql(struct storecase *c, const char *sql);
/* Waits until the statement gives the number; fails the test when it does not, in 20 seconds. */
void storecase_await(struct storecase *c, const char *sql, int64_t number);

#endif
