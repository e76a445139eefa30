/*
 * SPDX-License-Identifier: ISC
 *
 * check_host() over a view: what is asked in which round, what is said, and bounds. Results by
 * the hundred are in the scenarios.
 */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "records.h"
#include "unit.h"
#include "verify/spf.h"

static const char RECORDS[] =
    "example.com TXT v=spf1 ip4:203.0.113.0/24 a mx include:inc.example.com -all\n"
    "example.com A 192.0.2.1\n"
    "example.com MX 20 mx2.example.com\n"
    "example.com MX 10 mx1.example.com\n"
    "mx1.example.com A 192.0.2.11\n"
    "mx2.example.com A 192.0.2.12\n"
    "inc.example.com TXT v=spf1 exists:%{i}.inc.example.com ?all\n"
    "192.0.2.20.inc.example.com A 127.0.0.2\n"
    "p.example.com TXT v=spf1 exists:%{p}.x.example.com -all exp=exp.example.com\n"
    "30.2.0.192.in-addr.arpa PTR host.example.net\n"
    "host.example.net A 192.0.2.30\n"
    "exp.example.com TXT %{p} is not mx.%{d}\n"
    "early.example.com TXT v=spf1 a ip4:192.0.2.30 mx exists:never.example.com -all\n"
    "slow.example.com TIMEOUT\n";

struct rounds {
	struct buffer asked; /* the questions, ";" after each round */
	unsigned count;
};

static void note_questions(struct dns_view *view, struct rounds *rounds)
{
	const struct dns_question *missing;
	size_t n = dns_view_missing(view, &missing);

	for (size_t i = 0; i < n; i++)
		buffer_printf(&rounds->asked, "%s%s %s", i == 0 ? "" : ", ", missing[i].name,
		    DNS_TYPE_NAME[missing[i].type]);
	buffer_add_char(&rounds->asked, ';');
}

static void judge(struct spf_query q, const char *client, const char *records, struct arena *a,
    struct spf_verdict *out, struct rounds *rounds)
{
	struct dns_view *view = dns_view_new(NULL);
	struct span helo = unit_guard(q.helo), mail_from = unit_guard(q.mail_from);

	q.helo = helo;
	q.mail_from = mail_from;
	ck_assert_int_eq(ip_parse(span_from(client), &q.client), 0);
	while (spf_check(&q, view, a, out) == VERIFY_NEEDS_DNS) {
		if (rounds != NULL) {
			note_questions(view, rounds);
			rounds->count++;
		}
		ck_assert_uint_gt(records_answer(view, records), 0);
	}
	unit_guard_free(helo);
	unit_guard_free(mail_from);
	dns_view_free(view);
}

static struct spf_query mail_from(const char *address)
{
	return (struct spf_query){.helo = SPAN("app.example.com"), .mail_from = span_from(address)};
}

static const struct {
	const char *client;
	const char *domain;
	enum auth_result result;
	const char *mechanism;
	const char *asked;
} asking[] = {
    {"203.0.113.7", "example.com", AUTH_PASS, "ip4:203.0.113.0/24", "example.com TXT;"},
    {"192.0.2.1", "example.com", AUTH_PASS, "a", "example.com TXT;example.com A, example.com MX;"},
    {"192.0.2.12", "example.com", AUTH_PASS, "mx",
	"example.com TXT;example.com A, example.com MX;mx1.example.com A, mx2.example.com A;"},
    {"192.0.2.20", "example.com", AUTH_PASS,
	"include:inc.example.com -> exists:%{i}.inc.example.com",
	"example.com TXT;example.com A, example.com MX;mx1.example.com A, mx2.example.com A;"
	"inc.example.com TXT;192.0.2.20.inc.example.com A;"},
    {"192.0.2.30", "early.example.com", AUTH_PASS, "ip4:192.0.2.30",
	"early.example.com TXT;early.example.com A;"},
    {"192.0.2.30", "p.example.com", AUTH_FAIL, "-all",
	"p.example.com TXT;30.2.0.192.in-addr.arpa PTR;host.example.net A;"
	"host.example.net.x.example.com A;exp.example.com TXT;"},
    {"192.0.2.30", "slow.example.com", AUTH_TEMPERROR, NULL, "slow.example.com TXT;"},
    {"192.0.2.30", "single", AUTH_NONE, NULL, ""},
};

/* A name is asked only when it may be needed, and all of one mechanism's at once. */
START_TEST(questions_by_round)
{
	for (size_t i = 0; i < ARRAY_SIZE(asking); i++) {
		struct rounds rounds = {BUFFER_INIT, 0};
		struct arena *a = arena_new();
		char address[100];
		struct spf_verdict v;

		snprintf(address, sizeof(address), "a@%s", asking[i].domain);
		judge(mail_from(address), asking[i].client, RECORDS, a, &v, &rounds);
		ck_assert_msg(v.result == asking[i].result, "%s %s: got %s", asking[i].client,
		    asking[i].domain, AUTH_RESULT_NAME[v.result]);
		ck_assert_pstr_eq(v.mechanism, asking[i].mechanism);
		unit_span_eq(asking[i].domain, buffer_span(&rounds.asked), asking[i].asked);
		buffer_clear(&rounds.asked);
		arena_free(a);
	}
}
END_TEST

START_TEST(explanation_is_the_senders)
{
	struct arena *a = arena_new();
	struct spf_verdict v;

	judge(mail_from("a@p.example.com"), "192.0.2.30", RECORDS, a, &v, NULL);
	ck_assert_str_eq(v.explanation, "host.example.net is not mx.p.example.com");
	judge(mail_from("a@example.com"), "192.0.2.99", RECORDS, a, &v, NULL);
	ck_assert_int_eq(v.result, AUTH_FAIL);
	ck_assert_ptr_null(v.explanation);
	arena_free(a);
}
END_TEST

static const struct {
	const char *name;
	enum spf_identity identity;
	const char *helo, *mail_from;
	const char *said; /* identity */
	const char *domain;
} identities[] = {
    {"mail from", SPF_MAILFROM, "h.example", "a@M.example", "mailfrom", "m.example"},
    {"helo", SPF_HELO, "H.example.", "a@m.example", "helo", "h.example"},
    {"null", SPF_MAILFROM, "h.example", "", "mailfrom", "h.example"},
    {"no at sign", SPF_MAILFROM, "h.example", "m.example", "mailfrom", "m.example"},
    {"several at signs", SPF_MAILFROM, "h.example", "\"a@b\"@m.example", "mailfrom", "m.example"},
    {"no domain", SPF_MAILFROM, "h.example", "a@", "mailfrom", NULL},
    {"dot", SPF_MAILFROM, "h.example", "a@.", "mailfrom", NULL},
    {"blank", SPF_MAILFROM, "h.example", "a@m .example", "mailfrom", NULL},
    {"literal", SPF_MAILFROM, "h.example", "a@[192.0.2.1]", "mailfrom", NULL},
    {"no helo", SPF_HELO, "", "a@m.example", "helo", NULL},
    {"single label", SPF_HELO, "staging", "a@m.example", "helo", NULL},
    {"international", SPF_MAILFROM, "h",
	"a@b\xc3\xbc"
	"cher.example",
	"mailfrom", "xn--bcher-kva.example"},
};

START_TEST(identity_and_domain)
{
	for (size_t i = 0; i < ARRAY_SIZE(identities); i++) {
		struct spf_query q = {.identity = identities[i].identity,
		    .helo = span_from(identities[i].helo),
		    .mail_from = span_from(identities[i].mail_from)};
		struct arena *a = arena_new();
		struct spf_verdict v;

		judge(q, "192.0.2.1", "", a, &v, NULL);
		ck_assert_msg(v.result == AUTH_NONE, "%s", identities[i].name);
		ck_assert_str_eq(v.identity, identities[i].said);
		ck_assert_pstr_eq(v.domain, identities[i].domain);
		ck_assert_ptr_nonnull(v.reason);
		arena_free(a);
	}
}
END_TEST

START_TEST(unknown_client)
{
	struct dns_view *view = dns_view_new(NULL);
	struct spf_query q = mail_from("a@example.com");
	struct arena *a = arena_new();
	struct spf_verdict v;

	ck_assert_int_eq(spf_check(&q, view, a, &v), VERIFY_DONE);
	ck_assert_int_eq(v.result, AUTH_NONE);
	ck_assert_ptr_nonnull(v.reason);
	arena_free(a);
	dns_view_free(view);
}
END_TEST

/* A record as long as the DNS can carry, and one that includes ten of them. */
START_TEST(long_records)
{
	struct buffer records = BUFFER_INIT, terms = BUFFER_INIT;
	struct arena *a = arena_new();
	struct spf_verdict v;

	while (terms.len < 64000)
		buffer_add_string(&terms, " ip4:198.51.100.1");
	buffer_printf(&records, "long.example TXT v=spf1%s ip4:192.0.2.1 -all\n", terms.data);
	buffer_add_string(&records, "ten.example TXT v=spf1");
	for (int i = 0; i < 10; i++)
		buffer_printf(&records, " include:i%d.example", i);
	buffer_add_string(&records, " ip4:192.0.2.1 -all\n");
	for (int i = 0; i < 10; i++)
		buffer_printf(&records, "i%d.example TXT v=spf1%s ?all\n", i, terms.data);
	judge(mail_from("a@long.example"), "192.0.2.1", records.data, a, &v, NULL);
	ck_assert_str_eq(v.mechanism, "ip4:192.0.2.1");
	judge(mail_from("a@ten.example"), "192.0.2.1", records.data, a, &v, NULL);
	ck_assert_int_eq(v.result, AUTH_PASS);
	ck_assert_uint_eq(v.lookups, 10);
	ck_assert_uint_lt(arena_used(a), 100000);
	arena_free(a);
	buffer_clear(&terms);
	buffer_clear(&records);
}
END_TEST

/* A term that no sentence can bear is cut where it is shown. */
START_TEST(long_terms_are_cut)
{
	struct buffer records = BUFFER_INIT;
	struct arena *a = arena_new();
	struct spf_verdict v;

	buffer_add_string(&records, "x.example TXT v=spf1 exists:");
	for (int i = 0; i < 20000; i++)
		buffer_add_string(&records, "%{d}");
	buffer_add_string(&records, " moo");
	for (int i = 0; i < 20000; i++)
		buffer_add_char(&records, 'o');
	buffer_add_char(&records, '\n');
	judge(mail_from("a@x.example"), "192.0.2.1", records.data, a, &v, NULL);
	ck_assert_int_eq(v.result, AUTH_PERMERROR);
	ck_assert_uint_lt(strlen(v.reason), 600);
	ck_assert(strstr(v.reason, "moooo") != NULL);
	arena_free(a);
	buffer_clear(&records);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {questions_by_round, explanation_is_the_senders,
	    identity_and_domain, unknown_client, long_records, long_terms_are_cut, NULL};

	return unit_main("spf", tests);
}
