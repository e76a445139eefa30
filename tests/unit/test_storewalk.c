/*
 * SPDX-License-Identifier: ISC
 *
 * Walks in the store: their rows, the words that are found, what is not in the index yet, and that
 * messages go first.
 */
#include <semaphore.h>
#include <string.h>

#include "storecase.h"
#include "unit.h"

static struct storecase c;

static int64_t found(const char *words)
{
	return storecase_number(
	    &c, arena_printf(c.arena, "SELECT count(*) FROM words WHERE words MATCH '%s'", words));
}

START_TEST(keeps_what_was_walked)
{
	static const struct {
		const char *words;
		int64_t count;
	} rows[] = {{"invoice", 1}, {"INVOICE", 1}, {"order", 2}, {"gruesse", 0}, {"grusse", 1},
	    {"\"shop@example.com\"", 2}, {"\"is due\"", 1}, {"\"due is\"", 0}, {"inv*", 1},
	    {"nowhere", 0}};

	storecase_init(&c);
	for (unsigned n = 0; n < 3; n++)
		storecase_message(&c, n);
	ck_assert(storecase_walk(&c, 0, "The invoice is due"));
	ck_assert(storecase_walk(&c, 1,
	    "Viele Gr\xc3\xbc\xc3\x9f"
	    "e, gr\xc3\xbcsse"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(found(rows[i].words) == rows[i].count, "%s: %d", rows[i].words,
		    (int)found(rows[i].words));
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM walk"), 2);
	ck_assert_int_eq(storecase_number(&c, "SELECT attachments = 1 AND links = 2 AND html = 1"
					      " AND plain = 0 FROM walk WHERE message = 2"),
	    1);
	storecase_clear(&c);
}
END_TEST

START_TEST(a_second_walk_and_one_of_nothing_change_nothing)
{
	storecase_init(&c);
	storecase_message(&c, 1);
	ck_assert(storecase_walk(&c, 1, "first"));
	ck_assert(storecase_walk(&c, 1, "second"));
	ck_assert(storecase_walk(&c, 77, "third"));
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM walk"), 1);
	ck_assert_int_eq(found("first"), 1);
	ck_assert_int_eq(found("second") + found("third"), 0);
	/* no words at all */
	storecase_message(&c, 2);
	ck_assert(storecase_walk(&c, 2, NULL));
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM walk"), 2);
	storecase_clear(&c);
}
END_TEST

static void expect_next(struct store *s, int64_t *number, int want)
{
	struct buffer source = BUFFER_INIT;
	struct record_message m;
	struct error err = {.text = ""};
	int found_one = store_unindexed(s, number, c.arena, &m, &source, &err);

	ck_assert_int_eq(found_one, want >= 0);
	if (want >= 0) {
		ck_assert_str_eq(m.id, sample_id(c.arena, (unsigned)want));
		unit_span_eq("source", buffer_span(&source), "x");
	}
	buffer_clear(&source);
}

START_TEST(says_what_is_to_be_walked)
{
	struct error err = {.text = ""};
	int64_t number = 0;
	struct store *s;

	storecase_init(&c);
	s = sample_reader(c.dir);
	ck_assert_int_eq(store_indexed(s, &err), 1);
	expect_next(s, &number, -1);
	for (unsigned n = 0; n < 4; n++)
		storecase_message(&c, n);
	ck_assert_int_eq(store_indexed(s, &err), 0);
	expect_next(s, &number, 0);
	expect_next(s, &number, 1);
	ck_assert(storecase_walk(&c, 0, "x"));
	ck_assert(storecase_walk(&c, 1, "x"));
	/* from the beginning: behind those */
	number = 0;
	expect_next(s, &number, 2);
	expect_next(s, &number, 3);
	expect_next(s, &number, -1);
	ck_assert_int_eq(store_indexed(s, &err), 0);
	ck_assert_uint_eq(storecase_delete(&c, (const int[]){2, 3, -1}), 2);
	ck_assert_int_eq(store_indexed(s, &err), 1);
	storecase_message(&c, 4);
	ck_assert_int_eq(store_indexed(s, &err), 0);
	expect_next(s, &number, 4);
	ck_assert(storecase_walk(&c, 4, "x"));
	ck_assert_int_eq(store_indexed(s, &err), 1);
	store_close(s);
	storecase_clear(&c);
}
END_TEST

/* A mailbox that holds the writer up until it is let go. */
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

/* All wait at once, in the wrong order. */
START_TEST(messages_go_first)
{
	enum { WALKS = 200, MESSAGES = 100 };
	static const struct store_walk walk = {.text = "text"};
	static struct store_job jobs[WALKS + MESSAGES + 1];
	struct gate gate = {.held = false};
	struct sample_box *box;
	struct record_session *s;
	struct store_job first;
	const char *id;

	storecase_init(&c);
	box = sample_box_new();
	s = sample_session(c.arena, 1);
	storecase_message_of(&c, 900, s);
	id = sample_id(c.arena, 900);
	sem_init(&gate.here, 0, 0);
	sem_init(&gate.go, 0, 0);
	gate.mailbox = store_mailbox_new(hold, &gate);
	first =
	    (struct store_job){.kind = STORE_JOB_SESSION, .mailbox = gate.mailbox, .session = s};
	store_writer_queue(c.writer, &first);
	sem_wait(&gate.here);
	for (unsigned i = 0; i < WALKS; i++)
		jobs[i] = (struct store_job){.kind = STORE_JOB_WALK,
		    .message = sample_small(c.arena, 900, s),
		    .walk = &walk};
	jobs[WALKS] = (struct store_job){.kind = STORE_JOB_DELETE, .ids = &id, .id_count = 1};
	for (unsigned i = 0; i < MESSAGES; i++)
		jobs[WALKS + 1 + i] = (struct store_job){.kind = STORE_JOB_MESSAGE,
		    .session = s,
		    .message = sample_small(c.arena, i, s)};
	for (unsigned i = 0; i < ARRAY_SIZE(jobs); i++) {
		jobs[i].mailbox = sample_mailbox(box);
		store_writer_queue(c.writer, &jobs[i]);
	}
	sem_post(&gate.go);
	for (unsigned i = 0; i < MESSAGES; i++)
		ck_assert_ptr_eq(sample_wait(box), &jobs[WALKS + 1 + i]);
	/* then what somebody ordered, and the rest in its order */
	ck_assert_ptr_eq(sample_wait(box), &jobs[WALKS]);
	for (unsigned i = 0; i < WALKS; i++)
		ck_assert_ptr_eq(sample_wait(box), &jobs[i]);
	ck_assert_ptr_eq(store_mailbox_take(gate.mailbox), &first);
	store_mailbox_free(gate.mailbox);
	sample_box_free(box);
	sem_destroy(&gate.here);
	sem_destroy(&gate.go);
	storecase_clear(&c);
}
END_TEST

/* The writer merges the segments that single commits make. */
START_TEST(segments_do_not_pile_up)
{
	storecase_init(&c);
	for (unsigned n = 0; n < 150; n++) {
		storecase_message(&c, n);
		ck_assert(storecase_walk(&c, n, arena_printf(c.arena, "word%u and more", n)));
	}
	/* a segment has a row for each of its leaves in this table */
	storecase_await(&c, "SELECT count(DISTINCT segid) < 40 FROM words_idx", 1);
	ck_assert_int_eq(found("more"), 150);
	ck_assert_int_eq(found("word77"), 1);
	storecase_sql(&c, "INSERT INTO words (words) VALUES ('integrity-check')");
	storecase_clear(&c);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {keeps_what_was_walked,
	    a_second_walk_and_one_of_nothing_change_nothing, says_what_is_to_be_walked,
	    messages_go_first, segments_do_not_pile_up, NULL};

	return unit_main("storewalk", tests);
}
