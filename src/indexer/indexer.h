/*
 * SPDX-License-Identifier: ISC
 *
 * Walks stored messages one after the other, in the order of storing, and gives their text and what
 * they hold to the writer, for the selection's free words. It follows the store as the opinions do:
 * nothing waits for it but who asks for words.
 */
#ifndef INDEXER_INDEXER_H
#define INDEXER_INDEXER_H

#include "net/loop.h"
#include "store/writer.h"

struct indexer;

/*
 * Starts with the first message that is not in the index. idle, which may be NULL, is called each
 * time nothing is left to do. The strings are borrowed. NULL with err.
 */
struct indexer_options {
	struct loop *loop;
	const char *data_dir;
	struct store_writer *writer;
	void (*idle)(void *arg);
	void *arg;
};
struct indexer *indexer_start(const struct indexer_options *o, struct error *err);
/* The writer has committed messages (any thread). */
void indexer_wake(struct indexer *x);
/* Waits until the writer has stored what was walked. NULL is fine. Not from within the loop. */
void indexer_stop(struct indexer *x);

#endif
