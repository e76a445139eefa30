/*
 * SPDX-License-Identifier: ISC
 *
 * When a session must end because of time: which deadline is the nearest, and where it lies.
 */
#include "gateway/deadline.h"

#include "unit.h"

#define SECOND INT64_C(1000000)

static const struct conf_settings SETTINGS = {
    .line_timeout_ms = 60000,
    .data_rate = 100,
    .data_rate_after_ms = 60000,
    .session_timeout_ms = 3600000,
};

static struct deadline begin(void)
{
	return (struct deadline){
	    .settings = &SETTINGS, .started_us = 1000 * SECOND, .active_us = 1000 * SECOND};
}

static void expect(const char *row, const struct deadline *d, int64_t silence_ms,
    enum deadline_kind kind, int64_t at_us)
{
	enum deadline_kind got;
	int64_t at = deadline_next(d, silence_ms, &got);

	ck_assert_msg(got == kind, "%s: kind %d, expected %d", row, (int)got, (int)kind);
	ck_assert_msg(
	    at == at_us, "%s: at %lld, expected %lld", row, (long long)at, (long long)at_us);
}

START_TEST(silence_and_life)
{
	struct deadline d = begin();

	expect("silence", &d, 300000, DEADLINE_SILENCE, 1300 * SECOND);
	expect("nothing expected", &d, 0, DEADLINE_SESSION, 4600 * SECOND);
	d.active_us = 4500 * SECOND;
	expect("life", &d, 300000, DEADLINE_SESSION, 4600 * SECOND);
}
END_TEST

/* Octets that go on coming do not move the end of a line. */
START_TEST(line)
{
	struct deadline d = begin();

	deadline_line(&d, true, 1010 * SECOND);
	d.active_us = 1050 * SECOND;
	deadline_line(&d, true, d.active_us);
	expect("slow line", &d, 300000, DEADLINE_LINE, 1070 * SECOND);
	expect("short silence comes first", &d, 5000, DEADLINE_SILENCE, 1055 * SECOND);
	deadline_line(&d, false, 1060 * SECOND);
	expect("complete", &d, 300000, DEADLINE_SILENCE, 1350 * SECOND);
	deadline_line(&d, true, 1065 * SECOND);
	expect("the next line", &d, 300000, DEADLINE_LINE, 1125 * SECOND);
}
END_TEST

START_TEST(data)
{
	static const struct {
		const char *row;
		uint64_t octets;
		int64_t lasts; /* seconds */
	} ROWS[] = {
	    {"none", 0, 60},
	    {"one a second", 59, 60},
	    {"just what the time of grace asks for", 6000, 60},
	    {"more than that", 6100, 61},
	    {"a megabyte", 1000000, 10000},
	    {"a terabyte", UINT64_C(1000000000000), INT64_C(10000000000)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct deadline d = begin();
		enum deadline_kind kind;

		d.active_us = 1100 * SECOND;
		deadline_data(&d, true, 0, 1100 * SECOND);
		deadline_data(&d, true, ROWS[i].octets, 1100 * SECOND);
		d.started_us = INT64_MAX / 2;
		ck_assert_msg(
		    deadline_next(&d, INT64_MAX / 4000, &kind) == (1100 + ROWS[i].lasts) * SECOND,
		    "%s", ROWS[i].row);
		ck_assert_msg(kind == DEADLINE_DATA, "%s", ROWS[i].row);
	}
}
END_TEST

/* Between chunks no data is expected, and its time stands still. */
START_TEST(chunks)
{
	struct deadline d = begin();

	deadline_data(&d, true, 0, 1000 * SECOND);
	deadline_data(&d, false, 1000, 1030 * SECOND);
	expect("between", &d, 300000, DEADLINE_SILENCE, 1300 * SECOND);
	deadline_data(&d, true, 0, 1200 * SECOND);
	expect("the second chunk", &d, 300000, DEADLINE_DATA, 1230 * SECOND);
	deadline_data(&d, true, 9000, 1210 * SECOND);
	expect("it hurries", &d, 300000, DEADLINE_DATA, 1270 * SECOND);
	deadline_message(&d);
	expect("the message is over", &d, 300000, DEADLINE_SILENCE, 1300 * SECOND);
	deadline_data(&d, true, 0, 1240 * SECOND);
	expect("the next message", &d, 300000, DEADLINE_DATA, 1300 * SECOND);
}
END_TEST

START_TEST(no_rate)
{
	struct conf_settings settings = SETTINGS;
	struct deadline d = begin();

	settings.data_rate = 0;
	d.settings = &settings;
	deadline_data(&d, true, 0, 1000 * SECOND);
	expect("no rate", &d, 300000, DEADLINE_SILENCE, 1300 * SECOND);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {silence_and_life, line, data, chunks, no_rate, NULL};

	return unit_main("deadline", tests);
}
