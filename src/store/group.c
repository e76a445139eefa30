/*
 * SPDX-License-Identifier: ISC
 *
 * Jobs that are committed together. When such a group fails, its jobs are tried one by one, so that
 * each fails for itself.
 */
#include "store/group.h"

#include "store/mailbox.h"

#define GROUP_BYTES ((size_t)8 << 20)

enum outcome {
	COMMITTED,
	REFUSED, /* something in it failed; rolled back */
	BLOCKED, /* no transaction could be begun */
};

static size_t job_bytes(const struct store_job *job)
{
	return job->source.len + job->evidence.len + job->transcript.len;
}

void group_fill(struct group *g, struct job_queue *from)
{
	size_t bytes = 0;

	while (!STAILQ_EMPTY(from) && g->count < GROUP_JOBS && bytes < GROUP_BYTES) {
		struct store_job *job = STAILQ_FIRST(from);

		STAILQ_REMOVE_HEAD(from, link);
		g->jobs[g->count++] = job;
		bytes += job_bytes(job);
	}
}

static enum outcome commit(
    struct insert *in, struct store_job *const *jobs, size_t count, struct error *err)
{
	bool good = true;

	if (insert_begin(in, err) < 0)
		return BLOCKED;
	for (size_t i = 0; i < count && good; i++)
		good = insert_job(in, jobs[i], err) == 0;
	if (good && insert_commit(in, err) == 0)
		return COMMITTED;
	insert_rollback(in);
	return REFUSED;
}

void group_fail(struct store_job *job, const struct error *err)
{
	job->failed = true;
	job->error = *err;
}

/* Once a transaction cannot even be begun, the rest is not tried: each try may wait for a lock. */
static void commit_singly(const struct group *g, struct insert *in)
{
	enum outcome outcome = COMMITTED;
	struct error err;

	for (size_t i = 0; i < g->count; i++) {
		if (outcome != BLOCKED)
			outcome = commit(in, &g->jobs[i], 1, &err);
		if (outcome != COMMITTED)
			group_fail(g->jobs[i], &err);
	}
}

/* After the whole group came to nothing. */
static void mend(
    const struct group *g, struct insert *in, enum outcome why, const struct error *err)
{
	if (why == REFUSED && g->count > 1) {
		commit_singly(g, in);
		return;
	}
	for (size_t i = 0; i < g->count; i++)
		group_fail(g->jobs[i], err);
}

void group_commit(const struct group *g, struct insert *in)
{
	struct error err;
	enum outcome outcome = commit(in, g->jobs, g->count, &err);

	if (outcome != COMMITTED)
		mend(g, in, outcome, &err);
}

void group_gather(
    struct group *g, struct insert *in, struct store_job *(*take)(void *arg), void *arg)
{
	struct store_job *job = take(arg);
	bool begun, good;
	struct error err;

	begun = good = insert_begin(in, &err) == 0;
	do {
		g->jobs[g->count++] = job;
		good = good && insert_job(in, job, &err) == 0;
	} while (good && g->count < GROUP_JOBS && (job = take(arg)) != NULL);
	if (good && insert_commit(in, &err) == 0)
		return;
	insert_rollback(in);
	mend(g, in, begun ? REFUSED : BLOCKED, &err);
}

bool group_send_back(const struct group *g)
{
	bool messages = false;

	for (size_t i = 0; i < g->count; i++) {
		struct store_job *job = g->jobs[i];

		messages = messages || (job->kind == STORE_JOB_MESSAGE && !job->failed);
		mailbox_put(job->mailbox, job);
	}
	return messages;
}
