/*
 * SPDX-License-Identifier: ISC
 *
 * Ids grow within a thread, are right in form and time, and differ between threads.
 */
#include "run/id.h"

#include <pthread.h>
#include <string.h>

#include "run/clock.h"
#include "unit.h"

#define COUNT 20000

START_TEST(ids_grow)
{
	char last[ULID_SIZE] = "", id[ULID_SIZE];

	for (int i = 0; i < COUNT; i++) {
		id_make(id);
		ck_assert_uint_eq(strlen(id), ULID_SIZE - 1);
		ck_assert_uint_eq(strspn(id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), ULID_SIZE - 1);
		ck_assert_msg(strcmp(last, id) < 0, "%s after %s", id, last);
		memcpy(last, id, sizeof(last));
	}
}
END_TEST

START_TEST(ids_tell_the_time)
{
	static const uint8_t none[10] = {0};
	char before[ULID_SIZE], id[ULID_SIZE], after[ULID_SIZE];

	ulid_format(before, clock_now_ms(), none);
	id_make(id);
	ulid_format(after, clock_now_ms() + 1, none);
	ck_assert_str_le(before, id);
	ck_assert_str_lt(id, after);
}
END_TEST

static void *make_one(void *out)
{
	id_make(out);
	return NULL;
}

START_TEST(threads_differ)
{
	char ids[8][ULID_SIZE];
	pthread_t threads[8];

	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, make_one, ids[i]), 0);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	/* Beyond the time, which is 10 characters. */
	for (int i = 0; i < 8; i++)
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(ids[i] + 10, ids[j] + 10);
}
END_TEST

START_TEST(clocks)
{
	int64_t steady = clock_steady_us();

	/* 2024-01-01, before this was written, and the year 9999. */
	ck_assert_int_gt(clock_now_ms(), 1704067200000);
	ck_assert_int_lt(clock_now_ms(), 253402300800000);
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_steady_us();

		ck_assert_int_ge(now, steady);
		steady = now;
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {ids_grow, ids_tell_the_time, threads_differ, clocks, NULL};

	return unit_main("id", tests);
}
