/*
 * SPDX-License-Identifier: ISC
 *
 * The control socket: its lines, its answers by a real writer, and clients that mean no good. The
 * server runs in a thread of its own, the test is the client.
 */
#include "control/control.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/request.h"
#include "net/local.h"
#include "run/log.h"
#include "sample.h"
#include "unit.h"

#define ID          "01JDCYJZ0V0000000000000010"
#define IDS_OF_FIVE "\"" ID "\",\"" ID "\",\"" ID "\",\"" ID "\",\"" ID "\""

static const struct {
	const char *name, *line;
	int kind;          /* -1: refused */
	const char *error; /* in it */
	size_t ids;
} LINES[] = {
    {"stats", "{\"command\":\"stats\"}", REQUEST_STATS, NULL, 0},
    {"vacuum", " {\"command\" : \"vacuum\", \"more\": [1, null]} ", REQUEST_VACUUM, NULL, 0},
    {"delete", "{\"command\":\"delete\",\"messages\":[\"" ID "\"]}", REQUEST_DELETE, NULL, 1},
    {"small letters", "{\"command\":\"delete\",\"messages\":[\"01jdcyjz0v0000000000000010\"]}",
	REQUEST_DELETE, NULL, 1},
    {"five", "{\"command\":\"delete\",\"messages\":[" IDS_OF_FIVE "]}", REQUEST_DELETE, NULL, 5},
    {"empty", "", -1, "JSON", 0},
    {"garbage", "GET / HTTP/1.1\r", -1, "JSON", 0},
    {"no UTF-8", "{\"command\":\"\xff\"}", -1, "JSON", 0},
    {"array", "[\"stats\"]", -1, "command", 0},
    {"two objects", "{\"command\":\"stats\"}{}", -1, "JSON", 0},
    {"twice", "{\"command\":\"stats\",\"command\":\"vacuum\"}", -1, "duplicate", 0},
    {"cut", "{\"command\":\"stats\"", -1, "JSON", 0},
    {"none", "{}", -1, "command", 0},
    {"a number", "{\"command\":1}", -1, "command", 0},
    {"unknown", "{\"command\":\"stop\"}", -1, "delete, vacuum or stats", 0},
    {"no ids", "{\"command\":\"delete\"}", -1, "messages", 0},
    {"empty ids", "{\"command\":\"delete\",\"messages\":[]}", -1, "1 to 500", 0},
    {"an object of ids", "{\"command\":\"delete\",\"messages\":{\"a\":\"" ID "\"}}", -1, "1 to 500",
	0},
    {"a beginning", "{\"command\":\"delete\",\"messages\":[\"" ID "\",\"01JD\"]}", -1,
	"the one at 2", 0},
    {"no letters of ids", "{\"command\":\"delete\",\"messages\":[\"01JDCYJZ0V000000000000001U\"]}",
	-1, "the one at 1", 0},
    {"SQL", "{\"command\":\"delete\",\"messages\":[\"' OR 1=1; --01JDCYJZ0V0000\"]}", -1,
	"the one at 1", 0},
    {"numbers", "{\"command\":\"delete\",\"messages\":[1]}", -1, "the one at 1", 0},
};

START_TEST(lines)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(LINES); i++) {
		struct span line = unit_guard(span_from(LINES[i].line));
		struct error err = {.text = ""};
		struct request r;
		int got = request_read(line, a, &r, &err);

		ck_assert_msg(
		    got == (LINES[i].kind < 0 ? -1 : 0), "%s: %s", LINES[i].name, err.text);
		unit_guard_free(line);
		if (got < 0) {
			ck_assert_msg(strstr(err.text, LINES[i].error) != NULL, "%s: %s",
			    LINES[i].name, err.text);
			continue;
		}
		ck_assert_msg((int)r.kind == LINES[i].kind, "%s", LINES[i].name);
		ck_assert_msg(r.id_count == LINES[i].ids, "%s: %zu", LINES[i].name, r.id_count);
		for (size_t k = 0; k < r.id_count; k++)
			ck_assert_str_eq(r.ids[k], ID);
	}
	arena_free(a);
}
END_TEST

/* As many ids as there may be, and one more; nesting that would take the stack. */
START_TEST(bounds)
{
	struct arena *a = arena_new();
	struct buffer line = BUFFER_INIT;
	struct request r;
	struct error err;

	for (size_t count = CONTROL_IDS_MAX; count <= CONTROL_IDS_MAX + 1; count++) {
		buffer_reset(&line);
		buffer_add_string(&line, "{\"command\":\"delete\",\"messages\":[");
		for (size_t i = 0; i < count; i++)
			buffer_printf(&line, "%s\"%s\"", i == 0 ? "" : ",", ID);
		buffer_add_string(&line, "]}");
		ck_assert_uint_lt(line.len, CONTROL_LINE_MAX);
		ck_assert_int_eq(request_read(buffer_span(&line), a, &r, &err),
		    count == CONTROL_IDS_MAX ? 0 : -1);
	}
	buffer_reset(&line);
	for (size_t i = 0; i < CONTROL_LINE_MAX; i++)
		buffer_add_char(&line, '[');
	ck_assert_int_eq(request_read(buffer_span(&line), a, &r, &err), -1);
	buffer_clear(&line);
	arena_free(a);
}
END_TEST

/* The server of one test. */
static struct {
	char *dir;
	struct loop *loop;
	struct store_writer *writer;
	struct control *control;
	struct loop_waker *stop;
	pthread_t thread;
} t;

static json_t *facts(void *arg)
{
	(void)arg;
	return json_pack("{s:i,s:i}", "sessions", 3, "uptime_ms", 1234);
}

static void stop_loop(void *arg)
{
	loop_stop(arg);
}

static void *run(void *arg)
{
	loop_run(arg);
	return NULL;
}

static struct control *start_in(const char *dir, struct error *err)
{
	const struct control_options options = {
	    .loop = t.loop,
	    .data_dir = dir,
	    .writer = t.writer,
	    .stats = facts,
	    .patience_ms = 300,
	};

	return control_start(&options, err);
}

static void set_up(void)
{
	struct error err = {.text = ""};

	log_set_level(CONF_LOG_ERROR);
	t.dir = sample_dir();
	t.loop = loop_new();
	t.stop = loop_waker_new(t.loop, stop_loop, t.loop);
	t.writer = store_writer_start(t.dir, &err);
	ck_assert_msg(t.writer != NULL, "%s", err.text);
	t.control = start_in(t.dir, &err);
	ck_assert_msg(t.control != NULL, "%s", err.text);
	ck_assert_int_eq(pthread_create(&t.thread, NULL, run, t.loop), 0);
}

static void stop_server(void)
{
	if (t.control == NULL)
		return;
	loop_wake(t.stop);
	pthread_join(t.thread, NULL);
	control_stop(t.control);
	t.control = NULL;
}

static void tear_down(void)
{
	stop_server();
	store_writer_stop(t.writer);
	loop_waker_free(t.stop);
	loop_free(t.loop);
	sample_dir_free(t.dir);
}

static int connect_to(void)
{
	struct error err = {.text = ""};
	int fd;

	ck_assert_msg(local_connect(t.dir, CONTROL_NAME, &fd, &err) == 1, "%s", err.text);
	return fd;
}

static void say(int fd, const char *text)
{
	size_t len = strlen(text);

	ck_assert_int_eq(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* The line that comes, without its end; "" where the connection ends first. */
static void hear(int fd, char *out, size_t size)
{
	size_t n = 0;

	while (n < size - 1 && recv(fd, out + n, 1, 0) == 1 && out[n] != '\n')
		n++;
	out[n] = '\0';
}

static void expect_line(int fd, const char *part)
{
	char line[1000];

	hear(fd, line, sizeof(line));
	ck_assert_msg(part[0] == '\0' ? line[0] == '\0' : strstr(line, part) != NULL,
	    "got \"%s\", expected \"%s\"", line, part);
}

/* It is well: another client is answered. */
static void expect_well(void)
{
	json_t *request = json_pack("{s:s}", "command", "stats"), *answer;
	struct error err = {.text = ""};

	ck_assert_msg(control_ask(t.dir, request, &answer, &err) == 1, "%s", err.text);
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "sessions")), 3);
	json_decref(answer);
	json_decref(request);
}

static int ask(json_t *request, json_t **answer, struct error *err)
{
	int result = control_ask(t.dir, request, answer, err);

	json_decref(request);
	return result;
}

START_TEST(answers)
{
	struct error err = {.text = ""};
	json_t *answer;

	expect_well();
	ck_assert_msg(ask(json_pack("{s:s,s:[s,s]}", "command", "delete", "messages", ID, ID),
			  &answer, &err) == 1,
	    "%s", err.text);
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "deleted")), 0);
	json_decref(answer);
	ck_assert_msg(
	    ask(json_pack("{s:s}", "command", "vacuum"), &answer, &err) == 1, "%s", err.text);
	ck_assert_int_gt(json_integer_value(json_object_get(answer, "before")), 0);
	ck_assert_int_gt(json_integer_value(json_object_get(answer, "after")), 0);
	json_decref(answer);
	ck_assert_int_eq(ask(json_pack("{s:s}", "command", "stop"), &answer, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "expected delete, vacuum or stats"));
	ck_assert_int_eq(err.kind, ERROR_CANNOT);
}
END_TEST

static mode_t mode_of(const char *dir)
{
	char path[4200];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, CONTROL_NAME);
	if (lstat(path, &st) < 0)
		return 0;
	return st.st_mode;
}

START_TEST(socket_is_private_and_goes)
{
	struct error err;
	json_t *answer;

	ck_assert_uint_eq(mode_of(t.dir), S_IFSOCK | 0600);
	stop_server();
	ck_assert_uint_eq(mode_of(t.dir), 0);
	ck_assert_int_eq(ask(json_object(), &answer, &err), 0);
}
END_TEST

static void leave_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

/* One that a killed process left says nothing, and is replaced; any other file is left alone. */
START_TEST(socket_left_behind)
{
	struct error err = {.text = ""};
	char path[100];
	json_t *answer;
	FILE *f;

	stop_server();
	snprintf(path, sizeof(path), "%s/%s", t.dir, CONTROL_NAME);
	leave_socket(path);
	ck_assert_int_eq(ask(json_object(), &answer, &err), 0);
	t.control = start_in(t.dir, &err);
	ck_assert_msg(t.control != NULL, "%s", err.text);
	close(connect_to());
	control_stop(t.control);
	f = fopen(path, "w");
	fclose(f);
	t.control = start_in(t.dir, &err);
	ck_assert_ptr_null(t.control);
	ck_assert_ptr_nonnull(strstr(err.text, "/control: a socket cannot be made there"));
	ck_assert_uint_eq(mode_of(t.dir) & S_IFMT, S_IFREG);
	ck_assert_int_eq(ask(json_object(), &answer, &err), 0);
	unlink(path);
}
END_TEST

/* The address of a socket has room for 107 octets. */
START_TEST(long_path)
{
	struct buffer dir = BUFFER_INIT;
	json_t *request = json_pack("{s:s}", "command", "stats"), *answer;
	struct control *second;
	struct error err = {.text = ""};
	pthread_t thread;

	stop_server();
	buffer_add_string(&dir, t.dir);
	for (int i = 0; i < 5; i++) {
		buffer_printf(&dir, "/%0200d", i);
		ck_assert_int_eq(mkdir(dir.data, 0700), 0);
	}
	second = start_in(dir.data, &err);
	ck_assert_msg(second != NULL, "%s", err.text);
	ck_assert_uint_eq(mode_of(dir.data), S_IFSOCK | 0600);
	ck_assert_int_eq(pthread_create(&thread, NULL, run, t.loop), 0);
	ck_assert_msg(control_ask(dir.data, request, &answer, &err) == 1, "%s", err.text);
	json_decref(answer);
	json_decref(request);
	loop_wake(t.stop);
	pthread_join(thread, NULL);
	control_stop(second);
	buffer_clear(&dir);
}
END_TEST

static const struct {
	const char *say, *hear;
} TALKS[] = {
    {"\n", "{\"error\":\"expected a JSON object"},
    {"EHLO a\r\n", "{\"error\":\"expected a JSON object"},
    {"\xff\xfe\n", "{\"error\":"},
    {"{\"command\":\"stats\"}\n", "{\"sessions\":3,\"uptime_ms\":1234}"},
    /* no end of a line, then nothing */
    {"{\"command\":\"stats\"}", ""},
    {"", ""},
};

START_TEST(talks)
{
	for (size_t i = 0; i < ARRAY_SIZE(TALKS); i++) {
		int fd = connect_to();

		say(fd, TALKS[i].say);
		expect_line(fd, TALKS[i].hear);
		/* once it says nothing more, it is left */
		expect_line(fd, "");
		close(fd);
	}
	expect_well();
}
END_TEST

/* Octet by octet; several lines at once, of which one waits for the writer; our half closed. */
START_TEST(pieces)
{
	static const char text[] = "{\"command\":\"stats\"}\n";
	int fd = connect_to();

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		ck_assert_int_eq(send(fd, text + i, 1, MSG_NOSIGNAL), 1);
	expect_line(fd, "{\"sessions\":3");
	say(fd, "{\"command\":\"vacuum\"}\nnonsense\n{\"command\":\"stats\"}\n{\"comm");
	shutdown(fd, SHUT_WR);
	expect_line(fd, "{\"before\":");
	expect_line(fd, "{\"error\":");
	expect_line(fd, "{\"sessions\":3");
	expect_line(fd, "");
	close(fd);
}
END_TEST

START_TEST(line_without_end)
{
	static char chunk[65536];
	size_t sent = 0;
	ssize_t n;
	int fd = connect_to();

	memset(chunk, 'a', sizeof(chunk));
	while (
	    sent < 2 * CONTROL_LINE_MAX && (n = send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL)) > 0)
		sent += (size_t)n;
	expect_line(fd, "longer than 1 MiB");
	expect_line(fd, "");
	close(fd);
	expect_well();
}
END_TEST

#define MANY 50

/* Those that are too many are told; once some have gone there is room again. */
START_TEST(crowd)
{
	int fds[MANY];
	size_t told = 0;

	for (size_t i = 0; i < MANY; i++)
		fds[i] = connect_to();
	for (size_t i = 0; i < MANY; i++) {
		char line[200];

		hear(fds[i], line, sizeof(line));
		told += strstr(line, "too many clients") != NULL;
		ck_assert_msg(line[0] == '\0' || strstr(line, "too many") != NULL, "%s", line);
		close(fds[i]);
	}
	ck_assert_uint_ge(told, 1);
	ck_assert_uint_le(told, MANY - 16);
	expect_well();
}
END_TEST

/* Whoever does not take the answers is left, and its answers are not collected without end. */
START_TEST(deaf)
{
	int fd = connect_to();
	ssize_t n = 1;

	for (int i = 0; i < 100000 && n > 0; i++)
		n = send(fd, "{\"command\":\"stats\"}\n", 20, MSG_NOSIGNAL);
	ck_assert_int_lt(n, 0);
	close(fd);
	expect_well();
}
END_TEST

/* Until clients whose jobs are with the writer have gone. */
static void await_room(void)
{
	struct error err;
	json_t *answer;
	int result;

	do {
		result = ask(json_pack("{s:s}", "command", "stats"), &answer, &err);
		ck_assert_msg(result == 1 || strstr(err.text, "too many") != NULL, "%s", err.text);
	} while (result != 1);
	json_decref(answer);
}

/* The job comes back to nobody. */
START_TEST(gone_meanwhile)
{
	for (int i = 0; i < 100; i++) {
		int fd = connect_to();

		say(fd, "{\"command\":\"delete\",\"messages\":[\"" ID "\"]}\n");
		close(fd);
	}
	await_room();
	for (int i = 0; i < 5; i++)
		say(connect_to(), "{\"command\":\"vacuum\"}\n");
	stop_server();
}
END_TEST

/* As nobody, who gets in by the mode alone: the answer is none. */
static int ask_as_nobody(const char *dir)
{
	json_t *request = json_pack("{s:s}", "command", "stats"), *answer;
	struct error err;

	if (setuid(65534) < 0)
		return 3;
	return control_ask(dir, request, &answer, &err) == -1 ? 0 : 1;
}

START_TEST(other_users_are_refused)
{
	char path[4200];
	int status;
	pid_t pid;

	/* only root can become another */
	if (geteuid() != 0)
		return;
	snprintf(path, sizeof(path), "%s/%s", t.dir, CONTROL_NAME);
	ck_assert_int_eq(chmod(t.dir, 0755), 0);
	ck_assert_int_eq(chmod(path, 0666), 0);
	pid = fork();
	if (pid == 0)
		_exit(ask_as_nobody(t.dir));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	expect_well();
}
END_TEST

static Suite *suite(void)
{
	const TTest *const tests[] = {answers, socket_is_private_and_goes, socket_left_behind,
	    long_path, talks, pieces, line_without_end, crowd, deaf, gone_meanwhile,
	    other_users_are_refused};
	Suite *s = suite_create("control");
	TCase *pure = tcase_create("lines"), *served = tcase_create("served");

	tcase_add_test(pure, lines);
	tcase_add_test(pure, bounds);
	suite_add_tcase(s, pure);
	tcase_add_checked_fixture(served, set_up, tear_down);
	tcase_set_timeout(served, 60);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		tcase_add_test(served, tests[i]);
	suite_add_tcase(s, served);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
