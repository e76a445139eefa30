/*
 * SPDX-License-Identifier: ISC
 *
 * Which key counts, and what stands against it (RFC 6376 3.6, RFC 8301).
 */
#include "verify/dkim_published.h"

#include <string.h>

/* TXT records at the name of a key beyond this many are not looked at. */
#define RECORDS_MAX 10

static const enum dkim_key_type KEY_TYPE[] = {
    [DKIM_RSA_SHA1] = DKIM_KEY_RSA,
    [DKIM_RSA_SHA256] = DKIM_KEY_RSA,
    [DKIM_ED25519_SHA256] = DKIM_KEY_ED25519,
};
_Static_assert(ARRAY_SIZE(KEY_TYPE) == DKIM_ALGORITHM_COUNT, "a key type each");

/* What forbids this key to the signature; NULL when nothing does. */
static const char *objection_to(
    const struct dkim_want *want, const struct dkim_key *key, struct arena *a)
{
	const struct dkim_signature *s = want->signature;

	if (key->type != KEY_TYPE[s->algorithm])
		return arena_printf(a, "the key at %s is of type %s, which a=%s cannot use",
		    want->key_name, DKIM_KEY_TYPE_NAME[key->type], s->said.algorithm);
	if (!(s->algorithm == DKIM_RSA_SHA1 ? key->sha1 : key->sha256))
		return arena_printf(a, "the key at %s does not allow the hash of a=%s (its h=)",
		    want->key_name, s->said.algorithm);
	if (!key->email)
		return arena_printf(a, "the key at %s is not for mail (its s=)", want->key_name);
	if (key->strict_domain && strcmp(s->identity_domain, s->domain_name) != 0)
		return arena_printf(a, "the key at %s has t=s, and the domain of i=%s is not d=%s",
		    want->key_name, s->said.identity, s->said.domain);
	return NULL;
}

/* What forbids this key to every signature that could pass. */
static const char *objection_to_all(
    const struct dkim_want *want, const struct dkim_key *key, struct arena *a)
{
	if (!key->sha256)
		return arena_printf(a,
		    "the key at %s does not allow sha256, the only hash still accepted (its h=): "
		    "leave h= out",
		    want->key_name);
	if (!key->email)
		return arena_printf(
		    a, "the key at %s is not for mail (its s=): leave s= out", want->key_name);
	return NULL;
}

static const char *find_objection(
    const struct dkim_want *want, const struct dkim_key *key, struct arena *a)
{
	if (key->fault != NULL)
		return arena_printf(
		    a, "the key at %s is malformed: %s", want->key_name, key->fault);
	if (key->revoked)
		return arena_printf(a, "the key at %s is revoked: its p= is empty", want->key_name);
	return want->signature != NULL ? objection_to(want, key, a)
	                               : objection_to_all(want, key, a);
}

/* RFC 8301: what is refused although it could be verified. */
static const char *find_weakness(
    const struct dkim_want *want, const struct dkim_key *key, struct arena *a)
{
	if (want->signature != NULL && want->signature->algorithm == DKIM_RSA_SHA1)
		return "rsa-sha1 is no longer accepted (RFC 8301 3.1): sign with rsa-sha256";
	if (key->type == DKIM_KEY_RSA && key->bits < DKIM_RSA_BITS_MIN)
		return arena_printf(a,
		    "the RSA key at %s has %u bits, and less than %d are not accepted "
		    "(RFC 8301 3.2): use %d",
		    want->key_name, key->bits, DKIM_RSA_BITS_MIN, DKIM_RSA_BITS_SIGNED);
	return NULL;
}

static void judge_key(
    const struct dkim_want *want, struct span text, struct arena *a, struct dkim_published *out)
{
	*out = (struct dkim_published){.result = AUTH_PASS};
	dkim_key_parse(text, a, &out->key);
	out->reason = find_objection(want, &out->key, a);
	if (out->reason != NULL) {
		out->result = AUTH_PERMERROR;
		return;
	}
	out->reason = find_weakness(want, &out->key, a);
	if (out->reason != NULL)
		out->result = AUTH_POLICY;
}

/* How far a key is from being of use. */
enum rank {
	RANK_UNREADABLE, /* malformed, or revoked */
	RANK_OTHER,      /* a key of another type, or not allowed here */
	RANK_FITTING,    /* only too weak, or of the right type and not allowed here */
	RANK_USABLE,
};

static enum rank rank_of(const struct dkim_want *want, const struct dkim_published *p)
{
	if (p->key.text == NULL)
		return RANK_UNREADABLE;
	if (p->result == AUTH_PASS)
		return RANK_USABLE;
	if (p->result == AUTH_POLICY || want->signature == NULL ||
	    p->key.type == KEY_TYPE[want->signature->algorithm])
		return RANK_FITTING;
	return RANK_OTHER;
}

/*
 * Several TXT records at one name leave the result undefined (RFC 6376 3.6.2.2). Verifiers in the
 * field take the first that can be used, and so is done here: it is the reading under which a
 * forgotten old record does the least harm.
 */
static void choose(const struct dkim_want *want, const struct dns_answer *answer, struct arena *a,
    struct dkim_published *out)
{
	enum rank best = RANK_UNREADABLE;

	for (size_t i = 0; i < answer->count && i < RECORDS_MAX && best != RANK_USABLE; i++) {
		struct dkim_published p;

		judge_key(want, answer->records[i].text, a, &p);
		if (i > 0 && rank_of(want, &p) <= best)
			continue;
		*out = p;
		best = rank_of(want, &p);
	}
}

void dkim_published_judge(const struct dkim_want *want, const struct dns_answer *answer,
    struct arena *a, struct dkim_published *out)
{
	*out = (struct dkim_published){.result = AUTH_PERMERROR, .note = ""};
	if (dns_failed(answer)) {
		out->result = AUTH_TEMPERROR;
		out->reason = arena_printf(a, "the key at %s could not be looked up: %s",
		    want->key_name, DNS_STATUS_NAME[answer->status]);
		return;
	}
	if (answer->status != DNS_OK || answer->count == 0) {
		out->reason = arena_printf(a, "there is no key at %s: %s", want->key_name,
		    answer->status == DNS_NXDOMAIN ? "the name does not exist"
						   : "the name has no TXT record");
		return;
	}
	choose(want, answer, a, out);
	out->note = "";
	if (answer->count > 1)
		out->note = arena_printf(a,
		    "; %s has %zu TXT records, of which a verifier may take any "
		    "(RFC 6376 3.6.2.2): leave one",
		    want->key_name, answer->count);
}
