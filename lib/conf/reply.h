/*
 * SPDX-License-Identifier: ISC
 *
 * The form of a reply that a receivers' file gives, in one line: a code from 400 to 599, a blank,
 * or a hyphen where it is the first of several lines, an enhanced status code of the same class,
 * which may be missing, and a text of printable ASCII.
 */
#ifndef CONF_REPLY_H
#define CONF_REPLY_H

/* Longest such reply. */
#define CONF_REPLY_MAX 1000

/* What is wrong with it, "expected ..."; NULL: nothing. */
const char *conf_reply_problem(const char *reply);

#endif
