/*
 * SPDX-License-Identifier: ISC
 *
 * Reverse DNS of the client: results, what is asked in which round, and limits.
 */
#include <string.h>

#include "base/buffer.h"
#include "records.h"
#include "unit.h"
#include "verify/rdns.h"

static const char RECORDS[] = "1.2.0.192.in-addr.arpa PTR mx.example.com\n"
			      "mx.example.com A 192.0.2.1\n"
			      "mx.example.com AAAA 2001:db8::1\n"
			      "2.2.0.192.in-addr.arpa PTR mx.example.com\n"
			      "2.2.0.192.in-addr.arpa PTR slow.example.com\n"
			      "slow.example.com TIMEOUT\n"
			      "3.2.0.192.in-addr.arpa SERVFAIL\n"
			      "4.2.0.192.in-addr.arpa PTR mx.example.com\n"
			      "5.2.0.192.in-addr.arpa PTR slow.example.com\n"
			      "5.2.0.192.in-addr.arpa PTR five.example.com\n"
			      "five.example.com A 192.0.2.5\n"
			      "6.2.0.192.in-addr.arpa PTR a.example.com\n"
			      "6.2.0.192.in-addr.arpa PTR b.example.com\n"
			      "6.2.0.192.in-addr.arpa PTR c.example.com\n"
			      "a.example.com A 192.0.2.66\n"
			      "b.example.com A 192.0.2.66\n"
			      "b.example.com A 192.0.2.6\n"
			      "c.example.com A 192.0.2.6\n"
			      "b.example.net A 192.0.2.9\n"
			      "xn--bcher-kva.example A 192.0.2.1\n"
			      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
			      ".9.b.d.0.1.0.0.2.ip6.arpa PTR v4.example.com\n"
			      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
			      ".9.b.d.0.1.0.0.2.ip6.arpa PTR six.example.com\n"
			      "v4.example.com A 192.0.2.1\n"
			      "six.example.com AAAA 2001:db9::2\n"
			      "six.example.com AAAA 2001:db9::1\n";

#define NOT_A_NAME "; the HELO argument is neither a fully qualified domain name nor an address"

static const struct {
	const char *client;
	const char *helo;
	enum auth_result result;
	const char *confirmed;
	size_t names;
	bool helo_match;
	const char *reason; /* a part of it */
	bool not_a_name;    /* the finding */
} cases[] = {
    {"192.0.2.1", "mx.example.com", AUTH_PASS, "mx.example.com", 1, true,
	"leads back to it, and so does the HELO name", false},
    {"192.0.2.1", "MX.example.com.", AUTH_PASS, "mx.example.com", 1, true, NOT_A_NAME, true},
    {"192.0.2.1",
	"b\xc3\xbc"
	"cher.example",
	AUTH_PASS, "mx.example.com", 1, true, NOT_A_NAME, true},
    {"192.0.2.1", "b.example.net", AUTH_PASS, "mx.example.com", 1, false,
	"to it; the HELO name does not lead to it", false},
    {"192.0.2.1", "slow.example.com", AUTH_PASS, "mx.example.com", 1, false,
	"to it; the HELO name could not be looked up", false},
    {"192.0.2.1", "[192.0.2.1]", AUTH_PASS, "mx.example.com", 1, false,
	"to it; HELO gives the address instead of a name", false},
    {"192.0.2.1", "[192.0.2.2]", AUTH_PASS, "mx.example.com", 1, false,
	"to it; HELO gives another address instead of a name", false},
    {"192.0.2.1", "[IPv6:2001:db9::1]", AUTH_PASS, "mx.example.com", 1, false,
	"HELO gives another address", false},
    {"192.0.2.1", "[192.0.2.]", AUTH_PASS, "mx.example.com", 1, false, NOT_A_NAME, true},
    {"192.0.2.1", "192.0.2.1", AUTH_PASS, "mx.example.com", 1, false, NOT_A_NAME, true},
    {"192.0.2.1", "localhost", AUTH_PASS, "mx.example.com", 1, false, NOT_A_NAME, true},
    {"192.0.2.1", "my_host.example.com", AUTH_PASS, "mx.example.com", 1, false, NOT_A_NAME, true},
    {"192.0.2.1", "-.\xff \n", AUTH_PASS, "mx.example.com", 1, false, NOT_A_NAME, true},
    {"192.0.2.2", "x", AUTH_TEMPERROR, NULL, 2, false, "could not be looked up: try again later;",
	true},
    {"192.0.2.2", "b.example.net", AUTH_TEMPERROR, NULL, 2, false, "try again later", false},
    {"192.0.2.3", "[192.0.2.3]", AUTH_TEMPERROR, NULL, 0, false,
	"the PTR lookup of 192.0.2.3 failed: try again later; HELO gives the address", false},
    {"192.0.2.4", "mx.example.com", AUTH_FAIL, NULL, 1, false,
	"192.0.2.4 has the name mx.example.com, which does not lead back to it: give the name an "
	"A record",
	false},
    {"192.0.2.5", "x", AUTH_PASS, "five.example.com", 2, false, "leads back", true},
    {"192.0.2.6", "c.example.com", AUTH_PASS, "b.example.com", 3, true, "the name b.example.com,",
	false},
    {"192.0.2.9", "b.example.net", AUTH_PERMERROR, NULL, 0, true, "has no PTR record", false},
    {"2001:db8::1", "mx.example.com", AUTH_PERMERROR, NULL, 0, true, "has no PTR record", false},
    {"2001:db9::1", "six.example.com", AUTH_PASS, "six.example.com", 2, true, "and so does", false},
    {"2001:db9::1", "v4.example.com", AUTH_PASS, "six.example.com", 2, false, "does not lead",
	false},
    {"2001:db9::1", "[IPv6:2001:DB9:0::1]", AUTH_PASS, "six.example.com", 2, false,
	"HELO gives the address instead of a name", false},
};

static void judge_with(const char *client, const char *helo, const char *records, struct arena *a,
    struct rdns_verdict *out, struct finding_list *findings)
{
	struct rdns_query q = {.helo = unit_guard(span_from(helo))};
	struct dns_view *view = dns_view_new(NULL);
	unsigned rounds = 0;

	ck_assert_int_eq(ip_parse(span_from(client), &q.client), 0);
	while (rdns_check(&q, view, a, out, findings) == VERIFY_NEEDS_DNS) {
		ck_assert(findings == NULL || findings->count == 0);
		ck_assert_uint_gt(records_answer(view, records), 0);
		ck_assert_uint_le(++rounds, 2);
	}
	ck_assert_uint_le(dns_view_answered(view), 2 + RDNS_NAMES_MAX);
	dns_view_free(view);
	unit_guard_free(q.helo);
}

static void judge(const char *client, const char *helo, const char *records, struct arena *a,
    struct rdns_verdict *out)
{
	judge_with(client, helo, records, a, out, NULL);
}

static const char *finding_text(const struct finding_list *l, enum finding_id id)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].id == id)
			return l->items[i].text;
	return NULL;
}

START_TEST(results)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena *a = arena_new();
		struct finding_list findings = {0};
		struct rdns_verdict v;

		judge_with(cases[i].client, cases[i].helo, RECORDS, a, &v, &findings);
		ck_assert_msg(v.result == cases[i].result, "%s %s: got %s", cases[i].client,
		    cases[i].helo, AUTH_RESULT_NAME[v.result]);
		ck_assert_pstr_eq(v.confirmed, cases[i].confirmed);
		ck_assert_str_eq(v.ip, cases[i].client);
		ck_assert_uint_eq(v.name_count, cases[i].names);
		ck_assert_msg(v.helo_match == cases[i].helo_match, "%s", cases[i].helo);
		ck_assert_msg(strstr(v.reason, cases[i].reason) != NULL, "%s: \"%s\"",
		    cases[i].client, v.reason);
		ck_assert_msg(cases[i].not_a_name ==
				  (finding_text(&findings, FINDING_HELO_NOT_A_NAME) != NULL),
		    "%s", cases[i].helo);
		ck_assert_ptr_null(finding_text(&findings, FINDING_RDNS_GENERIC));
		arena_free(a);
	}
}
END_TEST

START_TEST(unknown_helo)
{
	static const char *const clients[] = {
	    "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.9"};

	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		struct arena *a = arena_new();
		struct finding_list findings = {0};
		struct rdns_verdict v;

		judge_with(clients[i], "", RECORDS, a, &v, &findings);
		ck_assert(!v.helo_match && findings.count == 0);
		ck_assert_msg(strstr(v.reason, "HELO") == NULL, "%s", v.reason);
		arena_free(a);
	}
}
END_TEST

/* What is hostile in a HELO argument is shown as digits. */
START_TEST(helo_text)
{
	struct arena *a = arena_new();
	struct finding_list findings = {0};
	struct rdns_verdict v;

	judge_with("192.0.2.1", "bad name\r\n\xe4", RECORDS, a, &v, &findings);
	ck_assert_str_eq(finding_text(&findings, FINDING_HELO_NOT_A_NAME),
	    "The argument of HELO or EHLO, \"bad\\032name\\013\\010\\228\", is neither a fully "
	    "qualified domain name nor an address literal; many receivers refuse such clients.");
	arena_free(a);
}
END_TEST

static const struct {
	const char *name;
	const char *records;
	const char *text; /* a part of the finding's; NULL: there is none */
} generic[] = {
    {"confirmed",
	"7.113.0.203.in-addr.arpa PTR host-203-0-113-7.isp.example\n"
	"host-203-0-113-7.isp.example A 203.0.113.7\n",
	"The name of 203.0.113.7, host-203-0-113-7.isp.example, looks generated (it spells the "
	"address)"},
    {"not confirmed", "7.113.0.203.in-addr.arpa PTR dyn-113-7.pool.isp.example\n",
	"looks generated (it has the end of the address, and a word"},
    {"all of several",
	"7.113.0.203.in-addr.arpa PTR 203-0-113-7.isp.example\n"
	"7.113.0.203.in-addr.arpa PTR 7.113.0.203.isp.example\n",
	"203-0-113-7.isp.example, looks"},
    {"one of several",
	"7.113.0.203.in-addr.arpa PTR 203-0-113-7.isp.example\n"
	"7.113.0.203.in-addr.arpa PTR mail.example.com\n",
	NULL},
    {"the confirmed one",
	"7.113.0.203.in-addr.arpa PTR mail.example.com\n"
	"7.113.0.203.in-addr.arpa PTR 203-0-113-7.isp.example\n"
	"203-0-113-7.isp.example A 203.0.113.7\n",
	"203-0-113-7.isp.example, looks"},
    {"the one that is not confirmed",
	"7.113.0.203.in-addr.arpa PTR 203-0-113-7.isp.example\n"
	"7.113.0.203.in-addr.arpa PTR mail.example.com\n"
	"mail.example.com A 203.0.113.7\n",
	NULL},
    {"one of the confirmed",
	"7.113.0.203.in-addr.arpa PTR 203-0-113-7.isp.example\n"
	"7.113.0.203.in-addr.arpa PTR mail.example.com\n"
	"203-0-113-7.isp.example A 203.0.113.7\n"
	"mail.example.com A 203.0.113.7\n",
	NULL},
    {"proper",
	"7.113.0.203.in-addr.arpa PTR mail.example.com\n"
	"mail.example.com A 203.0.113.7\n",
	NULL},
    {"no name", "", NULL},
    {"failure", "7.113.0.203.in-addr.arpa SERVFAIL\n", NULL},
};

START_TEST(generic_names)
{
	for (size_t i = 0; i < ARRAY_SIZE(generic); i++) {
		struct arena *a = arena_new();
		struct finding_list findings = {0};
		struct rdns_verdict v;
		const char *got;

		judge_with(
		    "::ffff:203.0.113.7", "mail.example.com", generic[i].records, a, &v, &findings);
		got = finding_text(&findings, FINDING_RDNS_GENERIC);
		ck_assert_msg((got != NULL) == (generic[i].text != NULL), "%s: %s", generic[i].name,
		    got == NULL ? "nothing found" : got);
		ck_assert_msg(got == NULL || strstr(got, generic[i].text) != NULL, "%s: \"%s\"",
		    generic[i].name, got);
		arena_free(a);
	}
}
END_TEST

START_TEST(unknown_client)
{
	struct dns_view *view = dns_view_new(NULL);
	struct arena *a = arena_new();
	const struct dns_question *missing;
	struct rdns_verdict v;
	struct finding_list findings = {0};
	struct rdns_query q = {.client = {.family = IP_NONE}, .helo = SPAN("x")};

	ck_assert_int_eq(rdns_check(&q, view, a, &v, &findings), VERIFY_DONE);
	ck_assert_uint_eq(findings.count, 0);
	ck_assert_int_eq(v.result, AUTH_NONE);
	ck_assert_ptr_null(v.ip);
	ck_assert_uint_eq(dns_view_missing(view, &missing), 0);
	arena_free(a);
	dns_view_free(view);
}
END_TEST

/* The eleventh name leads back, but is not asked for; it is listed all the same. */
START_TEST(ten_names_are_tried)
{
	struct buffer records = BUFFER_INIT;
	struct arena *a = arena_new();
	struct rdns_verdict v;

	for (int i = 0; i < 11; i++)
		buffer_printf(&records, "1.2.0.192.in-addr.arpa PTR n%d.example.com\n", i);
	buffer_add_string(&records, "n10.example.com A 192.0.2.1\n");
	judge("192.0.2.1", "x", records.data, a, &v);
	ck_assert_int_eq(v.result, AUTH_FAIL);
	ck_assert_uint_eq(v.name_count, 11);
	ck_assert_str_eq(v.names[10], "n10.example.com");
	buffer_add_string(&records, "n9.example.com A 192.0.2.1\n");
	judge("192.0.2.1", "x", records.data, a, &v);
	ck_assert_int_eq(v.result, AUTH_PASS);
	ck_assert_str_eq(v.confirmed, "n9.example.com");
	arena_free(a);
	buffer_clear(&records);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {results, unknown_helo, helo_text, generic_names,
	    unknown_client, ten_names_are_tried, NULL};

	return unit_main("rdns", tests);
}
