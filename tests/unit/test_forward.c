/*
 * SPDX-License-Identifier: ISC
 *
 * Whether a name leads to an address.
 */
#include "records.h"
#include "unit.h"
#include "verify/forward.h"

static const char RECORDS[] = "mx.example.com A 192.0.2.1\n"
			      "mx.example.com A 192.0.2.2\n"
			      "mx.example.com AAAA 2001:db8::1\n"
			      "broken.example.com SERVFAIL\n"
			      "slow.example.com TIMEOUT\n";

static const struct {
	const char *name;
	const char *ip;
	enum forward leads;
} cases[] = {
    {"mx.example.com", "192.0.2.1", FORWARD_YES},
    {"mx.example.com", "192.0.2.2", FORWARD_YES},
    {"mx.example.com", "192.0.2.3", FORWARD_NO},
    {"mx.example.com", "2001:db8::1", FORWARD_YES},
    {"mx.example.com", "2001:db8::2", FORWARD_NO},
    {"example.com", "192.0.2.1", FORWARD_NO},
    {"nowhere.example.com", "192.0.2.1", FORWARD_NO},
    {"broken.example.com", "192.0.2.1", FORWARD_FAILED},
    {"slow.example.com", "2001:db8::1", FORWARD_FAILED},
};

START_TEST(asked_and_answered)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dns_view *view = dns_view_new(NULL);
		struct span name = unit_guard(span_from(cases[i].name));
		struct ip ip;

		ck_assert_int_eq(ip_parse(span_from(cases[i].ip), &ip), 0);
		ck_assert_int_eq(forward_check(view, name, &ip), FORWARD_MISSING);
		ck_assert_uint_eq(records_answer(view, RECORDS), 1);
		ck_assert_msg(forward_check(view, name, &ip) == cases[i].leads, "%s %s",
		    cases[i].name, cases[i].ip);
		unit_guard_free(name);
		dns_view_free(view);
	}
}
END_TEST

START_TEST(root_is_not_asked)
{
	struct dns_view *view = dns_view_new(NULL);
	const struct dns_question *missing;
	struct ip ip = {.family = IP_V4};

	ck_assert_int_eq(forward_check(view, SPAN(""), &ip), FORWARD_NO);
	ck_assert_uint_eq(dns_view_missing(view, &missing), 0);
	dns_view_free(view);
}
END_TEST

START_TEST(type_of_the_family)
{
	struct ip v4 = {.family = IP_V4}, v6 = {.family = IP_V6};

	ck_assert_int_eq(forward_type(&v4), DNS_A);
	ck_assert_int_eq(forward_type(&v6), DNS_AAAA);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    asked_and_answered, root_is_not_asked, type_of_the_family, NULL};

	return unit_main("forward", tests);
}
