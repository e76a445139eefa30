/*
 * SPDX-License-Identifier: ISC
 *
 * check_host() (RFC 7208 4): records, include and redirect, limits, and what is said of the
 * result. Every call walks from the start over what the view knows by now; where an answer is
 * missing it asks for the names that come with it and ends.
 */
#include "verify/spf.h"

#include <string.h>

#include "mail/domain.h"
#include "verify/spf_run.h"

/* How a record was decided. Strings and spans live in the arena or in the view. */
struct decision {
	enum auth_result result;
	const char *path;   /* the mechanism that decided, NULL when none did */
	const char *reason; /* of none and errors; the others get theirs in the end */
	bool by_all;        /* "all" decided */
	struct span domain; /* whose record decided */
	struct span exp;    /* its exp=, empty when it has none */
};

static enum spf_match check_host(struct spf_run *r, struct span domain, struct decision *d);

static const char *show(struct spf_run *r, struct span text)
{
	char shown[VERDICT_SHOW_SIZE];

	return arena_string(r->arena, verdict_show(text, shown));
}

/* What check_host() may start with (RFC 7208 4.3): two or more labels that the DNS can hold. */
static bool usable(struct span domain)
{
	struct span rest = domain;
	size_t labels = 0;

	if (domain.len == 0 || domain.len >= SPF_NAME_SIZE || domain.data[0] == '[')
		return false;
	for (size_t i = 0; i < domain.len; i++)
		if (domain.data[i] <= 0x20 || domain.data[i] >= 0x7f)
			return false;
	for (; rest.data != NULL; labels++) {
		struct span label = span_cut(&rest, '.');

		if (label.len == 0 || label.len > 63)
			return false;
	}
	return labels >= 2;
}

/* Ends the evaluation of a record with none or an error. */
static enum spf_match end(struct decision *d, enum auth_result result, const char *reason)
{
	*d = (struct decision){.result = result, .reason = reason};
	return SPF_MATCH;
}

/* SPF_NO_MATCH: nothing is decided yet, the record is there. */
static enum spf_match find_record(
    struct spf_run *r, struct span domain, struct spf_record *record, struct decision *d)
{
	const struct dns_answer *txt;
	const char *name = show(r, domain);
	struct span text = {NULL, 0};
	struct error err;
	size_t n;

	if (!usable(domain))
		return end(d, AUTH_NONE,
		    arena_printf(r->arena,
			"\"%s\" is no domain name of two or more labels, so it has no SPF record",
			name));
	txt = spf_ask(r, domain, DNS_TXT);
	if (txt == NULL)
		return SPF_MISSING;
	if (dns_failed(txt))
		return end(d, AUTH_TEMPERROR,
		    arena_printf(r->arena,
			"the lookup of the SPF record of %s failed: try again later", name));
	/* The first record of all is nobody's term. */
	if (txt->count == 0 && r->lookups > 0)
		r->voids++;
	n = spf_records(txt, &text);
	if (n == 0)
		return end(d, AUTH_NONE,
		    arena_printf(r->arena,
			txt->status == DNS_NXDOMAIN
			    ? "%s does not exist in the DNS, so it has no SPF record"
			    : "%s publishes no SPF record",
			name));
	if (n > 1)
		return end(d, AUTH_PERMERROR,
		    arena_printf(r->arena,
			"%s publishes %zu SPF records where one is allowed: merge them into one "
			"(RFC 7208 4.5)",
			name, n));
	if (spf_record_parse(text, record, &err) < 0)
		return end(d, AUTH_PERMERROR,
		    arena_printf(
			r->arena, "the SPF record of %s has a syntax error: %s", name, err.text));
	return SPF_NO_MATCH;
}

/* Counts a term that asks. SPF_MATCH: it is one too many, which is decided. */
static enum spf_match count_lookup(
    struct spf_run *r, const struct spf_term *t, struct span domain, struct decision *d)
{
	if (!spf_term_asks(t->kind) || ++r->lookups <= SPF_LOOKUPS_MAX)
		return SPF_NO_MATCH;
	end(d, AUTH_PERMERROR,
	    arena_printf(r->arena,
		"the SPF record needs %u DNS lookups or more, at most %d are allowed (RFC 7208 "
		"4.6.4): "
		"\"%s\" in the record of %s is one too many",
		r->lookups, SPF_LOOKUPS_MAX, show(r, t->text), show(r, domain)));
	d->path = show(r, t->text);
	return SPF_MATCH;
}

/* Puts the term before what decided in the record it led to. */
static void add_to_path(struct spf_run *r, const struct spf_term *t, struct decision *d)
{
	const char *term = show(r, t->text);

	d->path = d->path == NULL ? term : arena_printf(r->arena, "%s -> %s", term, d->path);
}

/* A record that include or redirect leads to must be there (RFC 7208 5.2, 6.1). */
static void none_to_permerror(struct spf_run *r, const struct spf_term *t, struct decision *d)
{
	if (d->result != AUTH_NONE)
		return;
	d->result = AUTH_PERMERROR;
	d->reason = arena_printf(r->arena, "\"%s\" leads to a domain without an SPF record: %s",
	    show(r, t->text), d->reason);
}

/* Evaluates the record that the term leads to. SPF_NO_MATCH: the term leads nowhere. */
static enum spf_match follow(
    struct spf_run *r, const struct spf_term *t, struct span domain, struct decision *d)
{
	struct spf_target target;
	struct span name;

	if (spf_expand(r, t->domain, domain, &target) == SPF_MISSING)
		return SPF_MISSING;
	if (target.foreign)
		return SPF_NO_MATCH;
	name = arena_span(r->arena, span_of(target.name, target.len));
	if (check_host(r, name, d) == SPF_MISSING)
		return SPF_MISSING;
	none_to_permerror(r, t, d);
	return SPF_MATCH;
}

static bool is_error(enum auth_result result)
{
	return result == AUTH_TEMPERROR || result == AUTH_PERMERROR;
}

static enum spf_match try_include(
    struct spf_run *r, const struct spf_term *t, struct span domain, struct decision *d)
{
	enum spf_match m = follow(r, t, domain, d);

	if (m != SPF_MATCH)
		return m;
	if (d->result != AUTH_PASS && !is_error(d->result))
		return SPF_NO_MATCH;
	add_to_path(r, t, d);
	d->by_all = false;
	if (d->result == AUTH_PASS)
		d->result = t->result;
	return SPF_MATCH;
}

/* SPF_MATCH: d is decided, which an error does too. */
static enum spf_match try_mechanism(
    struct spf_run *r, const struct spf_term *t, struct span domain, struct decision *d)
{
	const char *why = NULL;
	enum spf_match m;

	if (t->kind > SPF_TERM_EXISTS)
		return SPF_NO_MATCH;
	if (count_lookup(r, t, domain, d) == SPF_MATCH)
		return SPF_MATCH;
	if (t->kind == SPF_TERM_INCLUDE)
		return try_include(r, t, domain, d);
	m = spf_match(r, t, domain, &why);
	if (m == SPF_MISSING || m == SPF_NO_MATCH)
		return m;
	*d = (struct decision){.result = t->result, .by_all = t->kind == SPF_TERM_ALL};
	if (m != SPF_MATCH)
		end(d, m == SPF_TEMPERROR ? AUTH_TEMPERROR : AUTH_PERMERROR, why);
	add_to_path(r, t, d);
	return SPF_MATCH;
}

/*
 * The term before rest lacks an answer. What the terms up to the next include may need is asked
 * for in the same round, so that every legal record converges within VERIFY_ROUNDS_MAX: at worst
 * five times include and mx, each mx in two rounds, and exp with %{p}.
 */
static void look_ahead(struct spf_run *r, struct span rest, struct span domain)
{
	struct spf_run ahead = *r;
	struct spf_term t;
	const char *why;

	while (spf_record_next(&rest, &t)) {
		if (t.kind == SPF_TERM_INCLUDE)
			return;
		if (spf_term_asks(t.kind) && t.kind != SPF_TERM_REDIRECT &&
		    ++ahead.lookups > SPF_LOOKUPS_MAX)
			return;
		if (spf_match(&ahead, &t, domain, &why) == SPF_MATCH)
			return;
	}
}

static enum spf_match walk(
    struct spf_run *r, const struct spf_record *record, struct span domain, struct decision *d)
{
	struct span rest = record->terms;
	struct spf_term t;

	while (spf_record_next(&rest, &t)) {
		enum spf_match m = try_mechanism(r, &t, domain, d);

		if (m == SPF_MISSING && t.kind != SPF_TERM_INCLUDE)
			look_ahead(r, rest, domain);
		if (m != SPF_NO_MATCH)
			return m;
	}
	return SPF_NO_MATCH;
}

/* No mechanism matched. The result is the redirect's, exp= and all (RFC 7208 6.1, 6.2). */
static enum spf_match fall_through(
    struct spf_run *r, const struct spf_record *record, struct span domain, struct decision *d)
{
	enum spf_match m;

	*d = (struct decision){.result = AUTH_NEUTRAL, .domain = domain};
	if (!record->has_redirect)
		return SPF_MATCH;
	if (count_lookup(r, &record->redirect, domain, d) == SPF_MATCH)
		return SPF_MATCH;
	m = follow(r, &record->redirect, domain, d);
	if (m != SPF_MATCH)
		return m == SPF_MISSING ? m : SPF_MATCH;
	if (d->path != NULL || is_error(d->result))
		add_to_path(r, &record->redirect, d);
	return SPF_MATCH;
}

/*
 * SPF_MATCH: d is decided; SPF_MISSING: answers are. The depth is bounded, since every call but
 * the first is paid for with one of the ten lookups.
 */
static enum spf_match check_host(struct spf_run *r, struct span domain, struct decision *d)
{
	struct spf_record record;
	enum spf_match m = find_record(r, domain, &record, d);

	if (m != SPF_NO_MATCH)
		return m;
	m = walk(r, &record, domain, d);
	if (m == SPF_NO_MATCH)
		return fall_through(r, &record, domain, d);
	d->domain = domain;
	d->exp = record.has_exp ? record.exp.domain : span_of(NULL, 0);
	return m;
}

/* The sender's own words on fail (RFC 7208 6.2); whatever goes wrong, there are none. */
static enum spf_match explain(struct spf_run *r, const struct decision *d, const char **out)
{
	const struct dns_answer *txt;
	struct buffer text = BUFFER_INIT;
	struct spf_target target;

	*out = NULL;
	if (d->result != AUTH_FAIL || d->exp.len == 0)
		return SPF_NO_MATCH;
	if (spf_expand(r, d->exp, d->domain, &target) == SPF_MISSING)
		return SPF_MISSING;
	if (target.foreign)
		return SPF_NO_MATCH;
	txt = spf_ask(r, span_of(target.name, target.len), DNS_TXT);
	if (txt == NULL)
		return SPF_MISSING;
	if (txt->count != 1)
		return SPF_NO_MATCH;
	if (spf_macro_uses(txt->records[0].text, "p") &&
	    spf_set_validated(r, d->domain) == SPF_MISSING)
		return SPF_MISSING;
	r->values.domain = d->domain;
	if (spf_macro_text(&r->values, txt->records[0].text, &text) == 0)
		*out = arena_copy(r->arena, buffer_span(&text));
	buffer_clear(&text);
	return SPF_MATCH;
}

/* Why a mechanism other than "all" decided so. */
static const char *const MATCH_MEANS[AUTH_RESULT_COUNT] = {
    [AUTH_PASS] = "",
    [AUTH_FAIL] = ", which forbids it to send",
    [AUTH_SOFTFAIL] = ", which says that it probably may not send",
    [AUTH_NEUTRAL] = ", which says neither yes nor no",
};

static const char *reason(struct spf_run *r, struct span domain, const struct decision *d)
{
	char ip[IP_TEXT_SIZE];
	const char *name = show(r, domain);

	ip_format(&r->values.client, ip);
	if (d->reason != NULL)
		return d->reason;
	if (d->path == NULL)
		return arena_printf(r->arena,
		    "no mechanism of %s's SPF record matches %s, and it does not say what holds "
		    "for others: add the sending address, and end the record in -all or ~all",
		    name, ip);
	if (d->by_all && d->result == AUTH_PASS)
		return arena_printf(r->arena,
		    "%s matches %s in the SPF record of %s, as any address does: name the sending "
		    "addresses instead",
		    ip, d->path, name);
	if (d->by_all)
		return arena_printf(r->arena,
		    "no mechanism of %s's SPF record matches %s and it ends in %s: add the sending "
		    "address",
		    name, ip, d->path);
	return arena_printf(r->arena, "%s matches %s in the SPF record of %s%s", ip, d->path, name,
	    MATCH_MEANS[d->result]);
}

/* The name as A-labels in lower case without a final dot; as it is when it has no such form. */
static struct span to_ascii(struct arena *a, struct span name)
{
	const char *ascii = mail_domain_to_ascii(a, name);

	return ascii == NULL ? name : span_from(ascii);
}

static struct span join_address(struct arena *a, struct span local, struct span domain)
{
	char *out = arena_alloc(a, local.len + domain.len + 2);

	memcpy(out, local.data, local.len);
	out[local.len] = '@';
	if (domain.len > 0)
		memcpy(out + local.len + 1, domain.data, domain.len);
	return span_of(out, local.len + 1 + domain.len);
}

/* What is judged (RFC 7208 2.3, 2.4, 4.3). */
static void set_identity(const struct spf_query *q, struct spf_run *r)
{
	struct spf_macro_values *v = &r->values;
	bool helo = q->identity == SPF_HELO || q->mail_from.len == 0;
	struct span address = helo ? q->helo : q->mail_from;
	ptrdiff_t at = helo ? -1 : span_rindex(address, '@');

	v->helo = to_ascii(r->arena, q->helo);
	v->local = at > 0 ? span_first(address, (size_t)at) : SPAN("postmaster");
	v->sender_domain = to_ascii(r->arena, span_after(address, (size_t)(at + 1)));
	v->sender = join_address(r->arena, v->local, v->sender_domain);
	v->validated = SPAN("unknown");
	v->client = ip_unmap(q->client);
	v->now = q->now;
}

static const char *none_reason(
    const struct spf_query *q, struct spf_run *r, struct span domain, const char *reason_found)
{
	bool helo = q->identity == SPF_HELO || q->mail_from.len == 0;

	if (usable(domain))
		return reason_found;
	if (domain.len == 0)
		return helo ? "the client gave no HELO name, so SPF has nothing to judge"
		            : "the MAIL FROM address has no domain, so SPF has nothing to judge";
	return arena_printf(r->arena,
	    "the %s \"%s\" is no domain name of two or more labels, so SPF has nothing to judge",
	    helo ? "HELO name" : "MAIL FROM domain", show(r, domain));
}

static const char *domain_string(struct spf_run *r, struct span domain)
{
	return usable(domain) ? arena_copy(r->arena, domain) : NULL;
}

enum verify_status spf_check(
    const struct spf_query *q, struct dns_view *view, struct arena *a, struct spf_verdict *out)
{
	struct spf_run r = {.view = view, .arena = a};
	struct decision d = {.result = AUTH_NONE};
	struct span domain;

	*out = (struct spf_verdict){.identity = q->identity == SPF_HELO ? "helo" : "mailfrom"};
	if (q->client.family == IP_NONE) {
		out->reason = "the client's address is not known, so SPF has nothing to judge";
		return VERIFY_DONE;
	}
	set_identity(q, &r);
	domain = r.values.sender_domain;
	if (check_host(&r, domain, &d) == SPF_MISSING ||
	    explain(&r, &d, &out->explanation) == SPF_MISSING)
		return VERIFY_NEEDS_DNS;
	out->result = d.result;
	out->domain = domain_string(&r, domain);
	out->mechanism = d.path;
	out->lookups = r.lookups;
	out->void_lookups = r.voids;
	out->reason = reason(&r, domain, &d);
	if (d.result == AUTH_NONE)
		out->reason = none_reason(q, &r, domain, out->reason);
	return VERIFY_DONE;
}
