/*
 * SPDX-License-Identifier: ISC
 *
 * An OpenSSL BIO that gives octets already read from a socket, and then reads the socket itself.
 */
#ifndef NET_REPLAY_H
#define NET_REPLAY_H

#include <openssl/bio.h>

#include "base/span.h"

/*
 * Copies the octets. The method is the BIO's and must outlive it: BIO_meth_free it then. fd is
 * borrowed. Aborts without memory.
 */
BIO *replay_new(struct span octets, int fd, BIO_METHOD **method);

#endif
