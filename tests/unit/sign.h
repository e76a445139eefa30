/*
 * SPDX-License-Identifier: ISC
 *
 * Signing for tests, by libopendkim and with keys that are no secret.
 */
#ifndef SIGN_H
#define SIGN_H

#include <stdint.h>

enum sign_key {
	SIGN_RSA_512,
	SIGN_RSA_1024,
	SIGN_RSA_2048,
	SIGN_ED25519,
	SIGN_KEY_COUNT,
};

enum sign_algorithm {
	SIGN_BY_RSA_SHA256, /* or by Ed25519, as the key is */
	SIGN_BY_RSA_SHA1,
};

struct signing {
	enum sign_key key;
	enum sign_algorithm algorithm;
	const char *domain, *selector;
	int relaxed_header, relaxed_body;
	long body_length;        /* l=; 0: none */
	uint64_t signed_at;      /* t=; 0: the clock */
	uint64_t lifetime;       /* x= is so much later; 0: none */
	const char *signer;      /* i=; or NULL */
	const char **oversigned; /* names to list once more; or NULL */
};

/* The message with one more DKIM-Signature field at its top; free() it. */
char *sign_message(const struct signing *s, const char *message);

/* The base64 of the public key as a record has it; free() it. */
char *sign_public_key(enum sign_key key);

#endif
