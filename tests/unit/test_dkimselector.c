/*
 * SPDX-License-Identifier: ISC
 *
 * What a selector publishes, judged without a signature.
 */
#include <stdlib.h>
#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "records.h"
#include "unit.h"
#include "verify/dkim_selector.h"

#define NAME    "s1._domainkey.example.com"
#define ED      "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define SEVERAL ", of which a verifier may take any (RFC 6376 3.6.2.2): leave one"
#define USABLE  "the key at " NAME " is published and usable "

/* "@BITS" in records stands for the base64 of an RSA key with so many. */
static const struct {
	const char *name, *records;
	enum auth_result result;
	const char *algorithm;
	unsigned bits;
	const char *reason;
} rows[] = {
    {"nothing", "", AUTH_PERMERROR, NULL, 0,
	"there is no key at " NAME ": the name does not exist"},
    {"no TXT", NAME " A 192.0.2.1\n", AUTH_PERMERROR, NULL, 0,
	"there is no key at " NAME ": the name has no TXT record"},
    {"SERVFAIL", NAME " SERVFAIL\n", AUTH_TEMPERROR, NULL, 0,
	"the key at " NAME " could not be looked up: SERVFAIL"},
    {"timeout", NAME " TIMEOUT\n", AUTH_TEMPERROR, NULL, 0,
	"the key at " NAME " could not be looked up: TIMEOUT"},
    {"RSA 512", NAME " TXT v=DKIM1; p=@512\n", AUTH_POLICY, "rsa-sha256", 512,
	"the RSA key at " NAME " has 512 bits, and less than 1024 are not accepted "
	"(RFC 8301 3.2): use 2048"},
    {"RSA 1023", NAME " TXT v=DKIM1; p=@1023\n", AUTH_POLICY, "rsa-sha256", 1023,
	"the RSA key at " NAME " has 1023 bits, and less than 1024 are not accepted "
	"(RFC 8301 3.2): use 2048"},
    {"RSA 1024", NAME " TXT v=DKIM1; k=rsa; p=@1024\n", AUTH_PASS, "rsa-sha256", 1024,
	USABLE "(rsa, 1024 bits); 2048 bits are recommended (RFC 8301 3.2)"},
    {"RSA 1536", NAME " TXT p=@1536\n", AUTH_PASS, "rsa-sha256", 1536,
	USABLE "(rsa, 1536 bits); 2048 bits are recommended (RFC 8301 3.2)"},
    {"RSA 2048", NAME " TXT v=DKIM1; h=sha256; s=email; p=@2048\n", AUTH_PASS, "rsa-sha256", 2048,
	USABLE "(rsa, 2048 bits)"},
    {"RSA 4096", NAME " TXT v=DKIM1; p=@4096\n", AUTH_PASS, "rsa-sha256", 4096,
	USABLE "(rsa, 4096 bits)"},
    {"RSA 8192", NAME " TXT v=DKIM1; p=@8192\n", AUTH_PERMERROR, NULL, 8192,
	"the key at " NAME " is malformed: the key of 8192 bits is too long to be verified: at "
	"most about 5,600 bits are supported"},
    {"Ed25519", NAME " TXT v=DKIM1; k=ed25519; p=" ED "\n", AUTH_PASS, "ed25519-sha256", 256,
	USABLE "(ed25519, 256 bits)"},
    {"test", NAME " TXT v=DKIM1; t=y:s; k=ed25519; p=" ED "\n", AUTH_PASS, "ed25519-sha256", 256,
	USABLE "(ed25519, 256 bits); it says that it is a test (t=y)"},
    {"revoked", NAME " TXT v=DKIM1; p=\n", AUTH_PERMERROR, NULL, 0,
	"the key at " NAME " is revoked: its p= is empty"},
    {"malformed base64", NAME " TXT v=DKIM1; p=not base64!\n", AUTH_PERMERROR, NULL, 0,
	"the key at " NAME " is malformed: p= is not base64"},
    {"another text", NAME " TXT v=spf1 -all\n", AUTH_PERMERROR, NULL, 0,
	"the key at " NAME " is malformed: v= is there, and is not DKIM1 as the first tag"},
    {"wrong version", NAME " TXT v=DKIM2; k=ed25519; p=" ED "\n", AUTH_PERMERROR, NULL, 0,
	"the key at " NAME " is malformed: v= is there, and is not DKIM1 as the first tag"},
    {"unknown type", NAME " TXT v=DKIM1; k=dsa; p=" ED "\n", AUTH_PERMERROR, NULL, 0,
	"the key at " NAME " is malformed: k=dsa is no key type of DKIM: expected rsa or ed25519"},
    {"other service", NAME " TXT v=DKIM1; s=tlsrpt; k=ed25519; p=" ED "\n", AUTH_PERMERROR,
	"ed25519-sha256", 256, "the key at " NAME " is not for mail (its s=): leave s= out"},
    {"sha1 only", NAME " TXT v=DKIM1; h=sha1; p=@2048\n", AUTH_PERMERROR, "rsa-sha256", 2048,
	"the key at " NAME " does not allow sha256, the only hash still accepted (its h=): leave "
	"h= out"},
    {"a usable one behind others",
	NAME " TXT a note\n" NAME " TXT v=DKIM1; p=\n" NAME " TXT p=@512\n" NAME " TXT p=@2048\n",
	AUTH_PASS, "rsa-sha256", 2048,
	USABLE "(rsa, 2048 bits); " NAME " has 4 TXT records" SEVERAL},
    {"the least bad of two", NAME " TXT a note\n" NAME " TXT p=@512\n", AUTH_POLICY, "rsa-sha256",
	512,
	"the RSA key at " NAME " has 512 bits, and less than 1024 are not accepted "
	"(RFC 8301 3.2): use 2048; " NAME " has 2 TXT records" SEVERAL},
    {"the first of two equals", NAME " TXT k=ed25519; p=" ED "\n" NAME " TXT p=@2048\n", AUTH_PASS,
	"ed25519-sha256", 256, USABLE "(ed25519, 256 bits); " NAME " has 2 TXT records" SEVERAL},
    {"two of no use", NAME " TXT a note\n" NAME " TXT v=DKIM1; p=\n", AUTH_PERMERROR, NULL, 0,
	"the key at " NAME " is malformed: \"a note\" has no \"=\"; " NAME
	" has 2 TXT records" SEVERAL},
};

/* The base64 of the SubjectPublicKeyInfo of an RSA key whose modulus is 2^(bits-1) + 1. */
static void add_rsa(struct buffer *out, int bits)
{
	RSA *rsa = RSA_new();
	BIGNUM *n = BN_new(), *e = BN_new();
	EVP_PKEY *pkey = EVP_PKEY_new();
	unsigned char *der = NULL;
	int len;

	BN_set_bit(n, bits - 1);
	BN_set_bit(n, 0);
	BN_set_word(e, 65537);
	RSA_set0_key(rsa, n, e, NULL);
	EVP_PKEY_assign_RSA(pkey, rsa);
	len = i2d_PUBKEY(pkey, &der);
	base64_encode(out, span_of(der, (size_t)len));
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
}

static void expand(const char *records, struct buffer *out)
{
	buffer_reset(out);
	buffer_add_string(out, "");
	while (*records != '\0') {
		char *end;

		if (*records != '@') {
			buffer_add_char(out, *records++);
			continue;
		}
		add_rsa(out, (int)strtol(records + 1, &end, 10));
		records = end;
	}
}

static void expect(const char *row, const char *got, const char *expected)
{
	ck_assert_msg(
	    (got == NULL) == (expected == NULL) && (got == NULL || strcmp(got, expected) == 0),
	    "%s: got \"%s\", expected \"%s\"", row, got == NULL ? "(none)" : got,
	    expected == NULL ? "(none)" : expected);
}

START_TEST(records)
{
	const struct dkim_selector q = {SPAN("example.com"), SPAN("s1")};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dns_view *view = dns_view_new(NULL);
		struct arena *a = arena_new();
		struct buffer text = BUFFER_INIT;
		struct dkim_verdict v;
		struct dkim_key key;

		expand(rows[i].records, &text);
		ck_assert_int_eq(dkim_selector_check(&q, view, a, &v, &key), VERIFY_NEEDS_DNS);
		ck_assert_uint_eq(records_answer(view, text.data == NULL ? "" : text.data), 1);
		ck_assert_int_eq(dkim_selector_check(&q, view, a, &v, &key), VERIFY_DONE);
		ck_assert_msg(
		    v.result == rows[i].result, "%s: %s", rows[i].name, AUTH_RESULT_NAME[v.result]);
		expect(rows[i].name, v.reason, rows[i].reason);
		expect(rows[i].name, v.algorithm, rows[i].algorithm);
		expect(rows[i].name, v.domain, "example.com");
		expect(rows[i].name, v.selector, "s1");
		ck_assert_msg(
		    v.bits == rows[i].bits && key.bits == v.bits, "%s: %u", rows[i].name, v.bits);
		ck_assert(v.canonicalization == NULL && v.identity == NULL && !v.predicted);
		ck_assert(v.body_length == -1 && v.signed_at == -1 && v.expires_at == -1);
		ck_assert_uint_eq(v.signed_header_count, 0);
		ck_assert_int_eq(dkim_selector_check(&q, view, a, &v, NULL), VERIFY_DONE);
		expect(rows[i].name, v.reason, rows[i].reason);
		buffer_clear(&text);
		arena_free(a);
		dns_view_free(view);
	}
}
END_TEST

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *domain, *selector;
	const char *key_name; /* that is asked for; NULL: nothing is */
	const char *reason;   /* then */
} names[] = {
    {"example.com", "s1", NAME, NULL},
    {"Example.COM.", "S1", NAME, NULL},
    {"example.com", "2024_a.mail-b", "2024_a.mail-b._domainkey.example.com", NULL},
    {"b\xc3\xbc"
     "cher.example",
	"s1", "s1._domainkey.xn--bcher-kva.example", NULL},
    {"example.com", L63, L63 "._domainkey.example.com", NULL},
    {"", "s1", NULL, "\"\" is no domain name, so no key can be there"},
    {".", "s1", NULL, "\".\" is no domain name, so no key can be there"},
    {"exa mple.com", "s1", NULL, "\"exa\\032mple.com\" is no domain name, so no key can be there"},
    {"a@example.com", "s1", NULL, "\"a@example.com\" is no domain name, so no key can be there"},
    {"\xff.example", "s1", NULL, "\"\\255.example\" is no domain name, so no key can be there"},
    {"example..com", "s1", NULL, "gives no valid name of a key"},
    {"a" L63 ".example", "s1", NULL, "gives no valid name of a key"},
    {L63 "." L63 "." L63 "." L63, "s1", NULL, "gives no valid name of a key"},
    {"example.com", "", NULL, "\"\" is no selector: expected letters, digits and hyphens"},
    {"example.com", "s 1", NULL, "\"s\\0321\" is no selector"},
    {"example.com", "s1\\.", NULL, "\"s1\\.\" is no selector"},
    {"example.com", "s\xc3\xa4", NULL, "\"s\\195\\164\" is no selector"},
    {"example.com", ".", NULL, "the selector \".\" gives no valid name of a key: a label is empty"},
    {"example.com", "s1.", NULL, "the selector \"s1.\" gives no valid name"},
    {"example.com", "a..b", NULL, "gives no valid name"},
    {"example.com", L63 "a", NULL, "or longer than 63 octets, or the name is longer than 253"},
};

START_TEST(key_names)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct span domain = unit_guard(span_from(names[i].domain));
		struct span selector = unit_guard(span_from(names[i].selector));
		const struct dkim_selector q = {domain, selector};
		struct dns_view *view = dns_view_new(NULL);
		struct arena *a = arena_new();
		const struct dns_question *missing;
		struct dkim_key key = {.bits = 1};
		struct dkim_verdict v;
		enum verify_status status = dkim_selector_check(&q, view, a, &v, &key);

		if (names[i].key_name != NULL) {
			ck_assert_int_eq(status, VERIFY_NEEDS_DNS);
			ck_assert_uint_eq(dns_view_missing(view, &missing), 1);
			ck_assert_str_eq(missing[0].name, names[i].key_name);
			ck_assert_int_eq(missing[0].type, DNS_TXT);
		} else {
			ck_assert_msg(
			    status == VERIFY_DONE, "%s %s", names[i].domain, names[i].selector);
			ck_assert_int_eq(v.result, AUTH_PERMERROR);
			ck_assert_msg(strstr(v.reason, names[i].reason) != NULL, "%s %s: %s",
			    names[i].domain, names[i].selector, v.reason);
			ck_assert_str_eq(v.domain, names[i].domain);
			ck_assert_str_eq(v.selector, names[i].selector);
			ck_assert(key.bits == 0 && key.text == NULL);
			ck_assert_uint_eq(dns_view_missing(view, &missing), 0);
		}
		arena_free(a);
		dns_view_free(view);
		unit_guard_free(domain);
		unit_guard_free(selector);
	}
}
END_TEST

START_TEST(nul)
{
	const struct dkim_selector nul_domain = {SPAN("exam\0ple.com"), SPAN("s1")};
	const struct dkim_selector nul_selector = {SPAN("example.com"), SPAN("s\0")};
	struct dns_view *view = dns_view_new(NULL);
	struct arena *a = arena_new();
	struct dkim_verdict v;

	ck_assert_int_eq(dkim_selector_check(&nul_domain, view, a, &v, NULL), VERIFY_DONE);
	ck_assert_str_eq(
	    v.reason, "\"exam\\000ple.com\" is no domain name, so no key can be there");
	ck_assert_int_eq(dkim_selector_check(&nul_selector, view, a, &v, NULL), VERIFY_DONE);
	ck_assert_int_eq(v.result, AUTH_PERMERROR);
	arena_free(a);
	dns_view_free(view);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {records, key_names, nul, NULL};

	return unit_main("dkimselector", tests);
}
