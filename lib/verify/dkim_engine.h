/*
 * SPDX-License-Identifier: ISC
 *
 * libopendkim on one message: hashes its header and body, and verifies the signatures whose keys
 * it is given. All that is known of the library's quirks is in this one place.
 *
 *	dkim_engine_new     the header is hashed
 *	dkim_engine_body    each octet is hashed as it comes
 *	dkim_engine_key     a key for one signature; without one it is not verified
 *	dkim_engine_end     the public-key operations, once
 */
#ifndef VERIFY_DKIM_ENGINE_H
#define VERIFY_DKIM_ENGINE_H

#include "mail/header.h"

/* The most signatures of one message that are hashed over, be they verified or not. */
#define DKIM_ENGINE_MAX 100

struct dkim_engine;

struct dkim_engine_input {
	const struct mail_header *header;
	/*
	 * The DKIM-Signature fields to hash, in header order, each without a fault
	 * (dkim_signature.h); all others are left out as if they were not in the header.
	 */
	const struct mail_field *signatures[DKIM_ENGINE_MAX];
	size_t count;
	int64_t first_signed_at; /* the least t= of those to verify, or -1 */
};

/* What came of one signature. */
struct dkim_outcome {
	bool verified;     /* the signature matches header and key */
	bool body_matches; /* bh= is the body's hash, by the library's own comparison */
	bool too_long;     /* l= is larger than the body */
	/*
	 * Among the line ends at the end of the body is a bare LF, the first of them at this
	 * offset. The library takes it for an empty line under the canonicalization "simple";
	 * RFC 6376 3.4.3 does not.
	 */
	bool bare_end;
	size_t bare_at;
	struct span body_hash; /* the body's hash, borrowed from the engine; empty when unknown */
	const char *complaint; /* why the library would not verify it; NULL when it did */
};

struct dkim_engine *dkim_engine_new(const struct dkim_engine_input *in);
void dkim_engine_free(struct dkim_engine *e);
void dkim_engine_body(struct dkim_engine *e, const void *data, size_t len);
/* text is struct dkim_key's, borrowed until dkim_engine_end. */
void dkim_engine_key(struct dkim_engine *e, size_t i, const char *text);
void dkim_engine_end(struct dkim_engine *e);
/* After dkim_engine_end. */
struct dkim_outcome dkim_engine_outcome(struct dkim_engine *e, size_t i);

#endif
