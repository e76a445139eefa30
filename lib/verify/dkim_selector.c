/*
 * SPDX-License-Identifier: ISC
 *
 * A selector without a signature: its names, the record at them, and what that allows.
 */
#include "verify/dkim_selector.h"

#include "dns/name.h"
#include "mail/domain.h"
#include "verify/dkim_published.h"

/* What a key signs with that can pass. */
static const enum dkim_algorithm ALGORITHM[] = {
    [DKIM_KEY_RSA] = DKIM_RSA_SHA256,
    [DKIM_KEY_ED25519] = DKIM_ED25519_SHA256,
};
_Static_assert(ARRAY_SIZE(ALGORITHM) == DKIM_KEY_TYPE_COUNT, "an algorithm each");

/* Letters, digits, hyphens and, since they are in use, underscores, in labels (RFC 6376 3.1). */
static bool has_name_form(struct span name)
{
	if (name.len == 0)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];

		if (!ascii_alnum(c) && c != '-' && c != '_' && c != '.')
			return false;
	}
	return true;
}

/* The name with a key below it must fit into the DNS; NULL when it cannot. */
static const char *name_key(struct span selector, const char *domain, struct arena *a)
{
	char out[DNS_NAME_SIZE];
	const char *text =
	    arena_printf(a, "%.*s._domainkey.%s", (int)selector.len, selector.data, domain);

	return dns_name_normalize(span_from(text), out) < 0 ? NULL : arena_string(a, out);
}

/* The name of the key, or NULL with out's reason. */
static const char *key_name(
    const struct dkim_selector *q, struct arena *a, struct dkim_verdict *out)
{
	const char *domain = mail_domain_to_ascii(a, q->domain), *name;
	char shown[VERDICT_SHOW_SIZE];

	if (domain == NULL || !has_name_form(span_from(domain))) {
		out->reason = arena_printf(a, "\"%s\" is no domain name, so no key can be there",
		    verdict_show(q->domain, shown));
		return NULL;
	}
	if (!has_name_form(q->selector)) {
		out->reason = arena_printf(a,
		    "\"%s\" is no selector: expected letters, digits and hyphens, in labels with "
		    "dots between them",
		    verdict_show(q->selector, shown));
		return NULL;
	}
	name = name_key(q->selector, domain, a);
	if (name == NULL)
		out->reason = arena_printf(a,
		    "the selector \"%s\" gives no valid name of a key: a label is empty or longer "
		    "than 63 octets, or the name is longer than 253",
		    verdict_show(q->selector, shown));
	return name;
}

static const char *usable_reason(const char *name, const struct dkim_published *p, struct arena *a)
{
	const char *strength = "";

	if (p->key.type == DKIM_KEY_RSA && p->key.bits < DKIM_RSA_BITS_SIGNED)
		strength = arena_printf(
		    a, "; %d bits are recommended (RFC 8301 3.2)", DKIM_RSA_BITS_SIGNED);
	return arena_printf(a, "the key at %s is published and usable (%s, %u bits)%s%s%s", name,
	    DKIM_KEY_TYPE_NAME[p->key.type], p->key.bits, strength,
	    p->key.testing ? "; it says that it is a test (t=y)" : "", p->note);
}

static void judge(const char *name, const struct dns_answer *answer, struct arena *a,
    struct dkim_verdict *out, struct dkim_key *key)
{
	const struct dkim_want want = {.key_name = name};
	struct dkim_published p;

	dkim_published_judge(&want, answer, a, &p);
	out->result = p.result;
	out->bits = p.key.bits;
	if (p.key.text != NULL)
		out->algorithm = DKIM_ALGORITHM_NAME[ALGORITHM[p.key.type]];
	out->reason = p.result == AUTH_PASS ? usable_reason(name, &p, a)
	                                    : arena_printf(a, "%s%s", p.reason, p.note);
	if (key != NULL)
		*key = p.key;
}

enum verify_status dkim_selector_check(const struct dkim_selector *q, struct dns_view *view,
    struct arena *a, struct dkim_verdict *out, struct dkim_key *key)
{
	const struct dns_answer *answer;
	const char *name;

	*out = (struct dkim_verdict){.result = AUTH_PERMERROR,
	    .domain = arena_copy(a, q->domain),
	    .selector = arena_copy(a, q->selector),
	    .body_length = -1,
	    .signed_at = -1,
	    .expires_at = -1};
	if (key != NULL)
		*key = (struct dkim_key){0};
	name = key_name(q, a, out);
	if (name == NULL)
		return VERIFY_DONE;
	answer = dns_view_lookup(view, span_from(name), DNS_TXT);
	if (answer == NULL)
		return VERIFY_NEEDS_DNS;
	judge(name, answer, a, out, key);
	return VERIFY_DONE;
}
