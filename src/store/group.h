/*
 * SPDX-License-Identifier: ISC
 *
 * Jobs that are committed together.
 */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "store/insert.h"

#define GROUP_JOBS 64

STAILQ_HEAD(job_queue, store_job);

struct group {
	struct store_job *jobs[GROUP_JOBS];
	size_t count;
};

/* Takes jobs out of the queue: GROUP_JOBS, or fewer when they are large. */
void group_fill(struct group *g, struct job_queue *from);
/* Commits them as one transaction, or each for itself when one does not go. */
void group_commit(const struct group *g, struct insert *in);
/*
 * Takes jobs one after the other, until take gives NULL or the group is full, into a transaction
 * that is then committed. The first has to be there.
 */
void group_gather(
    struct group *g, struct insert *in, struct store_job *(*take)(void *arg), void *arg);
/* The jobs go back to their owners. Whether messages were committed. */
bool group_send_back(const struct group *g);

/* The job failed, for this reason. */
void group_fail(struct store_job *job, const struct error *err);

#endif
