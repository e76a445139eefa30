/*
 * SPDX-License-Identifier: ISC
 *
 * DMARC as RFC 7489 has it, as far as it differs from RFC 9989: no walk, no np=, psd= or t=, and
 * several records at the author domain end the discovery. pct= is left out; it has a finding of
 * its own.
 */
#include "verify/dmarc_psl.h"

#include <string.h>

#include "mail/suffix.h"

struct outcome {
	enum auth_result result;
	enum dmarc_policy disposition; /* of AUTH_FAIL */
};

enum verify_status dmarc_psl_ask(
    const char *author, struct dns_view *view, struct arena *a, struct dmarc_psl *out)
{
	struct span domain = mail_organizational_domain(span_from(author));
	const struct dns_answer *answer = dmarc_ask(view, domain, a);

	if (answer == NULL)
		return VERIFY_NEEDS_DNS;
	*out = (struct dmarc_psl){.organizational_domain = arena_copy(a, domain)};
	out->parent.domain = out->organizational_domain;
	out->failed = dns_failed(answer);
	dmarc_step_read(answer, &out->parent);
	return VERIFY_DONE;
}

/* Whether the record says what to do (RFC 7489 6.6.3 step 6), and what. */
static bool read_policy(const struct dmarc_record *r, bool inherited, enum dmarc_policy *out)
{
	*out = inherited && r->has_sp ? r->sp : r->p;
	if (r->has_p && !r->bad_sp)
		return true;
	*out = DMARC_POLICY_NONE;
	return r->valid_rua;
}

static bool is_aligned(const struct dmarc_psl *psl, const char *author,
    const struct dmarc_identifier *id, const struct dmarc_record *r)
{
	bool strict = id->is_dkim ? r->strict_dkim : r->strict_spf;

	if (id->domain == NULL)
		return false;
	if (strict || strcmp(id->domain, author) == 0)
		return strcmp(id->domain, author) == 0;
	return span_equal(mail_organizational_domain(span_from(id->domain)),
	    span_from(psl->organizational_domain));
}

static struct outcome judge_identifiers(const struct dmarc_psl *psl, const struct dmarc_psl_case *c,
    const struct dmarc_record *r, enum dmarc_policy policy)
{
	struct outcome out = {AUTH_FAIL, policy};

	for (size_t i = 0; i < c->count; i++) {
		const struct dmarc_identifier *id = &c->identifiers[i];

		if (!is_aligned(psl, c->verdict->from_domain, id, r))
			continue;
		if (id->result == AUTH_PASS)
			return (struct outcome){AUTH_PASS, DMARC_POLICY_NONE};
		if (id->result == AUTH_TEMPERROR)
			out = (struct outcome){AUTH_TEMPERROR, DMARC_POLICY_NONE};
	}
	return out;
}

static struct outcome judge(const struct dmarc_psl *psl, const struct dmarc_psl_case *c)
{
	const struct dmarc_walk *w = c->walk;
	const struct dmarc_step *step = &w->steps[0];
	bool inherited =
	    step->records == 0 && strcmp(psl->organizational_domain, c->verdict->from_domain) != 0;
	enum dmarc_policy policy;

	if (w->count == 1 && w->failed)
		return (struct outcome){AUTH_TEMPERROR, DMARC_POLICY_NONE};
	if (inherited && psl->failed)
		return (struct outcome){AUTH_TEMPERROR, DMARC_POLICY_NONE};
	if (inherited)
		step = &psl->parent;
	if (step->records != 1 || !read_policy(&step->record, inherited, &policy))
		return (struct outcome){AUTH_NONE, DMARC_POLICY_NONE};
	return judge_identifiers(psl, c, &step->record, policy);
}

/* A temporary failure says nothing of either method. */
static bool comparable(struct outcome a, struct outcome b)
{
	return a.result != AUTH_TEMPERROR && b.result != AUTH_TEMPERROR;
}

static const char *say(struct outcome o, struct arena *a)
{
	if (o.result != AUTH_FAIL)
		return AUTH_RESULT_NAME[o.result];
	return arena_printf(a, "fail (%s)", DMARC_POLICY_NAME[o.disposition]);
}

const char *dmarc_psl_compare(
    const struct dmarc_psl *psl, const struct dmarc_psl_case *c, struct arena *a)
{
	const struct dmarc_verdict *v = c->verdict;
	struct outcome ours = {v->result, v->disposition}, theirs = judge(psl, c);
	bool domain = v->organizational_domain != NULL &&
	              strcmp(v->organizational_domain, psl->organizational_domain) != 0;
	bool both = comparable(ours, theirs), result = both && ours.result != theirs.result;
	const char *results = "";

	/* Another disposition alone comes of np= or t=, not of the list. */
	if (!domain && !result)
		return NULL;
	if (result || (both && ours.disposition != theirs.disposition))
		results = arena_printf(a, "; their DMARC result is %s, that of the tree walk is %s",
		    say(theirs, a), say(ours, a));
	return arena_printf(a,
	    "Receivers that follow RFC 7489 take %s by the public suffix list for the "
	    "organizational domain of %s, the DNS tree walk of RFC 9989 finds %s%s.",
	    psl->organizational_domain, v->from_domain,
	    v->organizational_domain == NULL ? "none for now"
	    : domain                         ? v->organizational_domain
					     : "the same",
	    results);
}
