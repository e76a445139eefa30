/*
 * SPDX-License-Identifier: ISC
 *
 * DKIM (RFC 6376, 8301, 8463): which fields are judged, where their keys are, what came of each in
 * words. The hashing and the arithmetic are libopendkim's (dkim_engine.c), the reading of tags is
 * done here, so that a malformed signature can say what is wrong with it.
 */
#include "verify/dkim.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/memory.h"
#include "verify/dkim_coverage.h"
#include "verify/dkim_engine.h"
#include "verify/dkim_published.h"

_Static_assert(DKIM_ENGINE_MAX >= DKIM_SIGNATURES_MAX, "the engine takes all that are judged");

/* A longer field does not fit into libopendkim's buffers. */
#define FIELD_OCTETS_MAX 16384

/* A t= further in the future than this many seconds is no clock that goes a little wrong. */
#define FUTURE_MAX 300

#define NO_ENGINE SIZE_MAX

struct signature {
	struct dkim_signature field;
	size_t engine; /* its number in the engine, or NO_ENGINE */
	bool expired;
	bool future;                 /* t= is yet to come */
	bool testing;                /* the key says t=y */
	const char *note;            /* of the key's name, see struct dkim_published */
	struct dkim_verdict verdict; /* once the check has ended */
};

struct dkim_check {
	struct arena *arena;
	const struct mail_header *header;
	struct signature items[DKIM_SIGNATURES_MAX];
	size_t count;
	bool too_many;
	struct dkim_engine *engine; /* NULL when there is nothing to hash */
	bool ended;
};

/*
 * Only what is without fault reaches the library: it was found to read beyond its buffers on some
 * malformed fields (an i= of 2,000 octets).
 */
static void read_field(
    struct dkim_check *c, const struct mail_field *f, int64_t now, struct dkim_engine_input *in)
{
	struct signature *s = &c->items[c->count++];
	int64_t signed_at;

	s->engine = NO_ENGINE;
	dkim_signature_parse(f->value, c->arena, &s->field);
	signed_at = s->field.said.signed_at;
	s->expired = s->field.said.expires_at >= 0 && now > s->field.said.expires_at;
	s->future = signed_at >= 0 && signed_at - FUTURE_MAX > now;
	if (f->raw.len > FIELD_OCTETS_MAX)
		s->field.fault =
		    arena_printf(c->arena, "the field is longer than %d octets", FIELD_OCTETS_MAX);
	if (s->field.fault != NULL)
		return;
	s->engine = in->count;
	in->signatures[in->count++] = f;
	if (signed_at >= 0 && (in->first_signed_at < 0 || signed_at < in->first_signed_at))
		in->first_signed_at = signed_at;
}

/* Whether the engine hashes the body in the way of this signature anyway. */
static bool costs_nothing(const struct dkim_check *c, const struct dkim_signature *s)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct dkim_signature *other = &c->items[i].field;

		if (other->fault == NULL && other->algorithm == s->algorithm &&
		    other->said.body_length == s->said.body_length &&
		    strcmp(other->said.canonicalization, s->said.canonicalization) == 0)
			return true;
	}
	return false;
}

/*
 * A signature beyond those that are judged may be signed by one of them. It is handed over for
 * that, unless it wants a hash of the whole body of its own: 500 of them would take seconds.
 */
static void read_surplus(
    struct dkim_check *c, const struct mail_field *f, struct dkim_engine_input *in)
{
	struct dkim_signature s;

	dkim_signature_parse(f->value, c->arena, &s);
	if (s.fault == NULL && f->raw.len <= FIELD_OCTETS_MAX && costs_nothing(c, &s))
		in->signatures[in->count++] = f;
}

struct dkim_check *dkim_check_new(const struct mail_header *header, int64_t now)
{
	struct dkim_engine_input in = {.header = header, .first_signed_at = -1};
	struct dkim_check *c;
	size_t total = mail_header_count(header, SPAN("dkim-signature"));

	if (total == 0)
		return NULL;
	c = memory_new(sizeof(*c));
	c->arena = arena_new();
	c->header = header;
	c->too_many = total > DKIM_SIGNATURES_MAX;
	for (size_t i = 0; i < total && i < DKIM_ENGINE_MAX; i++) {
		const struct mail_field *f = mail_header_find(header, SPAN("dkim-signature"), i);

		if (i < DKIM_SIGNATURES_MAX)
			read_field(c, f, now, &in);
		else
			read_surplus(c, f, &in);
	}
	if (in.count > 0)
		c->engine = dkim_engine_new(&in);
	return c;
}

void dkim_check_free(struct dkim_check *c)
{
	if (c == NULL)
		return;
	dkim_engine_free(c->engine);
	arena_free(c->arena);
	free(c);
}

void dkim_check_body(struct dkim_check *c, const void *data, size_t len)
{
	if (c != NULL && c->engine != NULL)
		dkim_engine_body(c->engine, data, len);
}

static bool needs_key(const struct signature *s)
{
	return s->field.fault == NULL && !s->expired;
}

enum verify_status dkim_check_ask(struct dkim_check *c, struct dns_view *view)
{
	enum verify_status status = VERIFY_DONE;

	for (size_t i = 0; c != NULL && !c->ended && i < c->count; i++) {
		const struct signature *s = &c->items[i];

		if (needs_key(s) &&
		    dns_view_lookup(view, span_from(s->field.key_name), DNS_TXT) == NULL)
			status = VERIFY_NEEDS_DNS;
	}
	return status;
}

static void set(struct signature *s, enum auth_result result, const char *reason)
{
	s->verdict.result = result;
	s->verdict.reason = reason;
}

static void judge_answer(struct dkim_check *c, struct signature *s, const struct dns_answer *answer)
{
	const struct dkim_want want = {s->field.key_name, &s->field};
	struct dkim_published p;

	dkim_published_judge(&want, answer, c->arena, &p);
	s->verdict.bits = p.key.bits;
	s->testing = p.key.testing;
	s->note = p.note;
	if (p.result == AUTH_PASS)
		dkim_engine_key(c->engine, s->engine, p.key.text);
	else
		set(s, p.result, arena_printf(c->arena, "%s%s", p.reason, p.note));
}

static const char *expiry_reason(const struct signature *s, struct arena *a)
{
	char at[DATE_RFC3339_SIZE];

	return arena_printf(a, "the signature expired at %s (its x=)",
	    date_rfc3339(s->field.said.expires_at * 1000, at));
}

/* Everything that can be said without the public-key operation; sets the keys for it. */
static void judge_early(struct dkim_check *c, struct signature *s, struct dns_view *view)
{
	const struct dns_answer *answer;

	s->verdict = s->field.said;
	s->verdict.result = AUTH_NONE;
	if (s->field.fault != NULL) {
		set(s, AUTH_PERMERROR,
		    arena_printf(c->arena, "the signature is malformed: %s", s->field.fault));
		return;
	}
	if (s->expired) {
		set(s, AUTH_FAIL, expiry_reason(s, c->arena));
		return;
	}
	answer = dns_view_lookup(view, span_from(s->field.key_name), DNS_TXT);
	if (answer != NULL)
		judge_answer(c, s, answer);
}

static const char *pass_reason(const struct signature *s, struct arena *a)
{
	char at[DATE_RFC3339_SIZE];
	const char *future = "";

	if (s->future)
		future = arena_printf(a,
		    "; its t= is in the future (%s), and some verifiers ignore such signatures: "
		    "check the signer's clock",
		    date_rfc3339(s->field.said.signed_at * 1000, at));
	return arena_printf(a, "the signature of %s is valid%s%s%s", s->field.said.domain,
	    s->testing ? "; its key says that it is a test (t=y)" : "", future, s->note);
}

/* Whether the library's comparison of bodies says nothing, by what dkim_engine.h has of bare LF. */
static bool misread(const struct dkim_outcome *o, const struct dkim_verdict *said)
{
	bool simple = span_ends_nocase(span_from(said->canonicalization), SPAN("/simple"));

	return o->bare_end && simple &&
	       (said->body_length < 0 || (uint64_t)said->body_length > o->bare_at);
}

static void judge_outcome(struct dkim_check *c, struct signature *s)
{
	struct dkim_outcome o = dkim_engine_outcome(c->engine, s->engine);
	bool body_differs = o.body_hash.len > 0 && !span_equal(o.body_hash, s->field.body_hash);

	if (o.complaint != NULL)
		set(s, AUTH_PERMERROR,
		    arena_printf(c->arena, "the signature could not be verified: %s", o.complaint));
	else if (o.too_long)
		set(s, AUTH_PERMERROR,
		    arena_printf(c->arena, "l=%lld is larger than the body",
			(long long)s->field.said.body_length));
	else if (o.verified && o.body_matches && !misread(&o, &s->field.said))
		set(s, AUTH_PASS, pass_reason(s, c->arena));
	else if (o.verified)
		set(s, AUTH_FAIL, "the body hash differs: the body was changed after signing");
	else if (body_differs)
		set(s, AUTH_FAIL,
		    "the body hash differs, and the signature does not match the header: body and "
		    "signed fields were changed after signing, or another message was signed");
	else
		set(s, AUTH_FAIL,
		    arena_printf(c->arena,
			"the signature does not match the header: a signed field was changed, "
			"added or removed after signing, or the key at %s is not the signer's%s",
			s->field.key_name, s->note));
}

static void end(struct dkim_check *c, struct dns_view *view)
{
	for (size_t i = 0; i < c->count; i++)
		judge_early(c, &c->items[i], view);
	if (c->engine != NULL)
		dkim_engine_end(c->engine);
	for (size_t i = 0; i < c->count; i++) {
		if (c->items[i].verdict.result == AUTH_NONE)
			judge_outcome(c, &c->items[i]);
	}
	/* The body's hashes and the keys are no longer needed. */
	dkim_engine_free(c->engine);
	c->engine = NULL;
	c->ended = true;
}

static struct dkim_verdict copy_verdict(const struct dkim_verdict *v, struct arena *a)
{
	struct dkim_verdict out = *v;

	out.domain = arena_string(a, v->domain);
	out.selector = arena_string(a, v->selector);
	out.algorithm = arena_string(a, v->algorithm);
	out.canonicalization = arena_string(a, v->canonicalization);
	out.identity = arena_string(a, v->identity);
	out.reason = arena_string(a, v->reason);
	out.signed_headers = arena_alloc(a, (v->signed_header_count + 1) * sizeof(char *));
	for (size_t i = 0; i < v->signed_header_count; i++)
		out.signed_headers[i] = arena_string(a, v->signed_headers[i]);
	return out;
}

static void add_coverage(const struct dkim_check *c, struct arena *a, struct finding_list *findings)
{
	const struct dkim_signature *signatures[DKIM_SIGNATURES_MAX];
	struct dkim_coverage coverage = {c->header, signatures, c->count};

	for (size_t i = 0; i < c->count; i++)
		signatures[i] = &c->items[i].field;
	dkim_coverage_findings(&coverage, a, findings);
}

static void add_findings(const struct dkim_check *c, struct arena *a, struct finding_list *findings)
{
	if (c->too_many)
		finding_add(findings, a, FINDING_DKIM_TOO_MANY, NULL);
	for (size_t i = 0; i < c->count; i++) {
		const struct dkim_verdict *v = &c->items[i].verdict;

		if (c->items[i].field.algorithm != DKIM_ED25519_SHA256 && v->bits > 0 &&
		    v->bits < DKIM_RSA_BITS_SIGNED)
			finding_add(findings, a, FINDING_DKIM_WEAK_KEY,
			    arena_printf(a,
				"The RSA key at %s has %u bits; %d are recommended "
				"(RFC 8301 3.2).",
				c->items[i].field.key_name, v->bits, DKIM_RSA_BITS_SIGNED));
		if (v->body_length >= 0)
			finding_add(findings, a, FINDING_DKIM_BODY_LENGTH,
			    arena_printf(a,
				"The DKIM signature of %s covers only the first %lld "
				"octets of the body (l=): anything can be added behind "
				"them.",
				v->domain == NULL ? "an unknown domain" : v->domain,
				(long long)v->body_length));
	}
	add_coverage(c, a, findings);
}

enum verify_status dkim_check_end(struct dkim_check *c, struct dns_view *view, struct arena *a,
    struct verdict *out, struct finding_list *findings)
{
	out->dkim = NULL;
	out->dkim_count = 0;
	if (c == NULL)
		return VERIFY_DONE;
	if (dkim_check_ask(c, view) == VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	if (!c->ended)
		end(c, view);
	out->dkim = arena_alloc(a, c->count * sizeof(*out->dkim));
	out->dkim_count = c->count;
	for (size_t i = 0; i < c->count; i++)
		out->dkim[i] = copy_verdict(&c->items[i].verdict, a);
	if (findings != NULL)
		add_findings(c, a, findings);
	return VERIFY_DONE;
}

size_t dkim_check_domains(const struct dkim_check *c, const char *out[DKIM_SIGNATURES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; c != NULL && i < c->count; i++) {
		if (needs_key(&c->items[i]))
			out[n++] = c->items[i].field.domain_name;
	}
	return n;
}
