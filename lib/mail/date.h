/*
 * SPDX-License-Identifier: ISC
 *
 * The date and time of a header field (RFC 5322 3.3). Writing it is base/date's.
 */
#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include "base/date.h"
#include "base/error.h"

/*
 * Parses the value of Date, folded or not, with comments and with the obsolete forms of RFC 5322
 * 4.3: years of two and three digits, zones by name. It must be a date that exists, from 1900 on,
 * on the day of the week that it names. A military zone, whose sense is lost, counts as UTC. 0, or
 * -1 with err.
 */
int mail_date_parse(struct span value, int64_t *unix_ms, struct error *err);

#endif
