/*
 * SPDX-License-Identifier: ISC
 *
 * Taking connections from a listening socket, of whatever family, in turn with all else that the
 * loop does.
 */
#ifndef NET_ACCEPTOR_H
#define NET_ACCEPTOR_H

#include <sys/socket.h>

#include "net/loop.h"

struct acceptor;

/*
 * fd listens and is taken; name stands in the log. accepted gets a descriptor (to own, not
 * blocking) and the peer's address as accept gives it; it may free the acceptor.
 */
struct acceptor *acceptor_new(struct loop *loop, int fd, const char *name,
    void (*accepted)(void *arg, int fd, const struct sockaddr *peer), void *arg);
/* NULL is fine. */
void acceptor_free(struct acceptor *a);

#endif
