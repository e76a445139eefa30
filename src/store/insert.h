/*
 * SPDX-License-Identifier: ISC
 *
 * Jobs to rows: the prepared statements of the writing connection, and what each job inserts.
 */
#ifndef STORE_INSERT_H
#define STORE_INSERT_H

#include <sqlite3.h>

#include "store/writer.h"

struct insert;

/* db and path are borrowed until insert_free. NULL with err. */
struct insert *insert_new(sqlite3 *db, const char *path, struct error *err);
void insert_free(struct insert *in);

/* The frame of a transaction. Rolling back cannot fail; it does nothing when none is open. */
int insert_begin(struct insert *in, struct error *err);
int insert_commit(struct insert *in, struct error *err);
void insert_rollback(struct insert *in);

/* Inserts the job's rows within the open transaction. 0, or -1: the transaction is spoilt. */
int insert_job(struct insert *in, const struct store_job *job, struct error *err);

#endif
