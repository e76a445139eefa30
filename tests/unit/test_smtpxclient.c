/*
 * SPDX-License-Identifier: ISC
 *
 * XCLIENT attributes.
 */
#include "smtp/xclient.h"

#include <string.h>

#include "unit.h"

static const struct row {
	const char *text;
	bool ok;
	const char *addr;
	unsigned port;
	const char *name, *helo, *login, *proto;
} ROWS[] = {
    {"ADDR=203.0.113.7", true, "203.0.113.7", 0, "", "", "", ""},
    {"addr=IPv6:2001:db8::7 port=25", true, "2001:db8::7", 25, "", "", "", ""},
    {"NAME=a.example HELO=b+2Eexample LOGIN=al+20ice PROTO=smtp", true, "", 0, "a.example",
	"b.example", "al ice", "SMTP"},
    {"PROTO=ESMTP", true, "", 0, "", "", "", "ESMTP"},
    {"NAME=[UNAVAILABLE] ADDR=[tempunavail] PORT=[UNAVAILABLE] LOGIN=[UNAVAILABLE]", true, "", 0,
	"", "", "", ""},
    {"", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"ADDR", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"ADDR=", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"ADDR=2001:db8::7", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"ADDR=IPV6:203.0.113.7", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"PORT=65536", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"PORT=x", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"PROTO=LMTP", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"NAME=a+0Ab", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"NAME=a+zz", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"NAME=a NAME=b", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"NAME=a  HELO=b", false, NULL, 0, NULL, NULL, NULL, NULL},
    {"DESTADDR=192.0.2.1", false, NULL, 0, NULL, NULL, NULL, NULL},
};

START_TEST(parses)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct span text = unit_guard(span_from(r->text));
		struct arena *a = arena_new();
		struct smtp_xclient x;
		struct error err = {.text = ""};
		char ip[IP_TEXT_SIZE];
		bool ok = smtp_xclient_parse(text, a, &x, &err) == 0;

		ck_assert_msg(ok == r->ok, "%s: %s", r->text, err.text);
		ck_assert_msg(ok == (err.text[0] == '\0'), "%s: sentence", r->text);
		unit_guard_free(text);
		if (ok) {
			ck_assert_str_eq(ip_format(&x.addr, ip), r->addr);
			ck_assert_uint_eq(x.port, r->port);
			unit_span_eq(r->text, x.name, r->name);
			unit_span_eq(r->text, x.helo, r->helo);
			unit_span_eq(r->text, x.login, r->login);
			unit_span_eq(r->text, x.proto, r->proto);
		}
		arena_free(a);
	}
}
END_TEST

START_TEST(bounds_values)
{
	char text[400] = "NAME=";
	struct arena *a = arena_new();
	struct smtp_xclient x;

	memset(text + 5, 'a', 255);
	ck_assert_int_eq(smtp_xclient_parse(span_from(text), a, &x, NULL), 0);
	text[260] = 'a';
	ck_assert_int_eq(smtp_xclient_parse(span_from(text), a, &x, NULL), -1);
	arena_free(a);
}
END_TEST

START_TEST(lists_attributes)
{
	struct buffer out = BUFFER_INIT;

	smtp_xclient_attributes(&out);
	ck_assert_str_eq(out.data, "NAME ADDR PORT PROTO HELO LOGIN");
	buffer_clear(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {parses, bounds_values, lists_attributes, NULL};

	return unit_main("smtpxclient", tests);
}
