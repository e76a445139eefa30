/*
 * SPDX-License-Identifier: ISC
 *
 * One message through all checks: rounds, the order of answers, what depends on what.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "records.h"
#include "sign.h"
#include "unit.h"
#include "verify/verify.h"

#define NOW 1800000000

#define HEADER                                                                                     \
	"From: Alice <alice@example.com>\r\n"                                                      \
	"To: bob@example.org\r\n"                                                                  \
	"Subject: Hello\r\n"
#define MESSAGE HEADER "\r\nHello world\r\n"

static unsigned public_key_operations;

/* Stands before OpenSSL's function of this name and counts its calls by libopendkim. */
int RSA_verify(int type, const unsigned char *m, unsigned m_len, const unsigned char *sig,
    unsigned sig_len, void *rsa);

int RSA_verify(int type, const unsigned char *m, unsigned m_len, const unsigned char *sig,
    unsigned sig_len, void *rsa)
{
	int (*real)(int, const unsigned char *, unsigned, const unsigned char *, unsigned, void *);

	*(void **)&real = dlsym(RTLD_NEXT, "RSA_verify");
	public_key_operations++;
	return real(type, m, m_len, sig, sig_len, rsa);
}

struct run {
	struct arena *arena;
	struct dns_view *view;
	struct mail_header header;
	struct mail_message message;
	struct verify *verify;
	struct verify_result result;
};

static void begin_on_route(struct run *r, const char *message, const char *client,
    const char *mail_from, const struct verify_route *route)
{
	struct verify_input in = {.helo = SPAN("mx.example.com"),
	    .mail_from = span_from(mail_from),
	    .header = &r->header,
	    .message = &r->message,
	    .now = NOW,
	    .route = route};

	*r = (struct run){.arena = arena_new(), .view = dns_view_new(NULL)};
	mail_header_parse(span_from(message), r->arena, &r->header);
	mail_message_read(&r->header, r->arena, &r->message);
	if (client != NULL)
		ck_assert_int_eq(ip_parse(span_from(client), &in.client), 0);
	r->verify = verify_begin(&in);
	verify_body(r->verify, message + r->header.body, strlen(message) - r->header.body);
}

static void begin_utf8(struct run *r, const char *message, bool smtputf8)
{
	struct verify_input in = {
	    .header = &r->header, .message = &r->message, .now = NOW, .smtputf8 = smtputf8};

	*r = (struct run){.arena = arena_new(), .view = dns_view_new(NULL)};
	mail_header_parse(span_from(message), r->arena, &r->header);
	mail_message_read(&r->header, r->arena, &r->message);
	r->verify = verify_begin(&in);
}

static void begin(struct run *r, const char *message, const char *client, const char *mail_from)
{
	begin_on_route(r, message, client, mail_from, NULL);
}

static enum verify_status end(struct run *r)
{
	return verify_end(r->verify, r->view, &r->result);
}

static void finish(struct run *r, const char *records)
{
	for (unsigned rounds = 0; end(r) == VERIFY_NEEDS_DNS; rounds++) {
		ck_assert_uint_lt(rounds, VERIFY_ROUNDS_MAX);
		ck_assert_uint_gt(records_answer(r->view, records), 0);
	}
}

static void clear(struct run *r)
{
	verify_free(r->verify);
	dns_view_free(r->view);
	arena_free(r->arena);
}

static bool has_finding(const struct run *r, enum finding_id id)
{
	for (size_t i = 0; i < r->result.findings.count; i++) {
		if (r->result.findings.items[i].id == id)
			return true;
	}
	return false;
}

static char *make_records(void)
{
	char *p = sign_public_key(SIGN_RSA_2048), *out;

	ck_assert_int_gt(
	    asprintf(&out,
		"example.com TXT v=spf1 a:mx.example.com include:spf.example.com -all\n"
		"spf.example.com TXT v=spf1 ip4:203.0.113.7 -all\n"
		"mx.example.com A 203.0.113.9\n"
		"7.113.0.203.in-addr.arpa PTR mx.example.com\n"
		"9.113.0.203.in-addr.arpa PTR mx.example.com\n"
		"s1._domainkey.example.com TXT v=DKIM1; p=%s\n"
		"_dmarc.example.com TXT v=DMARC1; p=reject\n",
		p),
	    0);
	free(p);
	return out;
}

static char *make_message(void)
{
	struct signing how = {.key = SIGN_RSA_2048,
	    .domain = "example.com",
	    .selector = "s1",
	    .relaxed_header = 1,
	    .relaxed_body = 1,
	    .signed_at = NOW - 10};

	return sign_message(&how, MESSAGE);
}

static const struct {
	const char *name, *client, *mail_from;
	enum auth_result spf, dkim, dmarc;
	bool spf_aligned, dkim_aligned;
} rows[] = {
    {"all pass", "203.0.113.9", "a@example.com", AUTH_PASS, AUTH_PASS, AUTH_PASS, true, true},
    {"through the include", "203.0.113.7", "a@example.com", AUTH_PASS, AUTH_PASS, AUTH_PASS, true,
	true},
    {"another address", "198.51.100.1", "a@example.com", AUTH_FAIL, AUTH_PASS, AUTH_PASS, false,
	true},
    {"another sender", "203.0.113.9", "a@example.net", AUTH_NONE, AUTH_PASS, AUTH_PASS, false,
	true},
    {"null sender", "203.0.113.9", "", AUTH_NONE, AUTH_PASS, AUTH_PASS, false, true},
};

START_TEST(results)
{
	char *message = make_message(), *records = make_records();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct run r;

		begin(&r, message, rows[i].client, rows[i].mail_from);
		finish(&r, records);
		ck_assert_msg(r.result.observed.has_client, "%s", rows[i].name);
		ck_assert_msg(r.result.observed.spf.result == rows[i].spf, "%s: SPF %s",
		    rows[i].name, AUTH_RESULT_NAME[r.result.observed.spf.result]);
		ck_assert_msg(r.result.observed.dkim_count == 1 &&
				  r.result.observed.dkim[0].result == rows[i].dkim,
		    "%s: DKIM", rows[i].name);
		ck_assert_msg(r.result.observed.dmarc.result == rows[i].dmarc &&
				  r.result.observed.dmarc.spf_aligned == rows[i].spf_aligned &&
				  r.result.observed.dmarc.dkim_aligned == rows[i].dkim_aligned,
		    "%s: %s", rows[i].name, r.result.observed.dmarc.reason);
		clear(&r);
	}
	free(message);
	free(records);
}
END_TEST

START_TEST(without_client)
{
	char *message = make_message(), *records = make_records();
	struct run r;

	begin(&r, message, NULL, "a@example.com");
	finish(&r, records);
	ck_assert(!r.result.observed.has_client);
	ck_assert_int_eq(r.result.observed.dmarc.result, AUTH_PASS);
	ck_assert(!r.result.observed.dmarc.spf_aligned);
	clear(&r);
	begin(&r, MESSAGE, NULL, "a@example.com");
	finish(&r, records);
	ck_assert_uint_eq(r.result.observed.dkim_count, 0);
	ck_assert_int_eq(r.result.observed.dmarc.result, AUTH_FAIL);
	ck_assert_int_eq(r.result.observed.dmarc.disposition, DMARC_POLICY_REJECT);
	clear(&r);
	free(message);
	free(records);
}
END_TEST

/* The first round asks for keys and policy along with SPF and rDNS. */
START_TEST(first_round)
{
	static const struct {
		const char *name;
		enum dns_type type;
	} wanted[] = {
	    {"example.com", DNS_TXT},
	    {"9.113.0.203.in-addr.arpa", DNS_PTR},
	    {"s1._domainkey.example.com", DNS_TXT},
	    {"_dmarc.example.com", DNS_TXT},
	    {"_dmarc.com", DNS_TXT},
	};
	char *message = make_message();
	const struct dns_question *missing;
	struct run r;
	size_t count;

	begin(&r, message, "203.0.113.9", "a@example.com");
	ck_assert_int_eq(end(&r), VERIFY_NEEDS_DNS);
	count = dns_view_missing(r.view, &missing);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		bool found = false;

		for (size_t k = 0; k < count; k++)
			found = found || (missing[k].type == wanted[i].type &&
					     strcmp(missing[k].name, wanted[i].name) == 0);
		ck_assert_msg(found, "%s was not asked for", wanted[i].name);
	}
	clear(&r);
	free(message);
}
END_TEST

/*
 * Answers one by one, from either end of what is missing: the same verdict, and one public-key
 * operation, after the last answer.
 */
START_TEST(one_answer_at_a_time)
{
	char *message = make_message(), *records = make_records();

	for (int last = 0; last < 2; last++) {
		struct dns_view *known = dns_view_new(NULL);
		struct run r;

		begin(&r, message, "203.0.113.7", "a@example.com");
		public_key_operations = 0;
		while (end(&r) == VERIFY_NEEDS_DNS) {
			const struct dns_question *missing;
			size_t count = dns_view_missing(r.view, &missing);
			struct dns_question q = missing[last ? count - 1 : 0];
			char *name = strdup(q.name);

			ck_assert_uint_gt(count, 0);
			ck_assert_uint_eq(public_key_operations, 0);
			dns_view_lookup(known, span_from(name), q.type);
			records_answer(known, records);
			dns_view_put(r.view, span_from(name), q.type,
			    dns_view_lookup(known, span_from(name), q.type));
			free(name);
		}
		ck_assert_uint_eq(public_key_operations, 1);
		ck_assert_int_eq(r.result.observed.spf.result, AUTH_PASS);
		ck_assert_int_eq(r.result.observed.dkim[0].result, AUTH_PASS);
		ck_assert_int_eq(r.result.observed.dmarc.result, AUTH_PASS);
		/* Done is done. */
		ck_assert_int_eq(end(&r), VERIFY_DONE);
		ck_assert_uint_eq(public_key_operations, 1);
		clear(&r);
		dns_view_free(known);
	}
	free(message);
	free(records);
}
END_TEST

START_TEST(nothing_answers)
{
	char *message = make_message();
	struct run r;

	begin(&r, message, "203.0.113.9", "a@example.com");
	while (end(&r) == VERIFY_NEEDS_DNS)
		dns_view_fail_missing(r.view, DNS_TIMEOUT);
	ck_assert_int_eq(r.result.observed.spf.result, AUTH_TEMPERROR);
	ck_assert_int_eq(r.result.observed.dkim[0].result, AUTH_TEMPERROR);
	ck_assert_int_eq(r.result.observed.dmarc.result, AUTH_TEMPERROR);
	ck_assert_int_eq(r.result.observed.rdns.result, AUTH_TEMPERROR);
	clear(&r);
	free(message);
}
END_TEST

static const struct {
	const char *name, *message;
	bool missing, several;
	enum auth_result dmarc;
} authors[] = {
    {"one", MESSAGE, false, false, AUTH_FAIL},
    {"none", "To: a@example.com\r\n\r\nx\r\n", true, false, AUTH_PERMERROR},
    {"empty", "From:\r\n\r\nx\r\n", true, false, AUTH_PERMERROR},
    {"two fields", "From: a@example.com\r\n" MESSAGE, false, true, AUTH_PERMERROR},
    {"two addresses", "From: a@example.com, b@example.com\r\n\r\nx\r\n", false, true, AUTH_FAIL},
    {"no header", "\r\nx\r\n", true, false, AUTH_PERMERROR},
};

START_TEST(from_findings)
{
	char *records = make_records();

	for (size_t i = 0; i < ARRAY_SIZE(authors); i++) {
		struct run r;

		begin(&r, authors[i].message, "198.51.100.1", "a@example.net");
		finish(&r, records);
		ck_assert_msg(has_finding(&r, FINDING_MISSING_FROM) == authors[i].missing &&
				  has_finding(&r, FINDING_SEVERAL_FROM) == authors[i].several &&
				  r.result.observed.dmarc.result == authors[i].dmarc,
		    "%s: %s", authors[i].name, r.result.observed.dmarc.reason);
		clear(&r);
	}
	free(records);
}
END_TEST

static const struct {
	const char *name, *message;
	bool smtputf8;
	enum finding_id id;
	bool found;
} headers[] = {
    {"dateless", MESSAGE, false, FINDING_MISSING_DATE, true},
    {"dated", "Date: 23 Nov 2026 16:00 +0000\r\n" MESSAGE, false, FINDING_MISSING_DATE, false},
    {"malformed id", "Message-ID: 1\r\n" MESSAGE, false, FINDING_MALFORMED_MESSAGE_ID, true},
    {"two subjects", "Subject: a\r\nSubject: b\r\n" MESSAGE, false, FINDING_DUPLICATE_FIELD, true},
    {"UTF-8 undeclared", "X: \xc3\xa4\r\n" MESSAGE, false, FINDING_HEADER_NOT_ASCII, true},
    {"UTF-8 declared", "X: \xc3\xa4\r\n" MESSAGE, true, FINDING_HEADER_NOT_ASCII, false},
    {"no header", "hello\r\n", false, FINDING_MALFORMED_HEADER, true},
};

/* Found once, however many rounds the judgement takes. */
START_TEST(header_findings)
{
	char *records = make_records();

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		size_t count = 0;
		struct run r;

		begin_utf8(&r, headers[i].message, headers[i].smtputf8);
		finish(&r, records);
		for (size_t k = 0; k < r.result.findings.count; k++)
			count += r.result.findings.items[k].id == headers[i].id;
		ck_assert_msg(count == headers[i].found, "%s: %zu", headers[i].name, count);
		clear(&r);
	}
	free(records);
}
END_TEST

/* A staging host that nobody lists, and what the provider's address and key will make of it. */
START_TEST(on_a_route)
{
	static const char *const egress[] = {"spf:spf.example.com", "203.0.113.9"};
	static const struct verify_route route = {.name = "provider",
	    .egress = egress,
	    .egress_count = ARRAY_SIZE(egress),
	    .return_path = "example.com",
	    .dkim_domain = "example.com",
	    .dkim_selector = "s1"};
	char *message = make_message(), *records = make_records();
	const struct verdict *p;
	struct run r;

	begin_on_route(&r, message, "198.51.100.1", "a@app.example.net", &route);
	finish(&r, records);
	ck_assert_int_eq(r.result.observed.spf.result, AUTH_NONE);
	ck_assert_uint_eq(r.result.observed.dkim_count, 1);
	p = &r.result.predicted;
	ck_assert_int_eq(p->spf.result, AUTH_PASS);
	ck_assert_int_eq(p->rdns.result, AUTH_FAIL);
	ck_assert_str_eq(p->rdns.ip, "203.0.113.7");
	ck_assert_uint_eq(p->dkim_count, 2);
	ck_assert(p->dkim[0].predicted && !p->dkim[1].predicted);
	ck_assert_int_eq(p->dkim[0].result, AUTH_PASS);
	ck_assert_int_eq(p->dkim[1].result, AUTH_PASS);
	ck_assert(p->dmarc.spf_aligned && p->dmarc.dkim_aligned);
	clear(&r);
	begin(&r, message, "198.51.100.1", "a@app.example.net");
	finish(&r, records);
	ck_assert_uint_eq(r.result.predicted.dkim_count, 0);
	ck_assert_ptr_null(r.result.predicted.dmarc.reason);
	clear(&r);
	free(message);
	free(records);
}
END_TEST

/* The questions of the prediction come along with the others. */
START_TEST(rounds_on_a_route)
{
	static const char *const egress[] = {"203.0.113.9"};
	static const struct verify_route route = {
	    .name = "provider", .egress = egress, .egress_count = 1, .dkim_selector = "s1"};
	char *message = make_message(), *records = make_records();

	for (int i = 0; i < 2; i++) {
		unsigned rounds = 0;
		struct run r;

		begin_on_route(&r, message, "203.0.113.7", "a@example.com", i == 0 ? NULL : &route);
		for (; end(&r) == VERIFY_NEEDS_DNS; rounds++)
			ck_assert_uint_gt(records_answer(r.view, records), 0);
		ck_assert_uint_eq(rounds, 2);
		clear(&r);
	}
	free(message);
	free(records);
}
END_TEST

/* The verdict lives on its own until verify_free. */
START_TEST(lifetimes)
{
	char *message = make_message(), *records = make_records(), *copy = strdup("a@example.com");
	struct run r;

	begin(&r, message, "203.0.113.9", copy);
	memset(copy, 'x', strlen(copy));
	free(copy);
	finish(&r, records);
	ck_assert_int_eq(r.result.observed.spf.result, AUTH_PASS);
	ck_assert_str_eq(r.result.observed.spf.domain, "example.com");
	ck_assert_int_eq(end(&r), VERIFY_DONE);
	verify_free(NULL);
	clear(&r);
	free(message);
	free(records);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {results, without_client, first_round, one_answer_at_a_time,
	    nothing_answers, from_findings, header_findings, on_a_route, rounds_on_a_route,
	    lifetimes, NULL};

	return unit_main("verify", tests);
}
