/*
 * SPDX-License-Identifier: ISC
 *
 * A DKIM-Signature field as what it says (RFC 6376 3.5): its tags with their defaults in place,
 * and why it cannot be verified when it is malformed. Nothing is verified here.
 */
#ifndef VERIFY_DKIM_SIGNATURE_H
#define VERIFY_DKIM_SIGNATURE_H

#include "base/arena.h"
#include "verify/verdict.h"

enum dkim_algorithm {
	DKIM_RSA_SHA1,
	DKIM_RSA_SHA256,
	DKIM_ED25519_SHA256,
	DKIM_ALGORITHM_COUNT,
};

extern const char *const DKIM_ALGORITHM_NAME[DKIM_ALGORITHM_COUNT];

struct dkim_signature {
	const char *fault;        /* why it is malformed; NULL: everything below is valid */
	struct dkim_verdict said; /* what the tags say; neither result nor reason is set */
	enum dkim_algorithm algorithm;
	struct span body_hash;       /* bh=, decoded */
	const char *domain_name;     /* d= normalized */
	const char *identity_domain; /* the part of i= behind its "@", normalized */
	const char *key_name; /* where the key is asked for; NULL when d= or s= is unusable */
};

/* The most octets of h= and names in it that are verified: libopendkim cuts off what is longer. */
#define DKIM_NAMES_OCTETS_MAX 4000
#define DKIM_NAMES_MAX        500

/* The most octets of i=, for the same reason. */
#define DKIM_IDENTITY_MAX 250

/* Reads the value of the field; what is known stands in *out also when there is a fault. */
void dkim_signature_parse(struct span value, struct arena *a, struct dkim_signature *out);

#endif
