/*
 * SPDX-License-Identifier: ISC
 *
 * Reading the date-time of RFC 5322 3.3 and 4.3, left to right.
 */
#include "mail/date.h"

#include "mail/reader.h"

#define FIRST_YEAR 1900
#define LAST_YEAR  9999

struct parts {
	int weekday; /* -1: none is named */
	int day, month, year;
	int hour, minute, second;
	int offset_minutes;
};

static const char *const DAYS[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* [CFWS] c [CFWS] */
static int separator(struct mail_reader *r, char c, const char *what)
{
	if (mail_skip(r) < 0)
		return -1;
	return mail_take(r, c) ? mail_skip(r) : mail_expected(r, what);
}

/* The letters that begin here, or the digits. */
static struct span run(const struct mail_reader *r, bool (*belongs)(char c))
{
	struct span rest = span_after(r->text, r->at);
	size_t n = 0;

	while (n < rest.len && belongs(rest.data[n]))
		n++;
	return span_first(rest, n);
}

/* A number of that many digits, from min to max. */
static int number(struct mail_reader *r, size_t digits_min, size_t digits_max, int max, int *out)
{
	struct span digits = run(r, ascii_digit);
	uint64_t value;

	if (digits.len < digits_min || digits.len > digits_max ||
	    span_to_uint(digits, (uint64_t)max, &value) < 0)
		return -1;
	r->at += digits.len;
	*out = (int)value;
	return 0;
}

/* The place in names, three letters each, of the word that begins here, or -1. */
static int name(struct mail_reader *r, const char *names)
{
	struct span word = run(r, ascii_alpha);

	for (int i = 0; *names != '\0'; i++, names += 3) {
		if (!span_equal_nocase(word, span_of(names, 3)))
			continue;
		r->at += word.len;
		return i;
	}
	return -1;
}

/* day-name "," when there is a name. */
static int read_weekday(struct mail_reader *r, struct parts *p)
{
	p->weekday = -1;
	if (mail_skip(r) < 0)
		return -1;
	if (run(r, ascii_alpha).len == 0)
		return 0;
	p->weekday = name(r, "SunMonTueWedThuFriSat");
	if (p->weekday < 0)
		return mail_expected(r, "a day of the week (Sun, Mon, Tue, Wed, Thu, Fri, Sat)");
	return separator(r, ',', "\",\" behind the day of the week");
}

/* Years of two digits are those of 1950 to 2049, of three digits count from 1900. */
static int read_year(struct mail_reader *r, struct parts *p)
{
	size_t digits = run(r, ascii_digit).len;

	if (number(r, 2, digits, LAST_YEAR, &p->year) < 0)
		return mail_expected(r, "a year of four digits");
	if (digits == 2 && p->year < 50)
		p->year += 2000;
	else if (digits < 4)
		p->year += FIRST_YEAR;
	return 0;
}

static int read_day(struct mail_reader *r, struct parts *p)
{
	if (number(r, 1, 2, 31, &p->day) < 0)
		return mail_expected(r, "the day of the month, 1 to 31");
	if (mail_skip(r) < 0)
		return -1;
	p->month = name(r, "JanFebMarAprMayJunJulAugSepOctNovDec") + 1;
	if (p->month == 0)
		return mail_expected(r,
		    "a month (Jan, Feb, Mar, Apr, May, Jun, Jul, Aug, Sep, Oct, "
		    "Nov, Dec)");
	return mail_skip(r) < 0 ? -1 : read_year(r, p);
}

/* A colon and two digits behind it. */
static int read_sixtieth(struct mail_reader *r, int max, const char *what, int *out)
{
	if (separator(r, ':', "\":\" in the time of day") < 0)
		return -1;
	return number(r, 2, 2, max, out) < 0 ? mail_expected(r, what) : 0;
}

static int read_time(struct mail_reader *r, struct parts *p)
{
	if (number(r, 2, 2, 23, &p->hour) < 0)
		return mail_expected(r, "the hour in two digits, 00 to 23");
	if (read_sixtieth(r, 59, "the minute in two digits, 00 to 59", &p->minute) < 0 ||
	    mail_skip(r) < 0)
		return -1;
	p->second = 0;
	if (r->at >= r->text.len || r->text.data[r->at] != ':')
		return 0;
	/* 60 is a leap second. */
	return read_sixtieth(r, 60, "the second in two digits, 00 to 60", &p->second);
}

/* The zone names of RFC 5322 4.3. */
static const struct {
	struct span name;
	int hours;
} ZONES[] = {{{"UT", 2}, 0}, {{"GMT", 3}, 0}, {{"EST", 3}, -5}, {{"EDT", 3}, -4}, {{"CST", 3}, -6},
    {{"CDT", 3}, -5}, {{"MST", 3}, -7}, {{"MDT", 3}, -6}, {{"PST", 3}, -8}, {{"PDT", 3}, -7}};

static int read_zone_name(struct mail_reader *r, struct parts *p)
{
	struct span word = run(r, ascii_alpha);
	size_t i = 0;

	while (i < ARRAY_SIZE(ZONES) && !span_equal_nocase(word, ZONES[i].name))
		i++;
	if (i < ARRAY_SIZE(ZONES))
		p->offset_minutes = ZONES[i].hours * 60;
	else if (word.len == 1 && ascii_lower(word.data[0]) != 'j')
		p->offset_minutes = 0;
	else
		return mail_expected(r, "a zone as +0000 or -0500");
	r->at += word.len;
	return 0;
}

static int read_zone(struct mail_reader *r, struct parts *p)
{
	bool blank;
	int sign, value;

	if (mail_skip(r) < 0)
		return -1;
	/* Digits go before it. */
	blank = !ascii_digit(r->text.data[r->at - 1]);
	sign = mail_take(r, '-') ? -1 : 1;
	if (sign > 0 && !mail_take(r, '+'))
		return read_zone_name(r, p);
	if (!blank) {
		r->at--;
		return mail_expected(r, "a blank before the zone");
	}
	if (number(r, 4, 4, 9959, &value) < 0 || value % 100 > 59)
		return mail_expected(r, "hours and minutes of the zone in four digits");
	p->offset_minutes = sign * (value / 100 * 60 + value % 100);
	return 0;
}

static int read_parts(struct mail_reader *r, struct parts *p)
{
	if (read_weekday(r, p) < 0 || read_day(r, p) < 0 || mail_skip(r) < 0 ||
	    read_time(r, p) < 0 || read_zone(r, p) < 0 || mail_skip(r) < 0)
		return -1;
	return r->at == r->text.len ? 0 : mail_expected(r, "the end behind the zone");
}

int mail_date_parse(struct span value, int64_t *unix_ms, struct error *err)
{
	struct mail_reader r = {.text = value, .err = err};
	struct parts p = {0};
	int64_t days, seconds;

	if (read_parts(&r, &p) < 0)
		return -1;
	if (p.year < FIRST_YEAR)
		return error_usage(err, "the year %d is before %d", p.year, FIRST_YEAR);
	if (date_days(p.year, p.month, p.day, &days) < 0)
		return error_usage(
		    err, "there is no such day as %04d-%02d-%02d", p.year, p.month, p.day);
	if (p.weekday >= 0 && (unsigned)p.weekday != date_weekday(days))
		return error_usage(err, "%04d-%02d-%02d is not a %s but a %s", p.year, p.month,
		    p.day, DAYS[p.weekday], DAYS[date_weekday(days)]);
	seconds = ((days * 24 + p.hour) * 60 + p.minute - p.offset_minutes) * 60 + p.second;
	*unix_ms = seconds * 1000;
	return 0;
}
