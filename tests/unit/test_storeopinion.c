/*
 * SPDX-License-Identifier: ISC
 *
 * Opinions in the store: which message is next, their rows beside those that are there, and that
 * they wait for every other job.
 */
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "sample.h"
#include "store/store.h"
#include "store/writer.h"
#include "unit.h"

static char *dir;
static struct arena *arena;
static struct store_writer *writer;
static struct store *store;
static struct error err;

static void set_up(void)
{
	dir = sample_dir();
	arena = arena_new();
	writer = store_writer_start(dir, &err);
	ck_assert_msg(writer != NULL, "%s", err.text);
	store = store_open_reader(dir, &err);
	ck_assert_msg(store != NULL, "%s", err.text);
}

static void tear_down(void)
{
	store_close(store);
	store_writer_stop(writer);
	arena_free(arena);
	sample_dir_free(dir);
}

static void add_message(unsigned n)
{
	struct record_session *s = sample_session(arena, n);

	ck_assert(sample_write(writer, s, sample_message(arena, n, s), SPAN("x")));
}

/* What is said of the n-th message: one agrees, one does not, one is unavailable. */
static struct record_message *said_of(unsigned n)
{
	static const struct record_opinion opinions[] = {
	    {"libspf2 1.2.10", "spf", "pass", RECORD_AGREES_NO, "it is so"},
	    {"libopendmarc 1.4.2", "dmarc", "fail", RECORD_AGREES_YES, "it is as well"},
	    {"another", "dkim", "unavailable", RECORD_AGREES_UNKNOWN, NULL},
	};
	struct record_message *m = arena_alloc(arena, sizeof(*m));

	m->id = sample_id(arena, n);
	m->opinions = opinions;
	m->opinion_count = ARRAY_SIZE(opinions);
	finding_add(&m->findings, arena, FINDING_RECEIVERS_DISAGREE, "they do not agree");
	return m;
}

static struct store_job job_of(const struct record_message *m, struct sample_box *box)
{
	return (struct store_job){
	    .kind = STORE_JOB_OPINION, .mailbox = sample_mailbox(box), .message = m};
}

static void write_opinions(const struct record_message *m)
{
	struct sample_box *box = sample_box_new();
	struct store_job job = job_of(m, box);

	store_writer_queue(writer, &job);
	ck_assert_msg(!sample_wait(box)->failed, "%s", job.error.text);
	sample_box_free(box);
}

static struct record_message *read_message(unsigned n)
{
	struct record_message *m = arena_alloc(arena, sizeof(*m));

	ck_assert_msg(
	    store_message(store, sample_id(arena, n), arena, m, &err) == 0, "%s", err.text);
	return m;
}

START_TEST(keeps_opinions)
{
	const struct record_message *before, *after, *said;
	size_t n;

	set_up();
	add_message(1);
	add_message(2);
	before = read_message(1);
	ck_assert_uint_eq(before->opinion_count, 0);
	said = said_of(1);
	write_opinions(said);
	after = read_message(1);
	ck_assert_uint_eq(after->opinion_count, said->opinion_count);
	for (size_t i = 0; i < said->opinion_count; i++) {
		ck_assert_str_eq(after->opinions[i].library, said->opinions[i].library);
		ck_assert_str_eq(after->opinions[i].check, said->opinions[i].check);
		ck_assert_str_eq(after->opinions[i].result, said->opinions[i].result);
		ck_assert_int_eq(after->opinions[i].agrees, said->opinions[i].agrees);
		ck_assert_pstr_eq(after->opinions[i].reason, said->opinions[i].reason);
	}
	/* behind the findings that were there */
	n = before->findings.count;
	ck_assert_uint_eq(after->findings.count, n + 1);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(after->findings.items[i].id, before->findings.items[i].id);
	ck_assert_int_eq(after->findings.items[n].id, FINDING_RECEIVERS_DISAGREE);
	ck_assert_str_eq(after->findings.items[n].text, "they do not agree");
	ck_assert_uint_eq(read_message(2)->opinion_count, 0);
	ck_assert_uint_eq(read_message(2)->findings.count, n);
	tear_down();
}
END_TEST

START_TEST(passes_over_what_is_gone)
{
	set_up();
	add_message(1);
	write_opinions(said_of(2));
	ck_assert_uint_eq(read_message(1)->opinion_count, 0);
	tear_down();
}
END_TEST

static void expect_next(int64_t *number, unsigned n)
{
	struct buffer evidence = BUFFER_INIT;
	struct record_message m;

	ck_assert_msg(
	    store_unasked(store, number, arena, &m, &evidence, &err) == 1, "%u: %s", n, err.text);
	ck_assert_str_eq(m.id, sample_id(arena, n));
	ck_assert_int_eq(m.observed.spf.result, AUTH_SOFTFAIL);
	ck_assert_uint_eq(m.observed.dkim_count, 2);
	ck_assert_str_eq(m.session->client.helo, sample_session(arena, n)->client.helo);
	unit_span_eq(
	    "evidence", buffer_span(&evidence), "example.com. 60 IN TXT \"v=spf1 ~all\"\n");
	buffer_clear(&evidence);
}

static void expect_no_next(int64_t number)
{
	struct buffer evidence = BUFFER_INIT;
	struct record_message m;

	ck_assert_int_eq(store_unasked(store, &number, arena, &m, &evidence, &err), 0);
	ck_assert_uint_eq(evidence.len, 0);
}

START_TEST(reads_one_after_the_other)
{
	int64_t number = -1, newest;

	set_up();
	ck_assert_int_eq(store_asked(store, &number, &err), 0);
	ck_assert_int_eq(number, 0);
	expect_no_next(0);
	for (unsigned n = 0; n < 3; n++)
		add_message(n);
	for (unsigned n = 0; n < 3; n++)
		expect_next(&number, n);
	expect_no_next(number);
	/* without any opinion the newest is where to begin, else the last that has one */
	ck_assert_int_eq(store_asked(store, &newest, &err), 0);
	ck_assert_int_eq(newest, number);
	write_opinions(said_of(0));
	write_opinions(said_of(1));
	ck_assert_int_eq(store_asked(store, &number, &err), 0);
	expect_next(&number, 2);
	tear_down();
}
END_TEST

/* A mailbox that holds the writer up until it is let go, and then tells in which order jobs come.
 */
struct gate {
	struct store_mailbox *mailbox;
	sem_t here, go;
	bool held;
};

static void hold(void *arg)
{
	struct gate *g = arg;

	if (g->held)
		return;
	g->held = true;
	sem_post(&g->here);
	sem_wait(&g->go);
}

START_TEST(lets_other_jobs_go_first)
{
	struct gate gate = {.held = false};
	struct sample_box *box;
	struct record_session *s;
	struct store_job first, opinion, message;

	set_up();
	s = sample_session(arena, 1);
	box = sample_box_new();
	sem_init(&gate.here, 0, 0);
	sem_init(&gate.go, 0, 0);
	gate.mailbox = store_mailbox_new(hold, &gate);
	first =
	    (struct store_job){.kind = STORE_JOB_SESSION, .mailbox = gate.mailbox, .session = s};
	store_writer_queue(writer, &first);
	sem_wait(&gate.here);
	/* both wait now, the opinion for longer */
	opinion = job_of(said_of(1), box);
	message = (struct store_job){.kind = STORE_JOB_MESSAGE,
	    .mailbox = sample_mailbox(box),
	    .session = s,
	    .message = sample_message(arena, 1, s),
	    .source = SPAN("x")};
	store_writer_queue(writer, &opinion);
	store_writer_queue(writer, &message);
	sem_post(&gate.go);
	ck_assert_ptr_eq(sample_wait(box), &message);
	ck_assert_ptr_eq(sample_wait(box), &opinion);
	ck_assert_uint_eq(read_message(1)->opinion_count, 3);
	ck_assert_ptr_eq(store_mailbox_take(gate.mailbox), &first);
	store_mailbox_free(gate.mailbox);
	sample_box_free(box);
	sem_destroy(&gate.here);
	sem_destroy(&gate.go);
	tear_down();
}
END_TEST

static void count(void *arg)
{
	sem_post(arg);
}

static int told(sem_t *watch)
{
	int value;

	sem_getvalue(watch, &value);
	return value;
}

/* Stopping commits what is queued and ends the thread, so that nothing is told afterwards. */
static void restart(void)
{
	store_writer_stop(writer);
	writer = store_writer_start(dir, &err);
	ck_assert_msg(writer != NULL, "%s", err.text);
}

START_TEST(tells_of_messages)
{
	sem_t watch;

	set_up();
	sem_init(&watch, 0, 0);
	store_writer_watch(writer, count, &watch);
	add_message(1);
	add_message(2);
	sem_wait(&watch);
	sem_wait(&watch);
	ck_assert(sample_write(writer, sample_session(arena, 7), NULL, SPAN("")));
	write_opinions(said_of(1));
	/* a message that cannot be stored: its id is taken */
	ck_assert(!sample_write(writer, sample_session(arena, 1),
	    sample_message(arena, 1, sample_session(arena, 1)), SPAN("x")));
	restart();
	ck_assert_int_eq(told(&watch), 0);
	store_writer_watch(writer, count, &watch);
	store_writer_watch(writer, NULL, NULL);
	add_message(3);
	restart();
	ck_assert_int_eq(told(&watch), 0);
	sem_destroy(&watch);
	tear_down();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {keeps_opinions, passes_over_what_is_gone,
	    reads_one_after_the_other, lets_other_jobs_go_first, tells_of_messages, NULL};

	return unit_main("storeopinion", tests);
}
