/*
 * SPDX-License-Identifier: ISC
 *
 * POSIX extended regular expressions, bounded: the C library copies what is repeated, so that a
 * short expression can take gigabytes, and its back-references take exponential time.
 */
#ifndef POLICY_REGEX_H
#define POLICY_REGEX_H

#include <stdbool.h>

#include "base/error.h"
#include "base/span.h"

/* Octets of an expression; what it comes to once its repetitions are written out. */
#define POLICY_REGEX_MAX      1000
#define POLICY_REGEX_SIZE_MAX 5000
/* Groups within groups. */
#define POLICY_REGEX_DEPTH_MAX 50

/* Whether it can be compiled. 0, or -1 with what is wrong. */
int policy_regex_check(const char *regex, struct error *err);
/* Whether the text has a match of one for which policy_regex_check gave 0. */
bool policy_regex_matches(const char *regex, const char *text);

#endif
