/*
 * SPDX-License-Identifier: ISC
 *
 * mail/date: dates as header fields write them, the obsolete forms, and what is none.
 */
#include "unit.h"

#include <string.h>

#include "mail/date.h"

/* Mon, 23 Nov 2026 16:00:00 +0000 */
#define INSTANT 1795449600000

static const struct {
	const char *text;
	int64_t unix_ms;
} TAKEN[] = {
    {"Mon, 23 Nov 2026 16:00:00 +0000", INSTANT},
    {"23 Nov 2026 16:00:00 +0000", INSTANT},
    {"Mon, 23 Nov 2026 16:00 +0000", INSTANT},
    {"Mon, 23 Nov 2026 16:00:00 -0000", INSTANT},
    {"Mon, 23 Nov 2026 17:30:00 +0130", INSTANT},
    {"Mon, 23 Nov 2026 11:00:00 -0500", INSTANT},
    {"Tue, 24 Nov 2026 06:00:00 +1400", INSTANT},
    {"mon, 23 NOV 2026 16:00:00 +0000", INSTANT},
    {"Mon,23 Nov 2026 16:00:00 +0000", INSTANT},
    {"Mon, 23 Nov 2026 16:00:00 +0000 (UTC)", INSTANT},
    {"Mon, 23 Nov 2026 16:00:00 +0000 (Coordinated (Universal) Time)  ", INSTANT},
    {"  Mon,\r\n 23 Nov 2026\r\n\t16:00:00 +0000", INSTANT},
    {"(a) Mon (b) , (c) 23 (d) Nov (e) 2026 (f) 16 (g) : (h) 00 (i) : (j) 00 (k) +0000 (l)",
	INSTANT},
    {"(\xc3\xa4) 23 Nov 2026 16:00:00 +0000", INSTANT},
    {"23Nov2026 16:00:00 +0000", INSTANT},
    {"Mon, 23 Nov 2026 16:00:00 GMT", INSTANT},
    {"Mon, 23 Nov 2026 16:00:00 UT", INSTANT},
    {"Mon, 23 Nov 2026 16:00:00 Z", INSTANT},
    {"Mon, 23 Nov 2026 16:00:00 a", INSTANT},
    {"Mon, 23 Nov 2026 11:00:00 EST", INSTANT},
    {"Mon, 23 Nov 2026 12:00:00 EDT", INSTANT},
    {"Mon, 23 Nov 2026 10:00:00 CST", INSTANT},
    {"Mon, 23 Nov 2026 11:00:00 CDT", INSTANT},
    {"Mon, 23 Nov 2026 09:00:00 MST", INSTANT},
    {"Mon, 23 Nov 2026 10:00:00 MDT", INSTANT},
    {"Mon, 23 Nov 2026 08:00:00 pst", INSTANT},
    {"Mon, 23 Nov 2026 09:00:00 PDT", INSTANT},
    {"Mon, 23 Nov 2026 16:00:00GMT", INSTANT},
    {"Mon, 23 Nov 26 16:00:00 GMT", INSTANT},
    {"Thu, 23 Nov 126 16:00:00 GMT", -1}, /* 2026 was a Monday */
    {"Mon, 23 Nov 126 16:00:00 GMT", INSTANT},
    {"1 Jan 49 00:00 Z", 2493072000000},
    {"1 Jan 50 00:00 Z", -631152000000},
    {"1 Jan 70 00:00 Z", 0},
    {"1 Jan 1900 00:00 +0000", -2208988800000},
    {"Thu, 29 Feb 2024 00:00:00 +0000", 1709164800000},
    {"Sat, 31 Dec 2016 23:59:60 +0000", 1483228800000},
    {"31 Dec 9999 23:59:59 +0000", 253402300799000},
};

START_TEST(taken)
{
	for (size_t i = 0; i < ARRAY_SIZE(TAKEN); i++) {
		struct span s = unit_guard(span_from(TAKEN[i].text));
		int64_t ms = 1;
		struct error err;
		int status = mail_date_parse(s, &ms, &err);

		if (TAKEN[i].unix_ms == -1) {
			ck_assert_msg(status == -1, "%s: taken", TAKEN[i].text);
		} else {
			ck_assert_msg(status == 0, "%s: %s", TAKEN[i].text, err.text);
			ck_assert_msg(
			    ms == TAKEN[i].unix_ms, "%s: %lld", TAKEN[i].text, (long long)ms);
		}
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	const char *text, *why;
} REFUSED[] = {
    {"", "octet 1: expected the day of the month, 1 to 31, got the end"},
    {"   ", "octet 4: expected the day of the month, 1 to 31, got the end"},
    {"now", "octet 1: expected a day of the week (Sun, Mon, Tue, Wed, Thu, Fri, Sat), got \"n\""},
    {"2026-11-23T16:00:00Z", "octet 1: expected the day of the month, 1 to 31, got \"2\""},
    {"2026-11-23 16:00:00", "octet 1: expected the day of the month, 1 to 31, got \"2\""},
    {"11/23/2026 16:00:00", "octet 3: expected a month (Jan, Feb, Mar, Apr, May, Jun, Jul, Aug, "
			    "Sep, Oct, Nov, Dec), got \"/\""},
    {"Monday, 23 Nov 2026 16:00:00 +0000", "octet 1: expected a day of the week"},
    {"Mon 23 Nov 2026 16:00:00 +0000", "octet 5: expected \",\" behind the day of the week"},
    {"Mon Nov 23 16:00:00 2026", "octet 5: expected \",\" behind the day of the week"},
    {"Mon, Nov 23 2026 16:00:00 +0000", "octet 6: expected the day of the month"},
    {"Mon, 023 Nov 2026 16:00:00 +0000", "octet 6: expected the day of the month"},
    {"Mon, 0 Nov 2026 16:00:00 +0000", "there is no such day as 2026-11-00"},
    {"32 Nov 2026 16:00:00 +0000", "octet 1: expected the day of the month"},
    {"31 Nov 2026 16:00:00 +0000", "there is no such day as 2026-11-31"},
    {"29 Feb 2026 16:00:00 +0000", "there is no such day as 2026-02-29"},
    {"29 Feb 2100 16:00:00 +0000", "there is no such day as 2100-02-29"},
    {"Tue, 23 Nov 2026 16:00:00 +0000", "2026-11-23 is not a Tuesday but a Monday"},
    {"Mon, 23 November 2026 16:00:00 +0000", "octet 9: expected a month"},
    {"Mon, 23 N\xc3\xb6v 2026 16:00:00 +0000", "octet 9: expected a month"},
    {"Mon, 23 Nov 6 16:00:00 +0000", "octet 13: expected a year of four digits, got \"6\""},
    {"Mon, 23 Nov 20260 16:00:00 +0000", "octet 13: expected a year of four digits"},
    {"Mon, 23 Nov 99999999999999999999999 16:00:00 +0000", "octet 13: expected a year"},
    {"Mon, 23 Nov 1899 16:00:00 +0000", "the year 1899 is before 1900"},
    {"Mon, 23 Nov 0026 16:00:00 +0000", "the year 26 is before 1900"},
    {"Mon, 23 Nov 2026", "octet 17: expected the hour in two digits, 00 to 23, got the end"},
    {"Mon, 23 Nov 2026 4:00:00 +0000", "octet 18: expected the hour in two digits"},
    {"Mon, 23 Nov 2026 24:00:00 +0000", "octet 18: expected the hour in two digits"},
    {"Mon, 23 Nov 2026 16.00.00 +0000", "octet 20: expected \":\" in the time of day, got \".\""},
    {"Mon, 23 Nov 2026 16:60:00 +0000", "octet 21: expected the minute in two digits"},
    {"Mon, 23 Nov 2026 16:0:00 +0000", "octet 21: expected the minute in two digits"},
    {"Mon, 23 Nov 2026 16:00:61 +0000", "octet 24: expected the second in two digits"},
    {"Mon, 23 Nov 2026 16:00:00.5 +0000", "octet 26: expected a zone as +0000 or -0500"},
    {"Mon, 23 Nov 2026 04:00:00 PM +0000", "octet 27: expected a zone as +0000 or -0500"},
    {"Mon, 23 Nov 2026 16:00:00", "octet 26: expected a zone as +0000 or -0500, got the end"},
    {"Mon, 23 Nov 2026 16:00:00 CET", "octet 27: expected a zone as +0000 or -0500, got \"C\""},
    {"Mon, 23 Nov 2026 16:00:00 J", "octet 27: expected a zone as +0000 or -0500"},
    {"Mon, 23 Nov 2026 16:00:00+0000", "octet 26: expected a blank before the zone, got \"+\""},
    {"Mon, 23 Nov 2026 16:00:00 +00:00", "octet 28: expected hours and minutes of the zone"},
    {"Mon, 23 Nov 2026 16:00:00 +000", "octet 28: expected hours and minutes of the zone"},
    {"Mon, 23 Nov 2026 16:00:00 +0060", "expected hours and minutes of the zone"},
    {"Mon, 23 Nov 2026 16:00:00 +0000 UTC",
	"octet 33: expected the end behind the zone, got \"U\""},
    {"Mon, 23 Nov 2026 16:00:00 +0000 (UTC", "octet 37: expected \")\" at the end of the comment"},
    {"=?utf-8?q?Mon?=", "octet 1: expected the day of the month, 1 to 31, got \"=\""},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
		struct span s = unit_guard(span_from(REFUSED[i].text));
		int64_t ms = 1;
		struct error err;

		ck_assert_msg(mail_date_parse(s, &ms, &err) == -1, "%s: taken", REFUSED[i].text);
		ck_assert_msg(
		    strstr(err.text, REFUSED[i].why) != NULL, "%s: %s", REFUSED[i].text, err.text);
		ck_assert_msg(mail_date_parse(s, &ms, NULL) == -1, "%s: taken", REFUSED[i].text);
		ck_assert_int_eq(ms, 1);
		unit_guard_free(s);
	}
}
END_TEST

/* What base/date writes is what is read here. */
START_TEST(there_and_back)
{
	for (int64_t ms = -2208988800000; ms < 253402300800000; ms += 86399999000) {
		char text[DATE_RFC5322_SIZE];
		int64_t back = 1;

		date_rfc5322(ms, text);
		ck_assert_msg(mail_date_parse(span_from(text), &back, NULL) == 0, "%s", text);
		ck_assert_msg(back == ms, "%s: %lld", text, (long long)back);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {taken, refused, there_and_back, NULL};

	return unit_main("maildate", tests);
}
