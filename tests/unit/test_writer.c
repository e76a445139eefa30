/*
 * SPDX-License-Identifier: ISC
 *
 * The writer: groups from several threads, a bad job among good ones, a full disk, an end without
 * warning.
 */
#include "store/writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "sample.h"
#include "store/store.h"
#include "unit.h"

#define THREADS    4
#define PER_THREAD 250

static ptrdiff_t count_messages(const char *dir)
{
	static const struct store_filter all = {0};
	struct error err = {.text = ""};
	struct store *s = store_open_reader(dir, &err);
	ptrdiff_t count;

	ck_assert_msg(s != NULL, "%s", err.text);
	count = store_count(s, &all, &err);
	store_close(s);
	return count;
}

/* The n-th message's source: its number, so that a mix-up shows. */
static struct span source_of(struct arena *a, unsigned n)
{
	return span_from(arena_printf(a, "Subject: %u\r\n\r\n%0*u\r\n", n, (int)(n % 3000), n));
}

struct worker {
	pthread_t thread;
	struct store_writer *writer;
	unsigned first;
	unsigned good;
};

/* Queues all of its jobs at once and then takes them back. */
static void *work(void *arg)
{
	struct worker *k = arg;
	struct arena *a = arena_new();
	struct sample_box *box = sample_box_new();
	struct record_session *s = sample_session(a, k->first);
	struct store_job *jobs = memory_new(PER_THREAD * sizeof(*jobs));

	for (unsigned i = 0; i < PER_THREAD; i++) {
		jobs[i] = (struct store_job){.kind = STORE_JOB_MESSAGE,
		    .mailbox = sample_mailbox(box),
		    .session = s,
		    .message = sample_message(a, k->first + i, s),
		    .source = source_of(a, k->first + i)};
		store_writer_queue(k->writer, &jobs[i]);
	}
	for (unsigned i = 0; i < PER_THREAD; i++)
		k->good += !sample_wait(box)->failed;
	free(jobs);
	sample_box_free(box);
	arena_free(a);
	return NULL;
}

static void check_sources(const char *dir, unsigned count)
{
	struct arena *a = arena_new();
	struct error err = {.text = ""};
	struct store *s = store_open_reader(dir, &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	for (unsigned n = 0; n < count; n++) {
		struct buffer got = BUFFER_INIT;

		ck_assert_msg(
		    store_source(s, sample_id(a, n), &got, &err) == 0, "%u: %s", n, err.text);
		ck_assert_msg(span_equal(buffer_span(&got), source_of(a, n)), "%u", n);
		buffer_clear(&got);
	}
	store_close(s);
	arena_free(a);
}

START_TEST(several_threads_lose_nothing)
{
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct worker workers[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.writer = w, .first = i * PER_THREAD};
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		ck_assert_uint_eq(workers[i].good, PER_THREAD);
	}
	/* a reader sees it all while the writer still runs, and afterwards */
	ck_assert_int_eq(count_messages(dir), THREADS * PER_THREAD);
	store_writer_stop(w);
	ck_assert_int_eq(count_messages(dir), THREADS * PER_THREAD);
	check_sources(dir, THREADS * PER_THREAD);
	sample_dir_free(dir);
}
END_TEST

START_TEST(stop_commits_what_is_queued)
{
	enum { JOBS = 200 };
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct sample_box *box = sample_box_new();
	struct record_session *s = sample_session(a, 0);
	struct store_job jobs[JOBS];

	for (unsigned i = 0; i < JOBS; i++) {
		jobs[i] = (struct store_job){.kind = STORE_JOB_MESSAGE,
		    .mailbox = sample_mailbox(box),
		    .session = s,
		    .message = sample_small(a, i, s)};
		store_writer_queue(w, &jobs[i]);
	}
	store_writer_stop(w);
	for (unsigned i = 0; i < JOBS; i++)
		ck_assert_ptr_eq(store_mailbox_take(sample_mailbox(box)), &jobs[i]);
	ck_assert_ptr_null(store_mailbox_take(sample_mailbox(box)));
	ck_assert_int_eq(count_messages(dir), JOBS);
	sample_box_free(box);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(a_bad_job_fails_alone)
{
	enum { JOBS = 64 };
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct sample_box *box = sample_box_new();
	struct record_session *s = sample_session(a, 0);
	struct store_job jobs[JOBS];

	for (unsigned i = 0; i < JOBS; i++) {
		/* every eighth has the id of the first */
		unsigned n = i % 8 == 7 ? 0 : i;

		jobs[i] = (struct store_job){.kind = STORE_JOB_MESSAGE,
		    .mailbox = sample_mailbox(box),
		    .session = s,
		    .message = sample_message(a, n, s),
		    .source = source_of(a, n)};
		store_writer_queue(w, &jobs[i]);
	}
	for (unsigned i = 0; i < JOBS; i++)
		sample_wait(box);
	for (unsigned i = 0; i < JOBS; i++) {
		ck_assert_msg(jobs[i].failed == (i % 8 == 7), "%u", i);
		if (jobs[i].failed)
			ck_assert_msg(strstr(jobs[i].error.text, "message.id") != NULL &&
					  jobs[i].error.kind == ERROR_CANNOT,
			    "%s", jobs[i].error.text);
	}
	ck_assert_int_eq(count_messages(dir), JOBS - JOBS / 8);
	store_writer_stop(w);
	sample_box_free(box);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

static void limit_files(rlim_t soft)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = soft;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_fails_the_job_and_passes)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct sample_box *box = sample_box_new();
	struct record_session *s = sample_session(a, 0);
	struct span big = span_of(memory_new(3 << 20), 3 << 20);
	struct store_job job = {.kind = STORE_JOB_MESSAGE,
	    .mailbox = sample_mailbox(box),
	    .session = s,
	    .message = sample_message(a, 1, s),
	    .source = big};

	signal(SIGXFSZ, SIG_IGN);
	ck_assert(sample_write(w, s, sample_message(a, 0, s), SPAN("before")));
	limit_files(1 << 20);
	store_writer_queue(w, &job);
	sample_wait(box);
	ck_assert(job.failed);
	ck_assert_msg(strstr(job.error.text, "the disk is full") != NULL, "%s", job.error.text);
	/* what is small enough still goes in, and the large one does once there is room */
	ck_assert(sample_write(w, s, sample_message(a, 2, s), SPAN("between")));
	ck_assert_int_eq(count_messages(dir), 2);
	limit_files(RLIM_INFINITY);
	store_writer_queue(w, &job);
	sample_wait(box);
	ck_assert_msg(!job.failed, "%s", job.error.text);
	store_writer_stop(w);
	ck_assert_int_eq(count_messages(dir), 3);
	free((void *)(uintptr_t)big.data);
	sample_box_free(box);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(a_full_disk_is_refused_at_the_start)
{
	char *dir = sample_dir();
	struct error err = {.text = ""};

	signal(SIGXFSZ, SIG_IGN);
	limit_files(10000);
	ck_assert_ptr_null(store_writer_start(dir, &err));
	ck_assert_msg(strstr(err.text, "the disk is full") != NULL && err.kind == ERROR_CANNOT,
	    "%s", err.text);
	limit_files(RLIM_INFINITY);
	store_writer_stop(sample_writer(dir));
	sample_dir_free(dir);
}
END_TEST

START_TEST(a_second_writer_is_refused)
{
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct error err = {.text = ""};

	ck_assert_ptr_null(store_writer_start(dir, &err));
	ck_assert_msg(strstr(err.text, "another mailassay serves") != NULL, "%s", err.text);
	store_writer_stop(w);
	store_writer_stop(sample_writer(dir));
	sample_dir_free(dir);
}
END_TEST

START_TEST(the_group_can_read_the_files)
{
	static const char *const names[] = {"mailassay.db", "mailassay.db-wal", "mailassay.db-shm"};
	struct arena *a = arena_new();
	char *base = sample_dir();
	const char *dir = sample_path(a, base, "data");
	struct stat st;

	umask(077);
	store_writer_stop(sample_writer(dir));
	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert_int_eq((int)(st.st_mode & 07777), 0750);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		ck_assert_msg(stat(sample_path(a, dir, names[i]), &st) == 0, "%s", names[i]);
		ck_assert_msg((st.st_mode & 07777) == 0640, "%s", names[i]);
	}
	sample_dir_free(base);
	arena_free(a);
}
END_TEST

/* Writes messages for ever, and the number of each to the pipe once it is committed. */
static void write_until_killed(const char *dir, int out)
{
	struct arena *a = arena_new();
	struct store_writer *w = sample_writer(dir);
	struct sample_box *box = sample_box_new();
	struct record_session *s = sample_session(a, 0);

	for (unsigned first = 0;; first += 20) {
		struct store_job jobs[20];

		for (unsigned i = 0; i < 20; i++) {
			jobs[i] = (struct store_job){.kind = STORE_JOB_MESSAGE,
			    .mailbox = sample_mailbox(box),
			    .session = s,
			    .message = sample_message(a, first + i, s),
			    .source = source_of(a, first + i)};
			store_writer_queue(w, &jobs[i]);
		}
		for (unsigned i = 0; i < 20; i++) {
			unsigned n = first + (unsigned)(sample_wait(box) - jobs);

			if (write(out, &n, sizeof(n)) != sizeof(n))
				_exit(1);
		}
	}
}

START_TEST(a_kill_loses_nothing_that_was_committed)
{
	char *dir = sample_dir();
	unsigned n, count = 0;
	int ends[2], status;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		write_until_killed(dir, ends[1]);
	close(ends[1]);
	while (read(ends[0], &n, sizeof(n)) == sizeof(n)) {
		/* the jobs come back in their order */
		ck_assert_uint_eq(n, count);
		if (++count == 300)
			ck_assert_int_eq(kill(child, SIGKILL), 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_uint_ge(count, 300);
	ck_assert_int_ge(count_messages(dir), count);
	check_sources(dir, count);
	/* a new writer takes over what the old one left */
	store_writer_stop(sample_writer(dir));
	check_sources(dir, count);
	close(ends[0]);
	sample_dir_free(dir);
}
END_TEST

START_TEST(stopping_nothing_is_fine)
{
	store_writer_stop(NULL);
	store_mailbox_free(NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {several_threads_lose_nothing, stop_commits_what_is_queued,
	    a_bad_job_fails_alone, a_full_disk_fails_the_job_and_passes,
	    a_full_disk_is_refused_at_the_start, a_second_writer_is_refused,
	    the_group_can_read_the_files, a_kill_loses_nothing_that_was_committed,
	    stopping_nothing_is_fine, NULL};

	return unit_main("writer", tests);
}
