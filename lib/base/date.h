/*
 * SPDX-License-Identifier: ISC
 *
 * Times as text. Instants are milliseconds since 1970-01-01 UTC; no clock and no time zone data
 * are read here. Years 0001 to 9999.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdint.h>

#include "base/span.h"

#define DATE_RFC3339_SIZE 25 /* 2026-11-23T16:00:00.123Z and NUL */
#define DATE_RFC5322_SIZE 32 /* Mon, 23 Nov 2026 16:00:00 +0000 and NUL */

/* UTC with milliseconds; instants outside the years are cut to the nearest. Returns out. */
const char *date_rfc3339(int64_t unix_ms, char out[DATE_RFC3339_SIZE]);
/* RFC 5322 3.3 in UTC. Returns out. */
const char *date_rfc5322(int64_t unix_ms, char out[DATE_RFC5322_SIZE]);
/* RFC 3339 5.6 with any offset and any number of fraction digits. 0 or -1. */
int date_rfc3339_parse(struct span text, int64_t *unix_ms);
/*
 * Days since 1970-01-01 of a day of the calendar, years 1 to 9999. 0, or -1 when there is no such
 * day. The day of the week counts from 0, Sunday.
 */
int date_days(int year, int month, int day, int64_t *days);
unsigned date_weekday(int64_t days);
/* A whole number with a unit ms, s, m, h or d, or none (seconds). 0 or -1. */
int duration_parse(struct span text, int64_t *ms);

#endif
