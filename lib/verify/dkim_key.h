/*
 * SPDX-License-Identifier: ISC
 *
 * A DKIM key record (RFC 6376 3.6.1, RFC 8463 3): what it allows, how strong its key is, and why
 * it is of no use when it is not.
 */
#ifndef VERIFY_DKIM_KEY_H
#define VERIFY_DKIM_KEY_H

#include "base/arena.h"

enum dkim_key_type {
	DKIM_KEY_RSA,
	DKIM_KEY_ED25519,
	DKIM_KEY_TYPE_COUNT,
};

extern const char *const DKIM_KEY_TYPE_NAME[DKIM_KEY_TYPE_COUNT];

struct dkim_key {
	const char *fault; /* why it is malformed, NULL when it is not */
	bool revoked;      /* p= is empty */
	enum dkim_key_type type;
	unsigned bits;      /* of the RSA modulus; 256 for Ed25519; 0 when unknown */
	bool sha1, sha256;  /* h= allows the hash, or is absent */
	bool email;         /* s= allows mail, or is absent */
	bool strict_domain; /* t=s: i= must be in d= itself */
	bool testing;       /* t=y */
	const char *text;   /* version, type and key alone; NULL when malformed or revoked */
};

/* Longer texts of a key do not fit into libopendkim's buffer and are a fault. */
#define DKIM_KEY_TEXT_MAX 1024

/* Reads the text of a TXT record. Strings live in the arena. */
void dkim_key_parse(struct span text, struct arena *a, struct dkim_key *out);

#endif
