/*
 * SPDX-License-Identifier: ISC
 *
 * The addresses of clients: how many connections each has open, and how many messages it may still
 * send. Shared by the workers, under a lock that is held for a few steps. Of an IPv6 address the
 * first 64 bits count, since that is what one site has at least.
 *
 * An address is forgotten once it has no connection and its allowance is full again; beyond
 * PEERS_IDLE_MAX those are forgotten first that were idle for the longest. So the memory is bounded
 * by the open connections and that number.
 */
#ifndef GATEWAY_PEERS_H
#define GATEWAY_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ip.h"

#define PEERS_IDLE_MAX 65536

struct peers;

/*
 * connections at once and messages a minute of one address; 0: no limit. seed hides from clients
 * which addresses meet in the table.
 */
struct peers *peers_new(unsigned connections, unsigned rate, uint64_t seed);
void peers_free(struct peers *p);

/*
 * A connection of this address begins. Times are milliseconds of a clock that never goes back.
 * False: it has as many as it may, and this one does not count. True: peers_leave when it ends.
 */
bool peers_enter(struct peers *p, const struct ip *ip, int64_t now_ms);
void peers_leave(struct peers *p, const struct ip *ip, int64_t now_ms);
/*
 * A message of an address that has entered begins; false: not now. An allowance of a minute's worth
 * fills evenly, and a message takes one from it.
 */
bool peers_message(struct peers *p, const struct ip *ip, int64_t now_ms);
/* How many addresses are remembered. */
size_t peers_count(struct peers *p);

#endif
