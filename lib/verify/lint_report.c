/*
 * SPDX-License-Identifier: ISC
 *
 * The report addresses of a DMARC record: whether they are any, and whether a domain that is not
 * the sender's own says that it wants the reports (RFC 9990 3: a TXT record that begins with
 * v=DMARC1 at DOMAIN._report._dmarc.HOST; the wildcard of that is the DNS's own affair).
 */
#include "dns/name.h"
#include "mail/domain.h"
#include "verify/dmarc_walk.h"
#include "verify/lint_run.h"

#include <string.h>

/* Addresses of a tag beyond this many are not looked at; receivers use far fewer. */
#define ADDRESSES_MAX 10

struct addresses {
	struct lint_run *run;
	const char *domain; /* of the record */
	const char *tag;
};

/*
 * The organizational domain as far as it is known, or NULL. Beyond the zones that were given there
 * is none to be found: that leaves the highest record within them.
 */
static const char *organizational_domain(struct lint_run *r, const char *domain)
{
	const char *found = domain;
	struct dmarc_walk walk;

	if (dmarc_walk(domain, r->view, r->arena, &walk) == VERIFY_NEEDS_DNS) {
		r->missing = true;
		return NULL;
	}
	if (!walk.failed)
		return walk.organizational_domain;
	if (r->out->zones == NULL || dns_zones_have(r->out->zones, span_from(walk.failed_name))) {
		lint_ask(r, span_from(walk.failed_name), DNS_TXT);
		return NULL;
	}
	for (size_t i = 0; i < walk.count; i++)
		if (walk.steps[i].records == 1)
			found = walk.steps[i].domain;
	return found;
}

/* Whether host has another organizational domain; an unknown one is no other. */
static bool is_external(struct lint_run *r, const char *domain, const char *host)
{
	const char *own, *other;

	if (strcmp(domain, host) == 0)
		return false;
	own = organizational_domain(r, domain);
	if (own == NULL)
		return false;
	/* An organizational domain is at or above whatever it is of. */
	if (!dns_name_below(span_from(host), span_from(own)))
		return true;
	other = organizational_domain(r, host);
	return other != NULL && strcmp(other, own) != 0;
}

static void lint_permission(const struct addresses *l, const char *host)
{
	struct lint_run *r = l->run;
	const char *name = arena_printf(r->arena, "%s._report._dmarc.%s", l->domain, host);
	const struct dns_answer *answer = lint_ask(r, span_from(name), DNS_TXT);
	struct dmarc_record record;

	if (answer == NULL)
		return;
	for (size_t i = 0; i < answer->count; i++)
		if (dmarc_record_parse(answer->records[i].text, &record) == 0)
			return;
	lint_say(r, FINDING_DMARC_RUA_UNAUTHORIZED,
	    "%s= sends reports to %s, which does not say that it wants them, so receivers send "
	    "none: have the TXT record \"v=DMARC1;\" published at %s",
	    l->tag, host, name);
}

/* What stands in "mailto:LOCAL@HOST" (RFC 6068) behind the "@", as A-labels; NULL when none. */
static const char *find_host(struct lint_run *r, struct span uri)
{
	static const struct span scheme = {"mailto:", 7};
	char name[DNS_NAME_SIZE];
	const char *ascii;
	ptrdiff_t at;

	if (!span_starts_nocase(uri, scheme))
		return NULL;
	uri = span_after(uri, scheme.len);
	uri = span_cut(&uri, '?');
	at = span_rindex(uri, '@');
	for (size_t i = 0; i < uri.len; i++)
		if (uri.data[i] <= ' ' || uri.data[i] >= 0x7f)
			return NULL;
	if (at < 1)
		return NULL;
	ascii = mail_domain_to_ascii(r->arena, span_after(uri, (size_t)at + 1));
	if (ascii == NULL || !mail_domain_valid(span_from(ascii)) ||
	    dns_name_normalize(span_from(ascii), name) < 0)
		return NULL;
	return arena_string(r->arena, name);
}

/* Cuts the "!10m" of RFC 7489 off the end. */
static bool cut_size(struct span *uri)
{
	ptrdiff_t at = span_rindex(*uri, '!');
	struct span size = span_after(*uri, (size_t)(at + 1));
	size_t digits = 0;

	if (at < 0)
		return false;
	while (digits < size.len && ascii_digit(size.data[digits]))
		digits++;
	if (digits == 0 || digits + 1 < size.len)
		return false;
	*uri = span_first(*uri, (size_t)at);
	return true;
}

static void lint_address(const struct addresses *l, struct span uri)
{
	struct lint_run *r = l->run;
	bool sized = cut_size(&uri);
	const char *host = find_host(r, uri);

	if (sized)
		lint_say(r, FINDING_DMARC_OBSOLETE_TAG,
		    "the size limit behind \"%s\" in %s= was taken out by RFC 9989: take it out",
		    lint_show(r, uri), l->tag);
	if (host == NULL)
		lint_say(r, FINDING_DMARC_REPORT_ADDRESS,
		    "\"%s\" in %s= is no address that reports can be sent to: write "
		    "mailto:LOCAL@DOMAIN",
		    lint_show(r, uri), l->tag);
	else if (is_external(r, l->domain, host))
		lint_permission(l, host);
}

void lint_report_addresses(
    struct lint_run *r, const char *domain, const char *tag, struct span addresses)
{
	const struct addresses l = {r, domain, tag};

	for (size_t i = 0; addresses.data != NULL && i < ADDRESSES_MAX; i++)
		lint_address(&l, span_trim(span_cut(&addresses, ',')));
}
