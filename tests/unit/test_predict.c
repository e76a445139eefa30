/*
 * SPDX-License-Identifier: ISC
 *
 * The predicted viewpoint: which address and which names are judged, and what follows from them.
 */
#include "verify/predict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"
#include "base/buffer.h"
#include "sign.h"
#include "unit.h"

#define NOW 1800000000

/* Keys at s2048, s1024, s512, ed; the provider's addresses 192.0.2.1 to .5 and 2001:db8::1. */
static const char RECORDS[] =
    "example.com TXT v=spf1 include:_spf.example.net -all\n"
    "_dmarc.example.com TXT v=DMARC1; p=reject\n"
    "bounce.example.com TXT v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all\n"
    "example.net TXT v=spf1 ip4:192.0.2.0/30 -all\n"
    "_spf.example.net TXT v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all\n"
    "helo.example.org TXT v=spf1 a:out.%{h} -all\n"
    "out.mta1.example.net A 192.0.2.1\n"
    "1.2.0.192.in-addr.arpa PTR mta1.example.net\n"
    "mta1.example.net A 192.0.2.1\n"
    "mta1.example.net TXT v=spf1 a -all\n"
    "2.2.0.192.in-addr.arpa PTR other.example.net\n"
    "2.2.0.192.in-addr.arpa PTR mta2.example.net\n"
    "mta2.example.net A 192.0.2.2\n"
    "3.2.0.192.in-addr.arpa PTR lost.example.net\n"
    "5.2.0.192.in-addr.arpa TIMEOUT\n"
    "none.example.org A 192.0.2.99\n"
    "slow.example.org TIMEOUT\n"
    "revoked._domainkey.example.com TXT v=DKIM1; p=\n"
    "slow._domainkey.example.com SERVFAIL\n";

#define FROM "From: Alice <alice@example.com>\r\n"

struct row {
	const char *name;
	const char *egress[3];
	const char *return_path, *dkim_domain, *selector;
	const char *mail_from, *from;
	enum auth_result spf, spf_helo, rdns, dmarc;
	const char *spf_domain, *reason; /* of SPF, a part */
	const char *ip;                  /* of rDNS */
};

static const struct row rows[] = {
    {"listed address", {"192.0.2.1"}, NULL, NULL, NULL, "a@example.com", FROM, AUTH_PASS, AUTH_PASS,
	AUTH_PASS, AUTH_PASS, "example.com", "include:_spf.example.net -> ip4:192.0.2.1",
	"192.0.2.1"},
    {"unlisted address", {"198.51.100.1"}, NULL, NULL, NULL, "a@example.com", FROM, AUTH_FAIL,
	AUTH_NONE, AUTH_PERMERROR, AUTH_FAIL, "example.com", "198.51.100.1", "198.51.100.1"},
    {"return-path, aligned", {"192.0.2.4"}, "bounce.example.com", NULL, NULL, "a@app.invalid", FROM,
	AUTH_PASS, AUTH_NONE, AUTH_PERMERROR, AUTH_PASS, "bounce.example.com", "ip4:192.0.2.0/24",
	"192.0.2.4"},
    {"return-path, not aligned", {"192.0.2.1"}, "example.net", NULL, NULL, "a@example.com", FROM,
	AUTH_PASS, AUTH_PASS, AUTH_PASS, AUTH_FAIL, "example.net", "ip4:192.0.2.0/30", "192.0.2.1"},
    {"null path with return-path", {"192.0.2.1"}, "bounce.example.com", NULL, NULL, "", FROM,
	AUTH_PASS, AUTH_PASS, AUTH_PASS, AUTH_PASS, "bounce.example.com", "", "192.0.2.1"},
    {"null path without", {"192.0.2.1"}, NULL, NULL, NULL, "", FROM, AUTH_PASS, AUTH_PASS,
	AUTH_PASS, AUTH_FAIL, "mta1.example.net", "matches a", "192.0.2.1"},
    {"null path, address without a name", {"192.0.2.4"}, NULL, NULL, NULL, "", FROM, AUTH_NONE,
	AUTH_NONE, AUTH_PERMERROR, AUTH_FAIL, NULL, "is not known, since 192.0.2.4", "192.0.2.4"},
    {"HELO is the confirmed name", {"192.0.2.2"}, NULL, NULL, NULL, "a@example.com", FROM,
	AUTH_PASS, AUTH_NONE, AUTH_PASS, AUTH_PASS, "example.com", "ip4:192.0.2.2", "192.0.2.2"},
    {"HELO is the name that leads nowhere", {"192.0.2.3"}, "bounce.example.com", NULL, NULL,
	"a@example.com", FROM, AUTH_PASS, AUTH_NONE, AUTH_FAIL, AUTH_PASS, "bounce.example.com", "",
	"192.0.2.3"},
    {"HELO in a macro", {"192.0.2.1"}, "helo.example.org", NULL, NULL, "a@example.com", FROM,
	AUTH_PASS, AUTH_PASS, AUTH_PASS, AUTH_FAIL, "helo.example.org", "a:out.%{h}", "192.0.2.1"},
    {"PTR times out", {"192.0.2.5"}, "bounce.example.com", NULL, NULL, "a@example.com", FROM,
	AUTH_PASS, AUTH_NONE, AUTH_TEMPERROR, AUTH_PASS, "bounce.example.com", "", "192.0.2.5"},
    {"IPv6", {"2001:db8::1"}, "bounce.example.com", NULL, NULL, "a@example.com", FROM, AUTH_PASS,
	AUTH_NONE, AUTH_PERMERROR, AUTH_PASS, "bounce.example.com", "ip6:2001:db8::/32",
	"2001:db8::1"},
    {"spf:", {"spf:example.net"}, "bounce.example.com", NULL, NULL, "a@example.com", FROM,
	AUTH_PASS, AUTH_PASS, AUTH_PASS, AUTH_PASS, "bounce.example.com", "192.0.2.1", "192.0.2.1"},
    {"spf: of no record", {"spf:none.example.org"}, "bounce.example.com", NULL, NULL,
	"a@example.com", FROM, AUTH_PERMERROR, AUTH_NONE, AUTH_NONE, AUTH_FAIL,
	"bounce.example.com",
	"\"spf:none.example.org\" gives no address: none.example.org publishes no SPF record; list",
	NULL},
    {"spf: that times out", {"spf:slow.example.org"}, "bounce.example.com", NULL, NULL,
	"a@example.com", FROM, AUTH_TEMPERROR, AUTH_NONE, AUTH_NONE, AUTH_TEMPERROR,
	"bounce.example.com", "TXT failed; try again later", NULL},
    {"neither address nor spf:", {"mail.example.net"}, NULL, NULL, NULL, "a@example.com", FROM,
	AUTH_PERMERROR, AUTH_NONE, AUTH_NONE, AUTH_FAIL, "example.com", "neither an IP address nor",
	NULL},
    {"the worst by SPF", {"192.0.2.1", "192.0.2.3", "198.51.100.1"}, NULL, NULL, NULL,
	"a@example.com", FROM, AUTH_FAIL, AUTH_NONE, AUTH_FAIL, AUTH_FAIL, "example.com",
	"192.0.2.3", "192.0.2.3"},
    {"the worst by rDNS", {"192.0.2.1", "192.0.2.4", "192.0.2.3"}, "bounce.example.com", NULL, NULL,
	"a@example.com", FROM, AUTH_PASS, AUTH_NONE, AUTH_PERMERROR, AUTH_PASS,
	"bounce.example.com", "192.0.2.4", "192.0.2.4"},
    {"none the worst", {"192.0.2.1", "192.0.2.2"}, NULL, NULL, NULL, "a@example.com", FROM,
	AUTH_PASS, AUTH_PASS, AUTH_PASS, AUTH_PASS, "example.com", "192.0.2.1", "192.0.2.1"},
    {"one of two without an address", {"192.0.2.1", "spf:none.example.org"}, NULL, NULL, NULL,
	"a@example.com", FROM, AUTH_PERMERROR, AUTH_NONE, AUTH_NONE, AUTH_FAIL, "example.com",
	"gives no address", NULL},
    {"local part with an at sign", {"192.0.2.1"}, "bounce.example.com", NULL, NULL,
	"\"a@b\"@example.com", FROM, AUTH_PASS, AUTH_PASS, AUTH_PASS, AUTH_PASS,
	"bounce.example.com", "", "192.0.2.1"},
    {"MAIL FROM without a domain", {"192.0.2.1"}, NULL, NULL, NULL, "a", FROM, AUTH_NONE, AUTH_PASS,
	AUTH_PASS, AUTH_FAIL, NULL, "two or more labels", "192.0.2.1"},
    {"key carries DMARC", {"192.0.2.1"}, "example.net", "example.com", "s2048", "a@example.com",
	FROM, AUTH_PASS, AUTH_PASS, AUTH_PASS, AUTH_PASS, "example.net", "", "192.0.2.1"},
    {"key missing", {"192.0.2.1"}, "example.net", "example.com", "none", "a@example.com", FROM,
	AUTH_PASS, AUTH_PASS, AUTH_PASS, AUTH_FAIL, "example.net", "", "192.0.2.1"},
};

static char *records;

static void make_records(void)
{
	static const struct {
		enum sign_key key;
		const char *selector, *type;
	} keys[] = {
	    {SIGN_RSA_2048, "s2048", "rsa"},
	    {SIGN_RSA_1024, "s1024", "rsa"},
	    {SIGN_RSA_512, "s512", "rsa"},
	    {SIGN_ED25519, "ed", "ed25519"},
	};
	struct buffer all = BUFFER_INIT;

	buffer_add_string(&all, RECORDS);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		char *p = sign_public_key(keys[i].key);

		buffer_printf(&all, "%s._domainkey.example.com TXT v=DKIM1; k=%s; p=%s\n",
		    keys[i].selector, keys[i].type, p);
		free(p);
	}
	records = buffer_take(&all);
}

static void free_records(void)
{
	free(records);
}

struct run {
	struct arena *arena;
	struct dns_view *view;
	struct mail_header header;
	struct mail_message message;
	struct verify_route route;
	struct predict_input in;
	struct verdict verdict;
	struct finding_list findings;
	unsigned rounds;
};

static void begin(struct run *r, const char *mail_from, const char *from)
{
	*r = (struct run){.arena = arena_new(), .view = dns_view_new(NULL)};
	mail_header_parse(span_from(from), r->arena, &r->header);
	mail_message_read(&r->header, r->arena, &r->message);
	r->route.name = "r";
	r->in = (struct predict_input){.route = &r->route,
	    .mail_from = span_from(mail_from),
	    .message = &r->message,
	    .now = NOW};
}

static void finish(struct run *r)
{
	while (predict_check(&r->in, r->view, r->arena, &r->verdict, &r->findings) ==
	       VERIFY_NEEDS_DNS) {
		ck_assert_uint_eq(r->findings.count, 0);
		ck_assert_uint_gt(records_answer(r->view, records), 0);
		ck_assert_uint_lt(++r->rounds, VERIFY_ROUNDS_MAX);
	}
}

static void clear(struct run *r)
{
	dns_view_free(r->view);
	arena_free(r->arena);
}

static bool has_finding(const struct run *r, enum finding_id id)
{
	for (size_t i = 0; i < r->findings.count; i++)
		if (r->findings.items[i].id == id)
			return true;
	return false;
}

static void compare(const struct row *row, const struct verdict *v)
{
	const struct {
		const char *check;
		enum auth_result got, wanted;
	} results[] = {
	    {"spf", v->spf.result, row->spf},
	    {"spf_helo", v->spf_helo.result, row->spf_helo},
	    {"rdns", v->rdns.result, row->rdns},
	    {"dmarc", v->dmarc.result, row->dmarc},
	};

	for (size_t i = 0; i < ARRAY_SIZE(results); i++)
		ck_assert_msg(results[i].got == results[i].wanted, "%s: %s: got %s, expected %s",
		    row->name, results[i].check, AUTH_RESULT_NAME[results[i].got],
		    AUTH_RESULT_NAME[results[i].wanted]);
	ck_assert_pstr_eq(v->spf.domain, row->spf_domain);
	ck_assert_str_eq(v->spf.identity, "mailfrom");
	ck_assert_str_eq(v->spf_helo.identity, "helo");
	ck_assert_msg(
	    strstr(v->spf.reason, row->reason) != NULL, "%s: \"%s\"", row->name, v->spf.reason);
	ck_assert_ptr_nonnull(v->spf_helo.reason);
	ck_assert_ptr_nonnull(v->rdns.reason);
	ck_assert_pstr_eq(v->rdns.ip, row->ip);
	ck_assert_msg(
	    v->rdns.helo_match == (v->rdns.confirmed != NULL), "%s: helo_match", row->name);
}

START_TEST(egress)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct run r;

		begin(&r, rows[i].mail_from, rows[i].from);
		r.route.egress = rows[i].egress;
		while (r.route.egress_count < 3 && rows[i].egress[r.route.egress_count] != NULL)
			r.route.egress_count++;
		r.route.return_path = rows[i].return_path;
		r.route.dkim_domain = rows[i].dkim_domain;
		r.route.dkim_selector = rows[i].selector;
		finish(&r);
		ck_assert_msg(r.verdict.has_client, "%s", rows[i].name);
		compare(&rows[i], &r.verdict);
		ck_assert_msg(r.rounds <= 6, "%s: %u rounds", rows[i].name, r.rounds);
		clear(&r);
	}
}
END_TEST

static const struct {
	const char *name, *domain, *selector, *from;
	enum auth_result result;
	unsigned bits;
	const char *algorithm, *signs_for, *reason;
	bool weak, aligned;
} keys[] = {
    {"strong", "example.com", "s2048", FROM, AUTH_PASS, 2048, "rsa-sha256", "example.com",
	"the provider can sign: the key at s2048._domainkey.example.com is published", false, true},
    {"weak", "example.com", "s1024", FROM, AUTH_PASS, 1024, "rsa-sha256", "example.com",
	"2048 bits are recommended", true, true},
    {"too weak", "example.com", "s512", FROM, AUTH_POLICY, 512, "rsa-sha256", "example.com",
	"what the provider signs will not pass", true, false},
    {"Ed25519", "example.com", "ed", FROM, AUTH_PASS, 256, "ed25519-sha256", "example.com",
	"the provider can sign", false, true},
    {"missing", "example.com", "none", FROM, AUTH_PERMERROR, 0, NULL, "example.com",
	"what the provider signs will not pass", false, false},
    {"revoked", "example.com", "revoked", FROM, AUTH_PERMERROR, 0, NULL, "example.com", "revoked",
	false, false},
    {"not to be had", "example.com", "slow", FROM, AUTH_TEMPERROR, 0, NULL, "example.com", "slow",
	false, false},
    {"domain of From", NULL, "s2048", FROM, AUTH_PASS, 2048, "rsa-sha256", "example.com",
	"the provider can sign", false, true},
    {"domain in capitals", "EXAMPLE.com", "s2048", FROM, AUTH_PASS, 2048, "rsa-sha256",
	"example.com", "the provider can sign", false, true},
    {"no From", NULL, "s2048", "To: a@example.com\r\n", AUTH_PERMERROR, 0, NULL, NULL,
	"the provider signs for the domain of From", false, false},
    {"selector of blanks", "example.com", "a b", FROM, AUTH_PERMERROR, 0, NULL, "example.com",
	"is no selector", false, false},
};

START_TEST(selectors)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct dkim_verdict *d;
		struct run r;

		begin(&r, "a@example.com", keys[i].from);
		r.route.dkim_domain = keys[i].domain;
		r.route.dkim_selector = keys[i].selector;
		finish(&r);
		ck_assert(!r.verdict.has_client);
		ck_assert_uint_eq(r.verdict.dkim_count, 1);
		d = &r.verdict.dkim[0];
		ck_assert(d->predicted);
		ck_assert_msg(d->result == keys[i].result, "%s: %s", keys[i].name, d->reason);
		ck_assert_uint_eq(d->bits, keys[i].bits);
		ck_assert_pstr_eq(d->algorithm, keys[i].algorithm);
		ck_assert_pstr_eq(d->domain, keys[i].signs_for);
		ck_assert_str_eq(d->selector, keys[i].selector);
		ck_assert_msg(strstr(d->reason, keys[i].reason) != NULL, "%s: \"%s\"", keys[i].name,
		    d->reason);
		ck_assert_uint_eq(d->signed_header_count, 0);
		ck_assert_int_eq(d->body_length, -1);
		ck_assert_int_eq(d->signed_at, -1);
		ck_assert_int_eq(d->expires_at, -1);
		ck_assert_ptr_null(d->canonicalization);
		ck_assert_ptr_null(d->identity);
		ck_assert_msg(
		    has_finding(&r, FINDING_DKIM_WEAK_KEY) == keys[i].weak, "%s", keys[i].name);
		ck_assert_msg(r.verdict.dmarc.dkim_aligned == keys[i].aligned, "%s: %s",
		    keys[i].name, r.verdict.dmarc.reason);
		clear(&r);
	}
}
END_TEST

/* The signatures that are there stand behind the one to come, and count for DMARC as well. */
START_TEST(signatures_that_are_there)
{
	const struct dkim_verdict there[] = {
	    {.result = AUTH_FAIL, .domain = "example.net", .selector = "x"},
	    {.result = AUTH_PASS, .domain = "example.com", .selector = "y"},
	    {.result = AUTH_PERMERROR},
	};
	struct run r;

	begin(&r, "a@example.net", FROM);
	r.in.dkim = there;
	r.in.dkim_count = ARRAY_SIZE(there);
	finish(&r);
	ck_assert_uint_eq(r.verdict.dkim_count, 3);
	ck_assert(!r.verdict.dkim[0].predicted);
	ck_assert(r.verdict.dmarc.dkim_aligned);
	clear(&r);
	begin(&r, "a@example.net", FROM);
	r.in.dkim = there;
	r.in.dkim_count = ARRAY_SIZE(there);
	r.route.dkim_selector = "none";
	finish(&r);
	ck_assert_uint_eq(r.verdict.dkim_count, 4);
	ck_assert(r.verdict.dkim[0].predicted);
	ck_assert_str_eq(r.verdict.dkim[2].selector, "y");
	ck_assert(r.verdict.dmarc.dkim_aligned);
	clear(&r);
}
END_TEST

/* A route that says nothing: DMARC by the signatures, and nothing is asked of any address. */
START_TEST(empty_route)
{
	struct run r;

	begin(&r, "a@example.com", FROM);
	finish(&r);
	ck_assert(!r.verdict.has_client);
	ck_assert_uint_eq(r.verdict.dkim_count, 0);
	ck_assert_int_eq(r.verdict.dmarc.result, AUTH_FAIL);
	ck_assert(!r.verdict.dmarc.spf_aligned);
	clear(&r);
}
END_TEST

START_TEST(egress_is_bounded)
{
	const char *many[PREDICT_EGRESS_MAX + 1];
	struct run r;

	for (size_t i = 0; i < PREDICT_EGRESS_MAX; i++)
		many[i] = "192.0.2.1";
	many[PREDICT_EGRESS_MAX] = "198.51.100.1";
	begin(&r, "a@example.com", FROM);
	r.route.egress = many;
	r.route.egress_count = ARRAY_SIZE(many);
	finish(&r);
	ck_assert_int_eq(r.verdict.spf.result, AUTH_PASS);
	clear(&r);
}
END_TEST

/* The questions of all that can be known at once come in the first round. */
START_TEST(first_round)
{
	static const char *const addresses[] = {"192.0.2.1", "spf:example.net"};
	static const struct dns_question wanted[] = {
	    {"bounce.example.com", DNS_TXT},
	    {"1.2.0.192.in-addr.arpa", DNS_PTR},
	    {"example.net", DNS_TXT},
	    {"s1._domainkey.example.com", DNS_TXT},
	    {"_dmarc.example.com", DNS_TXT},
	};
	const struct dns_question *missing;
	struct run r;
	size_t count;

	begin(&r, "a@example.com", FROM);
	r.route.egress = addresses;
	r.route.egress_count = ARRAY_SIZE(addresses);
	r.route.return_path = "bounce.example.com";
	r.route.dkim_selector = "s1";
	ck_assert_int_eq(predict_check(&r.in, r.view, r.arena, &r.verdict, NULL), VERIFY_NEEDS_DNS);
	count = dns_view_missing(r.view, &missing);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		bool found = false;

		for (size_t k = 0; k < count; k++)
			found = found || (missing[k].type == wanted[i].type &&
					     strcmp(missing[k].name, wanted[i].name) == 0);
		ck_assert_msg(found, "%s was not asked for", wanted[i].name);
	}
	clear(&r);
}
END_TEST

/* What is wrong with the address that counts is found, and not what is with the others. */
START_TEST(findings_of_the_address)
{
	static const char *const addresses[] = {"192.0.2.1", "203.0.113.77"};
	static const char generic[] =
	    "77.113.0.203.in-addr.arpa PTR 203-0-113-77.pool.example.org\n"
	    "203-0-113-77.pool.example.org A 203.0.113.77\n";
	struct buffer all = BUFFER_INIT;

	buffer_printf(&all, "%s%s", records, generic);
	for (size_t count = 1; count <= 2; count++) {
		struct run r;

		begin(&r, "a@example.com", FROM);
		r.route.egress = addresses;
		r.route.egress_count = count;
		while (predict_check(&r.in, r.view, r.arena, &r.verdict, &r.findings) ==
		       VERIFY_NEEDS_DNS)
			ck_assert_uint_gt(records_answer(r.view, all.data), 0);
		ck_assert_msg(has_finding(&r, FINDING_RDNS_GENERIC) == (count == 2), "%zu", count);
		clear(&r);
	}
	buffer_clear(&all);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {egress, selectors, signatures_that_are_there, empty_route,
	    egress_is_bounded, first_round, findings_of_the_address, NULL};

	make_records();
	atexit(free_records);
	return unit_main("predict", tests);
}
