/*
 * SPDX-License-Identifier: ISC
 *
 * mail/domain: what is a name, what a HELO argument is, and names in other scripts.
 */
#include "unit.h"

#include <string.h>

#include "mail/domain.h"

#define L50  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
#define L63  L50 "fffffffffffff"
#define N253 L63 "." L63 "." L63 "." L50 "1234567890a"

static const struct {
	const char *name;
	bool valid;
} NAMES[] = {
    {"example.com", true},
    {"EXAMPLE.Com", true},
    {"localhost", true},
    {"a", true},
    {"1", true},
    {"1.2.3.4", true},
    {"a-b.c--d", true},
    {"xn--mnchen-3ya.example", true},
    {L63 ".com", true},
    {L63 "x.com", false},
    {N253, true},
    {N253 "x", false},
    {"", false},
    {".", false},
    {".a", false},
    {"a.", false},
    {"a..b", false},
    {"-a.b", false},
    {"a-.b", false},
    {"a.-b", false},
    {"a.b-", false},
    {"a_b.c", false},
    {"a b.c", false},
    {"a.b\n", false},
    {"m\xc3\xbcnchen.example", false},
    {"[192.0.2.1]", false},
};

START_TEST(names)
{
	for (size_t i = 0; i < ARRAY_SIZE(NAMES); i++) {
		struct span s = unit_guard(span_from(NAMES[i].name));

		ck_assert_msg(mail_domain_valid(s) == NAMES[i].valid, "%s", NAMES[i].name);
		unit_guard_free(s);
	}
	ck_assert_uint_eq(strlen(N253), 253);
	ck_assert(!mail_domain_valid(SPAN("a\0b.example")));
	ck_assert(!mail_domain_valid(span_of(NULL, 0)));
}
END_TEST

static const struct {
	const char *argument;
	enum mail_helo kind;
	const char *ip;
} HELOS[] = {
    {"mx.example.com", MAIL_HELO_NAME, NULL},
    {"a.b", MAIL_HELO_NAME, NULL},
    {"4.example.1a", MAIL_HELO_NAME, NULL},
    {"localhost", MAIL_HELO_INVALID, NULL},
    {"myhost", MAIL_HELO_INVALID, NULL},
    {"localhost.", MAIL_HELO_INVALID, NULL},
    {"mx.example.com.", MAIL_HELO_INVALID, NULL},
    {"my_host.example.com", MAIL_HELO_INVALID, NULL},
    {"192.0.2.1", MAIL_HELO_INVALID, NULL},
    {"[192.0.2.1]", MAIL_HELO_LITERAL, "192.0.2.1"},
    {"[127.0.0.1]", MAIL_HELO_LITERAL, "127.0.0.1"},
    {"[IPv6:2001:db8::1]", MAIL_HELO_LITERAL, "2001:db8::1"},
    {"[ipv6:::1]", MAIL_HELO_LITERAL, "::1"},
    {"[IPv6:::ffff:192.0.2.1]", MAIL_HELO_LITERAL, "192.0.2.1"},
    {"[::1]", MAIL_HELO_INVALID, NULL},
    {"[IPv6:192.0.2.1]", MAIL_HELO_INVALID, NULL},
    {"[IPv6:]", MAIL_HELO_INVALID, NULL},
    {"[192.0.2]", MAIL_HELO_INVALID, NULL},
    {"[192.0.2.1", MAIL_HELO_INVALID, NULL},
    {"192.0.2.1]", MAIL_HELO_INVALID, NULL},
    {"[]", MAIL_HELO_INVALID, NULL},
    {"[", MAIL_HELO_INVALID, NULL},
    {"]", MAIL_HELO_INVALID, NULL},
    {"[tag:content]", MAIL_HELO_INVALID, NULL},
    {"", MAIL_HELO_INVALID, NULL},
    {"mx.example.com trailing", MAIL_HELO_INVALID, NULL},
    {"m\xc3\xbcnchen.example", MAIL_HELO_INVALID, NULL},
};

START_TEST(helos)
{
	for (size_t i = 0; i < ARRAY_SIZE(HELOS); i++) {
		struct span s = unit_guard(span_from(HELOS[i].argument));
		struct ip ip = {.family = IP_NONE};
		char text[IP_TEXT_SIZE];

		ck_assert_msg(mail_helo_kind(s, &ip) == HELOS[i].kind, "%s", HELOS[i].argument);
		if (HELOS[i].ip != NULL)
			ck_assert_str_eq(ip_format(&ip, text), HELOS[i].ip);
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	const char *name, *ascii; /* NULL: it has none */
} CONVERSIONS[] = {
    {"example.com", "example.com"},
    {"EXAMPLE.Com", "example.com"},
    {"example.com.", "example.com"},
    {"_dmarc.Example.com", "_dmarc.example.com"},
    {"not a name", "not a name"},
    {"m\xc3\xbcnchen.example", "xn--mnchen-3ya.example"},
    {"M\xc3\x9cNCHEN.Example", "xn--mnchen-3ya.example"},
    {"mu\xcc\x88nchen.example", "xn--mnchen-3ya.example"},
    {"m\xc3\xbcnchen.example.", "xn--mnchen-3ya.example"},
    {"fa\xc3\x9f.de", "xn--fa-hia.de"},
    {"\xe4\xbe\x8b\xe3\x80\x82\xe4\xbe\x8b\xe3\x80\x82", "xn--fsq.xn--fsq"},
    {"xn--mnchen-3ya.b\xc3\xbcro", "xn--mnchen-3ya.xn--bro-hoa"},
    {"", NULL},
    {".", NULL},
    {"\xff\xfe.example", NULL},
    {"m\xfcnchen.example", NULL},
    {"\xe2\x98\xba\xef\xbf\xbd.example", NULL},
    {"\xc3\xbc..example", NULL},
    {L63 "\xc3\xbc.example", NULL},
};

START_TEST(to_ascii)
{
	struct arena *a = arena_new();
	char longest[3000];

	for (size_t i = 0; i < ARRAY_SIZE(CONVERSIONS); i++) {
		struct span s = unit_guard(span_from(CONVERSIONS[i].name));

		ck_assert_pstr_eq(mail_domain_to_ascii(a, s), CONVERSIONS[i].ascii);
		unit_guard_free(s);
	}
	ck_assert_ptr_null(mail_domain_to_ascii(a, SPAN("a\0b.example")));
	ck_assert_ptr_null(mail_domain_to_ascii(a, span_of(NULL, 0)));
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = "\xc3\xbc."[i % 3];
	ck_assert_ptr_null(mail_domain_to_ascii(a, span_of(longest, sizeof(longest))));
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {names, helos, to_ascii, NULL};

	return unit_main("domain", tests);
}
