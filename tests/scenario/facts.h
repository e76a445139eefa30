/*
 * SPDX-License-Identifier: ISC
 *
 * A verdict as a list of named facts in words, for comparing and for showing.
 */
#ifndef FACTS_H
#define FACTS_H

#include "base/arena.h"
#include "verify/verify.h"

struct fact {
	const char *name;
	const char *value; /* "(null)" for an absent one */
};

struct facts {
	struct fact *items;
	size_t count;
};

/*
 * All facts: "spf", "spf.domain", "spf_helo.reason", "dkim", "dkim.count", "dkim[0].selector",
 * "dmarc.disposition", "rdns.names" (with commas), one "finding" for each. With a route those of
 * its viewpoint too, as "predicted.spf" and so on; else "predicted" alone, which is absent.
 * Strings live in the arena; free items.
 */
void facts_of(const struct verify_result *r, bool has_route, struct arena *a, struct facts *out);
/* Adds one; the strings are borrowed. */
void facts_add(struct facts *out, const char *name, const char *value);

#endif
