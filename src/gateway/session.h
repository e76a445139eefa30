/*
 * SPDX-License-Identifier: ISC
 *
 * One session: a connection, its SMTP machine, the transaction under way, and the record of it
 * all. It frees itself when the connection has ended and its record is in the store.
 */
#ifndef GATEWAY_SESSION_H
#define GATEWAY_SESSION_H

#include "gateway/internal.h"

/* Takes the descriptor of a new connection. */
void session_start(struct worker *w, const struct gateway_listener *l, int fd,
    const struct ip *peer, uint16_t port);
/* The next session of the worker's list, or NULL. */
struct session *session_next(struct session *s);
/*
 * The gateway stops: a session without an open transaction is told 421 and ended; one with a
 * transaction when that is finished, or at once if now. The session may be freed.
 */
void session_shutdown(struct session *s, bool now);
/* A job of a session came back from the writer. The session may be freed. */
void session_stored(struct store_job *job);

#endif
