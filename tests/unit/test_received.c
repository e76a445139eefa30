/*
 * SPDX-License-Identifier: ISC
 *
 * mail/received: every part of the field, and that nothing breaks out of its part.
 */
#include "unit.h"

#include <string.h>

#include "mail/header.h"
#include "mail/received.h"

#define DATE "; Mon, 23 Nov 2026 16:00:00 +0000"

static const struct mail_received PLAIN = {
    .helo = "app.example.com",
    .ip = {IP_V4, {203, 0, 113, 7}},
    .host = "mx.example.net",
    .esmtp = true,
    .received_at = 1795449600123,
};

/* The field's value, unfolded, with a blank for each fold. */
static struct span unfolded(const struct mail_received *in, struct arena *a)
{
	struct buffer out = BUFFER_INIT;
	struct mail_header h;
	struct span value, field;
	char *text;

	mail_received_write(&out, in);
	field = arena_span(a, buffer_span(&out));
	buffer_clear(&out);
	mail_header_parse(field, a, &h);
	ck_assert_uint_eq(h.count, 1);
	ck_assert(!h.malformed && h.section.len == field.len);
	unit_span_eq("name", h.fields[0].name, "Received");
	value = mail_field_unfold(&h.fields[0], a);
	text = arena_copy(a, value);
	for (size_t i = 0; i < value.len; i++)
		if (text[i] == '\t')
			text[i] = ' ';
	return span_of(text, value.len);
}

/* What the client part is for a HELO argument, with and without an address. */
static const struct {
	const char *helo, *ip, *name, *from;
} CLIENTS[] = {
    {"app.example.com", "203.0.113.7", NULL, "app.example.com ([203.0.113.7])"},
    {"app.example.com", "203.0.113.7", "mail.example.com",
	"app.example.com (mail.example.com [203.0.113.7])"},
    {"app.example.com", "2001:db8::7", "mail.example.com",
	"app.example.com (mail.example.com [IPv6:2001:db8::7])"},
    {"app.example.com", NULL, "mail.example.com", "app.example.com"},
    {"localhost", "127.0.0.1", NULL, "localhost ([127.0.0.1])"},
    {"[203.0.113.9]", "203.0.113.7", NULL, "[203.0.113.9] ([203.0.113.7])"},
    {"[IPv6:2001:db8::1]", "2001:db8::7", NULL, "[IPv6:2001:db8::1] ([IPv6:2001:db8::7])"},
    {"[IPv6:2001:db8::1]", NULL, NULL, "[IPv6:2001:db8::1]"},
    {"my_host", "203.0.113.7", "mail.example.com",
	"[203.0.113.7] (mail.example.com [203.0.113.7]) (HELO my_host)"},
    {"my_host", "2001:db8::7", NULL, "[IPv6:2001:db8::7] ([IPv6:2001:db8::7]) (HELO my_host)"},
    {"my_host", NULL, NULL, "unknown (HELO my_host)"},
    {"", "203.0.113.7", NULL, "[203.0.113.7] ([203.0.113.7]) (HELO )"},
    {NULL, "203.0.113.7", NULL, "[203.0.113.7] ([203.0.113.7])"},
    {NULL, NULL, NULL, "unknown"},
    {"x) by evil.example (", NULL, NULL,
	"unknown (HELO x\\)\\\\032by\\\\032evil.example\\\\032\\()"},
    {"x\\", NULL, NULL, "unknown (HELO x\\\\)"},
    {"x\r\nSubject: y", NULL, NULL, "unknown (HELO x\\\\013\\\\010Subject:\\\\032y)"},
    {"b\xc3\xbc"
     "cher.example",
	NULL, NULL, "unknown (HELO b\\\\195\\\\188cher.example)"},
    {"[203.0.113.7", NULL, NULL, "unknown (HELO [203.0.113.7)"},
    {"a..b", NULL, NULL, "unknown (HELO a..b)"},
    {"app.example.com", "203.0.113.7", "evil) by (x", "app.example.com ([203.0.113.7])"},
    {"app.example.com", "203.0.113.7", "", "app.example.com ([203.0.113.7])"},
};

START_TEST(clients)
{
	for (size_t i = 0; i < ARRAY_SIZE(CLIENTS); i++) {
		struct arena *a = arena_new();
		struct mail_received in = PLAIN;

		in.helo = CLIENTS[i].helo;
		in.name = CLIENTS[i].name;
		in.ip = (struct ip){IP_NONE, {0}};
		if (CLIENTS[i].ip != NULL)
			ck_assert_int_eq(ip_parse(span_from(CLIENTS[i].ip), &in.ip), 0);
		unit_span_eq(CLIENTS[i].from, unfolded(&in, a),
		    arena_printf(a, "from %s by mx.example.net (mailassay) with ESMTP" DATE,
			CLIENTS[i].from));
		arena_free(a);
	}
}
END_TEST

static const struct {
	const char *host, *by;
} HOSTS[] = {
    {"mx.example.net", "mx.example.net"},
    {"box", "box"},
    {"my_box", "localhost (my_box)"},
    {"", "localhost ()"},
    {NULL, "localhost ()"},
    {"a) with b (", "localhost (a\\)\\\\032with\\\\032b\\\\032\\()"},
    {"a\nb", "localhost (a\\\\010b)"},
};

START_TEST(hosts)
{
	for (size_t i = 0; i < ARRAY_SIZE(HOSTS); i++) {
		struct arena *a = arena_new();
		struct mail_received in = PLAIN;

		in.host = HOSTS[i].host;
		unit_span_eq(HOSTS[i].by, unfolded(&in, a),
		    arena_printf(a,
			"from app.example.com ([203.0.113.7]) by %s (mailassay) with ESMTP" DATE,
			HOSTS[i].by));
		arena_free(a);
	}
}
END_TEST

static const struct {
	bool esmtp, utf8, authenticated;
	const char *version, *cipher, *with;
} PROTOCOLS[] = {
    {false, false, false, NULL, NULL, "SMTP"},
    {true, false, false, NULL, NULL, "ESMTP"},
    {true, false, true, NULL, NULL, "ESMTPA"},
    {true, false, false, "TLSv1.3", "TLS_AES_256_GCM_SHA384",
	"ESMTPS (TLSv1.3 cipher TLS_AES_256_GCM_SHA384) tls TLS_AES_256_GCM_SHA384"},
    /* Only a registered name stands as a clause. */
    {true, false, false, "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384",
	"ESMTPS (TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384)"},
    {true, false, false, "TLSv1.3", "TLS_A;", "ESMTPS (TLSv1.3 cipher TLS_A;)"},
    {true, false, false, NULL, "TLS_AES_256_GCM_SHA384", "ESMTP"},
    {true, false, true, "TLSv1.2", NULL, "ESMTPSA (TLSv1.2)"},
    {true, true, false, NULL, NULL, "UTF8SMTP"},
    {true, true, true, NULL, NULL, "UTF8SMTPA"},
    {true, true, false, "TLSv1.3", "x", "UTF8SMTPS (TLSv1.3 cipher x)"},
    {true, true, true, "TLSv1.3", "x", "UTF8SMTPSA (TLSv1.3 cipher x)"},
    /* Over implicit TLS the client may still say HELO, for which there is no other word. */
    {false, false, false, "TLSv1.3", "x", "SMTP (TLSv1.3 cipher x)"},
    {false, true, true, NULL, NULL, "SMTP"},
    {true, false, false, "T)", "c(\\", "ESMTPS (T\\) cipher c\\(\\\\)"},
};

START_TEST(protocols)
{
	for (size_t i = 0; i < ARRAY_SIZE(PROTOCOLS); i++) {
		struct arena *a = arena_new();
		struct mail_received in = PLAIN;

		in.esmtp = PROTOCOLS[i].esmtp;
		in.smtputf8 = PROTOCOLS[i].utf8;
		in.authenticated = PROTOCOLS[i].authenticated;
		in.tls_version = PROTOCOLS[i].version;
		in.cipher = PROTOCOLS[i].cipher;
		unit_span_eq(PROTOCOLS[i].with, unfolded(&in, a),
		    arena_printf(a,
			"from app.example.com ([203.0.113.7]) by mx.example.net (mailassay) "
			"with %s" DATE,
			PROTOCOLS[i].with));
		arena_free(a);
	}
}
END_TEST

static const struct {
	const char *id, *recipient;
	bool utf8;
	const char *clauses;
} TRANSACTIONS[] = {
    {"01JDCYK0000000000000000002", "b@example.net", false,
	" id 01JDCYK0000000000000000002 for <b@example.net>"},
    {"01JDCYK0000000000000000002", NULL, false, " id 01JDCYK0000000000000000002"},
    {NULL, "b@example.net", false, " for <b@example.net>"},
    {NULL, "\"a, b\"@example.net", false, " for <\"a, b\"@example.net>"},
    {NULL, "b@[192.0.2.1]", false, " for <b@[192.0.2.1]>"},
    {NULL, "j\xc3\xb6@example.net", true, " for <j\xc3\xb6@example.net>"},
    {NULL, "j\xc3\xb6@example.net", false, ""},
    {NULL, "postmaster", false, ""},
    {NULL, "", false, ""},
    {NULL, "b@example.net> by <x@y.z", false, ""},
    {NULL, "b@example.net\r\nX: y", false, ""},
    {NULL, "b@example.net>", false, ""},
    {"a b", NULL, false, ""},
    {"a;b", NULL, false, ""},
    {"", NULL, false, ""},
};

START_TEST(transactions)
{
	for (size_t i = 0; i < ARRAY_SIZE(TRANSACTIONS); i++) {
		struct arena *a = arena_new();
		struct mail_received in = PLAIN;

		in.id = TRANSACTIONS[i].id;
		in.recipient = TRANSACTIONS[i].recipient;
		in.smtputf8 = TRANSACTIONS[i].utf8;
		unit_span_eq(TRANSACTIONS[i].clauses, unfolded(&in, a),
		    arena_printf(a,
			"from app.example.com ([203.0.113.7]) by mx.example.net (mailassay) "
			"with %s%s" DATE,
			in.smtputf8 ? "UTF8SMTP" : "ESMTP", TRANSACTIONS[i].clauses));
		arena_free(a);
	}
}
END_TEST

START_TEST(folded)
{
	struct mail_received in = PLAIN;
	struct buffer out = BUFFER_INIT;

	in.name = "mail.example.com";
	in.authenticated = true;
	in.tls_version = "TLSv1.3";
	in.cipher = "TLS_AES_256_GCM_SHA384";
	in.id = "01JDCYK0000000000000000002";
	in.recipient = "b@example.net";
	buffer_add_string(&out, "before\r\n");
	mail_received_write(&out, &in);
	ck_assert_str_eq(out.data,
	    "before\r\n"
	    "Received: from app.example.com (mail.example.com [203.0.113.7])\r\n"
	    "\tby mx.example.net (mailassay)\r\n"
	    "\twith ESMTPSA (TLSv1.3 cipher TLS_AES_256_GCM_SHA384)\r\n"
	    "\tid 01JDCYK0000000000000000002 for <b@example.net>\r\n"
	    "\ttls TLS_AES_256_GCM_SHA384;\r\n"
	    "\tMon, 23 Nov 2026 16:00:00 +0000\r\n");
	buffer_clear(&out);
}
END_TEST

/* However long the parts are, no line grows beyond RFC 5322 2.1.1. */
START_TEST(long_parts)
{
	struct mail_received in = PLAIN;
	struct buffer out = BUFFER_INIT, text = BUFFER_INIT;
	static const char *const units[] = {"a", "(", "\x01", "\xff", "a."};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct span rest;

		buffer_reset(&text);
		while (text.len < 10000)
			buffer_add_string(&text, units[i]);
		in.helo = in.name = in.host = in.tls_version = in.cipher = in.id = in.recipient =
		    text.data;
		buffer_reset(&out);
		mail_received_write(&out, &in);
		rest = buffer_span(&out);
		while (rest.data != NULL)
			ck_assert_uint_le(span_cut(&rest, '\n').len, 999);
		ck_assert_uint_lt(out.len, 3000);
	}
	buffer_clear(&out);
	buffer_clear(&text);
}
END_TEST

/* Every octet in every part: one field comes out, and its parentheses are balanced. */
START_TEST(every_octet)
{
	for (int c = 1; c < 256; c++) {
		char text[] = {'a', (char)c, 'b', '\0'};
		struct arena *a = arena_new();
		struct mail_received in = PLAIN;
		struct span got;
		int depth = 0;

		in.helo = in.name = in.host = in.tls_version = in.cipher = in.id = in.recipient =
		    text;
		got = unfolded(&in, a);
		for (size_t i = 0; i < got.len; i++) {
			ck_assert_msg(got.data[i] >= ' ' && got.data[i] < 0x7f, "octet %d", c);
			if (got.data[i] == '\\')
				i++;
			else if (got.data[i] == '(')
				depth++;
			else if (got.data[i] == ')')
				depth--;
			ck_assert_msg(depth == 0 || depth == 1, "octet %d: depth", c);
			ck_assert_msg(depth == 1 || got.data[i] != ';' || i == got.len - 33,
			    "octet %d: semicolon", c);
		}
		ck_assert_int_eq(depth, 0);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    clients, hosts, protocols, transactions, folded, long_parts, every_octet, NULL};

	return unit_main("received", tests);
}
