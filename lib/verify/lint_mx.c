/*
 * SPDX-License-Identifier: ISC
 *
 * The MX records of a domain (RFC 5321 5.1, RFC 7505): whether bounces and replies arrive.
 */
#include "verify/lint_run.h"

/* Whether the exchange has an address. What is not known counts as one. */
static bool has_address(struct lint_run *r, struct span host)
{
	const struct dns_answer *v4 = lint_ask(r, host, DNS_A);
	const struct dns_answer *v6 = lint_ask(r, host, DNS_AAAA);

	return v4 == NULL || v6 == NULL || v4->count + v6->count > 0;
}

/* Whether it is an alias (RFC 2181 10.3), which is then said. */
static bool say_alias(struct lint_run *r, struct span host)
{
	const struct dns_answer *alias = lint_ask(r, host, DNS_CNAME);

	if (alias == NULL || alias->count == 0)
		return false;
	lint_say(r, FINDING_MX_INVALID,
	    "the exchange %s is an alias (CNAME) of %s, which RFC 5321 5.1 forbids: name %s itself",
	    lint_show(r, host), lint_show(r, span_from(alias->records[0].name)),
	    lint_show(r, span_from(alias->records[0].name)));
	return true;
}

static void lint_exchange(struct lint_run *r, const char *exchange, bool only)
{
	struct span host = span_from(exchange);
	struct ip ip;
	bool alias, address;

	if (host.len == 0) {
		if (!only)
			lint_say(r, FINDING_MX_INVALID,
			    "the null MX \".\" stands beside others, though it says that the "
			    "domain takes no mail (RFC 7505 3): leave one or the other");
		return;
	}
	if (ip_parse(host, &ip) == 0) {
		lint_say(r, FINDING_MX_INVALID,
		    "the exchange %s is an address where a name must stand: give the address a "
		    "name with an A or AAAA record, and put that here",
		    lint_show(r, host));
		return;
	}
	alias = say_alias(r, host);
	address = has_address(r, host);
	if (!alias && !address)
		lint_say(r, FINDING_MX_INVALID,
		    "the exchange %s has neither an A nor an AAAA record: give it one, or take it "
		    "out",
		    lint_show(r, host));
}

enum verify_status lint_mx(
    struct span name, struct dns_view *view, struct arena *a, struct lint *out)
{
	struct lint_run r = {view, a, out, arena_copy(a, name), false};
	const struct dns_answer *mx = lint_ask(&r, name, DNS_MX);

	for (size_t i = 0; mx != NULL && i < mx->count; i++)
		lint_exchange(&r, mx->records[i].name, mx->count == 1);
	return lint_status(&r);
}
