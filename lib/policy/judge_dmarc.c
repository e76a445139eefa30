/*
 * SPDX-License-Identifier: ISC
 *
 * dmarc and its parts. What mends a message that fails is alignment: sign with the From domain, or
 * send with a reverse-path of it.
 */
#include <string.h>

#include "dns/name.h"
#include "policy/judge.h"
#include "verify/dmarc.h"

/* Where SPF was not judged, it might have passed for an aligned domain. */
static bool rests_on_dkim_alone(const struct judge *j)
{
	return !j->verdict->has_client && j->verdict->dmarc.result == AUTH_FAIL;
}

static void say_no_client(const struct judge *j, struct policy_result *out)
{
	bool predicted = j->viewpoint == POLICY_PREDICTED;

	out->outcome = POLICY_UNJUDGED;
	out->reason =
	    "SPF was not judged, since the address that the message is sent from is not known, and "
	    "DKIM alone is not aligned";
	if (predicted)
		out->remedy =
		    arena_printf(j->arena, "set egress in the section route %s; or sign with d=%s",
			j->facts->message->route->name, judge_from_domain(j));
	else if (j->facts->file)
		out->remedy = arena_printf(j->arena,
		    "give --ip, --helo and --mail-from; or sign with d=%s", judge_from_domain(j));
	else
		out->remedy = arena_printf(j->arena,
		    "have the proxy in front pass the client's address on; or sign with d=%s",
		    judge_from_domain(j));
}

/* What the evidence has at _dmarc.DOMAIN. */
struct found {
	const char *name;
	const struct dns_answer *answer; /* NULL: not asked */
	struct span first;               /* of those that are records, or meant to be */
	size_t count;
};

static struct found find_records(const struct judge *j, const char *domain)
{
	struct found f = {.name = arena_printf(j->arena, "_dmarc.%s", domain)};
	struct dmarc_record ignored;

	f.answer = judge_lookup(j, f.name, DNS_TXT);
	for (size_t i = 0; f.answer != NULL && i < f.answer->count; i++) {
		struct span text = f.answer->records[i].text;

		if (dmarc_record_parse(text, &ignored) < 0 && !dmarc_record_meant(text))
			continue;
		if (f.count++ == 0)
			f.first = text;
	}
	return f;
}

static const char *found_line(const struct judge *j, const struct found *f)
{
	const char *first;

	if (f->answer == NULL)
		return NULL;
	if (f->count == 0)
		return arena_printf(j->arena, "%s TXT: %s", f->name,
		    f->answer->status == DNS_OK ? "no DMARC record"
						: DNS_STATUS_NAME[f->answer->status]);
	first = judge_txt(j, f->name, f->first);
	return f->count == 1 ? first
	                     : arena_printf(j->arena, "%s and %zu more", first, f->count - 1);
}

static const char *evidence(const struct judge *j)
{
	const struct dmarc_verdict *d = &j->verdict->dmarc;
	const char *own, *parent, *organization;
	struct found f;

	if (d->record != NULL && d->policy_domain != NULL)
		return judge_txt(
		    j, arena_printf(j->arena, "_dmarc.%s", d->policy_domain), span_from(d->record));
	if (d->from_domain == NULL)
		return NULL;
	f = find_records(j, d->from_domain);
	own = found_line(j, &f);
	organization = judge_organization(j, d->from_domain);
	if (strcmp(organization, d->from_domain) == 0)
		return own;
	f = find_records(j, organization);
	parent = found_line(j, &f);
	if (own == NULL || parent == NULL)
		return own == NULL ? parent : own;
	return arena_printf(j->arena, "%s; %s", own, parent);
}

/* Whether the domain is the From domain's own, as far as relaxed alignment goes. */
static bool is_own(const struct judge *j, const char *domain)
{
	return domain != NULL && !judge_is_foreign(j, domain);
}

/* What a signature lacks, or that there is none. */
static const char *mend_dkim(const struct judge *j)
{
	const struct verdict *v = j->verdict;
	const char *from = judge_from_domain(j);

	for (size_t i = 0; i < v->dkim_count; i++) {
		const struct dkim_verdict *s = &v->dkim[i];

		if (s->result != AUTH_PASS && is_own(j, s->domain))
			return arena_printf(j->arena, "mend the signature of d=%s (%s): %s",
			    s->domain, AUTH_RESULT_NAME[s->result], judge_signature_remedy(j, s));
	}
	for (size_t i = 0; i < v->dkim_count; i++) {
		const struct dkim_verdict *s = &v->dkim[i];

		if (s->domain != NULL)
			return arena_printf(j->arena,
			    "%s with d=%s: the signature of d=%s is not aligned with the From "
			    "domain %s",
			    s->predicted ? "have the provider sign" : "sign", from, s->domain,
			    from);
	}
	return judge_unsigned_remedy(j);
}

/* What the reverse-path lacks; NULL when nothing is known of it. */
static const char *mend_spf(const struct judge *j)
{
	const struct spf_verdict *spf = &j->verdict->spf;
	const char *from = judge_from_domain(j);

	if (judge_is_staging(j))
		return arena_printf(
		    j->arena, "where the provider's SPF is aligned, %s", judge_say_egress(j));
	if (!j->verdict->has_client || spf->domain == NULL)
		return NULL;
	if (spf->result == AUTH_PASS && j->viewpoint == POLICY_PREDICTED &&
	    j->facts->message->route->return_path != NULL)
		return arena_printf(j->arena,
		    "have the provider use a reverse-path (return path, bounce domain) at %s%s, "
		    "not "
		    "at %s, and set return-path in the section route %s to it",
		    from, is_own(j, spf->domain) ? " itself" : " or a domain below it", spf->domain,
		    j->facts->message->route->name);
	if (spf->result == AUTH_PASS)
		return arena_printf(j->arena,
		    "send with a reverse-path (MAIL FROM) at %s%s, not at %s, for which SPF passes",
		    from, is_own(j, spf->domain) ? " itself" : " or a domain below it",
		    spf->domain);
	return is_own(j, spf->domain) ? judge_spf_remedy(j, spf) : NULL;
}

static const char *align(const struct judge *j)
{
	const char *spf = mend_spf(j), *dkim = mend_dkim(j);

	return spf == NULL ? dkim : arena_printf(j->arena, "%s; or %s", dkim, spf);
}

static const char *correct(const struct judge *j, const char *name, struct span record)
{
	return arena_printf(j->arena,
	    "correct the record at %s, which is \"%s\"; it has the form \"v=DMARC1; p=none; "
	    "rua=mailto:ADDRESS\", with v= first",
	    name, judge_show(j->arena, record, 200));
}

/* The record that a domain begins with, where it has none that counts. */
static const char *publish(const struct judge *j)
{
	const struct dmarc_verdict *d = &j->verdict->dmarc;
	const char *from = d->from_domain == NULL ? "example.com" : d->from_domain;
	const char *organization = judge_organization(j, from);
	struct found f = find_records(j, from);

	if (d->record != NULL)
		return correct(
		    j, arena_printf(j->arena, "_dmarc.%s", d->policy_domain), span_from(d->record));
	if (f.count == 0)
		f = find_records(j, organization);
	if (f.count > 1)
		return arena_printf(j->arena,
		    "leave one of the %zu DMARC records at %s: with several none counts", f.count,
		    f.name);
	if (f.count == 1)
		return correct(j, f.name, f.first);
	return arena_printf(j->arena,
	    "publish at _dmarc.%s TXT \"v=DMARC1; p=none; rua=mailto:dmarc-reports@%s\"",
	    organization, organization);
}

static const char *remedy(const struct judge *j)
{
	switch (j->verdict->dmarc.result) {
	case AUTH_NONE:
		return publish(j);
	case AUTH_FAIL:
	case AUTH_NEUTRAL:
	case AUTH_SOFTFAIL:
	case AUTH_POLICY:
		return align(j);
	case AUTH_PERMERROR:
		return "send one From field, with one address whose domain can be looked up";
	case AUTH_TEMPERROR:
		return arena_printf(j->arena,
		    "try again, and see that the name servers of %s and of the domains that sign "
		    "and send answer",
		    judge_from_domain(j));
	case AUTH_PASS:
	case AUTH_RESULT_COUNT:
		break;
	}
	return JUDGE_NOTHING_WRONG;
}

/* What all but the outcome of these requirements have in common. */
static void finish(const struct judge *j, bool wants_good, struct policy_result *out)
{
	const struct dmarc_verdict *d = &j->verdict->dmarc;

	out->reason = d->reason;
	out->evidence = evidence(j);
	if (out->outcome == POLICY_PASS)
		return;
	if (out->outcome == POLICY_FAIL && !wants_good)
		out->remedy = JUDGE_NOTHING_WRONG;
	else if (out->outcome == POLICY_FAIL && rests_on_dkim_alone(j))
		say_no_client(j, out);
	else
		out->remedy = remedy(j);
}

void judge_dmarc(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	if (r->op == REQUIREMENT_PRESENT || r->op == REQUIREMENT_ABSENT) {
		judge_dmarc_record(j, r, out);
		return;
	}
	out->expected = judge_expected_words(j, r);
	if (!judge_has_verdict(j, out))
		return;
	judge_result(j, r, j->verdict->dmarc.result, out);
	finish(j, requirement_accepts(r, "pass"), out);
}

void judge_dmarc_record(
    const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct dmarc_verdict *d;
	bool wanted = r->op == REQUIREMENT_PRESENT;

	out->expected = wanted ? "a DMARC record" : "no DMARC record";
	if (!judge_has_verdict(j, out))
		return;
	d = &j->verdict->dmarc;
	judge_bare(r, d->has_policy, out->expected, out);
	out->got = d->has_policy
	               ? arena_printf(j->arena, "p=%s at _dmarc.%s", DMARC_POLICY_NAME[d->policy],
			     d->policy_domain == NULL ? "" : d->policy_domain)
	               : "no record";
	if (d->result == AUTH_TEMPERROR && !d->has_policy)
		out->outcome = POLICY_UNJUDGED;
	/* Nothing was looked up: there may well be a record. */
	if (d->from_domain == NULL) {
		out->outcome = POLICY_UNJUDGED;
		out->got = "no From domain";
	}
	finish(j, wanted, out);
	/* Whether the message passes is not what was asked. */
	if (d->has_policy) {
		out->reason = arena_printf(j->arena, "%s has a DMARC record, which applies to %s",
		    d->policy_domain == NULL ? "the domain" : d->policy_domain,
		    judge_from_domain(j));
	}
}

/*
 * Whether what passed is aligned. Without a record nothing was compared, and alignment is relaxed,
 * as it would be with the record that is missing.
 */
static bool dkim_is_aligned(const struct judge *j)
{
	const struct verdict *v = j->verdict;

	for (size_t i = 0; i < v->dkim_count && v->dmarc.record == NULL; i++)
		if (v->dkim[i].result == AUTH_PASS && v->dmarc.from_domain != NULL &&
		    is_own(j, v->dkim[i].domain))
			return true;
	return v->dmarc.dkim_aligned;
}

static bool spf_is_aligned(const struct judge *j)
{
	const struct verdict *v = j->verdict;

	if (v->dmarc.record == NULL && v->dmarc.from_domain != NULL && v->has_client &&
	    v->spf.result == AUTH_PASS && is_own(j, v->spf.domain))
		return true;
	return v->dmarc.spf_aligned;
}

static const char *which_is_aligned(bool spf, bool dkim)
{
	if (spf && dkim)
		return "SPF and DKIM are aligned";
	if (!spf && !dkim)
		return "neither is aligned";
	return spf ? "SPF is aligned" : "DKIM is aligned";
}

/* Without a record the verdict's reason says only that. */
static void say_alignment(const struct judge *j, bool aligned, struct policy_result *out)
{
	const char *from = judge_from_domain(j);

	out->reason = arena_printf(j->arena,
	    aligned ? "what passed belongs to %s, and alignment is relaxed without a DMARC record"
		    : "neither SPF nor DKIM passed for a domain aligned with %s",
	    from);
	if (out->outcome == POLICY_FAIL && out->remedy != JUDGE_NOTHING_WRONG)
		out->remedy = align(j);
}

void judge_dmarc_aligned(
    const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	bool wanted = r->op == REQUIREMENT_PRESENT, spf, dkim;

	out->expected =
	    wanted ? "SPF or DKIM passes for an aligned domain" : "nothing that passes is aligned";
	if (!judge_has_verdict(j, out))
		return;
	spf = spf_is_aligned(j);
	dkim = dkim_is_aligned(j);
	judge_bare(r, spf || dkim, out->expected, out);
	out->got = which_is_aligned(spf, dkim);
	if (j->verdict->dmarc.result == AUTH_TEMPERROR)
		out->outcome = POLICY_UNJUDGED;
	finish(j, wanted, out);
	if (j->verdict->dmarc.result != AUTH_NONE)
		return;
	if (out->outcome == POLICY_FAIL && wanted && !j->verdict->has_client)
		say_no_client(j, out);
	else
		say_alignment(j, spf || dkim, out);
}

void judge_dmarc_disposition(
    const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct dmarc_verdict *d;

	out->expected = judge_expected_words(j, r);
	if (!judge_has_verdict(j, out))
		return;
	d = &j->verdict->dmarc;
	out->got = DMARC_POLICY_NAME[d->disposition];
	judge_hold(out, requirement_accepts(r, out->got));
	if (d->result == AUTH_TEMPERROR) {
		out->outcome = POLICY_UNJUDGED;
		out->got = AUTH_RESULT_NAME[d->result];
	}
	finish(j, requirement_accepts(r, "none"), out);
}
