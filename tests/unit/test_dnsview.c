/*
 * SPDX-License-Identifier: ISC
 *
 * dns/view: what is known, what is missing, chains across zones and fetched answers, and the
 * evidence and its way back.
 */
#include "dns/view.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "dns.h"
#include "unit.h"

#define ZONE                                                                                       \
	"$ORIGIN in.test.\n$TTL 50\n"                                                              \
	"a A 192.0.2.1\n"                                                                          \
	"t TXT \"one \" \"two\"\n"                                                                 \
	"out CNAME x.far\n"                                                                        \
	"far CNAME x.far.\n"                                                                       \
	"back CNAME back.far.\n"                                                                   \
	"loop CNAME loop.far.\n"                                                                   \
	"$MAILASSAY TIMEOUT slow\n"

static struct dns_zones *zones_of(const char *text)
{
	struct dns_zones *z = dns_zones_new();
	struct error err;

	ck_assert_msg(dns_zones_add(z, "zone", span_from(text), &err) == 0, "%s", err.text);
	return z;
}

static void check(struct dns_view *v, const char *name, enum dns_type type, const char *want)
{
	struct buffer out = BUFFER_INIT;
	const char *got = unit_answer(&out, dns_view_lookup(v, span_from(name), type), type);

	ck_assert_msg(strcmp(got, want) == 0, "%s: got \"%s\", expected \"%s\"", name, got, want);
	buffer_clear(&out);
}

/* "NAME TYPE,NAME TYPE" */
static void check_missing(const struct dns_view *v, const char *want)
{
	const struct dns_question *q;
	size_t count = dns_view_missing(v, &q);
	struct buffer got = BUFFER_INIT;

	buffer_add_string(&got, "");
	for (size_t i = 0; i < count; i++)
		buffer_printf(
		    &got, "%s%s %s", i > 0 ? "," : "", q[i].name, DNS_TYPE_NAME[q[i].type]);
	ck_assert_str_eq(got.data, want);
	buffer_clear(&got);
}

static void put_ip(struct dns_view *v, const char *name, const char *canonical, const char *ip)
{
	struct dns_record record = {.ttl = 20};
	struct dns_answer answer = {DNS_OK, canonical, &record, 1, 20};

	ck_assert_int_eq(ip_parse(span_from(ip), &record.ip), 0);
	dns_view_put(v, span_from(name), DNS_A, &answer);
}

static void put_status(
    struct dns_view *v, const char *name, enum dns_status status, const char *canonical)
{
	struct dns_answer answer = {.status = status, .canonical = canonical, .ttl = 30};

	dns_view_put(v, span_from(name), DNS_A, &answer);
}

START_TEST(missing_and_put)
{
	struct dns_view *v = dns_view_new(NULL);
	const struct dns_answer *first;

	check_missing(v, "");
	check(v, "A.Example.", DNS_A, "none");
	check(v, "a.example", DNS_A, "none");
	check(v, "a.example", DNS_MX, "none");
	check(v, "b.example", DNS_A, "none");
	check_missing(v, "a.example A,a.example MX,b.example A");
	put_ip(v, "A.EXAMPLE", NULL, "192.0.2.7");
	check_missing(v, "a.example MX,b.example A");
	check(v, "a.example", DNS_A, "NOERROR [192.0.2.7] ttl 20");
	first = dns_view_lookup(v, SPAN("a.example"), DNS_A);
	put_ip(v, "a.example", NULL, "192.0.2.8");
	ck_assert_ptr_eq(dns_view_lookup(v, SPAN("a.example"), DNS_A), first);
	ck_assert_uint_eq(dns_view_answered(v), 1);
	dns_view_fail_missing(v, DNS_TIMEOUT);
	check_missing(v, "");
	check(v, "b.example", DNS_A, "TIMEOUT ttl 0");
	check(v, "a.example", DNS_MX, "TIMEOUT ttl 0");
	ck_assert_uint_eq(dns_view_answered(v), 3);
	check(v, "a..b", DNS_A, "NXDOMAIN ttl 0");
	check_missing(v, "");
	dns_view_free(v);
}
END_TEST

START_TEST(zones_first)
{
	struct dns_zones *z = zones_of(ZONE);
	struct dns_view *v = dns_view_new(z);

	put_ip(v, "a.in.test", NULL, "192.0.2.99");
	check(v, "a.in.test", DNS_A, "NOERROR [192.0.2.1] ttl 50");
	check(v, "none.in.test", DNS_A, "NXDOMAIN ttl 60");
	check(v, "slow.in.test", DNS_A, "TIMEOUT ttl 0");
	check_missing(v, "");
	dns_view_free(v);
	dns_zones_free(z);
}
END_TEST

START_TEST(chains)
{
	struct dns_zones *z = zones_of(ZONE);
	struct dns_view *v = dns_view_new(z);

	/* Out of the zone. */
	check(v, "far.in.test", DNS_A, "none");
	check_missing(v, "x.far A");
	put_ip(v, "x.far", NULL, "192.0.2.5");
	check(v, "far.in.test", DNS_A, "NOERROR -> x.far. [192.0.2.5] ttl 20");
	check(v, "x.far", DNS_A, "NOERROR [192.0.2.5] ttl 20");
	/* Out and back, by a fetched chain whose own records do not count. */
	check(v, "back.in.test", DNS_A, "none");
	put_ip(v, "back.far", "a.in.test", "192.0.2.66");
	check(v, "back.in.test", DNS_A, "NOERROR -> a.in.test. [192.0.2.1] ttl 20");
	check(v, "back.far", DNS_A, "NOERROR -> a.in.test. [192.0.2.1] ttl 20");
	/* Round and round. */
	check(v, "loop.in.test", DNS_A, "none");
	put_status(v, "loop.far", DNS_OK, "loop.in.test");
	check(v, "loop.in.test", DNS_A, "SERVFAIL ttl 0");
	/* A fetched chain that stays outside, negative at its end. */
	put_status(v, "n.far", DNS_NXDOMAIN, "m.far");
	check(v, "n.far", DNS_A, "NXDOMAIN -> m.far. ttl 30");
	/* One that only points on. */
	put_status(v, "p.far", DNS_OK, "q.far");
	check(v, "p.far", DNS_A, "none");
	check_missing(v, "q.far A");
	put_status(v, "q.far", DNS_NODATA, NULL);
	check(v, "p.far", DNS_A, "NODATA -> q.far. ttl 30");
	check(v, "far.in.test", DNS_CNAME, "NOERROR [x.far.] ttl 50");
	check_missing(v, "");
	dns_view_free(v);
	dns_zones_free(z);
}
END_TEST

START_TEST(too_many)
{
	struct dns_view *v = dns_view_new(NULL);
	const struct dns_question *q;
	char name[32];

	for (int i = 0; i < DNS_VIEW_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		check(v, name, DNS_A, "none");
	}
	ck_assert_uint_eq(dns_view_missing(v, &q), DNS_VIEW_MAX);
	check(v, "more", DNS_A, "SERVFAIL ttl 0");
	check(v, "n0", DNS_TXT, "SERVFAIL ttl 0");
	ck_assert_uint_eq(dns_view_missing(v, &q), DNS_VIEW_MAX);
	dns_view_fail_missing(v, DNS_TIMEOUT);
	ck_assert_uint_eq(dns_view_missing(v, &q), 0);
	check(v, "n999", DNS_A, "TIMEOUT ttl 0");
	check(v, "more", DNS_A, "SERVFAIL ttl 0");
	dns_view_free(v);
}
END_TEST

#define EVIDENCE                                                                                   \
	";; t.in.test. TXT NOERROR\n"                                                              \
	"t.in.test. 50 IN TXT \"one two\"\n"                                                       \
	";; nothing.in.test. MX NXDOMAIN\n"                                                        \
	";; far.in.test. A NOERROR x.far.\n"                                                       \
	"x.far. 20 IN A 192.0.2.5\n"                                                               \
	";; x.far. A NOERROR\n"                                                                    \
	"x.far. 20 IN A 192.0.2.5\n"                                                               \
	";; slow.far. A TIMEOUT\n"                                                                 \
	";; . A NODATA\n"

static void check_evidence(const struct dns_view *v, const char *want)
{
	struct buffer got = BUFFER_INIT;

	buffer_add_string(&got, "");
	dns_view_evidence(v, &got);
	ck_assert_str_eq(got.data, want);
	buffer_clear(&got);
}

START_TEST(evidence)
{
	struct dns_zones *z = zones_of(ZONE);
	struct dns_view *v = dns_view_new(z), *again = dns_view_new(NULL);
	struct error err = {.text = ""};

	check(v, "t.in.test", DNS_TXT, "NOERROR [\"one two\"] ttl 50");
	check(v, "nothing.in.test", DNS_MX, "NXDOMAIN ttl 60");
	check(v, "far.in.test", DNS_A, "none");
	put_ip(v, "x.far", NULL, "192.0.2.5");
	check(v, "far.in.test", DNS_A, "NOERROR -> x.far. [192.0.2.5] ttl 20");
	check(v, "slow.far", DNS_A, "none");
	dns_view_fail_missing(v, DNS_TIMEOUT);
	put_status(v, "", DNS_NODATA, NULL);
	check(v, "late.far", DNS_A, "none");
	check_evidence(v, EVIDENCE);
	ck_assert_int_eq(dns_view_restore(again, span_from(EVIDENCE), &err), 0);
	check_evidence(again, EVIDENCE);
	ck_assert_uint_eq(dns_view_answered(again), 6);
	check(again, "t.in.test", DNS_TXT, "NOERROR [\"one two\"] ttl 50");
	check(again, "nothing.in.test", DNS_MX, "NXDOMAIN ttl 0");
	check(again, "far.in.test", DNS_A, "NOERROR -> x.far. [192.0.2.5] ttl 20");
	check(again, "slow.far", DNS_A, "TIMEOUT ttl 0");
	check_missing(again, "");
	dns_view_free(v);
	dns_view_free(again);
	dns_zones_free(z);
}
END_TEST

START_TEST(evidence_refused)
{
	static const struct {
		const char *text;
		unsigned line;
	} rows[] = {
	    {"x", 1},
	    {"\n", 1},
	    {";; a A NOERROR\n", 1},
	    {";; a. B NOERROR\n", 1},
	    {";; a. A FINE\n", 1},
	    {";; a. A\n", 1},
	    {";; a. A NOERROR b\n", 1},
	    {";; a. A NOERROR b. c.\n", 1},
	    {"a. 5 IN A 192.0.2.1\n", 1},
	    {";; a. A NOERROR\nb. 5 IN A 192.0.2.1\n", 2},
	    {";; a. A NOERROR b.\na. 5 IN A 192.0.2.1\n", 2},
	    {";; a. A NOERROR\na. 5 IN A 192.0.2.1\na. x IN A 192.0.2.1\n", 3},
	    {";; a. A NOERROR\na. 5 CH A 192.0.2.1\n", 2},
	    {";; a. A NOERROR\na. 5 IN MX 5 b.\n", 2},
	    {";; a. A NOERROR\na. 5 IN A 192.0.2\n", 2},
	    {";; a. A NXDOMAIN\na. 5 IN A 192.0.2.1\n", 2},
	    {";; a. A NODATA\n\n;; b. A NODATA\n", 2},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dns_view *v = dns_view_new(NULL);
		struct span text = unit_guard(span_from(rows[i].text));
		struct error err = {.text = "accepted"};
		char want[32];

		snprintf(want, sizeof(want), "line %u of the evidence", rows[i].line);
		ck_assert_msg(dns_view_restore(v, text, &err) < 0 &&
				  strncmp(err.text, want, strlen(want)) == 0,
		    "\"%s\": %s", rows[i].text, err.text);
		unit_guard_free(text);
		dns_view_free(v);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    missing_and_put, zones_first, chains, too_many, evidence, evidence_refused, NULL};

	return unit_main("dnsview", tests);
}
