/*
 * SPDX-License-Identifier: ISC
 *
 * Verdicts for a person: one word each, whom it is about, why, and what follows from it.
 */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "report/text_internal.h"

static const char *const DISPOSITION_TEXT[] = {
    [DMARC_POLICY_NONE] = "a receiver that follows it would take the message",
    [DMARC_POLICY_QUARANTINE] =
	"a receiver that follows it would put the message into the spam folder",
    [DMARC_POLICY_REJECT] = "a receiver that follows it would refuse the message",
};
_Static_assert(ARRAY_SIZE(DISPOSITION_TEXT) == DMARC_POLICY_COUNT, "one text for each policy");

static const char *or_none(const char *text, const char *none)
{
	return text == NULL ? none : text;
}

void page_spf(struct page *p, const char *label, const struct spf_verdict *v)
{
	page_result(p, label, AUTH_RESULT_NAME[v->result], page_color_of(v->result), "%s",
	    or_none(v->domain, "no domain"));
	page_more(p, v->reason);
	if (v->explanation != NULL)
		page_more_printf(p, "its owner says: \"%s\"", v->explanation);
	if (v->lookups > 0)
		page_more_printf(p, "%u of at most 10 lookups, %u of at most 2 without an answer",
		    v->lookups, v->void_lookups);
}

/* Signed fields may be many: as many as a few lines take. */
static void add_signed_fields(struct page *p, const struct dkim_verdict *v)
{
	struct buffer fields = BUFFER_INIT;
	size_t i;

	for (i = 0; i < v->signed_header_count && fields.len < 300; i++)
		buffer_printf(&fields, "%s%s", i == 0 ? "" : " ", v->signed_headers[i]);
	if (i > 0)
		page_more_printf(
		    p, "signed: %s%s", fields.data, i < v->signed_header_count ? " ..." : "");
	buffer_clear(&fields);
}

/* Seconds since 1970, unless they are absent or beyond any calendar. */
static void add_time(struct page *p, const char *what, int64_t seconds)
{
	char date[DATE_RFC3339_SIZE];

	if (seconds >= 0 && seconds < INT64_MAX / 1000)
		page_more_printf(p, "%s at %s", what, date_rfc3339(seconds * 1000, date));
}

/* The identity, when it says more than the domain does. */
static void add_identity(struct page *p, const struct dkim_verdict *v)
{
	const char *i = v->identity;

	if (i != NULL && (i[0] != '@' || v->domain == NULL || strcmp(i + 1, v->domain) != 0))
		page_more_printf(p, "on behalf of %s (i=)", i);
}

static void page_signature(struct page *p, const struct dkim_verdict *v)
{
	char bits[40] = "";

	if (v->bits > 0)
		snprintf(bits, sizeof(bits), ", %u bits", v->bits);
	page_result(p, "DKIM", AUTH_RESULT_NAME[v->result], page_color_of(v->result),
	    "%s, selector %s (%s%s, %s)", or_none(v->domain, "no domain"),
	    or_none(v->selector, "none"), or_none(v->algorithm, "no algorithm"), bits,
	    or_none(v->canonicalization, "no canonicalization"));
	page_more(p, v->reason);
	add_identity(p, v);
	add_signed_fields(p, v);
	if (v->body_length >= 0)
		page_more_printf(p, "covers only the first %lld octets of the body (l=)",
		    (long long)v->body_length);
	add_time(p, "signed", v->signed_at);
	add_time(p, "expires", v->expires_at);
}

static void page_signatures(struct page *p, const struct verdict *v)
{
	if (v->dkim_count == 0)
		page_result(p, "DKIM", AUTH_RESULT_NAME[AUTH_NONE], page_color_of(AUTH_NONE),
		    "the message has no signature");
	for (size_t i = 0; i < v->dkim_count; i++)
		page_signature(p, &v->dkim[i]);
}

void page_dmarc(struct page *p, const struct dmarc_verdict *v)
{
	page_result(p, "DMARC", AUTH_RESULT_NAME[v->result], page_color_of(v->result), "%s",
	    or_none(v->from_domain, "no From domain"));
	page_more(p, v->reason);
	if (v->has_policy)
		page_more_printf(p, "policy %s, published for %s: %s", DMARC_POLICY_NAME[v->policy],
		    or_none(v->policy_domain, "no domain"), DISPOSITION_TEXT[v->disposition]);
	if (v->record != NULL)
		page_more_printf(p, "record: %s", v->record);
}

static void page_rdns(struct page *p, const struct rdns_verdict *v)
{
	page_result(p, "rDNS", AUTH_RESULT_NAME[v->result], page_color_of(v->result), "%s%s%s",
	    or_none(v->ip, "no address"), v->confirmed == NULL ? "" : " is ",
	    or_none(v->confirmed, ""));
	page_more(p, v->reason);
}

static void page_unjudged(struct page *p, const char *label)
{
	page_result(p, label, "-", PAGE_PLAIN, "not judged: the client's address is not known");
}

void page_verdict(struct page *p, const struct verdict *v)
{
	page_title(p, "Verdicts");
	if (v->has_client) {
		page_spf(p, "SPF", &v->spf);
		page_spf(p, "SPF of HELO", &v->spf_helo);
	} else {
		page_unjudged(p, "SPF");
	}
	page_signatures(p, v);
	page_dmarc(p, &v->dmarc);
	if (v->has_client)
		page_rdns(p, &v->rdns);
	else
		page_unjudged(p, "rDNS");
}

/* One check of the prediction: the word and why. */
static void page_forecast(
    struct page *p, const char *label, enum auth_result result, const char *reason)
{
	page_result(p, label, AUTH_RESULT_NAME[result], page_color_of(result), "%s",
	    or_none(reason, "no reason"));
}

static void page_no_egress(struct page *p, const char *label)
{
	page_result(p, label, "-", PAGE_PLAIN, "not judged: the route states no egress address");
}

static void page_signatures_to_come(struct page *p, const struct verdict *v)
{
	if (v->dkim_count == 0)
		page_forecast(p, "DKIM", AUTH_NONE,
		    "the message has no signature, and the route states no selector");
	for (size_t i = 0; i < v->dkim_count; i++) {
		const struct dkim_verdict *d = &v->dkim[i];

		page_forecast(p, d->predicted ? "DKIM to come" : "DKIM", d->result, d->reason);
	}
}

void page_prediction(struct page *p, const struct verify_route *route, const struct verdict *v)
{
	struct buffer title = BUFFER_INIT;

	if (route == NULL)
		return;
	buffer_add_string(&title, "Predicted for route ");
	page_escape(&title, span_from(route->name));
	page_title(p, title.data);
	buffer_clear(&title);
	if (v->has_client)
		page_forecast(p, "SPF", v->spf.result, v->spf.reason);
	else
		page_no_egress(p, "SPF");
	page_signatures_to_come(p, v);
	page_forecast(p, "DMARC", v->dmarc.result, v->dmarc.reason);
	if (v->has_client)
		page_forecast(p, "rDNS", v->rdns.result, v->rdns.reason);
	else
		page_no_egress(p, "rDNS");
}
