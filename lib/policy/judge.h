/*
 * SPDX-License-Identifier: ISC
 *
 * Judging one requirement of one message. Each judge fills expected, got, reason, remedy and
 * evidence of a result whose outcome is POLICY_PASS at first; rule and reply are left alone.
 */
#ifndef POLICY_JUDGE_H
#define POLICY_JUDGE_H

#include "policy/policy.h"

struct judge {
	const struct policy_facts *facts;
	enum policy_viewpoint viewpoint; /* never DEFAULT */
	const struct verdict *verdict;   /* NULL: there is none from the viewpoint */
	struct arena *arena;
};

/* By topic; each is for the names that it is called by. */
void judge_spf(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_spf_helo(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_dkim(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_dkim_bits(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_dmarc(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_dmarc_record(
    const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_dmarc_aligned(
    const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_dmarc_disposition(
    const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_rdns(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_helo(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_from_resolvable(
    const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_tls(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_auth(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_user(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_mechanism(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_findings(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_finding(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_subject(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_from(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_to(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_link(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_header(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_size(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_attachment(
    const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_opinion(const struct judge *j, const struct requirement *r, struct policy_result *out);
void judge_one_click(const struct judge *j, const struct requirement *r, struct policy_result *out);

/* Steps that the judges share (step.c). */
void judge_hold(struct policy_result *out, bool holds);
void judge_missing(struct policy_result *out, const char *reason, const char *remedy);
void judge_inapplicable(struct policy_result *out, const char *reason, const char *remedy);
/* Whether the viewpoint has a verdict, the client's address; else out says what is missing. */
bool judge_has_verdict(const struct judge *j, struct policy_result *out);
bool judge_has_client(const struct judge *j, struct policy_result *out);
/* Whether the client is a host at submission without a route, whose address says nothing; and the
 * next step then. */
bool judge_is_staging(const struct judge *j);
const char *judge_say_egress(const struct judge *j);
/* Whether the client has an address that no sender has, which no record may name; and the next step
 * then. */
bool judge_is_local(const struct judge *j);
const char *judge_say_address(const struct judge *j);
/* Whether there is a connection to judge; else out says so. */
bool judge_has_connection(const struct judge *j, struct policy_result *out);

/*
 * Sets expected, got and outcome of a requirement that takes results. A temporary error is unjudged
 * unless the requirement names it. The name alone asks whether there is anything to have a result
 * of: a record, a signature.
 */
void judge_result(const struct judge *j, const struct requirement *r, enum auth_result result,
    struct policy_result *out);
/* Whether the requirement (with IS or IS_NOT) takes the word; names it. */
bool requirement_accepts(const struct requirement *r, const char *word);
bool requirement_names(const struct requirement *r, const char *word);
/*
 * Whether a next step is due: not where it passed, nor where what failed is that all is well, which
 * is then said.
 */
bool judge_wants_step(const struct requirement *r, struct policy_result *out);
/* Sets expected and outcome of a name alone. */
void judge_bare(
    const struct requirement *r, bool there, const char *expected, struct policy_result *out);
/* "A or B", "neither A nor B" of the values as they stand. */
const char *judge_expected_words(const struct judge *j, const struct requirement *r);

/* Where only the requirement stands against what is good. */
extern const char JUDGE_NOTHING_WRONG[];

/* The answer that the evidence has, in the arena; NULL: it was not asked. name: any text. */
const struct dns_answer *judge_lookup(const struct judge *j, const char *name, enum dns_type type);
/* Printable ASCII with blanks, other octets as \DDD, cut with "..." behind max octets. */
const char *judge_show(struct arena *a, struct span text, size_t max);
/* NAME TXT "..." */
const char *judge_txt(const struct judge *j, const char *name, struct span text);
/* The From domain, or a placeholder for a sentence; the organizational domain of a name. */
const char *judge_from_domain(const struct judge *j);
const char *judge_organization(const struct judge *j, const char *domain);
/* Whether the domain belongs to somebody else than the From domain, as far as names tell. */
bool judge_is_foreign(const struct judge *j, const char *domain);
/* ip4:ADDRESS or ip6:ADDRESS. */
const char *judge_ip_term(const struct judge *j, const char *ip);

/* What to do so that it passes. */
const char *judge_spf_remedy(const struct judge *j, const struct spf_verdict *v);
const char *judge_signature_remedy(const struct judge *j, const struct dkim_verdict *v);
const char *judge_unsigned_remedy(const struct judge *j);
/* The name of a signature's key, normalized; NULL when it has none. */
const char *judge_key_name(const struct judge *j, const struct dkim_verdict *v);
/* The first signature that has the result, or NULL. */
const struct dkim_verdict *judge_signature(const struct verdict *v, enum auth_result result);

#endif
