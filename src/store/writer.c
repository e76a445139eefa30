/*
 * SPDX-License-Identifier: ISC
 *
 * The writer's thread: takes what is queued, commits it as one transaction, and sends the jobs
 * back. When such a group fails, its jobs are tried one by one, so that each fails for itself.
 * Opinions wait until nothing else does, so that no message is held up by one.
 */
#include "store/writer.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "run/memory_return.h"
#include "store/database.h"
#include "store/datadir.h"
#include "store/failure.h"
#include "store/insert.h"
#include "store/mailbox.h"
#include "store/recover.h"

#define GROUP_JOBS  64
#define GROUP_BYTES ((size_t)8 << 20)
/* A writer that was idle for so long gives memory back. */
#define IDLE_SECONDS 2

STAILQ_HEAD(job_queue, store_job);

struct store_writer {
	char *path;
	int lock_fd;
	/* the thread's alone once it runs */
	sqlite3 *db;
	struct insert *insert;
	bool warm; /* it has committed since it last gave memory back */
	/* shared, under the mutex */
	pthread_mutex_t mutex;
	pthread_cond_t queued;
	struct job_queue queue;
	struct job_queue later; /* opinions: when the other is empty */
	bool stopping;
	void (*committed)(void *arg); /* NULL: nobody watches */
	void *committed_arg;
	pthread_t thread;
};

struct group {
	struct store_job *jobs[GROUP_JOBS];
	size_t count;
};

enum outcome {
	COMMITTED,
	REFUSED, /* something in it failed; rolled back */
	BLOCKED, /* no transaction could be begun */
};

static size_t job_bytes(const struct store_job *job)
{
	return job->source.len + job->evidence.len + job->transcript.len;
}

static void fill_group(struct group *g, struct job_queue *from)
{
	size_t bytes = 0;

	while (!STAILQ_EMPTY(from) && g->count < GROUP_JOBS && bytes < GROUP_BYTES) {
		struct store_job *job = STAILQ_FIRST(from);

		STAILQ_REMOVE_HEAD(from, link);
		g->jobs[g->count++] = job;
		bytes += job_bytes(job);
	}
}

/* SQLite keeps every page that it wrote, up to its cache's size. */
static void give_memory_back(struct store_writer *w)
{
	pthread_mutex_unlock(&w->mutex);
	sqlite3_db_release_memory(w->db);
	memory_return();
	pthread_mutex_lock(&w->mutex);
	w->warm = false;
}

static void wait_for_jobs(struct store_writer *w)
{
	struct timespec until;

	if (!w->warm) {
		pthread_cond_wait(&w->queued, &w->mutex);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += IDLE_SECONDS;
	if (pthread_cond_clockwait(&w->queued, &w->mutex, CLOCK_MONOTONIC, &until) == ETIMEDOUT)
		give_memory_back(w);
}

/* Waits for jobs; an empty group means that the writer is to stop and nothing is left. */
static void take_group(struct store_writer *w, struct group *g)
{
	g->count = 0;
	pthread_mutex_lock(&w->mutex);
	while (STAILQ_EMPTY(&w->queue) && STAILQ_EMPTY(&w->later) && !w->stopping)
		wait_for_jobs(w);
	fill_group(g, STAILQ_EMPTY(&w->queue) ? &w->later : &w->queue);
	pthread_mutex_unlock(&w->mutex);
}

static enum outcome commit(
    struct store_writer *w, struct store_job **jobs, size_t count, struct error *err)
{
	bool good = true;

	if (insert_begin(w->insert, err) < 0)
		return BLOCKED;
	for (size_t i = 0; i < count && good; i++)
		good = insert_job(w->insert, jobs[i], err) == 0;
	if (good && insert_commit(w->insert, err) == 0)
		return COMMITTED;
	insert_rollback(w->insert);
	return REFUSED;
}

static void fail(struct store_job *job, const struct error *err)
{
	job->failed = true;
	job->error = *err;
}

/* Once a transaction cannot even be begun, the rest is not tried: each try may wait for a lock. */
static void commit_singly(struct store_writer *w, const struct group *g)
{
	enum outcome outcome = COMMITTED;
	struct error err;

	for (size_t i = 0; i < g->count; i++) {
		struct store_job *job = g->jobs[i];

		if (outcome != BLOCKED)
			outcome = commit(w, &job, 1, &err);
		if (outcome != COMMITTED)
			fail(job, &err);
	}
}

static void commit_group(struct store_writer *w, struct group *g)
{
	struct error err;
	enum outcome outcome = commit(w, g->jobs, g->count, &err);

	if (outcome == COMMITTED)
		return;
	if (outcome == REFUSED && g->count > 1) {
		commit_singly(w, g);
		return;
	}
	for (size_t i = 0; i < g->count; i++)
		fail(g->jobs[i], &err);
}

/* The jobs go back to their owners. Whether there were messages among those that were committed. */
static bool send_back(const struct group *g)
{
	bool messages = false;

	for (size_t i = 0; i < g->count; i++) {
		struct store_job *job = g->jobs[i];

		messages = messages || (job->kind == STORE_JOB_MESSAGE && !job->failed);
		mailbox_put(job->mailbox, job);
	}
	return messages;
}

static void tell(struct store_writer *w)
{
	pthread_mutex_lock(&w->mutex);
	if (w->committed != NULL)
		w->committed(w->committed_arg);
	pthread_mutex_unlock(&w->mutex);
}

static void *run(void *arg)
{
	struct store_writer *w = arg;
	struct group g;

	for (take_group(w, &g); g.count > 0; take_group(w, &g)) {
		commit_group(w, &g);
		w->warm = true;
		if (send_back(&g))
			tell(w);
	}
	return NULL;
}

/* Closes and frees what there is; the thread does not run. */
static void destroy(struct store_writer *w)
{
	insert_free(w->insert);
	sqlite3_close(w->db);
	if (w->lock_fd >= 0)
		close(w->lock_fd);
	free(w->path);
	free(w);
}

static int open_all(struct store_writer *w, const char *data_dir, struct error *err)
{
	if (datadir_make(data_dir, err) < 0)
		return -1;
	w->lock_fd = datadir_lock(data_dir, err);
	if (w->lock_fd < 0)
		return -1;
	w->db = database_open_writer(w->path, err);
	if (w->db == NULL || recover_sessions(w->db, w->path, err) < 0)
		return -1;
	w->insert = insert_new(w->db, w->path, err);
	return w->insert == NULL ? -1 : 0;
}

/* Signals go to the other threads. */
static int start_thread(struct store_writer *w, struct error *err)
{
	sigset_t all, before;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0)
		return error_cannot(err, "store: cannot start a thread: %s", strerror(code));
	return 0;
}

struct store_writer *store_writer_start(const char *data_dir, struct error *err)
{
	struct store_writer *w = memory_new(sizeof(*w));

	w->path = store_path(data_dir);
	w->lock_fd = -1;
	STAILQ_INIT(&w->queue);
	STAILQ_INIT(&w->later);
	if (open_all(w, data_dir, err) < 0) {
		destroy(w);
		return NULL;
	}
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->queued, NULL);
	if (start_thread(w, err) < 0) {
		pthread_cond_destroy(&w->queued);
		pthread_mutex_destroy(&w->mutex);
		destroy(w);
		return NULL;
	}
	return w;
}

void store_writer_stop(struct store_writer *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->mutex);
	w->stopping = true;
	pthread_cond_signal(&w->queued);
	pthread_mutex_unlock(&w->mutex);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->queued);
	pthread_mutex_destroy(&w->mutex);
	destroy(w);
}

void store_writer_queue(struct store_writer *w, struct store_job *job)
{
	job->failed = false;
	pthread_mutex_lock(&w->mutex);
	assert(!w->stopping);
	if (job->kind == STORE_JOB_OPINION)
		STAILQ_INSERT_TAIL(&w->later, job, link);
	else
		STAILQ_INSERT_TAIL(&w->queue, job, link);
	pthread_cond_signal(&w->queued);
	pthread_mutex_unlock(&w->mutex);
}

void store_writer_watch(struct store_writer *w, void (*committed)(void *arg), void *arg)
{
	pthread_mutex_lock(&w->mutex);
	w->committed = committed;
	w->committed_arg = arg;
	pthread_mutex_unlock(&w->mutex);
}
