/*
 * SPDX-License-Identifier: ISC
 *
 * Ids by their beginnings, over a small store.
 */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "sample.h"
#include "store/store.h"
#include "unit.h"

/* What the store holds, oldest first. */
static const struct {
	const char *id, *mail_from, *from, *to, *cc, *subject;
} held[] = {
    {"01JAAAAAAAAAAAAAAAAAAAAAA1", "a@x.example", "a@x.example", "b@y.example", NULL, "Hello"},
    {"01JAAAAAAAAAAAAAAAAAAAAAA2", "", "Shop@x.example", "B@Y.example", "b@y.example", "hello you"},
    {"01JAAAAAAAAAAAAAAAAAAAAAA0", "bounce@x.example", "a@x.example", "c@y.example", "b@y.example",
	"100% \xc3\x84rger"},
    {"01JBAAAAAAAAAAAAAAAAAAAAAA", "A@X.EXAMPLE", NULL, "c@y.example", NULL, NULL},
};

struct fixture {
	char *dir;
	struct store_writer *writer;
	struct store *store;
	struct arena *arena;
};

static void write_held(struct fixture *x)
{
	struct record_session *s = sample_session(x->arena, 0);

	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		const char *to[] = {held[i].to, held[i].cc};
		struct record_message *m = sample_small(x->arena, 0, s);

		m->id = held[i].id;
		m->envelope.mail_from = held[i].mail_from;
		m->envelope.rcpt_to = to;
		m->envelope.rcpt_count = held[i].cc == NULL ? 1 : 2;
		m->from = held[i].from;
		m->subject = held[i].subject;
		ck_assert(sample_write(x->writer, s, m, SPAN("x")));
	}
}

static struct fixture set_up(bool full)
{
	struct fixture x = {.dir = sample_dir(), .arena = arena_new()};
	struct error err = {.text = ""};

	x.writer = store_writer_start(x.dir, &err);
	ck_assert_msg(x.writer != NULL, "%s", err.text);
	if (full)
		write_held(&x);
	x.store = store_open_reader(x.dir, &err);
	ck_assert_msg(x.store != NULL, "%s", err.text);
	return x;
}

static void tear_down(struct fixture *x)
{
	store_close(x->store);
	store_writer_stop(x->writer);
	sample_dir_free(x->dir);
	arena_free(x->arena);
}

static const struct {
	const char *row, *text;
	enum store_found want;
	const char *id, *candidates;
} prefixes[] = {
    {"whole", "01JAAAAAAAAAAAAAAAAAAAAAA2", STORE_FOUND, "01JAAAAAAAAAAAAAAAAAAAAAA2", ""},
    {"unique", "01JB", STORE_FOUND, "01JBAAAAAAAAAAAAAAAAAAAAAA", ""},
    {"lower case", "01jbaa", STORE_FOUND, "01JBAAAAAAAAAAAAAAAAAAAAAA", ""},
    {"latest", "latest", STORE_FOUND, "01JBAAAAAAAAAAAAAAAAAAAAAA", ""},
    {"ambiguous", "01JA", STORE_AMBIGUOUS, NULL,
	"01JAAAAAAAAAAAAAAAAAAAAAA2 01JAAAAAAAAAAAAAAAAAAAAAA1 01JAAAAAAAAAAAAAAAAAAAAAA0"},
    {"too short", "01J", STORE_UNKNOWN, NULL, ""},
    {"empty", "", STORE_UNKNOWN, NULL, ""},
    {"unknown", "01JC", STORE_UNKNOWN, NULL, ""},
    {"too long", "01JAAAAAAAAAAAAAAAAAAAAAA22", STORE_UNKNOWN, NULL, ""},
    {"a letter that no id has", "01JAAAAU", STORE_UNKNOWN, NULL, ""},
    {"no id at all", "../etc/passwd", STORE_UNKNOWN, NULL, ""},
    {"wildcard", "01J%", STORE_UNKNOWN, NULL, ""},
    {"latest is a word", "LATEST", STORE_UNKNOWN, NULL, ""},
};

START_TEST(prefixes_are_unique_or_refused)
{
	struct fixture x = set_up(true);

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct buffer candidates = BUFFER_INIT;
		struct error err = {.text = ""};
		char id[ULID_SIZE];
		enum store_found got = store_find(x.store, prefixes[i].text, id, &candidates, &err);

		ck_assert_msg(got == prefixes[i].want, "%s: %d", prefixes[i].row, (int)got);
		if (got == STORE_FOUND)
			ck_assert_msg(
			    strcmp(id, prefixes[i].id) == 0, "%s: %s", prefixes[i].row, id);
		unit_span_eq(prefixes[i].row, buffer_span(&candidates), prefixes[i].candidates);
		buffer_clear(&candidates);
	}
	tear_down(&x);
}
END_TEST

START_TEST(candidates_are_at_most_ten)
{
	struct fixture x = set_up(false);
	struct record_session *s = sample_session(x.arena, 0);
	struct buffer candidates = BUFFER_INIT;
	struct error err = {.text = ""};
	char id[ULID_SIZE];

	for (unsigned n = 0; n < 12; n++)
		ck_assert(sample_write(x.writer, s, sample_small(x.arena, n, s), SPAN("")));
	ck_assert_int_eq(store_find(x.store, "01JDEX", id, &candidates, &err), STORE_AMBIGUOUS);
	ck_assert_uint_eq(candidates.len, 10 * 26 + 9);
	buffer_clear(&candidates);
	tear_down(&x);
}
END_TEST

START_TEST(an_empty_store_has_nothing)
{
	struct fixture x = set_up(false);
	struct store_messages got;
	struct error err = {.text = ""};
	char id[ULID_SIZE] = "x";

	ck_assert_int_eq(store_newest(x.store, id, &err), 0);
	ck_assert_str_eq(id, "");
	ck_assert_int_eq(store_find(x.store, "latest", id, NULL, &err), STORE_UNKNOWN);
	ck_assert_int_eq(
	    store_messages(x.store, &(struct store_filter){0}, x.arena, &got, &err), 0);
	ck_assert_uint_eq(got.count, 0);
	write_held(&x);
	/* "after" of an empty store is the empty id: all that came since */
	ck_assert_int_eq(store_count(x.store, &(struct store_filter){.after = ""}, &err), 4);
	ck_assert_int_eq(store_newest(x.store, id, &err), 0);
	ck_assert_str_eq(id, "01JBAAAAAAAAAAAAAAAAAAAAAA");
	tear_down(&x);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {prefixes_are_unique_or_refused, candidates_are_at_most_ten,
	    an_empty_store_has_nothing, NULL};

	return unit_main("find", tests);
}
