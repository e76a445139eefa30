/*
 * SPDX-License-Identifier: ISC
 *
 * Sessions in the store: lists and their filter, ids, transcripts, and those that a killed gateway
 * has left open.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/codec.h"
#include "same.h"
#include "sample.h"
#include "store/store.h"
#include "unit.h"

/* before: the number of a session; -1: no matter. */
static struct store_sessions list_before(
    const char *dir, struct arena *a, bool failed, size_t limit, int before)
{
	const struct store_session_filter filter = {
	    .failed = failed,
	    .limit = limit,
	    .before = before < 0 ? NULL : sample_session(a, (unsigned)before)->id,
	};
	struct store_sessions sessions;
	struct error err = {.text = ""};
	struct store *s = sample_reader(dir);

	ck_assert_msg(store_sessions(s, &filter, a, &sessions, &err) == 0, "%s", err.text);
	store_close(s);
	return sessions;
}

static struct store_sessions list(const char *dir, struct arena *a, bool failed, size_t limit)
{
	return list_before(dir, a, failed, limit, -1);
}

/*
 * Sessions 0 to 5, committed in the wrong order; the even ones broke. Session 2 brings the messages
 * 20 and 21, session 3 the message 30, the others nothing.
 */
static void write_sessions(struct arena *a, const char *dir)
{
	static const unsigned order[] = {3, 0, 5, 2, 1, 4};
	struct store_writer *w = sample_writer(dir);

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		unsigned n = order[i], messages = n == 2 ? 2 : n == 3 ? 1 : 0;
		struct record_session *s = sample_session(a, n);

		for (unsigned k = 0; k < messages; k++)
			ck_assert(sample_write(w, s, sample_message(a, n * 10 + k, s), SPAN("x")));
		ck_assert(sample_write(w, s, NULL, SPAN("")));
	}
	store_writer_stop(w);
}

static const struct {
	const char *name;
	bool failed;
	size_t limit;
	int before;       /* the number of a session; -1: none */
	const char *want; /* the numbers of the sessions */
} LISTS[] = {
    {"all", false, 0, -1, "543210"},
    {"limited", false, 3, -1, "543"},
    {"a limit above", false, 50, -1, "543210"},
    {"an absurd limit", false, SIZE_MAX, -1, "543210"},
    {"failed", true, 0, -1, "420"},
    {"failed, limited", true, 2, -1, "42"},
    {"behind another", false, 2, 4, "32"},
    {"failed, behind one that did not", true, 0, 3, "20"},
    {"behind the last", false, 0, 0, ""},
};

START_TEST(lists_are_newest_first)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();

	write_sessions(a, dir);
	for (size_t i = 0; i < ARRAY_SIZE(LISTS); i++) {
		struct store_sessions got =
		    list_before(dir, a, LISTS[i].failed, LISTS[i].limit, LISTS[i].before);

		ck_assert_msg(
		    got.count == strlen(LISTS[i].want), "%s: %zu", LISTS[i].name, got.count);
		for (size_t k = 0; k < got.count; k++)
			same_session(
			    &got.items[k], sample_session(a, (unsigned)(LISTS[i].want[k] - '0')));
	}
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(sessions_name_their_messages)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_sessions got;

	write_sessions(a, dir);
	got = list(dir, a, false, 0);
	for (size_t i = 0; i < got.count; i++) {
		const struct record_session *s = &got.items[i];
		unsigned n = 5 - (unsigned)i;

		ck_assert_uint_eq(s->message_count, n == 2 ? 2 : n == 3 ? 1 : 0);
		for (unsigned k = 0; k < s->message_count; k++)
			ck_assert_str_eq(s->messages[k], sample_id(a, n * 10 + k));
	}
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(an_empty_store_has_no_sessions)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	char id[ULID_SIZE];
	struct error err = {.text = ""};
	struct store *s;

	store_writer_stop(sample_writer(dir));
	ck_assert_uint_eq(list(dir, a, false, 0).count, 0);
	s = sample_reader(dir);
	ck_assert_int_eq((int)store_find_session(s, "latest", id, NULL, &err), (int)STORE_UNKNOWN);
	store_close(s);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

/* Ids are 01JDEXAMP and 17 digits: sessions end in 90000N, messages in their number. */
#define ZEROS "01JDEXAMP00000000000"

static const struct {
	const char *text;
	enum store_found found;
	unsigned session;
} FINDS[] = {
    {"latest", STORE_FOUND, 5},
    {ZEROS "900003", STORE_FOUND, 3},
    {"01jdexamp00000000000900003", STORE_FOUND, 3},
    {ZEROS "000030", STORE_FOUND, 3},
    {ZEROS "00003", STORE_FOUND, 3},
    /* two messages, one session */
    {ZEROS "00002", STORE_FOUND, 2},
    {ZEROS "000021", STORE_FOUND, 2},
    /* messages of two sessions, sessions, both */
    {ZEROS "0", STORE_AMBIGUOUS, 0},
    {ZEROS "9", STORE_AMBIGUOUS, 0},
    {"01JD", STORE_AMBIGUOUS, 0},
    {"01J", STORE_UNKNOWN, 0},
    {ZEROS "900009", STORE_UNKNOWN, 0},
    {ZEROS "9000030", STORE_UNKNOWN, 0},
    {"not an id", STORE_UNKNOWN, 0},
    {"", STORE_UNKNOWN, 0},
};

START_TEST(ids_of_sessions_and_of_messages_lead_to_a_session)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store *s;

	write_sessions(a, dir);
	s = sample_reader(dir);
	for (size_t i = 0; i < ARRAY_SIZE(FINDS); i++) {
		struct buffer candidates = BUFFER_INIT;
		struct error err = {.text = ""};
		char id[ULID_SIZE];
		enum store_found found =
		    store_find_session(s, FINDS[i].text, id, &candidates, &err);

		ck_assert_msg(found == FINDS[i].found, "%s: %d %s", FINDS[i].text, (int)found,
		    candidates.len == 0 ? "" : candidates.data);
		if (found == STORE_FOUND)
			ck_assert_str_eq(id, sample_id(a, 900000 + FINDS[i].session));
		ck_assert_int_eq(found == STORE_AMBIGUOUS, candidates.len > 0);
		buffer_clear(&candidates);
	}
	store_close(s);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(candidates_are_sessions_each_once)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct buffer candidates = BUFFER_INIT;
	struct error err = {.text = ""};
	char id[ULID_SIZE];
	struct store *s;

	write_sessions(a, dir);
	s = sample_reader(dir);
	store_find_session(s, "01JDEXAMP0000", id, &candidates, &err);
	unit_span_eq("all", buffer_span(&candidates),
	    arena_printf(a, "%s %s %s %s %s %s", sample_id(a, 900005), sample_id(a, 900004),
		sample_id(a, 900003), sample_id(a, 900002), sample_id(a, 900001),
		sample_id(a, 900000)));
	buffer_reset(&candidates);
	store_find_session(s, ZEROS "0", id, &candidates, &err);
	unit_span_eq("of messages", buffer_span(&candidates),
	    arena_printf(a, "%s %s", sample_id(a, 900003), sample_id(a, 900002)));
	buffer_clear(&candidates);
	store_close(s);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(the_transcript_of_a_session)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct buffer out = BUFFER_INIT;
	struct error err = {.text = ""};
	struct store *s;

	write_sessions(a, dir);
	s = sample_reader(dir);
	ck_assert_int_eq(store_session_transcript(s, sample_id(a, 900002), &out, &err), 0);
	unit_span_eq("with messages", buffer_span(&out), "S: 250 stored\nS: 250 stored\nC: QUIT\n");
	buffer_reset(&out);
	ck_assert_int_eq(store_session_transcript(s, sample_id(a, 900001), &out, &err), 0);
	unit_span_eq("without", buffer_span(&out), "C: QUIT\n");
	buffer_reset(&out);
	ck_assert_int_eq(store_session_transcript(s, sample_id(a, 900009), &out, &err), 0);
	ck_assert_uint_eq(out.len, 0);
	buffer_clear(&out);
	store_close(s);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

/* A gateway that is killed with sessions 1 and 2 open, of which session 1 had two messages. */
static void die_with_open_sessions(const char *dir)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct arena *a = arena_new();
		struct store_writer *w = sample_writer(dir);

		for (unsigned n = 0; n < 3; n++) {
			struct record_session *s = sample_session(a, n);

			s->ended_at = n == 0 ? s->ended_at : 0;
			sample_write(w, s, sample_message(a, n * 10, s), SPAN("x"));
			if (n == 1)
				sample_write(w, s, sample_message(a, 5000, s), SPAN("x"));
			if (n == 0)
				sample_write(w, s, NULL, SPAN(""));
		}
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
}

START_TEST(what_a_killed_gateway_left_open_is_closed)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct store_sessions got;

	die_with_open_sessions(dir);
	got = list(dir, a, false, 0);
	ck_assert_uint_eq(got.count, 3);
	ck_assert_int_eq(got.items[0].ended_at, 0);
	ck_assert_int_eq(got.items[1].ended_at, 0);
	store_writer_stop(sample_writer(dir));
	got = list(dir, a, false, 0);
	/* the last message of each is what is known last */
	ck_assert_int_eq(got.items[1].ended_at, 1795448235123 + 5000);
	ck_assert_int_eq(got.items[0].ended_at, 1795448235123 + 20);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq((int)got.items[i].end, (int)RECORD_END_ERROR);
		ck_assert_msg(strstr(got.items[i].end_reason, "gateway was killed") != NULL, "%s",
		    got.items[i].end_reason);
	}
	/* the one that had ended by itself is as it was */
	same_session(&got.items[2], sample_session(a, 0));
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {lists_are_newest_first, sessions_name_their_messages,
	    an_empty_store_has_no_sessions, ids_of_sessions_and_of_messages_lead_to_a_session,
	    candidates_are_sessions_each_once, the_transcript_of_a_session,
	    what_a_killed_gateway_left_open_is_closed, NULL};

	return unit_main("storesession", tests);
}
