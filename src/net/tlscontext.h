/*
 * SPDX-License-Identifier: ISC
 *
 * The SSL_CTX of a listener: versions and ciphers, certificates from files or from the development
 * CA that lives in the data directory, what is asked of clients.
 */
#ifndef NET_TLSCONTEXT_H
#define NET_TLSCONTEXT_H

#include <openssl/ssl.h>

#include "base/error.h"
#include "conf/settings.h"

/*
 * Makes sure the data directory holds the CA (ca.pem, ca-key.pem) and a leaf issued by it
 * (server.pem, server-key.pem) that is valid for the next days; keys have mode 0600. Safe to be
 * called by two processes at once. 0 or -1.
 */
int tls_context_prepare_dev(const char *data_dir, struct error *err);

/*
 * The context that a listener's settings ask for: certificates, versions, ciphers, what is asked of
 * clients. The development CA of data_dir was prepared. previous is the context that the new one
 * takes the place of, or NULL: sessions of it are resumed, unless the client saw a certificate of
 * another kind there or had to show other ones. NULL with err. SSL_CTX_free it.
 */
SSL_CTX *tls_context_new(const char *data_dir, const struct conf_listener *listener,
    SSL_CTX *previous, struct error *err);

/*
 * Whether such a context can be made, as far as it does not rest on the development CA: versions,
 * ciphers, and the files. 0 or -1.
 */
int tls_context_check(const struct conf_listener *listener, struct error *err);

#endif
