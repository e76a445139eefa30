/*
 * SPDX-License-Identifier: ISC
 *
 * The writer's thread. What messages and sessions bring is committed group by group, before
 * anything else; then comes what can wait, each in turns of a few milliseconds: what was ordered,
 * what was found out about messages, retention, merging the text index.
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
#include "run/clock.h"
#include "run/memory_return.h"
#include "store/database.h"
#include "store/datadir.h"
#include "store/failure.h"
#include "store/group.h"
#include "store/mailbox.h"
#include "store/recover.h"
#include "store/retain.h"
#include "store/segments.h"
#include "store/vacuum.h"

/* A writer that was idle for so long gives memory back. */
#define IDLE_US ((int64_t)2000000)
/* Turns: of what was found out about messages, of deletion. */
#define LATER_US  1000
#define DELETE_US 5000
/* Messages that one transaction of a deletion takes. */
#define DELETE_MAX 100
/*
 * Pages in the log from which on it is copied into the database: by a message's commit, 16 MiB; by
 * what can wait, fewer, since a message may come meanwhile.
 */
#define LOG_PAGES      2000
#define LOG_PAGES_TURN 500

struct store_writer {
	char *path;
	int lock_fd;
	/* the thread's alone once it runs */
	sqlite3 *db;
	struct insert *insert;
	struct prune *prune;
	struct segments segments;
	struct retain retain;
	bool retained;  /* the last that was not urgent was a turn of retention */
	bool warm;      /* it has committed since it last gave memory back */
	bool cut;       /* the log is to be cut when no reader is in the way */
	bool durable;   /* a commit waits for the disk */
	int log_pages;  /* after the last commit */
	size_t ordered; /* how many ids of the first order are done */
	/* shared, under the mutex */
	pthread_mutex_t mutex;
	pthread_cond_t queued;
	struct job_queue queue;
	struct job_queue orders; /* DELETE, VACUUM */
	struct job_queue later;  /* OPINION, WALK */
	struct store_retention retention;
	bool retention_new;
	bool stopping;
	void (*committed)(void *arg); /* NULL: nobody watches */
	void *committed_arg;
	pthread_t thread;
};

enum work {
	WORK_NONE,
	WORK_GROUP,
	WORK_ORDER,
	WORK_LATER,
	WORK_RETAIN,
	WORK_MERGE,
	WORK_END,
};

static bool hurried(void *arg)
{
	struct store_writer *w = arg;
	bool waits;

	pthread_mutex_lock(&w->mutex);
	waits = !STAILQ_EMPTY(&w->queue);
	pthread_mutex_unlock(&w->mutex);
	return waits;
}

/* SQLite keeps every page that it wrote, up to its cache's size. */
static void give_memory_back(struct store_writer *w)
{
	pthread_mutex_unlock(&w->mutex);
	w->cut = w->cut && !vacuum_cut_log(w->db, 0);
	sqlite3_db_release_memory(w->db);
	memory_return();
	pthread_mutex_lock(&w->mutex);
	w->warm = w->cut;
}

/* Microseconds until something is to be done without a job; -1: nothing is. */
static int64_t patience(const struct store_writer *w)
{
	int64_t retain = retain_patience(&w->retain, clock_steady_us());

	if (w->warm && (retain < 0 || retain > IDLE_US))
		return IDLE_US;
	return retain;
}

static void wait_for_jobs(struct store_writer *w)
{
	int64_t us = patience(w);
	struct timespec until;

	if (us < 0) {
		pthread_cond_wait(&w->queued, &w->mutex);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(us / 1000000);
	until.tv_nsec += (long)(us % 1000000) * 1000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	if (pthread_cond_clockwait(&w->queued, &w->mutex, CLOCK_MONOTONIC, &until) == ETIMEDOUT &&
	    w->warm && us == IDLE_US)
		give_memory_back(w);
}

/* What comes next, while the mutex is held. Who stops the writer waits for jobs, not for the rest.
 */
static enum work choose(struct store_writer *w)
{
	bool later = !STAILQ_EMPTY(&w->later);
	bool retain;

	if (w->retention_new)
		retain_limit(&w->retain, &w->retention);
	w->retention_new = false;
	retain = !w->stopping && retain_due(&w->retain, clock_steady_us());
	if (!STAILQ_EMPTY(&w->queue))
		return WORK_GROUP;
	if (segments_pressing(&w->segments))
		return WORK_MERGE;
	if (!STAILQ_EMPTY(&w->orders))
		return WORK_ORDER;
	if (retain && !(later && w->retained))
		return WORK_RETAIN;
	if (later)
		return WORK_LATER;
	if (w->stopping)
		return WORK_END;
	return segments_due(&w->segments) ? WORK_MERGE : WORK_NONE;
}

static enum work next_work(struct store_writer *w, struct group *g)
{
	enum work work;

	g->count = 0;
	pthread_mutex_lock(&w->mutex);
	while ((work = choose(w)) == WORK_NONE)
		wait_for_jobs(w);
	if (work == WORK_GROUP)
		group_fill(g, &w->queue);
	pthread_mutex_unlock(&w->mutex);
	return work;
}

/*
 * What can be found out again need not be on the disk when the turn ends: the next commit that is
 * durable takes it along.
 */
static void set_durable(struct store_writer *w, bool durable)
{
	if (w->durable == durable)
		return;
	sqlite3_exec(w->db, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
	    NULL, NULL, NULL);
	w->durable = durable;
}

static void tell(struct store_writer *w)
{
	pthread_mutex_lock(&w->mutex);
	if (w->committed != NULL)
		w->committed(w->committed_arg);
	pthread_mutex_unlock(&w->mutex);
}

static void run_group(struct store_writer *w, const struct group *g)
{
	group_commit(g, w->insert);
	for (size_t i = 0; i < g->count; i++)
		if (g->jobs[i]->kind == STORE_JOB_MESSAGE && !g->jobs[i]->failed)
			retain_stored(&w->retain, g->jobs[i]->message->size);
	if (group_send_back(g))
		tell(w);
}

/* A turn that takes jobs. */
struct taking {
	struct store_writer *writer;
	struct turn turn;
	bool begun;
};

static struct store_job *take_later(void *arg)
{
	struct taking *k = arg;
	struct store_writer *w = k->writer;
	struct store_job *job;

	if (k->begun && turn_over(&k->turn))
		return NULL;
	k->begun = true;
	pthread_mutex_lock(&w->mutex);
	job = STAILQ_FIRST(&w->later);
	if (job != NULL)
		STAILQ_REMOVE_HEAD(&w->later, link);
	pthread_mutex_unlock(&w->mutex);
	return job;
}

static void run_later(struct store_writer *w, struct group *g)
{
	struct taking k = {w, turn_begin(hurried, w, LATER_US), false};

	group_gather(g, w->insert, take_later, &k);
	for (size_t i = 0; i < g->count; i++) {
		const struct store_job *job = g->jobs[i];

		if (job->kind == STORE_JOB_WALK && !job->failed)
			segments_owe(&w->segments, span_from(job->walk->text).len);
	}
	group_send_back(g);
}

static int delete_some(struct store_writer *w, const struct store_job *job,
    struct prune_count *count, struct error *err)
{
	struct turn turn = turn_begin(hurried, w, DELETE_US);
	size_t end =
	    job->id_count - w->ordered > DELETE_MAX ? w->ordered + DELETE_MAX : job->id_count;

	while (w->ordered < end) {
		if (prune_id(w->prune, job->ids[w->ordered], count, err) < 0)
			return -1;
		w->ordered++;
		if (turn_over(&turn))
			break;
	}
	return 0;
}

/* One transaction; whether the job is over. */
static bool run_delete(struct store_writer *w, struct store_job *job)
{
	struct prune_count count = {0};
	struct error err;

	if (insert_begin(w->insert, &err) < 0) {
		group_fail(job, &err);
		return true;
	}
	if (delete_some(w, job, &count, &err) < 0 || insert_commit(w->insert, &err) < 0) {
		insert_rollback(w->insert);
		group_fail(job, &err);
		return true;
	}
	retain_deleted(&w->retain, &count);
	segments_owe_deleted(&w->segments, count.messages);
	job->deleted += count.messages;
	return w->ordered == job->id_count;
}

static void run_vacuum(struct store_writer *w, struct store_job *job)
{
	struct vacuum_sizes sizes = {0, 0};
	struct error err;

	if (vacuum_run(w->db, w->path, &sizes, &err) < 0)
		group_fail(job, &err);
	job->before = sizes.before;
	job->after = sizes.after;
	w->cut = true;
}

static void run_order(struct store_writer *w)
{
	struct store_job *job;
	bool done = true;

	pthread_mutex_lock(&w->mutex);
	job = STAILQ_FIRST(&w->orders);
	pthread_mutex_unlock(&w->mutex);
	if (job->kind == STORE_JOB_VACUUM)
		run_vacuum(w, job);
	else
		done = run_delete(w, job);
	if (!done)
		return;
	pthread_mutex_lock(&w->mutex);
	STAILQ_REMOVE_HEAD(&w->orders, link);
	pthread_mutex_unlock(&w->mutex);
	w->ordered = 0;
	mailbox_put(job->mailbox, job);
}

static void run_retain(struct store_writer *w)
{
	struct turn turn = turn_begin(hurried, w, DELETE_US);

	segments_owe_deleted(&w->segments, retain_turn(&w->retain, w->prune, w->insert, &turn));
}

static void perform(struct store_writer *w, enum work work, struct group *g)
{
	set_durable(w, work == WORK_GROUP || work == WORK_ORDER);
	switch (work) {
	case WORK_GROUP:
		run_group(w, g);
		break;
	case WORK_ORDER:
		run_order(w);
		break;
	case WORK_LATER:
		run_later(w, g);
		break;
	case WORK_RETAIN:
		run_retain(w);
		break;
	case WORK_MERGE:
		segments_step(&w->segments);
		break;
	case WORK_NONE:
	case WORK_END:
		break;
	}
	if (work == WORK_RETAIN || work == WORK_LATER)
		w->retained = work == WORK_RETAIN;
}

/* After the jobs are back, so that those who wait for them do not wait for this. */
static void empty_log(struct store_writer *w, enum work work)
{
	bool full = w->log_pages >= LOG_PAGES;

	if (full || (work != WORK_GROUP && w->log_pages >= LOG_PAGES_TURN && !hurried(w)))
		sqlite3_wal_checkpoint_v2(w->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static int note_log(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct store_writer *w = arg;

	(void)db, (void)name;
	w->log_pages = pages;
	return SQLITE_OK;
}

/* Closing copies what is in the log into the database, as far as there is room. */
static void close_database(struct store_writer *w)
{
	segments_close(&w->segments);
	prune_free(w->prune);
	insert_free(w->insert);
	sqlite3_close(w->db);
}

static void *run(void *arg)
{
	struct store_writer *w = arg;
	enum work work;
	struct group g;

	while ((work = next_work(w, &g)) != WORK_END) {
		perform(w, work, &g);
		empty_log(w, work);
		w->warm = true;
	}
	retain_log(&w->retain, clock_steady_us());
	/* here, where a file that becomes too large is a failure, and no signal that ends
	 * everything */
	close_database(w);
	return NULL;
}

/* The thread does not run, and the database is closed. */
static void destroy(struct store_writer *w)
{
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
	w->durable = true;
	sqlite3_wal_hook(w->db, note_log, w);
	w->insert = insert_new(w->db, w->path, err);
	w->prune = prune_new(w->db, w->path, err);
	if (w->insert == NULL || w->prune == NULL)
		return -1;
	return segments_open(&w->segments, w->db, w->path, err);
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
	STAILQ_INIT(&w->orders);
	STAILQ_INIT(&w->later);
	if (open_all(w, data_dir, err) < 0) {
		close_database(w);
		destroy(w);
		return NULL;
	}
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->queued, NULL);
	if (start_thread(w, err) < 0) {
		pthread_cond_destroy(&w->queued);
		pthread_mutex_destroy(&w->mutex);
		close_database(w);
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

void store_writer_retain(struct store_writer *w, const struct store_retention *r)
{
	pthread_mutex_lock(&w->mutex);
	w->retention = *r;
	w->retention_new = true;
	pthread_cond_signal(&w->queued);
	pthread_mutex_unlock(&w->mutex);
}

static struct job_queue *queue_of(struct store_writer *w, enum store_job_kind kind)
{
	switch (kind) {
	case STORE_JOB_MESSAGE:
	case STORE_JOB_SESSION:
		break;
	case STORE_JOB_OPINION:
	case STORE_JOB_WALK:
		return &w->later;
	case STORE_JOB_DELETE:
	case STORE_JOB_VACUUM:
		return &w->orders;
	}
	return &w->queue;
}

void store_writer_queue(struct store_writer *w, struct store_job *job)
{
	job->failed = false;
	job->deleted = job->before = job->after = 0;
	pthread_mutex_lock(&w->mutex);
	assert(!w->stopping);
	STAILQ_INSERT_TAIL(queue_of(w, job->kind), job, link);
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
