/*
 * SPDX-License-Identifier: ISC
 *
 * A user's secret that is kept as SCRAM keys (RFC 5802 3, in the form of RFC 5803), so that the
 * password itself stands nowhere: scram:SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY, or
 * SCRAM-SHA-1; salt and keys in base64.
 */
#ifndef CONF_SCRAM_H
#define CONF_SCRAM_H

#include <stdbool.h>

#include "base/error.h"
#include "base/span.h"

#define CONF_SCRAM_PREFIX   "scram:"
#define CONF_SCRAM_SALT_MAX 64
/* Fewer are too weak (RFC 5802 5.1); a login with more would hold up the others. */
#define CONF_SCRAM_ITERATIONS_MIN 4096
#define CONF_SCRAM_ITERATIONS_MAX 100000

struct conf_scram {
	bool sha256; /* else SHA-1, whose keys are the first 20 octets */
	unsigned iterations;
	unsigned char salt[CONF_SCRAM_SALT_MAX];
	size_t salt_size;
	unsigned char stored_key[32], server_key[32];
};

/* Reads the text with its prefix. 0, or -1 with err, which does not show the text. */
int conf_scram_parse(struct span text, struct conf_scram *out, struct error *err);

#endif
