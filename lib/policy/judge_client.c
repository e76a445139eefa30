/*
 * SPDX-License-Identifier: ISC
 *
 * Where the message comes from: rdns, helo, from.resolvable.
 */
#include <string.h>

#include "mail/domain.h"
#include "policy/judge.h"
#include "verify/forward.h"

/* PTR names that are listed. */
#define NAMES_SHOWN 4

static const char *evidence(const struct judge *j, const struct rdns_verdict *v)
{
	struct buffer text = BUFFER_INIT;
	const char *line;

	if (v->ip == NULL)
		return NULL;
	buffer_printf(&text, "%s ", v->ip);
	if (v->name_count == 0)
		buffer_add_string(
		    &text, v->result == AUTH_TEMPERROR ? "PTR: no answer" : "has no PTR record");
	else
		buffer_add_string(&text, "PTR ");
	for (size_t i = 0; i < v->name_count && i < NAMES_SHOWN; i++)
		buffer_printf(&text, "%s%s", i == 0 ? "" : ", ", v->names[i]);
	if (v->name_count > NAMES_SHOWN)
		buffer_printf(&text, " and %zu more", v->name_count - NAMES_SHOWN);
	line = judge_show(j->arena, buffer_span(&text), 400);
	buffer_clear(&text);
	return line;
}

static const char *address_type(const char *ip)
{
	return strchr(ip, ':') == NULL ? "A" : "AAAA";
}

/* The name that the host gives itself, where it is one that an address can have. */
static const char *helo_name(const struct judge *j)
{
	const struct record_session *s = j->facts->message->session;
	struct ip literal;

	if (j->viewpoint == POLICY_PREDICTED || s == NULL || s->client.helo == NULL ||
	    mail_helo_kind(span_from(s->client.helo), &literal) != MAIL_HELO_NAME)
		return NULL;
	return s->client.helo;
}

static const char *set_ptr(const struct judge *j, const struct rdns_verdict *v)
{
	const char *helo = helo_name(j);

	if (helo != NULL && v->helo_match)
		return arena_printf(j->arena,
		    "ask the owner of %s (its network or hosting provider) to set its PTR to %s, "
		    "which has this address already",
		    v->ip, helo);
	return arena_printf(j->arena,
	    "ask the owner of %s (its network or hosting provider) to set its PTR to a name that "
	    "has this address, such as %s with the record %s %s",
	    v->ip, helo != NULL ? helo : "mail.example.com", address_type(v->ip), v->ip);
}

static const char *rdns_remedy(const struct judge *j, const struct rdns_verdict *v)
{
	if (v->ip == NULL && j->verdict->spf.result == AUTH_TEMPERROR)
		return "try again, and see that the name servers of the egress setting answer";
	if (v->ip == NULL)
		return arena_printf(j->arena, "correct egress in the section route %s",
		    j->facts->message->route == NULL ? "NAME" : j->facts->message->route->name);
	if (v->result == AUTH_TEMPERROR)
		return arena_printf(j->arena,
		    "try again, and see that the name servers of the reverse zone of %s, and of "
		    "its names, answer",
		    v->ip);
	if (judge_is_local(j))
		return judge_say_address(j);
	if (v->name_count == 0 || v->names[0][0] == '\0')
		return set_ptr(j, v);
	return arena_printf(j->arena, "publish at %s %s %s; or %s", v->names[0],
	    address_type(v->ip), v->ip, set_ptr(j, v));
}

void judge_rdns(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct rdns_verdict *v;

	out->expected = judge_expected_words(j, r);
	if (!judge_has_client(j, out))
		return;
	v = &j->verdict->rdns;
	judge_result(j, r, v->result, out);
	/* An egress setting that gives no address for now. */
	if (v->ip == NULL && j->verdict->spf.result == AUTH_TEMPERROR)
		out->outcome = POLICY_UNJUDGED;
	out->reason = v->reason;
	out->evidence = evidence(j, v);
	if (judge_wants_step(r, out))
		out->remedy = rdns_remedy(j, v);
}

/* Whether the name's addresses could not be had, as far as the evidence tells. */
static bool helo_failed(const struct judge *j, const char *helo)
{
	struct ip ip;
	const struct dns_answer *answer;

	if (helo == NULL || j->verdict->rdns.ip == NULL ||
	    ip_parse(span_from(j->verdict->rdns.ip), &ip) < 0)
		return false;
	answer = judge_lookup(j, helo, forward_type(&ip));
	return answer != NULL && dns_failed(answer);
}

/* Of the observed client: what it said in HELO. */
static void say_helo(
    const struct judge *j, const char *helo, bool wanted, struct policy_result *out)
{
	const struct rdns_verdict *v = &j->verdict->rdns;
	const char *shown = judge_show(j->arena, span_from(helo), 200);
	struct ip literal;

	out->evidence = arena_printf(j->arena, "HELO %s from %s", shown, v->ip);
	if (v->helo_match) {
		out->got = shown;
		out->reason = arena_printf(j->arena, "%s leads to %s", shown, v->ip);
	} else if (mail_helo_kind(span_from(helo), &literal) == MAIL_HELO_LITERAL) {
		out->got = "an address literal";
		out->reason = "HELO gives an address instead of a name";
	} else {
		out->got = shown;
		out->reason = arena_printf(j->arena, "%s does not lead to %s", shown, v->ip);
	}
	if (out->outcome != POLICY_PASS && wanted)
		out->remedy =
		    v->confirmed != NULL
			? arena_printf(j->arena,
			      "say EHLO %s, the name that %s has (the setting is often called "
			      "helo name, client name or myhostname)",
			      v->confirmed, v->ip)
		    : judge_is_local(j)
			? judge_say_address(j)
			: arena_printf(j->arena,
			      "say EHLO with the full name of the sending host, and give that "
			      "name the record %s %s",
			      address_type(v->ip), v->ip);
}

void judge_helo(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct record_session *s = j->facts->message->session;
	const char *helo = s == NULL ? NULL : s->client.helo;
	bool wanted = r->op == REQUIREMENT_PRESENT;
	const struct rdns_verdict *v;

	out->expected = wanted ? "a HELO name that leads to the client"
	                       : "no HELO name that leads to the client";
	if (!judge_has_client(j, out))
		return;
	v = &j->verdict->rdns;
	judge_bare(r, v->helo_match, out->expected, out);
	if (j->viewpoint == POLICY_PREDICTED) {
		/* The provider says in HELO the name that its address has. */
		out->got = v->helo_match ? v->confirmed : "no name";
		out->reason = v->reason;
		out->evidence = evidence(j, v);
		if (v->result == AUTH_TEMPERROR ||
		    (v->ip == NULL && j->verdict->spf.result == AUTH_TEMPERROR))
			out->outcome = POLICY_UNJUDGED;
		if (out->outcome != POLICY_PASS && wanted)
			out->remedy = rdns_remedy(j, v);
	} else if (helo == NULL && j->facts->file) {
		judge_missing(out, "the HELO name is not known", "give it by --helo NAME");
	} else if (helo == NULL) {
		out->got = "no HELO";
		out->reason = "the client said no HELO";
		out->remedy = "say EHLO with the full name of the sending host";
	} else {
		if (!v->helo_match && helo_failed(j, helo))
			out->outcome = POLICY_UNJUDGED;
		say_helo(j, helo, wanted, out);
		if (out->outcome == POLICY_UNJUDGED)
			judge_missing(out, "the addresses of the HELO name could not be looked up",
			    "try again, and see that its name servers answer");
	}
	if (out->outcome == POLICY_FAIL && !wanted)
		out->remedy = JUDGE_NOTHING_WRONG;
}

/* What the evidence has of one name, over all types. */
struct found {
	const char *record; /* the first one, as a line; NULL: there is none */
	bool asked, absent, failed;
	bool empty[DNS_TYPE_COUNT]; /* the name has no such record */
};

static const char *record_line(
    const struct judge *j, const char *name, enum dns_type type, const struct dns_record *record)
{
	struct buffer text = BUFFER_INIT;
	const char *line;

	buffer_printf(&text, "%s %s ", name, DNS_TYPE_NAME[type]);
	dns_rdata_write(&text, type, record);
	line = judge_show(j->arena, buffer_span(&text), 200);
	buffer_clear(&text);
	return line;
}

static void find_records(const struct judge *j, const char *name, struct found *out)
{
	*out = (struct found){.record = NULL};
	for (int type = 0; type < DNS_TYPE_COUNT; type++) {
		const struct dns_answer *a = judge_lookup(j, name, (enum dns_type)type);

		if (a == NULL)
			continue;
		out->asked = true;
		out->failed = out->failed || dns_failed(a);
		/* At the end of an alias it is said of the target: the alias itself is there. */
		out->absent = out->absent || (a->status == DNS_NXDOMAIN && a->canonical == NULL);
		out->empty[type] = a->status == DNS_NODATA;
		if (a->count > 0 && out->record == NULL)
			out->record = record_line(j, name, (enum dns_type)type, &a->records[0]);
	}
}

void judge_from_resolvable(
    const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	bool wanted = r->op == REQUIREMENT_PRESENT;
	const char *domain;
	struct found found;

	out->expected = wanted ? "a From domain that is in the DNS" : "a From domain that is not";
	if (!judge_has_verdict(j, out))
		return;
	domain = j->verdict->dmarc.from_domain;
	if (domain == NULL) {
		judge_bare(r, false, out->expected, out);
		out->got = "no From domain";
		out->reason = j->verdict->dmarc.reason;
		out->remedy = "send one From field, with an address at a domain that receives mail";
		return;
	}
	find_records(j, domain, &found);
	out->evidence = found.record;
	if (found.record != NULL) {
		judge_bare(r, true, out->expected, out);
		out->got = domain;
		out->reason = arena_printf(j->arena, "%s has records", domain);
	} else if (found.absent ||
		   (found.empty[DNS_A] && found.empty[DNS_AAAA] && found.empty[DNS_MX])) {
		judge_bare(r, false, out->expected, out);
		out->got = found.absent ? "NXDOMAIN" : "no records";
		out->reason = arena_printf(j->arena,
		    found.absent ? "%s does not exist in the DNS" : "%s has neither MX nor address",
		    domain);
		out->evidence = arena_printf(j->arena, "%s: %s", domain, out->got);
		out->remedy = arena_printf(j->arena,
		    "correct the From address, or publish the domain with a host that takes mail: "
		    "%s MX 10 mail.%s",
		    domain, domain);
	} else if (found.failed) {
		judge_missing(out, arena_printf(j->arena, "%s could not be looked up", domain),
		    "try again, and see that its name servers answer");
	} else {
		judge_inapplicable(out,
		    arena_printf(j->arena,
			"the verdicts rest on no question that tells whether %s is there", domain),
		    NULL);
	}
	if (out->outcome == POLICY_PASS)
		out->remedy = NULL;
	else if (out->outcome == POLICY_FAIL && !wanted)
		out->remedy = JUDGE_NOTHING_WRONG;
}
