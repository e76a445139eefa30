/*
 * SPDX-License-Identifier: ISC
 *
 * The writer: one thread that owns the only writing connection and commits what the workers queue,
 * up to 64 jobs or 8 MiB at once, with fsync. Who queued a job owns it until the job is done.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/buffer.h"
#include "base/error.h"
#include "record/record.h"

/*
 * Where finished jobs go: one a worker. wake is called from the writer's thread when the first job
 * comes into the empty mailbox; the worker then takes jobs until there is none. wake must not
 * itself call store_mailbox_take. Free a mailbox once all its jobs are back.
 */
struct store_mailbox;
struct store_mailbox *store_mailbox_new(void (*wake)(void *arg), void *arg);
void store_mailbox_free(struct store_mailbox *m);

enum store_job_kind {
	STORE_JOB_MESSAGE, /* session and message, with source, transcript so far and evidence */
	STORE_JOB_SESSION, /* the session at its end, with the rest of the transcript */
	/*
	 * What was said of a stored message: its id, opinions, and findings that come to those it
	 * has. Taken up only when no other job waits; nothing happens when the message is gone.
	 */
	STORE_JOB_OPINION,
	/*
	 * What was walked of a stored message: its id and the walk's facts, into the text index.
	 * Taken up as opinions are.
	 */
	STORE_JOB_WALK,
	/*
	 * Messages by their ids, with all that belongs to them, and the sessions that have ended
	 * and have no message any more. deleted says how many messages there were.
	 */
	STORE_JOB_DELETE,
	/* The file is made as small as it can be; before and after are its octets. */
	STORE_JOB_VACUUM,
};

/* What the index keeps of a message. */
struct store_walk {
	const char *subject, *addresses, *text; /* that free words are looked for in */
	unsigned attachments, links;
	bool html, plain; /* it has such a part */
};

/* What the writer deletes by itself, oldest first, while it is idle. */
struct store_retention {
	int64_t age_ms;  /* older messages, and sessions without messages; 0: no limit, as below */
	uint64_t count;  /* messages */
	uint64_t octets; /* of their sources */
};

struct store_job {
	/* set by the caller; borrowed until the job comes back */
	enum store_job_kind kind;
	struct store_mailbox *mailbox;
	const struct record_session *session; /* NULL for STORE_JOB_OPINION */
	const struct record_message *message; /* NULL for STORE_JOB_SESSION */
	struct span source, evidence;
	struct span transcript; /* the piece since the last job of this session; may be empty */
	const struct store_walk *walk; /* of STORE_JOB_WALK */
	const char *const *ids;        /* of STORE_JOB_DELETE */
	size_t id_count;
	void *owner;
	/* set when it is done */
	bool failed;
	struct error error;
	uint64_t deleted, before, after;
	/* the writer's */
	STAILQ_ENTRY(store_job) link;
};

struct store_writer;

/*
 * Opens (and makes, and migrates) DIR/mailassay.db under the lock of the data directory, and
 * starts the thread. NULL with err: another daemon has the directory, a newer database, a full or
 * read-only disk, no permission.
 */
struct store_writer *store_writer_start(const char *data_dir, struct error *err);
/* Commits everything queued, then ends the thread, closes and unlocks. */
void store_writer_stop(struct store_writer *w);

/* From now on; any thread. Age is looked at once a minute too. */
void store_writer_retain(struct store_writer *w, const struct store_retention *r);

/* Queues a job; any thread. */
void store_writer_queue(struct store_writer *w, struct store_job *job);

/*
 * committed is called from the writer's thread after each commit that brought messages, once their
 * jobs are back. It holds the writer up, so it only wakes somebody. NULL: nobody is told any more;
 * no call is under way then.
 */
void store_writer_watch(struct store_writer *w, void (*committed)(void *arg), void *arg);
/* The next finished job of the mailbox, or NULL; the worker's own thread. */
struct store_job *store_mailbox_take(struct store_mailbox *m);

#endif
