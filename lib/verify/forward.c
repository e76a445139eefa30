/*
 * SPDX-License-Identifier: ISC
 *
 * Whether a name leads to an address.
 */
#include "verify/forward.h"

enum dns_type forward_type(const struct ip *ip)
{
	return ip->family == IP_V6 ? DNS_AAAA : DNS_A;
}

enum forward forward_check(struct dns_view *view, struct span name, const struct ip *ip)
{
	const struct dns_answer *answer;

	if (name.len == 0)
		return FORWARD_NO;
	answer = dns_view_lookup(view, name, forward_type(ip));
	if (answer == NULL)
		return FORWARD_MISSING;
	if (dns_failed(answer))
		return FORWARD_FAILED;
	for (size_t i = 0; i < answer->count; i++)
		if (ip_equal(&answer->records[i].ip, ip))
			return FORWARD_YES;
	return FORWARD_NO;
}
