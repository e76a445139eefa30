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

/* Rounds of VERIFY_NEEDS_DNS after which the caller fails what is missing (dns_view_fail_missing). */
#define VERIFY_ROUNDS_MAX 20

struct verify_input {
	struct ip client;      /* IP_NONE when unknown: SPF and rDNS are not judged */
	struct span helo;      /* as given; may be empty */
	struct span mail_from; /* the reverse-path without brackets; empty is the null path */
	const struct mail_header *header; /* borrowed until verify_free */
	const struct mail_message *message; /* borrowed until verify_free */
	int64_t now; /* seconds since 1970, by which expiry is judged */
};

struct verify;

struct verify *verify_begin(const struct verify_input *in);
void verify_body(struct verify *v, const void *data, size_t len);
/*
 * out, and the findings that belong to the verdict, are filled on VERIFY_DONE; their strings live
 * until verify_free. findings may be NULL.
 */
enum verify_status verify_end(struct verify *v, struct dns_view *view, struct verdict *out,
    struct finding_list *findings);
void verify_free(struct verify *v);

#endif
