/*
 * SPDX-License-Identifier: ISC
 *
 * DKIM key records: strength, what they allow, what is wrong with them.
 */
#include <stdlib.h>
#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "sign.h"
#include "unit.h"
#include "verify/dkim_key.h"

/* 32 octets, the public key of RFC 8463 A.2. */
#define ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

#define BYTES(literal)                                                                             \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static const struct {
	const char *name;
	struct span text;
	const char *fault;
} bad[] = {
    {"empty", BYTES(""), "it is empty"},
    {"no list", BYTES("some other text"), "\"some other text\" has no \"=\""},
    {"no p=", BYTES("v=DKIM1; k=rsa"), "the tag p= is missing"},
    {"version not first", BYTES("k=ed25519; v=DKIM1; p=" ED),
	"v= is there, and is not DKIM1 as the first tag"},
    {"other version", BYTES("v=DKIM2; k=ed25519; p=" ED),
	"v= is there, and is not DKIM1 as the first tag"},
    {"version in lower case", BYTES("v=dkim1; k=ed25519; p=" ED),
	"v= is there, and is not DKIM1 as the first tag"},
    {"type", BYTES("v=DKIM1; k=dsa; p=" ED),
	"k=dsa is no key type of DKIM: expected rsa or ed25519"},
    {"base64", BYTES("v=DKIM1; k=rsa; p=!!!"), "p= is not base64"},
    {"one character", BYTES("v=DKIM1; k=rsa; p=A"), "p= is not base64"},
    {"Ed25519 as RSA", BYTES("v=DKIM1; p=" ED), "p= is no RSA public key"},
    {"Ed25519 too short", BYTES("v=DKIM1; k=ed25519; p=QUJD"),
	"p= is not the 32 octets of an Ed25519 public key (RFC 8463 4.2)"},
    {"cut short", BYTES("p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANmBe10I"), "p= is no RSA public key"},
    {"bare key", BYTES("p=MAYCAQ8CAQM="),
	"p= is a bare RSAPublicKey; expected a SubjectPublicKeyInfo, as \"openssl rsa -pubout\" "
	"writes it"},
    {"NUL", BYTES("v=DKIM1; k=ed25519; p=" ED "\0"),
	"octet 0x00 at offset 66 is not printable ASCII"},
    {"8-bit", BYTES("v=DKIM1; n=\xe4; k=ed25519; p=" ED),
	"octet 0xe4 at offset 11 is not printable ASCII"},
    {"p= twice", BYTES("k=ed25519; p=" ED "; p=" ED), "the tag p= occurs twice"},
};

START_TEST(faults)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct arena *a = arena_new();
		struct span text = unit_guard(bad[i].text);
		struct dkim_key key;

		dkim_key_parse(text, a, &key);
		ck_assert_msg(key.fault != NULL && strcmp(key.fault, bad[i].fault) == 0,
		    "%s: got \"%s\", expected \"%s\"", bad[i].name,
		    key.fault == NULL ? "no fault" : key.fault, bad[i].fault);
		ck_assert_ptr_null(key.text);
		unit_guard_free(text);
		arena_free(a);
	}
}
END_TEST

static const struct {
	const char *text;
	bool sha1, sha256, email, strict, testing;
} flags[] = {
    {"p=" ED, true, true, true, false, false},
    {"h=sha256; p=" ED, false, true, true, false, false},
    {"h=sha1; p=" ED, true, false, true, false, false},
    {"h=sha1 : SHA256; p=" ED, true, true, true, false, false},
    {"h=md5; p=" ED, false, false, true, false, false},
    {"s=email; p=" ED, true, true, true, false, false},
    {"s=*; p=" ED, true, true, true, false, false},
    {"s=tlsrpt; p=" ED, true, true, false, false, false},
    {"s=tlsrpt:email; p=" ED, true, true, true, false, false},
    {"t=y; p=" ED, true, true, true, false, true},
    {"t=s:y; p=" ED, true, true, true, true, true},
    {"t=x; p=" ED, true, true, true, false, false},
};

START_TEST(allowed)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct arena *a = arena_new();
		struct dkim_key key;
		const char *text = arena_printf(a, "v=DKIM1; k=ed25519; %s", flags[i].text);

		dkim_key_parse(span_from(text), a, &key);
		ck_assert_msg(key.fault == NULL, "%s: %s", text, key.fault);
		ck_assert_msg(key.sha1 == flags[i].sha1 && key.sha256 == flags[i].sha256 &&
				  key.email == flags[i].email &&
				  key.strict_domain == flags[i].strict &&
				  key.testing == flags[i].testing,
		    "%s: sha1 %d sha256 %d email %d strict %d testing %d", text, key.sha1,
		    key.sha256, key.email, key.strict_domain, key.testing);
		ck_assert_uint_eq(key.bits, 256);
		arena_free(a);
	}
}
END_TEST

START_TEST(strength)
{
	static const unsigned bits[] = {
	    [SIGN_RSA_512] = 512,
	    [SIGN_RSA_1024] = 1024,
	    [SIGN_RSA_2048] = 2048,
	    [SIGN_ED25519] = 256,
	};

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		struct arena *a = arena_new();
		char *p = sign_public_key((enum sign_key)i);
		const char *type = i == SIGN_ED25519 ? "ed25519" : "rsa";
		struct dkim_key key;

		dkim_key_parse(
		    span_from(arena_printf(a, "k=%s; n=many words; p=%s", type, p)), a, &key);
		ck_assert_msg(key.fault == NULL, "%zu: %s", i, key.fault);
		ck_assert_uint_eq(key.bits, bits[i]);
		ck_assert_str_eq(key.text, arena_printf(a, "v=DKIM1; k=%s; p=%s", type, p));
		free(p);
		arena_free(a);
	}
}
END_TEST

/* "p=" and the SubjectPublicKeyInfo of an RSA key whose modulus is 2^(bits-1) + 1. */
static void add_rsa_record(struct buffer *text, int bits)
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
	buffer_add_string(text, "p=");
	base64_encode(text, span_of(der, (size_t)len));
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
}

/* Also where the modulus does not fill its octets, and up to the limit of what is verified. */
START_TEST(odd_strengths)
{
	static const unsigned bits[] = {513, 768, 1017, 1023, 1025, 4096, 5600};

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		struct arena *a = arena_new();
		struct buffer text = BUFFER_INIT;
		struct dkim_key key;

		add_rsa_record(&text, (int)bits[i]);
		dkim_key_parse(buffer_span(&text), a, &key);
		ck_assert_msg(key.fault == NULL, "%u: %s", bits[i], key.fault);
		ck_assert_uint_eq(key.bits, bits[i]);
		ck_assert_uint_le(strlen(key.text), DKIM_KEY_TEXT_MAX);
		buffer_clear(&text);
		arena_free(a);
	}
}
END_TEST

START_TEST(too_long)
{
	struct arena *a = arena_new();
	struct buffer text = BUFFER_INIT;
	struct dkim_key key;

	add_rsa_record(&text, 8192);
	dkim_key_parse(buffer_span(&text), a, &key);
	ck_assert_ptr_null(key.text);
	ck_assert_uint_eq(key.bits, 8192);
	ck_assert_str_eq(key.fault,
	    "the key of 8192 bits is too long to be verified: at most about "
	    "5,600 bits are supported");
	/* Other tags may be as long as they like. */
	buffer_reset(&text);
	buffer_add_string(&text, "k=ed25519; n=");
	for (int i = 0; i < 5000; i++)
		buffer_add_string(&text, "note ");
	buffer_add_string(&text, "; p=" ED);
	dkim_key_parse(buffer_span(&text), a, &key);
	ck_assert_str_eq(key.text, "v=DKIM1; k=ed25519; p=" ED);
	buffer_clear(&text);
	arena_free(a);
}
END_TEST

START_TEST(revoked_and_unpadded)
{
	struct arena *a = arena_new();
	struct dkim_key key;

	dkim_key_parse(SPAN("v=DKIM1; p="), a, &key);
	ck_assert_ptr_null(key.fault);
	ck_assert(key.revoked);
	ck_assert_ptr_null(key.text);
	dkim_key_parse(
	    SPAN("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"), a, &key);
	ck_assert_ptr_null(key.fault);
	ck_assert_str_eq(key.text, "v=DKIM1; k=ed25519; p=" ED);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    faults, allowed, strength, odd_strengths, too_long, revoked_and_unpadded, NULL};

	return unit_main("dkimkey", tests);
}
