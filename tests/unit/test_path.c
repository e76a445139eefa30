/*
 * SPDX-License-Identifier: ISC
 *
 * mail/path: the paths of MAIL FROM and RCPT TO by the letter of RFC 5321 4.1.2 and RFC 6531.
 */
#include "unit.h"

#include <string.h>

#include "mail/address.h"

#define N   MAIL_PATH_NULL
#define PM  MAIL_PATH_POSTMASTER
#define U8  MAIL_PATH_UTF8
#define L63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define L64 L63 "x"

static const struct {
	const char *text;
	unsigned flags;
	size_t octets;
	const char *local, *domain, *route;
} GOOD[] = {
    {"<a@example.com>", 0, 15, "a", "example.com", ""},
    {"<a@example.com> SIZE=1", N, 15, "a", "example.com", ""},
    {"<a@example.com>garbage", 0, 15, "a", "example.com", ""},
    {"<>", N, 2, "", "", ""},
    {"<> BODY=7BIT", N | U8, 2, "", "", ""},
    {"<postmaster>", PM, 12, "postmaster", "", ""},
    {"<PostMaster>", PM, 12, "PostMaster", "", ""},
    {"<postmaster@example.com>", PM, 24, "postmaster", "example.com", ""},
    {"<a.b.c@example.com>", 0, 19, "a.b.c", "example.com", ""},
    {"<!#$%&'*+-/=?^_`{|}~@example.com>", 0, 33, "!#$%&'*+-/=?^_`{|}~", "example.com", ""},
    {"<a@localhost>", 0, 13, "a", "localhost", ""},
    {"<a@1.2>", 0, 7, "a", "1.2", ""},
    {"<\"a b\"@example.com>", 0, 19, "\"a b\"", "example.com", ""},
    {"<\"\"@example.com>", 0, 16, "\"\"", "example.com", ""},
    {"<\"a\\\"b\\\\\"@example.com>", 0, 22, "\"a\\\"b\\\\\"", "example.com", ""},
    {"<\"a@b>c\"@example.com>", 0, 21, "\"a@b>c\"", "example.com", ""},
    {"<a@[192.0.2.1]>", 0, 15, "a", "[192.0.2.1]", ""},
    {"<a@[IPv6:2001:db8::1]>", 0, 22, "a", "[IPv6:2001:db8::1]", ""},
    {"<a@[ipv6:::ffff:192.0.2.1]>", 0, 27, "a", "[ipv6:::ffff:192.0.2.1]", ""},
    {"<a@[X-tag:what.ever]>", 0, 21, "a", "[X-tag:what.ever]", ""},
    {"<@one.example:a@example.com>", 0, 28, "a", "example.com", "@one.example"},
    {"<@one.example,@[192.0.2.1]:a@b.c>", 0, 33, "a", "b.c", "@one.example,@[192.0.2.1]"},
    {"<" L64 "@example.com>", 0, 78, L64, "example.com", ""},
    {"<a@" L63 ".com>", 0, 71, "a", L63 ".com", ""},
    {"<\xc3\xa4@m\xc3\xbcnchen.example>", U8, 21, "\xc3\xa4", "m\xc3\xbcnchen.example", ""},
    {"<\"\xc3\xa4 b\"@example.com>", U8, 20, "\"\xc3\xa4 b\"", "example.com", ""},
};

START_TEST(taken)
{
	for (size_t i = 0; i < ARRAY_SIZE(GOOD); i++) {
		struct span s = unit_guard(span_from(GOOD[i].text));
		const char *row = GOOD[i].text;
		struct mail_path path;
		struct error err = {.text = ""};
		ptrdiff_t n = mail_path_parse(s, GOOD[i].flags, &path, &err);

		ck_assert_msg(n == (ptrdiff_t)GOOD[i].octets, "%s: %td: %s", row, n, err.text);
		unit_span_eq(row, path.local, GOOD[i].local);
		unit_span_eq(row, path.domain, GOOD[i].domain);
		unit_span_eq(row, path.route, GOOD[i].route);
		ck_assert_uint_eq(path.address.len,
		    path.local.len + path.domain.len + (path.domain.len > 0 ? 1 : 0));
		ck_assert_msg(span_starts(path.address, path.local), "%s: address", row);
		ck_assert_msg(span_ends_nocase(path.address, path.domain), "%s: address", row);
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	const char *text;
	unsigned flags;
	const char *says; /* a part of the sentence */
} BAD[] = {
    {"", N, "octet 1: expected \"<\", as in <user@example.com>, got the end"},
    {"a@example.com", N, "octet 1: expected \"<\", as in <user@example.com>, got \"a\""},
    {" <a@example.com>", N, "a blank stands before it"},
    {"\t<a@example.com>", N, "a blank stands before it"},
    {"<>", 0, "<> is empty"},
    {"<postmaster>", N, "expected \"@\" and a domain"},
    {"<postmasters>", PM, "expected \"@\" and a domain"},
    {"<a>", N | PM, "expected \"@\" and a domain"},
    {"<a", N, "expected \"@\" and a domain behind the local part, got the end"},
    {"<", N, "expected a character of the local part, got the end"},
    {"<a@example.com", N, "expected \">\" behind the address, got the end"},
    {"<a@example.com >", N, "expected \">\" behind the address, got a blank"},
    {"< a@example.com>", N, "expected a character of the local part, got a blank"},
    {"<a b@example.com>", N, "expected \"@\" and a domain behind the local part, got a blank"},
    {"<@example.com>", N, "expected \":\" behind the source route, got \">\""},
    {"<@:a@example.com>", N, "expected a letter or digit of the domain, got \":\""},
    {"<@a,b:a@example.com>", N, "expected \"@\" of the next host in the source route"},
    {"<@a.b:>", N, "expected a character of the local part, got \">\""},
    {"<@a.b:postmaster>", PM, "expected \"@\" and a domain"},
    {"<.a@example.com>", N, "expected a character of the local part, got \".\""},
    {"<a.@example.com>", N, "expected a character of the local part, got \"@\""},
    {"<a..b@example.com>", N, "expected a character of the local part, got \".\""},
    {"<a@>", N, "expected a letter or digit of the domain, got \">\""},
    {"<a@b@c>", N, "expected \">\" behind the address, got \"@\""},
    {"<a@.b>", N, "expected a letter or digit of the domain"},
    {"<a@b.>", N, "expected a letter or digit of the domain, got \">\""},
    {"<a@-b>", N, "expected a letter or digit of the domain, got \"-\""},
    {"<a@b->", N, "expected a letter or digit at the end of a label"},
    {"<a@b_c>", N, "got \"_\""},
    {"<a@b\r\n>", N, "got octet 0x0D"},
    {"<\"a>", N, "expected a closing quote"},
    {"<\"a\\", N, "expected a closing quote"},
    {"<\"a\\\t\"@b>", N, "expected a closing quote"},
    {"<\"a\tb\"@b>", N, "got octet 0x09"},
    {"<\"a\"b@c>", N, "expected \"@\" and a domain behind the local part, got \"b\""},
    {"<a@[192.0.2.1>", N, "the address literal is not closed"},
    {"<a@[192.0.2]>", N, "no address literal"},
    {"<a@[192.0.2.256]>", N, "no address literal"},
    {"<a@[]>", N, "no address literal"},
    {"<a@[::1]>", N, "no address literal"},
    {"<a@[2001:db8::1]>", N, "no address literal"},
    {"<a@[IPv6:192.0.2.1]>", N, "no address literal"},
    {"<a@[IPv6:]>", N, "no address literal"},
    {"<a@[tag:]>", N, "no address literal"},
    {"<a@[tag-:x]>", N, "no address literal"},
    {"<a@[ta_g:x]>", N, "no address literal"},
    {"<a@[tag:x\\y]>", N, "no address literal"},
    {"<a@[192.0.2.1]x>", N, "expected \">\" behind the address"},
    {"<" L64 "x@example.com>", N, "the local part has 65 octets: expected at most 64"},
    {"<a@" L64 ".com>", N, "a label of the domain has 64 octets: expected at most 63"},
    {"<a@" L63 "." L63 "." L63 "." L63 ".a>", N, "the domain has 257 octets"},
    {"<" L63 "@" L63 "." L63 "." L63 ">", N, "it has 257 octets with its brackets"},
    {"<\xc3\xa4@example.com>", N, "got octet 0xC3"},
    {"<a@m\xc3\xbcnchen.example>", N, "got octet 0xC3"},
    {"<\xc3@example.com>", U8, "got octet 0xC3"},
    {"<\xe4@example.com>", U8, "got octet 0xE4"},
    {"<a@\xff.example>", U8, "got octet 0xFF"},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(BAD); i++) {
		struct span s = unit_guard(span_from(BAD[i].text));
		struct mail_path path;
		struct error err = {.text = ""};

		ck_assert_msg(
		    mail_path_parse(s, BAD[i].flags, &path, &err) == -1, "%s: taken", BAD[i].text);
		ck_assert_msg(strstr(err.text, BAD[i].says) != NULL, "%s: says \"%s\"", BAD[i].text,
		    err.text);
		ck_assert_int_eq(mail_path_parse(s, BAD[i].flags, &path, NULL), -1);
		unit_guard_free(s);
	}
}
END_TEST

START_TEST(nul_octets)
{
	struct mail_path path;

	ck_assert_int_eq(mail_path_parse(SPAN("<a\0b@example.com>"), N, &path, NULL), -1);
	ck_assert_int_eq(mail_path_parse(SPAN("<a@b\0c>"), N, &path, NULL), -1);
	ck_assert_int_eq(mail_path_parse(SPAN("<\"a\0\"@b>"), N, &path, NULL), -1);
	ck_assert_int_eq(mail_path_parse(SPAN("<a@[192.0.2.1\0]>"), N, &path, NULL), -1);
	ck_assert_int_eq(mail_path_parse(span_of(NULL, 0), N, &path, NULL), -1);
}
END_TEST

/* The longest path of all: 256 octets with its brackets. */
START_TEST(at_the_limit)
{
	static const char text[] = "<" L63 "x@" L63 "." L63 "." L63 ">";
	struct span s = span_of(text, sizeof(text) - 1);
	struct mail_path path;

	ck_assert_uint_eq(s.len, 258);
	ck_assert_int_eq(mail_path_parse(s, 0, &path, NULL), -1);
	ck_assert_int_eq(
	    mail_path_parse(
		SPAN("<abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij@" L63 "." L63
		     "." L63 ">"),
		0, &path, NULL),
	    256);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {taken, refused, nul_octets, at_the_limit, NULL};

	return unit_main("path", tests);
}
