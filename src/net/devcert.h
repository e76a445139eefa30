/*
 * SPDX-License-Identifier: ISC
 *
 * The files of the development CA in the data directory.
 */
#ifndef NET_DEVCERT_H
#define NET_DEVCERT_H

#define DEVCERT_CA          "ca.pem"
#define DEVCERT_CA_KEY      "ca-key.pem"
#define DEVCERT_CERTIFICATE "server.pem"
#define DEVCERT_KEY         "server-key.pem"
#define DEVCERT_LOCK        "ca.lock" /* held while the others are made */

/* No certificate chain and no key is longer. */
#define DEVCERT_FILE_MAX ((size_t)1 << 20)

#endif
