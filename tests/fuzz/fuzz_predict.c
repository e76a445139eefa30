/*
 * SPDX-License-Identifier: ISC
 *
 * The predicted viewpoint and the address that a record allows, over a DNS that the input makes
 * up. The lines are: the reverse-path, the header's From, the return-path, the signing domain, the
 * selector, two entries of egress, and then the texts, targets and failures from which every
 * question gets its answer, chosen by its name. Empty lines stand for what is not given.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "dns/name.h"
#include "verify/predict.h"
#include "verify/spf_egress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum given {
	MAIL_FROM,
	FROM,
	RETURN_PATH,
	DKIM_DOMAIN,
	SELECTOR,
	EGRESS,
	EGRESS_2,
	GIVEN_COUNT,
};

#define LINES_MAX 64

struct world {
	struct span given[GIVEN_COUNT];
	struct span lines[LINES_MAX];
	size_t count;
	struct arena *arena;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool printable(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return true;
}

static unsigned hash(struct span s, unsigned h)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.data[i]) * 16777619U;
	return h;
}

static struct dns_record make_record(const struct world *w, enum dns_type type, unsigned h)
{
	struct span line = w->lines[h % w->count];
	struct dns_record r = {.ttl = 1, .text = line, .name = "", .preference = (uint16_t)h};
	char name[DNS_NAME_SIZE];

	if (dns_name_normalize(line, name) == 0)
		r.name = arena_string(w->arena, name);
	r.ip.family = type == DNS_AAAA ? IP_V6 : IP_V4;
	memcpy(r.ip.octets, "\xc0\x00\x02", 3);
	r.ip.octets[3] = (uint8_t)(h % 8);
	return r;
}

static struct dns_answer make_answer(const struct world *w, const struct dns_question *q)
{
	unsigned h = hash(span_from(q->name), 2166136261U + (unsigned)q->type);
	struct dns_answer out = {.status = DNS_NXDOMAIN, .ttl = 1};

	if (w->count == 0 || h % 7 == 0)
		return out;
	out.status = DNS_OK;
	if (span_equal(w->lines[h % w->count], SPAN("TIMEOUT")))
		out.status = DNS_TIMEOUT;
	out.count = out.status == DNS_TIMEOUT ? 0 : q->type == DNS_TXT ? 1 : h / 7 % 12;
	if (out.status == DNS_OK && out.count == 0)
		out.status = DNS_NODATA;
	out.records = arena_alloc(w->arena, (out.count + 1) * sizeof(*out.records));
	for (size_t i = 0; i < out.count; i++)
		out.records[i] = make_record(w, q->type, h + (unsigned)i);
	return out;
}

static void answer_all(const struct world *w, struct dns_view *view, bool reversed)
{
	const struct dns_question *missing;
	size_t n;

	while ((n = dns_view_missing(view, &missing)) > 0) {
		const struct dns_question *m = &missing[reversed ? n - 1 : 0];
		struct dns_question q = {arena_string(w->arena, m->name), m->type};
		struct dns_answer got = make_answer(w, &q);

		dns_view_put(view, span_from(q.name), q.type, &got);
	}
}

/* Beyond the rounds that a caller grants, what is missing fails. */
static void next_round(
    const struct world *w, struct dns_view *view, unsigned *rounds, bool reversed)
{
	require(++*rounds <= 2 * VERIFY_ROUNDS_MAX);
	if (*rounds > VERIFY_ROUNDS_MAX)
		dns_view_fail_missing(view, DNS_TIMEOUT);
	else
		answer_all(w, view, reversed);
}

static void require_allowed(
    const struct world *w, struct span domain, const struct ip *ip, struct dns_view *view)
{
	struct spf_query q = {.identity = SPF_MAILFROM, .client = *ip, .now = 1};
	struct spf_verdict v;

	q.mail_from =
	    span_from(arena_printf(w->arena, "postmaster@%s", arena_copy(w->arena, domain)));
	require(spf_check(&q, view, w->arena, &v) == VERIFY_DONE && v.result == AUTH_PASS);
}

static void fuzz_egress(const struct world *w, struct span domain)
{
	struct dns_view *view = dns_view_new(NULL);
	const struct spf_egress_query q = {domain, 1};
	unsigned rounds = 0, tries = SPF_EGRESS_TRIES_MAX;
	struct spf_egress e;

	while (spf_egress(&q, view, w->arena, &tries, &e) == VERIFY_NEEDS_DNS) {
		next_round(w, view, &rounds, false);
		tries = SPF_EGRESS_TRIES_MAX;
	}
	require(tries <= SPF_EGRESS_TRIES_MAX);
	require((e.ip.family == IP_NONE) == (e.reason != NULL));
	require(e.reason == NULL || printable(e.reason));
	require(!e.failed || e.ip.family == IP_NONE);
	if (e.ip.family != IP_NONE)
		require_allowed(w, domain, &e.ip, view);
	dns_view_free(view);
}

static void require_sane(
    const struct verify_route *route, const struct verdict *v, size_t signatures)
{
	require(v->has_client == (route->egress_count > 0));
	require(v->dkim_count == signatures + (route->dkim_selector != NULL));
	for (size_t i = 0; i < v->dkim_count; i++)
		require(v->dkim[i].predicted == (i == 0 && route->dkim_selector != NULL));
	require(v->dmarc.reason != NULL);
	if (!v->has_client)
		return;
	require(v->spf.reason != NULL && printable(v->spf.reason));
	require(v->spf_helo.reason != NULL && printable(v->spf_helo.reason));
	require(v->rdns.reason != NULL && printable(v->rdns.reason));
	require((v->rdns.ip == NULL) <= (v->spf.result != AUTH_PASS));
	require(v->rdns.helo_match == (v->rdns.confirmed != NULL));
}

static void predict(
    const struct world *w, const struct predict_input *in, bool reversed, struct verdict *out)
{
	struct dns_view *view = dns_view_new(NULL);
	struct finding_list findings = {0};
	unsigned rounds = 0;

	while (predict_check(in, view, w->arena, out, &findings) == VERIFY_NEEDS_DNS)
		next_round(w, view, &rounds, reversed);
	require_sane(in->route, out, in->dkim_count);
	dns_view_free(view);
}

static const char *given(const struct world *w, enum given which)
{
	return w->given[which].len == 0 ? NULL : arena_copy(w->arena, w->given[which]);
}

static void fuzz_prediction(const struct world *w)
{
	const struct dkim_verdict there = {.result = AUTH_PASS, .domain = "example.com"};
	const char *egress[2];
	struct verify_route route = {.name = "r",
	    .egress = egress,
	    .return_path = given(w, RETURN_PATH),
	    .dkim_domain = given(w, DKIM_DOMAIN),
	    .dkim_selector = given(w, SELECTOR)};
	struct mail_header header;
	struct mail_message message;
	struct predict_input in = {.route = &route,
	    .mail_from = w->given[MAIL_FROM],
	    .message = &message,
	    .now = 1,
	    .dkim = &there,
	    .dkim_count = 1};
	struct verdict one, other;

	for (int i = EGRESS; i <= EGRESS_2; i++)
		if (w->given[i].len > 0)
			egress[route.egress_count++] = given(w, (enum given)i);
	mail_header_parse(span_from(arena_printf(w->arena, "From: %s\r\n\r\n",
			      given(w, FROM) == NULL ? "" : given(w, FROM))),
	    w->arena, &header);
	mail_message_read(&header, w->arena, &message);
	predict(w, &in, false, &one);
	predict(w, &in, true, &other);
	require(one.spf.result == other.spf.result && one.rdns.result == other.rdns.result);
	require(one.spf_helo.result == other.spf_helo.result);
	require(one.dmarc.result == other.dmarc.result);
	require(strcmp(one.dmarc.reason, other.dmarc.reason) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size);
	struct world w = {.arena = arena_new()};

	for (size_t i = 0; i < GIVEN_COUNT && rest.data != NULL; i++)
		w.given[i] = span_cut(&rest, '\n');
	while (rest.data != NULL && w.count < LINES_MAX)
		w.lines[w.count++] = span_cut(&rest, '\n');
	fuzz_egress(&w, w.given[RETURN_PATH]);
	fuzz_prediction(&w);
	arena_free(w.arena);
	return 0;
}
