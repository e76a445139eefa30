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
	const char *alpn;   /* the names offered, parted by blanks */
	const char *groups; /* the key exchange groups offered, parted by blanks */
	const char *by;     /* who broke it off or left: "client", "server"; NULL: unknown */
	const char *alert;  /* with which alert: "unknown_ca" (RFC 8446 6); NULL: unknown */
};

/*
 * What a ClientHello offers (RFC 8446 4.1.2), since OpenSSL forgets it when the handshake fails.
 * Octets that are not printable ASCII are kept as "?"; what does not fit is left out.
 */
struct tls_offer {
	char versions[160]; /* "TLSv1.3 TLSv1.2"; "" when no ClientHello was read */
	char sni[256];
	char alpn[256];
	char groups[256];
	/* The last one each that ends the handshake (fatal, or user_canceled); -1: none. */
	int alert_sent, alert_received;
	bool alert_began; /* the client's last record is an alert, if only its header was read */
	unsigned floods;  /* KeyUpdates, and ClientHellos once the handshake is done */
};

/*
 * Names the place where the offer of ssl is kept, to be borrowed for the SSL's life (it becomes
 * the SSL's app data). Alerts and floods are counted from here on by the SSL's info and message
 * callbacks. Without a place, sni of the facts and all but the reason of a failure is NULL.
 */
void tls_offer_keep(SSL *ssl, struct tls_offer *offer);

/*
 * Fills the place with what the ClientHello offers: to be set as
 * SSL_CTX_set_client_hello_cb(ctx, tls_client_hello, NULL).
 */
int tls_client_hello(SSL *ssl, int *alert, void *unused);

/*
 * The message callback that tls_offer_keep sets. A caller that sets one of its own with
 * SSL_set_msg_callback calls this from it; unused is not looked at.
 */
void tls_offer_message(
    int sent, int version, int type, const void *message, size_t len, SSL *ssl, void *unused);

/* What is weak in it, in a sentence (RFC 9325), or NULL. */
const char *tls_weakness(const struct tls_facts *facts);

/* What binds a login to the connection whose handshake is done; see smtp/server.h. */
struct tls_channel {
	bool has_exporter;
	unsigned char exporter[32];  /* tls-exporter (RFC 9266) */
	unsigned char end_point[64]; /* tls-server-end-point (RFC 5929 4) */
	size_t end_point_size;       /* 0: not there */
};

void tls_channel_read(SSL *ssl, struct tls_channel *out);

/*
 * Keeps in a ticket which certificate the client saw, since in a session that goes on by it none is
 * sent, and ours may be another one by then: to be set as
 * SSL_CTX_set_session_ticket_cb(ctx, tls_channel_ticket, NULL, NULL). Without it, resumed sessions
 * have no tls-server-end-point.
 */
int tls_channel_ticket(SSL *ssl, void *unused);

/*
 * Says in words why the handshake ended: error is the OpenSSL error code, or 0 when the peer
 * closed the connection. Strings live in the arena.
 */
void tls_failure_read(SSL *ssl, unsigned long error, struct arena *a, struct tls_failure *out);

#endif
