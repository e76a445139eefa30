/*
 * SPDX-License-Identifier: ISC
 *
 * dkim and dkim.bits. Of several signatures one counts: the first that passes, else the first; in
 * the predicted viewpoint the provider's to come stands in front.
 */
#include <string.h>

#include "dns/name.h"
#include "policy/judge.h"
#include "verify/dkim_key.h"
#include "verify/dkim_published.h"

/* An Ed25519 key, whose bits are not those of RSA, is as strong as RSA of so many (RFC 8463). */
#define ED25519_AS_RSA 3072

const struct dkim_verdict *judge_signature(const struct verdict *v, enum auth_result result)
{
	for (size_t i = 0; i < v->dkim_count; i++)
		if (v->dkim[i].result == result)
			return &v->dkim[i];
	return NULL;
}

const char *judge_key_name(const struct judge *j, const struct dkim_verdict *v)
{
	char name[DNS_NAME_SIZE];

	if (v->selector == NULL || v->domain == NULL ||
	    dns_name_normalize(
		span_from(arena_printf(j->arena, "%s._domainkey.%s", v->selector, v->domain)),
		name) < 0)
		return NULL;
	return arena_string(j->arena, name);
}

const char *judge_unsigned_remedy(const struct judge *j)
{
	const struct verify_route *route = j->facts->message->route;
	const char *from = judge_from_domain(j);

	if (j->viewpoint == POLICY_PREDICTED && route->dkim_selector == NULL)
		return arena_printf(j->arena,
		    "sign with d=%s and a key of %d bits; or, where the provider signs, set "
		    "dkim-selector and dkim-domain in the section route %s",
		    from, DKIM_RSA_BITS_SIGNED, route->name);
	return arena_printf(j->arena,
	    "sign with d=%s and a key of %d bits, and publish its public half at "
	    "SELECTOR._domainkey.%s TXT \"v=DKIM1; k=rsa; p=...\"",
	    from, DKIM_RSA_BITS_SIGNED, from);
}

/* The key that the evidence has at the name; whether there is one. */
static bool find_key(const struct judge *j, const char *name, struct dkim_key *key)
{
	const struct dns_answer *txt = judge_lookup(j, name, DNS_TXT);

	if (txt == NULL || txt->count == 0)
		return false;
	dkim_key_parse(txt->records[0].text, j->arena, key);
	return true;
}

static const char *publish_key(
    const struct judge *j, const struct dkim_verdict *v, const char *name)
{
	if (v->predicted)
		return arena_printf(j->arena,
		    "publish at %s the record that the provider gives for %s (a TXT \"v=DKIM1; "
		    "k=rsa; p=...\", or a CNAME to its own)",
		    name, v->domain);
	return arena_printf(j->arena,
	    "publish at %s TXT \"v=DKIM1; k=rsa; p=...\" with the public half of the signer's key, "
	    "or sign with a selector that is published",
	    name);
}

static const char *mend_key(const struct judge *j, const struct dkim_verdict *v)
{
	const char *name = judge_key_name(j, v);
	struct dkim_key key;

	if (name == NULL)
		return v->predicted
		           ? arena_printf(j->arena,
				 "correct dkim-domain and dkim-selector in the section route %s, "
				 "or the From field",
				 j->facts->message->route->name)
		           : "correct the signer's settings: the DKIM-Signature field that it "
		             "makes is malformed";
	if (!find_key(j, name, &key))
		return publish_key(j, v, name);
	if (key.revoked)
		return arena_printf(j->arena,
		    "sign with a selector whose key is published: the one at %s was withdrawn "
		    "(p= is empty)",
		    name);
	if (key.fault != NULL)
		return arena_printf(j->arena,
		    "correct the record at %s: one TXT of the form \"v=DKIM1; k=rsa; p=...\", with "
		    "the whole key in base64",
		    name);
	return arena_printf(j->arena,
	    "correct the signer's settings, or the record at %s, so that both fit: the reason says "
	    "in what they do not",
	    name);
}

static const char *mend_strength(const struct judge *j, const struct dkim_verdict *v)
{
	if (v->algorithm != NULL && strcmp(v->algorithm, "rsa-sha1") == 0)
		return arena_printf(
		    j->arena, "sign with a=rsa-sha256, and a key of %d bits", DKIM_RSA_BITS_SIGNED);
	return arena_printf(j->arena,
	    "sign with a key of %d bits: make one, publish it at a selector of its own "
	    "(NEW._domainkey.%s), then switch the signer to it",
	    DKIM_RSA_BITS_SIGNED, v->domain == NULL ? judge_from_domain(j) : v->domain);
}

static const char *mend_signature(const struct judge *j, const struct dkim_verdict *v)
{
	const char *name = judge_key_name(j, v);
	struct span reason = span_from(v->reason);

	if (span_starts(reason, SPAN("the signature expired")))
		return "sign each message as it is sent, with an x= some days later or none, and "
		       "see that the signer's clock is right";
	if (span_starts(reason, SPAN("the body hash")))
		return "sign last: what changes the body (footers, link tracking, line wrapping, "
		       "another transfer encoding) must run before; c=relaxed/relaxed bears "
		       "changed "
		       "white space";
	return arena_printf(j->arena,
	    "sign last, so that no signed field changes afterwards, and see that %s has the public "
	    "half of the key that signs",
	    name == NULL ? "the selector" : name);
}

const char *judge_signature_remedy(const struct judge *j, const struct dkim_verdict *v)
{
	switch (v->result) {
	case AUTH_PERMERROR:
		return mend_key(j, v);
	case AUTH_POLICY:
		return mend_strength(j, v);
	case AUTH_TEMPERROR:
		return arena_printf(j->arena,
		    "try again, and see that the name servers of %s answer",
		    v->domain == NULL ? "the signer" : v->domain);
	case AUTH_FAIL:
	case AUTH_NEUTRAL:
	case AUTH_SOFTFAIL:
		return mend_signature(j, v);
	case AUTH_NONE:
		return judge_unsigned_remedy(j);
	case AUTH_PASS:
	case AUTH_RESULT_COUNT:
		break;
	}
	return JUDGE_NOTHING_WRONG;
}

static const char *evidence(const struct judge *j, const struct dkim_verdict *v)
{
	const char *name = judge_key_name(j, v);
	const struct dns_answer *txt = judge_lookup(j, name, DNS_TXT);

	if (txt == NULL)
		return name == NULL ? NULL
		                    : arena_printf(j->arena, "d=%s s=%s", v->domain, v->selector);
	if (txt->count == 0)
		return arena_printf(j->arena, "%s TXT: %s", name, DNS_STATUS_NAME[txt->status]);
	return judge_txt(j, name, txt->records[0].text);
}

/* "policy (d=example.com, s=app)" */
static const char *describe(const struct judge *j, const struct dkim_verdict *v, const char *word)
{
	const char *coming = v->predicted ? "the provider's signature to come" : "";

	if (v->domain == NULL || v->selector == NULL)
		return arena_printf(j->arena, "%s%s%s%s", word, v->predicted ? " (" : "", coming,
		    v->predicted ? ")" : "");
	return arena_printf(j->arena, "%s (d=%s, s=%s%s%s)", word, v->domain, v->selector,
	    v->predicted ? ", " : "", coming);
}

/* The signature that counts: which passes, else which another time may, else the first. */
static const struct dkim_verdict *counting(const struct verdict *v)
{
	const struct dkim_verdict *s = judge_signature(v, AUTH_PASS);

	if (s == NULL)
		s = judge_signature(v, AUTH_TEMPERROR);
	return s == NULL && v->dkim_count > 0 ? &v->dkim[0] : s;
}

void judge_dkim(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct dkim_verdict *s;
	enum auth_result result;

	out->expected = judge_expected_words(j, r);
	if (!judge_has_verdict(j, out))
		return;
	s = counting(j->verdict);
	result = verdict_dkim_result(j->verdict);
	judge_result(j, r, result, out);
	/* A signature that could not be judged might be the one that passes. */
	if (out->outcome == POLICY_FAIL && s != NULL && s->result == AUTH_TEMPERROR &&
	    requirement_accepts(r, "pass"))
		judge_result(j, r, s->result, out);
	if (s == NULL) {
		out->got = "none";
		out->reason = "the message has no DKIM-Signature field";
	} else {
		out->got = describe(j, s, out->got);
		out->reason = s->reason;
		out->evidence = evidence(j, s);
	}
	if (judge_wants_step(r, out))
		out->remedy = s == NULL ? judge_unsigned_remedy(j) : judge_signature_remedy(j, s);
}

static bool is_ed25519(const struct dkim_verdict *s)
{
	return s->algorithm != NULL && strcmp(s->algorithm, "ed25519-sha256") == 0;
}

static unsigned strength(const struct dkim_verdict *s)
{
	return is_ed25519(s) ? ED25519_AS_RSA : s->bits;
}

static const struct dkim_verdict *strongest(const struct verdict *v)
{
	const struct dkim_verdict *best = NULL;

	for (size_t i = 0; i < v->dkim_count; i++)
		if (v->dkim[i].result == AUTH_PASS &&
		    (best == NULL || strength(&v->dkim[i]) > strength(best)))
			best = &v->dkim[i];
	return best;
}

/* Without a signature that passes there are no bits to judge. */
static void no_bits(const struct judge *j, struct policy_result *out)
{
	const struct dkim_verdict *s = counting(j->verdict);

	out->outcome = s != NULL && s->result == AUTH_TEMPERROR ? POLICY_UNJUDGED : POLICY_FAIL;
	out->got = "no signature that passes";
	if (s == NULL) {
		out->reason = "the message has no DKIM-Signature field";
		out->remedy = judge_unsigned_remedy(j);
		return;
	}
	out->reason = s->reason;
	out->evidence = evidence(j, s);
	out->remedy = judge_signature_remedy(j, s);
}

void judge_dkim_bits(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	bool least = r->op == REQUIREMENT_AT_LEAST;
	const struct dkim_verdict *s;

	out->expected = arena_printf(
	    j->arena, "at %s %llu bits", least ? "least" : "most", (unsigned long long)r->number);
	if (!judge_has_verdict(j, out))
		return;
	s = strongest(j->verdict);
	if (s == NULL) {
		no_bits(j, out);
		return;
	}
	judge_hold(out, least ? strength(s) >= r->number : strength(s) <= r->number);
	out->got = arena_printf(j->arena, "%u bits%s", s->bits,
	    is_ed25519(s) ? " of Ed25519, as strong as 3072 of RSA" : "");
	out->reason = arena_printf(j->arena,
	    "the strongest key whose signature passes is that of d=%s, "
	    "s=%s%s",
	    s->domain == NULL ? "" : s->domain, s->selector == NULL ? "" : s->selector,
	    s->predicted ? ", by which the provider will sign" : "");
	out->evidence = evidence(j, s);
	if (out->outcome != POLICY_FAIL)
		return;
	out->remedy =
	    least
		? arena_printf(j->arena,
		      "sign with a key of %llu bits: make one, publish it at a selector of its "
		      "own (NEW._domainkey.%s), then switch the %s to it",
		      (unsigned long long)(r->number > DKIM_RSA_BITS_SIGNED ? r->number
									    : DKIM_RSA_BITS_SIGNED),
		      s->domain == NULL ? judge_from_domain(j) : s->domain,
		      s->predicted ? "provider" : "signer")
		: JUDGE_NOTHING_WRONG;
}
