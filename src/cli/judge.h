/*
 * SPDX-License-Identifier: ISC
 *
 * Judging without a gateway: what the check commands share.
 */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include "cli/cli.h"
#include "dns/view.h"
#include "verify/verify.h"

/*
 * Calls judge(arg) until it is done, resolving in between what the view misses, by --dns, the
 * settings or the system's servers. Says what is wrong and returns an enum cli_exit.
 */
int cli_judge(
    struct cli *cli, struct dns_view *view, enum verify_status (*judge)(void *arg), void *arg);

/* Settings and zones: what every check needs first. */
int cli_judge_prepare(struct cli *cli);

/* The options of a message's path: --ip, --helo, --mail-from, --at. What is not given is empty. */
struct cli_identity {
	struct ip ip;
	struct span helo, mail_from;
	int64_t now; /* seconds since 1970 */
};
int cli_identity(struct cli *cli, struct cli_identity *out);

/* Rows of option tables. */
#define CLI_IDENTITY_OPTIONS                                                                       \
	{"ip", "ADDRESS", "the client's IP address"}, {"helo", "NAME", "its HELO name"},           \
	    {"mail-from", "ADDRESS", "the reverse-path; '' is the null reverse-path"},             \
	{                                                                                          \
		"at", "TIME", "judge expiry as of this time (RFC 3339, or seconds since 1970)"     \
	}
#define CLI_JUDGE_OPTIONS                                                                          \
	{"zone", "FILE", "a zone file that answers first (repeatable)"},                           \
	    {"dns", "ADDRESS:PORT", "ask this server (repeatable), not the system's"},             \
	{                                                                                          \
		"json", NULL, "one JSON object"                                                    \
	}

#endif
