/*
 * SPDX-License-Identifier: ISC
 *
 * DNS answers for tests as text, entered into a view round by round as a resolver would.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include "dns/view.h"

/*
 * Answers every question that the view misses. records has one record a line:
 *
 *	NAME TXT text to the end of the line       NAME A address        NAME AAAA address
 *	NAME MX preference exchange                NAME PTR name         NAME SERVFAIL | TIMEOUT
 *	NAME CNAME target, which does not exist
 *
 * A name with no record at or below it does not exist. Returns how many questions it answered.
 */
size_t records_answer(struct dns_view *view, const char *records);

#endif
