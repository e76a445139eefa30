/*
 * SPDX-License-Identifier: ISC
 *
 * What a ClientHello offers, as printable text. For lib/tls only.
 */
#ifndef TLS_OFFER_H
#define TLS_OFFER_H

#include <openssl/ssl.h>

#include "base/span.h"
#include "tls/facts.h"

/* The place named to tls_offer_keep, or NULL. */
struct tls_offer *tls_offer_of(const SSL *ssl);

/*
 * The texts of the content of four extensions: supported_versions (RFC 8446 4.2.1), server_name
 * (RFC 6066 3), application_layer_protocol_negotiation (RFC 7301 3.1) and supported_groups
 * (RFC 8446 4.2.7). What is malformed gives what stood before the fault; what does not fit is left
 * out.
 */
void tls_offer_versions(struct span extension, char *out, size_t size);
void tls_offer_sni(struct span extension, char *out, size_t size);
void tls_offer_alpn(struct span extension, char *out, size_t size);
void tls_offer_groups(struct span extension, char *out, size_t size);

#endif
