/*
 * SPDX-License-Identifier: ISC
 *
 * Listening sockets. A port is first bound once without SO_REUSEPORT, so that one in use is
 * noticed; then each worker binds it with SO_REUSEPORT.
 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/ip.h"
#include "net/loop.h"

/*
 * Finds out whether the address can be bound and returns the port: the one given, or for port 0 a
 * free one. The socket stays bound (with SO_REUSEPORT, not listening) in *reserved so that the
 * port is kept; close it once all workers listen. 0 or -1. *family_missing is set when the
 * machine lacks the address family.
 */
int listener_reserve(
    const struct ip *ip, uint16_t *port, int *reserved, bool *family_missing, struct error *err);

struct listener;

/* accepted gets the descriptor (to own), the peer's address and port. 0 errors: NULL with err. */
struct listener *listener_new(struct loop *l, const struct ip *ip, uint16_t port,
    void (*accepted)(void *arg, int fd, const struct ip *peer, uint16_t peer_port), void *arg,
    struct error *err);
void listener_free(struct listener *l);

#endif
