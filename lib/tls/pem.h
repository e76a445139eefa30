/*
 * SPDX-License-Identifier: ISC
 *
 * Reading PEM text. For lib/tls only.
 */
#ifndef TLS_PEM_H
#define TLS_PEM_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

#include "base/span.h"

/* The first certificate of the text, or NULL; X509_free it. */
X509 *tls_pem_certificate(struct span pem);

/*
 * The first private key, or NULL; EVP_PKEY_free it. Nobody is asked for a password: *encrypted
 * (may be NULL) tells when one would be needed.
 */
EVP_PKEY *tls_pem_key(struct span pem, bool *encrypted);

#endif
