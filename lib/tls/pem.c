/*
 * SPDX-License-Identifier: ISC
 *
 * Certificates and keys as PEM text (RFC 7468), and putting them into an SSL_CTX.
 */
#include "tls/pem.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "tls/devca.h"

static BIO *open_pem(struct span pem)
{
	return pem.len > INT_MAX ? NULL : BIO_new_mem_buf(pem.data, (int)pem.len);
}

/* OpenSSL asks at the terminal without this. */
static int refuse_password(char *buf, int size, int writing, void *asked)
{
	(void)buf, (void)size, (void)writing;
	*(bool *)asked = true;
	return -1;
}

static X509 *read_certificate(BIO *in)
{
	bool asked;

	return PEM_read_bio_X509(in, NULL, refuse_password, &asked);
}

X509 *tls_pem_certificate(struct span pem)
{
	BIO *in = open_pem(pem);
	X509 *x = in == NULL ? NULL : read_certificate(in);

	BIO_free(in);
	return x;
}

EVP_PKEY *tls_pem_key(struct span pem, bool *encrypted)
{
	BIO *in = open_pem(pem);
	bool asked = false;
	EVP_PKEY *key =
	    in == NULL ? NULL : PEM_read_bio_PrivateKey(in, NULL, refuse_password, &asked);

	if (encrypted != NULL)
		*encrypted = asked;
	BIO_free(in);
	return key;
}

void tls_pem_clear(struct tls_pem *pem)
{
	if (pem->key.data != NULL)
		OPENSSL_cleanse(pem->key.data, pem->key.len);
	buffer_clear(&pem->key);
	buffer_clear(&pem->certificate);
}

bool tls_pem_expires_before(struct span certificate, int64_t at)
{
	X509 *x = tls_pem_certificate(certificate);
	time_t t = (time_t)at;
	bool expires = x == NULL || X509_cmp_time(X509_get0_notAfter(x), &t) <= 0;

	X509_free(x);
	ERR_clear_error();
	return expires;
}

bool tls_pem_matches(const struct tls_pem *pem)
{
	X509 *x = tls_pem_certificate(buffer_span(&pem->certificate));
	EVP_PKEY *key = tls_pem_key(buffer_span(&pem->key), NULL);
	bool matches = x != NULL && key != NULL && X509_check_private_key(x, key) == 1;

	X509_free(x);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return matches;
}

static const char *last_reason(void)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	return reason != NULL ? reason : "no reason given";
}

static bool at_end_of_blocks(void)
{
	unsigned long e = ERR_peek_last_error();

	return ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
}

/* The certificates behind the first one: those that lead to the root. */
static int use_chain(SSL_CTX *ctx, BIO *in, const char *source, struct error *err)
{
	X509 *x;

	SSL_CTX_clear_chain_certs(ctx);
	while ((x = read_certificate(in)) != NULL) {
		if (SSL_CTX_add0_chain_cert(ctx, x) == 1)
			continue;
		X509_free(x);
		return error_usage(err, "a certificate of the chain in %s cannot be used: %s",
		    source, last_reason());
	}
	if (!at_end_of_blocks())
		return error_usage(
		    err, "a certificate of the chain in %s is damaged: %s", source, last_reason());
	ERR_clear_error();
	return 0;
}

static int use_certificate(SSL_CTX *ctx, struct span pem, const char *source, struct error *err)
{
	BIO *in = open_pem(pem);
	X509 *x = in == NULL ? NULL : read_certificate(in);
	int result = -1;

	if (x == NULL && at_end_of_blocks())
		error_usage(err,
		    "%s holds no certificate: expected a PEM block that begins with "
		    "\"-----BEGIN CERTIFICATE-----\"",
		    source);
	else if (x == NULL)
		error_usage(err, "the certificate in %s is damaged: %s", source, last_reason());
	else if (SSL_CTX_use_certificate(ctx, x) != 1)
		error_usage(err, "the certificate in %s cannot be used: %s", source, last_reason());
	else
		result = use_chain(ctx, in, source, err);
	X509_free(x);
	BIO_free(in);
	return result;
}

static int trust(SSL_CTX *ctx, X509 *x, bool named)
{
	return X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x) == 1 &&
	               (!named || SSL_CTX_add_client_CA(ctx, x) == 1)
	           ? 0
	           : -1;
}

int tls_trust_pem(SSL_CTX *ctx, struct span pem, const char *source, bool named, struct error *err)
{
	BIO *in;
	X509 *x;
	size_t count = 0;
	int result = 0;

	ERR_clear_error();
	in = open_pem(pem);
	while (in != NULL && result == 0 && (x = read_certificate(in)) != NULL) {
		result = trust(ctx, x, named);
		X509_free(x);
		count++;
	}
	if (result < 0)
		error_usage(
		    err, "a certificate in %s cannot be trusted: %s", source, last_reason());
	else if (in == NULL || !at_end_of_blocks())
		result =
		    error_usage(err, "a certificate in %s is damaged: %s", source, last_reason());
	else if (count == 0)
		result = error_usage(err,
		    "%s holds no certificate: expected PEM blocks that begin with "
		    "\"-----BEGIN CERTIFICATE-----\"",
		    source);
	BIO_free(in);
	ERR_clear_error();
	return result;
}

/* OpenSSL's decoders say the same of no key and of one that they cannot read. */
static bool holds_key_block(struct span pem)
{
	static const char LABEL[] = "PRIVATE KEY-----";

	return pem.len > 0 && memmem(pem.data, pem.len, LABEL, sizeof(LABEL) - 1) != NULL;
}

static int explain_key(struct span pem, bool encrypted, const char *source, struct error *err)
{
	if (encrypted)
		return error_usage(err,
		    "the key in %s is encrypted, and no password can be asked for: write it "
		    "without one (openssl pkey -in %s -out FILE)",
		    source, source);
	if (!holds_key_block(pem))
		return error_usage(err,
		    "%s holds no private key: expected a PEM block that begins with "
		    "\"-----BEGIN PRIVATE KEY-----\"",
		    source);
	return error_usage(err, "the key in %s is damaged: %s", source, last_reason());
}

int tls_use_pem(SSL_CTX *ctx, struct span certificate, const char *source, struct span key,
    const char *key_source, struct error *err)
{
	bool encrypted;
	EVP_PKEY *k;
	int result = -1;

	ERR_clear_error();
	if (use_certificate(ctx, certificate, source, err) < 0) {
		ERR_clear_error();
		return -1;
	}
	k = tls_pem_key(key, &encrypted);
	if (k == NULL)
		explain_key(key, encrypted, key_source, err);
	else if (X509_check_private_key(SSL_CTX_get0_certificate(ctx), k) != 1)
		error_usage(
		    err, "the key in %s does not fit the certificate in %s", key_source, source);
	else if (SSL_CTX_use_PrivateKey(ctx, k) != 1)
		error_usage(err, "the key in %s cannot be used: %s", key_source, last_reason());
	else
		result = 0;
	EVP_PKEY_free(k);
	ERR_clear_error();
	return result;
}
