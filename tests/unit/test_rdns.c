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
			      "b.example.net A 192.0.2.9\n";

static const struct {
	const char *client;
	const char *helo;
	enum auth_result result;
	const char *confirmed;
	size_t names;
	bool helo_match;
	const char *reason; /* a part of it */
} cases[] = {
    {"192.0.2.1", "mx.example.com", AUTH_PASS, "mx.example.com", 1, true, "leads back to it, and"},
    {"192.0.2.1", "MX.example.com.", AUTH_PASS, "mx.example.com", 1, true, "and so does"},
    {"192.0.2.1", "b.example.net", AUTH_PASS, "mx.example.com", 1, false, "does not lead to it"},
    {"192.0.2.1", "", AUTH_PASS, "mx.example.com", 1, false, "does not lead to it"},
    {"192.0.2.1", "[192.0.2.1]", AUTH_PASS, "mx.example.com", 1, false, "does not lead to it"},
    {"192.0.2.1", "slow.example.com", AUTH_PASS, "mx.example.com", 1, false, "leads back"},
    {"192.0.2.2", "x", AUTH_TEMPERROR, NULL, 2, false, "could not be looked up"},
    {"192.0.2.3", "x", AUTH_TEMPERROR, NULL, 0, false, "the PTR lookup of 192.0.2.3 failed"},
    {"192.0.2.4", "x", AUTH_FAIL, NULL, 1, false, "does not lead back to it"},
    {"192.0.2.5", "x", AUTH_PASS, "five.example.com", 2, false, "leads back"},
    {"192.0.2.9", "b.example.net", AUTH_PERMERROR, NULL, 0, true, "has no PTR record"},
    {"2001:db8::1", "mx.example.com", AUTH_PERMERROR, NULL, 0, true, "has no PTR record"},
};

static void judge(const char *client, const char *helo, const char *records, struct arena *a,
    struct rdns_verdict *out)
{
	struct span name = unit_guard(span_from(helo));
	struct dns_view *view = dns_view_new(NULL);
	struct ip ip;
	unsigned rounds = 0;

	ck_assert_int_eq(ip_parse(span_from(client), &ip), 0);
	while (rdns_check(&ip, name, view, a, out) == VERIFY_NEEDS_DNS) {
		ck_assert_uint_gt(records_answer(view, records), 0);
		ck_assert_uint_le(++rounds, 2);
	}
	dns_view_free(view);
	unit_guard_free(name);
}

START_TEST(results)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena *a = arena_new();
		struct rdns_verdict v;

		judge(cases[i].client, cases[i].helo, RECORDS, a, &v);
		ck_assert_msg(v.result == cases[i].result, "%s %s: got %s", cases[i].client,
		    cases[i].helo, AUTH_RESULT_NAME[v.result]);
		ck_assert_pstr_eq(v.confirmed, cases[i].confirmed);
		ck_assert_str_eq(v.ip, cases[i].client);
		ck_assert_uint_eq(v.name_count, cases[i].names);
		ck_assert_msg(v.helo_match == cases[i].helo_match, "%s", cases[i].helo);
		ck_assert_msg(strstr(v.reason, cases[i].reason) != NULL, "%s: \"%s\"",
		    cases[i].client, v.reason);
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
	struct ip none = {.family = IP_NONE};

	ck_assert_int_eq(rdns_check(&none, SPAN("mx.example.com"), view, a, &v), VERIFY_DONE);
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
	const TTest *const tests[] = {results, unknown_client, ten_names_are_tried, NULL};

	return unit_main("rdns", tests);
}
