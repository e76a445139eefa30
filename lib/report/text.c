/*
 * SPDX-License-Identifier: ISC
 *
 * A message for a person: what came, how, its verdicts, what was found, what to ask next.
 */
#include "report/text.h"

#include <string.h>

#include "report/text_internal.h"

#define RECIPIENTS_SHOWN 10

static const char *const TLS_TEXT[] = {
    [TLS_MODE_NONE] = "none: the connection was in the clear",
    [TLS_MODE_STARTTLS] = "by STARTTLS",
    [TLS_MODE_IMPLICIT] = "from the start",
};
_Static_assert(ARRAY_SIZE(TLS_TEXT) == TLS_MODE_COUNT, "one text for each mode");

static const char *const VIA_TEXT[] = {
    [RECORD_VIA_DIRECT] = "",
    [RECORD_VIA_PROXY] = ", as the PROXY protocol says",
    [RECORD_VIA_XCLIENT] = ", as XCLIENT says",
};
_Static_assert(ARRAY_SIZE(VIA_TEXT) == RECORD_VIA_COUNT, "one text for each way");

static void page_client(struct page *p, const struct record_session *s)
{
	const struct record_client *c = &s->client;
	char ip[IP_TEXT_SIZE];
	struct buffer port = BUFFER_INIT;

	if (c->port != 0)
		buffer_printf(&port, " port %u", c->port);
	if (c->ip.family != IP_NONE)
		page_row(p, "client", "%s%s%s%s%s", ip_format(&c->ip, ip),
		    port.len == 0 ? "" : port.data, c->name == NULL ? "" : ", ",
		    c->name == NULL ? "" : c->name, s->id == NULL ? "" : VIA_TEXT[c->via]);
	buffer_clear(&port);
	if (c->helo != NULL)
		page_row(p, "HELO", "%s", c->helo);
}

static void page_certificate(struct page *p, const struct tls_certificate *c)
{
	if (c == NULL)
		return;
	page_row(p, "certificate", "%s, issued by %s",
	    c->subject == NULL ? "no subject" : c->subject,
	    c->issuer == NULL ? "nobody" : c->issuer);
	if (c->fingerprint_sha256 != NULL)
		page_row(p, "", "SHA-256 %s", c->fingerprint_sha256);
	if (c->verified)
		page_row(p, "", "verified");
	else
		page_row(p, "", "not verified: %s", c->reason == NULL ? "no reason" : c->reason);
}

static void add_fact(struct buffer *out, const char *name, const char *value)
{
	if (value != NULL)
		buffer_printf(out, ", %s%s", name, value);
}

static void page_tls(struct page *p, const struct tls_facts *t)
{
	struct buffer facts = BUFFER_INIT;

	if (t->mode != TLS_MODE_NONE) {
		buffer_printf(&facts, "%s ", t->version == NULL ? "TLS" : t->version);
		buffer_add_string(&facts, TLS_TEXT[t->mode]);
		add_fact(&facts, "", t->cipher);
		add_fact(&facts, "", t->group);
		add_fact(&facts, "SNI ", t->sni);
		add_fact(&facts, "ALPN ", t->alpn);
		add_fact(&facts, "", t->resumed ? "resumed" : NULL);
	}
	page_row(p, "TLS", "%s", facts.len == 0 ? TLS_TEXT[TLS_MODE_NONE] : facts.data);
	page_certificate(p, t->client_certificate);
	buffer_clear(&facts);
}

static void page_auth(struct page *p, const struct record_auth *a)
{
	if (a->mechanism == NULL)
		page_row(p, "AUTH", "none");
	else
		page_row(p, "AUTH", "%s as \"%s\"%s", a->mechanism, a->user == NULL ? "" : a->user,
		    a->over_tls ? "" : ", in the clear");
}

static void page_listener(struct page *p, const struct record_session *s)
{
	const char *name = s->listener == NULL ? "-" : s->listener;

	if (s->kind == NULL || strcmp(s->kind, name) == 0)
		page_row(p, "listener", "%s", name);
	else
		page_row(p, "listener", "%s, of kind %s", name, s->kind);
}

static void page_session(struct page *p, const struct record_session *s)
{
	if (s == NULL ||
	    (s->id == NULL && s->client.ip.family == IP_NONE && s->client.helo == NULL))
		return;
	page_title(p, "Session");
	page_client(p, s);
	if (s->id == NULL)
		return;
	page_listener(p, s);
	page_tls(p, &s->tls);
	page_auth(p, &s->auth);
	page_row(p, "session", "%s", s->id);
}

/* " NAME=VALUE", as the client said it; nothing when value is NULL. */
static void add_parameter(struct buffer *out, const char *name, const char *value)
{
	if (value != NULL)
		buffer_printf(out, " %s%s", name, value);
}

static void page_sender(struct page *p, const struct record_envelope *e)
{
	struct buffer parameters = BUFFER_INIT;

	if (e->mail_from == NULL)
		return;
	add_parameter(&parameters, "BODY=", e->body);
	add_parameter(&parameters, "SMTPUTF8", e->smtputf8 ? "" : NULL);
	add_parameter(&parameters, "REQUIRETLS", e->require_tls ? "" : NULL);
	add_parameter(&parameters, "RET=", e->ret);
	add_parameter(&parameters, "ENVID=", e->envid);
	page_row(
	    p, "MAIL FROM", "<%s>%s", e->mail_from, parameters.len == 0 ? "" : parameters.data);
	buffer_clear(&parameters);
}

static void page_recipient(struct page *p, const struct record_envelope *e, size_t i)
{
	struct buffer parameters = BUFFER_INIT;

	add_parameter(&parameters, "NOTIFY=", e->notify == NULL ? NULL : e->notify[i]);
	add_parameter(&parameters, "ORCPT=", e->orcpt == NULL ? NULL : e->orcpt[i]);
	page_row(p, "RCPT TO", "<%s>%s", e->rcpt_to[i], parameters.len == 0 ? "" : parameters.data);
	buffer_clear(&parameters);
}

static void page_envelope(struct page *p, const struct record_envelope *e)
{
	if (e->mail_from == NULL && e->rcpt_count == 0)
		return;
	page_title(p, "Envelope");
	page_sender(p, e);
	for (size_t i = 0; i < e->rcpt_count && i < RECIPIENTS_SHOWN; i++)
		page_recipient(p, e, i);
	if (e->rcpt_count > RECIPIENTS_SHOWN)
		page_row(p, "", "and %zu more", e->rcpt_count - RECIPIENTS_SHOWN);
}

static void page_message(struct page *p, const struct record_message *m)
{
	static const char NONE[] = "none";

	page_title(p, "Message");
	page_row(p, "From", "%s", m->from == NULL ? NONE : m->from);
	page_row(p, "Date", "%s", m->date == NULL ? NONE : m->date);
	page_row(p, "Message-ID", "%s", m->message_id == NULL ? NONE : m->message_id);
}

enum page_color page_severity_color(enum finding_severity s)
{
	static const enum page_color COLORS[] = {
	    [FINDING_INFO] = PAGE_PLAIN,
	    [FINDING_WARNING] = PAGE_YELLOW,
	    [FINDING_ERROR] = PAGE_RED,
	};
	_Static_assert(ARRAY_SIZE(COLORS) == FINDING_SEVERITY_COUNT, "one colour for each");

	return COLORS[s];
}

void page_findings(struct page *p, const struct finding_list *list)
{
	page_title(p, "Findings");
	if (list->count == 0)
		buffer_add_string(p->out, "  none\n");
	for (size_t i = 0; i < list->count; i++) {
		const struct finding_entry *entry = finding_entry(list->items[i].id);

		page_row_colored(p, FINDING_SEVERITY_NAME[entry->severity],
		    page_severity_color(entry->severity), "%s (%s)", entry->id, entry->reference);
		page_row(p, "", "%s", list->items[i].text);
	}
}

/* What the libraries say that many receivers run; a difference stands out. */
void page_opinions(struct page *p, const struct record_message *m)
{
	static const char *const AGREES[] = {
	    [RECORD_AGREES_UNKNOWN] = "gave no answer",
	    [RECORD_AGREES_NO] = "comes to another result",
	    [RECORD_AGREES_YES] = "agrees",
	};

	if (m->opinion_count > 0)
		page_title(p, "Second opinions");
	for (size_t i = 0; i < m->opinion_count; i++) {
		const struct record_opinion *o = &m->opinions[i];
		bool differs = o->agrees == RECORD_AGREES_NO;

		page_result(p, o->check, o->agrees == RECORD_AGREES_UNKNOWN ? "-" : o->result,
		    differs ? PAGE_YELLOW : PAGE_PLAIN, "%s %s%s%s", o->library, AGREES[o->agrees],
		    o->reason == NULL ? "" : ": ", o->reason == NULL ? "" : o->reason);
	}
}

static void page_head(struct page *p, const struct record_message *m)
{
	char time[PAGE_INSTANT_SIZE];

	page_column(p, m->subject == NULL ? "(no subject)" : m->subject, 0, PAGE_BOLD);
	buffer_printf(
	    p->out, "\n%llu octet%s", (unsigned long long)m->size, m->size == 1 ? "" : "s");
	if (m->received_at != 0)
		buffer_printf(
		    p->out, ", received %s", page_instant(p->style, m->received_at, time));
	if (m->id != NULL)
		buffer_printf(p->out, "\nid %s", m->id);
	buffer_add_char(p->out, '\n');
}

static void page_refused(struct page *p, const struct record_message *m)
{
	if (m->refused == NULL)
		return;
	page_title(p, "Refused");
	page_row_colored(p, "reply", PAGE_RED, "%s", m->refused);
	page_row(p, "", "The client got this reply (enforce); the message is kept all the same.");
}

void report_hints_text(struct buffer *out, const char *id, const struct report_style *style)
{
	static const struct {
		const char *option, *text;
	} hints[] = {
	    {"--text", "its text"},
	    {"--part N", "a part, decoded"},
	    {"--headers", "its header"},
	    {"--raw", "the message as it came"},
	    {"--transcript", "the dialogue"},
	    {"--evidence", "what the DNS answered"},
	    {"--json", "all of this as JSON"},
	};
	struct page p = {out, style};

	if (id == NULL)
		return;
	page_title(&p, "More");
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
		buffer_printf(
		    out, "  mailassay show %s %-12s   %s\n", id, hints[i].option, hints[i].text);
}

void report_message_text(
    struct buffer *out, const struct record_message *m, const struct report_style *style)
{
	struct page p = {out, style};

	page_head(&p, m);
	page_refused(&p, m);
	page_session(&p, m->session);
	page_envelope(&p, &m->envelope);
	page_message(&p, m);
	page_verdict(&p, &m->observed);
	page_prediction(&p, m->route, &m->predicted);
	page_signatures(&p, &m->observed, m->route == NULL ? NULL : &m->predicted);
	page_policies(&p, &m->observed, m->route == NULL ? NULL : &m->predicted);
	page_opinions(&p, m);
	page_findings(&p, &m->findings);
}

void report_spf_text(struct buffer *out, const struct spf_verdict *spf,
    const struct spf_verdict *spf_helo, const struct report_style *style)
{
	struct page p = {out, style};

	page_spf(&p, "SPF", spf);
	page_spf(&p, "SPF of HELO", spf_helo);
}

void report_dmarc_text(struct buffer *out, const struct dmarc_verdict *v,
    const struct finding_list *findings, const struct report_style *style)
{
	struct page p = {out, style};

	page_dmarc(&p, v);
	if (findings->count > 0)
		page_findings(&p, findings);
}
