/*
 * SPDX-License-Identifier: ISC
 *
 * What the tests of the store share: a temporary directory, records in which every field is set,
 * and a mailbox to wait at.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "store/store.h"
#include "store/writer.h"

/* A new directory; sample_dir_free removes it with everything in it. */
char *sample_dir(void);
void sample_dir_free(char *dir);
/* DIR/NAME in the arena. */
char *sample_path(struct arena *a, const char *dir, const char *name);

/* The n-th id: grows with n, and differs in its last digits only. */
const char *sample_id(struct arena *a, unsigned n);
/* Every field is set, and differs with n. The message's session is given, or NULL. */
struct record_session *sample_session(struct arena *a, unsigned n);
struct record_message *sample_message(
    struct arena *a, unsigned n, const struct record_session *session);
/* A small message with little in it. */
struct record_message *sample_small(
    struct arena *a, unsigned n, const struct record_session *session);

/* A mailbox whose owner can sleep. */
struct sample_box;
struct sample_box *sample_box_new(void);
void sample_box_free(struct sample_box *b);
struct store_mailbox *sample_mailbox(struct sample_box *b);
/* The next finished job. */
struct store_job *sample_wait(struct sample_box *b);

/* Writes one message or session (message NULL) and waits; whether it was committed. */
bool sample_write(struct store_writer *w, const struct record_session *session,
    const struct record_message *message, struct span source);

/* The writer and a reader of a data directory that can be used, for store_writer_stop, store_close.
 */
struct store_writer *sample_writer(const char *dir);
struct store *sample_reader(const char *dir);

#endif
