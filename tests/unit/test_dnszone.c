/*
 * SPDX-License-Identifier: ISC
 *
 * dns/zone: master files and what they answer, and what is refused with which sentence.
 */
#include "dns/zone.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/name.h"
#include "dns.h"
#include "dns/name.h"
#include "unit.h"

#define MAIL                                                                                       \
	"$ORIGIN example.com.\n$TTL 300\n"                                                         \
	"@ SOA ns hostmaster 1 1h 15m 1w 120\n"                                                    \
	"  NS ns\n"                                                                                \
	"  MX 10 mx\n"                                                                             \
	"  MX 20 mx2.example.net.\n"                                                               \
	"  TXT \"v=spf1 \" \"mx -all\"\n"                                                          \
	"mx 60 IN A 192.0.2.1\n"                                                                   \
	"   IN 90 A 192.0.2.2\n"                                                                   \
	"   AAAA 2001:db8::1\n"                                                                    \
	"ns A 192.0.2.53\n"                                                                        \
	"s1._domainkey TXT ( \"v=DKIM1; k=rsa; \"  ; the key\n"                                    \
	"      \"p=MIIB\" ) ; behind\n"                                                            \
	"alias CNAME mx\n"                                                                         \
	"Upper.Case CNAME MX.Example.COM.\n"

/* RFC 4592 2.2.1. */
#define WILD                                                                                       \
	"$ORIGIN example.\n"                                                                       \
	"example. 3600 IN SOA a b 1 2 3 4 5\n"                                                     \
	"example. 3600 NS ns.example.com.\n"                                                       \
	"example. 3600 NS ns.example.net.\n"                                                       \
	"*.example. 3600 TXT \"this is a wildcard\"\n"                                             \
	"*.example. 3600 MX 10 host1.example.\n"                                                   \
	"sub.*.example. 3600 TXT \"this is not a wildcard\"\n"                                     \
	"host1.example. 3600 A 192.0.2.1\n"                                                        \
	"_ssh._tcp.host1.example. 3600 SRV 0 0 22 host1\n"                                         \
	"_ssh._tcp.host2.example. 3600 SRV 0 0 22 host2\n"                                         \
	"subdel.example. 3600 NS ns.example.com.\n"                                                \
	"subdel.example. 3600 NS ns.example.net.\n"

#define CHAIN                                                                                      \
	"$ORIGIN c.test.\n$TTL 9\n"                                                                \
	"a CNAME b\n"                                                                              \
	"b 7 CNAME c\n"                                                                            \
	"c TXT c\n"                                                                                \
	"self CNAME self\n"                                                                        \
	"one CNAME two\ntwo CNAME one\n"                                                           \
	"out CNAME far.example.org.\n"                                                             \
	"deep CNAME out\n"                                                                         \
	"gone CNAME nothing\n"                                                                     \
	"empty CNAME c.d\n"                                                                        \
	"x.c.d A 192.0.2.9\n"                                                                      \
	"failing CNAME late\n"                                                                     \
	"$MAILASSAY TIMEOUT late\n"                                                                \
	"*.w CNAME c\n"                                                                            \
	"lost CNAME x.cut\n"                                                                       \
	"cut NS ns.elsewhere.\n"

static const struct {
	const char *zone, *name, *type, *want;
} answers[] = {
    {MAIL, "example.com", "MX", "NOERROR [10 mx.example.com.] [20 mx2.example.net.] ttl 300"},
    {MAIL, "example.com", "TXT", "NOERROR [\"v=spf1 mx -all\"] ttl 300"},
    {MAIL, "example.com", "A", "NODATA ttl 120"},
    {MAIL, "mx.example.com", "A", "NOERROR [192.0.2.1] [192.0.2.2] ttl 60"},
    {MAIL, "mx.example.com", "AAAA", "NOERROR [2001:db8::1] ttl 300"},
    {MAIL, "s1._domainkey.example.com", "TXT", "NOERROR [\"v=DKIM1; k=rsa; p=MIIB\"] ttl 300"},
    {MAIL, "_domainkey.example.com", "TXT", "NODATA ttl 120"},
    {MAIL, "s2._domainkey.example.com", "TXT", "NXDOMAIN ttl 120"},
    {MAIL, "nothing.example.com", "A", "NXDOMAIN ttl 120"},
    {MAIL, "alias.example.com", "A", "NOERROR -> mx.example.com. [192.0.2.1] [192.0.2.2] ttl 60"},
    {MAIL, "alias.example.com", "CNAME", "NOERROR [mx.example.com.] ttl 300"},
    {MAIL, "alias.example.com", "MX", "NODATA -> mx.example.com. ttl 120"},
    {MAIL, "upper.case.example.com", "CNAME", "NOERROR [mx.example.com.] ttl 300"},
    {MAIL, "example.org", "A", "none"},
    {MAIL, "com", "A", "none"},
    {MAIL, "anexample.com", "A", "none"},

    /* RFC 4592 2.2.1's own questions and answers. */
    {WILD, "host3.example", "MX", "NOERROR [10 host1.example.] ttl 3600"},
    {WILD, "host3.example", "A", "NODATA ttl 5"},
    {WILD, "foo.bar.example", "TXT", "NOERROR [\"this is a wildcard\"] ttl 3600"},
    {WILD, "host1.example", "MX", "NODATA ttl 5"},
    {WILD, "sub.*.example", "MX", "NODATA ttl 5"},
    {WILD, "_telnet._tcp.host1.example", "TXT", "NXDOMAIN ttl 5"},
    {WILD, "host.subdel.example", "A", "SERVFAIL ttl 0"},
    {WILD, "subdel.example", "A", "SERVFAIL ttl 0"},
    {WILD, "ghost.*.example", "MX", "NXDOMAIN ttl 5"},
    {WILD, "*.example", "MX", "NOERROR [10 host1.example.] ttl 3600"},
    {WILD, "_tcp.host2.example", "TXT", "NODATA ttl 5"},
    {WILD, "host2.example", "TXT", "NODATA ttl 5"},
    {WILD, "x.host2.example", "TXT", "NXDOMAIN ttl 5"},
    {WILD, "example", "TXT", "NODATA ttl 5"},

    {"$ORIGIN e.\nsub.*.a TXT x\n", "q.a.e", "TXT", "NODATA ttl 60"},
    {"$ORIGIN e.\n*.a NS ns\n", "q.a.e", "TXT", "SERVFAIL ttl 0"},
    {"$ORIGIN e.\n* 5 A 192.0.2.1\na TXT x\n", "b.a.e", "A", "NXDOMAIN ttl 60"},
    {"$ORIGIN e.\n* 5 A 192.0.2.1\nb.a TXT x\n", "a.e", "A", "NODATA ttl 60"},
    {"$ORIGIN .\n* 5 A 192.0.2.1\n", "any.where", "A", "NOERROR [192.0.2.1] ttl 5"},

    {CHAIN, "a.c.test", "TXT", "NOERROR -> c.c.test. [\"c\"] ttl 7"},
    {CHAIN, "self.c.test", "TXT", "SERVFAIL ttl 0"},
    {CHAIN, "one.c.test", "A", "SERVFAIL ttl 0"},
    {CHAIN, "one.c.test", "CNAME", "NOERROR [two.c.test.] ttl 9"},
    {CHAIN, "deep.c.test", "A", "NOERROR -> far.example.org. ttl 9"},
    {CHAIN, "gone.c.test", "A", "NXDOMAIN -> nothing.c.test. ttl 9"},
    {CHAIN, "empty.c.test", "A", "NODATA -> c.d.c.test. ttl 9"},
    {CHAIN, "failing.c.test", "A", "TIMEOUT -> late.c.test. ttl 0"},
    {CHAIN, "any.w.c.test", "TXT", "NOERROR -> c.c.test. [\"c\"] ttl 9"},
    {CHAIN, "any.w.c.test", "CNAME", "NOERROR [c.c.test.] ttl 9"},
    {CHAIN, "w.c.test", "TXT", "NODATA ttl 60"},
    {CHAIN, "lost.c.test", "TXT", "SERVFAIL -> x.cut.c.test. ttl 0"},

    /* What the zone is. */
    {"$ORIGIN .\na.b. 5 A 192.0.2.1\n", "x.y.z", "A", "NXDOMAIN ttl 60"},
    {"$ORIGIN .\na.b. 5 A 192.0.2.1\n", "b", "A", "NODATA ttl 60"},
    {"$ORIGIN .\na.b. 5 A 192.0.2.1\n", "", "A", "NODATA ttl 60"},
    {"$ORIGIN .\n. 5 TXT root\n", "", "TXT", "NOERROR [\"root\"] ttl 5"},
    {"$ORIGIN .\na.b 5 A 192.0.2.1\n", "a.b", "A", "NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN a.test.\n$ORIGIN b.test.\nx 5 A 192.0.2.1\n", "x.a.test", "A", "none"},
    {"$ORIGIN a.test.\nx 5 A 192.0.2.1\n$ORIGIN sub\ny 5 A 192.0.2.2\n", "y.sub.a.test", "A",
	"NOERROR [192.0.2.2] ttl 5"},
    {"$ORIGIN a.test.\nx.a.test. 5 A 192.0.2.1\na.test. SOA a b 1 1 1 1 9\n", "y.a.test", "A",
	"NXDOMAIN ttl 5"},
    {"$ORIGIN .\na.test. SOA a b 1 1 1 1 9\n", "b.test", "A", "none"},
    {"a.test. 8 IN SOA a. b. 1 1 1 1 9\nx A 192.0.2.1\n", "x.a.test", "A",
	"NOERROR [192.0.2.1] ttl 8"},
    {"a.test. 8 IN SOA a. b. 1 1 1 1 9\n", "x.a.test", "A", "NXDOMAIN ttl 8"},
    {"$ORIGIN a.test.\n", "x.a.test", "A", "NXDOMAIN ttl 60"},
    {"$ORIGIN a.test.\n", "a.test", "A", "NODATA ttl 60"},

    /* Failures. */
    {"$ORIGIN f.\n$MAILASSAY SERVFAIL a\n", "a.f", "TXT", "SERVFAIL ttl 0"},
    {"$ORIGIN f.\n$mailassay timeout a.f.\na 5 A 192.0.2.1\n", "a.f", "A", "TIMEOUT ttl 0"},
    {"$ORIGIN f.\n$MAILASSAY SERVFAIL a\n", "x.a.f", "A", "NXDOMAIN ttl 60"},
    {"$ORIGIN f.\n$MAILASSAY SERVFAIL @\n", "f", "MX", "SERVFAIL ttl 0"},
    {"$ORIGIN f.\n$MAILASSAY SERVFAIL @\na 5 A 192.0.2.1\n", "a.f", "A",
	"NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN f.\n* 5 A 192.0.2.1\n$MAILASSAY TIMEOUT a\n", "b.a.f", "A",
	"NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN f.\n* 5 A 192.0.2.1\n$MAILASSAY TIMEOUT a\n", "a.f", "A", "TIMEOUT ttl 0"},

    /* Text. */
    {"$ORIGIN t.\na 5 TXT \"a;b(c)\" ; \"no\"\n", "a.t", "TXT", "NOERROR [\"a;b(c)\"] ttl 5"},
    {"$ORIGIN t.\na 5 TXT \"say \\\"hi\\\"\" \\; \\(\n", "a.t", "TXT",
	"NOERROR [\"say \\034hi\\034;(\"] ttl 5"},
    {"$ORIGIN t.\na 5 TXT \\000\\255 \"\\\\\" \"\xc3\xa4\t\"\n", "a.t", "TXT",
	"NOERROR [\"\\000\\255\\092\\195\\164\\009\"] ttl 5"},
    {"$ORIGIN t.\na 5 TXT \"\" \"\"\n", "a.t", "TXT", "NOERROR [\"\"] ttl 5"},
    {"$ORIGIN t.\na 5 TXT \"a  b\" \"\" c\n", "a.t", "TXT", "NOERROR [\"a  bc\"] ttl 5"},
    {"$ORIGIN t.\na 5 TXT \"a\"\"b\"c\n", "a.t", "TXT", "NOERROR [\"abc\"] ttl 5"},
    {"$ORIGIN t.\na 5 TXT one\na 5 TXT two\na 5 TXT one\n", "a.t", "TXT",
	"NOERROR [\"one\"] [\"two\"] ttl 5"},
    {"$ORIGIN t.\na 5 TXT \\# 4 03616263\n", "a.t", "TXT", "NOERROR [\"abc\"] ttl 5"},
    {"$ORIGIN t.\na 5 TYPE16 \"x\"\n", "a.t", "TXT", "NOERROR [\"x\"] ttl 5"},
    {"$ORIGIN t.\na 5 SPF \"v=spf1\"\n", "a.t", "TXT", "NODATA ttl 60"},
    {"$ORIGIN t.\na 5 TYPE99 \"v=spf1\"\n", "a.t", "TXT", "NODATA ttl 60"},

    /* Entries. */
    {"$ORIGIN t.\r\na 5 A 192.0.2.1\r\n", "a.t", "A", "NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN t.\na\t5\tIN\tA\t192.0.2.1", "a.t", "A", "NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN t.\na 5 (\n  in\n  a ; no\n) (192.0.2.1)\n", "a.t", "A", "NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN t.\n\n  \n ; only a comment\na 5 A 192.0.2.1\n", "a.t", "A",
	"NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN t.\na 5 A 192.0.2.1\n\n A 192.0.2.2\n", "a.t", "A",
	"NOERROR [192.0.2.1] [192.0.2.2] ttl 5"},
    {"$ORIGIN t.\n$TTL 1h30m\na A 192.0.2.1\n", "a.t", "A", "NOERROR [192.0.2.1] ttl 5400"},
    {"$ORIGIN t.\n$TTL 1W2D3H4M5S\na A 192.0.2.1\n", "a.t", "A", "NOERROR [192.0.2.1] ttl 788645"},
    {"$ORIGIN t.\n$TTL 0\na A 192.0.2.1\n", "a.t", "A", "NOERROR [192.0.2.1] ttl 0"},
    {"$ORIGIN t.\na 1m A 192.0.2.1\nb A 192.0.2.2\n", "b.t", "A", "NOERROR [192.0.2.2] ttl 60"},
    {"$ORIGIN t.\na 77 A 192.0.2.1\nb A 192.0.2.2\n", "b.t", "A", "NOERROR [192.0.2.2] ttl 77"},
    {"$ORIGIN t.\n$TTL 5\na 77 A 192.0.2.1\nb A 192.0.2.2\n", "b.t", "A",
	"NOERROR [192.0.2.2] ttl 5"},
    {"$ORIGIN t.\na.b\\.c 5 A 192.0.2.1\n", "a.b\\046c.t", "A", "NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN t.\n\\@ 5 A 192.0.2.1\n", "@.t", "A", "NOERROR [192.0.2.1] ttl 5"},
    {"$ORIGIN t.\nx 5 MX 0 .\n", "x.t", "MX", "NOERROR [0 .] ttl 5"},
    {"$ORIGIN t.\nx 5 MX 10 @\n", "x.t", "MX", "NOERROR [10 t.] ttl 5"},
    {"$ORIGIN 2.0.192.in-addr.arpa.\n1 5 PTR mx.example.com.\n", "1.2.0.192.in-addr.arpa", "PTR",
	"NOERROR [mx.example.com.] ttl 5"},
    {"$ORIGIN t.\nx 5 AAAA ::ffff:192.0.2.1\n", "x.t", "AAAA", "NOERROR [::ffff:192.0.2.1] ttl 5"},

    /* Types that are never asked for still make their owner exist. */
    {"$ORIGIN t.\na 5 CAA 0 issue \"ca.example; x=y\"\n", "a.t", "A", "NODATA ttl 60"},
    {"$ORIGIN t.\na 5 TLSA 3 1 1 ( 00112233445566778899aabbccddeeff\n "
     "00112233445566778899aabbccddeeff )\n",
	"a.t", "A", "NODATA ttl 60"},
    {"$ORIGIN t.\na 5 HTTPS 1 . alpn=h2\n", "a.t", "A", "NODATA ttl 60"},
    {"$ORIGIN t.\na 5 TYPE65280 \\# 2 abcd\n", "a.t", "A", "NODATA ttl 60"},
    {"$ORIGIN t.\na 5 CNAME b\na 5 RRSIG A 13 2 5 20300101000000 20200101000000 1 t. AAAA\n", "a.t",
	"CNAME", "NOERROR [b.t.] ttl 5"},
};

static enum dns_type type_of(const char *word)
{
	int type = name_find(DNS_TYPE_NAME, DNS_TYPE_COUNT, span_from(word));

	ck_assert_int_ge(type, 0);
	return (enum dns_type)type;
}

static void check_answer(
    const struct dns_zones *z, const char *name, const char *word, const char *want)
{
	struct arena *a = arena_new();
	struct buffer out = BUFFER_INIT;
	enum dns_type type = type_of(word);
	const char *got = unit_answer(&out, dns_zones_answer(z, a, span_from(name), type), type);

	ck_assert_msg(
	    strcmp(got, want) == 0, "%s %s: got \"%s\", expected \"%s\"", name, word, got, want);
	ck_assert(dns_zones_have(z, span_from(name)) == (strcmp(want, "none") != 0));
	buffer_clear(&out);
	arena_free(a);
}

START_TEST(answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct dns_zones *z = dns_zones_new();
		struct span text = unit_guard(span_from(answers[i].zone));
		struct error err = {.text = ""};

		ck_assert_msg(dns_zones_add(z, "test.zone", text, &err) == 0, "%s %s: %s",
		    answers[i].name, answers[i].type, err.text);
		unit_guard_free(text);
		check_answer(z, answers[i].name, answers[i].type, answers[i].want);
		dns_zones_free(z);
	}
}
END_TEST

/* SPAN for a table: no compound literal. */
#define TEXT(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}
#define OUTSIDE "expected names in it (\"$ORIGIN .\" answers for every name)"
#define BARE                                                                                       \
	"does not end with a dot and no $ORIGIN is in force: expected $ORIGIN above, or the "      \
	"whole "                                                                                   \
	"name"
#define CUT_TEXT                                                                                   \
	"expected a backslash and three digits from 000 to 255, or a backslash and one character"
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	struct span zone;
	const char *want;
} errors[] = {
    {{"", 0}, "z:1: neither $ORIGIN nor a SOA says which zone this is: expected \"$ORIGIN "
	      "example.com.\" above the first record"},
    {TEXT("\na.b. A 192.0.2.1\n"),
	"z:2: neither $ORIGIN nor a SOA says which zone this is: expected \"$ORIGIN "
	"example.com.\" above the first record"},
    {TEXT("$ORIGIN a.\n$INCLUDE other\n"),
	"z:2: $INCLUDE \"other\" is refused: expected the records themselves in this file"},
    {TEXT("$GENERATE 1-2 a A 192.0.2.$\n"),
	"z:1: the directive \"$GENERATE\" is unknown: expected $ORIGIN, $TTL or $MAILASSAY"},
    {TEXT("$ORIGIN a\n"), "z:1: the name \"a\" " BARE},
    {TEXT("$ORIGIN\n"), "z:1: a name is missing: expected one after the directive"},
    {TEXT("$ORIGIN a..\n"),
	"z:1: \"a..\" is no domain name: expected labels of 1 to 63 octets, at most 255 octets "
	"in all"},
    {TEXT("$ORIGIN a. b.\n"), "z:1: \"b.\" after the name: expected one name"},
    {TEXT("$TTL x\n"), "z:1: $TTL \"x\": expected a number of seconds up to 2147483647, or one "
		       "with units such as 1h30m"},
    {TEXT("$TTL 2147483648\n"), "z:1: $TTL \"2147483648\": expected a number of seconds up to "
				"2147483647, or one with units such as 1h30m"},
    {TEXT("$TTL 99999w\n"), "z:1: $TTL \"99999w\": expected a number of seconds up to "
			    "2147483647, or one with units such as 1h30m"},
    {TEXT("$TTL\n"), "z:1: $TTL \"\": expected a number of seconds up to 2147483647, or one with "
		     "units such as 1h30m"},
    {TEXT("$ORIGIN a.\n$MAILASSAY FAIL b\n"),
	"z:2: $MAILASSAY \"FAIL\": expected SERVFAIL or TIMEOUT and a name"},
    {TEXT("$ORIGIN a.\n$MAILASSAY TIMEOUT\n"),
	"z:2: a name is missing: expected one after the directive"},
    {TEXT("$ORIGIN a.\n$MAILASSAY TIMEOUT b c\n"), "z:2: \"c\" after the name: expected one name"},
    {TEXT("$MAILASSAY TIMEOUT b\n"), "z:1: the name \"b\" " BARE},
    {TEXT("$ORIGIN a.\nx A 192.0.2.1\n$MAILASSAY TIMEOUT b.\n"),
	"z:3: \"b.\" is outside the zone \"a.\": " OUTSIDE},
    {TEXT("$ORIGIN a.\nx A 192.0.2.1\ny.b. A 192.0.2.1\n"),
	"z:3: \"y.b.\" is outside the zone \"a.\": " OUTSIDE},
    {TEXT("$ORIGIN x.a.\nx A 192.0.2.1\n$ORIGIN a.\n@ A 192.0.2.1\n"),
	"z:4: \"a.\" is outside the zone \"x.a.\": " OUTSIDE},
    {TEXT("$ORIGIN a.\n@ A 192.0.2.1\nb SOA m r 1 1 1 1 1\n"),
	"z:2: \"a.\" is outside the zone \"b.a.\": " OUTSIDE},
    {TEXT("$ORIGIN a.\n@ SOA m r 1 1 1 1 1\nb SOA m r 1 1 1 1 1\n"),
	"z:3: a second SOA, of \"b.a.\": expected one zone in a file"},
    {TEXT("x A 192.0.2.1\n"), "z:1: the name \"x\" " BARE},
    {TEXT("@ SOA m. r. 1 1 1 1 1\n"), "z:1: the name \"@\" " BARE},
    {TEXT("x. MX 10 y\n"), "z:1: a name in the data of \"x.\" " BARE},
    {TEXT("x. SOA m r. 1 1 1 1 1\n"), "z:1: a name in the data of \"x.\" " BARE},
    {TEXT("$ORIGIN a.\n A 192.0.2.1\n"), "z:2: the record has no owner and none is above it: "
					 "expected a name at the start of the line"},
    {TEXT("$ORIGIN a.\nx\n"),
	"z:2: \"x.a.\" has no record type: expected one such as A, MX or TXT"},
    {TEXT("$ORIGIN a.\nx 5 IN\n"),
	"z:2: \"x.a.\" has no record type: expected one such as A, MX or TXT"},
    {TEXT("$ORIGIN a.\nx CH TXT y\n"), "z:2: the class \"CH\": expected IN, once"},
    {TEXT("$ORIGIN a.\nx IN IN A 192.0.2.1\n"), "z:2: the class \"IN\": expected IN, once"},
    {TEXT("$ORIGIN a.\nx 5 6 A 192.0.2.1\n"),
	"z:2: the TTL \"6\": expected one number of seconds up to 2147483647, or one with units "
	"such as 1h30m"},
    {TEXT("$ORIGIN a.\nx 1y A 192.0.2.1\n"),
	"z:2: the TTL \"1y\": expected one number of seconds up to 2147483647, or one with units "
	"such as 1h30m"},
    {TEXT("$ORIGIN a.\nx TEXT y\n"),
	"z:2: the record type \"TEXT\" is unknown: expected one such as A, MX or TXT, or TYPE and "
	"its number"},
    {TEXT("$ORIGIN a.\nx A 192.0.2\n"),
	"z:2: A \"192.0.2\" cannot be read: expected an IPv4 address"},
    {TEXT("$ORIGIN a.\nx A 192.0.2.1 y\n"),
	"z:2: A \"192.0.2.1 y\" cannot be read: expected an IPv4 address"},
    {TEXT("$ORIGIN a.\nx A\n"), "z:2: A \"\" cannot be read: expected an IPv4 address"},
    {TEXT("$ORIGIN a.\nx A \\# 3 010203\n"),
	"z:2: A \"\\# 3 010203\" cannot be read: expected an IPv4 address"},
    {TEXT("$ORIGIN a.\nx AAAA 192.0.2.1\n"),
	"z:2: AAAA \"192.0.2.1\" cannot be read: expected an IPv6 address"},
    {TEXT("$ORIGIN a.\nx MX y\n"), "z:2: MX \"y\" cannot be read: expected a preference up to "
				   "65535 and a name, such as 10 mx.example.com."},
    {TEXT("$ORIGIN a.\nx MX 65536 y\n"),
	"z:2: MX \"65536 y\" cannot be read: expected a preference up to 65535 and a name, such "
	"as 10 mx.example.com."},
    {TEXT("$ORIGIN a.\nx MX 10 \"y\"\n"),
	"z:2: MX \"10 \"y\"\" cannot be read: expected a preference up to 65535 and a name, such "
	"as 10 mx.example.com."},
    {TEXT("$ORIGIN a.\nx TXT\n"),
	"z:2: TXT \"\" cannot be read: expected one or more strings of at most 255 octets"},
    {TEXT("$ORIGIN a.\nx TXT " A64 A64 A64 A64 "\n"),
	"z:2: TXT \"" A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"\" cannot be read: expected one or more strings of at most 255 octets"},
    {TEXT("$ORIGIN a.\nx SOA m r 1 1 1 1\n"),
	"z:2: SOA \"m r 1 1 1 1\" cannot be read: expected two names, a serial number and four "
	"times"},
    {TEXT("$ORIGIN a.\nx CAA 0\n"),
	"z:2: CAA \"0\" cannot be read: expected its data as its RFC writes it"},
    {TEXT("$ORIGIN a.\n" A64 " A 192.0.2.1\n"),
	"z:2: \"" A64 "\" is no domain name: expected labels of 1 to 63 octets, at most 255 "
	"octets in all"},
    {TEXT("$ORIGIN a.\nx TXT \"no end\ny A 192.0.2.1\n"),
	"z:2: a string has no end: expected a closing \" on this line"},
    {TEXT("$ORIGIN a.\nx TXT \"no end"),
	"z:2: a string has no end: expected a closing \" on this line"},
    {TEXT("$ORIGIN a.\nx TXT (a\nb\n"), "z:2: a \"(\" is never closed: expected a \")\" below"},
    {TEXT("$ORIGIN a.\nx TXT a )\n"), "z:2: a \")\" without a \"(\" before it: expected none"},
    {TEXT("$ORIGIN a.\nx TXT a\\25\n"), "z:2: a bad escape: " CUT_TEXT},
    {TEXT("$ORIGIN a.\nx TXT a\\256\n"), "z:2: a bad escape: " CUT_TEXT},
    {TEXT("$ORIGIN a.\nx TXT a\\\n"), "z:2: a bad escape: " CUT_TEXT},
    {TEXT("$ORIGIN a.\nx TXT a\\"), "z:2: a bad escape: " CUT_TEXT},
    {TEXT("$ORIGIN a.\nx TXT a\0b\n"), "z:2: a NUL octet: expected text"},
    {TEXT("$ORIGIN a.\nx CNAME y\nx A 192.0.2.1\n"),
	"z:3: \"x.a.\" has a CNAME and other records: expected the CNAME alone"},
    {TEXT("$ORIGIN a.\nx CAA 0 issue \"y\"\n\nx CNAME y\n"),
	"z:4: \"x.a.\" has a CNAME and other records: expected the CNAME alone"},
    {TEXT("$ORIGIN a.\nx CNAME y\nx CNAME y\nx CNAME z\n"),
	"z:4: \"x.a.\" has two CNAME records: expected one"},
    {TEXT("$ORIGIN a.\n@ SOA m r 1 1 1 1 1\n@ CNAME y\n"),
	"z:3: \"a.\" has a CNAME and other records: expected the CNAME alone"},
    {TEXT("$ORIGIN a.\nx TXT (a\n\nb) c )\n"),
	"z:4: a \")\" without a \"(\" before it: expected none"},
};

START_TEST(refuse)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct dns_zones *z = dns_zones_new();
		struct span text = unit_guard(errors[i].zone);
		struct error err = {.kind = ERROR_CANNOT, .text = "accepted"};
		int got = dns_zones_add(z, "z", text, &err);

		ck_assert_msg(got < 0 && strcmp(err.text, errors[i].want) == 0,
		    "got \"%s\", expected \"%s\"", err.text, errors[i].want);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert(!dns_zones_have(z, span_from("a")));
		unit_guard_free(text);
		dns_zones_free(z);
	}
}
END_TEST

static void add(struct dns_zones *z, const char *file, const char *text)
{
	struct error err;

	ck_assert_msg(dns_zones_add(z, file, span_from(text), &err) == 0, "%s", err.text);
}

START_TEST(several_zones)
{
	struct dns_zones *z = dns_zones_new();
	struct error err;

	add(z, "one",
	    "$ORIGIN example.\n$TTL 5\na CNAME b.sub\nx.sub A 192.0.2.1\nsub NS ns\n"
	    "c CNAME d.other.\n");
	add(z, "two", "$ORIGIN sub.example.\n$TTL 4\nb TXT here\nloop CNAME loop.other.\n");
	add(z, "three",
	    "$ORIGIN other.\n$TTL 3\nd CNAME a.example.\nloop CNAME loop.sub.example.\n"
	    "out CNAME x.elsewhere.\n");
	check_answer(z, "a.example", "TXT", "NOERROR -> b.sub.example. [\"here\"] ttl 4");
	check_answer(z, "c.example", "TXT", "NOERROR -> b.sub.example. [\"here\"] ttl 3");
	check_answer(z, "x.sub.example", "A", "NXDOMAIN ttl 60");
	check_answer(z, "loop.other", "A", "SERVFAIL ttl 0");
	check_answer(z, "out.other", "A", "NOERROR -> x.elsewhere. ttl 3");
	check_answer(z, "x.elsewhere", "A", "none");
	ck_assert_int_lt(
	    dns_zones_add(z, "four", SPAN("\n$ORIGIN OTHER.\nx A 192.0.2.1\n"), &err), 0);
	ck_assert_str_eq(
	    err.text, "four:3: the zone \"other.\" is in three already: expected each zone once");
	check_answer(z, "x.other", "A", "NXDOMAIN ttl 60");
	dns_zones_free(z);
}
END_TEST

/* A chain of so many links from n0. */
static void check_chain(unsigned links, bool outside, const char *want)
{
	struct dns_zones *z = dns_zones_new();
	struct buffer text = BUFFER_INIT;

	buffer_add_string(&text, "$ORIGIN t.\n$TTL 5\n");
	for (unsigned i = 0; i < links; i++)
		buffer_printf(&text, "n%u CNAME n%u%s\n", i, i + 1,
		    outside && i + 1 == links ? ".elsewhere." : "");
	buffer_printf(&text, "n%u A 192.0.2.1\n", links);
	add(z, "chain", text.data);
	check_answer(z, "n0.t", "A", want);
	buffer_clear(&text);
	dns_zones_free(z);
}

START_TEST(long_chain)
{
	check_chain(16, false, "NOERROR -> n16.t. [192.0.2.1] ttl 5");
	check_chain(16, true, "NOERROR -> n16.elsewhere. ttl 5");
	check_chain(17, false, "SERVFAIL ttl 0");
}
END_TEST

/* Many records at many names and at one; what one answer holds is bounded. */
START_TEST(large)
{
	struct dns_zones *z = dns_zones_new();
	struct buffer text = BUFFER_INIT;
	struct arena *a = arena_new();
	const struct dns_answer *got;

	buffer_add_string(&text, "$ORIGIN t.\n$TTL 5\n");
	for (unsigned i = 0; i < 20000; i++)
		buffer_printf(&text, "h%u.d%u A 192.0.2.%u\nall TXT %u\n", i, i % 100, i % 250, i);
	add(z, "large", text.data);
	got = dns_zones_answer(z, a, SPAN("all.t"), DNS_TXT);
	ck_assert_uint_eq(got->count, DNS_RECORD_MAX);
	check_answer(z, "h19999.d99.t", "A", "NOERROR [192.0.2.249] ttl 5");
	check_answer(z, "d7.t", "A", "NODATA ttl 60");
	check_answer(z, "h8.d7.t", "A", "NXDOMAIN ttl 60");
	buffer_clear(&text);
	arena_free(a);
	dns_zones_free(z);
}
END_TEST

/* The longest data that is a record, and one that is not cut but refused. */
START_TEST(long_entry)
{
	struct buffer text = BUFFER_INIT;
	struct dns_zones *z = dns_zones_new();
	struct arena *a = arena_new();
	struct error err = {.text = ""};

	buffer_add_string(&text, "$ORIGIN t.\nx 5 TXT (\n");
	for (unsigned i = 0; i < 1000; i++)
		buffer_add_string(
		    &text, "\"0123456789012345678901234567890123456789012345678901234567\"\n");
	buffer_add_string(&text, ")\n");
	ck_assert_msg(dns_zones_add(z, "f", buffer_span(&text), &err) == 0, "%s", err.text);
	ck_assert_uint_eq(dns_zones_answer(z, a, SPAN("x.t"), DNS_TXT)->records[0].text.len, 58000);
	buffer_drop(&text, 0);
	text.len -= 2;
	for (unsigned i = 0; i < 100; i++)
		buffer_add_string(
		    &text, "\"0123456789012345678901234567890123456789012345678901234567\"\n");
	buffer_add_string(&text, ")\n");
	ck_assert_int_lt(dns_zones_add(z, "f", buffer_span(&text), &err), 0);
	ck_assert_msg(strstr(err.text, "cannot be read: expected one or more strings") != NULL,
	    "%s", err.text);
	for (unsigned i = 0; i < 300; i++)
		buffer_add_string(&text, "(a)");
	buffer_reset(&text);
	buffer_add_string(&text, "$ORIGIN t.\nx 5 TXT (\n");
	for (unsigned i = 0; i < 100000; i++)
		buffer_add_string(&text, "a\n");
	ck_assert_int_lt(dns_zones_add(z, "f", buffer_span(&text), &err), 0);
	ck_assert_msg(strstr(err.text, ": the entry is too long: ") != NULL, "%s", err.text);
	buffer_clear(&text);
	arena_free(a);
	dns_zones_free(z);
}
END_TEST

/* Appends "line name type data;" of a record. */
static void add_item(const struct dns_zone_item *item, void *arg)
{
	struct buffer *out = arg;

	buffer_printf(out, "%u %.*s %s ", item->line, (int)item->name.len, item->name.data,
	    DNS_TYPE_NAME[item->type]);
	dns_rdata_write(out, item->type, item->record);
	buffer_add_char(out, ';');
}

/* Of one file of several: every record with its own line, name after name. */
START_TEST(each_record)
{
	struct dns_zones *z = dns_zones_new();
	struct buffer seen = BUFFER_INIT;

	add(z, "one",
	    "$ORIGIN a.test.\n$TTL 5\n\n@ SOA a b 1 2 3 4 5\n  NS ns\n  TXT (\n\"x\"\n"
	    "\"y\" )\nB A 192.0.2.1\n@ TXT z\n$MAILASSAY TIMEOUT f\nb MX 1 c\nB A 192.0.2.1\n"
	    "*.b.c CNAME b\n");
	add(z, "two", "$ORIGIN b.test.\n@ 5 TXT two\n");
	dns_zones_each(z, "one", add_item, &seen);
	unit_span_eq("one", buffer_span(&seen),
	    "6 a.test TXT \"xy\";10 a.test TXT \"z\";12 b.a.test MX 1 c.a.test.;"
	    "9 b.a.test A 192.0.2.1;14 *.b.c.a.test CNAME b.a.test.;");
	buffer_reset(&seen);
	dns_zones_each(z, "two", add_item, &seen);
	unit_span_eq("two", buffer_span(&seen), "2 b.test TXT \"two\";");
	buffer_reset(&seen);
	dns_zones_each(z, "three", add_item, &seen);
	ck_assert_uint_eq(seen.len, 0);
	buffer_clear(&seen);
	dns_zones_free(z);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    answer, refuse, several_zones, long_chain, large, long_entry, each_record, NULL};

	return unit_main("dnszone", tests);
}
