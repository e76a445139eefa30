/*
 * SPDX-License-Identifier: ISC
 *
 * base/ip: addresses and prefixes as text and as values.
 */
#include "unit.h"

#include <string.h>

#include "base/ip.h"

static const struct {
	const char *text;
	enum ip_family family; /* IP_NONE: no address */
	const char *canonical, *reverse;
	bool loopback;
} ADDRESSES[] = {
    {"192.0.2.1", IP_V4, "192.0.2.1", "1.2.0.192.in-addr.arpa", false},
    {"0.0.0.0", IP_V4, "0.0.0.0", "0.0.0.0.in-addr.arpa", false},
    {"255.255.255.255", IP_V4, "255.255.255.255", "255.255.255.255.in-addr.arpa", false},
    {"127.1.2.3", IP_V4, "127.1.2.3", "3.2.1.127.in-addr.arpa", true},
    {"::1", IP_V6, "::1",
	"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa", true},
    {"2001:DB8:0:0:0:0:0:1", IP_V6, "2001:db8::1",
	"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", false},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", IP_V6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.ip6.arpa", false},
    {"::ffff:192.0.2.1", IP_V4, "192.0.2.1", "1.2.0.192.in-addr.arpa", false},
    {"::ffff:127.0.0.1", IP_V4, "127.0.0.1", "1.0.0.127.in-addr.arpa", true},
    {"::", IP_V6, "::", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa",
	false},
    {"", IP_NONE, NULL, NULL, false},
    {"192.0.2", IP_NONE, NULL, NULL, false},
    {"192.0.2.256", IP_NONE, NULL, NULL, false},
    {"192.0.2.01", IP_NONE, NULL, NULL, false},
    {" 192.0.2.1", IP_NONE, NULL, NULL, false},
    {"192.0.2.1 ", IP_NONE, NULL, NULL, false},
    {"192.0.2.1.", IP_NONE, NULL, NULL, false},
    {"[::1]", IP_NONE, NULL, NULL, false},
    {"fe80::1%eth0", IP_NONE, NULL, NULL, false},
    {"1::2::3", IP_NONE, NULL, NULL, false},
    {"12345::", IP_NONE, NULL, NULL, false},
    {"0000:0000:0000:0000:0000:ffff:255.255.255.2550", IP_NONE, NULL, NULL, false},
    {"example.com", IP_NONE, NULL, NULL, false},
};

START_TEST(addresses)
{
	for (size_t i = 0; i < ARRAY_SIZE(ADDRESSES); i++) {
		struct span s = unit_guard(span_from(ADDRESSES[i].text));
		char text[IP_TEXT_SIZE], reverse[IP_REVERSE_SIZE];
		const char *row = ADDRESSES[i].text;
		struct ip ip;

		if (ADDRESSES[i].family == IP_NONE) {
			ck_assert_msg(ip_parse(s, &ip) == -1, "%s: taken", row);
		} else {
			ck_assert_msg(ip_parse(s, &ip) == 0, "%s: refused", row);
			ck_assert_msg(ip.family == ADDRESSES[i].family, "%s: family", row);
			ck_assert_str_eq(ip_format(&ip, text), ADDRESSES[i].canonical);
			ck_assert_str_eq(ip_reverse_name(&ip, reverse), ADDRESSES[i].reverse);
			ck_assert_msg(ip_is_loopback(&ip) == ADDRESSES[i].loopback, "%s", row);
		}
		unit_guard_free(s);
	}
	ck_assert_int_eq(ip_parse(SPAN("192.0.2.1\0"), &(struct ip){IP_NONE, {0}}), -1);
}
END_TEST

START_TEST(no_address)
{
	struct ip none = {.family = IP_NONE}, zero = {.family = IP_V4};
	struct ip_prefix all = {.ip = {.family = IP_NONE}, .bits = 0};
	char text[IP_TEXT_SIZE], reverse[IP_REVERSE_SIZE];

	ck_assert_str_eq(ip_format(&none, text), "");
	ck_assert_str_eq(ip_reverse_name(&none, reverse), "");
	ck_assert(!ip_is_loopback(&none));
	ck_assert(!ip_in_prefix(&none, &all));
	ck_assert(!ip_equal(&none, &zero));
	ck_assert(ip_equal(&none, &none));
	ck_assert_int_eq(ip_unmap(none).family, IP_NONE);
}
END_TEST

START_TEST(private_addresses)
{
	static const struct {
		const char *address;
		bool expected;
	} rows[] = {
	    {"127.0.0.1", true},
	    {"::1", true},
	    {"10.0.0.0", true},
	    {"11.0.0.0", false},
	    {"172.15.255.255", false},
	    {"172.16.0.0", true},
	    {"172.31.255.255", true},
	    {"172.32.0.0", false},
	    {"192.168.1.2", true},
	    {"192.169.0.1", false},
	    {"169.254.1.1", true},
	    {"100.64.0.1", true},
	    {"100.128.0.1", false},
	    {"203.0.113.7", false},
	    {"fd00::1", true},
	    {"fe80::1", true},
	    {"fec0::1", false},
	    {"2001:db8::1", false},
	    {"::ffff:10.1.2.3", true},
	};
	struct ip ip, none = {.family = IP_NONE};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_int_eq(ip_parse(span_from(rows[i].address), &ip), 0);
		ck_assert_msg(ip_is_private(&ip) == rows[i].expected, "%s", rows[i].address);
	}
	ck_assert(!ip_is_private(&none));
}
END_TEST

static const struct {
	const char *prefix, *address;
	int expected; /* 1 in, 0 out, -1: no prefix */
} PREFIXES[] = {
    {"192.0.2.0/24", "192.0.2.255", 1},
    {"192.0.2.0/24", "192.0.3.0", 0},
    {"192.0.2.77/24", "192.0.2.1", 1},
    {"192.0.2.1", "192.0.2.1", 1},
    {"192.0.2.1", "192.0.2.2", 0},
    {"192.0.2.1/32", "192.0.2.2", 0},
    {"192.0.2.0/31", "192.0.2.1", 1},
    {"192.0.2.0/31", "192.0.2.2", 0},
    {"128.0.0.0/1", "255.1.2.3", 1},
    {"128.0.0.0/1", "127.1.2.3", 0},
    {"0.0.0.0/0", "203.0.113.9", 1},
    {"0.0.0.0/0", "::1", 0},
    {"::/0", "2001:db8::1", 1},
    {"::/0", "192.0.2.1", 0},
    {"2001:db8::/33", "2001:db8:7fff::1", 1},
    {"2001:db8::/33", "2001:db8:8000::1", 0},
    {"::1/128", "::1", 1},
    {"::1/128", "::2", 0},
    {"::ffff:192.0.2.0/120", "192.0.2.9", 1},
    {"::ffff:192.0.2.0/120", "192.0.3.9", 0},
    {"::ffff:0:0/96", "203.0.113.9", 1},
    {"::ffff:0:0/95", "203.0.113.9", -1},
    {"::ffff:192.0.2.1", "192.0.2.1", 1},
    {"192.0.2.0/33", "192.0.2.1", -1},
    {"2001:db8::/129", "::1", -1},
    {"192.0.2.0/", "192.0.2.1", -1},
    {"192.0.2.0/-1", "192.0.2.1", -1},
    {"192.0.2.0/2 4", "192.0.2.1", -1},
    {"192.0.2.0/24/24", "192.0.2.1", -1},
    {"/24", "192.0.2.1", -1},
    {"", "192.0.2.1", -1},
};

START_TEST(prefixes)
{
	for (size_t i = 0; i < ARRAY_SIZE(PREFIXES); i++) {
		struct span s = unit_guard(span_from(PREFIXES[i].prefix));
		const char *row = PREFIXES[i].prefix;
		struct ip_prefix prefix;
		struct ip ip;

		ck_assert_int_eq(ip_parse(span_from(PREFIXES[i].address), &ip), 0);
		if (ip_prefix_parse(s, &prefix) < 0)
			ck_assert_msg(PREFIXES[i].expected < 0, "%s: refused", row);
		else
			ck_assert_msg(ip_in_prefix(&ip, &prefix) == PREFIXES[i].expected, "%s: %s",
			    row, PREFIXES[i].address);
		unit_guard_free(s);
	}
}
END_TEST

START_TEST(bits_above_the_family)
{
	struct ip ip;
	struct ip_prefix prefix = {.bits = 1000};

	ck_assert_int_eq(ip_parse(SPAN("192.0.2.1"), &ip), 0);
	prefix.ip = ip;
	ck_assert(ip_in_prefix(&ip, &prefix));
	prefix.ip.octets[3]++;
	ck_assert(!ip_in_prefix(&ip, &prefix));
}
END_TEST

START_TEST(unmapping)
{
	struct ip v6 = {.family = IP_V6}, v4;

	memcpy(v6.octets, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", 16);
	v4 = ip_unmap(v6);
	ck_assert_int_eq(v4.family, IP_V4);
	ck_assert_int_eq(memcmp(v4.octets, "\xc0\0\2\1\0\0\0\0\0\0\0\0\0\0\0\0", 16), 0);
	ck_assert(ip_equal(&v4, &(struct ip){IP_V4, {0xc0, 0, 2, 1}}));
	v6.octets[0] = 1;
	ck_assert_int_eq(ip_unmap(v6).family, IP_V6);
	ck_assert_int_eq(ip_unmap(v4).family, IP_V4);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {addresses, no_address, private_addresses, prefixes,
	    bits_above_the_family, unmapping, NULL};

	return unit_main("ip", tests);
}
