/*
 * SPDX-License-Identifier: ISC
 *
 * A DKIM key that is published (RFC 6376 3.6.1, RFC 8301): whether signatures by it can verify.
 */
#include "dns/name.h"
#include "verify/dkim_published.h"
#include "verify/dkim_selector.h"
#include "verify/lint_run.h"

static void lint_usable(
    struct lint_run *r, const struct dkim_verdict *v, const struct dkim_key *key)
{
	if (key->type == DKIM_KEY_RSA && key->bits < DKIM_RSA_BITS_MIN)
		lint_say(r, FINDING_DKIM_WEAK_KEY,
		    "the RSA key has %u bits, and receivers ignore signatures by keys below %d "
		    "(RFC 8301 3.2): make one of %d",
		    v->bits, DKIM_RSA_BITS_MIN, DKIM_RSA_BITS_SIGNED);
	else if (key->type == DKIM_KEY_RSA && key->bits < DKIM_RSA_BITS_SIGNED)
		lint_say(r, FINDING_DKIM_WEAK_KEY,
		    "the RSA key has %u bits: make one of %d (RFC 8301 3.2)", v->bits,
		    DKIM_RSA_BITS_SIGNED);
	if (key->testing)
		lint_say(r, FINDING_DKIM_KEY_TESTING,
		    "the key says that it is a test (t=y), so receivers may treat its mail as "
		    "unsigned: take t=y out once signing works");
}

static void lint_verdict(
    struct lint_run *r, const struct dkim_verdict *v, const struct dkim_key *key)
{
	bool malformed = key->fault != NULL || key->text != NULL;

	if (v->result == AUTH_PASS || v->result == AUTH_POLICY)
		lint_usable(r, v, key);
	else if (key->revoked)
		lint_say(r, FINDING_DKIM_KEY_REVOKED, "%s", v->reason);
	else
		lint_say(r, malformed ? FINDING_DKIM_KEY_MALFORMED : FINDING_DKIM_KEY_MISSING, "%s",
		    v->reason);
}

/* Verifiers may take any of several records (RFC 6376 3.6.2.2). */
static void lint_several(
    struct lint_run *r, const struct dkim_verdict *v, const struct dns_answer *answer)
{
	/* The reason of another result says so already. */
	if (answer->count > 1 && (v->result == AUTH_PASS || v->result == AUTH_POLICY))
		lint_say(r, FINDING_DKIM_KEY_MALFORMED,
		    "there are %zu TXT records, of which a verifier may take any (RFC 6376 "
		    "3.6.2.2): leave one",
		    answer->count);
}

enum verify_status lint_dkim(struct span domain, struct span selector, struct dns_view *view,
    struct arena *a, struct lint *out, struct dkim_verdict *key)
{
	const char *name = arena_printf(a, "%.*s._domainkey.%.*s", (int)selector.len, selector.data,
	    (int)domain.len, domain.data);
	struct lint_run r = {view, a, out, name, false};
	struct dkim_selector q = {domain, selector};
	const struct dns_answer *answer;
	struct dkim_key record;

	if (dkim_selector_check(&q, view, a, key, &record) == VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	answer = lint_ask(&r, span_from(name), DNS_TXT);
	if (answer == NULL)
		return lint_status(&r);
	lint_verdict(&r, key, &record);
	lint_several(&r, key, answer);
	return VERIFY_DONE;
}
