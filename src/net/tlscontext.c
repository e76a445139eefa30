/*
 * SPDX-License-Identifier: ISC
 *
 * SSL_CTX of listeners. One context serves all workers, so session tickets made by one are taken
 * by all. The development certificates are in devcert.c.
 */
#include "net/tlscontext.h"

#include <openssl/err.h>

#include "net/devcert.h"
#include "run/file.h"
#include "tls/devca.h"
#include "tls/facts.h"

/* For TLS 1.2: forward secrecy and AEAD only. TLS 1.3 has nothing else. */
static const char CIPHERS[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
static const unsigned char SESSION_CONTEXT[] = "mailassay";

/* RFC 7301. A client without "smtp" in its list goes on without a protocol chosen. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *offered, unsigned int offered_len, void *arg)
{
	static const unsigned char SMTP[] = "\4smtp";
	unsigned char *chosen;

	(void)ssl, (void)arg;
	if (SSL_select_next_proto(&chosen, out_len, SMTP, sizeof(SMTP) - 1, offered, offered_len) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *new_context(struct error *err)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(ctx, CIPHERS) != 1 ||
	    SSL_CTX_set_session_id_context(ctx, SESSION_CONTEXT, sizeof(SESSION_CONTEXT) - 1) !=
		1) {
		error_cannot(err, "OpenSSL gives no TLS 1.2 and 1.3: look at its configuration "
				  "(openssl.cnf)");
		SSL_CTX_free(ctx);
		ERR_clear_error();
		return NULL;
	}
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	/* Tickets keep the session with the client; nothing is remembered here. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	SSL_CTX_set_client_hello_cb(ctx, tls_client_hello, NULL);
	return ctx;
}

static int use_files(SSL_CTX *ctx, const char *certificate, const char *key, struct error *err)
{
	struct tls_pem pem = {BUFFER_INIT, BUFFER_INIT};
	int result = -1;

	if (file_read(certificate, DEVCERT_FILE_MAX, &pem.certificate, err) == 0 &&
	    file_read(key, DEVCERT_FILE_MAX, &pem.key, err) == 0)
		result = tls_use_pem(ctx, buffer_span(&pem.certificate), certificate,
		    buffer_span(&pem.key), key, err);
	tls_pem_clear(&pem);
	return result;
}

static int use_dev(SSL_CTX *ctx, const char *data_dir, struct error *err)
{
	struct buffer certificate = BUFFER_INIT, key = BUFFER_INIT;
	int result;

	buffer_printf(&certificate, "%s/%s", data_dir, DEVCERT_CERTIFICATE);
	buffer_printf(&key, "%s/%s", data_dir, DEVCERT_KEY);
	result = use_files(ctx, certificate.data, key.data, err);
	buffer_clear(&certificate);
	buffer_clear(&key);
	return result;
}

SSL_CTX *tls_context_new(
    const char *data_dir, const char *certificate, const char *key, struct error *err)
{
	SSL_CTX *ctx = new_context(err);
	int result;

	if (ctx == NULL)
		return NULL;
	/* One file may hold both. */
	if (certificate != NULL)
		result = use_files(ctx, certificate, key != NULL ? key : certificate, err);
	else
		result = use_dev(ctx, data_dir, err);
	if (result == 0)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}
