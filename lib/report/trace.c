/*
 * SPDX-License-Identifier: ISC
 *
 * Trace fields from a record. Methods and properties are those of the registry "Email
 * Authentication Methods" (RFC 8601 6.2, RFC 6008, RFC 9989).
 */
#include "report/trace.h"

#include <string.h>

#include "mail/authres.h"
#include "mail/header.h"
#include "mail/received.h"
#include "verify/tag.h"

/* Two of SPF, DMARC, reverse DNS and authentication beside the signatures. */
#define RESULTS_MAX    (DKIM_SIGNATURES_MAX + 5)
#define PROPERTIES_MAX 5

/* So many characters of a signature tell it apart, unless others begin alike (RFC 6008 4). */
#define SIGNATURE_PART 8

struct writer {
	const struct report_trace *in;
	struct arena *arena;
	struct mail_authres_result results[RESULTS_MAX];
	struct mail_authres_property properties[RESULTS_MAX][PROPERTIES_MAX];
	size_t count;
};

static void add_result(
    struct writer *w, const char *method, enum auth_result result, const char *reason)
{
	w->results[w->count] = (struct mail_authres_result){
	    .method = method,
	    .result = AUTH_RESULT_NAME[result],
	    .reason = result == AUTH_PASS ? NULL : reason,
	    .properties = w->properties[w->count],
	};
	w->count++;
}

/* Of the last result; nothing when value is NULL. */
static void add_property(
    struct writer *w, const char *ptype, const char *property, const char *value)
{
	struct mail_authres_result *r = &w->results[w->count - 1];

	if (value != NULL)
		w->properties[w->count - 1][r->property_count++] =
		    (struct mail_authres_property){ptype, property, value};
}

/* The HELO argument, or NULL. */
static const char *helo_of(const struct writer *w)
{
	const struct record_session *s = w->in->message->session;

	return s == NULL || s->client.helo == NULL || s->client.helo[0] == '\0' ? NULL
	                                                                        : s->client.helo;
}

/*
 * "Envelope sender after removing parts not authenticated": SPF authenticates the domain. A null
 * reverse-path stands for postmaster at the HELO name (RFC 7208 2.4).
 */
static const char *mail_from_of(const struct writer *w)
{
	const struct record_message *m = w->in->message;
	const char *path = m->envelope.mail_from, *at;

	if (m->observed.spf.domain != NULL)
		return m->observed.spf.domain;
	if (path == NULL || path[0] == '\0')
		return helo_of(w);
	at = strrchr(path, '@');
	return at == NULL ? path : at + 1;
}

static void add_spf(struct writer *w)
{
	const struct verdict *v = &w->in->message->observed;

	add_result(w, "spf", v->spf.result, v->spf.reason);
	add_property(w, "smtp", "mailfrom", mail_from_of(w));
	add_result(w, "spf", v->spf_helo.result, v->spf_helo.reason);
	add_property(
	    w, "smtp", "helo", v->spf_helo.domain != NULL ? v->spf_helo.domain : helo_of(w));
}

static void add_iprev(struct writer *w)
{
	const struct rdns_verdict *v = &w->in->message->observed.rdns;

	add_result(w, "iprev", v->result, v->reason);
	add_property(w, "policy", "iprev", v->ip);
}

/* What the verdict of a signature does not hold. */
struct signature {
	struct span value; /* b=, without blanks; empty when there is none */
	bool has_identity; /* i= is there */
};

static size_t read_signatures(struct writer *w, struct signature out[DKIM_SIGNATURES_MAX])
{
	static const struct span name = {"DKIM-Signature", 14};
	const struct mail_field *f;
	struct mail_header header;
	size_t n = 0;

	mail_header_parse(w->in->source, w->arena, &header);
	while (n < DKIM_SIGNATURES_MAX && (f = mail_header_find(&header, name, n)) != NULL) {
		const struct span *b;
		struct tag_list tags;

		tag_list_parse(f->value, w->arena, &tags, NULL);
		b = tag_list_find(&tags, SPAN("b"));
		out[n++] = (struct signature){
		    b == NULL ? span_of(NULL, 0) : tag_compact(*b, w->arena),
		    tag_list_find(&tags, SPAN("i")) != NULL,
		};
	}
	return n;
}

static size_t common_octets(struct span a, struct span b)
{
	size_t n = 0;

	while (n < a.len && n < b.len && a.data[n] == b.data[n])
		n++;
	return n;
}

/* As much of the signature as no other one begins with; NULL where there is nothing to tell. */
static const char *signature_part(
    struct writer *w, const struct signature *all, size_t count, size_t which)
{
	struct span value = which < count ? all[which].value : span_of(NULL, 0);
	size_t octets = SIGNATURE_PART;

	if (count < 2 || value.len == 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t common = common_octets(value, all[i].value);

		if (i != which && !span_equal(value, all[i].value) && common >= octets)
			octets = common + 1;
	}
	return arena_copy(w->arena, span_first(value, octets));
}

static void add_dkim(struct writer *w)
{
	const struct verdict *v = &w->in->message->observed;
	struct signature signatures[DKIM_SIGNATURES_MAX];
	size_t known = read_signatures(w, signatures);

	if (v->dkim_count == 0)
		add_result(w, "dkim", AUTH_NONE, NULL);
	for (size_t i = 0; i < v->dkim_count && i < DKIM_SIGNATURES_MAX; i++) {
		const struct dkim_verdict *d = &v->dkim[i];

		add_result(w, "dkim", d->result, d->reason);
		add_property(w, "header", "d", d->domain);
		if (i < known && signatures[i].has_identity)
			add_property(w, "header", "i", d->identity);
		add_property(w, "header", "a", d->algorithm);
		add_property(w, "header", "s", d->selector);
		add_property(w, "header", "b", signature_part(w, signatures, known, i));
	}
}

static void add_dmarc(struct writer *w)
{
	const struct dmarc_verdict *v = &w->in->message->observed.dmarc;

	add_result(w, "dmarc", v->result, v->reason);
	add_property(w, "header", "from", v->from_domain);
	if (v->has_policy)
		add_property(w, "policy", "dmarc", DMARC_POLICY_NAME[v->disposition]);
}

static void add_auth(struct writer *w)
{
	const struct record_session *s = w->in->message->session;

	if (s == NULL || s->auth.mechanism == NULL)
		return;
	add_result(w, "auth", AUTH_PASS, NULL);
	add_property(w, "smtp", "auth", s->auth.user);
}

void report_authentication_results(struct buffer *out, const struct report_trace *in)
{
	struct writer w = {.in = in, .arena = arena_new()};

	if (in->message->observed.has_client)
		add_spf(&w);
	add_dkim(&w);
	add_dmarc(&w);
	if (in->message->observed.has_client)
		add_iprev(&w);
	add_auth(&w);
	mail_authres_write(out, &(struct mail_authres){
				    .authserv_id = in->host,
				    .results = w.results,
				    .count = w.count,
				    .ascii = !in->message->envelope.smtputf8,
				});
	arena_free(w.arena);
}

static void fill_session(struct mail_received *r, const struct record_session *s)
{
	r->helo = s->client.helo;
	r->ip = s->client.ip;
	r->esmtp = s->client.esmtp;
	r->authenticated = s->auth.mechanism != NULL;
	r->tls_version = s->tls.version;
	r->cipher = s->tls.cipher;
}

void report_received(struct buffer *out, const struct report_trace *in)
{
	const struct record_message *m = in->message;
	struct mail_received r = {
	    .name = m->observed.has_client ? m->observed.rdns.confirmed : NULL,
	    .host = in->host,
	    .smtputf8 = m->envelope.smtputf8,
	    .id = m->id,
	    .recipient = m->envelope.rcpt_count == 1 ? m->envelope.rcpt_to[0] : NULL,
	    .received_at = m->received_at,
	};

	if (m->session != NULL)
		fill_session(&r, m->session);
	mail_received_write(out, &r);
}

void report_trace(struct buffer *out, const struct report_trace *in)
{
	report_authentication_results(out, in);
	report_received(out, in);
}
