/*
 * SPDX-License-Identifier: ISC
 *
 * The development CA and the server certificates it issues, in memory as PEM. ECDSA P-256. What
 * is issued passes X509_V_FLAG_X509_STRICT.
 */
#ifndef TLS_DEVCA_H
#define TLS_DEVCA_H

#include <openssl/ssl.h>

#include "base/buffer.h"
#include "base/error.h"

/* Certificate and private key in PEM, one buffer each. Clear both. */
struct tls_pem {
	struct buffer certificate, key;
};

void tls_pem_clear(struct tls_pem *pem);

/* Makes a CA valid from a day before now (seconds) for ten years. 0 or -1. */
int tls_devca_make(int64_t now, struct tls_pem *out, struct error *err);

/* Whether the text can stand in a certificate: an IP address or a DNS name, "*." before it or not.
 */
bool tls_devca_takes_name(const char *name);

/*
 * Issues a server certificate for the names (DNS names and IP addresses as text), valid from an
 * hour before now for 397 days. 0 or -1.
 */
int tls_devca_issue(const struct tls_pem *ca, const char *const *names, size_t count, int64_t now,
    struct tls_pem *out, struct error *err);

/* What is wrong on purpose with a server certificate. */
enum tls_flaw {
	TLS_FLAW_NONE,
	TLS_FLAW_EXPIRED,     /* ended a day before now; else as it should be */
	TLS_FLAW_WRONG_NAME,  /* holds TLS_WRONG_NAME and none of the names */
	TLS_FLAW_SELF_SIGNED, /* issued by itself and not by the CA */
	TLS_FLAW_COUNT,
};

/* Nobody's name (RFC 6761 6.4). */
#define TLS_WRONG_NAME "wrong-name.mailassay.invalid"

struct tls_leaf {
	const char *const *names; /* as in tls_devca_issue */
	size_t count;
	int64_t now; /* seconds */
	enum tls_flaw flaw;
};

/* The same with a flaw. The CA is not looked at for one that is issued by itself; may be NULL. */
int tls_devca_issue_flawed(
    const struct tls_pem *ca, const struct tls_leaf *leaf, struct tls_pem *out, struct error *err);

/* Whether the certificate in PEM stops being valid before at (seconds); true if unreadable. */
bool tls_pem_expires_before(struct span certificate, int64_t at);

/*
 * Whether the certificate was issued by the CA, belongs to the key and holds every name. False
 * when one of them is unreadable.
 */
bool tls_devca_fits(
    struct span ca, const struct tls_pem *leaf, const char *const *names, size_t count);

/* Whether the key in PEM belongs to the certificate in PEM. */
bool tls_pem_matches(const struct tls_pem *pem);

/*
 * Puts a certificate chain and its key, both PEM text, into ctx. source and key_source name them
 * in errors (a file's path). A key that does not fit is an error of its own. 0 or -1.
 */
int tls_use_pem(SSL_CTX *ctx, struct span certificate, const char *source, struct span key,
    const char *key_source, struct error *err);

/*
 * Trusts all certificates of the PEM text, which is named source in errors, to vouch for clients,
 * and names them to clients when told so. 0, or -1 when there is none or one is damaged.
 */
int tls_trust_pem(SSL_CTX *ctx, struct span pem, const char *source, bool named, struct error *err);

#endif
