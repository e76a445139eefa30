/*
 * SPDX-License-Identifier: ISC
 *
 * Signatures for a person, with all that they say, and DMARC as the sentence that it is.
 */
#include <stdio.h>
#include <string.h>

#include "report/text_internal.h"

/* Signed fields may be many: as many as a few lines take. */
#define FIELDS_SHOWN 300

static const char *or_none(const char *text, const char *none)
{
	return text == NULL ? none : text;
}

static void add_signed_fields(struct page *p, const struct dkim_verdict *v)
{
	struct buffer fields = BUFFER_INIT;
	size_t i;

	for (i = 0; i < v->signed_header_count && fields.len < FIELDS_SHOWN; i++)
		buffer_printf(&fields, "%s%s", i == 0 ? "" : " ", v->signed_headers[i]);
	if (i > 0)
		page_more_printf(
		    p, "signs: %s%s", fields.data, i < v->signed_header_count ? " ..." : "");
	buffer_clear(&fields);
}

/* Seconds since 1970, unless they are absent or beyond any calendar. */
static void add_time(struct page *p, const char *what, int64_t seconds)
{
	char time[PAGE_INSTANT_SIZE];

	if (seconds >= 0 && seconds < INT64_MAX / 1000)
		page_more_printf(p, "%s %s", what, page_instant(p->style, seconds * 1000, time));
}

/* The identity, when it says more than the domain does. */
static void add_identity(struct page *p, const struct dkim_verdict *v)
{
	const char *i = v->identity;

	if (i != NULL && (i[0] != '@' || v->domain == NULL || strcmp(i + 1, v->domain) != 0))
		page_more_printf(p, "on behalf of %s (i=)", i);
}

static void add_algorithm(struct page *p, const struct dkim_verdict *v)
{
	char bits[40] = "";

	if (v->bits > 0)
		snprintf(bits, sizeof(bits), ", %u bits", v->bits);
	page_more_printf(p, "%s%s%s%s", or_none(v->algorithm, "no algorithm"), bits,
	    v->canonicalization == NULL ? "" : ", ", or_none(v->canonicalization, ""));
}

void page_signature(struct page *p, const char *label, const struct dkim_verdict *v)
{
	page_result(p, label, AUTH_RESULT_NAME[v->result], page_color_of(v->result),
	    "%s, selector %s", or_none(v->domain, "no domain"), or_none(v->selector, "none"));
	add_algorithm(p, v);
	add_identity(p, v);
	add_signed_fields(p, v);
	if (v->body_length >= 0)
		page_more_printf(p, "covers only the first %lld octets of the body (l=)",
		    (long long)v->body_length);
	add_time(p, "signed", v->signed_at);
	add_time(p, "expires", v->expires_at);
}

static void page_reasoned(struct page *p, const char *label, const struct dkim_verdict *v)
{
	page_signature(p, label, v);
	page_more(p, v->reason);
}

static void page_to_come(struct page *p, const struct verdict *predicted)
{
	for (size_t i = 0; predicted != NULL && i < predicted->dkim_count; i++)
		if (predicted->dkim[i].predicted)
			page_reasoned(p, "to come", &predicted->dkim[i]);
}

void page_signatures(
    struct page *p, const struct verdict *observed, const struct verdict *predicted)
{
	bool any = observed->dkim_count > 0;

	for (size_t i = 0; predicted != NULL && i < predicted->dkim_count; i++)
		any = any || predicted->dkim[i].predicted;
	if (!any)
		return;
	page_title(p, "DKIM signatures");
	for (size_t i = 0; i < observed->dkim_count; i++) {
		char number[24];

		snprintf(number, sizeof(number), "%zu", i + 1);
		page_reasoned(p, number, &observed->dkim[i]);
	}
	page_to_come(p, predicted);
}

static const char *const WISH[] = {
    [DMARC_POLICY_NONE] = "do nothing about what fails",
    [DMARC_POLICY_QUARANTINE] = "put what fails into the spam folder",
    [DMARC_POLICY_REJECT] = "reject what fails",
};
_Static_assert(ARRAY_SIZE(WISH) == DMARC_POLICY_COUNT, "one wish for each policy");

static const char *const DEED[] = {
    [DMARC_POLICY_NONE] = "takes the message all the same",
    [DMARC_POLICY_QUARANTINE] = "puts the message into the spam folder",
    [DMARC_POLICY_REJECT] = "refuses the message",
};
_Static_assert(ARRAY_SIZE(DEED) == DMARC_POLICY_COUNT, "one deed for each policy");

void page_policy_sentence(struct buffer *out, const struct dmarc_verdict *v)
{
	bool judged = v->result == AUTH_PASS || v->result == AUTH_FAIL;

	buffer_add_string(out, or_none(v->reason, "no reason is known"));
	if (v->result == AUTH_PASS)
		buffer_add_string(out, ", so DMARC passes");
	if (v->result == AUTH_FAIL)
		buffer_printf(out, "; so DMARC fails, and a receiver that follows it %s",
		    DEED[v->disposition]);
	if (!judged)
		buffer_printf(out, ", so the result of DMARC is %s", AUTH_RESULT_NAME[v->result]);
	/* The reason of a failure says it already. */
	if (v->result != AUTH_FAIL && v->has_policy)
		buffer_printf(out, "; %s asks receivers to %s",
		    or_none(v->policy_domain, "the domain"), WISH[v->policy]);
}

static void page_policy(struct page *p, const char *label, const struct dmarc_verdict *v)
{
	struct buffer sentence = BUFFER_INIT;

	page_policy_sentence(&sentence, v);
	page_row_colored(p, label, page_color_of(v->result), "%s", sentence.data);
	buffer_clear(&sentence);
}

void page_policies(struct page *p, const struct verdict *observed, const struct verdict *predicted)
{
	const struct dmarc_verdict *v = &observed->dmarc;

	page_title(p, "DMARC");
	page_policy(p, "observed", v);
	if (predicted != NULL)
		page_policy(p, "predicted", &predicted->dmarc);
	if (v->record != NULL)
		page_row(
		    p, "record", "%s, at _dmarc.%s", v->record, or_none(v->policy_domain, "?"));
	if (v->organizational_domain != NULL && v->from_domain != NULL &&
	    strcmp(v->organizational_domain, v->from_domain) != 0)
		page_row(p, "organization", "%s is the organizational domain of %s",
		    v->organizational_domain, v->from_domain);
}
