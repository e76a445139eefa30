/*
 * SPDX-License-Identifier: ISC
 *
 * The text of SPF records (RFC 7208 4.5, 4.6.1, 12).
 */
#include <string.h>

#include "base/buffer.h"
#include "unit.h"
#include "verify/spf_record.h"

#define BYTES(literal)                                                                             \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static const struct {
	struct span text;
	bool is;
} versions[] = {
    {BYTES("v=spf1"), true},
    {BYTES("v=spf1 -all"), true},
    {BYTES("V=SPF1 -all"), true},
    {BYTES("v=spf1 "), true},
    {BYTES("v=spf10"), false},
    {BYTES("v=spf1-all"), false},
    {BYTES("v=spf1\t-all"), false},
    {BYTES(" v=spf1"), false},
    {BYTES("v=spf"), false},
    {BYTES("spf2.0/pra"), false},
    {BYTES(""), false},
};

START_TEST(recognized)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		struct span text = unit_guard(versions[i].text);

		ck_assert_msg(
		    spf_record_is(text) == versions[i].is, "\"%s\"", versions[i].text.data);
		unit_guard_free(text);
	}
}
END_TEST

static const struct {
	const char *terms;
	const char *parsed; /* "KIND[ result][ domain][ network][ /bits4//bits6];" each */
} good[] = {
    {"", ""},
    {"   ", ""},
    {"all", "all pass;"},
    {"+all -all ~all ?all", "all pass;all fail;all softfail;all neutral;"},
    {"-ALL", "all fail;"},
    {"a", "a pass /32//128;"},
    {"a  mx", "a pass /32//128;mx pass /32//128;"},
    {"a:b.example", "a pass b.example /32//128;"},
    {"a/24", "a pass /24//128;"},
    {"a//64", "a pass /32//64;"},
    {"mx/0//0", "mx pass /0//0;"},
    {"-mx:b.example/24//64", "mx fail b.example /24//64;"},
    {"a:b.example.", "a pass b.example. /32//128;"},
    {"a:.b.c-d", "a pass .b.c-d /32//128;"},
    {"a:foo:bar/baz.example.com", "a pass foo:bar/baz.example.com /32//128;"},
    {"a:foo/24.example.com/24", "a pass foo/24.example.com /24//128;"},
    {"a:%{d}/24", "a pass %{d} /24//128;"},
    {"a:x.xn--zckzah", "a pass x.xn--zckzah /32//128;"},
    {"ptr ptr:%{d}", "ptr pass;ptr pass %{d};"},
    {"exists:%{i}.x.example", "exists pass %{i}.x.example;"},
    {"?include:x.example", "include neutral x.example;"},
    {"ip4:192.0.2.1", "ip4 pass 192.0.2.1/32;"},
    {"ip4:192.0.2.1/0", "ip4 pass 192.0.2.1/0;"},
    {"-IP4:192.0.2.0/24", "ip4 fail 192.0.2.0/24;"},
    {"ip6:2001:DB8::/32", "ip6 pass 2001:db8::/32;"},
    {"ip6:::1.1.1.1/0", "ip6 pass ::1.1.1.1/0;"},
    {"ip6:::ffff:192.0.2.1", "ip6 pass ::ffff:192.0.2.1/128;"},
    {"redirect=x.example", "redirect x.example;"},
    {"REDIRECT=%{d}.x.example. exp=%{d}", "redirect %{d}.x.example.;exp %{d};"},
    {"moo.cow-far_out=man:dog/cat all", "unknown;all pass;"},
    {"default=+ x= y=%{c}%%", "unknown;unknown;unknown;"},
    {"all=1 a=b", "unknown;unknown;"},
};

static const char *const KIND_NAME[] = {
    [SPF_TERM_ALL] = "all",
    [SPF_TERM_INCLUDE] = "include",
    [SPF_TERM_A] = "a",
    [SPF_TERM_MX] = "mx",
    [SPF_TERM_PTR] = "ptr",
    [SPF_TERM_IP4] = "ip4",
    [SPF_TERM_IP6] = "ip6",
    [SPF_TERM_EXISTS] = "exists",
    [SPF_TERM_REDIRECT] = "redirect",
    [SPF_TERM_EXP] = "exp",
    [SPF_TERM_UNKNOWN] = "unknown",
};
_Static_assert(ARRAY_SIZE(KIND_NAME) == SPF_TERM_KIND_COUNT, "one name for each kind");

static void show(const struct spf_term *t, struct buffer *out)
{
	char ip[IP_TEXT_SIZE];

	buffer_add_string(out, KIND_NAME[t->kind]);
	if (t->kind <= SPF_TERM_EXISTS)
		buffer_printf(out, " %s", AUTH_RESULT_NAME[t->result]);
	if (t->domain.len > 0)
		buffer_printf(out, " %.*s", (int)t->domain.len, t->domain.data);
	if (t->network.ip.family != IP_NONE)
		buffer_printf(out, " %s/%u", ip_format(&t->network.ip, ip), t->network.bits);
	if (t->kind == SPF_TERM_A || t->kind == SPF_TERM_MX)
		buffer_printf(out, " /%u//%u", t->bits4, t->bits6);
	buffer_add_char(out, ';');
}

static struct span with_version(struct buffer *b, const char *terms)
{
	struct span guarded;

	buffer_printf(b, "v=spf1 %s", terms);
	guarded = unit_guard(buffer_span(b));
	buffer_clear(b);
	return guarded;
}

START_TEST(accepted)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct buffer b = BUFFER_INIT, seen = BUFFER_INIT;
		struct span text = with_version(&b, good[i].terms), rest;
		struct error err = {0};
		struct spf_record record;
		struct spf_term t;

		ck_assert_msg(
		    spf_record_parse(text, &record, &err) == 0, "%s: %s", good[i].terms, err.text);
		for (rest = record.terms; spf_record_next(&rest, &t);)
			show(&t, &seen);
		unit_span_eq(good[i].terms, buffer_span(&seen), good[i].parsed);
		buffer_clear(&seen);
		unit_guard_free(text);
	}
}
END_TEST

static const struct {
	const char *terms;
	const char *complaint; /* a part of it */
} bad[] = {
    {"moo", "\"moo\": no mechanism or modifier of this name is known"},
    {"-all moo", "\"moo\""},
    {"ip:192.0.2.1", "\"ip:192.0.2.1\""},
    {"-all.", "\"-all.\""},
    {"all:x", "expected all"},
    {"all/8", "expected all"},
    {"--all", "\"--all\""},
    {"-", "\"-\""},
    {"include", "expected include:DOMAIN"},
    {"include:", "expected include:DOMAIN"},
    {"include:x.example/24", "expected a domain name of two or more labels"},
    {"exists", "expected exists:DOMAIN"},
    {"ptr/0", "expected ptr or ptr:DOMAIN"},
    {"ptr:", "expected ptr or ptr:DOMAIN"},
    {"a:", "expected a, a:DOMAIN"},
    {"a/", "expected a, a:DOMAIN"},
    {"a/33", "an IPv4 prefix length is a number from 0 to 32"},
    {"a/032", "an IPv4 prefix length"},
    {"a/00", "an IPv4 prefix length"},
    {"a/99999999999999999999", "an IPv4 prefix length"},
    {"a//129", "an IPv6 prefix length is a number from 0 to 128"},
    {"a/24/64", "an IPv4 prefix length"},
    {"a//64/24", "expected a, a:DOMAIN"},
    {"a:x.example/24/32", "expected a domain name"},
    {"a:museum", "expected a domain name"},
    {"a:museum.", "expected a domain name"},
    {"a:x.123", "expected a domain name"},
    {"a:x.-com", "expected a domain name"},
    {"a:x.com-", "expected a domain name"},
    {"a:example.com:8080", "expected a domain name"},
    {"a:x..", "expected a domain name"},
    {"a:192.0.2.1", "write an address as ip4: or ip6:"},
    {"a:2001:db8::1", "write an address as ip4: or ip6:"},
    {"a:%{c}.example", "the macro letter c may be used in the text of an explanation only"},
    {"a:%x.example", "\"%x.example\" begins with no macro"},
    {"ip4", "expected ip4:192.0.2.1"},
    {"ip4:", "expected ip4:192.0.2.1"},
    {"ip4:192.0.2", "expected ip4:192.0.2.1"},
    {"ip4:192.0.2.256", "expected ip4:192.0.2.1"},
    {"ip4:192.0.2.01", "expected ip4:192.0.2.1"},
    {"ip4:192.0.2.1:25", "expected ip4:192.0.2.1"},
    {"ip4:192.0.2.1/33", "an IPv4 prefix length"},
    {"ip4:192.0.2.1//32", "expected ip4:192.0.2.1"},
    {"ip4:192.0.2.1/", "expected ip4:192.0.2.1"},
    {"ip4:2001:db8::1", "expected ip4:192.0.2.1"},
    {"ip4=192.0.2.1 ip4/24", "expected ip4:192.0.2.1"},
    {"ip6:192.0.2.1", "expected ip6:2001:db8::1"},
    {"ip6:::1/129", "an IPv6 prefix length"},
    {"ip6::CAFE::BABE", "expected ip6:2001:db8::1"},
    {"ip6:fe80::1%eth0", "expected ip6:2001:db8::1"},
    {"redirect=", "expected redirect=DOMAIN"},
    {"redirect=-all", "expected a domain name"},
    {"redirect:x.example", "no mechanism or modifier of this name is known"},
    {"redirect=a.example redirect=b.example", "\"redirect=b.example\": this modifier may stand"},
    {"exp=", "expected exp=DOMAIN"},
    {"exp=a.example -all exp=a.example", "this modifier may stand once only"},
    {"-exp=a.example", "no mechanism"},
    {"1up=x", "\"1up=x\""},
    {"=all", "\"=all\""},
    {"moo=%abc", "\"%abc\" begins with no macro"},
    {"a\tmx", "\"a\\009mx\""},
    {"a\rmx", "\"a\\013mx\""},
    {"a:\xef\xbb\xbfx.example", "it holds an octet that is not visible ASCII"},
    {"moo=\x80", "it holds an octet that is not visible ASCII"},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct buffer b = BUFFER_INIT;
		struct span text = with_version(&b, bad[i].terms);
		struct error err = {0};
		struct spf_record record;

		ck_assert_msg(
		    spf_record_parse(text, &record, &err) == -1, "\"%s\" passed", bad[i].terms);
		ck_assert_msg(strstr(err.text, bad[i].complaint) != NULL, "%s: \"%s\"",
		    bad[i].terms, err.text);
		unit_guard_free(text);
	}
}
END_TEST

START_TEST(nul_in_a_domain)
{
	struct span text = unit_guard(SPAN("v=spf1 a:foo.example.com\0"));
	struct spf_record record;
	struct error err;

	ck_assert_int_eq(spf_record_parse(text, &record, &err), -1);
	unit_guard_free(text);
}
END_TEST

START_TEST(modifiers_are_found)
{
	struct span text =
	    unit_guard(SPAN("v=spf1 exp=why.example -all redirect=other.example x=y"));
	struct spf_record record;
	struct error err;

	ck_assert_int_eq(spf_record_parse(text, &record, &err), 0);
	ck_assert(record.has_exp && record.has_redirect);
	unit_span_eq("exp", record.exp.domain, "why.example");
	unit_span_eq("redirect", record.redirect.domain, "other.example");
	unit_span_eq("redirect", record.redirect.text, "redirect=other.example");
	unit_guard_free(text);
}
END_TEST

START_TEST(plus_is_no_part_of_the_text)
{
	struct spf_record record;
	struct spf_term t;
	struct error err;
	struct span rest;

	ck_assert_int_eq(spf_record_parse(SPAN("v=spf1 +a:x.example -all"), &record, &err), 0);
	rest = record.terms;
	ck_assert(spf_record_next(&rest, &t));
	unit_span_eq("plus", t.text, "a:x.example");
	ck_assert(spf_record_next(&rest, &t));
	unit_span_eq("minus", t.text, "-all");
	ck_assert(!spf_record_next(&rest, &t));
}
END_TEST

START_TEST(terms_that_ask)
{
	static const bool asks[SPF_TERM_KIND_COUNT] = {
	    [SPF_TERM_INCLUDE] = true,
	    [SPF_TERM_A] = true,
	    [SPF_TERM_MX] = true,
	    [SPF_TERM_PTR] = true,
	    [SPF_TERM_EXISTS] = true,
	    [SPF_TERM_REDIRECT] = true,
	};

	for (int k = 0; k < SPF_TERM_KIND_COUNT; k++)
		ck_assert_msg(spf_term_asks((enum spf_term_kind)k) == asks[k], "%s", KIND_NAME[k]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {recognized, accepted, refused, nul_in_a_domain,
	    modifiers_are_found, plus_is_no_part_of_the_text, terms_that_ask, NULL};

	return unit_main("spfrecord", tests);
}
