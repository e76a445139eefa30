/*
 * SPDX-License-Identifier: ISC
 *
 * mail/address: address lists of header fields (RFC 5322 3.4 and 4.4). A list is shown as
 * "display|local|domain" for each mailbox, with ";" between.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/address.h"

static const struct {
	const char *value, *list;
} GOOD[] = {
    {"a@example.com", "|a|example.com"},
    {" a@example.com ", "|a|example.com"},
    {"<a@example.com>", "|a|example.com"},
    {"Name <a@Example.COM>", "Name|a|Example.COM"},
    {"Two  Words <a@b>", "Two Words|a|b"},
    {"\"Quoted, Name\" <a@b>", "Quoted, Name|a|b"},
    {"\"a \\\"q\\\" \\\\\" <a@b>", "a \"q\" \\|a|b"},
    {"\"Joined\"Words<a@b>", "JoinedWords|a|b"},
    {"John Q. Public <a@b>", "John Q. Public|a|b"},
    {". <a@b>", ".|a|b"},
    {"=?utf-8?q?J=C3=B6rg?= <a@b>", "=?utf-8?q?J=C3=B6rg?=|a|b"},
    {"J\xc3\xb6rg <a@b>", "J\xc3\xb6rg|a|b"},
    {"J\xf6rg <a@b>", "J\xf6rg|a|b"},
    {"a@b,c@d", "|a|b;|c|d"},
    {"a@b, Name <c@d> ,\t<e@f>", "|a|b;Name|c|d;|e|f"},
    {",a@b,, ,c@d,", "|a|b;|c|d"},
    {"a.b.c@d.e", "|a.b.c|d.e"},
    {"a . b @ c . d", "|a.b|c.d"},
    {"\"a b\"@c", "|a b|c"},
    {"\"a\".\"b\"@c", "|a.b|c"},
    {"\"\"@c", "||c"},
    {"\"a@x\" <\"a@x\"@c>", "a@x|a@x|c"},
    {"a@[192.0.2.1]", "|a|[192.0.2.1]"},
    {"a@ [ IPv6:::1 ] ", "|a|[IPv6:::1]"},
    {"(c)a(c)@(c)b(c).(c)c(c)", "|a|b.c"},
    {"a@b (Real Name)", "|a|b"},
    {"(one (two (three \\) )))a@b", "|a|b"},
    {"Name (c) More <(c) a@b (c)> (c)", "Name More|a|b"},
    {"(J\xc3\xb6rg) a@b", "|a|b"},
    {"<@r.example:a@b>", "|a|b"},
    {"N <@r.example,@s.example:a@b>", "N|a|b"},
    {"<,@r.example ,, @s.example : a@b>", "|a|b"},
    {"Group:;", ""},
    {"Undisclosed recipients: ;", ""},
    {"Group: a@b, N <c@d>;", "|a|b;N|c|d"},
    {"Group:,a@b,;, e@f", "|a|b;|e|f"},
    {"a@b, \"G 1\": c@d;, G2:;", "|a|b;|c|d"},
    {"a@b,\r\n c@d", "|a|b;|c|d"},
    {"a@b,\n c@d", "|a|b;|c|d"},
    {"J\xc3\xb6@m\xc3\xbcnchen.example", "|J\xc3\xb6|m\xc3\xbcnchen.example"},
    {"a@under_score.example", "|a|under_score.example"},
};

static void show(struct buffer *out, const struct mail_mailbox_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			buffer_add_char(out, ';');
		buffer_add_span(out, list->items[i].display);
		buffer_add_char(out, '|');
		buffer_add_span(out, list->items[i].local);
		buffer_add_char(out, '|');
		buffer_add_span(out, list->items[i].domain);
	}
}

START_TEST(taken)
{
	for (size_t i = 0; i < ARRAY_SIZE(GOOD); i++) {
		struct span s = unit_guard(span_from(GOOD[i].value));
		struct arena *a = arena_new();
		struct buffer shown = BUFFER_INIT;
		struct mail_mailbox_list list;
		struct error err = {.text = ""};

		ck_assert_msg(mail_address_list_parse(s, a, &list, &err) == 0, "%s: refused: %s",
		    GOOD[i].value, err.text);
		unit_guard_free(s);
		show(&shown, &list);
		unit_span_eq(GOOD[i].value, buffer_span(&shown), GOOD[i].list);
		buffer_clear(&shown);
		arena_free(a);
	}
}
END_TEST

static const struct {
	const char *value, *says;
} BAD[] = {
    {"", "octet 1: expected an address, got the end"},
    {"  ", "expected an address, got the end"},
    {",,", "expected an address, got the end"},
    {"(only a comment)", "expected an address, got the end"},
    {"Name", "expected \"@\" and a domain, got the end"},
    {"Name Surname, a@b", "expected \"@\" and a domain, got \",\""},
    {"<>", "expected \"@\" and a domain, got \">\""},
    {"Name <a>", "expected \"@\" and a domain, got \">\""},
    {"Name <a@b", "expected \">\" behind the address, got the end"},
    {"Name <a@b> x", "expected \",\" or the end behind an address, got \"x\""},
    {"a@b c@d", "expected \",\" or the end behind an address, got \"c\""},
    {"a@b; c@d", "expected \",\" or the end behind an address, got \";\""},
    {"a@b@c", "expected \",\" or the end behind an address, got \"@\""},
    {"a@b <a@b>", "expected \",\" or the end behind an address, got \"<\""},
    {"a b@c", "expected one word before \"@\""},
    {"@c", "expected one word before \"@\""},
    {".a@c", "expected one word before \"@\""},
    {"a.@c", "expected one word before \"@\""},
    {"a..b@c", "expected one word before \"@\""},
    {"a@", "expected a domain, got the end"},
    {"a@.b", "expected a domain, got \".\""},
    {"a@b.", "expected a domain, got the end"},
    {"a@b..c", "expected a domain, got \".\""},
    {"a@\"b\"", "expected a domain, got \"\"\""},
    {"a@[192.0.2.1", "expected \"]\""},
    {"a@[[1]", "expected \"]\""},
    {"\"a@b", "expected a closing quote, got the end"},
    {"\"a\\", "expected a closing quote, got the end"},
    {"(a@b", "expected \")\" at the end of the comment, got the end"},
    {"(a\\", "expected a character of the comment, got the end"},
    {"(()", "expected \")\" at the end of the comment"},
    {"a@b)", "got \")\""},
    {"G: a@b", "expected \";\" at the end of the group"},
    {"G: H: a@b;;", "expected \"@\" and a domain, got \":\""},
    {": a@b;", "got \":\""},
    {";", "got \";\""},
    {"G:;;", "got \";\""},
    {"<@r:>", "got \">\""},
    {"<@r a@b>", "expected \":\" behind the route"},
    {"<@r,", "expected \":\" behind the route, got the end"},
    {"a\x01@b", "got octet 0x01"},
    {"\"a\x7f\" <a@b>", "got octet 0x7F"},
    {"(\x02) a@b", "got octet 0x02"},
    {"\xf6@b", "octets that are no UTF-8"},
    {"a@\xf6", "octets that are no UTF-8"},
    {"MIME-Version: 1.0", "octet 18: expected \"@\" and a domain, got the end"},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(BAD); i++) {
		struct span s = unit_guard(span_from(BAD[i].value));
		struct arena *a = arena_new();
		struct mail_mailbox_list list;
		struct error err = {.text = ""};

		ck_assert_msg(
		    mail_address_list_parse(s, a, &list, &err) == -1, "%s: taken", BAD[i].value);
		ck_assert_msg(strstr(err.text, BAD[i].says) != NULL, "%s: says \"%s\"",
		    BAD[i].value, err.text);
		ck_assert_uint_eq(list.count, 0);
		unit_guard_free(s);
		arena_free(a);
	}
}
END_TEST

START_TEST(nul_octets)
{
	struct arena *a = arena_new();
	struct mail_mailbox_list list;

	ck_assert_int_eq(mail_address_list_parse(SPAN("a\0@b"), a, &list, NULL), -1);
	ck_assert_int_eq(mail_address_list_parse(SPAN("\"\0\"@b"), a, &list, NULL), -1);
	ck_assert_int_eq(mail_address_list_parse(SPAN("(\0)a@b"), a, &list, NULL), -1);
	ck_assert_int_eq(mail_address_list_parse(SPAN("a@[\0]"), a, &list, NULL), -1);
	ck_assert_int_eq(mail_address_list_parse(span_of(NULL, 0), a, &list, NULL), -1);
	arena_free(a);
}
END_TEST

static struct buffer repeated(const char *piece, size_t n)
{
	struct buffer b = BUFFER_INIT;

	for (size_t i = 0; i < n; i++)
		buffer_add_string(&b, piece);
	return b;
}

START_TEST(bounded)
{
	static const char *const pieces[] = {
	    "(", "(\\", "\"", "<", "a.", "@a:", "a:", "((", ",", " ", "<@a,", "a@b,", "(())"};
	struct arena *a = arena_new();
	struct mail_mailbox_list list;
	struct buffer b = repeated("a@b,", 5000);

	ck_assert_int_eq(mail_address_list_parse(buffer_span(&b), a, &list, NULL), 0);
	ck_assert_uint_eq(list.count, MAIL_MAILBOX_MAX);
	buffer_clear(&b);
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		b = repeated(pieces[i], 300000);
		mail_address_list_parse(buffer_span(&b), a, &list, NULL);
		ck_assert_uint_le(list.count, MAIL_MAILBOX_MAX);
		buffer_clear(&b);
		arena_reset(a);
	}
	arena_free(a);
}
END_TEST

START_TEST(comment_depth)
{
	struct arena *a = arena_new();
	struct mail_mailbox_list list;
	struct error err;

	for (size_t depth = 99; depth <= 101; depth++) {
		struct buffer open = repeated("(", depth), close = repeated(")", depth);

		buffer_add_span(&open, buffer_span(&close));
		buffer_add_string(&open, "a@b");
		ck_assert_int_eq(mail_address_list_parse(buffer_span(&open), a, &list, &err),
		    depth <= 100 ? 0 : -1);
		buffer_clear(&open);
		buffer_clear(&close);
	}
	ck_assert_ptr_nonnull(strstr(err.text, "nested more than 100 deep"));
	arena_free(a);
}
END_TEST

static const struct {
	const char *local, *address;
} ADDRESSES[] = {
    {"a", "a@b.c"},
    {"a.b", "a.b@b.c"},
    {"j\xc3\xb6rg", "j\xc3\xb6rg@b.c"},
    {"", "\"\"@b.c"},
    {"a b", "\"a b\"@b.c"},
    {".a", "\".a\"@b.c"},
    {"a.", "\"a.\"@b.c"},
    {"a..b", "\"a..b\"@b.c"},
    {"a@b", "\"a@b\"@b.c"},
    {"a\"b\\c", "\"a\\\"b\\\\c\"@b.c"},
};

START_TEST(writing)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(ADDRESSES); i++) {
		struct mail_mailbox m = {
		    .local = span_from(ADDRESSES[i].local), .domain = SPAN("b.c")};

		ck_assert_str_eq(mail_mailbox_address(a, &m), ADDRESSES[i].address);
	}
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    taken, refused, nul_octets, bounded, comment_depth, writing, NULL};

	return unit_main("address", tests);
}
