/*
 * SPDX-License-Identifier: ISC
 *
 * Several certificates on one listener: which one is presented is chosen by the name that the
 * client asks for (SNI, RFC 6066 3).
 */
#ifndef NET_TLSNAME_H
#define NET_TLSNAME_H

#include <openssl/ssl.h>

/*
 * Makes ctx, whose own certificate is presented otherwise, choose among count others by the names
 * in their certificates: one that is written out before a wildcard, and earlier before later.
 * Takes the others: they go with ctx. Called once for a ctx. Aborts without memory.
 */
void tls_name_choose_take(SSL_CTX *ctx, SSL_CTX *const *others, size_t count);

#endif
