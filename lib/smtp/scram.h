/*
 * SPDX-License-Identifier: ISC
 *
 * The arithmetic of SCRAM (RFC 5802 3, RFC 7677): keys of a password, and what a proof proves.
 * Messages are left to sasl_scram.c. All functions compare in constant time.
 */
#ifndef SMTP_SCRAM_H
#define SMTP_SCRAM_H

#include <stdbool.h>

#include "base/buffer.h"
#include "smtp/server.h"

enum smtp_scram_hash {
	SMTP_SCRAM_SHA_1,
	SMTP_SCRAM_SHA_256,
	SMTP_SCRAM_HASH_COUNT,
};

/* What RFC 5802 5.1 asks for at least, and what is used for passwords of the configuration. */
#define SMTP_SCRAM_ITERATIONS 4096
/* The longest digest. */
#define SMTP_SCRAM_KEY_MAX 32

/* Octets of a key or a proof: 20 or 32. */
size_t smtp_scram_size(enum smtp_scram_hash hash);

/*
 * Sets the two keys from the password; salt and iterations (at least 1) are set already. The
 * password is taken as it stands: who wants SASLprep (RFC 4013) does it before. 0, or -1 when the
 * cryptographic library refuses; then the keys are zeros.
 */
int smtp_scram_derive(enum smtp_scram_hash hash, struct span password, struct smtp_scram *keys);

/* Whether the keys are those of the password; takes as long as deriving. */
bool smtp_scram_password(
    enum smtp_scram_hash hash, const struct smtp_scram *keys, struct span password);

/* Whether the proof of the client belongs to the stored key and the messages. */
bool smtp_scram_proof(enum smtp_scram_hash hash, const struct smtp_scram *keys,
    struct span messages, struct span proof);

/* Appends the server's signature over the messages, smtp_scram_size octets. 0 or -1. */
int smtp_scram_signature(enum smtp_scram_hash hash, const struct smtp_scram *keys,
    struct span messages, struct buffer *out);

#endif
