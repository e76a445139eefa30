/*
 * SPDX-License-Identifier: ISC
 *
 * A scenario file: zones, and cases that are judged under them.
 *
 *	# a comment
 *	=== zone
 *	$ORIGIN example.com.            ; a master file, as "--zone" takes it; several are allowed
 *	@ TXT "v=spf1 ip4:203.0.113.0/24 -all"
 *	=== case listed-address
 *	peer: 203.0.113.7               absent: the client is not known
 *	helo: mx.example.com            absent: empty
 *	mail-from: a@example.com        absent or empty: the null reverse-path
 *	now: 1790000000                 absent: this time
 *	smtputf8: yes                   absent: no; whether MAIL said SMTPUTF8
 *	route: egress=192.0.2.1,spf:example.net return-path=bounce.example.com dkim=example.com/s1
 *	                                absent: nothing is predicted; each part may be absent
 *	                                "dkim=/s1": for the domain of From
 *	spf: pass                       every other line is an expected fact
 *	spf.reason: ~ip4:203.0.113.0    "~": holds this text
 *	spf.explanation: (null)         an absent fact
 *	dkim[0]: fail | permerror       one of these
 *	finding: missing-from           this finding is there
 *	no-finding: dkim-weak-key       this one is not
 *	rounds: 3                       at most this many rounds of questions
 *	predicted.spf: softfail         a fact of the route's viewpoint
 *	authentication-results: mx.example.net;
 *	 spf=pass smtp.mailfrom=...     the field's unfolded value, by the server mx.example.net;
 *	                                a line that begins with a blank goes on with the value above
 *	=== message
 *	From: a@example.com             the message of the case above, LF for CRLF; headers that are
 *	                                not whole are fine: their findings are there, and compared
 *	                                where they are named
 *
 * The names of facts are those of facts.c. Only what is stated is compared.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "base/arena.h"
#include "base/error.h"
#include "base/ip.h"
#include "verify/verify.h"

struct scenario_fact {
	const char *name;
	const char *value;
	unsigned line;
};

struct scenario_case {
	const char *name;
	unsigned line;
	struct ip peer;
	struct span helo, mail_from;
	int64_t now;
	bool smtputf8;
	bool has_route;
	struct verify_route route;
	struct span message; /* with CRLF; empty when there is none */
	struct scenario_fact *expected;
	size_t expected_count;
};

struct scenario {
	const char *file;
	struct span *zones; /* each after as many line ends as stand before it in the file */
	size_t zone_count;
	struct scenario_case *cases;
	size_t case_count;
};

#define SCENARIO_NOW 1790000000

/*
 * Parses the text of a file; strings live in the arena. 0, or -1 with err beginning "FILE:LINE: ".
 * scenario_clear frees the arrays, also after an error.
 */
int scenario_parse(
    const char *file, struct span text, struct arena *a, struct scenario *out, struct error *err);
void scenario_clear(struct scenario *s);

#endif
