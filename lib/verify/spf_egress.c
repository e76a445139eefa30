/*
 * SPDX-License-Identifier: ISC
 *
 * Addresses out of an SPF record. The terms are walked in order, and each address that one of
 * them names is put to check_host() itself, since an earlier term may exclude it and limits may
 * be exceeded. While answers are missing the walk goes on for its questions alone.
 */
#include "verify/spf_egress.h"

#include "mail/domain.h"
#include "verify/spf_run.h"

/* Macros that stand for more than the domain: what they name depends on the mail. */
#define MACROS_OF_MAIL "slohipvcrt"

struct search {
	struct spf_run run;
	struct span domain; /* whose record was asked for */
	struct span sender; /* postmaster at that domain */
	int64_t now;
	unsigned *tries; /* left */
	struct ip found;
	bool missing, failed;
	const char *problem; /* the first */
};

static void try_record(struct search *s, struct span domain);

static void note(struct search *s, const char *problem)
{
	if (s->problem == NULL)
		s->problem = problem;
}

static const char *show(struct search *s, struct span text)
{
	char shown[VERDICT_SHOW_SIZE];

	return arena_string(s->run.arena, verdict_show(text, shown));
}

/* Whether nothing that follows matters any more. */
static bool over(const struct search *s)
{
	return s->found.family != IP_NONE || *s->tries == 0 || s->run.lookups > SPF_LOOKUPS_MAX;
}

/* The answer when there is one to use; what went wrong is noted. */
static const struct dns_answer *ask(struct search *s, struct span name, enum dns_type type)
{
	const struct dns_answer *answer = spf_ask(&s->run, name, type);

	if (answer == NULL) {
		s->missing = true;
	} else if (dns_failed(answer)) {
		s->failed = true;
		note(s, arena_printf(s->run.arena, "the lookup of %s %s failed", show(s, name),
			    DNS_TYPE_NAME[type]));
		return NULL;
	}
	return answer;
}

static void try_address(struct search *s, const struct ip *ip)
{
	struct spf_query q = {SPF_MAILFROM, *ip, {NULL, 0}, s->sender, s->now};
	struct spf_verdict v;

	if (s->missing || over(s))
		return;
	--*s->tries;
	if (spf_check(&q, s->run.view, s->run.arena, &v) == VERIFY_NEEDS_DNS) {
		s->missing = true;
	} else if (v.result == AUTH_PASS) {
		s->found = *ip;
	} else {
		s->failed = s->failed || v.result == AUTH_TEMPERROR;
		note(s, v.reason);
	}
}

/* The first address of the network that a host can have: not the network's own where it has one. */
static struct ip first_host(const struct ip_prefix *network)
{
	struct ip ip = network->ip;
	unsigned bits = ip.family == IP_V4 ? 32 : 128;

	for (unsigned i = network->bits; i < bits; i++)
		ip.octets[i / 8] &= (uint8_t) ~(0x80U >> i % 8);
	if (network->bits + 1 < bits)
		ip.octets[bits / 8 - 1] |= 1;
	return ip;
}

static void allows_all(struct search *s, struct span domain)
{
	note(s, arena_printf(s->run.arena,
		    "the SPF record of %s lets every address pass, so that none stands out",
		    show(s, domain)));
}

static void try_network(struct search *s, const struct spf_term *t, struct span domain)
{
	struct ip ip = first_host(&t->network);

	if (t->network.bits == 0)
		allows_all(s, domain);
	else
		try_address(s, &ip);
}

static void try_host(struct search *s, struct span name)
{
	const struct dns_answer *answers[] = {ask(s, name, DNS_A), ask(s, name, DNS_AAAA)};

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		for (size_t k = 0; answers[i] != NULL && k < answers[i]->count; k++)
			try_address(s, &answers[i]->records[k].ip);
}

/* With more exchanges than mx may look at no address passes. */
static void try_exchanges(struct search *s, struct span name)
{
	const struct dns_answer *mx = ask(s, name, DNS_MX);
	const struct dns_record *hosts[SPF_MX_MAX];

	if (mx == NULL)
		return;
	if (mx->count > SPF_MX_MAX) {
		note(s, arena_printf(s->run.arena, "%s has %zu MX records, and mx may look at %d",
			    show(s, name), mx->count, SPF_MX_MAX));
		return;
	}
	spf_sort_exchanges(mx, hosts);
	for (size_t i = 0; i < mx->count; i++)
		if (hosts[i]->name[0] != '\0')
			try_host(s, span_from(hosts[i]->name));
}

static void try_named(struct search *s, const struct spf_term *t, struct span domain)
{
	struct spf_target target;
	struct span name;

	if (spf_macro_uses(t->domain, MACROS_OF_MAIL))
		return;
	spf_expand(&s->run, t->domain, domain, &target);
	name = arena_span(s->run.arena, span_of(target.name, target.len));
	if (t->kind == SPF_TERM_A)
		try_host(s, name);
	else if (t->kind == SPF_TERM_MX)
		try_exchanges(s, name);
	else
		try_record(s, name);
}

static void try_term(struct search *s, const struct spf_term *t, struct span domain)
{
	if (spf_term_asks(t->kind) && ++s->run.lookups > SPF_LOOKUPS_MAX) {
		note(s, arena_printf(s->run.arena,
			    "the SPF record of %s needs more than %d DNS lookups",
			    show(s, s->domain), SPF_LOOKUPS_MAX));
		return;
	}
	if (t->kind != SPF_TERM_REDIRECT && t->result != AUTH_PASS)
		return;
	switch (t->kind) {
	case SPF_TERM_ALL:
		allows_all(s, domain);
		break;
	case SPF_TERM_IP4:
	case SPF_TERM_IP6:
		try_network(s, t, domain);
		break;
	case SPF_TERM_A:
	case SPF_TERM_MX:
	case SPF_TERM_INCLUDE:
	case SPF_TERM_REDIRECT:
		try_named(s, t, domain);
		break;
	case SPF_TERM_PTR:
	case SPF_TERM_EXISTS:
	case SPF_TERM_EXP:
	case SPF_TERM_UNKNOWN:
	case SPF_TERM_KIND_COUNT:
		break;
	}
}

/* The one SPF record among the texts, parsed. 0, or -1 when there is none that counts. */
static int find_record(
    struct search *s, struct span domain, const struct dns_answer *txt, struct spf_record *out)
{
	const char *name = show(s, domain);
	struct span text = {NULL, 0};
	struct error err;
	size_t n = spf_records(txt, &text);

	if (n == 0)
		note(s, arena_printf(s->run.arena, "%s publishes no SPF record", name));
	if (n > 1)
		note(s, arena_printf(s->run.arena, "%s publishes %zu SPF records", name, n));
	if (n != 1)
		return -1;
	if (spf_record_parse(text, out, &err) == 0)
		return 0;
	note(s, arena_printf(
		    s->run.arena, "the SPF record of %s has a syntax error: %s", name, err.text));
	return -1;
}

/* The depth is bounded, since every call but the first is paid for with a lookup. */
static void try_record(struct search *s, struct span domain)
{
	const struct dns_answer *txt = ask(s, domain, DNS_TXT);
	struct spf_record record;
	struct spf_term t;
	struct span rest;

	if (txt == NULL || find_record(s, domain, txt, &record) < 0)
		return;
	rest = record.terms;
	while (!over(s) && spf_record_next(&rest, &t)) {
		if (t.kind != SPF_TERM_REDIRECT)
			try_term(s, &t, domain);
		if (t.kind == SPF_TERM_ALL)
			return;
	}
	if (!over(s) && record.has_redirect)
		try_term(s, &record.redirect, domain);
}

static const char *names_nothing(struct search *s)
{
	return arena_printf(s->run.arena,
	    "the SPF record of %s has no ip4, ip6, a or mx with an address that it lets pass",
	    show(s, s->domain));
}

enum verify_status spf_egress(const struct spf_egress_query *q, struct dns_view *view,
    struct arena *a, unsigned *tries, struct spf_egress *out)
{
	const char *ascii = mail_domain_to_ascii(a, q->domain);
	struct search s = {.run = {.view = view, .arena = a}, .domain = q->domain, .now = q->now};

	s.tries = tries;
	if (ascii != NULL)
		s.domain = span_from(ascii);
	s.sender = span_from(arena_printf(a, "postmaster@%.*s", (int)s.domain.len, s.domain.data));
	try_record(&s, s.domain);
	if (s.missing)
		return VERIFY_NEEDS_DNS;
	*out = (struct spf_egress){.ip = s.found};
	if (s.found.family != IP_NONE)
		return VERIFY_DONE;
	out->failed = s.failed;
	out->reason = s.problem != NULL ? s.problem : names_nothing(&s);
	return VERIFY_DONE;
}
