/*
 * SPDX-License-Identifier: ISC
 *
 * The SSL_CTX of a listener: TLS 1.2 and 1.3, certificates from files or from the development CA
 * that lives in the data directory.
 */
#ifndef NET_TLSCONTEXT_H
#define NET_TLSCONTEXT_H

#include <openssl/ssl.h>

#include "base/error.h"

/*
 * Makes sure the data directory holds the CA (ca.pem, ca-key.pem) and a leaf issued by it
 * (server.pem, server-key.pem) that is valid for the next days; keys have mode 0600. Safe to be
 * called by two processes at once. 0 or -1.
 */
int tls_context_prepare_dev(const char *data_dir, struct error *err);

/*
 * A context with the certificate chain and key of the files, or with the development leaf of
 * data_dir when certificate is NULL. NULL with err. SSL_CTX_free it.
 */
SSL_CTX *tls_context_new(
    const char *data_dir, const char *certificate, const char *key, struct error *err);

#endif
