/*
 * SPDX-License-Identifier: ISC
 *
 * Requirements on texts: one that the message has, or any of several.
 */
#ifndef POLICY_MATCH_H
#define POLICY_MATCH_H

#include "policy/judge.h"

/*
 * Whether the text is what =, ~"..." or ~/.../ asks for; of the negated operators, whether it is
 * what they forbid. Addresses and mechanisms are compared without regard to ASCII case, as is what
 * ~"..." holds; everything else as it stands.
 */
bool requirement_matches(const struct requirement *r, const char *text);

/* What is there. */
struct judge_texts {
	const char *const *items; /* NULLs are none */
	size_t count;
	const char *noun;    /* "subject"; of several: "link" */
	bool several;        /* there may be several of them */
	const char *nothing; /* got, when there is none: "no subject" */
	const char *send;    /* what the application is to do: "send a subject" */
	bool cut;            /* there may be more than these */
};
/*
 * Sets expected, got, reason, outcome. A requirement that more texts might decide otherwise is
 * unjudged where they are cut.
 */
void judge_texts(const struct judge *j, const struct requirement *r, const struct judge_texts *t,
    struct policy_result *out);

/* How the application meets the requirement that failed. */
const char *judge_texts_remedy(
    const struct judge *j, const struct requirement *r, const struct judge_texts *t);

/* The text in quotes, cut between characters behind max octets. */
const char *judge_quote(struct arena *a, const char *text, size_t max);
/* "holds "x"", "not "a"", "matches /x/": what the requirement asks of a text. */
const char *judge_expected_text(const struct judge *j, const struct requirement *r);

#endif
