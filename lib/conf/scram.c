/*
 * SPDX-License-Identifier: ISC
 *
 * A user's secret that is kept as SCRAM keys.
 */
#include "conf/scram.h"

#include <string.h>

#include "base/codec.h"

static const struct hash {
	const char *name;
	size_t size;
	bool sha256;
} HASHES[] = {
    {"SCRAM-SHA-1", 20, false},
    {"SCRAM-SHA-256", 32, true},
};

static const struct hash *find(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(HASHES); i++)
		if (span_equal(name, span_from(HASHES[i].name)))
			return &HASHES[i];
	return NULL;
}

/* Decodes at least min and at most max octets; returns how many, or -1. */
static ptrdiff_t decode(struct span text, size_t min, size_t max, unsigned char *out)
{
	struct buffer octets = BUFFER_INIT;
	ptrdiff_t n = -1;

	if (base64_decode(&octets, text) == 0 && octets.len >= min && octets.len <= max) {
		memcpy(out, octets.data, octets.len);
		n = (ptrdiff_t)octets.len;
	}
	if (octets.data != NULL)
		explicit_bzero(octets.data, octets.cap);
	buffer_clear(&octets);
	return n;
}

int conf_scram_parse(struct span text, struct conf_scram *out, struct error *err)
{
	struct span rest = span_after(text, sizeof(CONF_SCRAM_PREFIX) - 1);
	struct span name = span_cut(&rest, '$'), parameters = span_cut(&rest, '$');
	struct span iterations = span_cut(&parameters, ':'), stored = span_cut(&rest, ':');
	const struct hash *hash = find(name);
	uint64_t number;
	ptrdiff_t salt;

	*out = (struct conf_scram){.sha256 = false};
	if (!span_starts(text, SPAN(CONF_SCRAM_PREFIX)) || hash == NULL)
		return error_usage(err,
		    "expected scram:SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY, or "
		    "SCRAM-SHA-1");
	if (span_to_uint(iterations, CONF_SCRAM_ITERATIONS_MAX, &number) < 0 ||
	    number < CONF_SCRAM_ITERATIONS_MIN)
		return error_usage(err, "expected %d to %d iterations behind scram:%s$",
		    CONF_SCRAM_ITERATIONS_MIN, CONF_SCRAM_ITERATIONS_MAX, hash->name);
	salt = decode(parameters, 1, sizeof(out->salt), out->salt);
	if (salt < 0)
		return error_usage(err,
		    "expected a salt of 1 to %d octets in base64 behind the iterations of scram:",
		    CONF_SCRAM_SALT_MAX);
	if (decode(stored, hash->size, hash->size, out->stored_key) < 0 ||
	    decode(rest, hash->size, hash->size, out->server_key) < 0)
		return error_usage(err,
		    "expected stored key and server key of %zu octets each in base64 at the end of "
		    "scram:",
		    hash->size);
	out->sha256 = hash->sha256;
	out->iterations = (unsigned)number;
	out->salt_size = (size_t)salt;
	return 0;
}
