/*
 * SPDX-License-Identifier: ISC
 *
 * Whether the networks of an SPF record add up to the internet: what "0.0.0.0/0" says at once,
 * and two or more smaller ones just as well.
 */
#include "verify/lint_spf.h"

/* The first octets of what is in public use; the others need not be covered. */
static bool is_public(bool v6, unsigned octet)
{
	if (v6)
		return octet >= 0x20 && octet <= 0x3f;
	return octet >= 1 && octet <= 223 && octet != 10 && octet != 127;
}

static bool all_covered(const struct spf_lint *s, bool v6)
{
	for (unsigned i = 0; i < 256; i++)
		if (is_public(v6, i) && !s->covered[v6][i])
			return false;
	return true;
}

void spf_cover(
    struct spf_lint *s, const struct ip_prefix *network, const char *term, const char *place)
{
	bool v6 = network->ip.family == IP_V6;
	unsigned size, first;

	/* Longer prefixes would have to be hundreds. */
	if (network->bits > 8 || s->everything[v6])
		return;
	size = 1U << (8 - network->bits);
	first = network->ip.octets[0] & ~(size - 1) & 0xff;
	for (unsigned i = first; i < first + size; i++)
		s->covered[v6][i] = true;
	s->everything[v6] = all_covered(s, v6);
	if (s->everything[v6])
		lint_say(&s->run, FINDING_SPF_PLUS_ALL,
		    "\"%s\"%s lets every IPv%d address of the internet pass%s: name the senders' "
		    "own addresses",
		    term, place, v6 ? 6 : 4,
		    network->bits == 0 ? "" : " together with the networks before it");
}
