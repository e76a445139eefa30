/*
 * SPDX-License-Identifier: ISC
 *
 * Replies that large receivers and submission services are known to send: what is meant by them,
 * and what to do. From their published pages and from bounces; texts change, so a part of each is
 * looked for, without regard to ASCII case.
 */
#ifndef POLICY_KNOWN_H
#define POLICY_KNOWN_H

#include "smtp/status.h"

struct known_reply {
	const char *provider; /* "Gmail" */
	/* "550 5.7.26", or several forms parted by "|": "421 4.7.26|550 5.7.26"; a last number may
	 * be a range, "550 5.7.606-649"; the enhanced code may be missing */
	const char *forms;
	const char *part; /* of the text; NULL: the codes say it all */
	const char *meaning;
	const char *action;
};

/* The n-th of the table, provider by provider; NULL behind the last. */
const struct known_reply *known_reply(size_t n);

/* A reply as it stands in a log; what is not known of it is 0, or empty. */
struct known_query {
	int code;
	struct smtp_status status; /* class 0: none */
	struct span text;
};

enum known_match {
	KNOWN_NONE,
	KNOWN_CODE, /* one of its forms has the codes asked for, an enhanced one among them, and no
	               text says otherwise */
	KNOWN_TEXT, /* the text is its own, and no code contradicts it */
};

enum known_match known_match(const struct known_reply *k, const struct known_query *q);
/* Whether "550 5.7.26" has the codes of the query; what the query leaves open is any. */
bool known_form(struct span form, const struct known_query *q);
/* Whether to send again by the forms: mixed forms are as the query's code says, or else LATER. */
enum smtp_retry known_retry(const struct known_reply *k, const struct known_query *q);

#endif
