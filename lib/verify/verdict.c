/*
 * SPDX-License-Identifier: ISC
 *
 * The words of verdicts.
 */
#include "verify/verdict.h"

#include <stdio.h>
#include <string.h>

const char *const AUTH_RESULT_NAME[] = {
    [AUTH_NONE] = "none",
    [AUTH_NEUTRAL] = "neutral",
    [AUTH_PASS] = "pass",
    [AUTH_FAIL] = "fail",
    [AUTH_SOFTFAIL] = "softfail",
    [AUTH_POLICY] = "policy",
    [AUTH_TEMPERROR] = "temperror",
    [AUTH_PERMERROR] = "permerror",
};
_Static_assert(ARRAY_SIZE(AUTH_RESULT_NAME) == AUTH_RESULT_COUNT, "one word for each result");

const char *const DMARC_POLICY_NAME[] = {
    [DMARC_POLICY_NONE] = "none",
    [DMARC_POLICY_QUARANTINE] = "quarantine",
    [DMARC_POLICY_REJECT] = "reject",
};
_Static_assert(ARRAY_SIZE(DMARC_POLICY_NAME) == DMARC_POLICY_COUNT, "one word for each policy");

enum auth_result verdict_dkim_result(const struct verdict *v)
{
	for (size_t i = 0; i < v->dkim_count; i++)
		if (v->dkim[i].result == AUTH_PASS)
			return AUTH_PASS;
	return v->dkim_count == 0 ? AUTH_NONE : v->dkim[0].result;
}

/* What one octet takes at most ("\DDD"), and what ends a text that was cut. */
#define OCTET_MAX 4
static const char MORE[] = "...";

const char *verdict_show(struct span text, char out[VERDICT_SHOW_SIZE])
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (n + OCTET_MAX + sizeof(MORE) > VERDICT_SHOW_SIZE) {
			memcpy(out + n, MORE, sizeof(MORE));
			return out;
		}
		if (c > 0x20 && c < 0x7f)
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, OCTET_MAX + 1, "\\%03u", c);
	}
	out[n] = '\0';
	return out;
}
