/*
 * SPDX-License-Identifier: ISC
 *
 * Judging one message: a pure function over an incomplete view of the DNS.
 *
 *	verify_begin(input)              the header is known: who signed, which keys
 *	verify_body(v, data, len)        as it arrives, each octet hashed once
 *	verify_end(v, view, out)         VERIFY_NEEDS_DNS: resolve exactly what dns_view_missing
 *	                                 names, put it in, and call verify_end again
 *
 * Nothing of *out may be read before VERIFY_DONE. What was judged with names missing is thrown
 * away and judged anew, but no octet is hashed twice and no public-key operation runs while
 * names are missing. The order in which answers arrive never matters.
 */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "dns/view.h"
#include "mail/finding.h"
#include "mail/message.h"
#include "verify/verdict.h"

enum verify_status {
	VERIFY_DONE,
	VERIFY_NEEDS_DNS,
};

/* Rounds of NEEDS_DNS after which the caller fails what is missing (dns_view_fail_missing). */
#define VERIFY_ROUNDS_MAX 20

/*
 * What is known of how the real provider will send the message: the route's settings. From it the
 * predicted viewpoint is judged (verify/predict.h).
 */
struct verify_route {
	const char *name;
	const char *const *egress; /* "192.0.2.1", or "spf:DOMAIN": an address that it allows */
	size_t egress_count;       /* 0: not known, and SPF and rDNS are not judged */
	const char *return_path;   /* the domain of the reverse-path; NULL: as it was given */
	const char *dkim_domain, *dkim_selector; /* of the provider's signature; NULL: none */
};

struct verify_input {
	struct ip client;      /* IP_NONE when unknown: SPF and rDNS are not judged */
	struct span helo;      /* as given; may be empty */
	struct span mail_from; /* the reverse-path without brackets; empty is the null path */
	const struct mail_header *header;   /* borrowed until verify_free */
	const struct mail_message *message; /* borrowed until verify_free */
	int64_t now;                        /* seconds since 1970, by which expiry is judged */
	bool authenticated;                 /* it logged in: nothing is found in its name */
	bool smtputf8;                      /* MAIL said SMTPUTF8: the header may hold UTF-8 */
	const struct verify_route *route;   /* NULL: nothing is predicted; borrowed likewise */
};

struct verify_result {
	struct verdict observed;
	struct verdict predicted; /* when there is a route */
	struct finding_list findings;
};

struct verify;

struct verify *verify_begin(const struct verify_input *in);
void verify_body(struct verify *v, const void *data, size_t len);
/* *out is filled on VERIFY_DONE; its strings live until verify_free. */
enum verify_status verify_end(struct verify *v, struct dns_view *view, struct verify_result *out);
void verify_free(struct verify *v);

#endif
