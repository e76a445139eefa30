/*
 * SPDX-License-Identifier: ISC
 *
 * What the tests of judging share: a message with which all is well, changed for each case, and a
 * table of what comes of it.
 */
#ifndef JUDGECASE_H
#define JUDGECASE_H

#include "policy/policy.h"

/* A message from a@example.com by mail.example.com (203.0.113.7), with all that is known of it. */
struct world {
	struct arena *arena;
	struct record_session session;
	struct record_message message;
	struct dkim_verdict dkim[3];
	const char *header;   /* its text, with CRLF */
	const char *evidence; /* as dns_view_evidence writes it */
	struct mime_content content;
	struct mail_header parsed;
	struct policy_facts facts; /* filled by world_facts */
};

void world_init(struct world *w);
void world_clear(struct world *w);
const struct policy_facts *world_facts(struct world *w);

/* Changes that many cases make. The route is borrowed; it has what was observed as predicted. */
void world_route(struct world *w, const struct verify_route *route);
void world_delivered(struct world *w);    /* judged as delivered */
void world_staging(struct world *w);      /* by a submission listener, without a route */
void world_no_client(struct world *w);    /* its address is not known */
void world_file(struct world *w);         /* from a file, without --ip */
void world_file_with_ip(struct world *w); /* without --helo and --mail-from */

struct judge_case {
	const char *name;
	const char *requirement;
	void (*change)(struct world *w); /* NULL: all is well */
	enum policy_outcome outcome;
	const char *expected, *got, *reason, *remedy, *evidence; /* NULL: none */
};

/* Judges each, compares, and sees that nothing is said where nothing is, and all where it must. */
void judge_cases(const struct judge_case *cases, size_t count);

#endif
