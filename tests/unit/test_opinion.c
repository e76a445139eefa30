/*
 * SPDX-License-Identifier: ISC
 *
 * Second opinions against a double of the process that gives them: good answers, and every way of
 * giving none. Each leaves its rows within a bounded time, and the next message its own.
 */
#include "opinion/opinion.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "opinion_double.h"
#include "run/clock.h"
#include "run/log.h"
#include "sample.h"
#include "store/store.h"
#include "unit.h"

static const char EVIDENCE[] = ";; known.example. A NXDOMAIN\n";

/* The gateway of one test. */
static struct {
	char *dir;
	struct arena *arena;
	struct loop *loop;
	struct store_writer *writer;
	struct store *store;
	struct dns_zones *zones;
	struct conf_settings settings;
	int dead_fd; /* a name server that never answers */
	char dead[32];
	const char *servers[1];
	struct opinion *opinion;
	unsigned messages;
} t;

static void open_dead_server(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sin);

	t.dead_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(t.dead_fd, (struct sockaddr *)&sin, len), 0);
	ck_assert_int_eq(getsockname(t.dead_fd, (struct sockaddr *)&sin, &len), 0);
	snprintf(t.dead, sizeof(t.dead), "127.0.0.1:%u", ntohs(sin.sin_port));
	t.servers[0] = t.dead;
	t.settings.dns = (struct conf_list){t.servers, 1};
	t.settings.dns_timeout_ms = 200;
}

static void set_up(void)
{
	struct error err = {.text = ""};

	memset(&t, 0, sizeof(t));
	log_set_level(CONF_LOG_ERROR);
	t.dir = sample_dir();
	t.arena = arena_new();
	t.loop = loop_new();
	t.writer = store_writer_start(t.dir, &err);
	ck_assert_msg(t.writer != NULL, "%s", err.text);
	t.store = store_open_reader(t.dir, &err);
	ck_assert_msg(t.store != NULL, "%s", err.text);
	open_dead_server();
}

static void stop(void)
{
	store_writer_watch(t.writer, NULL, NULL);
	opinion_stop(t.opinion);
	t.opinion = NULL;
	ck_assert_msg(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "a process is left");
}

static void tear_down(void)
{
	stop();
	close(t.dead_fd);
	dns_zones_free(t.zones);
	store_close(t.store);
	store_writer_stop(t.writer);
	loop_free(t.loop);
	arena_free(t.arena);
	sample_dir_free(t.dir);
}

/* The test's program under the name of what the double is to do. */
static const char *program_for(const char *mode)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *path = sample_path(t.arena, t.dir, mode);

	ck_assert(n > 0);
	self[n] = '\0';
	ck_assert(symlink(self, path) == 0 || errno == EEXIST);
	return path;
}

static void wake_opinion(void *arg)
{
	opinion_wake(arg);
}

/* As the gateway does: told of each commit. */
static void start_with(const struct opinion_options *options)
{
	struct error err = {.text = ""};

	t.opinion = opinion_start(options, &err);
	ck_assert_msg(t.opinion != NULL, "%s", err.text);
	store_writer_watch(t.writer, wake_opinion, t.opinion);
}

static void start_program(const char *program)
{
	const struct opinion_options options = {
	    .loop = t.loop,
	    .data_dir = t.dir,
	    .zones = t.zones,
	    .settings = &t.settings,
	    .writer = t.writer,
	    .program = program,
	    .answer_ms = 400,
	    .start_ms = 10000,
	    .back_off_ms = 60000,
	};

	start_with(&options);
}

static void start(const char *mode)
{
	start_program(program_for(mode));
}

/* Stores the next message; its number grows by one. */
static void store_message_with(struct span evidence)
{
	struct record_session *s = sample_session(t.arena, t.messages);
	struct sample_box *box = sample_box_new();
	struct store_job job = {
	    .kind = STORE_JOB_MESSAGE,
	    .mailbox = sample_mailbox(box),
	    .session = s,
	    .message = sample_message(t.arena, t.messages, s),
	    .source = SPAN("Subject: x\r\n\r\n"),
	    .evidence = evidence,
	};

	t.messages++;
	store_writer_queue(t.writer, &job);
	ck_assert(!sample_wait(box)->failed);
	sample_box_free(box);
}

static void store_one(void)
{
	store_message_with(span_from(EVIDENCE));
}

static const struct record_message *read_message(unsigned n)
{
	struct record_message *m = arena_alloc(t.arena, sizeof(*m));
	struct error err = {.text = ""};

	ck_assert_msg(
	    store_message(t.store, sample_id(t.arena, n), t.arena, m, &err) == 0, "%s", err.text);
	return m;
}

static void set_flag(void *flag)
{
	*(bool *)flag = true;
}

/* Runs the loop until the message has opinions. */
static const struct record_message *await(unsigned n)
{
	bool late = false;
	struct loop_timer *limit = loop_timer_new(t.loop, set_flag, &late);
	const struct record_message *m;

	loop_timer_arm(limit, 50000);
	while ((m = read_message(n))->opinion_count == 0 && !late)
		loop_once(t.loop);
	loop_timer_free(limit);
	ck_assert_msg(!late, "message %u got no opinions", n);
	return m;
}

static const struct finding *disagreement(const struct record_message *m)
{
	const struct finding *found = NULL;

	for (size_t i = 0; i < m->findings.count; i++)
		if (m->findings.items[i].id == FINDING_RECEIVERS_DISAGREE) {
			ck_assert_msg(i + 1 == m->findings.count, "it is not the last one");
			found = &m->findings.items[i];
		}
	return found;
}

static void expect_opinion(const struct record_message *m, size_t i, const char *library,
    const char *check, const char *result)
{
	const struct record_opinion *o = &m->opinions[i];

	ck_assert_uint_eq(m->opinion_count, 2);
	ck_assert_msg(strncmp(o->library, library, strlen(library)) == 0, "%s", o->library);
	ck_assert_str_eq(o->check, check);
	ck_assert_msg(strcmp(o->result, result) == 0, "%s: %s", o->result, o->reason);
}

static void expect_unavailable(const struct record_message *m, const char *reason)
{
	expect_opinion(m, 0, "libspf2 ", "spf", "unavailable");
	expect_opinion(m, 1, "libopendmarc", "dmarc", "unavailable");
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(m->opinions[i].agrees, RECORD_AGREES_UNKNOWN);
		ck_assert_msg(
		    strstr(m->opinions[i].reason, reason) != NULL, "%s", m->opinions[i].reason);
	}
	ck_assert_ptr_null(disagreement(m));
}

/* What the double says of a sample, whose SPF is softfail and whose DMARC is fail. */
static void expect_answer(const struct record_message *m)
{
	expect_opinion(m, 0, "libspf2 ", "spf", "pass");
	expect_opinion(m, 1, "libopendmarc", "dmarc", "fail");
	ck_assert_int_eq(m->opinions[0].agrees, RECORD_AGREES_NO);
	ck_assert_int_eq(m->opinions[1].agrees, RECORD_AGREES_YES);
	ck_assert_str_eq(m->opinions[0].reason, "the double says so");
}

static size_t starts(void)
{
	struct stat st;

	return stat(sample_path(t.arena, t.dir, "starts"), &st) == 0 ? (size_t)st.st_size : 0;
}

START_TEST(stores_what_was_said)
{
	const struct finding *f;
	const struct record_message *m;

	start("answer");
	for (unsigned n = 0; n < 100; n++)
		store_one();
	for (unsigned n = 0; n < 100; n++)
		expect_answer(await(n));
	m = read_message(7);
	f = disagreement(m);
	ck_assert_ptr_nonnull(f);
	ck_assert_str_eq(f->text, arena_printf(t.arena,
				      "%s says spf pass where the standard says softfail: the "
				      "double says so",
				      m->opinions[0].library));
	ck_assert_uint_eq(starts(), 1);
}
END_TEST

/* Where the double fails with this reason, and how often it is started for two messages. */
static const struct {
	const char *mode, *reason;
} FAILURES[] = {
    {"crash", "crashed (signal 11"},
    {"hang", "gave no answer in time"},
    {"silent", "gave no answer in time"},
    {"garbage", "sent garbage: a frame of kind"},
    {"chatter", "sent garbage: it said more than was asked"},
    {"close", "was killed or closed its socket"},
    {"quit", "ended (exit code 3)"},
    {"ready", "answered something else than was asked"},
    {"refuse", "it has no sand"},
    {"early", "answered before it was ready"},
    {"die", "ended (exit code 3)"},
};

START_TEST(survives_failures)
{
	int64_t began = clock_steady_us();

	start(FAILURES[_i].mode);
	for (unsigned n = 0; n < 2; n++) {
		store_one();
		expect_unavailable(await(n), FAILURES[_i].reason);
	}
	ck_assert_uint_eq(starts(), 2);
	ck_assert_int_lt(clock_steady_us() - began, 20000000);
	/* Another process, and all is well. */
	stop();
	start("answer");
	store_one();
	expect_answer(await(2));
}
END_TEST

START_TEST(is_started_again)
{
	start("once");
	store_one();
	store_one();
	expect_unavailable(await(0), "crashed");
	expect_answer(await(1));
	ck_assert_uint_eq(starts(), 2);
}
END_TEST

START_TEST(gives_up_on_a_mute_start)
{
	const struct opinion_options options = {.loop = t.loop,
	    .data_dir = t.dir,
	    .settings = &t.settings,
	    .writer = t.writer,
	    .program = program_for("mute"),
	    .start_ms = 300};

	start_with(&options);
	store_one();
	expect_unavailable(await(0), "did not become ready in time");
}
END_TEST

/* A process that always dies is left alone after a while; its messages wait for nothing. */
START_TEST(backs_off)
{
	start("die");
	for (unsigned n = 0; n < 50; n++)
		store_one();
	for (unsigned n = 0; n < 50; n++)
		await(n);
	expect_unavailable(read_message(2), "exit code 3");
	expect_unavailable(read_message(3), "failed several times in a row");
	expect_unavailable(read_message(49), "failed several times in a row");
	ck_assert_uint_eq(starts(), 3);
}
END_TEST

START_TEST(needs_a_program)
{
	start_program("/nonexistent/program");
	store_one();
	expect_unavailable(await(0), "could not be started: No such file or directory");
}
END_TEST

static void add_zone(void)
{
	struct error err = {.text = ""};

	t.zones = dns_zones_new();
	ck_assert_msg(dns_zones_add(t.zones, "n.zone",
			  SPAN("$ORIGIN zone.\nn1 60 IN TXT \"known\"\n"), &err) == 0,
	    "%s", err.text);
}

START_TEST(resolves_what_is_needed)
{
	add_zone();
	start("needs");
	store_one();
	expect_answer(await(0));
	ck_assert_uint_eq(starts(), 1);
}
END_TEST

/* New zones count at once, also for the message that is asked about. */
START_TEST(takes_new_zones)
{
	struct error err = {.text = ""};

	t.settings.dns_timeout_ms = 60000;
	start("needs");
	store_one();
	while (starts() == 0)
		loop_once(t.loop);
	add_zone();
	ck_assert_msg(opinion_zones(t.opinion, t.zones, &err) == 0, "%s", err.text);
	expect_answer(await(0));
	ck_assert_uint_eq(starts(), 2);
	store_one();
	expect_answer(await(1));
	/* and none at all */
	ck_assert_int_eq(opinion_zones(t.opinion, NULL, &err), 0);
	dns_zones_free(t.zones);
	t.zones = NULL;
	t.settings.dns_timeout_ms = 200;
	store_one();
	await(2);
}
END_TEST

START_TEST(resolves_within_the_time)
{
	start("needs");
	store_one();
	store_one();
	for (unsigned n = 0; n < 2; n++)
		expect_opinion(await(n), 0, "libspf2 ", "spf", "temperror");
	ck_assert_uint_eq(starts(), 1);
}
END_TEST

START_TEST(bounds_the_rounds)
{
	add_zone();
	start("endless");
	store_one();
	store_one();
	expect_unavailable(await(0), "more rounds of DNS lookups");
	expect_unavailable(await(1), "more rounds of DNS lookups");
}
END_TEST

START_TEST(bounds_what_is_handed_over)
{
	struct buffer evidence = BUFFER_INIT;

	while (evidence.len <= (9U << 20))
		buffer_printf(&evidence, ";; n%zu.example. A NXDOMAIN\n", evidence.len);
	start("answer");
	store_message_with(buffer_span(&evidence));
	store_one();
	expect_unavailable(await(0), "too many to hand over");
	expect_answer(await(1));
	buffer_clear(&evidence);
}
END_TEST

/* What was stored before opinions began is left alone; what came while they were off is not. */
START_TEST(goes_on_where_it_was)
{
	store_one();
	start("answer");
	store_one();
	expect_answer(await(1));
	stop();
	store_one();
	store_one();
	ck_assert_uint_eq(read_message(2)->opinion_count, 0);
	start("answer");
	expect_answer(await(2));
	expect_answer(await(3));
	ck_assert_uint_eq(read_message(0)->opinion_count, 0);
}
END_TEST

/* A message that is under way when it stops stays unasked, and nothing waits for it. */
START_TEST(stops_at_once)
{
	const struct opinion_options options = {.loop = t.loop,
	    .data_dir = t.dir,
	    .settings = &t.settings,
	    .writer = t.writer,
	    .program = program_for("hang"),
	    .answer_ms = 60000};
	int64_t began = clock_steady_us();

	start_with(&options);
	store_one();
	while (starts() == 0)
		loop_once(t.loop);
	stop();
	ck_assert_int_lt(clock_steady_us() - began, 20000000);
	ck_assert_uint_eq(read_message(0)->opinion_count, 0);
}
END_TEST

static Suite *suite(void)
{
	const TTest *const tests[] = {stores_what_was_said, is_started_again,
	    gives_up_on_a_mute_start, backs_off, needs_a_program, resolves_what_is_needed,
	    takes_new_zones, resolves_within_the_time, bounds_the_rounds,
	    bounds_what_is_handed_over, goes_on_where_it_was, stops_at_once};
	Suite *s = suite_create("opinion");
	TCase *c = tcase_create("opinion");

	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, set_up, tear_down);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		tcase_add_test(c, tests[i]);
	tcase_add_loop_test(c, survives_failures, 0, (int)ARRAY_SIZE(FAILURES));
	suite_add_tcase(s, c);
	return s;
}

int main(int argc, char **argv)
{
	SRunner *runner;
	int failed;

	if (opinion_is_double(argc, argv))
		return opinion_double_main(argv);
	runner = srunner_create(suite());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
