/*
 * SPDX-License-Identifier: ISC
 *
 * Names that look generated from their address, after the habits of networks and clouds, and names
 * that do not, near as they may come.
 */
#include "unit.h"
#include "verify/rdns_generic.h"

static const char *const KIND[] = {
    [RDNS_GENERIC_NO] = "not generic",
    [RDNS_GENERIC_ADDRESS] = "the address",
    [RDNS_GENERIC_WORD] = "a word",
};
_Static_assert(ARRAY_SIZE(KIND) == RDNS_GENERIC_COUNT, "a text each");

/* 203.0.113.7 is cb007107. */
#define IP4 "203.0.113.7"
#define IP6 "2001:db8:12:34:a0b:ff:fe12:3456"

static const struct {
	const char *ip, *name;
	enum rdns_generic expected;
} rows[] = {
    /* spelled, octets apart */
    {IP4, "ec2-203-0-113-7.compute-1.amazonaws.com", RDNS_GENERIC_ADDRESS},
    {IP4, "ec2-203-0-113-7.eu-west-1.compute.amazonaws.com", RDNS_GENERIC_ADDRESS},
    {IP4, "ip-203-0-113-7.eu-west-1.compute.internal", RDNS_GENERIC_ADDRESS},
    {IP4, "7.113.0.203.bc.googleusercontent.com", RDNS_GENERIC_ADDRESS},
    {IP4, "static.7.113.0.203.clients.your-server.de", RDNS_GENERIC_ADDRESS},
    {IP4, "pool-203-0-113-7.nycmny.fios.verizon.net", RDNS_GENERIC_ADDRESS},
    {IP4, "c-203-0-113-7.hsd1.ca.comcast.net", RDNS_GENERIC_ADDRESS},
    {IP4, "cpe-203-0-113-7.nyc.res.rr.com", RDNS_GENERIC_ADDRESS},
    {IP4, "203-0-113-7.lightspeed.austtx.sbcglobal.net", RDNS_GENERIC_ADDRESS},
    {IP4, "adsl-203-0-113-7.dsl.pltn13.sbcglobal.net", RDNS_GENERIC_ADDRESS},
    {IP4, "dsl-203-0-113-7-dyn.prod-infinitum.com.mx", RDNS_GENERIC_ADDRESS},
    {IP4, "203x0x113x7.ap203.ftth.ucom.ne.jp", RDNS_GENERIC_ADDRESS},
    {IP4, "203X0X113X7.static.example.net", RDNS_GENERIC_ADDRESS},
    {IP4, "abts-north-dynamic-007.113.0.203.example.in", RDNS_GENERIC_ADDRESS},
    {IP4, "203.0.113.7.dynamic.example.es", RDNS_GENERIC_ADDRESS},
    {IP4, "203-0-113-7.dynamic-ip.example.tw", RDNS_GENERIC_ADDRESS},
    {IP4, "host7-113-0-203.range203-0.example.com", RDNS_GENERIC_ADDRESS},
    {IP4, "host-203_0_113_7.example.net", RDNS_GENERIC_ADDRESS},
    {IP4, "203-000-113-007.static.example.net.au", RDNS_GENERIC_ADDRESS},
    {IP4, "static-203-0-113-7.example.co.uk", RDNS_GENERIC_ADDRESS},
    {IP4, "vps-203-0.113-7.example.com", RDNS_GENERIC_ADDRESS},
    {IP4, "203-0-113-7.example", RDNS_GENERIC_ADDRESS},
    /* spelled, octets together */
    {IP4, "softbank203000113007.bbtec.net", RDNS_GENERIC_ADDRESS},
    {IP4, "kd203000113007.ppp-bb.dion.ne.jp", RDNS_GENERIC_ADDRESS},
    {IP4, "n007113000203.example.hk", RDNS_GENERIC_ADDRESS},
    {IP4, "user20301137.example.net", RDNS_GENERIC_ADDRESS},
    {"198.51.100.62", "h1985110062.example.net", RDNS_GENERIC_ADDRESS},
    {IP4, "pcb007107.dip0.t-ipconnect.de", RDNS_GENERIC_ADDRESS},
    {"91.42.156.17", "p5B2A9C11.dip0.t-ipconnect.de", RDNS_GENERIC_ADDRESS},
    {"31.19.173.44", "ip1f13ad2c.dynamic.kabel-deutschland.de", RDNS_GENERIC_ADDRESS},
    {"92.225.210.243", "x5ce1d2f3.dyn.telefonica.de", RDNS_GENERIC_ADDRESS},
    /* the end of the address, and a word */
    {IP4, "dyn-113-7.example.net.br", RDNS_GENERIC_WORD},
    {IP4, "7-113.pool.example.net", RDNS_GENERIC_WORD},
    {IP4, "pool.113.007.dialup.example.net", RDNS_GENERIC_WORD},
    {"86.238.123.45", "lfbn-idf1-1-123-45.w86-238.abo.wanadoo.fr", RDNS_GENERIC_WORD},
    {IP4, "host-113-7.static.example.net", RDNS_GENERIC_WORD},
    {IP4, "ppp113x7.example.net.pl", RDNS_GENERIC_WORD},
    {IP4, "cust-7-113.dsl.example.org", RDNS_GENERIC_WORD},
    /* IPv6 */
    {IP6, "2001-db8-12-34-a0b-ff-fe12-3456.example.net", RDNS_GENERIC_ADDRESS},
    {IP6, "2001-0db8-0012-0034-0a0b-00ff-fe12-3456.ipv6.example.net", RDNS_GENERIC_ADDRESS},
    {IP6, "p20010DB8001200340a0b00fffe123456.dip0.t-ipconnect.de", RDNS_GENERIC_ADDRESS},
    {IP6, "6.5.4.3.2.1.e.f.f.f.0.0.b.0.a.0.4.3.0.0.2.1.0.0.8.b.d.0.1.0.0.2.dynamic.example.net",
	RDNS_GENERIC_ADDRESS},
    {IP6, "3456-fe12-ff-a0b-34-12-db8-2001.example.net", RDNS_GENERIC_ADDRESS},
    {"2001:db8::1", "ip6-2001-db8--1.example.net", RDNS_GENERIC_ADDRESS},
    {"2001:db8::1", "2001-db8-0-0-0-0-0-1.example.net", RDNS_GENERIC_ADDRESS},
    {"2001:db8::1", "2001-db8--1", RDNS_GENERIC_ADDRESS},
    {IP6, "dyn-0a0b00fffe123456.v6.example.net", RDNS_GENERIC_WORD},
    /* names that somebody chose */
    {IP4, "", RDNS_GENERIC_NO},
    {IP4, "localhost", RDNS_GENERIC_NO},
    {IP4, "mail.example.com", RDNS_GENERIC_NO},
    {IP4, "mail-1.example.com", RDNS_GENERIC_NO},
    {IP4, "mx7.example.com", RDNS_GENERIC_NO},
    {IP4, "mx10.example.com", RDNS_GENERIC_NO},
    {"198.51.100.203", "a-203.example.net", RDNS_GENERIC_NO},
    {IP4, "client.example.com", RDNS_GENERIC_NO},
    {IP4, "client7.example.com", RDNS_GENERIC_NO},
    {IP4, "static.example.com", RDNS_GENERIC_NO},
    {IP4, "pool7.mail.example.com", RDNS_GENERIC_NO},
    {IP4, "o1.ptr1234.example.com", RDNS_GENERIC_NO},
    {"209.85.218.41", "mail-ej1-f41.google.com", RDNS_GENERIC_NO},
    {"54.240.8.31", "a8-31.smtp-out.amazonses.com", RDNS_GENERIC_NO},
    {"198.51.100.62", "mta-70-13-62.example.com", RDNS_GENERIC_NO},
    {"198.2.134.5", "mail134-5.atl141.mandrillapp.com", RDNS_GENERIC_NO},
    {"40.107.21.92", "mail-am6eur05on2092.outbound.protection.outlook.com", RDNS_GENERIC_NO},
    {IP4, "mta-0-113-7.example.com", RDNS_GENERIC_NO},
    {IP4, "203-0-113-70.example.com", RDNS_GENERIC_NO},
    {IP4, "1203-0-113-7.example.com", RDNS_GENERIC_NO},
    {IP4, "203-0-113.example.com", RDNS_GENERIC_NO},
    {IP4, "203a0b113c7.example.com", RDNS_GENERIC_NO},
    {IP4, "203--0-113-7.example.com", RDNS_GENERIC_NO},
    {IP4, "203-0000000113-7.example.com", RDNS_GENERIC_NO},
    {IP4, "203-0-113-4294967303.example.com", RDNS_GENERIC_NO},
    {IP4, "1203011307.example.com", RDNS_GENERIC_NO},
    {"1.2.3.4", "mail1234.example.com", RDNS_GENERIC_NO},
    {IP4, "dynamics-113-7.mail.example.com", RDNS_GENERIC_NO},
    {IP4, "dyn-113-8.mail.example.com", RDNS_GENERIC_NO},
    {IP4, "dyn-203-0.mail.example.com", RDNS_GENERIC_NO},
    {IP4, "mail-113-7.dyn.com", RDNS_GENERIC_NO},
    {IP4, "dyn.example.com", RDNS_GENERIC_NO},
    {IP4, "2001-db8--1.example.net", RDNS_GENERIC_NO},
    {"2001:db8::1", "mail.example.net", RDNS_GENERIC_NO},
    {"2001:db8::1", "2001-db8--1a.example.net", RDNS_GENERIC_NO},
    {"2001:db8::1", "a2001-db8--1.example.net", RDNS_GENERIC_NO},
    {"2001:db8::1", "pool-1.mx.example.net", RDNS_GENERIC_NO},
    {"2001:db8::1", "203-0-113-7.example.net", RDNS_GENERIC_NO},
};

START_TEST(names)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span name = unit_guard(span_from(rows[i].name));
		struct ip ip;
		enum rdns_generic got;

		ck_assert_int_eq(ip_parse(span_from(rows[i].ip), &ip), 0);
		got = rdns_generic(name, &ip);
		ck_assert_msg(got == rows[i].expected, "%s for %s: got %s, expected %s",
		    rows[i].name, rows[i].ip, KIND[got], KIND[rows[i].expected]);
		unit_guard_free(name);
	}
}
END_TEST

START_TEST(no_address)
{
	struct ip none = {.family = IP_NONE};

	ck_assert_int_eq(rdns_generic(SPAN("0-0-0-0.dyn.example.com"), &none), RDNS_GENERIC_NO);
}
END_TEST

/* Whatever is cut off, nothing behind it is read. */
START_TEST(every_cut)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span whole = span_from(rows[i].name);
		struct ip ip;

		ck_assert_int_eq(ip_parse(span_from(rows[i].ip), &ip), 0);
		for (size_t len = 0; len <= whole.len; len++) {
			struct span name = unit_guard(span_first(whole, len));

			ck_assert_int_lt((int)rdns_generic(name, &ip), RDNS_GENERIC_COUNT);
			unit_guard_free(name);
		}
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {names, no_address, every_cut, NULL};

	return unit_main("rdnsgeneric", tests);
}
