/*
 * SPDX-License-Identifier: ISC
 *
 * An address out of an SPF record: which term gives it, what excludes it, and why there is none.
 */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "records.h"
#include "unit.h"
#include "verify/spf_egress.h"

#define NOW 1800000000

/* The record of example.net, with the records that every row has. */
static const char RECORDS[] =
    "mail.example.net A 192.0.2.7\n"
    "mail.example.net AAAA 2001:db8::7\n"
    "mx1.example.net A 192.0.2.21\n"
    "mx2.example.net A 192.0.2.22\n"
    "mx2.example.net AAAA 2001:db8::22\n"
    "six.example.net AAAA 2001:db8::6\n"
    "slow.example.net TIMEOUT\n"
    "pool.example.net MX 20 mx2.example.net\n"
    "pool.example.net MX 10 mx1.example.net\n"
    "nomail.example.net MX 0 .\n"
    "_spf.example.net TXT v=spf1 ip4:198.51.100.64/26 ~all\n"
    "_spf6.example.net TXT v=spf1 ip6:2001:db8:1::/48 -all\n"
    "_any.example.net TXT v=spf1 ?all\n"
    "_all.example.net TXT v=spf1 +all\n"
    "_here.example.net TXT v=spf1 a:mail.%{d} a:mail.example.net -all\n"
    "_two.example.net TXT v=spf1 -all\n"
    "_two.example.net TXT v=spf1 ?all\n"
    "_bad.example.net TXT v=spf1 ip4:1.2.3 -all\n"
    "_loop.example.net TXT v=spf1 include:_loop.example.net ip4:192.0.2.9\n";

static const struct {
	const char *name, *record;
	const char *ip;     /* "" for none */
	const char *reason; /* a part of it */
	bool failed;
} rows[] = {
    {"one address", "ip4:192.0.2.1 -all", "192.0.2.1", NULL, false},
    {"order of the record", "ip6:2001:db8::5 ip4:192.0.2.1 -all", "2001:db8::5", NULL, false},
    {"network", "ip4:192.0.2.0/24 -all", "192.0.2.1", NULL, false},
    {"network with host bits", "ip4:192.0.2.77/24 -all", "192.0.2.1", NULL, false},
    {"/31", "ip4:192.0.2.8/31 -all", "192.0.2.8", NULL, false},
    {"/30", "ip4:192.0.2.8/30 -all", "192.0.2.9", NULL, false},
    {"/9 in the middle of an octet", "ip4:10.200.3.4/9 -all", "10.128.0.1", NULL, false},
    {"v6 network", "ip6:2001:db8::/32 -all", "2001:db8::1", NULL, false},
    {"v6 /127", "ip6:2001:db8::a/127 -all", "2001:db8::a", NULL, false},
    {"v6 host", "ip6:2001:db8::a -all", "2001:db8::a", NULL, false},
    {"excluded before", "-ip4:192.0.2.1 ip4:192.0.2.0/24 ip4:192.0.2.9 -all", "192.0.2.9", NULL,
	false},
    {"excluded for good", "-ip4:192.0.2.0/25 ip4:192.0.2.0/24 -all", "",
	"192.0.2.1 matches -ip4:192.0.2.0/25", false},
    {"not by softfail", "~ip4:192.0.2.1 ?ip4:192.0.2.2 ip4:192.0.2.3 -all", "192.0.2.3", NULL,
	false},
    {"a", "a:mail.example.net -all", "192.0.2.7", NULL, false},
    {"a, its v4 excluded", "-ip4:192.0.2.7 a:mail.example.net -all", "2001:db8::7", NULL, false},
    {"a with v6 alone", "a:six.example.net -all", "2001:db8::6", NULL, false},
    {"a of nothing, then ip4", "a:none.example.net ip4:192.0.2.3 -all", "192.0.2.3", NULL, false},
    {"mx by preference", "mx:pool.example.net -all", "192.0.2.21", NULL, false},
    {"mx, the first excluded", "-ip4:192.0.2.21 mx:pool.example.net -all", "192.0.2.22", NULL,
	false},
    {"null mx", "mx:nomail.example.net -all", "", "has no ip4, ip6, a or mx", false},
    {"include", "include:_spf.example.net -all", "198.51.100.65", NULL, false},
    {"include before ip4", "include:_spf6.example.net ip4:192.0.2.1 -all", "2001:db8:1::1", NULL,
	false},
    {"include that gives none", "include:_any.example.net ip4:192.0.2.1 -all", "192.0.2.1", NULL,
	false},
    {"include with a of %{d}", "include:_here.example.net -all", "192.0.2.7", NULL, false},
    {"include that is not for pass", "?include:_spf.example.net ip4:192.0.2.1 -all", "192.0.2.1",
	NULL, false},
    {"redirect", "redirect=_spf.example.net", "198.51.100.65", NULL, false},
    {"redirect behind all", "-all redirect=_spf.example.net", "", "has no ip4", false},
    {"terms behind all", "-all ip4:192.0.2.1", "", "has no ip4", false},
    {"macros of the mail", "a:%{l}.example.net include:%{i}._spf.example.net ip4:192.0.2.1 -all",
	"", "leads to a domain without an SPF record", false},
    {"macros of the mail, later", "ip4:192.0.2.1 exists:%{i}._spf.example.net -all", "192.0.2.1",
	NULL, false},
    {"exists and ptr are skipped", "exists:%{i}.example.net ptr ip4:192.0.2.1 -all", "192.0.2.1",
	NULL, false},
    {"exists alone", "exists:%{i}.example.net -all", "", "has no ip4, ip6, a or mx", false},
    {"everybody", "+all", "", "lets every address pass", false},
    {"everybody by a network", "ip4:0.0.0.0/0 -all", "", "lets every address pass", false},
    {"everybody by include", "include:_all.example.net -all", "", "_all.example.net lets every",
	false},
    {"everybody, but one is named", "ip4:192.0.2.1 +all", "192.0.2.1", NULL, false},
    {"nobody", "-all", "", "example.net has no ip4, ip6, a or mx", false},
    {"syntax error", "ip4:192.0.2.1 ip4:x", "", "has a syntax error", false},
    {"include of nothing", "include:none.example.net ip4:192.0.2.1 -all", "",
	"none.example.net publishes no SPF record", false},
    {"include of two records", "include:_two.example.net ip4:192.0.2.1 -all", "",
	"_two.example.net publishes 2 SPF records", false},
    {"include with an error", "include:_bad.example.net ip4:192.0.2.1 -all", "",
	"the SPF record of _bad.example.net has a syntax error", false},
    {"a loop", "include:_loop.example.net -all", "", "more than 10 DNS lookups", false},
    {"an include that times out", "include:slow.example.net ip4:192.0.2.1 -all", "",
	"the lookup of slow.example.net TXT failed", true},
    {"a time-out behind the address", "ip4:192.0.2.1 include:slow.example.net -all", "192.0.2.1",
	NULL, false},
    {"a time-out that does not matter", "a:slow.example.net -all", "",
	"the lookup of slow.example.net A failed", true},
};

struct search {
	struct ip ip;
	const char *reason;
	bool failed;
	unsigned rounds;
};

static struct search find(const char *domain, const char *records, struct arena *a)
{
	struct span name = unit_guard(span_from(domain));
	struct dns_view *view = dns_view_new(NULL);
	struct search s = {.rounds = 0};
	const struct spf_egress_query q = {name, NOW};
	struct spf_egress out;
	unsigned tries = SPF_EGRESS_TRIES_MAX;

	while (spf_egress(&q, view, a, &tries, &out) == VERIFY_NEEDS_DNS) {
		tries = SPF_EGRESS_TRIES_MAX;
		ck_assert_uint_gt(records_answer(view, records), 0);
		ck_assert_uint_lt(++s.rounds, VERIFY_ROUNDS_MAX);
	}
	s.ip = out.ip;
	s.reason = out.reason;
	s.failed = out.failed;
	dns_view_free(view);
	unit_guard_free(name);
	return s;
}

START_TEST(by_record)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena *a = arena_new();
		const char *all =
		    arena_printf(a, "example.net TXT v=spf1 %s\n%s", rows[i].record, RECORDS);
		struct search s = find("example.net", all, a);
		char ip[IP_TEXT_SIZE];

		ck_assert_msg(strcmp(ip_format(&s.ip, ip), rows[i].ip) == 0,
		    "%s: got \"%s\", expected \"%s\": %s", rows[i].name, ip, rows[i].ip,
		    s.reason == NULL ? "" : s.reason);
		ck_assert_msg((s.reason == NULL) == (rows[i].reason == NULL), "%s", rows[i].name);
		if (s.reason != NULL)
			ck_assert_msg(strstr(s.reason, rows[i].reason) != NULL, "%s: \"%s\"",
			    rows[i].name, s.reason);
		ck_assert_msg(s.failed == rows[i].failed, "%s: failed", rows[i].name);
		ck_assert_msg(s.rounds <= 5, "%s: %u rounds", rows[i].name, s.rounds);
		arena_free(a);
	}
}
END_TEST

static const struct {
	const char *domain, *records, *reason;
	bool failed;
} domains[] = {
    {"example.net", "example.net TXT x\n", "example.net publishes no SPF record", false},
    {"none.example.net", "", "none.example.net publishes no SPF record", false},
    {"example.net", "example.net TXT v=spf1 ip4:192.0.2.1\nexample.net TXT v=spf1 -all\n",
	"example.net publishes 2 SPF records", false},
    {"example.net", "example.net SERVFAIL\n", "the lookup of example.net TXT failed", true},
    {"net", "net TXT v=spf1 ip4:192.0.2.1\n", "two or more labels", false},
    {"a..b", "", "publishes no SPF record", false},
    {"", "", "publishes no SPF record", false},
};

START_TEST(without_a_record)
{
	for (size_t i = 0; i < ARRAY_SIZE(domains); i++) {
		struct arena *a = arena_new();
		struct search s = find(domains[i].domain, domains[i].records, a);

		ck_assert_int_eq(s.ip.family, IP_NONE);
		ck_assert_msg(strstr(s.reason, domains[i].reason) != NULL, "%s: \"%s\"",
		    domains[i].domain, s.reason);
		ck_assert_msg(s.failed == domains[i].failed, "%s", domains[i].domain);
		arena_free(a);
	}
}
END_TEST

START_TEST(domain_in_unicode)
{
	struct arena *a = arena_new();
	struct search s = find("B\xc3\xbc"
			       "cher.example",
	    "xn--bcher-kva.example TXT v=spf1 ip4:192.0.2.1\n", a);

	ck_assert_int_eq(s.ip.family, IP_V4);
	arena_free(a);
}
END_TEST

/* However many addresses are excluded, the work is bounded; the last of fifty may still do. */
START_TEST(tries_are_bounded)
{
	static const struct {
		int excluded;
		enum ip_family family;
	} cases[] = {{SPF_EGRESS_TRIES_MAX - 1, IP_V4}, {SPF_EGRESS_TRIES_MAX, IP_NONE}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buffer record = BUFFER_INIT;
		struct arena *a = arena_new();
		struct search s;

		buffer_add_string(&record, "example.net TXT v=spf1 -ip4:10.0.0.0/8");
		for (int k = 0; k < cases[i].excluded; k++)
			buffer_printf(&record, " ip4:10.0.0.%d", k);
		buffer_add_string(&record, " ip4:192.0.2.1 -all\n");
		s = find("example.net", record.data, a);
		ck_assert_msg(s.ip.family == cases[i].family, "%d excluded", cases[i].excluded);
		arena_free(a);
		buffer_clear(&record);
	}
}
END_TEST

/* Eleven includes: the addresses of the ten that count do, the one behind them does not. */
START_TEST(lookups_are_bounded)
{
	for (int count = 9; count <= 11; count++) {
		struct buffer records = BUFFER_INIT;
		struct arena *a = arena_new();
		struct search s;

		buffer_add_string(&records, "example.net TXT v=spf1");
		for (int k = 0; k < count; k++)
			buffer_printf(&records, " include:i%d.example.net", k);
		buffer_add_string(&records, " ip4:192.0.2.1 -all\n");
		for (int k = 0; k < count; k++)
			buffer_printf(&records, "i%d.example.net TXT v=spf1 -all\n", k);
		s = find("example.net", records.data, a);
		ck_assert_msg(
		    (s.ip.family == IP_V4) == (count <= 10), "%d includes: %s", count, s.reason);
		ck_assert_msg(s.rounds <= 2, "%d includes: %u rounds", count, s.rounds);
		arena_free(a);
		buffer_clear(&records);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {by_record, without_a_record, domain_in_unicode,
	    tries_are_bounded, lookups_are_bounded, NULL};

	return unit_main("spf_egress", tests);
}
