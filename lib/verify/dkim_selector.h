/*
 * SPDX-License-Identifier: ISC
 *
 * What a selector publishes (RFC 6376 3.6): whether signatures by its key can verify, without one
 * at hand.
 */
#ifndef VERIFY_DKIM_SELECTOR_H
#define VERIFY_DKIM_SELECTOR_H

#include "verify/dkim_key.h"
#include "verify/verify.h"

struct dkim_selector {
	struct span domain, selector;
};

/*
 * Judges the key: pass when it is published and usable; policy below 1024 bits of RSA; permerror
 * when it is missing, revoked or malformed, or when the names can be none; temperror when the
 * look-up failed. out has domain, selector, bits, reason, and as algorithm what the key is for
 * ("rsa-sha256", "ed25519-sha256"); key (may be NULL) is the record as it was read.
 * VERIFY_NEEDS_DNS leaves both undefined. Strings live in the arena.
 */
enum verify_status dkim_selector_check(const struct dkim_selector *q, struct dns_view *view,
    struct arena *a, struct dkim_verdict *out, struct dkim_key *key);

#endif
