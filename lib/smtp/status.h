/*
 * SPDX-License-Identifier: ISC
 *
 * What replies mean: reply codes (RFC 5321 4.2 and the extensions that add to them) and enhanced
 * status codes (RFC 3463 and the registry of RFC 5248). Tables for whoever has to read a reply; the
 * server's own replies are in its tables and in that of findings.
 */
#ifndef SMTP_STATUS_H
#define SMTP_STATUS_H

#include <stdbool.h>

#include "base/span.h"

struct smtp_code_entry {
	int code;
	const char *reference; /* "RFC 5321 4.2.3" */
	const char *meaning;   /* one sentence */
	const char *action;    /* what the client should do; NULL where all is well */
};

/* X.SUBJECT.DETAIL: the class says whether to try again, and not what it is about. */
struct smtp_status_entry {
	unsigned subject, detail;
	const char *reference;
	const char *meaning;
	const char *action;
};

struct smtp_status {
	unsigned class, subject, detail; /* class 2, 4 or 5 */
};

/* The n-th of the table, in order of their numbers; NULL behind the last. */
const struct smtp_code_entry *smtp_code_entry(size_t n);
const struct smtp_status_entry *smtp_status_entry(size_t n);
/* NULL: no standard has it. */
const struct smtp_code_entry *smtp_code_find(int code);
const struct smtp_status_entry *smtp_status_find(const struct smtp_status *s);

/*
 * What the first and the second digit of a reply code from 200 to 599 say (RFC 5321 4.2.1); the
 * latter is NULL where no meaning was given to it.
 */
const char *smtp_code_class(int code);
const char *smtp_code_group(int code);
/* What the class says (2, 4 or 5), and the subject; the latter is NULL above 7. */
const char *smtp_status_class(unsigned class);
const char *smtp_status_subject(unsigned subject);

/* A reply code, three digits from 200 to 599. 0 or -1. */
int smtp_code_parse(struct span text, int *code);
/* "5.7.26": class 2, 4 or 5, numbers of one to three digits (RFC 3463 2). 0 or -1. */
int smtp_status_parse(struct span text, struct smtp_status *out);

/* Whether the same may be sent again, by the first digit of either code. */
enum smtp_retry {
	SMTP_RETRY_NONE,  /* it was no failure */
	SMTP_RETRY_LATER, /* 4: the message as it is, later */
	SMTP_RETRY_NEVER, /* 5: something must change first */
	SMTP_RETRY_COUNT,
};
extern const char *const SMTP_RETRY_TEXT[SMTP_RETRY_COUNT];
enum smtp_retry smtp_retry_of(unsigned first_digit);

#endif
