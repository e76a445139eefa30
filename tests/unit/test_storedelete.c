/*
 * SPDX-License-Identifier: ISC
 *
 * Deleting: what hangs on a message goes with it, numbers are not given again, sessions stay while
 * they are open or have another message. Making the file small, beside readers and on a full disk.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/memory.h"
#include "storecase.h"
#include "unit.h"

static struct storecase c;

/* Every table but those that are to have rows has none. */
static void expect_nothing_left(void)
{
	char *names = memory_string(storecase_text(&c,
	    "SELECT group_concat(name, ' ') FROM pragma_table_list WHERE schema = 'main'"
	    " AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite%' AND name <> 'deleted'"));
	size_t count = 0;

	for (char *name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
		char sql[80];

		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", name);
		ck_assert_msg(storecase_number(&c, sql) == 0, "%s", name);
		count++;
	}
	/* those of the four migrations */
	ck_assert_uint_ge(count, 13);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM words_content"), 0);
	free(names);
}

static void opinion(unsigned n)
{
	static const struct record_opinion said = {
	    "libspf2 1.2.10", "spf", "pass", RECORD_AGREES_NO, "it is so"};
	const struct record_message m = {
	    .id = sample_id(c.arena, n), .opinions = &said, .opinion_count = 1};
	struct store_job job = {.kind = STORE_JOB_OPINION, .message = &m};

	ck_assert(storecase_run(&c, &job));
}

START_TEST(deletes_everything)
{
	static const int all[] = {0, 1, -1};

	storecase_init(&c);
	for (unsigned n = 0; n < 2; n++) {
		storecase_message(&c, n);
		opinion(n);
		ck_assert(storecase_walk(&c, n, "some text"));
	}
	ck_assert_uint_eq(storecase_delete(&c, all), 2);
	expect_nothing_left();
	/* once more: they are gone */
	ck_assert_uint_eq(storecase_delete(&c, all), 0);
	storecase_clear(&c);
}
END_TEST

START_TEST(numbers_are_not_given_again)
{
	static const int newest[] = {2, -1}, all[] = {0, 1, 3, -1};

	storecase_init(&c);
	for (unsigned n = 0; n < 3; n++)
		storecase_message(&c, n);
	ck_assert_uint_eq(storecase_delete(&c, newest), 1);
	storecase_message(&c, 3);
	ck_assert_int_eq(storecase_number(&c, "SELECT max(number) FROM message"), 4);
	ck_assert_uint_eq(storecase_delete(&c, all), 3);
	storecase_restart(&c);
	storecase_message(&c, 4);
	ck_assert_int_eq(storecase_number(&c, "SELECT max(number) FROM message"), 5);
	/* nor when a person deletes */
	storecase_sql(&c, "DELETE FROM message");
	storecase_message(&c, 5);
	ck_assert_int_eq(storecase_number(&c, "SELECT max(number) FROM message"), 6);
	storecase_clear(&c);
}
END_TEST

START_TEST(sessions_stay_while_they_are_needed)
{
	static const int first[] = {0, -1}, second[] = {1, -1};
	struct record_session *s, ended;

	storecase_init(&c);
	s = sample_session(c.arena, 7);
	ended = *s;
	s->ended_at = 0;
	storecase_message_of(&c, 0, s);
	storecase_message_of(&c, 1, s);
	ck_assert_uint_eq(storecase_delete(&c, first), 1);
	ck_assert_uint_eq(storecase_delete(&c, second), 1);
	/* it is open: its end is to find it */
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM session"), 1);
	storecase_message_of(&c, 2, s);
	storecase_message_of(&c, 3, s);
	ck_assert(sample_write(c.writer, &ended, NULL, SPAN("")));
	ck_assert_uint_eq(storecase_delete(&c, (const int[]){2, -1}), 1);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM session"), 1);
	ck_assert_uint_eq(storecase_delete(&c, (const int[]){3, -1}), 1);
	expect_nothing_left();
	storecase_clear(&c);
}
END_TEST

/* More than one transaction takes, some twice, some that never were. */
START_TEST(deletes_many)
{
	enum { MESSAGES = 350 };
	int numbers[MESSAGES * 2 + 1];
	struct record_session *s;

	storecase_init(&c);
	s = sample_session(c.arena, 1);
	for (unsigned n = 0; n < MESSAGES; n++) {
		struct record_message *m = sample_small(c.arena, n, s);

		ck_assert(sample_write(c.writer, s, m, SPAN("x")));
	}
	storecase_message(&c, 800);
	for (int i = 0; i < MESSAGES * 2; i++)
		numbers[i] = i % 2 == 0 ? i / 2 : i;
	numbers[MESSAGES * 2] = -1;
	ck_assert_uint_eq(storecase_delete(&c, numbers), MESSAGES);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM message"), 1);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM session"), 1);
	storecase_clear(&c);
}
END_TEST

static void fill(unsigned from, unsigned to)
{
	struct span big = span_of(memory_new(200000), 200000);

	for (unsigned n = from; n < to; n++) {
		struct record_session *s = sample_session(c.arena, n);

		ck_assert(sample_write(c.writer, s, sample_message(c.arena, n, s), big));
		ck_assert(storecase_walk(&c, n, "words that are in the index"));
	}
	free((void *)(uintptr_t)big.data);
}

START_TEST(the_file_becomes_small)
{
	static const int some[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, -1};
	struct store_job vacuum = {.kind = STORE_JOB_VACUUM};

	storecase_init(&c);
	fill(0, 15);
	ck_assert_uint_eq(storecase_delete(&c, some), 14);
	/* a person reads: what is read is of one moment, and stays */
	storecase_sql(&c, "BEGIN");
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM message"), 1);
	ck_assert_msg(storecase_run(&c, &vacuum), "%s", vacuum.error.text);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM message"), 1);
	ck_assert_int_eq(storecase_number(&c, "SELECT length(bytes) FROM source"), 200000);
	storecase_sql(&c, "COMMIT");
	ck_assert_int_eq(storecase_number(&c, "SELECT length(bytes) FROM source"), 200000);
	/* nobody reads any more */
	ck_assert_msg(storecase_run(&c, &vacuum), "%s", vacuum.error.text);
	ck_assert_uint_lt(vacuum.after, 700000);
	ck_assert_uint_gt(vacuum.after, 200000);
	ck_assert_uint_ge(vacuum.before, vacuum.after);
	ck_assert_int_eq(
	    storecase_number(&c, "SELECT count(*) FROM words WHERE words MATCH 'index'"), 1);
	ck_assert_str_eq(storecase_text(&c, "PRAGMA integrity_check"), "ok");
	/* and it goes on */
	fill(20, 22);
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM message"), 3);
	storecase_clear(&c);
}
END_TEST

static void limit_files(rlim_t soft)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = soft;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_leaves_it_as_it_is)
{
	struct store_job vacuum = {.kind = STORE_JOB_VACUUM};

	storecase_init(&c);
	signal(SIGXFSZ, SIG_IGN);
	fill(0, 15);
	limit_files(1 << 20);
	ck_assert(!storecase_run(&c, &vacuum));
	ck_assert_msg(strstr(vacuum.error.text, "the disk is full") != NULL &&
			  strstr(vacuum.error.text, "cannot be made smaller") != NULL,
	    "%s", vacuum.error.text);
	limit_files(RLIM_INFINITY);
	ck_assert_str_eq(storecase_text(&c, "PRAGMA integrity_check"), "ok");
	ck_assert_int_eq(storecase_number(&c, "SELECT count(*) FROM message"), 15);
	ck_assert_msg(storecase_run(&c, &vacuum), "%s", vacuum.error.text);
	storecase_clear(&c);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {deletes_everything, numbers_are_not_given_again,
	    sessions_stay_while_they_are_needed, deletes_many, the_file_becomes_small,
	    a_full_disk_leaves_it_as_it_is, NULL};

	return unit_main("storedelete", tests);
}
