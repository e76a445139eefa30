/*
 * SPDX-License-Identifier: ISC
 *
 * What binds a login to its TLS connection (channel binding, RFC 5056): tls-exporter (RFC 9266)
 * and tls-server-end-point (RFC 5929 4).
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "tls/facts.h"

static const char LABEL[] = "EXPORTER-Channel-Binding";

/* Without the extended master secret, two connections may have the same keys (RFC 9266 4.2). */
static bool is_unique(SSL *ssl)
{
	int version = SSL_version(ssl);

	return version == TLS1_3_VERSION ||
	       (version == TLS1_2_VERSION && SSL_get_extms_support(ssl) == 1);
}

/* The context is an empty string, which before TLS 1.3 is not the same as none (RFC 5705 4). */
static bool read_exporter(SSL *ssl, struct tls_channel *out)
{
	static const unsigned char EMPTY[1] = {0};

	return is_unique(ssl) &&
	       SSL_export_keying_material(ssl, out->exporter, sizeof(out->exporter), LABEL,
		   sizeof(LABEL) - 1, EMPTY, 0, 1) == 1;
}

/* NULL when the signature has no digest, or none of its own (RFC 5929 4.1: undefined then). */
static const EVP_MD *end_point_digest(X509 *x)
{
	int digest;

	if (X509_get_signature_info(x, &digest, NULL, NULL, NULL) != 1 || digest == NID_undef)
		return NULL;
	if (digest == NID_md5 || digest == NID_sha1)
		return EVP_sha256();
	return EVP_get_digestbynid(digest);
}

static size_t certificate_end_point(SSL *ssl, unsigned char out[EVP_MAX_MD_SIZE])
{
	X509 *x = SSL_get_certificate(ssl);
	const EVP_MD *digest = x == NULL ? NULL : end_point_digest(x);
	unsigned int len = 0;

	return digest != NULL && X509_digest(x, digest, out, &len) == 1 ? len : 0;
}

/* Of the certificate that the client saw in the handshake from which the ticket comes. */
static size_t resumed_end_point(SSL *ssl, unsigned char out[EVP_MAX_MD_SIZE])
{
	void *kept;
	size_t len;

	if (SSL_SESSION_get0_ticket_appdata(SSL_get_session(ssl), &kept, &len) != 1 ||
	    len > EVP_MAX_MD_SIZE)
		return 0;
	memcpy(out, kept, len);
	return len;
}

int tls_channel_ticket(SSL *ssl, void *unused)
{
	unsigned char end_point[EVP_MAX_MD_SIZE];
	size_t len;

	(void)unused;
	/* A ticket for a session that was resumed keeps what the one before it kept. */
	if (SSL_session_reused(ssl) == 1)
		return 1;
	len = certificate_end_point(ssl, end_point);
	return len == 0 ||
	       SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), end_point, len) == 1;
}

static size_t read_end_point(SSL *ssl, unsigned char out[EVP_MAX_MD_SIZE])
{
	return SSL_session_reused(ssl) == 1 ? resumed_end_point(ssl, out)
	                                    : certificate_end_point(ssl, out);
}

void tls_channel_read(SSL *ssl, struct tls_channel *out)
{
	_Static_assert(sizeof(out->end_point) == EVP_MAX_MD_SIZE, "room for every digest");

	*out = (struct tls_channel){.has_exporter = false};
	out->has_exporter = read_exporter(ssl, out);
	out->end_point_size = read_end_point(ssl, out->end_point);
	ERR_clear_error();
}
