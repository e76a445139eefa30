/*
 * SPDX-License-Identifier: ISC
 *
 * The development CA and its certificates. The extensions are those that strict verifiers ask for
 * (RFC 5280 4.2, X509_V_FLAG_X509_STRICT). Reading PEM is in pem.c.
 */
#include "tls/devca.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/ip.h"
#include "tls/pem.h"

#define DAY       ((int64_t)86400)
#define CA_DAYS   3652
#define LEAF_DAYS 397
#define NAMES_MAX 100
/* How long one that has expired was valid. */
#define PAST_DAYS 90

struct extension {
	int nid;
	const char *value;
};

/* The key identifiers come in this order: the authority's is copied from the issuer's subject. */
static const struct extension CA_EXTENSIONS[] = {
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};

static const struct extension LEAF_EXTENSIONS[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};

/* What is made: freed as one. */
struct making {
	EVP_PKEY *key;
	X509 *certificate;
};

static void making_clear(struct making *m)
{
	EVP_PKEY_free(m->key);
	X509_free(m->certificate);
}

static int openssl_failed(const char *what, struct error *err)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	error_cannot(err, "%s failed: %s", what, reason != NULL ? reason : "no reason given");
	ERR_clear_error();
	return -1;
}

/* 127 random bits below a set one, so that it is positive, never zero and of one length. */
static int set_serial(X509 *x, char hex[9])
{
	BIGNUM *n = BN_new();
	char *text = NULL;
	int ok = n != NULL && BN_rand(n, 128, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
	         BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL &&
	         (text = BN_bn2hex(n)) != NULL;

	if (ok)
		snprintf(hex, 9, "%.8s", text);
	OPENSSL_free(text);
	BN_free(n);
	return ok ? 0 : -1;
}

static int set_common_name(X509 *x, const char *text)
{
	return X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
		   (const unsigned char *)text, -1, -1, 0) == 1
	           ? 0
	           : -1;
}

static int set_validity(X509 *x, int64_t from, int64_t to)
{
	return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)from) != NULL &&
	               ASN1_TIME_set(X509_getm_notAfter(x), (time_t)to) != NULL
	           ? 0
	           : -1;
}

static int add_extensions(X509 *x, X509 *issuer, const struct extension *list, size_t count)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
	for (size_t i = 0; i < count; i++) {
		X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &context, list[i].nid, list[i].value);
		int added = e != NULL && X509_add_ext(x, e, -1) == 1;

		X509_EXTENSION_free(e);
		if (!added)
			return -1;
	}
	return 0;
}

/* A new key and a version 3 certificate of it with a serial; hex is the serial's beginning. */
static int start(struct making *m, char hex[9])
{
	m->key = EVP_EC_gen("P-256");
	m->certificate = X509_new();
	return m->key != NULL && m->certificate != NULL &&
	               X509_set_version(m->certificate, X509_VERSION_3) == 1 &&
	               X509_set_pubkey(m->certificate, m->key) == 1 &&
	               set_serial(m->certificate, hex) == 0
	           ? 0
	           : -1;
}

static int write_pem(const struct making *m, struct tls_pem *out)
{
	BIO *certificate = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_secmem());
	char *data;
	int ok = certificate != NULL && key != NULL &&
	         PEM_write_bio_X509(certificate, m->certificate) == 1 &&
	         PEM_write_bio_PrivateKey(key, m->key, NULL, NULL, 0, NULL, NULL) == 1;
	long len;

	if (ok) {
		*out = (struct tls_pem){BUFFER_INIT, BUFFER_INIT};
		len = BIO_get_mem_data(certificate, &data);
		buffer_add(&out->certificate, data, (size_t)len);
		len = BIO_get_mem_data(key, &data);
		buffer_add(&out->key, data, (size_t)len);
	}
	BIO_free(certificate);
	BIO_free(key);
	return ok ? 0 : -1;
}

static int make_ca(struct making *m, int64_t now)
{
	char hex[9], name[64];

	if (start(m, hex) < 0)
		return -1;
	/* A verifier that trusts an older CA too tells them apart by the name. */
	snprintf(name, sizeof(name), "mailassay development CA %s", hex);
	return set_common_name(m->certificate, name) == 0 &&
	               X509_set_issuer_name(
			   m->certificate, X509_get_subject_name(m->certificate)) == 1 &&
	               set_validity(m->certificate, now - DAY, now + CA_DAYS * DAY) == 0 &&
	               add_extensions(m->certificate, m->certificate, CA_EXTENSIONS,
			   ARRAY_SIZE(CA_EXTENSIONS)) == 0 &&
	               X509_sign(m->certificate, m->key, EVP_sha256()) > 0
	           ? 0
	           : -1;
}

int tls_devca_make(int64_t now, struct tls_pem *out, struct error *err)
{
	struct making m = {NULL, NULL};
	int result = make_ca(&m, now);

	if (result == 0)
		result = write_pem(&m, out);
	making_clear(&m);
	return result == 0 ? 0 : openssl_failed("making the development CA", err);
}

/* Letters, digits, "-" and "_" between dots, with "*" as a whole first label. */
static bool is_dns_name(struct span name)
{
	struct span rest = name;
	bool first = true;

	if (name.len == 0 || name.len > 253)
		return false;
	while (rest.data != NULL) {
		struct span label = span_cut(&rest, '.');

		if (label.len == 0 || label.len > 63)
			return false;
		if (first && rest.data != NULL && span_equal(label, SPAN("*")))
			label.len = 0;
		for (size_t i = 0; i < label.len; i++) {
			if (!ascii_alnum(label.data[i]) && label.data[i] != '-' &&
			    label.data[i] != '_')
				return false;
		}
		first = false;
	}
	return true;
}

static int add_general_name(GENERAL_NAMES *list, const char *text)
{
	struct ip ip;
	bool address = ip_parse(span_from(text), &ip) == 0;
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value = ASN1_STRING_type_new(address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
	const void *data = address ? (const void *)ip.octets : text;
	int len = address ? (ip.family == IP_V4 ? 4 : 16) : (int)strlen(text);

	if (name == NULL || value == NULL || ASN1_STRING_set(value, data, len) != 1 ||
	    sk_GENERAL_NAME_push(list, name) <= 0) {
		GENERAL_NAME_free(name);
		ASN1_STRING_free(value);
		return -1;
	}
	GENERAL_NAME_set0_value(name, address ? GEN_IPADD : GEN_DNS, value);
	return 0;
}

static int add_names(X509 *x, const char *const *names, size_t count)
{
	GENERAL_NAMES *list = sk_GENERAL_NAME_new_null();
	int ok = list != NULL;

	for (size_t i = 0; ok && i < count; i++)
		ok = add_general_name(list, names[i]) == 0;
	ok = ok && X509_add1_ext_i2d(x, NID_subject_alt_name, list, 0, X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(list);
	return ok ? 0 : -1;
}

/* No certificate outlives its issuer. */
static int cut_to_issuer(X509 *x, const X509 *issuer)
{
	if (ASN1_TIME_compare(X509_get0_notAfter(x), X509_get0_notAfter(issuer)) <= 0)
		return 0;
	return X509_set1_notAfter(x, X509_get0_notAfter(issuer)) == 1 ? 0 : -1;
}

static int set_leaf_validity(X509 *x, const struct tls_leaf *leaf)
{
	if (leaf->flaw == TLS_FLAW_EXPIRED)
		return set_validity(x, leaf->now - (PAST_DAYS + 1) * DAY, leaf->now - DAY);
	return set_validity(x, leaf->now - 3600, leaf->now + LEAF_DAYS * DAY);
}

/* ca holds nothing where the leaf is issued by itself. */
static int issue(struct making *m, const struct making *ca, const struct tls_leaf *leaf)
{
	char hex[9];
	X509 *x, *issuer;

	if (start(m, hex) < 0)
		return -1;
	x = m->certificate;
	issuer = ca->certificate != NULL ? ca->certificate : x;
	/* A common name holds 64 characters; verifiers read subjectAltName instead. */
	return set_common_name(x, strlen(leaf->names[0]) <= 64 ? leaf->names[0] : "mailassay") ==
	                   0 &&
	               X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 &&
	               set_leaf_validity(x, leaf) == 0 && cut_to_issuer(x, issuer) == 0 &&
	               add_extensions(x, issuer, LEAF_EXTENSIONS, ARRAY_SIZE(LEAF_EXTENSIONS)) ==
	                   0 &&
	               add_names(x, leaf->names, leaf->count) == 0 &&
	               X509_sign(x, ca->key != NULL ? ca->key : m->key, EVP_sha256()) > 0
	           ? 0
	           : -1;
}

bool tls_devca_takes_name(const char *name)
{
	struct ip ip;

	return ip_parse(span_from(name), &ip) == 0 || is_dns_name(span_from(name));
}

static int check_names(const char *const *names, size_t count, struct error *err)
{
	if (count == 0 || count > NAMES_MAX)
		return error_usage(
		    err, "a certificate needs 1 to %d names, got %zu", NAMES_MAX, count);
	for (size_t i = 0; i < count; i++) {
		if (!tls_devca_takes_name(names[i]))
			return error_usage(err,
			    "\"%s\" cannot stand in a certificate: expected a DNS name or an IP "
			    "address",
			    names[i]);
	}
	return 0;
}

static int read_issuer(const struct tls_pem *ca, struct making *issuer, struct error *err)
{
	issuer->certificate = tls_pem_certificate(buffer_span(&ca->certificate));
	issuer->key = tls_pem_key(buffer_span(&ca->key), NULL);
	if (issuer->certificate != NULL && issuer->key != NULL &&
	    X509_check_private_key(issuer->certificate, issuer->key) == 1)
		return 0;
	return error_cannot(err, "the development CA is unreadable: expected a certificate and "
				 "the key that fits it");
}

int tls_devca_issue_flawed(
    const struct tls_pem *ca, const struct tls_leaf *leaf, struct tls_pem *out, struct error *err)
{
	static const char *const WRONG[] = {TLS_WRONG_NAME};
	struct making issuer = {NULL, NULL}, m = {NULL, NULL};
	struct tls_leaf made = *leaf;
	int result = check_names(leaf->names, leaf->count, err);

	if (leaf->flaw == TLS_FLAW_WRONG_NAME) {
		made.names = WRONG;
		made.count = ARRAY_SIZE(WRONG);
	}
	if (result == 0 && leaf->flaw != TLS_FLAW_SELF_SIGNED)
		result = read_issuer(ca, &issuer, err);
	if (result == 0 && (issue(&m, &issuer, &made) < 0 || write_pem(&m, out) < 0))
		result = openssl_failed("issuing a development certificate", err);
	ERR_clear_error();
	making_clear(&issuer);
	making_clear(&m);
	return result;
}

int tls_devca_issue(const struct tls_pem *ca, const char *const *names, size_t count, int64_t now,
    struct tls_pem *out, struct error *err)
{
	const struct tls_leaf leaf = {names, count, now, TLS_FLAW_NONE};

	return tls_devca_issue_flawed(ca, &leaf, out, err);
}

static bool holds_name(X509 *x, const char *name)
{
	struct ip ip;

	if (ip_parse(span_from(name), &ip) == 0)
		return X509_check_ip(x, ip.octets, ip.family == IP_V4 ? 4 : 16, 0) == 1;
	return X509_check_host(x, name, 0, 0, NULL) == 1;
}

bool tls_devca_fits(
    struct span ca, const struct tls_pem *leaf, const char *const *names, size_t count)
{
	X509 *issuer = tls_pem_certificate(ca);
	X509 *x = tls_pem_certificate(buffer_span(&leaf->certificate));
	bool fits = issuer != NULL && x != NULL && X509_verify(x, X509_get0_pubkey(issuer)) == 1 &&
	            tls_pem_matches(leaf);

	for (size_t i = 0; fits && i < count; i++)
		fits = holds_name(x, names[i]);
	ERR_clear_error();
	X509_free(issuer);
	X509_free(x);
	return fits;
}
