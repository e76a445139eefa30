/*
 * SPDX-License-Identifier: ISC
 *
 * Times as text, by the proleptic Gregorian calendar.
 */
#include "base/date.h"

#include <stdio.h>

#define DAY_MS   86400000LL
#define FIRST_MS (-62135596800000LL) /* 0001-01-01T00:00:00.000Z */
#define LAST_MS  253402300799999LL   /* 9999-12-31T23:59:59.999Z */

struct civil {
	int year;
	unsigned month, day, hour, minute, second, ms;
	unsigned weekday; /* 0: Sunday */
};

/* Days since 1970-01-01; the era arithmetic counts from 1 March, which puts leap days last. */
static int64_t days_of(int year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

unsigned date_weekday(int64_t days)
{
	return (unsigned)((days % 7 + 11) % 7);
}

static struct civil civil_of(int64_t unix_ms)
{
	struct civil c;
	int64_t t = unix_ms < FIRST_MS ? FIRST_MS : unix_ms > LAST_MS ? LAST_MS : unix_ms;
	int64_t days = (t - FIRST_MS) / DAY_MS + FIRST_MS / DAY_MS;
	int64_t rest = (t - FIRST_MS) % DAY_MS;
	int64_t z = days + 719468, era = z / 146097, doe = z % 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	c.day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (unsigned)(rest / 3600000);
	c.minute = (unsigned)(rest / 60000 % 60);
	c.second = (unsigned)(rest / 1000 % 60);
	c.ms = (unsigned)(rest % 1000);
	c.weekday = date_weekday(days);
	return c;
}

const char *date_rfc3339(int64_t unix_ms, char out[DATE_RFC3339_SIZE])
{
	struct civil c = civil_of(unix_ms);

	snprintf(out, DATE_RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
	    (unsigned)c.year % 10000, c.month % 100, c.day % 100, c.hour % 100, c.minute % 100,
	    c.second % 100, c.ms % 1000);
	return out;
}

const char *date_rfc5322(int64_t unix_ms, char out[DATE_RFC5322_SIZE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c = civil_of(unix_ms);

	snprintf(out, DATE_RFC5322_SIZE, "%.3s, %02u %.3s %04u %02u:%02u:%02u +0000",
	    days + (size_t)3 * c.weekday, c.day % 100, months + (size_t)3 * (c.month - 1),
	    (unsigned)c.year % 10000, c.hour % 100, c.minute % 100, c.second % 100);
	return out;
}

/* Reads n digits at *at; -1 when there are not so many. */
static int digits(struct span s, size_t *at, size_t n)
{
	uint64_t value;

	if (*at + n > s.len || span_to_uint(span_first(span_after(s, *at), n), 9999, &value) < 0)
		return -1;
	*at += n;
	return (int)value;
}

static bool skip(struct span s, size_t *at, const char *set)
{
	if (*at >= s.len || span_index(span_from(set), s.data[*at]) < 0)
		return false;
	++*at;
	return true;
}

static int fraction_ms(struct span s, size_t *at)
{
	int ms = 0, scale = 100;
	size_t first;

	if (!skip(s, at, "."))
		return 0;
	for (first = *at; *at < s.len && ascii_digit(s.data[*at]); ++*at, scale /= 10)
		ms += (s.data[*at] - '0') * scale;
	return *at == first ? -1 : ms;
}

static int offset_minutes(struct span s, size_t *at, int *out)
{
	int hour, minute, sign;

	*out = 0;
	if (skip(s, at, "Zz"))
		return 0;
	sign = *at < s.len && s.data[*at] == '-' ? -1 : 1;
	if (!skip(s, at, "+-") || (hour = digits(s, at, 2)) < 0 || hour > 23 || !skip(s, at, ":") ||
	    (minute = digits(s, at, 2)) < 0 || minute > 59)
		return -1;
	*out = sign * (hour * 60 + minute);
	return 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

int date_days(int year, int month, int day, int64_t *days)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return -1;
	*days = days_of(year, (unsigned)month, (unsigned)day);
	return 0;
}

int date_rfc3339_parse(struct span s, int64_t *unix_ms)
{
	int year, month, day, hour, minute, second, ms, offset;
	int64_t days;
	size_t at = 0;

	if ((year = digits(s, &at, 4)) < 1 || !skip(s, &at, "-") ||
	    (month = digits(s, &at, 2)) < 1 || !skip(s, &at, "-") ||
	    (day = digits(s, &at, 2)) < 1 || date_days(year, month, day, &days) < 0 ||
	    !skip(s, &at, "Tt ") || (hour = digits(s, &at, 2)) < 0 || hour > 23 ||
	    !skip(s, &at, ":") || (minute = digits(s, &at, 2)) < 0 || minute > 59 ||
	    !skip(s, &at, ":") || (second = digits(s, &at, 2)) < 0 || second > 60)
		return -1;
	if ((ms = fraction_ms(s, &at)) < 0 || offset_minutes(s, &at, &offset) < 0 || at != s.len)
		return -1;
	*unix_ms = days * DAY_MS + ((hour * 60 + minute - offset) * 60LL + second) * 1000 + ms;
	return 0;
}

int duration_parse(struct span text, int64_t *ms)
{
	static const struct {
		struct span unit;
		int64_t ms;
	} units[] = {{{"ms", 2}, 1}, {{"s", 1}, 1000}, {{"m", 1}, 60000}, {{"h", 1}, 3600000},
	    {{"d", 1}, DAY_MS}, {{"", 0}, 1000}};
	size_t n = 0;
	uint64_t value;

	while (n < text.len && ascii_digit(text.data[n]))
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!span_equal(span_after(text, n), units[i].unit))
			continue;
		if (span_to_uint(
			span_first(text, n), (uint64_t)(INT64_MAX / 2 / units[i].ms), &value) < 0)
			return -1;
		*ms = (int64_t)value * units[i].ms;
		return 0;
	}
	return -1;
}
