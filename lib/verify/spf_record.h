/*
 * SPDX-License-Identifier: ISC
 *
 * The text of an SPF record (RFC 7208 4.5, 4.6, 5, 6, 12) as terms. Nothing is expanded or asked
 * here. A record is read term by term, so that one of any length costs no memory.
 */
#ifndef VERIFY_SPF_RECORD_H
#define VERIFY_SPF_RECORD_H

#include "base/error.h"
#include "base/ip.h"
#include "verify/verdict.h"

enum spf_term_kind {
	SPF_TERM_ALL,
	SPF_TERM_INCLUDE,
	SPF_TERM_A,
	SPF_TERM_MX,
	SPF_TERM_PTR,
	SPF_TERM_IP4,
	SPF_TERM_IP6,
	SPF_TERM_EXISTS,
	SPF_TERM_REDIRECT,
	SPF_TERM_EXP,
	SPF_TERM_UNKNOWN, /* a modifier nobody defined: ignored */
	SPF_TERM_KIND_COUNT,
};

/* All spans borrow from the record's text. */
struct spf_term {
	enum spf_term_kind kind;
	enum auth_result result;  /* of a mechanism that matches, by its qualifier */
	struct span text;         /* as written, without a leading "+" */
	struct span domain;       /* the domain-spec; empty when the term has none */
	struct ip_prefix network; /* ip4, ip6 */
	unsigned bits4, bits6;    /* a, mx: the prefix lengths */
};

struct spf_record {
	struct span terms; /* what follows the version */
	bool has_redirect, has_exp;
	struct spf_term redirect, exp;
};

/* Whether the text of a TXT record is an SPF record: "v=spf1", alone or before a blank. */
bool spf_record_is(struct span text);

/*
 * Parses the text for which spf_record_is holds. 0, or -1 with err naming the first term that is
 * no term, a second redirect= or a second exp=.
 */
int spf_record_parse(struct span text, struct spf_record *out, struct error *err);

/* Cuts the next term off *rest, which began as terms of a record that parsed; false at the end. */
bool spf_record_next(struct span *rest, struct spf_term *out);

/* Whether the term counts against the ten that may ask (RFC 7208 4.6.4). */
bool spf_term_asks(enum spf_term_kind kind);

#endif
