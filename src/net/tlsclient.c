/*
 * SPDX-License-Identifier: ISC
 *
 * Client certificates (RFC 8446 4.3.2), and the session id context that says which sessions go
 * on.
 */
#include "net/tlsclient.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "net/devcert.h"
#include "run/file.h"

/*
 * Stops at the first thing that is wrong, which is the reason to be recorded, and goes on with the
 * handshake.
 */
static int record_verdict(X509_STORE_CTX *store, void *unused)
{
	(void)unused;
	(void)X509_verify_cert(store);
	return 1;
}

static void set_mode(SSL_CTX *ctx, enum conf_client_certificate mode)
{
	switch (mode) {
	case CONF_CLIENT_CERTIFICATE_REQUEST:
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_cert_verify_callback(ctx, record_verdict, NULL);
		break;
	case CONF_CLIENT_CERTIFICATE_REQUIRE:
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
		break;
	case CONF_CLIENT_CERTIFICATE_NO:
	case CONF_CLIENT_CERTIFICATE_COUNT:
		break;
	}
}

/*
 * A CA of the tester's own is named to clients, as production does, for some choose their
 * certificate by it. Naming ours and the system's would keep others back.
 */
static int trust(SSL_CTX *ctx, const char *data_dir, const char *client_ca, struct buffer *pem,
    struct error *err)
{
	struct buffer path = BUFFER_INIT;
	int result;

	if (client_ca != NULL)
		buffer_add_string(&path, client_ca);
	else
		buffer_printf(&path, "%s/%s", data_dir, DEVCERT_CA);
	result = file_read(path.data, DEVCERT_FILE_MAX, pem, err);
	if (result == 0)
		result = tls_trust_pem(ctx, buffer_span(pem), path.data, client_ca != NULL, err);
	/* A machine without certificates of its own has none to add. */
	if (result == 0 && client_ca == NULL)
		(void)SSL_CTX_set_default_verify_paths(ctx);
	ERR_clear_error();
	buffer_clear(&path);
	return result;
}

static int set_session_context(
    SSL_CTX *ctx, const struct conf_listener *listener, struct span trusted, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	bool done;

	buffer_printf(&text, "mailassay %d %d ", (int)listener->certificate,
	    (int)listener->client_certificate);
	buffer_add_span(&text, trusted);
	done = EVP_Digest(text.data, text.len, digest, &len, EVP_sha256(), NULL) == 1 &&
	       SSL_CTX_set_session_id_context(ctx, digest, len) == 1;
	buffer_clear(&text);
	return done ? 0
	            : error_cannot(err, "OpenSSL gives no SHA-256: look at its configuration "
					"(openssl.cnf)");
}

int tls_client_ask(
    SSL_CTX *ctx, const char *data_dir, const struct conf_listener *listener, struct error *err)
{
	struct buffer pem = BUFFER_INIT;
	int result = 0;

	if (listener->client_certificate != CONF_CLIENT_CERTIFICATE_NO)
		result = trust(ctx, data_dir, listener->client_ca, &pem, err);
	if (result == 0)
		result = set_session_context(ctx, listener, buffer_span(&pem), err);
	set_mode(ctx, listener->client_certificate);
	buffer_clear(&pem);
	return result;
}
