/*
 * SPDX-License-Identifier: ISC
 *
 * One message through all checks, and through those of the predicted viewpoint where there is a
 * route. As long as names are missing every check only asks; the public-key operations of DKIM,
 * and DMARC's judgement, come when nothing is missing any more.
 */
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mail/header_check.h"
#include "verify/dkim.h"
#include "verify/dmarc.h"
#include "verify/predict.h"
#include "verify/rdns.h"
#include "verify/spf.h"

struct verify {
	struct verify_input in;
	struct arena *arena; /* the input's strings */
	struct arena *round; /* of the last call of verify_end: the verdict, once it is done */
	struct dkim_check *dkim;
	struct finding_list header_findings;
	bool done;
	struct verify_result result;
};

struct verify *verify_begin(const struct verify_input *in)
{
	struct verify *v = memory_new(sizeof(*v));

	v->arena = arena_new();
	v->round = arena_new();
	v->in = *in;
	v->in.helo = arena_span(v->arena, in->helo);
	v->in.mail_from = arena_span(v->arena, in->mail_from);
	v->dkim = dkim_check_new(in->header, in->now);
	mail_header_check(in->header, in->smtputf8, v->arena, &v->header_findings);
	return v;
}

void verify_body(struct verify *v, const void *data, size_t len)
{
	dkim_check_body(v->dkim, data, len);
}

void verify_free(struct verify *v)
{
	if (v == NULL)
		return;
	dkim_check_free(v->dkim);
	arena_free(v->round);
	arena_free(v->arena);
	free(v);
}

static enum verify_status check_spf(
    struct verify *v, enum spf_identity identity, struct dns_view *view, struct spf_verdict *out)
{
	struct spf_query q = {identity, v->in.client, v->in.helo, v->in.mail_from, v->in.now};

	return spf_check(&q, view, v->round, out);
}

/* The checks of the client's address. All are asked, so that one round brings all their names. */
static enum verify_status check_client(struct verify *v, struct dns_view *view)
{
	const struct rdns_query q = {v->in.client, v->in.helo};
	enum verify_status mail_from, helo, rdns;

	v->result.observed.has_client = v->in.client.family != IP_NONE;
	if (!v->result.observed.has_client)
		return VERIFY_DONE;
	mail_from = check_spf(v, SPF_MAILFROM, view, &v->result.observed.spf);
	helo = check_spf(v, SPF_HELO, view, &v->result.observed.spf_helo);
	/* Who submits mail with a login may be called as it likes. */
	rdns = rdns_check(&q, view, v->round, &v->result.observed.rdns,
	    v->in.authenticated ? NULL : &v->result.findings);
	if (mail_from == VERIFY_DONE && helo == VERIFY_DONE && rdns == VERIFY_DONE)
		return VERIFY_DONE;
	return VERIFY_NEEDS_DNS;
}

/* DMARC's SPF identifier: the domain of MAIL FROM; of a null path the HELO name (RFC 7208 2.4). */
static const char *spf_domain(const struct verify *v)
{
	struct span path = v->in.mail_from;
	ptrdiff_t at = span_rindex(path, '@');

	if (path.len == 0)
		return arena_copy(v->round, v->in.helo);
	return arena_copy(v->round, at < 0 ? path : span_after(path, (size_t)at + 1));
}

#define IDENTIFIERS_MAX (DKIM_SIGNATURES_MAX + 1)

static size_t add_spf(struct verify *v, enum auth_result result, struct dmarc_identifier *out)
{
	if (!v->result.observed.has_client)
		return 0;
	*out = (struct dmarc_identifier){false, result, spf_domain(v)};
	return 1;
}

/* Whoever may pass is taken to pass: DMARC asks the same questions then (dmarc.c). */
static size_t expected_identifiers(struct verify *v, struct dmarc_identifier out[IDENTIFIERS_MAX])
{
	const char *domains[DKIM_SIGNATURES_MAX];
	size_t signatures = dkim_check_domains(v->dkim, domains);
	size_t n = add_spf(v, AUTH_PASS, out);

	for (size_t i = 0; i < signatures; i++)
		out[n++] = (struct dmarc_identifier){true, AUTH_PASS, domains[i]};
	return n;
}

static size_t actual_identifiers(struct verify *v, struct dmarc_identifier out[IDENTIFIERS_MAX])
{
	size_t n = add_spf(v, v->result.observed.spf.result, out);

	for (size_t i = 0; i < v->result.observed.dkim_count; i++) {
		const struct dkim_verdict *d = &v->result.observed.dkim[i];

		if (d->domain != NULL)
			out[n++] = (struct dmarc_identifier){true, d->result, d->domain};
	}
	return n;
}

static enum verify_status check_dmarc(struct verify *v, struct dns_view *view,
    const struct dmarc_identifier *identifiers, size_t count, struct finding_list *findings)
{
	struct dmarc_input in = {v->in.message, identifiers, count};

	return dmarc_check(&in, view, v->round, &v->result.observed.dmarc, findings);
}

static enum verify_status predict(struct verify *v, struct dns_view *view,
    const struct dkim_verdict *dkim, size_t count, struct finding_list *findings)
{
	struct predict_input in = {
	    .route = v->in.route,
	    .mail_from = v->in.mail_from,
	    .message = v->in.message,
	    .now = v->in.now,
	    .dkim = dkim,
	    .dkim_count = count,
	};

	if (v->in.route == NULL)
		return VERIFY_DONE;
	return predict_check(&in, view, v->round, &v->result.predicted, findings);
}

/* The signatures that may pass are taken to pass, as for DMARC. */
static enum verify_status ask_prediction(struct verify *v, struct dns_view *view)
{
	struct dkim_verdict expected[DKIM_SIGNATURES_MAX] = {{.result = AUTH_NONE}};
	const char *domains[DKIM_SIGNATURES_MAX];
	size_t count = dkim_check_domains(v->dkim, domains);

	for (size_t i = 0; i < count; i++)
		expected[i] = (struct dkim_verdict){.result = AUTH_PASS, .domain = domains[i]};
	return predict(v, view, expected, count, NULL);
}

/* Everything but the public-key operations, for its questions. */
static enum verify_status ask(struct verify *v, struct dns_view *view)
{
	struct dmarc_identifier identifiers[IDENTIFIERS_MAX];
	const struct dns_question *missing;
	enum verify_status client = check_client(v, view);
	enum verify_status keys = dkim_check_ask(v->dkim, view);
	enum verify_status dmarc =
	    check_dmarc(v, view, identifiers, expected_identifiers(v, identifiers), NULL);
	enum verify_status prediction = ask_prediction(v, view);

	if (client == VERIFY_DONE && keys == VERIFY_DONE && dmarc == VERIFY_DONE &&
	    prediction == VERIFY_DONE && dns_view_missing(view, &missing) == 0)
		return VERIFY_DONE;
	return VERIFY_NEEDS_DNS;
}

static enum verify_status judge(struct verify *v, struct dns_view *view)
{
	struct dmarc_identifier identifiers[IDENTIFIERS_MAX];
	struct verify_result *r = &v->result;

	if (dkim_check_end(v->dkim, view, v->round, &r->observed, &r->findings) == VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	if (check_dmarc(v, view, identifiers, actual_identifiers(v, identifiers), &r->findings) ==
	    VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	return predict(v, view, r->observed.dkim, r->observed.dkim_count, &r->findings);
}

static void add_message_findings(struct verify *v)
{
	const struct mail_message *m = v->in.message;
	const char *unread = NULL;

	if (m->from_fields > 0)
		unread = "The From field holds no address that can be read; DMARC has no domain to "
			 "judge. Write NAME <LOCAL@DOMAIN>, with quotes around a name that has "
			 "special characters.";
	if (m->from_list.count == 0)
		finding_add(&v->result.findings, v->round, FINDING_MISSING_FROM, unread);
	if (m->from_fields > 1 || m->from_list.count > 1)
		finding_add(&v->result.findings, v->round, FINDING_SEVERAL_FROM, NULL);
	for (size_t i = 0; i < v->header_findings.count; i++) {
		const struct finding *f = &v->header_findings.items[i];

		finding_add(&v->result.findings, v->round, f->id, f->text);
	}
}

enum verify_status verify_end(struct verify *v, struct dns_view *view, struct verify_result *out)
{
	if (!v->done) {
		arena_reset(v->round);
		v->result = (struct verify_result){0};
		add_message_findings(v);
		if (ask(v, view) == VERIFY_NEEDS_DNS || judge(v, view) == VERIFY_NEEDS_DNS)
			return VERIFY_NEEDS_DNS;
		v->done = true;
	}
	*out = v->result;
	return VERIFY_DONE;
}
