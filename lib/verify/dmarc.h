/*
 * SPDX-License-Identifier: ISC
 *
 * DMARC (RFC 9989): the record, its discovery by the tree walk, alignment, and what a receiver
 * would do.
 */
#ifndef VERIFY_DMARC_H
#define VERIFY_DMARC_H

#include "verify/verify.h"

enum dmarc_psd {
	DMARC_PSD_UNKNOWN, /* psd=u, the default */
	DMARC_PSD_YES,
	DMARC_PSD_NO,
};

/* A record's tags with their defaults in place (RFC 9989 4.7). */
struct dmarc_record {
	bool has_p, has_sp, has_np; /* whether there was a valid value */
	enum dmarc_policy p, sp, np;
	bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
	bool testing;                 /* t=y */
	enum dmarc_psd psd;
	struct span rua, ruf, fo; /* as written, borrowed from the text; empty when absent */
	/* the tag is there with an invalid value */
	bool bad_p, bad_sp, bad_np;
	/*
	 * p= is missing or invalid, or sp= or np= is invalid: with a valid address in rua= that is
	 * p=none, without one there is no DMARC for the message (RFC 9989 4.10.1).
	 */
	bool invalid_policy;
	bool valid_rua; /* rua= has at least one valid URI */
};

/* Parses the text of a TXT record. 0, or -1 when it is no DMARC record. */
int dmarc_record_parse(struct span text, struct dmarc_record *out);

/* Whether a text that is no DMARC record was meant to be one: "v=dmarc1", "p=reject; v=DMARC1". */
bool dmarc_record_meant(struct span text);

/*
 * The p, sp or np that applies to a domain with a record of its own, to one below the record's
 * (inherited), or to one below that does not exist (RFC 9989 4.7, 4.10.1).
 */
enum dmarc_policy dmarc_record_policy(const struct dmarc_record *r, bool inherited, bool exists);

/* A domain that passed SPF or DKIM, or did not. */
struct dmarc_identifier {
	bool is_dkim;
	enum auth_result result;
	const char *domain;
};

/* The identifiers of a message as one list (the caller's), for dmarc_check. */
struct dmarc_input {
	const struct mail_message *message;
	const struct dmarc_identifier *identifiers;
	size_t count;
};

/*
 * Judges the message. VERIFY_NEEDS_DNS leaves *out undefined. Strings live in the arena. findings
 * (may be NULL) gets what is wrong with the record, and psl-differs; only on VERIFY_DONE.
 */
enum verify_status dmarc_check(const struct dmarc_input *in, struct dns_view *view, struct arena *a,
    struct dmarc_verdict *out, struct finding_list *findings);

#endif
