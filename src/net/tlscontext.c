/*
 * SPDX-License-Identifier: ISC
 *
 * SSL_CTX of listeners. One context serves all workers, so session tickets made by one are taken
 * by all. The development certificates are in devcert.c, the choice among several certificates is
 * in tlsname.c, what is asked of clients in tlsclient.c.
 */
#include "net/tlscontext.h"

#include <assert.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "base/memory.h"
#include "net/devcert.h"
#include "net/tlsclient.h"
#include "net/tlsname.h"
#include "run/file.h"
#include "tls/facts.h"

/* For TLS 1.2: forward secrecy and AEAD only. TLS 1.3 has nothing else. */
static const char CIPHERS[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
/* Where versions before 1.2 are taken, whose clients know no AEAD and may have RSA alone. */
static const char OLD_CIPHERS[] = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:RSA+AES";

static const int VERSIONS[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
_Static_assert(ARRAY_SIZE(VERSIONS) == CONF_TLS_VERSION_COUNT, "one number a version");

/* The certificates of the development CA that are made in memory. */
static const enum tls_flaw FLAWS[] = {
    [CONF_CERTIFICATE_DEV] = TLS_FLAW_NONE,
    [CONF_CERTIFICATE_EXPIRED] = TLS_FLAW_EXPIRED,
    [CONF_CERTIFICATE_WRONG_NAME] = TLS_FLAW_WRONG_NAME,
    [CONF_CERTIFICATE_SELF_SIGNED] = TLS_FLAW_SELF_SIGNED,
};
_Static_assert(ARRAY_SIZE(FLAWS) == CONF_CERTIFICATE_FILES, "all but files");

#define TICKET_KEYS_MAX 256

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

static int set_versions(SSL_CTX *ctx, const struct conf_listener *listener, struct error *err)
{
	if (listener->min_tls > listener->max_tls)
		return error_usage(err, "min-tls is above max-tls: expected it at or below");
	/* OpenSSL's level 1 and above has no signature that the old versions can make. */
	if (listener->min_tls < CONF_TLS_1_2)
		SSL_CTX_set_security_level(ctx, 0);
	if (SSL_CTX_set_min_proto_version(ctx, VERSIONS[listener->min_tls]) == 1 &&
	    SSL_CTX_set_max_proto_version(ctx, VERSIONS[listener->max_tls]) == 1)
		return 0;
	return error_cannot(err, "OpenSSL does not give the TLS versions from min-tls to max-tls: "
				 "look at its configuration (openssl.cnf)");
}

static int set_ciphers(SSL_CTX *ctx, const struct conf_listener *listener, struct error *err)
{
	const char *ours = listener->min_tls < CONF_TLS_1_2 ? OLD_CIPHERS : CIPHERS;

	if (listener->ciphers == NULL) {
		if (SSL_CTX_set_cipher_list(ctx, ours) == 1)
			return 0;
		return error_cannot(err,
		    "OpenSSL gives no cipher of \"%s\": look at its "
		    "configuration (openssl.cnf)",
		    ours);
	}
	/* Those that are asked for may need a group of their own. */
	SSL_CTX_set_dh_auto(ctx, 1);
	if (SSL_CTX_set_cipher_list(ctx, listener->ciphers) == 1)
		return 0;
	return error_usage(err,
	    "ciphers \"%s\" name none that OpenSSL has: expected a list for TLS 1.2 and before "
	    "like \"%s\"; openssl ciphers -v shows what a list gives",
	    listener->ciphers, CIPHERS);
}

static SSL_CTX *new_context(const struct conf_listener *listener, struct error *err)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL) {
		error_cannot(err, "OpenSSL gives no TLS: look at its configuration (openssl.cnf)");
	} else if (set_versions(ctx, listener, err) < 0 || set_ciphers(ctx, listener, err) < 0) {
		SSL_CTX_free(ctx);
		ctx = NULL;
	}
	ERR_clear_error();
	if (ctx == NULL)
		return NULL;
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
				     SSL_OP_CLEANSE_PLAINTEXT);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	/* Tickets keep the session with the client; nothing is remembered here. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_session_ticket_cb(ctx, tls_channel_ticket, NULL, NULL);
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

static int use_made(
    SSL_CTX *ctx, const char *data_dir, const struct conf_listener *listener, struct error *err)
{
	static const char SOURCE[] = "memory";
	struct tls_pem pem = {BUFFER_INIT, BUFFER_INIT};
	int result =
	    devcert_issue(data_dir, &listener->names, FLAWS[listener->certificate], &pem, err);

	if (result == 0)
		result = tls_use_pem(
		    ctx, buffer_span(&pem.certificate), SOURCE, buffer_span(&pem.key), SOURCE, err);
	tls_pem_clear(&pem);
	return result;
}

/* One file may hold both. */
static int use_listed(
    SSL_CTX *ctx, const struct conf_listener *listener, size_t i, struct error *err)
{
	const char *certificate = listener->certificates.items[i];

	return use_files(ctx, certificate,
	    i < listener->keys.count ? listener->keys.items[i] : certificate, err);
}

static int use_first(
    SSL_CTX *ctx, const char *data_dir, const struct conf_listener *listener, struct error *err)
{
	if (listener->certificate == CONF_CERTIFICATE_FILES) {
		assert(listener->certificates.count > 0);
		return use_listed(ctx, listener, 0, err);
	}
	if (listener->certificate == CONF_CERTIFICATE_DEV && listener->names.count == 0)
		return use_dev(ctx, data_dir, err);
	return use_made(ctx, data_dir, listener, err);
}

static SSL_CTX *new_other(
    const char *data_dir, const struct conf_listener *listener, size_t i, struct error *err)
{
	SSL_CTX *ctx = new_context(listener, err);

	if (ctx != NULL && tls_client_ask(ctx, data_dir, listener, err) == 0 &&
	    use_listed(ctx, listener, i, err) == 0)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

/* The certificates behind the first one. */
static int add_others(
    SSL_CTX *ctx, const char *data_dir, const struct conf_listener *listener, struct error *err)
{
	size_t wanted = listener->certificates.count, count = 0;
	SSL_CTX **others;
	bool failed = false;

	if (listener->certificate != CONF_CERTIFICATE_FILES || wanted < 2)
		return 0;
	others = memory_new((wanted - 1) * sizeof(SSL_CTX *));
	while (!failed && count < wanted - 1) {
		others[count] = new_other(data_dir, listener, count + 1, err);
		if (others[count] != NULL)
			count++;
		else
			failed = true;
	}
	tls_name_choose_take(ctx, others, count);
	free(others);
	return failed ? -1 : 0;
}

/* SSL_CTX_new has made keys of its own. */
static void keep_ticket_keys(SSL_CTX *ctx, SSL_CTX *previous)
{
	unsigned char keys[TICKET_KEYS_MAX];
	long len = SSL_CTX_get_tlsext_ticket_keys(previous, NULL, 0);

	if (len <= 0 || len > TICKET_KEYS_MAX)
		return;
	if (SSL_CTX_get_tlsext_ticket_keys(previous, keys, len) == 1)
		SSL_CTX_set_tlsext_ticket_keys(ctx, keys, len);
	OPENSSL_cleanse(keys, sizeof(keys));
}

SSL_CTX *tls_context_new(const char *data_dir, const struct conf_listener *listener,
    SSL_CTX *previous, struct error *err)
{
	SSL_CTX *ctx = new_context(listener, err);

	if (ctx == NULL)
		return NULL;
	if (tls_client_ask(ctx, data_dir, listener, err) < 0 ||
	    use_first(ctx, data_dir, listener, err) < 0 ||
	    add_others(ctx, data_dir, listener, err) < 0) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	if (previous != NULL)
		keep_ticket_keys(ctx, previous);
	return ctx;
}

int tls_context_check(const struct conf_listener *listener, struct error *err)
{
	struct conf_listener l = *listener;
	SSL_CTX *ctx = new_context(&l, err);
	int result = ctx == NULL ? -1 : 0;

	if (l.client_ca == NULL)
		l.client_certificate = CONF_CLIENT_CERTIFICATE_NO;
	if (result == 0)
		result = tls_client_ask(ctx, NULL, &l, err);
	if (result == 0 && l.certificate == CONF_CERTIFICATE_FILES &&
	    (use_first(ctx, NULL, &l, err) < 0 || add_others(ctx, NULL, &l, err) < 0))
		result = -1;
	SSL_CTX_free(ctx);
	return result;
}
