/*
 * SPDX-License-Identifier: ISC
 *
 * The verdict model: what is said of one message from one viewpoint, by five checks. Plain data;
 * absent strings are NULL. Whoever fills a verdict says where its strings live.
 */
#ifndef VERIFY_VERDICT_H
#define VERIFY_VERDICT_H

#include <stdbool.h>

#include "base/ip.h"
#include "base/span.h"

/* The result words of RFC 8601 2.7. */
enum auth_result {
	AUTH_NONE,
	AUTH_NEUTRAL,
	AUTH_PASS,
	AUTH_FAIL,
	AUTH_SOFTFAIL,
	AUTH_POLICY,
	AUTH_TEMPERROR,
	AUTH_PERMERROR,
	AUTH_RESULT_COUNT,
};

enum dmarc_policy {
	DMARC_POLICY_NONE,
	DMARC_POLICY_QUARANTINE,
	DMARC_POLICY_REJECT,
	DMARC_POLICY_COUNT,
};

extern const char *const AUTH_RESULT_NAME[AUTH_RESULT_COUNT];
extern const char *const DMARC_POLICY_NAME[DMARC_POLICY_COUNT];

struct spf_verdict {
	enum auth_result result;
	const char *identity;  /* "mailfrom" or "helo" */
	const char *domain;    /* the domain that was judged; NULL when there is none */
	const char *mechanism; /* what decided, "include:a.example -> ip4:192.0.2.0/24"; or NULL */
	unsigned lookups;      /* terms that asked, of at most 10 (RFC 7208 4.6.4) */
	unsigned void_lookups; /* of at most 2 */
	const char *explanation; /* the sender's own text on fail, else NULL */
	const char *reason;      /* one sentence */
};

struct dkim_verdict {
	enum auth_result result;
	const char *domain, *selector, *algorithm; /* d=, s=, a= */
	unsigned bits;                             /* of the key; 0 when it is unknown */
	const char *canonicalization;              /* "relaxed/simple" */
	const char *identity;                      /* i= */
	const char **signed_headers;               /* as in h=, lower case, repetitions kept */
	size_t signed_header_count;
	int64_t body_length; /* l=; -1 when absent */
	int64_t signed_at;   /* t= in seconds; -1 when absent */
	int64_t expires_at;  /* x= in seconds; -1 when absent */
	const char *reason;
	bool predicted; /* no signature yet, but the provider's to come (verify/predict.h) */
};

/* Signatures of one message beyond this many are not judged. */
#define DKIM_SIGNATURES_MAX 10

struct dmarc_verdict {
	enum auth_result result;
	const char *from_domain, *organizational_domain;
	const char *policy_domain;     /* where the record was found */
	bool has_policy;               /* whether there is a record, and so the next two */
	enum dmarc_policy policy;      /* the p, sp or np that applies, before t= */
	enum dmarc_policy disposition; /* what a receiver would do */
	bool spf_aligned, dkim_aligned;
	const char *record;
	const char *reason;
};

struct rdns_verdict {
	enum auth_result result; /* RFC 8601 2.7.3 "iprev" */
	const char *ip;
	const char **names; /* of the PTR records */
	size_t name_count;
	const char *confirmed; /* the name that leads back to the address; NULL when none does */
	bool helo_match;       /* the HELO name resolves to the address */
	const char *reason;
};

struct verdict {
	bool has_client; /* the address is known: spf, spf_helo and rdns were judged */
	struct spf_verdict spf, spf_helo;
	struct dkim_verdict *dkim;
	size_t dkim_count;
	struct dmarc_verdict dmarc;
	struct rdns_verdict rdns;
};

/* One word for all signatures: pass if any passes, else the first one's, else none. */
enum auth_result verdict_dkim_result(const struct verdict *v);

/*
 * Text that somebody else wrote, fit for a reason: octets that are not visible ASCII as \DDD, cut
 * and ended by "..." when it is longer than a sentence can bear. Returns out.
 */
#define VERDICT_SHOW_SIZE 130
const char *verdict_show(struct span text, char out[VERDICT_SHOW_SIZE]);

#endif
