/*
 * SPDX-License-Identifier: ISC
 *
 * A verdict as a list of named facts in words, for comparing and for showing.
 */
#ifndef FACTS_H
#define FACTS_H

#include "base/arena.h"
#include "mail/finding.h"
#include "verify/verdict.h"

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
 * "dmarc.disposition", "rdns.names" (with commas), one "finding" for each. Strings live in the
 * arena; free items.
 */
void facts_of(const struct verdict *v, const struct finding_list *findings, struct arena *a,
    struct facts *out);

#endif
