/*
 * SPDX-License-Identifier: ISC
 *
 * The report on one message: a summary, then a block a check, as the verifiers by mail write it;
 * what was found; what receivers would say.
 */
#include "report/check.h"

#include <string.h>

#include "dns/view.h"
#include "report/text_internal.h"

struct report {
	struct page page;
	const struct report_check *in;
	struct dns_view *view; /* of the evidence */
};

static const char *or_none(const char *text, const char *none)
{
	return text == NULL ? none : text;
}

static void add_summary_row(struct page *p, const char *label, bool judged, enum auth_result result)
{
	if (judged)
		page_row_colored(p, label, page_color_of(result), "%s", AUTH_RESULT_NAME[result]);
	else
		page_row(p, label, "not judged: the client's address is not known");
}

static void add_summary(struct page *p, const struct verdict *v)
{
	page_column(p, "Summary of results", 0, PAGE_BOLD);
	buffer_add_char(p->out, '\n');
	add_summary_row(p, "SPF", v->has_client, v->spf.result);
	add_summary_row(p, "DKIM", true, verdict_dkim_result(v));
	add_summary_row(p, "DMARC", true, v->dmarc.result);
	add_summary_row(p, "iprev", v->has_client, v->rdns.result);
}

static void add_details(struct page *p, const struct record_message *m)
{
	const struct record_client *c = m->session == NULL ? NULL : &m->session->client;
	char ip[IP_TEXT_SIZE] = "";

	page_title(p, "Details");
	page_row(p, "HELO", "%s", c == NULL ? "not given" : or_none(c->helo, "not given"));
	page_row(p, "source IP", "%s",
	    c == NULL || c->ip.family == IP_NONE ? "not given" : ip_format(&c->ip, ip));
	if (m->envelope.mail_from == NULL)
		page_row(p, "mail-from", "not given");
	else
		page_row(p, "mail-from", "<%s>", m->envelope.mail_from);
	page_row(p, "From", "%s", or_none(m->from, "none"));
	page_row(p, "Subject", "%s", or_none(m->subject, "none"));
	page_row(p, "Message-ID", "%s", or_none(m->message_id, "none"));
	page_row(p, "size", "%llu octet%s", (unsigned long long)m->size, m->size == 1 ? "" : "s");
}

static void begin_block(struct page *p, const char *title, enum auth_result result)
{
	page_title(p, title);
	page_row_colored(p, "result", page_color_of(result), "%s", AUTH_RESULT_NAME[result]);
}

/* A record that was asked for, or what came in its place; begins: only texts that begin so. */
static void add_records(struct report *r, const char *name, enum dns_type type, const char *begins)
{
	const struct dns_answer *answer = dns_view_lookup(r->view, span_from(name), type);
	size_t shown = 0;

	for (size_t i = 0; answer != NULL && i < answer->count; i++) {
		const struct dns_record *record = &answer->records[i];
		struct buffer data = BUFFER_INIT;

		if (begins != NULL && !span_starts_nocase(record->text, span_from(begins)))
			continue;
		dns_rdata_write(&data, type, record);
		page_row(&r->page, "DNS record", "%s. %s %s", name, DNS_TYPE_NAME[type], data.data);
		buffer_clear(&data);
		shown++;
	}
	if (shown == 0 && answer != NULL)
		page_row(&r->page, "DNS record", "%s. %s: %s", name, DNS_TYPE_NAME[type],
		    answer->status == DNS_OK ? "none of this kind"
					     : DNS_STATUS_NAME[answer->status]);
}

static void add_spf(struct report *r, const char *title, const struct spf_verdict *v)
{
	const struct record_message *m = r->in->message;
	bool helo = v->identity != NULL && strcmp(v->identity, "helo") == 0;
	struct page *p = &r->page;

	begin_block(p, title, v->result);
	page_row(p, "verified", "smtp.%s=%s", helo ? "helo" : "mailfrom",
	    helo || m->envelope.mail_from == NULL || m->envelope.mail_from[0] == '\0'
		? or_none(v->domain, "no domain")
		: m->envelope.mail_from);
	if (v->domain != NULL)
		add_records(r, v->domain, DNS_TXT, "v=spf1");
	page_row(p, "explanation", "%s", or_none(v->reason, "none"));
	if (v->explanation != NULL)
		page_row(p, "", "its owner says: \"%s\"", v->explanation);
}

static void add_signature(struct report *r, const struct dkim_verdict *v)
{
	struct page *p = &r->page;

	begin_block(p, "DKIM check", v->result);
	page_row(p, "verified", "header.d=%s header.s=%s", or_none(v->domain, "none"),
	    or_none(v->selector, "none"));
	if (v->domain != NULL && v->selector != NULL) {
		struct buffer name = BUFFER_INIT;

		buffer_printf(&name, "%s._domainkey.%s", v->selector, v->domain);
		add_records(r, name.data, DNS_TXT, NULL);
		buffer_clear(&name);
	}
	page_signature(p, "signature", v);
	page_row(p, "explanation", "%s", or_none(v->reason, "none"));
}

static void add_dkim(struct report *r, const struct verdict *v)
{
	if (v->dkim_count == 0) {
		begin_block(&r->page, "DKIM check", AUTH_NONE);
		page_row(&r->page, "explanation", "the message has no signature");
	}
	for (size_t i = 0; i < v->dkim_count; i++)
		add_signature(r, &v->dkim[i]);
}

static void add_dmarc(struct report *r, const struct dmarc_verdict *v)
{
	const char *domain = v->policy_domain != NULL ? v->policy_domain : v->from_domain;
	struct buffer text = BUFFER_INIT;

	begin_block(&r->page, "DMARC check", v->result);
	page_row(&r->page, "verified", "header.from=%s", or_none(v->from_domain, "no domain"));
	if (domain != NULL) {
		buffer_printf(&text, "_dmarc.%s", domain);
		add_records(r, text.data, DNS_TXT, NULL);
		buffer_reset(&text);
	}
	page_policy_sentence(&text, v);
	page_row(&r->page, "explanation", "%s", text.data);
	buffer_clear(&text);
}

static void add_iprev(struct report *r, const struct rdns_verdict *v)
{
	char name[IP_REVERSE_SIZE];
	struct ip ip = {.family = IP_NONE};

	begin_block(&r->page, "iprev check", v->result);
	page_row(&r->page, "verified", "policy.iprev=%s", or_none(v->ip, "no address"));
	if (v->ip != NULL && ip_parse(span_from(v->ip), &ip) == 0) {
		add_records(r, ip_reverse_name(&ip, name), DNS_PTR, NULL);
		if (v->confirmed != NULL)
			add_records(r, v->confirmed, ip.family == IP_V4 ? DNS_A : DNS_AAAA, NULL);
	}
	page_row(&r->page, "explanation", "%s", or_none(v->reason, "none"));
}

static void add_checks(struct report *r, const struct verdict *v)
{
	if (v->has_client) {
		add_spf(r, "SPF check", &v->spf);
		add_spf(r, "SPF check of HELO", &v->spf_helo);
	}
	add_dkim(r, v);
	add_dmarc(r, &v->dmarc);
	if (v->has_client)
		add_iprev(r, &v->rdns);
}

/* What came of one receiver's rules. */
struct answer {
	const char *receiver;
	const struct policy_result *refusal;  /* the first one that failed and has a reply */
	const struct policy_result *failed;   /* the first one that failed without */
	const struct policy_result *unjudged; /* the first one that could not be judged */
	const struct policy_result *passed;   /* the first one that passed */
};

static void judge_answer(struct answer *answer, const struct gate_message *g)
{
	for (size_t i = 0; i < g->result_count; i++) {
		const struct policy_result *result = &g->results[i];
		const struct policy_result **kept = NULL;

		if (result->rule->receiver == NULL ||
		    strcmp(result->rule->receiver, answer->receiver) != 0)
			continue;
		if (result->outcome == POLICY_FAIL)
			kept = result->rule->reply != NULL ? &answer->refusal : &answer->failed;
		else if (result->outcome == POLICY_UNJUDGED)
			kept = &answer->unjudged;
		else if (result->outcome == POLICY_PASS)
			kept = &answer->passed;
		if (kept != NULL && *kept == NULL)
			*kept = result;
	}
}

static void add_answer(struct page *p, const struct answer *a)
{
	if (a->refusal != NULL)
		page_named_text(p, a->receiver, PAGE_RED, "%s (%s)", a->refusal->rule->reply,
		    a->refusal->rule->name);
	else if (a->failed != NULL)
		page_named_text(p, a->receiver, PAGE_YELLOW,
		    "says nothing, but %s is not met: the spam folder is likely",
		    a->failed->rule->name);
	else if (a->unjudged != NULL)
		page_named_text(p, a->receiver, PAGE_YELLOW,
		    "nothing fails, but %s could not be judged", a->unjudged->rule->name);
	else if (a->passed != NULL)
		page_named_text(p, a->receiver, PAGE_GREEN, "takes it");
	else
		page_named_text(p, a->receiver, PAGE_PLAIN, "asks nothing of this message");
}

/* Each receiver once, in the order of the rules. */
static bool is_first(const struct gate_message *g, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (g->results[i].rule->receiver != NULL &&
		    strcmp(g->results[i].rule->receiver, g->results[n].rule->receiver) == 0)
			return false;
	return true;
}

static void add_answers(struct page *p, const struct gate_message *g)
{
	bool any = false;

	for (size_t i = 0; i < g->result_count; i++) {
		struct answer answer = {.receiver = g->results[i].rule->receiver};

		if (answer.receiver == NULL || !is_first(g, i))
			continue;
		if (!any)
			page_title(p, "What receivers would say");
		any = true;
		judge_answer(&answer, g);
		add_answer(p, &answer);
	}
}

void report_check_text(
    struct buffer *out, const struct report_check *in, const struct report_style *style)
{
	const struct record_message *m = in->message;
	struct report r = {{out, style}, in, dns_view_new(NULL)};

	/* Of evidence that cannot be read there is nothing to show. */
	if (dns_view_restore(r.view, in->evidence, NULL) < 0) {
		dns_view_free(r.view);
		r.view = dns_view_new(NULL);
	}
	add_summary(&r.page, &m->observed);
	add_details(&r.page, m);
	add_checks(&r, &m->observed);
	page_prediction(&r.page, m->route, &m->predicted);
	page_opinions(&r.page, m);
	page_findings(&r.page, &m->findings);
	for (size_t i = 0; in->gate != NULL && i < in->gate->message_count; i++)
		add_answers(&r.page, &in->gate->messages[i]);
	dns_view_free(r.view);
}
