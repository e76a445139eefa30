/*
 * SPDX-License-Identifier: ISC
 *
 * Verdicts for a person: one word each, whom it is about, why, and what follows from it.
 */
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

/* One check of a table: the word and why. */
static void page_check(
    struct page *p, const char *label, enum auth_result result, const char *reason)
{
	page_result(p, label, AUTH_RESULT_NAME[result], page_color_of(result), "%s",
	    or_none(reason, "no reason"));
}

static void page_spf_check(struct page *p, const char *label, const struct spf_verdict *v)
{
	page_check(p, label, v->result, v->reason);
	if (v->explanation != NULL)
		page_more_printf(p, "its owner says: \"%s\"", v->explanation);
	if (v->lookups > 0)
		page_more_printf(p, "%u of at most 10 lookups, %u of at most 2 without an answer",
		    v->lookups, v->void_lookups);
}

/* What is said where there is nothing to judge. */
struct absence {
	const char *client, *signature;
};

static void page_unjudged(struct page *p, const char *label, const struct absence *none)
{
	page_result(p, label, "-", PAGE_PLAIN, "not judged: %s", none->client);
}

static void page_dkim_checks(struct page *p, const struct verdict *v, const struct absence *none)
{
	if (v->dkim_count == 0)
		page_check(p, "DKIM", AUTH_NONE, none->signature);
	for (size_t i = 0; i < v->dkim_count; i++)
		page_check(p, v->dkim[i].predicted ? "DKIM to come" : "DKIM", v->dkim[i].result,
		    v->dkim[i].reason);
}

static void page_checks(struct page *p, const struct verdict *v, const struct absence *none)
{
	page_result(p, "check", "result", PAGE_PLAIN, "reason");
	if (v->has_client) {
		page_spf_check(p, "SPF", &v->spf);
		page_spf_check(p, "SPF of HELO", &v->spf_helo);
	} else {
		page_unjudged(p, "SPF", none);
	}
	page_dkim_checks(p, v, none);
	page_check(p, "DMARC", v->dmarc.result, v->dmarc.reason);
	if (v->has_client)
		page_check(p, "rDNS", v->rdns.result, v->rdns.reason);
	else
		page_unjudged(p, "rDNS", none);
}

void page_verdict(struct page *p, const struct verdict *v)
{
	static const struct absence none = {
	    "the client's address is not known", "the message has no signature"};

	page_title(p, "Verdicts, as observed");
	page_checks(p, v, &none);
}

void page_prediction(struct page *p, const struct verify_route *route, const struct verdict *v)
{
	static const struct absence none = {"the route states no egress address",
	    "the message has no signature, and the route states no selector"};
	struct buffer title = BUFFER_INIT;

	if (route == NULL)
		return;
	buffer_add_string(&title, "Verdicts, as predicted for route ");
	page_escape(&title, span_from(route->name));
	page_title(p, title.data);
	buffer_clear(&title);
	page_checks(p, v, &none);
}
