/*
 * SPDX-License-Identifier: ISC
 *
 * dkim, dkim.bits, one-click: what is signed, and how well.
 */
#include "judgecase.h"
#include "unit.h"

static struct verdict *observed(struct world *w)
{
	return &w->message.observed;
}

static void unsigned_message(struct world *w)
{
	observed(w)->dkim_count = 0;
}

static void signature(struct world *w, enum auth_result result, const char *reason)
{
	w->dkim[0].result = result;
	w->dkim[0].reason = reason;
}

static void expired(struct world *w)
{
	signature(w, AUTH_FAIL, "the signature expired at 2026-11-23T16:00:00.000Z (its x=)");
}

static void changed_body(struct world *w)
{
	signature(w, AUTH_FAIL, "the body hash differs: the body was changed after signing");
}

static void changed_header(struct world *w)
{
	signature(w, AUTH_FAIL, "the signature does not match the header");
}

static void no_key(struct world *w)
{
	signature(w, AUTH_PERMERROR, "there is no key");
	w->evidence = ";; app._domainkey.example.com. TXT NXDOMAIN\n";
}

static void revoked_key(struct world *w)
{
	signature(w, AUTH_PERMERROR, "the key is revoked");
	w->evidence = ";; app._domainkey.example.com. TXT NOERROR\n"
		      "app._domainkey.example.com. 300 IN TXT \"v=DKIM1; p=\"\n";
}

static void malformed_key(struct world *w)
{
	signature(w, AUTH_PERMERROR, "the key is malformed");
}

static void malformed_signature(struct world *w)
{
	signature(w, AUTH_PERMERROR, "the signature is malformed");
	w->dkim[0].selector = NULL;
}

static void weak_key(struct world *w)
{
	signature(w, AUTH_POLICY, "the key has 512 bits");
	w->dkim[0].bits = 512;
}

static void sha1(struct world *w)
{
	signature(w, AUTH_POLICY, "rsa-sha1 is no longer accepted");
	w->dkim[0].algorithm = "rsa-sha1";
}

static void slow_key(struct world *w)
{
	signature(w, AUTH_TEMPERROR, "the key could not be looked up");
	w->evidence = ";; app._domainkey.example.com. TXT SERVFAIL\n";
}

/* The first fails, the second could not be judged. */
static void second_slow(struct world *w)
{
	w->dkim[1] = w->dkim[0];
	w->dkim[1].result = AUTH_TEMPERROR;
	w->dkim[1].selector = "other";
	w->dkim[1].reason = "the key could not be looked up";
	changed_body(w);
	observed(w)->dkim_count = 2;
}

static void second_passes(struct world *w)
{
	second_slow(w);
	w->dkim[1].result = AUTH_PASS;
}

static const struct verify_route PROVIDER = {
    .name = "provider", .dkim_domain = "example.com", .dkim_selector = "app"};
static const struct verify_route BARE = {.name = "provider"};

static void predicted(struct world *w, const struct verify_route *route)
{
	world_route(w, route);
	w->dkim[0].predicted = route->dkim_selector != NULL;
	if (w->dkim[0].predicted) {
		w->dkim[0].signed_header_count = 0;
		w->dkim[0].canonicalization = NULL;
	}
}

static void predicted_good(struct world *w)
{
	predicted(w, &PROVIDER);
}

static void predicted_no_key(struct world *w)
{
	no_key(w);
	predicted(w, &PROVIDER);
}

static void predicted_no_domain(struct world *w)
{
	signature(w, AUTH_PERMERROR, "the provider signs for the domain of From");
	w->dkim[0].domain = NULL;
	predicted(w, &PROVIDER);
}

static void predicted_unsigned(struct world *w)
{
	unsigned_message(w);
	predicted(w, &BARE);
}

static const struct judge_case DKIM_CASES[] = {
    {"pass", "dkim=pass", NULL, POLICY_PASS, "pass", "pass (d=example.com, s=app)",
	"the signature is valid", NULL,
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"unsigned", "dkim=pass", unsigned_message, POLICY_FAIL, "pass", "none",
	"the message has no DKIM-Signature field",
	"sign with d=example.com and a key of 2048 bits, and publish its public half at "
	"SELECTOR._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=...\"",
	NULL},
    {"unsigned as wanted", "dkim=none", unsigned_message, POLICY_PASS, "none", "none",
	"the message has no DKIM-Signature field", NULL, NULL},
    {"a signature, whatever its result", "dkim", changed_body, POLICY_PASS, "a DKIM signature",
	"fail (d=example.com, s=app)", "the body hash differs: the body was changed after signing",
	NULL, "app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"a signature without an answer", "dkim", slow_key, POLICY_PASS, "a DKIM signature",
	"temperror (d=example.com, s=app)", "the key could not be looked up", NULL,
	"app._domainkey.example.com TXT: SERVFAIL"},
    {"no signature", "dkim", unsigned_message, POLICY_FAIL, "a DKIM signature", "none",
	"the message has no DKIM-Signature field",
	"sign with d=example.com and a key of 2048 bits, and publish its public half at "
	"SELECTOR._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=...\"",
	NULL},
    {"no signature as wanted", "!dkim", unsigned_message, POLICY_PASS, "no DKIM signature", "none",
	"the message has no DKIM-Signature field", NULL, NULL},
    {"expired", "dkim=pass", expired, POLICY_FAIL, "pass", "fail (d=example.com, s=app)",
	"the signature expired at 2026-11-23T16:00:00.000Z (its x=)",
	"sign each message as it is sent, with an x= some days later or none, and see that the "
	"signer's clock is right",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"changed body", "dkim=pass", changed_body, POLICY_FAIL, "pass", "fail (d=example.com, s=app)",
	"the body hash differs: the body was changed after signing",
	"sign last: what changes the body (footers, link tracking, line wrapping, another transfer "
	"encoding) must run before; c=relaxed/relaxed bears changed white space",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"changed header", "dkim=pass", changed_header, POLICY_FAIL, "pass",
	"fail (d=example.com, s=app)", "the signature does not match the header",
	"sign last, so that no signed field changes afterwards, and see that "
	"app._domainkey.example.com has the public half of the key that signs",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"no key", "dkim=pass", no_key, POLICY_FAIL, "pass", "permerror (d=example.com, s=app)",
	"there is no key",
	"publish at app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=...\" with the public half "
	"of the signer's key, or sign with a selector that is published",
	"app._domainkey.example.com TXT: NXDOMAIN"},
    {"revoked key", "dkim=pass", revoked_key, POLICY_FAIL, "pass",
	"permerror (d=example.com, s=app)", "the key is revoked",
	"sign with a selector whose key is published: the one at app._domainkey.example.com was "
	"withdrawn (p= is empty)",
	"app._domainkey.example.com TXT \"v=DKIM1; p=\""},
    {"malformed key", "dkim=pass", malformed_key, POLICY_FAIL, "pass",
	"permerror (d=example.com, s=app)", "the key is malformed",
	"correct the record at app._domainkey.example.com: one TXT of the form \"v=DKIM1; k=rsa; "
	"p=...\", with the whole key in base64",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"malformed signature", "dkim=pass", malformed_signature, POLICY_FAIL, "pass", "permerror",
	"the signature is malformed",
	"correct the signer's settings: the DKIM-Signature field that it makes is malformed", NULL},
    {"weak key", "dkim=pass", weak_key, POLICY_FAIL, "pass", "policy (d=example.com, s=app)",
	"the key has 512 bits",
	"sign with a key of 2048 bits: make one, publish it at a selector of its own "
	"(NEW._domainkey.example.com), then switch the signer to it",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"sha1", "dkim=pass", sha1, POLICY_FAIL, "pass", "policy (d=example.com, s=app)",
	"rsa-sha1 is no longer accepted", "sign with a=rsa-sha256, and a key of 2048 bits",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"no answer", "dkim=pass", slow_key, POLICY_UNJUDGED, "pass",
	"temperror (d=example.com, s=app)", "the key could not be looked up",
	"try again, and see that the name servers of example.com answer",
	"app._domainkey.example.com TXT: SERVFAIL"},
    {"no answer, named", "dkim=pass|temperror", slow_key, POLICY_PASS, "pass or temperror",
	"temperror (d=example.com, s=app)", "the key could not be looked up", NULL,
	"app._domainkey.example.com TXT: SERVFAIL"},
    {"the second without an answer", "dkim=pass", second_slow, POLICY_UNJUDGED, "pass",
	"temperror (d=example.com, s=other)", "the key could not be looked up",
	"try again, and see that the name servers of example.com answer", "d=example.com s=other"},
    {"the second passes", "dkim=pass", second_passes, POLICY_PASS, "pass",
	"pass (d=example.com, s=other)", "the key could not be looked up", NULL,
	"d=example.com s=other"},
    {"good where bad is wanted", "dkim!=pass", NULL, POLICY_FAIL, "not pass",
	"pass (d=example.com, s=app)", "the signature is valid",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"predicted", "dkim=pass", predicted_good, POLICY_PASS, "pass",
	"pass (d=example.com, s=app, the provider's signature to come)", "the signature is valid",
	NULL, "app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"predicted, no key", "dkim=pass", predicted_no_key, POLICY_FAIL, "pass",
	"permerror (d=example.com, s=app, the provider's signature to come)", "there is no key",
	"publish at app._domainkey.example.com the record that the provider gives for example.com "
	"(a TXT \"v=DKIM1; k=rsa; p=...\", or a CNAME to its own)",
	"app._domainkey.example.com TXT: NXDOMAIN"},
    {"predicted, no domain", "dkim=pass", predicted_no_domain, POLICY_FAIL, "pass",
	"permerror (the provider's signature to come)", "the provider signs for the domain of From",
	"correct dkim-domain and dkim-selector in the section route provider, or the From field",
	NULL},
    {"predicted, unsigned", "dkim=pass", predicted_unsigned, POLICY_FAIL, "pass", "none",
	"the message has no DKIM-Signature field",
	"sign with d=example.com and a key of 2048 bits; or, where the provider signs, set "
	"dkim-selector and dkim-domain in the section route provider",
	NULL},
    {"delivered", "dkim=pass", world_delivered, POLICY_UNJUDGED, "pass", NULL,
	"the message is not delivered yet", "judge it by --viewpoint observed or predicted", NULL},
};

static void ed25519(struct world *w)
{
	w->dkim[0].algorithm = "ed25519-sha256";
	w->dkim[0].bits = 256;
}

static void two_keys(struct world *w)
{
	w->dkim[1] = w->dkim[0];
	w->dkim[0].bits = 1024;
	observed(w)->dkim_count = 2;
}

static void short_key(struct world *w)
{
	w->dkim[0].bits = 1024;
}

static void predicted_short(struct world *w)
{
	short_key(w);
	predicted(w, &PROVIDER);
}

static const struct judge_case BITS_CASES[] = {
    {"enough", "dkim.bits>=2048", NULL, POLICY_PASS, "at least 2048 bits", "2048 bits",
	"the strongest key whose signature passes is that of d=example.com, s=app", NULL,
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"short", "dkim.bits>=2048", short_key, POLICY_FAIL, "at least 2048 bits", "1024 bits",
	"the strongest key whose signature passes is that of d=example.com, s=app",
	"sign with a key of 2048 bits: make one, publish it at a selector of its own "
	"(NEW._domainkey.example.com), then switch the signer to it",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"the strongest counts", "dkim.bits>=2048", two_keys, POLICY_PASS, "at least 2048 bits",
	"2048 bits", "the strongest key whose signature passes is that of d=example.com, s=app",
	NULL, "app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"Ed25519", "dkim.bits>=2048", ed25519, POLICY_PASS, "at least 2048 bits",
	"256 bits of Ed25519, as strong as 3072 of RSA",
	"the strongest key whose signature passes is that of d=example.com, s=app", NULL,
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"at most", "dkim.bits<=1024", NULL, POLICY_FAIL, "at most 1024 bits", "2048 bits",
	"the strongest key whose signature passes is that of d=example.com, s=app",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"none passes", "dkim.bits>=1024", weak_key, POLICY_FAIL, "at least 1024 bits",
	"no signature that passes", "the key has 512 bits",
	"sign with a key of 2048 bits: make one, publish it at a selector of its own "
	"(NEW._domainkey.example.com), then switch the signer to it",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"unsigned", "dkim.bits>=1024", unsigned_message, POLICY_FAIL, "at least 1024 bits",
	"no signature that passes", "the message has no DKIM-Signature field",
	"sign with d=example.com and a key of 2048 bits, and publish its public half at "
	"SELECTOR._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=...\"",
	NULL},
    {"no answer", "dkim.bits>=1024", slow_key, POLICY_UNJUDGED, "at least 1024 bits",
	"no signature that passes", "the key could not be looked up",
	"try again, and see that the name servers of example.com answer",
	"app._domainkey.example.com TXT: SERVFAIL"},
    {"predicted", "dkim.bits>=2048", predicted_good, POLICY_PASS, "at least 2048 bits", "2048 bits",
	"the strongest key whose signature passes is that of d=example.com, s=app, by which the "
	"provider will sign",
	NULL, "app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"predicted, short", "dkim.bits>=2048", predicted_short, POLICY_FAIL, "at least 2048 bits",
	"1024 bits",
	"the strongest key whose signature passes is that of d=example.com, s=app, by which the "
	"provider will sign",
	"sign with a key of 2048 bits: make one, publish it at a selector of its own "
	"(NEW._domainkey.example.com), then switch the provider to it",
	"app._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=AAAA\""},
    {"delivered", "dkim.bits>=1024", world_delivered, POLICY_UNJUDGED, "at least 1024 bits", NULL,
	"the message is not delivered yet", "judge it by --viewpoint observed or predicted", NULL},
};

#define HEADER(fields) "From: a@example.com\r\n" fields "\r\n"
#define GOOD_LIST      "List-Unsubscribe: <https://example.com/u>\r\n"
#define GOOD_POST      "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"

static void no_list(struct world *w)
{
	w->header = HEADER("");
}

static void two_lists(struct world *w)
{
	w->header = HEADER(GOOD_LIST GOOD_LIST GOOD_POST);
}

static void mailto_only(struct world *w)
{
	w->header = HEADER(
	    "List-Unsubscribe: <mailto:u@example.com>, https://example.com/bare\r\n" GOOD_POST);
}

static void no_post(struct world *w)
{
	w->header = HEADER(GOOD_LIST);
}

static void two_posts(struct world *w)
{
	w->header = HEADER(GOOD_LIST GOOD_POST GOOD_POST);
}

static void other_post(struct world *w)
{
	w->header = HEADER(GOOD_LIST "List-Unsubscribe-Post: List-Unsubscribe=one-click\r\n");
}

static void uncovered(struct world *w)
{
	w->dkim[0].signed_header_count = 3;
}

static const struct judge_case ONE_CLICK_CASES[] = {
    {"good", "one-click", NULL, POLICY_PASS, "one-click unsubscribe, signed", "one-click",
	"both fields are there, and a signature that passes covers them", NULL,
	"List-Unsubscribe: <mailto:u@example.com>, <https://example.com/u/1>; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"no List-Unsubscribe", "one-click", no_list, POLICY_FAIL, "one-click unsubscribe, signed",
	"no List-Unsubscribe field", "the message has no List-Unsubscribe field",
	"send each once: \"List-Unsubscribe: <https://example.com/unsubscribe/TOKEN>\" and "
	"\"List-Unsubscribe-Post: List-Unsubscribe=One-Click\", signed by DKIM, and let a POST to "
	"that URI unsubscribe without asking",
	NULL},
    {"two List-Unsubscribe", "one-click", two_lists, POLICY_FAIL, "one-click unsubscribe, signed",
	"several List-Unsubscribe fields",
	"List-Unsubscribe stands more than once, and receivers take one at most (RFC 8058 3.1)",
	"send each once: \"List-Unsubscribe: <https://example.com/unsubscribe/TOKEN>\" and "
	"\"List-Unsubscribe-Post: List-Unsubscribe=One-Click\", signed by DKIM, and let a POST to "
	"that URI unsubscribe without asking",
	"List-Unsubscribe: <https://example.com/u>; List-Unsubscribe-Post: "
	"List-Unsubscribe=One-Click"},
    {"mailto alone", "one-click", mailto_only, POLICY_FAIL, "one-click unsubscribe, signed",
	"no https URI",
	"List-Unsubscribe has no https URI in angle brackets: mailto: and http: do not count (RFC "
	"8058 3.1)",
	"send each once: \"List-Unsubscribe: <https://example.com/unsubscribe/TOKEN>\" and "
	"\"List-Unsubscribe-Post: List-Unsubscribe=One-Click\", signed by DKIM, and let a POST to "
	"that URI unsubscribe without asking",
	"List-Unsubscribe: <mailto:u@example.com>, https://example.com/bare; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"no Post", "one-click", no_post, POLICY_FAIL, "one-click unsubscribe, signed",
	"no List-Unsubscribe-Post field",
	"the message has no List-Unsubscribe-Post field, so the link is none of one click",
	"send each once: \"List-Unsubscribe: <https://example.com/unsubscribe/TOKEN>\" and "
	"\"List-Unsubscribe-Post: List-Unsubscribe=One-Click\", signed by DKIM, and let a POST to "
	"that URI unsubscribe without asking",
	"List-Unsubscribe: <https://example.com/u>; List-Unsubscribe-Post: none"},
    {"two Posts", "one-click", two_posts, POLICY_FAIL, "one-click unsubscribe, signed",
	"several List-Unsubscribe-Post fields", "List-Unsubscribe-Post stands more than once",
	"send each once: \"List-Unsubscribe: <https://example.com/unsubscribe/TOKEN>\" and "
	"\"List-Unsubscribe-Post: List-Unsubscribe=One-Click\", signed by DKIM, and let a POST to "
	"that URI unsubscribe without asking",
	"List-Unsubscribe: <https://example.com/u>; List-Unsubscribe-Post: "
	"List-Unsubscribe=One-Click"},
    {"another Post", "one-click", other_post, POLICY_FAIL, "one-click unsubscribe, signed",
	"another List-Unsubscribe-Post",
	"List-Unsubscribe-Post is not exactly List-Unsubscribe=One-Click (RFC 8058 3.1)",
	"send each once: \"List-Unsubscribe: <https://example.com/unsubscribe/TOKEN>\" and "
	"\"List-Unsubscribe-Post: List-Unsubscribe=One-Click\", signed by DKIM, and let a POST to "
	"that URI unsubscribe without asking",
	"List-Unsubscribe: <https://example.com/u>; List-Unsubscribe-Post: "
	"List-Unsubscribe=one-click"},
    {"not covered", "one-click", uncovered, POLICY_FAIL, "one-click unsubscribe, signed",
	"not signed",
	"the signature that passes covers not both List-Unsubscribe and List-Unsubscribe-Post (RFC "
	"8058 4)",
	"add list-unsubscribe and list-unsubscribe-post to what the signer signs (h=)",
	"List-Unsubscribe: <mailto:u@example.com>, <https://example.com/u/1>; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"unsigned", "one-click", unsigned_message, POLICY_FAIL, "one-click unsubscribe, signed",
	"not signed", "no DKIM signature that passes covers the fields (RFC 8058 4)",
	"sign with d=example.com and a key of 2048 bits, and publish its public half at "
	"SELECTOR._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=...\"",
	"List-Unsubscribe: <mailto:u@example.com>, <https://example.com/u/1>; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"expired", "one-click", expired, POLICY_FAIL, "one-click unsubscribe, signed", "not signed",
	"no DKIM signature that passes covers the fields (RFC 8058 4)",
	"sign each message as it is sent, with an x= some days later or none, and see that the "
	"signer's clock is right",
	"List-Unsubscribe: <mailto:u@example.com>, <https://example.com/u/1>; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"no answer", "one-click", slow_key, POLICY_UNJUDGED, "one-click unsubscribe, signed",
	"signature not judged", "the signature that covers both fields could not be judged for now",
	"try again, and see that the signer's name servers answer",
	"List-Unsubscribe: <mailto:u@example.com>, <https://example.com/u/1>; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"predicted", "one-click", predicted_good, POLICY_PASS, "one-click unsubscribe, signed",
	"one-click",
	"both fields are there, and the provider's signature to come is taken to cover them", NULL,
	"List-Unsubscribe: <mailto:u@example.com>, <https://example.com/u/1>; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"predicted, no key", "one-click", predicted_no_key, POLICY_FAIL,
	"one-click unsubscribe, signed", "not signed",
	"no DKIM signature that passes covers the fields (RFC 8058 4)",
	"publish at app._domainkey.example.com the record that the provider gives for example.com "
	"(a TXT \"v=DKIM1; k=rsa; p=...\", or a CNAME to its own)",
	"List-Unsubscribe: <mailto:u@example.com>, <https://example.com/u/1>; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"not wanted", "!one-click", NULL, POLICY_FAIL, "no one-click unsubscribe", "one-click",
	"both fields are there, and a signature that passes covers them",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"List-Unsubscribe: <mailto:u@example.com>, <https://example.com/u/1>; "
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
    {"none as wanted", "!one-click", no_list, POLICY_PASS, "no one-click unsubscribe",
	"no List-Unsubscribe field", "the message has no List-Unsubscribe field", NULL, NULL},
    {"delivered", "one-click", world_delivered, POLICY_UNJUDGED, "one-click unsubscribe, signed",
	NULL, "the message is not delivered yet", "judge it by --viewpoint observed or predicted",
	NULL},
};

START_TEST(judges_dkim)
{
	judge_cases(DKIM_CASES, ARRAY_SIZE(DKIM_CASES));
}
END_TEST

START_TEST(judges_bits)
{
	judge_cases(BITS_CASES, ARRAY_SIZE(BITS_CASES));
}
END_TEST

START_TEST(judges_one_click)
{
	judge_cases(ONE_CLICK_CASES, ARRAY_SIZE(ONE_CLICK_CASES));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {judges_dkim, judges_bits, judges_one_click, NULL};

	return unit_main("judgedkim", tests);
}
