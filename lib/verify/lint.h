/*
 * SPDX-License-Identifier: ISC
 *
 * The mail records of a domain (SPF, DKIM keys, DMARC, MX) without a message: what is wrong with
 * them, or will be for some receivers, and what to do.
 */
#ifndef VERIFY_LINT_H
#define VERIFY_LINT_H

#include "verify/verify.h"

struct lint_item {
	enum finding_id id;
	const char *name;  /* of the record, normalized */
	const char *text;  /* one sentence with the particulars */
	const char *asked; /* of outside-zone and lookup-failed the name asked for, else NULL */
	unsigned line;     /* the caller's: where a zone file has the record; 0 at first */
};

struct lint {
	struct lint_item *items; /* in the order of finding; in the arena */
	size_t count;
	/*
	 * The caller's: NULL, or the zones beyond which nothing is asked. What is missing in the
	 * view then fails (dns_view_fail_missing): a failure outside of them is outside-zone and
	 * counts for nothing, one within is lookup-failed.
	 */
	const struct dns_zones *zones;
};

/* What an SPF record costs, whatever the client's address. */
struct lint_spf {
	const char *record; /* NULL: none, or several */
	bool valid;         /* it parses; else the next two are 0 */
	/*
	 * Terms that ask, over include and redirect; what RFC 7208 limits to 10. Counting ends at
	 * LINT_SPF_COUNT_MAX.
	 */
	unsigned lookups;
	unsigned void_lookups; /* of them, those without an answer in either family */
};

#define LINT_SPF_COUNT_MAX 40

/*
 * Each appends to *out what is wrong. VERIFY_NEEDS_DNS: resolve what the view misses, set count
 * back to what it was, and call again. Strings live in the arena. Names are normalized.
 */
enum verify_status lint_spf(struct span name, struct dns_view *view, struct arena *a,
    struct lint *out, struct lint_spf *facts);
enum verify_status lint_dkim(struct span domain, struct span selector, struct dns_view *view,
    struct arena *a, struct lint *out, struct dkim_verdict *key);
/* The record at _dmarc.NAME alone, for zone files; and the policy that applies to a domain. */
enum verify_status lint_dmarc_record(
    struct span name, struct dns_view *view, struct arena *a, struct lint *out);
/*
 * *policy is what dmarc_check gives for a message that nothing passes for; but its result is
 * AUTH_PASS when a policy applies.
 */
enum verify_status lint_dmarc(struct span domain, struct dns_view *view, struct arena *a,
    struct lint *out, struct dmarc_verdict *policy);
enum verify_status lint_mx(
    struct span name, struct dns_view *view, struct arena *a, struct lint *out);

/* What a record of a zone file is for. */
enum lint_kind {
	LINT_NONE,      /* nothing that is looked at here */
	LINT_SPF,       /* SPF, or meant to be */
	LINT_DKIM,      /* a key, or a CNAME to one; not a wildcard, which has no selector */
	LINT_DMARC,     /* at _dmarc.NAME; also a CNAME */
	LINT_REPORT,    /* NAME._report._dmarc.NAME: permission to send reports (RFC 9990) */
	LINT_MISPLACED, /* DMARC or DKIM by its text, at a name where nobody looks */
	LINT_MX,
	LINT_KIND_COUNT,
};

/* text is that of a TXT record. name is normalized. */
enum lint_kind lint_kind_of(struct span name, enum dns_type type, struct span text);

/* The check of this kind for all records at name; *spf is filled by LINT_SPF alone. */
enum verify_status lint_records(enum lint_kind kind, struct span name, struct dns_view *view,
    struct arena *a, struct lint *out, struct lint_spf *spf);

/* 100 without a finding; an error takes 30, a warning 10, information nothing; not below 0. */
unsigned lint_score(const struct lint *l);
/* How many findings are of this severity. */
size_t lint_count(const struct lint *l, enum finding_severity severity);

#define LINT_ERROR_COSTS   30
#define LINT_WARNING_COSTS 10

#endif
