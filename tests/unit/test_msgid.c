/*
 * SPDX-License-Identifier: ISC
 *
 * mail/msgid: what is a msg-id and what is none.
 */
#include "unit.h"

#include <string.h>

#include "mail/msgid.h"

static const struct {
	const char *text, *id;
} TAKEN[] = {
    {"<1@example.com>", "<1@example.com>"},
    {"<a.b-c_d+e=f@host>", "<a.b-c_d+e=f@host>"},
    {"<!#$%&'*+-/=?^_`{|}~@a>", "<!#$%&'*+-/=?^_`{|}~@a>"},
    {"<20261123160000.ABC@mail.example.com>", "<20261123160000.ABC@mail.example.com>"},
    {"<a@under_score.example>", "<a@under_score.example>"},
    {" <a@b> ", "<a@b>"},
    {"\r\n <a@b>", "<a@b>"},
    {"(a) <b@c> (d (e) f)", "<b@c>"},
    {"<\"quoted\"@b>", "<\"quoted\"@b>"},
    {"<\"a@b>\"@c>", "<\"a@b>\"@c>"},
    {"<\"\"@c>", "<\"\"@c>"},
    {"<\"a\\\"b\\ c\\\\\"@d>", "<\"a\\\"b\\ c\\\\\"@d>"},
    {"<a.\"b\".c@d>", "<a.\"b\".c@d>"},
    {"<a@[192.0.2.1]>", "<a@[192.0.2.1]>"},
    {"<a@[IPv6:2001:db8::1]>", "<a@[IPv6:2001:db8::1]>"},
    {"<a@[any<>text@here]>", "<a@[any<>text@here]>"},
    {"<a@[]>", "<a@[]>"},
    {"<\xc3\xa4@b\xc3\xbc\x63her.example>", "<\xc3\xa4@b\xc3\xbc\x63her.example>"},
    {"<\"\xc3\xa4\"@[\xe2\x82\xac]>", "<\"\xc3\xa4\"@[\xe2\x82\xac]>"},
};

START_TEST(taken)
{
	for (size_t i = 0; i < ARRAY_SIZE(TAKEN); i++) {
		struct span s = unit_guard(span_from(TAKEN[i].text)), id = {NULL, 0};
		struct error err;

		ck_assert_msg(
		    mail_msgid_parse(s, &id, &err) == 0, "%s: %s", TAKEN[i].text, err.text);
		unit_span_eq(TAKEN[i].text, id, TAKEN[i].id);
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	const char *text, *why;
} REFUSED[] = {
    {"", "octet 1: expected \"<\", got the end"},
    {"a@b", "octet 1: expected \"<\", got \"a\""},
    {"\"a\" <b@c>", "octet 1: expected \"<\""},
    {"<>", "octet 2: expected a word of the part left of \"@\", got \">\""},
    {"<a>", "octet 3: expected \"@\", got \">\""},
    {"<@b>", "octet 2: expected a word of the part left of \"@\", got \"@\""},
    {"<a@>", "octet 4: expected a word of the part right of \"@\", got \">\""},
    {"<a@b", "octet 5: expected \">\", got the end"},
    {"<a@b@c>", "octet 5: expected \">\", got \"@\""},
    {"<a b@c>", "octet 3: expected \"@\", got a blank"},
    {"< a@b>", "octet 2: expected a word of the part left of \"@\", got a blank"},
    {"<a@b >", "octet 5: expected \">\", got a blank"},
    {"<a@\r\n b>", "octet 4: expected a word of the part right of \"@\", got octet 0x0D"},
    {"<a(c)@b>", "octet 3: expected \"@\", got \"(\""},
    {"<a..b@c>", "octet 4: expected a word of the part left of \"@\", got \".\""},
    {"<.a@c>", "octet 2: expected a word of the part left of \"@\", got \".\""},
    {"<a.@c>", "octet 4: expected a word of the part left of \"@\", got \"@\""},
    {"<a@b..c>", "octet 6: expected a word of the part right of \"@\""},
    {"<a@b.>", "octet 6: expected a word of the part right of \"@\""},
    {"<a@\"b\">", "octet 4: expected a word of the part right of \"@\""},
    {"<a:b@c>", "octet 3: expected \"@\", got \":\""},
    {"<a,b@c>", "octet 3: expected \"@\""},
    {"<\"a b\"@c>",
	"octet 4: expected a character without blanks, or the closing quote, got a blank"},
    {"<\"a", "octet 4: expected a character without blanks, or the closing quote, got the end"},
    {"<\"a\\", "octet 5: expected a character without blanks, or the closing quote, got the end"},
    {"<\"a\"b@c>", "octet 5: expected \"@\", got \"b\""},
    {"<a@[b>", "octet 7: expected \"]\" at the end of the literal, got the end"},
    {"<a@[b c]>", "octet 6: expected \"]\" at the end of the literal, got a blank"},
    {"<a@[b\\]]>", "octet 6: expected \"]\" at the end of the literal, got \"\\\""},
    {"<a@[b]c>", "octet 7: expected \">\", got \"c\""},
    {"<a@b> c", "octet 7: expected the end behind \">\", got \"c\""},
    {"<a@b><c@d>", "octet 6: expected the end, since a message has one Message-ID, got \"<\""},
    {"<a@b> (x) <c@d>", "octet 11: expected the end, since a message has one Message-ID"},
    {"<a@b> (x", "octet 9: expected \")\" at the end of the comment"},
    {"<\xff@b>", "octet 2: expected a word of the part left of \"@\", got octet 0xFF"},
    {"<a\xc3@b>", "octet 3: expected \"@\", got octet 0xC3"},
    {"<a@b\xc3", "octet 5: expected \">\", got octet 0xC3"},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
		struct span s = unit_guard(span_from(REFUSED[i].text)), id;
		struct error err;

		ck_assert_msg(mail_msgid_parse(s, &id, &err) == -1, "%s: taken", REFUSED[i].text);
		ck_assert_msg(
		    strstr(err.text, REFUSED[i].why) != NULL, "%s: %s", REFUSED[i].text, err.text);
		ck_assert_int_eq(mail_msgid_parse(s, &id, NULL), -1);
		unit_guard_free(s);
	}
}
END_TEST

START_TEST(nul)
{
	struct span s = unit_guard(SPAN("<a\0b@c>")), id;

	ck_assert_int_eq(mail_msgid_parse(s, &id, NULL), -1);
	unit_guard_free(s);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {taken, refused, nul, NULL};

	return unit_main("msgid", tests);
}
