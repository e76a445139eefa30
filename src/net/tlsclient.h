/*
 * SPDX-License-Identifier: ISC
 *
 * What the SSL_CTX of a listener asks of clients: their certificates, and which sessions are
 * resumed.
 */
#ifndef NET_TLSCLIENT_H
#define NET_TLSCLIENT_H

#include <openssl/ssl.h>

#include "base/error.h"
#include "conf/settings.h"

/*
 * Asks for client certificates as the listener's settings say, and trusts those that vouch for
 * them. A requested one that is not trusted is taken all the same; SSL_get_verify_result tells why
 * it is not. A session is resumed only where the same was asked and the same kind of certificate
 * was presented: else a client would skip what it has to show or to check. Contexts that a
 * connection changes between by SNI need the same. 0 or -1.
 */
int tls_client_ask(
    SSL_CTX *ctx, const char *data_dir, const struct conf_listener *listener, struct error *err);

#endif
