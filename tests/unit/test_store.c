/*
 * SPDX-License-Identifier: ISC
 *
 * The reader: every field there and back, the texts, and whoever may only read.
 */
#include "store/store.h"

#include <grp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "same.h"
#include "sample.h"
#include "unit.h"

static struct record_message *read_back(struct arena *a, const char *dir, const char *id)
{
	struct record_message *m = arena_alloc(a, sizeof(*m));
	struct error err = {.text = ""};
	struct store *s = sample_reader(dir);

	ck_assert_msg(store_message(s, id, a, m, &err) == 0, "%s", err.text);
	store_close(s);
	return m;
}

START_TEST(every_field_comes_back)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);

	for (unsigned n = 0; n < 2; n++) {
		struct record_session *s = sample_session(a, n);
		struct record_message *m = sample_message(a, n, s), *got;

		ck_assert(sample_write(w, s, m, SPAN("x")));
		ck_assert(sample_write(w, s, NULL, SPAN("")));
		got = read_back(a, dir, m->id);
		same_message(got, m);
		same_session(got->session, s);
	}
	store_writer_stop(w);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
	    sqlite3_errmsg(db));
	sqlite3_close(db);
}

START_TEST(opinions_come_back_in_order)
{
	static const struct record_opinion want[] = {
	    {"libspf2 1.2.10", "spf", "permerror", RECORD_AGREES_NO, "too many lookups"},
	    {"libopendmarc 1.4.2", "dmarc", "pass", RECORD_AGREES_YES, NULL},
	    {"libspf2 1.2.10", "spf", "unavailable", RECORD_AGREES_UNKNOWN, "it does not answer"},
	};
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct record_session *s = sample_session(a, 0);
	struct record_message *got;

	ck_assert(sample_write(w, s, sample_message(a, 0, s), SPAN("x")));
	ck_assert_uint_eq(read_back(a, dir, sample_id(a, 0))->opinion_count, 0);
	run_sql(sample_path(a, dir, "mailassay.db"),
	    "INSERT INTO opinion VALUES"
	    " (1, 2, 'libspf2 1.2.10', 'spf', 'unavailable', NULL, 'it does not answer'),"
	    " (1, 0, 'libspf2 1.2.10', 'spf', 'permerror', 0, 'too many lookups'),"
	    " (1, 1, 'libopendmarc 1.4.2', 'dmarc', 'pass', 1, NULL)");
	got = read_back(a, dir, sample_id(a, 0));
	ck_assert_uint_eq(got->opinion_count, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		ck_assert_str_eq(got->opinions[i].library, want[i].library);
		ck_assert_str_eq(got->opinions[i].check, want[i].check);
		ck_assert_str_eq(got->opinions[i].result, want[i].result);
		ck_assert_int_eq((int)got->opinions[i].agrees, (int)want[i].agrees);
		ck_assert_pstr_eq(got->opinions[i].reason, want[i].reason);
	}
	store_writer_stop(w);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

/* Absent facts come back absent, and an open session open. */
START_TEST(nothing_comes_back_as_nothing)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct record_session *s = arena_alloc(a, sizeof(*s));
	struct record_message *m, *got;

	s->id = sample_id(a, 900000);
	m = sample_small(a, 0, s);
	ck_assert(sample_write(w, s, m, SPAN("")));
	got = read_back(a, dir, m->id);
	same_message(got, m);
	same_session(got->session, s);
	ck_assert_ptr_null(got->session->tls.client_certificate);
	store_writer_stop(w);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(a_message_keeps_the_facts_of_its_time)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct record_session *before = arena_alloc(a, sizeof(*before));
	struct record_session *after = sample_session(a, 1);
	struct record_message *got;

	*before = (struct record_session){.id = after->id,
	    .listener = "mx",
	    .started_at = 5,
	    .client = {.helo = "first.example", .port = 9}};
	ck_assert(sample_write(w, before, sample_message(a, 0, before), SPAN("")));
	got = read_back(a, dir, sample_id(a, 0));
	same_session(got->session, before);
	ck_assert(sample_write(w, after, sample_message(a, 1, after), SPAN("")));
	ck_assert(sample_write(w, after, NULL, SPAN("")));
	/* again, as if the end were reported twice */
	ck_assert(sample_write(w, after, NULL, SPAN("")));
	got = read_back(a, dir, sample_id(a, 0));
	same_facts(got->session, before);
	same_findings(&got->session->findings, &after->findings);
	ck_assert_int_eq(got->session->ended_at, after->ended_at);
	same_session(read_back(a, dir, sample_id(a, 1))->session, after);
	store_writer_stop(w);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(all_octets_of_the_source_come_back)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct record_session *s = sample_session(a, 0);
	struct buffer want = BUFFER_INIT, got = BUFFER_INIT;
	struct error err = {.text = ""};
	struct store *r;

	for (int i = 0; i < 65536; i++)
		buffer_add_char(&want, (char)(i ^ i >> 8));
	ck_assert(sample_write(w, s, sample_message(a, 0, s), buffer_span(&want)));
	ck_assert(sample_write(w, s, sample_message(a, 1, s), SPAN("")));
	r = sample_reader(dir);
	ck_assert_int_eq(store_source(r, sample_id(a, 0), &got, &err), 0);
	ck_assert(span_equal(buffer_span(&got), buffer_span(&want)));
	buffer_reset(&got);
	ck_assert_int_eq(store_source(r, sample_id(a, 1), &got, &err), 0);
	ck_assert_uint_eq(got.len, 0);
	store_close(r);
	store_writer_stop(w);
	buffer_clear(&want);
	buffer_clear(&got);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(texts_are_joined_and_unknown_ids_refused)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct record_session *s = sample_session(a, 0);
	struct buffer out = BUFFER_INIT;
	struct error err = {.text = ""};
	struct store *r;

	ck_assert(sample_write(w, s, sample_message(a, 0, s), SPAN("0")));
	ck_assert(sample_write(w, s, sample_message(a, 1, s), SPAN("1")));
	ck_assert(sample_write(w, s, NULL, SPAN("")));
	r = sample_reader(dir);
	ck_assert_int_eq(store_transcript(r, sample_id(a, 0), &out, &err), 0);
	unit_span_eq("transcript", buffer_span(&out), "S: 250 stored\nS: 250 stored\nC: QUIT\n");
	buffer_reset(&out);
	ck_assert_int_eq(store_evidence(r, sample_id(a, 1), &out, &err), 0);
	unit_span_eq("evidence", buffer_span(&out), "example.com. 60 IN TXT \"v=spf1 ~all\"\n");
	ck_assert_int_eq(store_source(r, sample_id(a, 5), &out, &err), -1);
	ck_assert_msg(strstr(err.text, "has no message") != NULL, "%s", err.text);
	ck_assert_int_eq(store_message(r, "nonsense", a, sample_small(a, 0, s), &err), -1);
	store_close(r);
	store_writer_stop(w);
	buffer_clear(&out);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(the_version_changes_with_each_commit)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_writer *w = sample_writer(dir);
	struct record_session *s = sample_session(a, 0);
	struct store *r = sample_reader(dir);
	int64_t first = store_version(r), second;

	ck_assert_int_ge(first, 0);
	ck_assert_int_eq(store_version(r), first);
	ck_assert(sample_write(w, s, sample_message(a, 0, s), SPAN("")));
	second = store_version(r);
	ck_assert_int_ne(second, first);
	ck_assert_int_eq(store_version(r), second);
	store_close(r);
	store_writer_stop(w);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(a_missing_store_is_told_in_words)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct error err = {.text = ""};

	ck_assert_ptr_null(store_open_reader(dir, &err));
	ck_assert_msg(err.kind == ERROR_CANNOT && strstr(err.text, dir) != NULL &&
			  strstr(err.text, "No such file") != NULL,
	    "%s", err.text);
	ck_assert_ptr_null(store_open_reader(sample_path(a, dir, "none"), &err));
	store_close(NULL);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

/*
 * In a process of its own, as somebody of the group who may write nothing (root can be anybody;
 * another user stays what he is, and the modes alone keep him from writing): whether the store
 * opens and has so many messages.
 */
static bool group_reads(const char *dir, int count)
{
	static const struct store_filter all = {0};
	struct error err = {.text = ""};
	struct store *s;
	pid_t child = fork();
	int status;

	if (child != 0) {
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		return WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	if (getuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(4711, 4711, 4711) < 0 ||
				 setresuid(4711, 4711, 4711) < 0))
		_exit(2);
	s = store_open_reader(dir, &err);
	if (s == NULL || store_count(s, &all, &err) != count) {
		fprintf(stderr, "%s\n", err.text);
		_exit(1);
	}
	store_close(s);
	_exit(0);
}

/* Takes everybody's right to write away, or gives it back to the owner. */
static void set_writable(struct arena *a, const char *dir, bool writable)
{
	static const char *const names[] = {"mailassay.db", "mailassay.db-wal", "mailassay.db-shm"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		chmod(sample_path(a, dir, names[i]), writable ? 0640 : 0440);
	chmod(dir, writable ? 0750 : 0550);
}

static void write_messages(struct arena *a, struct store_writer *w, unsigned first, unsigned count)
{
	struct record_session *s = sample_session(a, first);

	for (unsigned n = first; n < first + count; n++)
		ck_assert(sample_write(w, s, sample_message(a, n, s), SPAN("x")));
}

/* A writer that ends without closing anything, with its log full of commits. */
static void die_after_writing(const char *dir)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct arena *a = arena_new();

		write_messages(a, sample_writer(dir), 10, 5);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
}

START_TEST(the_group_reads_without_writing)
{
	struct arena *a = arena_new();
	char *base = sample_dir();
	const char *dir = sample_path(a, base, "data");
	struct store_writer *w;

	if (getuid() == 0)
		ck_assert_int_eq(setegid(4711), 0);
	w = sample_writer(dir);
	write_messages(a, w, 0, 5);
	ck_assert_msg(group_reads(dir, 5), "while the writer runs");
	store_writer_stop(w);
	set_writable(a, dir, false);
	ck_assert_msg(group_reads(dir, 5), "after a clean stop");
	set_writable(a, dir, true);
	die_after_writing(dir);
	set_writable(a, dir, false);
	ck_assert_msg(group_reads(dir, 10), "after a kill");
	set_writable(a, dir, true);
	store_writer_stop(sample_writer(dir));
	ck_assert_int_eq(remove(sample_path(a, dir, "mailassay.db-wal")), 0);
	ck_assert_int_eq(remove(sample_path(a, dir, "mailassay.db-shm")), 0);
	set_writable(a, dir, false);
	ck_assert_msg(group_reads(dir, 10), "a copy without its log");
	sample_dir_free(base);
	arena_free(a);
}
END_TEST

START_TEST(a_directory_without_the_right_to_write_is_refused)
{
	struct arena *a = arena_new();
	char *base = sample_dir();
	const char *dir = sample_path(a, base, "data");
	struct error err = {.text = ""};

	store_writer_stop(sample_writer(dir));
	set_writable(a, dir, false);
	/* the lock file is there and can be opened only for writing */
	chmod(sample_path(a, dir, "lock"), 0440);
	if (getuid() == 0)
		ck_assert_int_eq(setresuid(4711, 4711, 0), 0);
	ck_assert_ptr_null(store_writer_start(dir, &err));
	ck_assert_msg(err.kind == ERROR_CANNOT && strstr(err.text, "Permission denied") != NULL,
	    "%s", err.text);
	if (geteuid() != getuid() || geteuid() == 4711)
		ck_assert_int_eq(setresuid(0, 0, 0), 0);
	sample_dir_free(base);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {every_field_comes_back, opinions_come_back_in_order,
	    nothing_comes_back_as_nothing, a_message_keeps_the_facts_of_its_time,
	    all_octets_of_the_source_come_back, texts_are_joined_and_unknown_ids_refused,
	    the_version_changes_with_each_commit, a_missing_store_is_told_in_words,
	    the_group_reads_without_writing, a_directory_without_the_right_to_write_is_refused,
	    NULL};

	return unit_main("store", tests);
}
