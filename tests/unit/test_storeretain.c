/*
 * SPDX-License-Identifier: ISC
 *
 * Retention: each limit, several at once, what comes later, and what a person did beside it.
 */
#include <string.h>

#include "storecase.h"
#include "unit.h"

#define MINUTE ((int64_t)60000)

static struct storecase c;

/* Five messages: 0 is 50 minutes old, 4 is 10 minutes old; each of 1,000 octets. */
static void set_up(void)
{
	storecase_init(&c);
	for (unsigned n = 0; n < 5; n++)
		storecase_aged(&c, n, (50 - 10 * (int64_t)n) * MINUTE, 1000);
	for (unsigned n = 0; n < 5; n++)
		ck_assert(storecase_walk(&c, n, "text"));
}

static void retain(int64_t age_ms, uint64_t count, uint64_t octets)
{
	const struct store_retention r = {age_ms, count, octets};

	store_writer_retain(c.writer, &r);
}

/* Their attachments are their numbers. */
static void expect_left(const char *name, const char *want)
{
	const char *got = storecase_text(&c,
	    "SELECT coalesce(group_concat(attachments, ''), '') FROM"
	    " (SELECT k.attachments FROM message AS m JOIN walk AS k ON k.message = m.number"
	    " ORDER BY m.received_at_ms)");

	ck_assert_msg(strcmp(got, want) == 0, "%s: %s, expected %s", name, got, want);
}

static const struct {
	const char *name;
	int64_t age_ms;
	uint64_t count, octets;
	const char *left;
} LIMITS[] = {
    {"age", 25 * MINUTE, 0, 0, "34"},
    {"age of all", 1 * MINUTE, 0, 0, ""},
    {"an age that none has", 51 * MINUTE, 0, 0, "01234"},
    {"count", 0, 2, 0, "34"},
    {"a count that is not reached", 0, 5, 0, "01234"},
    {"octets", 0, 0, 2999, "34"},
    {"octets, just so", 0, 0, 3000, "234"},
    {"octets of less than one", 0, 0, 10, ""},
    {"all, count being the strictest", 45 * MINUTE, 1, 4000, "4"},
    {"all, octets being the strictest", 45 * MINUTE, 4, 2000, "34"},
};

START_TEST(keeps_the_limit)
{
	for (size_t i = 0; i < ARRAY_SIZE(LIMITS); i++) {
		size_t left = strlen(LIMITS[i].left);

		set_up();
		retain(LIMITS[i].age_ms, LIMITS[i].count, LIMITS[i].octets);
		storecase_await(&c, "SELECT count(*) FROM message", (int64_t)left);
		expect_left(LIMITS[i].name, LIMITS[i].left);
		/* sessions go with their messages */
		ck_assert_int_eq(
		    storecase_number(&c, "SELECT count(*) FROM session"), (int64_t)left);
		ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM words"), (int64_t)left);
		storecase_clear(&c);
	}
}
END_TEST

START_TEST(keeps_it_from_then_on)
{
	set_up();
	retain(0, 3, 0);
	storecase_await(&c, "SELECT count(*) FROM message", 3);
	for (unsigned n = 10; n < 20; n++)
		storecase_aged(&c, n, 0, 1);
	storecase_await(&c, "SELECT count(*) FROM message", 3);
	storecase_await(&c, "SELECT min(number) FROM message", 13);
	/* what somebody deletes counts no more */
	ck_assert_uint_eq(storecase_delete(&c, (const int[]){19, -1}), 1);
	storecase_aged(&c, 20, 0, 1);
	storecase_aged(&c, 21, 0, 1);
	storecase_await(&c, "SELECT min(number) FROM message", 14);
	storecase_await(&c, "SELECT count(*) FROM message", 3);
	/* nor what a person deletes beside the program */
	storecase_sql(&c, "DELETE FROM message");
	for (unsigned n = 30; n < 34; n++)
		storecase_aged(&c, n, 0, 1);
	storecase_await(&c, "SELECT count(*) FROM message", 3);
	/* no limit any more */
	retain(0, 0, 0);
	for (unsigned n = 40; n < 50; n++)
		storecase_aged(&c, n, 0, 1);
	storecase_restart(&c);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM message"), 13);
	storecase_clear(&c);
}
END_TEST

START_TEST(sessions_without_messages_go_by_age_alone)
{
	storecase_init(&c);
	for (unsigned n = 0; n < 4; n++) {
		struct record_session *s = sample_session(c.arena, n);

		s->ended_at = n < 3 ? 1000 + n : 4102444800000;
		ck_assert(sample_write(c.writer, s, NULL, SPAN("")));
	}
	storecase_aged(&c, 50, MINUTE, 10);
	storecase_aged(&c, 51, 0, 10);
	retain(0, 1, 0);
	storecase_await(&c, "SELECT count(*) FROM message", 1);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM session"), 5);
	retain(10 * MINUTE, 0, 0);
	storecase_await(&c, "SELECT count(*) FROM session", 2);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM transcript"), 2 + 1);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM message"), 1);
	storecase_clear(&c);
}
END_TEST

START_TEST(many_go_in_several_turns)
{
	struct record_session *s;

	storecase_init(&c);
	s = sample_session(c.arena, 1);
	for (unsigned n = 0; n < 450; n++)
		ck_assert(sample_write(c.writer, s, sample_small(c.arena, n, s), SPAN("x")));
	retain(0, 7, 0);
	storecase_await(&c, "SELECT count(*) FROM message", 7);
	storecase_clear(&c);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {keeps_the_limit, keeps_it_from_then_on,
	    sessions_without_messages_go_by_age_alone, many_go_in_several_turns, NULL};

	return unit_main("storeretain", tests);
}
