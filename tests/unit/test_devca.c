/*
 * SPDX-License-Identifier: ISC
 *
 * The development CA: what it issues passes a strict verifier; PEM that does not serve is refused
 * in words.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "tls/devca.h"
#include "unit.h"

#define NOW ((int64_t)1795000000)
#define DAY ((int64_t)86400)

static const char *const NAMES[] = {
    "app.example.com", "localhost", "*.example.net", "127.0.0.1", "::1"};

static X509 *certificate_of(const struct tls_pem *pem)
{
	BIO *in = BIO_new_mem_buf(pem->certificate.data, (int)pem->certificate.len);
	X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);

	BIO_free(in);
	ck_assert_ptr_nonnull(x);
	return x;
}

static void make_ca(struct tls_pem *ca)
{
	struct error err;

	ck_assert_int_eq(tls_devca_make(NOW, ca, &err), 0);
}

static void issue(const struct tls_pem *ca, struct tls_pem *leaf)
{
	struct error err;

	ck_assert_msg(
	    tls_devca_issue(ca, NAMES, ARRAY_SIZE(NAMES), NOW, leaf, &err) == 0, "%s", err.text);
}

struct verify_row {
	const char *name;
	int64_t at;
	const char *host, *address;
	int want;
};

static const struct verify_row VERIFY_ROWS[] = {
    {"DNS name", NOW, "app.example.com", NULL, X509_V_OK},
    {"localhost", NOW, "localhost", NULL, X509_V_OK},
    {"wildcard", NOW, "mx.example.net", NULL, X509_V_OK},
    {"IPv4", NOW, NULL, "127.0.0.1", X509_V_OK},
    {"IPv6", NOW, NULL, "::1", X509_V_OK},
    {"another name", NOW, "example.com", NULL, X509_V_ERR_HOSTNAME_MISMATCH},
    {"another address", NOW, NULL, "127.0.0.2", X509_V_ERR_IP_ADDRESS_MISMATCH},
    {"half an hour ago", NOW - 1800, "localhost", NULL, X509_V_OK},
    {"two hours ago", NOW - 7200, "localhost", NULL, X509_V_ERR_CERT_NOT_YET_VALID},
    {"last day", NOW + 397 * DAY - 1, "localhost", NULL, X509_V_OK},
    {"too late", NOW + 397 * DAY + 2, "localhost", NULL, X509_V_ERR_CERT_HAS_EXPIRED},
};

static int verify(X509_STORE *store, X509 *leaf, const struct verify_row *row)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int result;

	ck_assert_int_eq(X509_STORE_CTX_init(ctx, store, leaf, NULL), 1);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_flags(
	    param, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_VERIFY_PARAM_set_time(param, row->at);
	if (row->host != NULL)
		X509_VERIFY_PARAM_set1_host(param, row->host, 0);
	if (row->address != NULL)
		X509_VERIFY_PARAM_set1_ip_asc(param, row->address);
	X509_verify_cert(ctx);
	result = X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	return result;
}

START_TEST(leaf_passes_strict_verification)
{
	struct tls_pem ca, leaf;
	X509_STORE *store = X509_STORE_new();
	X509 *root, *x;

	make_ca(&ca);
	issue(&ca, &leaf);
	root = certificate_of(&ca);
	x = certificate_of(&leaf);
	X509_STORE_add_cert(store, root);
	for (size_t i = 0; i < ARRAY_SIZE(VERIFY_ROWS); i++) {
		int got = verify(store, x, &VERIFY_ROWS[i]);

		ck_assert_msg(got == VERIFY_ROWS[i].want, "%s: %s", VERIFY_ROWS[i].name,
		    X509_verify_cert_error_string(got));
	}
	X509_free(root);
	X509_free(x);
	X509_STORE_free(store);
	tls_pem_clear(&ca);
	tls_pem_clear(&leaf);
}
END_TEST

struct flaw_row {
	const char *name;
	enum tls_flaw flaw;
	int64_t at;
	const char *host;
	int want;
};

static const struct flaw_row FLAW_ROWS[] = {
    {"none", TLS_FLAW_NONE, NOW, "app.example.com", X509_V_OK},
    {"expired", TLS_FLAW_EXPIRED, NOW, "app.example.com", X509_V_ERR_CERT_HAS_EXPIRED},
    {"wrong name", TLS_FLAW_WRONG_NAME, NOW, "app.example.com", X509_V_ERR_HOSTNAME_MISMATCH},
    {"wrong name, asked for", TLS_FLAW_WRONG_NAME, NOW, TLS_WRONG_NAME, X509_V_OK},
    {"self-signed", TLS_FLAW_SELF_SIGNED, NOW, "app.example.com",
	X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
};

START_TEST(flaws_are_the_only_ones)
{
	struct tls_pem ca, pem;
	X509_STORE *store = X509_STORE_new();
	X509 *root;
	struct error err;

	make_ca(&ca);
	root = certificate_of(&ca);
	X509_STORE_add_cert(store, root);
	for (size_t i = 0; i < ARRAY_SIZE(FLAW_ROWS); i++) {
		const struct flaw_row *row = &FLAW_ROWS[i];
		const struct tls_leaf leaf = {NAMES, ARRAY_SIZE(NAMES), NOW, row->flaw};
		const struct verify_row how = {row->name, row->at, row->host, NULL, row->want};
		X509 *x;
		int got;

		ck_assert_msg(tls_devca_issue_flawed(row->flaw == TLS_FLAW_SELF_SIGNED ? NULL : &ca,
				  &leaf, &pem, &err) == 0,
		    "%s: %s", row->name, err.text);
		ck_assert_msg(tls_pem_matches(&pem), "%s: key", row->name);
		ck_assert_msg(!tls_pem_expires_before(buffer_span(&pem.certificate), NOW - DAY - 1),
		    "%s: ends too early", row->name);
		x = certificate_of(&pem);
		got = verify(store, x, &how);
		ck_assert_msg(
		    got == row->want, "%s: %s", row->name, X509_verify_cert_error_string(got));
		X509_free(x);
		tls_pem_clear(&pem);
	}
	X509_free(root);
	X509_STORE_free(store);
	tls_pem_clear(&ca);
}
END_TEST

static int is_critical(X509 *x, int nid)
{
	int at = X509_get_ext_by_NID(x, nid, -1);

	return at < 0 ? -1 : X509_EXTENSION_get_critical(X509_get_ext(x, at));
}

START_TEST(extensions_are_as_rfc_5280_says)
{
	struct tls_pem ca, leaf;
	X509 *root, *x;

	make_ca(&ca);
	issue(&ca, &leaf);
	root = certificate_of(&ca);
	x = certificate_of(&leaf);
	ck_assert_int_eq(is_critical(root, NID_basic_constraints), 1);
	ck_assert_int_eq(is_critical(root, NID_key_usage), 1);
	ck_assert_int_eq(is_critical(root, NID_subject_key_identifier), 0);
	ck_assert_int_eq(is_critical(x, NID_basic_constraints), 1);
	ck_assert_int_eq(is_critical(x, NID_key_usage), 1);
	ck_assert_int_eq(is_critical(x, NID_ext_key_usage), 0);
	ck_assert_int_eq(is_critical(x, NID_subject_alt_name), 0);
	ck_assert_int_eq(is_critical(x, NID_authority_key_identifier), 0);
	ck_assert_int_eq(X509_get_version(x), X509_VERSION_3);
	ck_assert_int_eq(X509_get_key_usage(root), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	ck_assert_int_eq(X509_get_extended_key_usage(x), XKU_SSL_SERVER);
	ck_assert_int_eq(EVP_PKEY_get_bits(X509_get0_pubkey(x)), 256);
	X509_free(root);
	X509_free(x);
	tls_pem_clear(&ca);
	tls_pem_clear(&leaf);
}
END_TEST

START_TEST(serials_are_random_and_long)
{
	struct tls_pem ca, one, two;
	X509 *a, *b;

	make_ca(&ca);
	issue(&ca, &one);
	issue(&ca, &two);
	a = certificate_of(&one);
	b = certificate_of(&two);
	ck_assert_int_ne(ASN1_INTEGER_cmp(X509_get0_serialNumber(a), X509_get0_serialNumber(b)), 0);
	ck_assert_int_eq(ASN1_STRING_length(X509_get0_serialNumber(a)), 16);
	X509_free(a);
	X509_free(b);
	tls_pem_clear(&ca);
	tls_pem_clear(&one);
	tls_pem_clear(&two);
}
END_TEST

START_TEST(leaf_does_not_outlive_its_ca)
{
	struct tls_pem ca, leaf;
	struct error err;
	int64_t late = NOW + 3650 * DAY;

	make_ca(&ca);
	ck_assert_int_eq(tls_devca_issue(&ca, NAMES, 1, late, &leaf, &err), 0);
	ck_assert(!tls_pem_expires_before(buffer_span(&leaf.certificate), late + DAY));
	ck_assert(tls_pem_expires_before(buffer_span(&leaf.certificate), late + 3 * DAY));
	tls_pem_clear(&ca);
	tls_pem_clear(&leaf);
}
END_TEST

struct name_row {
	const char *name;
	bool ok;
};

static const struct name_row NAME_ROWS[] = {
    {"localhost", true},
    {"a.b-c.example", true},
    {"under_score.example", true},
    {"*.example.com", true},
    {"192.0.2.1", true},
    {"2001:db8::1", true},
    {"", false},
    {"*", false},
    {"a.*.example", false},
    {"a..b", false},
    {".a", false},
    {"a.", false},
    {"a b", false},
    {"a,DNS:evil.example", false},
    {"a\nb", false},
    {"b\303\274cher.example", false},
    {"x123456789012345678901234567890123456789012345678901234567890123.example", false},
};

START_TEST(names_are_checked)
{
	struct tls_pem ca, leaf;
	struct error err;

	make_ca(&ca);
	for (size_t i = 0; i < ARRAY_SIZE(NAME_ROWS); i++) {
		const char *name = NAME_ROWS[i].name;
		int result = tls_devca_issue(&ca, &name, 1, NOW, &leaf, &err);

		ck_assert_msg((result == 0) == NAME_ROWS[i].ok, "\"%s\"", name);
		ck_assert_msg(tls_devca_takes_name(name) == NAME_ROWS[i].ok, "\"%s\"", name);
		if (result == 0)
			tls_pem_clear(&leaf);
		else
			ck_assert_msg(err.kind == ERROR_USAGE &&
					  strstr(err.text, "expected a DNS name") != NULL,
			    "\"%s\": %s", name, err.text);
	}
	ck_assert_int_eq(tls_devca_issue(&ca, NULL, 0, NOW, &leaf, &err), -1);
	tls_pem_clear(&ca);
}
END_TEST

START_TEST(long_first_name_is_issued)
{
	static const char LONG[] =
	    "a123456789.b123456789.c123456789.d123456789.e123456789.f123456789."
	    "g123456789.example";
	const char *names[] = {LONG};
	struct tls_pem ca, leaf;
	struct error err;

	make_ca(&ca);
	ck_assert_int_eq(tls_devca_issue(&ca, names, 1, NOW, &leaf, &err), 0);
	ck_assert(tls_devca_fits(buffer_span(&ca.certificate), &leaf, names, 1));
	tls_pem_clear(&ca);
	tls_pem_clear(&leaf);
}
END_TEST

START_TEST(fitting_is_noticed)
{
	static const char *const MORE[] = {"localhost", "::1", "other.example"};
	struct tls_pem ca, other, leaf, mixed;

	make_ca(&ca);
	make_ca(&other);
	issue(&ca, &leaf);
	issue(&ca, &mixed);
	ck_assert(
	    tls_devca_fits(buffer_span(&ca.certificate), &leaf, NAMES, ARRAY_SIZE(NAMES) - 1));
	ck_assert(tls_devca_fits(buffer_span(&ca.certificate), &leaf, MORE, 2));
	ck_assert(!tls_devca_fits(buffer_span(&ca.certificate), &leaf, MORE, 3));
	ck_assert(!tls_devca_fits(buffer_span(&other.certificate), &leaf, NAMES, 1));
	ck_assert(!tls_devca_fits(SPAN("nothing"), &leaf, NAMES, 1));
	ck_assert(tls_pem_matches(&leaf));
	buffer_reset(&mixed.key);
	buffer_add_span(&mixed.key, buffer_span(&leaf.key));
	ck_assert(!tls_pem_matches(&mixed));
	ck_assert(!tls_devca_fits(buffer_span(&ca.certificate), &mixed, NAMES, 1));
	tls_pem_clear(&ca);
	tls_pem_clear(&other);
	tls_pem_clear(&leaf);
	tls_pem_clear(&mixed);
}
END_TEST

START_TEST(expiry_is_read)
{
	struct tls_pem ca;

	make_ca(&ca);
	ck_assert(!tls_pem_expires_before(buffer_span(&ca.certificate), 0));
	ck_assert(!tls_pem_expires_before(buffer_span(&ca.certificate), NOW + 3600 * DAY));
	ck_assert(tls_pem_expires_before(buffer_span(&ca.certificate), NOW + 3653 * DAY));
	ck_assert(tls_pem_expires_before(SPAN(""), 0));
	ck_assert(tls_pem_expires_before(SPAN("-----BEGIN CERTIFICATE-----\nAAAA\n"), 0));
	tls_pem_clear(&ca);
}
END_TEST

START_TEST(unusable_ca_is_an_error)
{
	struct tls_pem ca, other, leaf;
	struct error err;

	make_ca(&ca);
	make_ca(&other);
	buffer_reset(&ca.key);
	ck_assert_int_eq(tls_devca_issue(&ca, NAMES, 1, NOW, &leaf, &err), -1);
	buffer_add_span(&ca.key, buffer_span(&other.key));
	ck_assert_int_eq(tls_devca_issue(&ca, NAMES, 1, NOW, &leaf, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "the key that fits it"));
	tls_pem_clear(&ca);
	tls_pem_clear(&other);
}
END_TEST

/* A key under a password, in the form of PKCS #8 or in the old one with its own headers. */
static void encrypted_key(const struct tls_pem *pem, bool pkcs8, struct buffer *out)
{
	BIO *in = BIO_new_mem_buf(pem->key.data, (int)pem->key.len), *to = BIO_new(BIO_s_mem());
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	unsigned char password[] = "secret";
	char *data;
	long len;

	if (pkcs8)
		ck_assert_int_eq(PEM_write_bio_PKCS8PrivateKey(
				     to, key, EVP_aes_256_cbc(), "secret", 6, NULL, NULL),
		    1);
	else
		ck_assert_int_eq(PEM_write_bio_PrivateKey_traditional(
				     to, key, EVP_aes_256_cbc(), password, 6, NULL, NULL),
		    1);
	len = BIO_get_mem_data(to, &data);
	buffer_add(out, data, (size_t)len);
	EVP_PKEY_free(key);
	BIO_free(in);
	BIO_free(to);
}

struct pem_row {
	const char *name, *certificate, *key, *want;
};

static void check_pem(SSL_CTX *ctx, const struct pem_row *row)
{
	struct span certificate = unit_guard(span_from(row->certificate));
	struct span key = unit_guard(span_from(row->key));
	struct error err = {.text = ""};
	int result = tls_use_pem(ctx, certificate, "a.pem", key, "b.pem", &err);

	if (row->want == NULL) {
		ck_assert_msg(result == 0, "%s: %s", row->name, err.text);
	} else {
		ck_assert_msg(result == -1, "%s: taken", row->name);
		ck_assert_msg(strstr(err.text, row->want) != NULL, "%s: %s", row->name, err.text);
	}
	ck_assert_msg(ERR_peek_error() == 0, "%s: the error queue is not empty", row->name);
	unit_guard_free(certificate);
	unit_guard_free(key);
}

START_TEST(pem_is_taken_or_explained)
{
	struct tls_pem ca, leaf, other;
	struct buffer pkcs8 = BUFFER_INIT, old = BUFFER_INIT, chain = BUFFER_INIT,
		      damaged_chain = BUFFER_INIT, both = BUFFER_INIT;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	STACK_OF(X509) *list = NULL;

	make_ca(&ca);
	issue(&ca, &leaf);
	issue(&ca, &other);
	encrypted_key(&leaf, true, &pkcs8);
	encrypted_key(&leaf, false, &old);
	buffer_printf(&chain, "%s# the root\n%s", leaf.certificate.data, ca.certificate.data);
	buffer_printf(
	    &damaged_chain, "%s-----BEGIN CERTIFICATE-----\nAAAA\n", leaf.certificate.data);
	buffer_printf(&both, "%s%s", leaf.key.data, leaf.certificate.data);
	const struct pem_row rows[] = {
	    {"fits", leaf.certificate.data, leaf.key.data, NULL},
	    {"one file", both.data, both.data, NULL},
	    {"other key", leaf.certificate.data, other.key.data,
		"the key in b.pem does not fit the certificate in a.pem"},
	    {"empty", "", leaf.key.data, "a.pem holds no certificate"},
	    {"text", "hello", leaf.key.data, "a.pem holds no certificate"},
	    {"key as certificate", leaf.key.data, leaf.key.data, "a.pem holds no certificate"},
	    {"damaged", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		leaf.key.data, "the certificate in a.pem is damaged"},
	    {"cut", "-----BEGIN CERTIFICATE-----\nAAAA", leaf.key.data,
		"the certificate in a.pem is damaged"},
	    {"damaged chain", damaged_chain.data, leaf.key.data,
		"a certificate of the chain in a.pem is damaged"},
	    {"no key", leaf.certificate.data, "", "b.pem holds no private key"},
	    {"certificate as key", leaf.certificate.data, leaf.certificate.data,
		"b.pem holds no private key"},
	    {"damaged key", leaf.certificate.data,
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"the key in b.pem is damaged"},
	    {"encrypted", leaf.certificate.data, pkcs8.data, "the key in b.pem is encrypted"},
	    {"encrypted, old", leaf.certificate.data, old.data, "the key in b.pem is encrypted"},
	    {"chain", chain.data, leaf.key.data, NULL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_pem(ctx, &rows[i]);
	SSL_CTX_get0_chain_certs(ctx, &list);
	ck_assert_int_eq(sk_X509_num(list), 1);
	SSL_CTX_free(ctx);
	buffer_clear(&pkcs8);
	buffer_clear(&old);
	buffer_clear(&chain);
	buffer_clear(&damaged_chain);
	buffer_clear(&both);
	tls_pem_clear(&ca);
	tls_pem_clear(&leaf);
	tls_pem_clear(&other);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {leaf_passes_strict_verification, flaws_are_the_only_ones,
	    extensions_are_as_rfc_5280_says, serials_are_random_and_long,
	    leaf_does_not_outlive_its_ca, names_are_checked, long_first_name_is_issued,
	    fitting_is_noticed, expiry_is_read, unusable_ca_is_an_error, pem_is_taken_or_explained,
	    NULL};

	return unit_main("devca", tests);
}
