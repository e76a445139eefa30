/*
 * SPDX-License-Identifier: ISC
 *
 * SPF: records, macros, and whole evaluations over a DNS that the input makes up. The first line
 * is the reverse-path, the second the HELO name, the third the client's address, and the others
 * are the texts, targets and failures from which every question gets its answer, chosen by its
 * name: so an answer depends on the question and not on when it is asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "dns/name.h"
#include "verify/rdns.h"
#include "verify/rdns_generic.h"
#include "verify/spf.h"
#include "verify/spf_macro.h"
#include "verify/spf_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES_MAX 64

struct world {
	struct span lines[LINES_MAX];
	size_t count;
	struct ip client;
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

static const char *name_of(struct arena *a, struct span line)
{
	char out[DNS_NAME_SIZE];

	return dns_name_normalize(line, out) == 0 ? arena_string(a, out) : "";
}

static struct dns_record make_record(
    const struct world *w, struct arena *a, enum dns_type type, unsigned h, size_t i)
{
	struct span line = w->lines[(h + i) % w->count];
	struct dns_record r = {.ttl = 1, .text = line, .name = name_of(a, line)};

	r.preference = (uint16_t)(h >> (i % 16));
	r.ip = w->client;
	r.ip.family = type == DNS_A ? IP_V4 : IP_V6;
	if ((h + i) % 3 != 0 || r.ip.family != w->client.family)
		r.ip.octets[3] ^= (uint8_t)(h + i);
	if (type == DNS_A)
		memset(r.ip.octets + 4, 0, 12);
	return r;
}

static struct dns_answer make_answer(
    const struct world *w, struct arena *a, const struct dns_question *q)
{
	unsigned h = hash(span_from(q->name), 2166136261U + (unsigned)q->type);
	struct dns_answer out = {.status = DNS_NXDOMAIN, .ttl = 1};

	if (w->count == 0 || h % 7 == 0)
		return out;
	if (span_equal(w->lines[h % w->count], SPAN("TIMEOUT"))) {
		out.status = DNS_TIMEOUT;
		return out;
	}
	out.status = DNS_OK;
	out.count = q->type == DNS_TXT ? 1 : h / 7 % 13;
	if (out.count == 0)
		out.status = DNS_NODATA;
	out.records = arena_alloc(a, (out.count + 1) * sizeof(*out.records));
	for (size_t i = 0; i < out.count; i++)
		out.records[i] = make_record(w, a, q->type, h, i);
	return out;
}

/* Answers what is missing, from the last question or from the first. */
static void answer_all(const struct world *w, struct arena *a, struct dns_view *view, bool reversed)
{
	const struct dns_question *missing;
	size_t n;

	while ((n = dns_view_missing(view, &missing)) > 0) {
		const struct dns_question *m = &missing[reversed ? n - 1 : 0];
		struct dns_question q = {arena_string(a, m->name), m->type};
		struct dns_answer got = make_answer(w, a, &q);

		dns_view_put(view, span_from(q.name), q.type, &got);
	}
}

static void require_sane(const struct spf_verdict *v)
{
	require(v->result < AUTH_RESULT_COUNT && v->result != AUTH_POLICY);
	require(v->lookups <= 11 && v->void_lookups <= 3);
	require((v->lookups <= 10 && v->void_lookups <= 2) || v->result == AUTH_PERMERROR);
	require(v->reason != NULL && printable(v->reason) && strlen(v->reason) < 5000);
	require(v->mechanism == NULL || printable(v->mechanism));
	require(v->explanation == NULL || (v->result == AUTH_FAIL && printable(v->explanation) &&
					      strlen(v->explanation) <= SPF_EXPLANATION_MAX));
	require(v->domain != NULL || v->result == AUTH_NONE);
	require(v->mechanism != NULL || (v->result != AUTH_PASS && v->result != AUTH_FAIL));
}

static void evaluate(const struct world *w, const struct spf_query *q, bool reversed,
    struct arena *a, struct spf_verdict *out)
{
	struct dns_view *view = dns_view_new(NULL);
	const struct dns_question *missing;
	unsigned rounds = 0;

	while (spf_check(q, view, a, out) == VERIFY_NEEDS_DNS) {
		require(++rounds <= VERIFY_ROUNDS_MAX);
		require(dns_view_missing(view, &missing) > 0);
		answer_all(w, a, view, reversed);
	}
	require(dns_view_missing(view, &missing) == 0);
	require_sane(out);
	dns_view_free(view);
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void fuzz_evaluation(const struct world *w, struct span mail_from, struct span helo)
{
	struct spf_query q = {.client = w->client, .helo = helo, .mail_from = mail_from, .now = 1};

	for (int identity = SPF_MAILFROM; identity <= SPF_HELO; identity++) {
		struct arena *a = arena_new();
		struct spf_verdict one, other;

		q.identity = (enum spf_identity)identity;
		evaluate(w, &q, false, a, &one);
		evaluate(w, &q, true, a, &other);
		require(one.result == other.result && one.lookups == other.lookups);
		require(one.void_lookups == other.void_lookups);
		require(same(one.mechanism, other.mechanism) && same(one.reason, other.reason));
		require(same(one.explanation, other.explanation));
		arena_free(a);
	}
}

static bool has_finding(const struct finding_list *l, enum finding_id id)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].id == id)
			return true;
	return false;
}

static void require_sane_rdns(
    const struct rdns_verdict *v, const struct finding_list *findings, struct span helo)
{
	require(v->reason != NULL && printable(v->reason) && strlen(v->reason) < 1000);
	require(helo.len > 0 || strstr(v->reason, "HELO") == NULL);
	require((v->result == AUTH_PASS) == (v->confirmed != NULL));
	require((v->result == AUTH_FAIL) <= (v->name_count > 0));
	require(has_finding(findings, FINDING_RDNS_GENERIC) <= (v->name_count > 0));
	require(has_finding(findings, FINDING_HELO_NOT_A_NAME) <= (helo.len > 0));
	require(findings->count == (size_t)has_finding(findings, FINDING_RDNS_GENERIC) +
				       (size_t)has_finding(findings, FINDING_HELO_NOT_A_NAME));
	for (size_t i = 0; i < findings->count; i++)
		require(printable(findings->items[i].text));
}

static void check_rdns(const struct world *w, struct span helo, bool reversed, struct arena *a,
    struct rdns_verdict *out, struct finding_list *findings)
{
	const struct rdns_query q = {w->client, helo};
	struct dns_view *view = dns_view_new(NULL);
	unsigned rounds = 0;

	while (rdns_check(&q, view, a, out, findings) == VERIFY_NEEDS_DNS) {
		require(++rounds <= 2 && findings->count == 0);
		answer_all(w, a, view, reversed);
	}
	require(dns_view_answered(view) <= 2 + RDNS_NAMES_MAX);
	require_sane_rdns(out, findings, helo);
	dns_view_free(view);
}

static void fuzz_rdns(const struct world *w, struct span helo)
{
	struct finding_list one_findings = {0}, other_findings = {0};
	struct arena *a = arena_new();
	struct rdns_verdict one, other;

	check_rdns(w, helo, false, a, &one, &one_findings);
	check_rdns(w, helo, true, a, &other, &other_findings);
	require(one.result == other.result && strcmp(one.reason, other.reason) == 0);
	require(one_findings.count == other_findings.count);
	arena_free(a);
}

/* Any text as a name of the client, and a name that certainly spells it. */
static void fuzz_generic(const struct world *w, struct span name)
{
	enum rdns_generic got = rdns_generic(name, &w->client);
	char spelled[IP_TEXT_SIZE + 20];

	require(got < RDNS_GENERIC_COUNT);
	if (name.len < 4)
		require(got == RDNS_GENERIC_NO);
	if (w->client.family != IP_V4)
		return;
	snprintf(spelled, sizeof(spelled), "%u-%u-%u-%u.example", w->client.octets[0],
	    w->client.octets[1], w->client.octets[2], w->client.octets[3]);
	require(rdns_generic(span_from(spelled), &w->client) == RDNS_GENERIC_ADDRESS);
}

static void fuzz_record(struct span text)
{
	struct spf_record record;
	struct spf_term t;
	struct error err = {0};
	struct span rest;
	bool redirect = false, exp = false;

	if (!spf_record_is(text))
		return;
	if (spf_record_parse(text, &record, &err) < 0) {
		require(err.text[0] != '\0' && printable(err.text));
		return;
	}
	for (rest = record.terms; spf_record_next(&rest, &t);) {
		require(
		    t.text.data >= text.data && t.text.data + t.text.len <= text.data + text.len);
		require(t.domain.len == 0 || spf_macro_check(t.domain, 0, NULL, NULL) == 0);
		require(t.network.bits <= 128 && t.bits4 <= 32 && t.bits6 <= 128);
		redirect = redirect || t.kind == SPF_TERM_REDIRECT;
		exp = exp || t.kind == SPF_TERM_EXP;
	}
	require(span_trim(rest).len == 0);
	require(redirect == record.has_redirect && exp == record.has_exp);
}

static void fuzz_macro(const struct world *w, struct span text, struct span other)
{
	struct spf_macro_values v = {.sender = text,
	    .local = other,
	    .sender_domain = text,
	    .domain = other,
	    .helo = text,
	    .validated = other,
	    .client = w->client,
	    .now = -1};
	struct buffer out = BUFFER_INIT;
	char name[SPF_NAME_SIZE];

	if (spf_macro_check(text, 0, NULL, NULL) == 0)
		require(spf_macro_domain(&v, text, name) < SPF_NAME_SIZE);
	if (spf_macro_text(&v, text, &out) == 0)
		require(
		    out.len <= SPF_EXPLANATION_MAX && (out.data == NULL || printable(out.data)));
	else
		require(out.len == 0);
	buffer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size);
	struct span mail_from = span_cut(&rest, '\n'), helo = span_cut(&rest, '\n');
	struct span address = span_cut(&rest, '\n');
	struct world w = {.count = 0};

	if (ip_parse(address, &w.client) < 0)
		ip_parse(SPAN("192.0.2.1"), &w.client);
	while (rest.data != NULL && w.count < LINES_MAX) {
		struct span line = span_cut(&rest, '\n');

		w.lines[w.count++] = line;
		fuzz_record(line);
		fuzz_macro(&w, line, mail_from);
		fuzz_generic(&w, line);
	}
	fuzz_evaluation(&w, mail_from, helo);
	fuzz_rdns(&w, helo);
	return 0;
}
