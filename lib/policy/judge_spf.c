/*
 * SPDX-License-Identifier: ISC
 *
 * spf and spf_helo. A remedy shows the record as it should be, next to the one that is there.
 */
#include <string.h>

#include "policy/judge.h"
#include "verify/spf_record.h"

/* A longer record is not written out again. */
#define RECORD_SHOWN 400

/* The SPF records that the evidence has of a domain. */
struct found {
	struct span texts[DNS_RECORD_MAX];
	size_t count;
};

static void find_records(const struct judge *j, const char *domain, struct found *out)
{
	const struct dns_answer *txt = judge_lookup(j, domain, DNS_TXT);

	out->count = 0;
	for (size_t i = 0; txt != NULL && i < txt->count && out->count < DNS_RECORD_MAX; i++)
		if (spf_record_is(txt->records[i].text))
			out->texts[out->count++] = txt->records[i].text;
}

/* "spf:DOMAIN" of the egress, where it is the only one and the address is not named itself. */
static const char *provider_domain(const struct judge *j, const char *ip)
{
	const struct verify_route *route = j->facts->message->route;
	const char *domain = NULL;

	if (j->viewpoint != POLICY_PREDICTED || route == NULL)
		return NULL;
	for (size_t i = 0; i < route->egress_count; i++) {
		struct span egress = span_from(route->egress[i]);

		if (ip != NULL && span_equal(egress, span_from(ip)))
			return NULL;
		if (!span_starts(egress, SPAN("spf:")))
			continue;
		if (domain != NULL)
			return NULL;
		domain = route->egress[i] + 4;
	}
	return domain;
}

/* The term that lets the message pass; NULL when nothing is known of where it comes from. */
static const char *wanted_term(const struct judge *j, const struct spf_verdict *v)
{
	const char *ip = j->verdict->rdns.ip, *provider = provider_domain(j, ip);

	if (provider != NULL && (v->domain == NULL || strcmp(provider, v->domain) != 0))
		return arena_printf(j->arena, "include:%s", provider);
	return ip == NULL || judge_is_local(j) ? NULL : judge_ip_term(j, ip);
}

/* Whether the term, as it stands in the record, is the one that the verdict rests on. */
static bool is_decisive(const struct spf_term *t, const char *mechanism)
{
	struct span first = span_from(mechanism);
	const char *arrow = mechanism == NULL ? NULL : strstr(mechanism, " -> ");

	if (arrow != NULL)
		first = span_first(first, (size_t)(arrow - mechanism));
	return first.len > 0 && span_equal(first, t->text);
}

/* Where a new term takes effect: in front of what decided, else of what ends the record. */
static size_t place_of_term(
    struct span text, const struct spf_record *record, const struct spf_verdict *v, bool *ended)
{
	struct span rest = record->terms;
	struct spf_term t;
	size_t place = text.len;

	*ended = false;
	while (spf_record_next(&rest, &t)) {
		bool ends = t.kind == SPF_TERM_ALL || t.kind == SPF_TERM_REDIRECT;
		size_t at = (size_t)(t.text.data - text.data);

		*ended = *ended || ends;
		if ((!ends && !is_decisive(&t, v->mechanism)) || at >= place)
			continue;
		place = at > 0 && text.data[at - 1] == '+' ? at - 1 : at;
	}
	return place;
}

/* The record with the term in it, or NULL when it is not to be shown. */
static const char *with_term(
    const struct judge *j, struct span text, const char *term, const struct spf_verdict *v)
{
	struct spf_record record;
	struct span before, behind;
	bool ended;

	if (text.len > RECORD_SHOWN || spf_record_parse(text, &record, NULL) < 0)
		return NULL;
	before = span_first(text, place_of_term(text, &record, v, &ended));
	behind = span_after(text, before.len);
	before = span_trim(before);
	return arena_printf(j->arena, "%s %s%s%s%s", judge_show(j->arena, before, RECORD_SHOWN),
	    term, behind.len > 0 ? " " : "", judge_show(j->arena, behind, RECORD_SHOWN),
	    ended ? "" : " -all");
}

/* "... the SPF record of D", said to its owner where that is somebody else. */
static const char *addressed(const struct judge *j, const char *domain, const char *what)
{
	if (!judge_is_foreign(j, domain))
		return what;
	return arena_printf(j->arena,
	    "ask the owner of %s: %s; or send with a reverse-path (MAIL FROM) at %s", domain, what,
	    judge_from_domain(j));
}

static const char *add_term(const struct judge *j, const struct spf_verdict *v)
{
	const char *term = wanted_term(j, v), *record;
	struct found found;

	if (term == NULL && judge_is_local(j))
		return judge_say_address(j);
	if (term == NULL || v->domain == NULL)
		return "add the sending address to the SPF record of the reverse-path's domain";
	find_records(j, v->domain, &found);
	record = found.count == 1 ? with_term(j, found.texts[0], term, v) : NULL;
	if (record == NULL)
		return addressed(j, v->domain,
		    arena_printf(j->arena,
			"add %s to the SPF record of %s, in front of its \"all\" or redirect=",
			term, v->domain));
	return addressed(j, v->domain,
	    arena_printf(j->arena, "add %s to the SPF record of %s: %s -> %s", term, v->domain,
		judge_show(j->arena, found.texts[0], RECORD_SHOWN), record));
}

static const char *publish(const struct judge *j, const struct spf_verdict *v)
{
	bool helo = strcmp(v->identity == NULL ? "" : v->identity, "helo") == 0;
	const char *term = helo && j->verdict->rdns.helo_match ? "a" : wanted_term(j, v);

	if (v->domain == NULL)
		return helo ? "say EHLO with the full name of the sending host, such as "
		              "mail.example.com"
		            : arena_printf(j->arena,
				  "send with a reverse-path (MAIL FROM) whose domain has an SPF "
				  "record, such as bounces@%s",
				  j->verdict->dmarc.from_domain == NULL
				      ? "example.com"
				      : j->verdict->dmarc.from_domain);
	return addressed(j, v->domain,
	    arena_printf(j->arena, "publish at %s TXT \"v=spf1 %s -all\"", v->domain,
		term == NULL ? "ip4:ADDRESS" : term));
}

/* The terms of one more record behind those before; -1 when they cannot be merged. */
static int add_terms(struct span text, struct buffer *out, bool *soft)
{
	struct spf_record record;
	struct spf_term t;

	if (out->len + text.len > RECORD_SHOWN || spf_record_parse(text, &record, NULL) < 0 ||
	    record.has_redirect)
		return -1;
	while (spf_record_next(&record.terms, &t)) {
		if (t.kind == SPF_TERM_ALL)
			*soft = *soft || t.result != AUTH_FAIL;
		else if (memmem(out->data, out->len, t.text.data, t.text.len) == NULL)
			buffer_printf(out, " %.*s", (int)t.text.len, t.text.data);
	}
	return 0;
}

/* Several records as one, no stricter than the mildest of them; NULL when it cannot be shown. */
static const char *merged(const struct judge *j, const struct found *found)
{
	struct buffer text = BUFFER_INIT;
	const char *whole = NULL;
	bool soft = false;
	int failed = 0;

	buffer_add_string(&text, "v=spf1");
	for (size_t i = 0; i < found->count && failed == 0; i++)
		failed = add_terms(found->texts[i], &text, &soft);
	buffer_add_string(&text, soft ? " ~all" : " -all");
	if (failed == 0)
		whole = judge_show(j->arena, buffer_span(&text), RECORD_SHOWN);
	buffer_clear(&text);
	return whole;
}

static const char *merge(const struct judge *j, const struct found *found, const char *domain)
{
	const char *one = merged(j, found);

	if (one == NULL)
		return arena_printf(
		    j->arena, "merge the %zu SPF records of %s into one", found->count, domain);
	return arena_printf(
	    j->arena, "merge the %zu SPF records of %s into one: %s", found->count, domain, one);
}

static const char *correct(const struct judge *j, const struct spf_verdict *v)
{
	const char *domain = v->domain == NULL ? "the domain" : v->domain;
	struct found found;

	find_records(j, v->domain, &found);
	if (found.count > 1)
		return addressed(j, v->domain, merge(j, &found, domain));
	if (v->lookups > 10)
		return addressed(j, v->domain,
		    arena_printf(j->arena,
			"take lookups out of the SPF record of %s: put ip4: and ip6: in the place "
			"of a, mx and include:, drop providers no longer used, or send by a "
			"subdomain with a record of its own",
			domain));
	if (found.count == 1)
		return addressed(j, v->domain,
		    arena_printf(j->arena,
			"correct the SPF record of %s, which is \"%s\"; \"mailassay check domain "
			"%s\" shows what is wrong with it",
			domain, judge_show(j->arena, found.texts[0], RECORD_SHOWN), domain));
	return addressed(j, v->domain,
	    arena_printf(j->arena,
		"correct the SPF record of %s; \"mailassay check domain %s\" shows "
		"what is wrong with it",
		domain, domain));
}

const char *judge_spf_remedy(const struct judge *j, const struct spf_verdict *v)
{
	switch (v->result) {
	case AUTH_NONE:
		return publish(j, v);
	case AUTH_NEUTRAL:
	case AUTH_FAIL:
	case AUTH_SOFTFAIL:
	case AUTH_POLICY:
		return add_term(j, v);
	case AUTH_PERMERROR:
		/* An egress setting without an address, which the reason says. */
		if (j->viewpoint == POLICY_PREDICTED && j->verdict->rdns.ip == NULL)
			return arena_printf(j->arena, "correct egress in the section route %s",
			    j->facts->message->route->name);
		return correct(j, v);
	case AUTH_TEMPERROR:
		return arena_printf(j->arena,
		    "try again, and see that the name servers of %s and of what its record names "
		    "answer",
		    v->domain == NULL ? "the domain" : v->domain);
	case AUTH_PASS:
	case AUTH_RESULT_COUNT:
		break;
	}
	return JUDGE_NOTHING_WRONG;
}

static const char *evidence(const struct judge *j, const struct spf_verdict *v)
{
	const struct dns_answer *txt = judge_lookup(j, v->domain, DNS_TXT);
	struct found found;

	if (txt == NULL)
		return v->mechanism;
	find_records(j, v->domain, &found);
	if (found.count == 0)
		return arena_printf(j->arena, "%s TXT: %s", v->domain,
		    txt->status == DNS_OK ? "no SPF record" : DNS_STATUS_NAME[txt->status]);
	if (found.count > 1)
		return arena_printf(j->arena, "%s and %zu more",
		    judge_txt(j, v->domain, found.texts[0]), found.count - 1);
	if (v->mechanism == NULL)
		return judge_txt(j, v->domain, found.texts[0]);
	return arena_printf(j->arena, "%s (%s)", judge_txt(j, v->domain, found.texts[0]),
	    judge_show(j->arena, span_from(v->mechanism), 150));
}

static void judge_identity(const struct judge *j, const struct requirement *r,
    const struct spf_verdict *v, struct policy_result *out)
{
	judge_result(j, r, v->result, out);
	out->reason = v->reason;
	out->evidence = evidence(j, v);
	if (judge_wants_step(r, out))
		out->remedy = judge_spf_remedy(j, v);
}

/* A file's reverse-path is known where it was given, or where the provider puts its own. */
static bool has_reverse_path(const struct judge *j, struct policy_result *out)
{
	const struct record_message *m = j->facts->message;

	if (!j->facts->file || m->envelope.mail_from != NULL ||
	    (j->viewpoint == POLICY_PREDICTED && m->route->return_path != NULL))
		return true;
	judge_missing(out, "the reverse-path is not known",
	    "give it by --mail-from ADDRESS ('' is the null reverse-path)");
	return false;
}

void judge_spf(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	out->expected = judge_expected_words(j, r);
	if (judge_has_client(j, out) && has_reverse_path(j, out))
		judge_identity(j, r, &j->verdict->spf, out);
}

static bool has_helo(const struct judge *j, struct policy_result *out)
{
	const struct record_session *s = j->facts->message->session;

	if (!j->facts->file || j->viewpoint == POLICY_PREDICTED ||
	    (s != NULL && s->client.helo != NULL))
		return true;
	judge_missing(out, "the HELO name is not known", "give it by --helo NAME");
	return false;
}

void judge_spf_helo(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	out->expected = judge_expected_words(j, r);
	if (judge_has_client(j, out) && has_helo(j, out))
		judge_identity(j, r, &j->verdict->spf_helo, out);
}
