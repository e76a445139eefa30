/*
 * SPDX-License-Identifier: ISC
 *
 * base/date: instants as text and back, durations.
 */
#include "unit.h"

#include <stdint.h>
#include <stdio.h>

#include "base/date.h"

static const struct {
	int64_t unix_ms;
	const char *rfc3339, *rfc5322;
} INSTANTS[] = {
    {0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000"},
    {-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000"},
    {1795449600123, "2026-11-23T16:00:00.123Z", "Mon, 23 Nov 2026 16:00:00 +0000"},
    {951782400000, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 +0000"},
    {4107542399999, "2100-02-28T23:59:59.999Z", "Sun, 28 Feb 2100 23:59:59 +0000"},
    {4107542400000, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 +0000"},
    {-62135596800000, "0001-01-01T00:00:00.000Z", "Mon, 01 Jan 0001 00:00:00 +0000"},
    {253402300799999, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 +0000"},
};

START_TEST(instants)
{
	for (size_t i = 0; i < ARRAY_SIZE(INSTANTS); i++) {
		char text[DATE_RFC3339_SIZE], mail[DATE_RFC5322_SIZE];
		int64_t back;

		ck_assert_str_eq(date_rfc3339(INSTANTS[i].unix_ms, text), INSTANTS[i].rfc3339);
		ck_assert_str_eq(date_rfc5322(INSTANTS[i].unix_ms, mail), INSTANTS[i].rfc5322);
		ck_assert_int_eq(date_rfc3339_parse(span_from(text), &back), 0);
		ck_assert_int_eq(back, INSTANTS[i].unix_ms);
	}
}
END_TEST

START_TEST(outside_the_years)
{
	char text[DATE_RFC3339_SIZE];

	ck_assert_str_eq(date_rfc3339(INT64_MIN, text), "0001-01-01T00:00:00.000Z");
	ck_assert_str_eq(date_rfc3339(INT64_MAX, text), "9999-12-31T23:59:59.999Z");
}
END_TEST

/* Every day of a span with all leap rules, against a calendar that counts one by one. */
START_TEST(every_day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = 1896, month = 1, day = 1;
	int64_t ms = 0, step = 86400000;

	ck_assert_int_eq(date_rfc3339_parse(SPAN("1896-01-01T00:00:00Z"), &ms), 0);
	for (; year < 2105; ms += step) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		char want[DATE_RFC3339_SIZE + 40], got[DATE_RFC3339_SIZE];

		snprintf(want, sizeof(want), "%04d-%02d-%02dT00:00:00.000Z", year, month, day);
		ck_assert_str_eq(date_rfc3339(ms, got), want);
		if (day++ < days[month - 1] + (month == 2 && leap))
			continue;
		day = 1;
		year += month == 12;
		month = month % 12 + 1;
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t unix_ms;
} PARSED[] = {
    {"2026-11-23T16:00:00Z", 1795449600000},
    {"2026-11-23t16:00:00z", 1795449600000},
    {"2026-11-23 16:00:00Z", 1795449600000},
    {"2026-11-23T17:30:00+01:30", 1795449600000},
    {"2026-11-23T11:00:00-05:00", 1795449600000},
    {"2026-11-23T16:00:00-00:00", 1795449600000},
    {"2026-11-23T16:00:00.1Z", 1795449600100},
    {"2026-11-23T16:00:00.12Z", 1795449600120},
    {"2026-11-23T16:00:00.123999999999999Z", 1795449600123},
    {"2016-12-31T23:59:60Z", 1483228800000},
};

START_TEST(parsing)
{
	for (size_t i = 0; i < ARRAY_SIZE(PARSED); i++) {
		struct span s = unit_guard(span_from(PARSED[i].text));
		int64_t ms = 0;

		ck_assert_msg(date_rfc3339_parse(s, &ms) == 0, "%s: refused", PARSED[i].text);
		ck_assert_msg(ms == PARSED[i].unix_ms, "%s: %lld", PARSED[i].text, (long long)ms);
		unit_guard_free(s);
	}
}
END_TEST

static const char *const BAD_DATES[] = {"", "2026", "2026-11-23", "2026-11-23T16:00:00",
    "2026-11-23T16:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "0000-01-01T00:00:00Z",
    "2026-11-23T24:00:00Z", "2026-11-23T16:60:00Z", "2026-11-23T16:00:61Z", "2026-11-23T16:00:00.Z",
    "2026-11-23T16:00:00+24:00", "2026-11-23T16:00:00+01:60", "2026-11-23T16:00:00+0100",
    "2026-11-23T16:00:00+01", "2026-11-23T16:00:00Zx", " 2026-11-23T16:00:00Z",
    "2026-1-23T16:00:00Z", "-026-11-23T16:00:00Z", "2026-11-23X16:00:00Z"};

START_TEST(parsing_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(BAD_DATES); i++) {
		struct span s = unit_guard(span_from(BAD_DATES[i]));
		int64_t ms = 0;

		ck_assert_msg(date_rfc3339_parse(s, &ms) == -1, "%s: taken", BAD_DATES[i]);
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t ms; /* -1: refused */
} DURATIONS[] = {
    {"0", 0},
    {"5", 5000},
    {"5s", 5000},
    {"250ms", 250},
    {"5m", 300000},
    {"2h", 7200000},
    {"1d", 86400000},
    {"9999999999999999999d", -1},
    {"4611686018427387903ms", INT64_MAX / 2},
    {"4611686018427387904ms", -1},
    {"", -1},
    {"s", -1},
    {"-1s", -1},
    {"1.5s", -1},
    {"5 s", -1},
    {"5S", -1},
    {"5w", -1},
    {"5sx", -1},
};

START_TEST(durations)
{
	for (size_t i = 0; i < ARRAY_SIZE(DURATIONS); i++) {
		struct span s = unit_guard(span_from(DURATIONS[i].text));
		int64_t ms = -1;
		int result = duration_parse(s, &ms);

		ck_assert_msg(
		    result == (DURATIONS[i].ms < 0 ? -1 : 0), "\"%s\": result", DURATIONS[i].text);
		ck_assert_msg(ms == DURATIONS[i].ms, "\"%s\": value", DURATIONS[i].text);
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	int year, month, day;
	bool exists;
	int64_t days;
	unsigned weekday;
} CALENDAR[] = {
    {1970, 1, 1, true, 0, 4},
    {1969, 12, 31, true, -1, 3},
    {2026, 11, 23, true, 20780, 1},
    {2024, 2, 29, true, 19782, 4},
    {1, 1, 1, true, -719162, 1},
    {9999, 12, 31, true, 2932896, 5},
    {0, 12, 31, false, 0, 0},
    {10000, 1, 1, false, 0, 0},
    {2026, 0, 1, false, 0, 0},
    {2026, 13, 1, false, 0, 0},
    {2026, 1, 0, false, 0, 0},
    {2026, 1, 32, false, 0, 0},
    {2026, 2, 29, false, 0, 0},
    {2100, 2, 29, false, 0, 0},
    {2026, -1, -1, false, 0, 0},
};

START_TEST(days)
{
	for (size_t i = 0; i < ARRAY_SIZE(CALENDAR); i++) {
		int64_t got = 0;
		int status = date_days(CALENDAR[i].year, CALENDAR[i].month, CALENDAR[i].day, &got);

		ck_assert_msg(status == (CALENDAR[i].exists ? 0 : -1), "row %zu", i);
		ck_assert_msg(got == CALENDAR[i].days, "row %zu: %lld", i, (long long)got);
		ck_assert_msg(
		    status < 0 || date_weekday(got) == CALENDAR[i].weekday, "row %zu: weekday", i);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {instants, outside_the_years, every_day, parsing,
	    parsing_refused, durations, days, NULL};

	return unit_main("date", tests);
}
