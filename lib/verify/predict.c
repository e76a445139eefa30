/*
 * SPDX-License-Identifier: ISC
 *
 * The predicted viewpoint. Every egress address is judged whatever came of the others, so that one
 * round brings the questions of all; which one counts is chosen in the end.
 */
#include "verify/predict.h"

#include <string.h>

#include "mail/domain.h"
#include "verify/dkim_published.h"
#include "verify/dkim_selector.h"
#include "verify/dmarc.h"
#include "verify/rdns.h"
#include "verify/spf.h"
#include "verify/spf_egress.h"

/* The reverse-path, the coming signature and those that are there. */
#define IDENTIFIERS_MAX (DKIM_SIGNATURES_MAX + 2)

struct candidate {
	const char *helo; /* the name of the address; NULL when it has none */
	struct spf_verdict spf, spf_helo;
	struct rdns_verdict rdns;
	const char *problem; /* why there is no address */
	struct ip ip;        /* IP_NONE: none was found */
	bool failed;         /* a look-up did, so that another time may find one */
};

struct prediction {
	const struct predict_input *in;
	struct dns_view *view;
	struct arena *arena;
	struct finding_list *findings; /* may be NULL */
	struct verdict *out;
	struct span mail_from; /* as the receiver will see it */
	const char *spf_domain;
	struct dmarc_identifier identifiers[IDENTIFIERS_MAX];
	size_t identifier_count;
	unsigned tries; /* addresses of SPF records that may yet be tried */
	bool missing;
};

static const char *to_ascii(struct prediction *p, struct span domain)
{
	const char *ascii = mail_domain_to_ascii(p->arena, domain);

	return ascii == NULL ? arena_copy(p->arena, domain) : ascii;
}

/* The provider keeps the local part and puts its own domain behind it. */
static void set_mail_from(struct prediction *p)
{
	struct span given = p->in->mail_from, local = given;
	const char *return_path = p->in->route->return_path;
	ptrdiff_t at = span_rindex(given, '@');

	p->mail_from = given;
	if (return_path != NULL) {
		if (at >= 0)
			local = span_first(given, (size_t)at);
		if (local.len == 0)
			local = SPAN("postmaster");
		p->mail_from = span_from(
		    arena_printf(p->arena, "%.*s@%s", (int)local.len, local.data, return_path));
	}
	at = span_rindex(p->mail_from, '@');
	p->spf_domain = to_ascii(p, span_after(p->mail_from, (size_t)(at + 1)));
}

static void find_address(struct prediction *p, struct span egress, struct candidate *c)
{
	static const struct span spf = {"spf:", 4};
	const struct spf_egress_query q = {span_after(egress, spf.len), p->in->now};
	struct spf_egress found;

	*c = (struct candidate){.ip = {.family = IP_NONE}};
	if (ip_parse(egress, &c->ip) == 0)
		return;
	c->ip.family = IP_NONE;
	c->problem = "it is neither an IP address nor spf:DOMAIN";
	if (!span_starts(egress, spf))
		return;
	if (spf_egress(&q, p->view, p->arena, &p->tries, &found) == VERIFY_NEEDS_DNS) {
		p->missing = true;
		return;
	}
	c->ip = found.ip;
	c->problem = found.reason;
	c->failed = found.failed;
}

/* The provider's own name in HELO is not known; most give the one that the address has. */
static void name_address(struct prediction *p, struct candidate *c)
{
	const struct rdns_query q = {c->ip, {NULL, 0}};
	const char *name;

	if (rdns_check(&q, p->view, p->arena, &c->rdns, NULL) == VERIFY_NEEDS_DNS) {
		p->missing = true;
		return;
	}
	c->rdns.helo_match = c->rdns.confirmed != NULL;
	if (c->rdns.name_count == 0)
		return;
	name = c->rdns.confirmed != NULL ? c->rdns.confirmed : c->rdns.names[0];
	c->helo = name[0] == '\0' ? NULL : name;
}

static void check_spf(struct prediction *p, const struct candidate *c, enum spf_identity identity,
    struct spf_verdict *out)
{
	struct spf_query q = {identity, c->ip, span_from(c->helo), p->mail_from, p->in->now};
	char ip[IP_TEXT_SIZE];

	if (spf_check(&q, p->view, p->arena, out) == VERIFY_NEEDS_DNS)
		p->missing = true;
	else if (c->helo == NULL && (identity == SPF_HELO || p->mail_from.len == 0))
		out->reason = arena_printf(p->arena,
		    "the name that the provider gives in HELO is not known, since %s has no name",
		    ip_format(&c->ip, ip));
}

static void no_address(struct prediction *p, struct span egress, struct candidate *c)
{
	char shown[VERDICT_SHOW_SIZE];
	const char *reason =
	    arena_printf(p->arena, "the egress setting \"%s\" gives no address: %s; %s",
		verdict_show(egress, shown), c->problem,
		c->failed ? "try again later" : "list the provider's addresses in egress instead");

	c->spf = (struct spf_verdict){
	    .result = c->failed ? AUTH_TEMPERROR : AUTH_PERMERROR,
	    .identity = "mailfrom",
	    .domain = p->spf_domain[0] == '\0' ? NULL : p->spf_domain,
	    .reason = reason,
	};
	c->spf_helo =
	    (struct spf_verdict){.result = AUTH_NONE, .identity = "helo", .reason = reason};
	c->rdns = (struct rdns_verdict){.result = AUTH_NONE, .reason = reason};
}

static void judge_candidate(struct prediction *p, struct span egress, struct candidate *c)
{
	bool missing = p->missing;

	p->missing = false;
	find_address(p, egress, c);
	if (!p->missing && c->ip.family == IP_NONE) {
		no_address(p, egress, c);
	} else if (!p->missing) {
		name_address(p, c);
		check_spf(p, c, SPF_MAILFROM, &c->spf);
		check_spf(p, c, SPF_HELO, &c->spf_helo);
	}
	p->missing = p->missing || missing;
}

/* What an entry that stands twice came to, or NULL. */
static const struct candidate *judged_before(
    const struct verify_route *route, size_t i, const struct candidate *all)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(route->egress[k], route->egress[i]) == 0)
			return &all[k];
	return NULL;
}

static const struct candidate *worst(const struct candidate *c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c[i].spf.result != AUTH_PASS)
			return &c[i];
	for (size_t i = 0; i < count; i++)
		if (c[i].rdns.confirmed == NULL)
			return &c[i];
	return c;
}

static void add_identifier(
    struct prediction *p, bool is_dkim, enum auth_result result, const char *domain)
{
	if (domain != NULL && domain[0] != '\0' && p->identifier_count < IDENTIFIERS_MAX)
		p->identifiers[p->identifier_count++] =
		    (struct dmarc_identifier){is_dkim, result, domain};
}

static void judge_egress(struct prediction *p)
{
	const struct verify_route *route = p->in->route;
	size_t count =
	    route->egress_count < PREDICT_EGRESS_MAX ? route->egress_count : PREDICT_EGRESS_MAX;
	struct candidate all[PREDICT_EGRESS_MAX];
	const struct candidate *c;
	struct rdns_verdict again;

	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct candidate *before = judged_before(route, i, all);

		if (before != NULL)
			all[i] = *before;
		else
			judge_candidate(p, span_from(route->egress[i]), &all[i]);
	}
	c = worst(all, count);
	p->out->has_client = true;
	p->out->spf = c->spf;
	p->out->spf_helo = c->spf_helo;
	p->out->rdns = c->rdns;
	add_identifier(p, false, c->spf.result, p->mail_from.len > 0 ? p->spf_domain : c->helo);
	if (c->ip.family != IP_NONE && p->findings != NULL && !p->missing) {
		const struct rdns_query q = {c->ip, {NULL, 0}};

		rdns_check(&q, p->view, p->arena, &again, p->findings);
	}
}

/* What the provider's signature will be called by receivers: d=. */
static const char *signing_domain(struct prediction *p)
{
	const struct mail_mailbox_list *from = &p->in->message->from_list;

	if (p->in->route->dkim_domain != NULL)
		return to_ascii(p, span_from(p->in->route->dkim_domain));
	if (from->count == 0 || from->items[0].domain.len == 0)
		return NULL;
	return to_ascii(p, from->items[0].domain);
}

static void add_weak_key(
    struct prediction *p, const struct dkim_verdict *v, const struct dkim_key *key)
{
	if (p->findings == NULL || key->text == NULL || key->type != DKIM_KEY_RSA ||
	    key->bits >= DKIM_RSA_BITS_SIGNED)
		return;
	finding_add(p->findings, p->arena, FINDING_DKIM_WEAK_KEY,
	    arena_printf(p->arena,
		"The RSA key at %s._domainkey.%s, by which the provider signs, has %u bits; %d are "
		"recommended (RFC 8301 3.2).",
		v->selector, v->domain, key->bits, DKIM_RSA_BITS_SIGNED));
}

static const char *signing_reason(struct prediction *p, const struct dkim_verdict *v)
{
	if (v->result == AUTH_TEMPERROR)
		return v->reason;
	return arena_printf(p->arena,
	    v->result == AUTH_PASS ? "the provider can sign: %s"
				   : "what the provider signs will not pass: %s",
	    v->reason);
}

static void judge_selector(struct prediction *p, struct dkim_verdict *out)
{
	const char *domain = signing_domain(p), *selector = p->in->route->dkim_selector;
	const struct dkim_selector q = {span_from(domain), span_from(selector)};
	struct dkim_key key;

	if (domain == NULL) {
		*out = (struct dkim_verdict){.result = AUTH_PERMERROR,
		    .selector = selector,
		    .body_length = -1,
		    .signed_at = -1,
		    .expires_at = -1,
		    .reason = "the provider signs for the domain of From, and there is none; "
			      "set dkim-domain, or mend From"};
	} else if (dkim_selector_check(&q, p->view, p->arena, out, &key) == VERIFY_NEEDS_DNS) {
		p->missing = true;
		*out = (struct dkim_verdict){.domain = domain};
	} else {
		add_weak_key(p, out, &key);
		out->reason = signing_reason(p, out);
	}
	out->predicted = true;
	add_identifier(p, true, out->result, domain);
}

static void judge_signatures(struct prediction *p)
{
	struct verdict *out = p->out;

	out->dkim = arena_alloc(p->arena, (p->in->dkim_count + 1) * sizeof(*out->dkim));
	if (p->in->route->dkim_selector != NULL)
		judge_selector(p, &out->dkim[out->dkim_count++]);
	for (size_t i = 0; i < p->in->dkim_count; i++) {
		out->dkim[out->dkim_count++] = p->in->dkim[i];
		add_identifier(p, true, p->in->dkim[i].result, p->in->dkim[i].domain);
	}
}

enum verify_status predict_check(const struct predict_input *in, struct dns_view *view,
    struct arena *a, struct verdict *out, struct finding_list *findings)
{
	struct prediction p = {
	    .in = in,
	    .view = view,
	    .arena = a,
	    .findings = findings,
	    .out = out,
	    .tries = SPF_EGRESS_TRIES_MAX,
	};
	struct dmarc_input dmarc = {in->message, p.identifiers, 0};

	*out = (struct verdict){0};
	set_mail_from(&p);
	judge_egress(&p);
	judge_signatures(&p);
	dmarc.count = p.identifier_count;
	/* What is wrong with the record was found by the observed viewpoint, which has the same. */
	if (dmarc_check(&dmarc, view, a, &out->dmarc, NULL) == VERIFY_NEEDS_DNS)
		p.missing = true;
	return p.missing ? VERIFY_NEEDS_DNS : VERIFY_DONE;
}
