/*
 * SPDX-License-Identifier: ISC
 *
 * A Unix stream socket in a directory, for processes of the same user: its mode is 0600 from the
 * first moment, and who comes as another user (root excepted) is turned away at once. The path of
 * the directory may be longer than the address of such a socket has room for.
 */
#ifndef NET_LOCAL_H
#define NET_LOCAL_H

#include "base/error.h"
#include "net/loop.h"

struct local;

/*
 * Listens as DIR/NAME in place of a socket that was left there. accepted gets the descriptor, to
 * own. NULL with err.
 */
struct local *local_new(struct loop *l, const char *dir, const char *name,
    void (*accepted)(void *arg, int fd), void *arg, struct error *err);
/* Removes the socket too, unless another has taken its place. NULL is fine. */
void local_free(struct local *l);

/*
 * Connects to DIR/NAME, for blocking use. 1 with *fd; 0 no process listens there; -1 with err.
 */
int local_connect(const char *dir, const char *name, int *fd, struct error *err);

#endif
