/*
 * SPDX-License-Identifier: ISC
 *
 * What is published where a DKIM key should be (RFC 6376 3.6.2): which of several records counts,
 * and what stands against its key, be it for a signature that is there or for those to come.
 */
#ifndef VERIFY_DKIM_PUBLISHED_H
#define VERIFY_DKIM_PUBLISHED_H

#include "dns/record.h"
#include "verify/dkim_key.h"
#include "verify/dkim_signature.h"

/* RFC 8301 3.2: below the first a verifier must not accept; signers should use the second. */
#define DKIM_RSA_BITS_MIN    1024
#define DKIM_RSA_BITS_SIGNED 2048

/* What a key is wanted for. */
struct dkim_want {
	const char *key_name;                   /* where it was asked for, normalized */
	const struct dkim_signature *signature; /* NULL: signatures to come */
};

struct dkim_published {
	enum auth_result result; /* AUTH_PASS: nothing stands against the key */
	const char *reason;      /* what does; NULL with AUTH_PASS */
	struct dkim_key key;     /* of the record that counts; all zero when there is none */
	const char *note;        /* "", or what else is to be said of the name: "; ..." */
};

/* Judges the answer to the question for TXT at key_name. Strings live in the arena. */
void dkim_published_judge(const struct dkim_want *want, const struct dns_answer *answer,
    struct arena *a, struct dkim_published *out);

#endif
