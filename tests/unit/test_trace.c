/*
 * SPDX-License-Identifier: ISC
 *
 * report/trace: which results and properties stand in Authentication-Results, what Received takes
 * from a record, and both as golden files.
 */
#include "report/trace.h"

#include <string.h>

#include "base/codec.h"
#include "forms.h"
#include "golden.h"
#include "mail/authres.h"
#include "mail/header.h"
#include "unit.h"

#define HOST "mx.example.net"

static struct record_session session(void)
{
	return (struct record_session){
	    .client = {.ip = {IP_V4, {203, 0, 113, 7}}, .helo = "app.example.com", .esmtp = true},
	};
}

/* Everything passed, nothing is signed. */
static struct record_message passed(const struct record_session *s)
{
	return (struct record_message){
	    .session = s,
	    .envelope = {.mail_from = "a@Example.com"},
	    .observed =
		{
		    .has_client = true,
		    .spf = {AUTH_PASS, .domain = "example.com", .reason = "it is listed"},
		    .spf_helo = {AUTH_PASS, .domain = "app.example.com", .reason = "it is listed"},
		    .dmarc = {AUTH_PASS, .from_domain = "example.com", .has_policy = true,
			.policy = DMARC_POLICY_REJECT, .reason = "SPF passed"},
		    .rdns = {AUTH_PASS, .ip = "203.0.113.7", .confirmed = "app.example.com"},
		},
	};
}

/* The value of the only field in text, with a blank for each fold. */
static const char *value_of(struct span text, const char *name, struct arena *a)
{
	struct mail_header h;
	struct span value;
	char *copy;

	mail_header_parse(arena_span(a, text), a, &h);
	ck_assert_uint_eq(h.count, 1);
	ck_assert(!h.malformed && h.section.len == text.len);
	unit_span_eq("name", h.fields[0].name, name);
	value = mail_field_unfold(&h.fields[0], a);
	copy = arena_copy(a, value);
	for (size_t i = 0; i < value.len; i++)
		if (copy[i] == '\t')
			copy[i] = ' ';
	return copy;
}

static const char *results(const struct record_message *m, const char *source, struct arena *a)
{
	const struct report_trace in = {m, span_from(source), HOST};
	struct buffer out = BUFFER_INIT;
	const char *value;

	report_authentication_results(&out, &in);
	value = value_of(buffer_span(&out), "Authentication-Results", a);
	buffer_clear(&out);
	return value;
}

START_TEST(all_passed)
{
	struct arena *a = arena_new();
	struct record_session s = session();
	struct record_message m = passed(&s);

	ck_assert_str_eq(results(&m, "", a),
	    HOST "; spf=pass smtp.mailfrom=example.com; spf=pass smtp.helo=app.example.com; "
		 "dkim=none; dmarc=pass header.from=example.com policy.dmarc=none; "
		 "iprev=pass policy.iprev=203.0.113.7");
	s.auth = (struct record_auth){"PLAIN", "alice", true};
	ck_assert_ptr_nonnull(strstr(results(&m, "", a), "203.0.113.7; auth=pass smtp.auth=alice"));
	s.auth.user = "alice@example.com";
	ck_assert_ptr_nonnull(
	    strstr(results(&m, "", a), "; auth=pass smtp.auth=alice@example.com"));
	s.auth.user = "alice or bob";
	ck_assert_ptr_nonnull(strstr(results(&m, "", a), "; auth=pass smtp.auth=\"alice or bob\""));
	s.auth.user = NULL;
	ck_assert_ptr_nonnull(strstr(results(&m, "", a), "; auth=pass"));
	arena_free(a);
}
END_TEST

START_TEST(nothing_known)
{
	struct arena *a = arena_new();
	struct record_message m = {.observed = {.has_client = false}};

	ck_assert_str_eq(results(&m, "", a), HOST "; dkim=none; dmarc=none");
	m.observed.dmarc.reason = "there is no record";
	ck_assert_str_eq(
	    results(&m, "", a), HOST "; dkim=none; dmarc=none reason=\"there is no record\"");
	m.observed.has_client = true;
	ck_assert_str_eq(results(&m, "", a),
	    HOST "; spf=none; spf=none; dkim=none; dmarc=none reason=\"there is no record\"; "
		 "iprev=none");
	arena_free(a);
}
END_TEST

/* Every word, as the result of every method that can have it. */
START_TEST(result_words)
{
	for (int word = 0; word < AUTH_RESULT_COUNT; word++) {
		struct arena *a = arena_new();
		struct record_session s = session();
		struct record_message m = passed(&s);
		struct dkim_verdict d = {.result = (enum auth_result)word, .domain = "d.example"};
		const char *said = arena_printf(
		    a, "%s%s", AUTH_RESULT_NAME[word], word == AUTH_PASS ? "" : " reason=\"why\"");

		m.observed.dkim = &d;
		m.observed.dkim_count = 1;
		m.observed.spf.result = m.observed.spf_helo.result = m.observed.dmarc.result =
		    m.observed.rdns.result = (enum auth_result)word;
		d.reason = m.observed.spf.reason = m.observed.spf_helo.reason =
		    m.observed.dmarc.reason = m.observed.rdns.reason = "why";
		ck_assert_str_eq(results(&m, "", a),
		    arena_printf(a,
			HOST "; spf=%s smtp.mailfrom=example.com; spf=%s "
			     "smtp.helo=app.example.com; dkim=%s header.d=d.example; "
			     "dmarc=%s header.from=example.com policy.dmarc=none; "
			     "iprev=%s policy.iprev=203.0.113.7",
			said, said, said, said, said));
		arena_free(a);
	}
}
END_TEST

/* What stands for the identity that SPF judged. */
static const struct {
	const char *mail_from, *spf_domain, *helo, *helo_domain, *expected;
} IDENTITIES[] = {
    {"a@Example.com", "example.com", "h.example", "h.example",
	"smtp.mailfrom=example.com; spf=pass smtp.helo=h.example;"},
    {"", "h.example", "h.example", "h.example",
	"smtp.mailfrom=h.example; spf=pass smtp.helo=h.example;"},
    {"", NULL, "[192.0.2.1]", NULL,
	"smtp.mailfrom=\"[192.0.2.1]\"; spf=pass smtp.helo=\"[192.0.2.1]\";"},
    {"a@[192.0.2.1]", NULL, "box", NULL, "smtp.mailfrom=\"[192.0.2.1]\"; spf=pass smtp.helo=box;"},
    {"root", NULL, "", NULL, "smtp.mailfrom=root; spf=pass;"},
    {"\"a@b\"@c", NULL, NULL, NULL, "smtp.mailfrom=c; spf=pass;"},
    {"", NULL, NULL, NULL, "spf=pass; spf=pass;"},
    {NULL, NULL, NULL, NULL, "spf=pass; spf=pass;"},
    {"a@x; dkim=pass", NULL, "h\r\nX: y", NULL,
	"smtp.mailfrom=\"x; dkim=pass\"; spf=pass smtp.helo=\"h\\\\013\\\\010X: y\";"},
};

START_TEST(identities)
{
	for (size_t i = 0; i < ARRAY_SIZE(IDENTITIES); i++) {
		struct arena *a = arena_new();
		struct record_session s = session();
		struct record_message m = passed(&s);
		const char *got;

		m.envelope.mail_from = IDENTITIES[i].mail_from;
		m.observed.spf.domain = IDENTITIES[i].spf_domain;
		m.observed.spf_helo.domain = IDENTITIES[i].helo_domain;
		s.client.helo = IDENTITIES[i].helo;
		got = results(&m, "", a);
		ck_assert_msg(
		    strstr(got, IDENTITIES[i].expected) != NULL, "row %zu: \"%s\"", i, got);
		arena_free(a);
	}
}
END_TEST

/* A field for each b= tag that is given, and the parts that must tell them apart. */
static const struct {
	const char *name, *values[4], *parts[4];
} SIGNATURES[] = {
    {"one needs none", {"abcdefghijkl"}, {NULL}},
    {"two", {"abcdefghijkl", "ABCDEFGHIJKL"}, {"abcdefgh", "ABCDEFGH"}},
    {"alike to the eighth", {"abcdefghi1", "abcdefghi2"}, {"abcdefghi1", "abcdefghi2"}},
    {"three, two alike", {"abcdefgh12", "zzzzzzzzzz", "abcdefgh34"},
	{"abcdefgh1", "zzzzzzzz", "abcdefgh3"}},
    {"one begins the other", {"abcdefgh", "abcdefghij"}, {"abcdefgh", "abcdefghi"}},
    {"short", {"abc", "abd"}, {"abc", "abd"}},
    {"the same twice", {"abcdefghijkl", "abcdefghijkl"}, {"abcdefgh", "abcdefgh"}},
    {"the same twice and another", {"abcdefghi1", "abcdefghi1", "abcdefghi2"},
	{"abcdefghi1", "abcdefghi1", "abcdefghi2"}},
    {"folded", {"ab\r\n cd ef\r\n\tgh ij", "AB CD EF GH IJ"}, {"abcdefgh", "ABCDEFGH"}},
    {"no token", {"ab/def+hij", "ab=d"}, {"\"ab/def+h\"", "\"ab=d\""}},
    {"empty", {"", "abcdefghij"}, {NULL, "abcdefgh"}},
};

START_TEST(signature_parts)
{
	for (size_t i = 0; i < ARRAY_SIZE(SIGNATURES); i++) {
		struct arena *a = arena_new();
		struct record_message m = {.observed = {.dkim_count = 0}};
		struct dkim_verdict signatures[4];
		struct buffer source = BUFFER_INIT, want = BUFFER_INIT;
		size_t n = 0;

		buffer_add_string(&source, "To: b@example.net\r\n");
		buffer_add_string(&want, HOST);
		for (; n < 4 && SIGNATURES[i].values[n] != NULL; n++) {
			signatures[n] = (struct dkim_verdict){.result = AUTH_PASS, .domain = "d.e"};
			buffer_printf(&source, "%s: v=1; b=%s; d=d.e\r\n",
			    n % 2 == 0 ? "DKIM-Signature" : "dkim-signature",
			    SIGNATURES[i].values[n]);
			buffer_printf(&want, "; dkim=pass header.d=d.e%s%s",
			    SIGNATURES[i].parts[n] == NULL ? "" : " header.b=",
			    SIGNATURES[i].parts[n] == NULL ? "" : SIGNATURES[i].parts[n]);
		}
		m.observed.dkim = signatures;
		m.observed.dkim_count = n;
		buffer_add_string(&source, "\r\nDKIM-Signature: b=nothing\r\n");
		buffer_add_string(&want, "; dmarc=none");
		unit_span_eq(SIGNATURES[i].name, span_from(results(&m, source.data, a)), want.data);
		buffer_clear(&source);
		buffer_clear(&want);
		arena_free(a);
	}
}
END_TEST

/* The identity stands where it was given; malformed fields keep their place. */
START_TEST(signature_identity)
{
	static const char source[] = "DKIM-Signature: no list of tags\r\n"
				     "DKIM-Signature: d=d.e; i=@d.e; b=12345678\r\n"
				     "DKIM-Signature: d=d.e; b=abcdefgh; x\r\n\r\n";
	struct arena *a = arena_new();
	struct dkim_verdict all[] = {
	    {.result = AUTH_PERMERROR, .reason = "it is no list of tags"},
	    {AUTH_PASS, .domain = "d.e", .identity = "@d.e", .algorithm = "rsa-sha256"},
	    {AUTH_FAIL, .domain = "d.e", .identity = "@d.e", .selector = "s"},
	};
	struct record_message m = {.observed = {.dkim = all, .dkim_count = ARRAY_SIZE(all)}};

	ck_assert_str_eq(results(&m, source, a),
	    HOST "; dkim=permerror reason=\"it is no list of tags\"; "
		 "dkim=pass header.d=d.e header.i=@d.e header.a=rsa-sha256 header.b=12345678; "
		 "dkim=fail header.d=d.e header.s=s header.b=abcdefgh; dmarc=none");
	/* Without the source, all that the record knows. */
	ck_assert_str_eq(results(&m, "", a),
	    HOST "; dkim=permerror reason=\"it is no list of tags\"; "
		 "dkim=pass header.d=d.e header.a=rsa-sha256; "
		 "dkim=fail header.d=d.e header.s=s; dmarc=none");
	arena_free(a);
}
END_TEST

START_TEST(more_signatures_than_are_judged)
{
	struct arena *a = arena_new();
	struct buffer source = BUFFER_INIT;
	struct dkim_verdict all[DKIM_SIGNATURES_MAX + 5];
	struct record_message m = {.observed = {.dkim = all, .dkim_count = ARRAY_SIZE(all)}};
	struct mail_authres got;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		all[i] = (struct dkim_verdict){.result = AUTH_PASS};
		buffer_add_string(&source, "DKIM-Signature: b=abcdefgh\r\n");
	}
	ck_assert_int_eq(
	    mail_authres_parse(span_from(results(&m, source.data, a)), a, &got, NULL), 0);
	ck_assert_uint_eq(got.count, DKIM_SIGNATURES_MAX + 1);
	buffer_clear(&source);
	arena_free(a);
}
END_TEST

/* UTF-8 only stands in the fields of a message that was sent with SMTPUTF8. */
START_TEST(utf8)
{
	static const char user[] = "j\xc3\xb6@b\xc3\xbc"
				   "cher.example";
	struct arena *a = arena_new();
	struct record_session s = session();
	struct record_message m = passed(&s);

	s.auth = (struct record_auth){"PLAIN", user, true};
	ck_assert_ptr_nonnull(strstr(results(&m, "", a),
	    "; auth=pass smtp.auth=\"j\\\\195\\\\182@b\\\\195\\\\188cher.example\""));
	m.envelope.smtputf8 = true;
	ck_assert_ptr_nonnull(
	    strstr(results(&m, "", a), arena_printf(a, "; auth=pass smtp.auth=%s", user)));
	arena_free(a);
}
END_TEST

START_TEST(received)
{
	static const char *recipients[] = {"b@example.net", "c@example.net"};
	struct arena *a = arena_new();
	struct record_session s = session();
	struct record_message m = passed(&s);
	const struct report_trace in = {&m, {NULL, 0}, HOST};
	struct buffer out = BUFFER_INIT;

	m.id = "01JDCYK0000000000000000002";
	m.received_at = 1795449600123;
	m.envelope.rcpt_to = recipients;
	m.envelope.rcpt_count = 1;
	s.tls = (struct tls_facts){TLS_MODE_STARTTLS, .version = "TLSv1.3", .cipher = "C"};
	s.auth.mechanism = "PLAIN";
	report_received(&out, &in);
	ck_assert_str_eq(value_of(buffer_span(&out), "Received", a),
	    "from app.example.com (app.example.com [203.0.113.7]) by " HOST
	    " (mailassay) with ESMTPSA (TLSv1.3 cipher C) id 01JDCYK0000000000000000002"
	    " for <b@example.net>; Mon, 23 Nov 2026 16:00:00 +0000");
	m.envelope.rcpt_count = 2;
	m.envelope.smtputf8 = true;
	m.observed.has_client = false;
	s.tls = (struct tls_facts){.mode = TLS_MODE_NONE};
	s.auth.mechanism = NULL;
	buffer_reset(&out);
	report_received(&out, &in);
	ck_assert_str_eq(value_of(buffer_span(&out), "Received", a),
	    "from app.example.com ([203.0.113.7]) by " HOST
	    " (mailassay) with UTF8SMTP id 01JDCYK0000000000000000002;"
	    " Mon, 23 Nov 2026 16:00:00 +0000");
	m = (struct record_message){.id = NULL};
	buffer_reset(&out);
	report_received(&out, &in);
	ck_assert_str_eq(value_of(buffer_span(&out), "Received", a),
	    "from unknown by " HOST " (mailassay) with SMTP; Thu, 01 Jan 1970 00:00:00 +0000");
	buffer_clear(&out);
	arena_free(a);
}
END_TEST

static const char SOURCE[] =
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1;\r\n"
    " i=@mail.example.com; h=from; bh=x; b=K4JTyujjt862D21hEecLP590Yinry6mUzoIWR2AGs1t\r\n"
    " WeCBGQj2VA0cF87iVKV0JLOw5b\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=old; h=from; bh=y; b=K4JT\r\n"
    " yujj/862D21h\r\n"
    "From: a@example.com\r\n\r\nBody.\r\n";

/* A session and a message in which much went wrong. */
static const struct record_session MIXED_SESSION = {
    .client = {.ip = {IP_V6, {0x20, 0x01, 0x0d, 0xb8, [15] = 7}},
	.helo = "app_1.example.com",
	.esmtp = true},
    .auth = {"PLAIN", "api key", true},
    .tls = {.mode = TLS_MODE_STARTTLS, .version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384"},
};

static struct dkim_verdict mixed_signatures[] = {
    {.result = AUTH_PASS,
	.domain = "example.com",
	.selector = "s1",
	.algorithm = "rsa-sha256",
	.identity = "@mail.example.com",
	.reason = "the signature of example.com by selector s1 verifies"},
    {.result = AUTH_PERMERROR,
	.domain = "example.org",
	.selector = "old",
	.algorithm = "rsa-sha256",
	.identity = "@example.org",
	.reason = "there is no key at old._domainkey.example.org: the name does not exist"},
};

static const char *mixed_recipients[] = {"b@example.net"};

static const struct record_message MIXED = {
    .id = "01JDCYK0000000000000000002",
    .received_at = 1764000000123,
    .session = &MIXED_SESSION,
    .envelope = {.mail_from = "bounce@example.com", .rcpt_to = mixed_recipients, .rcpt_count = 1},
    .observed =
	{
	    .has_client = true,
	    .spf = {.result = AUTH_FAIL,
		.domain = "example.com",
		.reason = "no mechanism of example.com's SPF record matches 2001:db8::7 and it "
			  "ends in -all: add the sending address"},
	    .spf_helo = {.result = AUTH_NONE,
		.reason = "the HELO name \"app_1.example.com\" has no SPF record"},
	    .dkim = mixed_signatures,
	    .dkim_count = ARRAY_SIZE(mixed_signatures),
	    .dmarc = {.result = AUTH_PASS,
		.from_domain = "example.com",
		.has_policy = true,
		.policy = DMARC_POLICY_REJECT},
	    .rdns = {.result = AUTH_PERMERROR,
		.ip = "2001:db8::7",
		.reason = "2001:db8::7 has no PTR record: have whoever runs its network set one"},
	},
};

START_TEST(golden_files)
{
	const struct report_trace in = {&MIXED, span_from(SOURCE), HOST};
	struct buffer out = BUFFER_INIT;

	report_authentication_results(&out, &in);
	golden_check("authentication-results.txt", buffer_span(&out));
	buffer_reset(&out);
	report_received(&out, &in);
	golden_check("received.txt", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

/* Both in the order in which they stand. */
START_TEST(order)
{
	struct buffer both = BUFFER_INIT, parts = BUFFER_INIT;
	size_t count;
	const struct form *f = forms(&count);

	for (size_t i = 0; i < count; i++) {
		const struct report_trace in = {f[i].message, span_from(SOURCE), HOST};

		report_trace(&both, &in);
		report_authentication_results(&parts, &in);
		report_received(&parts, &in);
	}
	ck_assert_str_eq(both.data, parts.data);
	buffer_clear(&both);
	buffer_clear(&parts);
}
END_TEST

/* Whatever stands in a record: two fields, in ASCII. */
START_TEST(hostile)
{
	for (int c = 1; c < 256; c++) {
		char text[] = {'a', (char)c, '"', ')', ';', (char)c, 'b', '\0'};
		const char *recipients[] = {text};
		struct arena *a = arena_new();
		struct record_session s = session();
		struct record_message m = passed(&s);
		const struct report_trace in = {&m, {NULL, 0}, text};
		struct dkim_verdict d = {AUTH_FAIL, text, text, text, .reason = text};
		struct buffer out = BUFFER_INIT;
		struct mail_header h;
		struct mail_authres got;

		m.id = m.envelope.mail_from = s.client.helo = s.auth.mechanism = s.auth.user = text;
		s.tls.version = s.tls.cipher = text;
		m.observed.spf = (struct spf_verdict){AUTH_FAIL, .domain = text, .reason = text};
		m.observed.rdns = (struct rdns_verdict){AUTH_FAIL, text, .confirmed = text};
		m.observed.dmarc.from_domain = text;
		m.observed.dkim = &d;
		m.observed.dkim_count = 1;
		m.envelope.rcpt_to = recipients;
		m.envelope.rcpt_count = 1;
		report_trace(&out, &in);
		mail_header_parse(buffer_span(&out), a, &h);
		ck_assert_msg(h.count == 2 && h.section.len == out.len, "octet %d", c);
		ck_assert_int_eq(mail_authres_parse(h.fields[0].value, a, &got, NULL), 0);
		ck_assert_uint_eq(got.count, 6);
		for (size_t i = 0; i < out.len; i++)
			ck_assert_msg((unsigned char)out.data[i] < 127, "octet %d", c);
		buffer_clear(&out);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {all_passed, nothing_known, result_words, identities,
	    signature_parts, signature_identity, more_signatures_than_are_judged, utf8, received,
	    golden_files, order, hostile, NULL};

	return unit_main("trace", tests);
}
