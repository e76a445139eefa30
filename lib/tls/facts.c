/*
 * SPDX-License-Identifier: ISC
 *
 * Facts read from an SSL whose handshake is done. Why a handshake failed is said in failure.c.
 */
#include "tls/facts.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/buffer.h"
#include "tls/offer.h"

const char *const TLS_MODE_NAME[] = {NULL, "starttls", "implicit"};
_Static_assert(ARRAY_SIZE(TLS_MODE_NAME) == TLS_MODE_COUNT, "one name a mode");

static const char *name_text(const X509_NAME *name, struct arena *a)
{
	BIO *text = BIO_new(BIO_s_mem());
	const char *out = NULL;
	char *data;
	long len;

	if (text != NULL && X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253) >= 0) {
		len = BIO_get_mem_data(text, &data);
		out = arena_copy(a, span_of(data, len > 0 ? (size_t)len : 0));
	}
	BIO_free(text);
	return out;
}

static const char *fingerprint(const X509 *x, struct arena *a)
{
	static const char DIGITS[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	char *out;

	if (X509_digest(x, EVP_sha256(), digest, &len) != 1)
		return NULL;
	out = arena_alloc(a, 2 * (size_t)len + 1);
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = DIGITS[digest[i] >> 4];
		out[2 * i + 1] = DIGITS[digest[i] & 15];
	}
	return out;
}

/* Seconds since 1970 without the clock and without the time zone: as a difference to 1970. */
static int64_t unix_seconds(const ASN1_TIME *at)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;

	if (epoch == NULL || at == NULL || ASN1_TIME_diff(&days, &seconds, epoch, at) != 1)
		days = seconds = 0;
	ASN1_TIME_free(epoch);
	return (int64_t)days * 86400 + seconds;
}

static const struct tls_certificate *read_certificate(SSL *ssl, struct arena *a)
{
	const X509 *x = SSL_get0_peer_certificate(ssl);
	long verdict = SSL_get_verify_result(ssl);
	struct tls_certificate *out;

	/* The verdict is "ok" without a certificate too. */
	if (x == NULL)
		return NULL;
	out = arena_alloc(a, sizeof(*out));
	out->subject = name_text(X509_get_subject_name(x), a);
	out->issuer = name_text(X509_get_issuer_name(x), a);
	out->fingerprint_sha256 = fingerprint(x, a);
	out->not_after = unix_seconds(X509_get0_notAfter(x));
	out->verified = verdict == X509_V_OK;
	if (!out->verified)
		out->reason = arena_string(a, X509_verify_cert_error_string(verdict));
	return out;
}

static const char *group_name(SSL *ssl, struct arena *a)
{
	long group = SSL_get_negotiated_group(ssl);

	return group == 0 ? NULL : arena_string(a, SSL_group_to_name(ssl, (int)group));
}

void tls_facts_read(SSL *ssl, enum tls_mode mode, struct arena *a, struct tls_facts *out)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
	const struct tls_offer *offer = tls_offer_of(ssl);
	const unsigned char *alpn = NULL;
	unsigned int alpn_len = 0;

	*out = (struct tls_facts){.mode = mode};
	out->version = arena_string(a, SSL_get_version(ssl));
	if (cipher != NULL) {
		out->cipher = arena_string(a, SSL_CIPHER_get_name(cipher));
		out->bits = SSL_CIPHER_get_bits(cipher, NULL);
	}
	out->group = group_name(ssl, a);
	if (offer != NULL && offer->sni[0] != '\0')
		out->sni = arena_string(a, offer->sni);
	SSL_get0_alpn_selected(ssl, &alpn, &alpn_len);
	if (alpn_len > 0)
		out->alpn = arena_copy(a, span_of(alpn, alpn_len));
	out->resumed = SSL_session_reused(ssl) == 1;
	out->client_certificate = read_certificate(ssl, a);
}
