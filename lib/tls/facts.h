/*
 * SPDX-License-Identifier: ISC
 *
 * What is true of a TLS connection, as plain data. Absent strings are NULL.
 */
#ifndef TLS_FACTS_H
#define TLS_FACTS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/arena.h"

enum tls_mode {
	TLS_MODE_NONE, /* a plain connection; the rest is empty */
	TLS_MODE_STARTTLS,
	TLS_MODE_IMPLICIT,
	TLS_MODE_COUNT,
};

extern const char *const TLS_MODE_NAME[TLS_MODE_COUNT]; /* NULL, "starttls", "implicit" */

struct tls_certificate {
	const char *subject, *issuer;   /* RFC 2253 */
	const char *fingerprint_sha256; /* 64 lower-case hexadecimal digits */
	int64_t not_after;              /* seconds since 1970 */
	bool verified;
	const char *reason; /* why it was not verified, or NULL */
};

struct tls_facts {
	enum tls_mode mode;
	const char *version; /* "TLSv1.3" */
	const char *cipher;  /* SSL_CIPHER_get_name's */
	int bits;
	const char *group; /* TLS's own name: "x25519", "secp256r1" */
	const char *sni, *alpn;
	bool resumed;
	const struct tls_certificate *client_certificate;
};

/* Reads the facts of a finished handshake; strings live in the arena. */
void tls_facts_read(SSL *ssl, enum tls_mode mode, struct arena *a, struct tls_facts *out);

/* What is known of a handshake that failed. */
struct tls_failure {
	const char *reason;           /* a sentence */
	const char *offered_versions; /* "TLSv1.3 TLSv1.2", NULL when no ClientHello was read */
	const char *sni;
	const char *alpn; /* the names offered, parted by blanks */
};

/*
 * What a ClientHello offers (RFC 8446 4.1.2), since OpenSSL forgets it when the handshake fails.
 * Octets that are not printable ASCII are kept as "?"; what does not fit is left out.
 */
struct tls_offer {
	char versions[160]; /* "TLSv1.3 TLSv1.2"; "" when no ClientHello was read */
	char sni[256];
	char alpn[256];
};

/*
 * Names the place where the offer of ssl is kept, to be borrowed for the SSL's life (it becomes
 * the SSL's app data). Without one, sni of the facts and all but the reason of a failure is NULL.
 */
void tls_offer_keep(SSL *ssl, struct tls_offer *offer);

/*
 * Fills the place with what the ClientHello offers: to be set as
 * SSL_CTX_set_client_hello_cb(ctx, tls_client_hello, NULL).
 */
int tls_client_hello(SSL *ssl, int *alert, void *unused);

/*
 * Says in words why the handshake ended: error is the OpenSSL error code, or 0 when the peer
 * closed the connection. Strings live in the arena.
 */
void tls_failure_read(SSL *ssl, unsigned long error, struct arena *a, struct tls_failure *out);

#endif
