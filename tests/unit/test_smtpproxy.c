/*
 * SPDX-License-Identifier: ISC
 *
 * PROXY headers.
 */
#include "smtp/proxy.h"

#include <string.h>

#include "unit.h"

#define V2 "\r\n\r\n\0\r\nQUIT\n"
#define B(literal)                                                                                 \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

/* Addresses and ports of version 2: 203.0.113.7:51234 to 192.0.2.1:25. */
#define V4_BLOCK "\xcb\x00\x71\x07\xc0\x00\x02\x01\xc8\x22\x00\x19"
#define V6_BLOCK                                                                                   \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"                                               \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\xc8\x22\x00\x19"

static const struct row {
	const char *name;
	struct span in;
	ptrdiff_t taken;
	const char *client; /* NULL: local */
	unsigned port;
} ROWS[] = {
    {"v1 TCP4", B("PROXY TCP4 203.0.113.7 192.0.2.1 51234 25\r\nEHLO x\r\n"), 43, "203.0.113.7",
	51234},
    {"v1 TCP6", B("PROXY TCP6 2001:db8::7 2001:db8::1 51234 25\r\n"), 45, "2001:db8::7", 51234},
    {"v1 unknown", B("PROXY UNKNOWN\r\n"), 15, NULL, 0},
    {"v1 unknown with more", B("PROXY UNKNOWN ffff:f ffff:f 1 2\r\n"), 33, NULL, 0},
    {"v1 no end yet", B("PROXY TCP4 203.0.113.7 192.0.2.1 51234 25\r"), 0, NULL, 0},
    {"v1 half a word", B("PRO"), 0, NULL, 0},
    {"v1 bare LF", B("PROXY TCP4 203.0.113.7 192.0.2.1 51234 25\n"), -1, NULL, 0},
    {"v1 nothing behind", B("PROXY \r\n"), -1, NULL, 0},
    {"v1 UDP4", B("PROXY UDP4 203.0.113.7 192.0.2.1 51234 25\r\n"), -1, NULL, 0},
    {"v1 family and address differ", B("PROXY TCP6 203.0.113.7 192.0.2.1 1 2\r\n"), -1, NULL, 0},
    {"v1 bad address", B("PROXY TCP4 203.0.113.777 192.0.2.1 1 2\r\n"), -1, NULL, 0},
    {"v1 two blanks", B("PROXY TCP4  203.0.113.7 192.0.2.1 1 2\r\n"), -1, NULL, 0},
    {"v1 no port", B("PROXY TCP4 203.0.113.7 192.0.2.1 1\r\n"), -1, NULL, 0},
    {"v1 large port", B("PROXY TCP4 203.0.113.7 192.0.2.1 65536 25\r\n"), -1, NULL, 0},
    {"v1 leading zero", B("PROXY TCP4 203.0.113.7 192.0.2.1 051 25\r\n"), -1, NULL, 0},
    {"v1 more behind", B("PROXY TCP4 203.0.113.7 192.0.2.1 51 25 x\r\n"), -1, NULL, 0},
    {"v2 TCP4", B(V2 "\x21\x11\0\x0c" V4_BLOCK "EHLO"), 28, "203.0.113.7", 51234},
    {"v2 TCP6", B(V2 "\x21\x21\0\x24" V6_BLOCK), 52, "2001:db8::7", 51234},
    {"v2 with TLV", B(V2 "\x21\x11\0\x10" V4_BLOCK "\x04\0\x01\0"), 32, "203.0.113.7", 51234},
    {"v2 local", B(V2 "\x20\0\0\0"), 16, NULL, 0},
    {"v2 local with block", B(V2 "\x20\x11\0\x0c" V4_BLOCK), 28, NULL, 0},
    {"v2 unspecified", B(V2 "\x21\0\0\0"), 16, NULL, 0},
    {"v2 half the signature", B("\r\n\r\n\0\r\n"), 0, NULL, 0},
    {"v2 half the head", B(V2 "\x21\x11"), 0, NULL, 0},
    {"v2 half the block", B(V2 "\x21\x11\0\x0c\xcb\x00"), 0, NULL, 0},
    {"v2 short block", B(V2 "\x21\x11\0\x04\xcb\x00\x71\x07"), -1, NULL, 0},
    {"v2 UDP", B(V2 "\x21\x12\0\x0c" V4_BLOCK), -1, NULL, 0},
    {"v2 version 1", B(V2 "\x11"), -1, NULL, 0},
    {"v2 unknown command", B(V2 "\x22"), -1, NULL, 0},
    {"v2 too long", B(V2 "\x21\x11\xff\xff"), -1, NULL, 0},
    {"nothing", B(""), 0, NULL, 0},
    {"EHLO", B("EHLO client.example.com\r\n"), -1, NULL, 0},
    {"TLS", B("\x16\x03\x01"), -1, NULL, 0},
};

START_TEST(parses)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct span in = unit_guard(r->in);
		struct smtp_proxy p;
		struct error err = {.text = ""};
		ptrdiff_t taken = smtp_proxy_parse(in, &p, &err);
		char ip[IP_TEXT_SIZE];

		ck_assert_msg(taken == r->taken, "%s: took %td: %s", r->name, taken, err.text);
		ck_assert_msg((taken < 0) == (err.text[0] != '\0'), "%s: sentence", r->name);
		if (taken > 0) {
			ck_assert_msg(p.local == (r->client == NULL), "%s: local", r->name);
			ip_format(&p.client, ip);
			ck_assert_msg(strcmp(ip, r->client == NULL ? "" : r->client) == 0,
			    "%s: client %s", r->name, ip);
			ck_assert_msg(p.port == r->port, "%s: port %u", r->name, p.port);
		}
		unit_guard_free(in);
	}
}
END_TEST

/* Every beginning of a header asks for more; none is refused. */
START_TEST(asks_for_more)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		for (ptrdiff_t n = 0; n < ROWS[i].taken; n++) {
			struct smtp_proxy p;
			struct span in = unit_guard(span_first(ROWS[i].in, (size_t)n));

			ck_assert_msg(
			    smtp_proxy_parse(in, &p, NULL) == 0, "%s: %td octets", ROWS[i].name, n);
			unit_guard_free(in);
		}
}
END_TEST

START_TEST(bounds_version_1)
{
	char in[108] = "PROXY UNKNOWN ";
	struct smtp_proxy p;

	memset(in + 14, 'x', sizeof(in) - 14);
	ck_assert_int_eq(smtp_proxy_parse(span_of(in, 106), &p, NULL), 0);
	ck_assert_int_eq(smtp_proxy_parse(span_of(in, 107), &p, NULL), -1);
	memcpy(in + 105, "\r\n", 2);
	ck_assert_int_eq(smtp_proxy_parse(span_of(in, 108), &p, NULL), 107);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {parses, asks_for_more, bounds_version_1, NULL};

	return unit_main("smtpproxy", tests);
}
