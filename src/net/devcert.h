/*
 * SPDX-License-Identifier: ISC
 *
 * The files of the development CA in the data directory, and certificates that it issues in memory.
 */
#ifndef NET_DEVCERT_H
#define NET_DEVCERT_H

#include "base/error.h"
#include "conf/settings.h"
#include "tls/devca.h"

#define DEVCERT_CA          "ca.pem"
#define DEVCERT_CA_KEY      "ca-key.pem"
#define DEVCERT_CERTIFICATE "server.pem"
#define DEVCERT_KEY         "server-key.pem"
#define DEVCERT_LOCK        "ca.lock" /* held while the others are made */

/* No certificate chain and no key is longer. */
#define DEVCERT_FILE_MAX ((size_t)1 << 20)

/*
 * Issues a certificate for the names, or for the host's and the loopback's when there are none,
 * with the flaw. Nothing is written. The CA of the data directory was prepared. 0 or -1.
 */
int devcert_issue(const char *data_dir, const struct conf_list *names, enum tls_flaw flaw,
    struct tls_pem *out, struct error *err);

#endif
