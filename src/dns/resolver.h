/*
 * SPDX-License-Identifier: ISC
 *
 * The resolver: fills what is missing in a view, by c-ares on the caller's loop, with a cache by
 * TTL (negative answers too, RFC 2308) and one question in flight per name and type. One resolver
 * a loop.
 */
#ifndef DNS_RESOLVER_H
#define DNS_RESOLVER_H

#include "conf/settings.h"
#include "dns/view.h"
#include "net/loop.h"
#include "verify/verify.h"

struct resolver;

/* servers: "HOST:PORT" each; an empty list takes the system's. NULL with err. */
struct resolver *resolver_new(struct loop *l, const struct conf_list *servers, struct error *err);
/* Resolutions under way are dropped without a call. Not from within judge or done. */
void resolver_free(struct resolver *r);

/*
 * Judges again and again until nothing is missing: calls judge (which returns what verify_end and
 * its like return); while it needs DNS, resolves exactly what the view misses. After
 * VERIFY_ROUNDS_MAX rounds, or when timeout_ms for all rounds together has passed, what is missing
 * is entered as DNS_TIMEOUT, so that the next judgment ends in a temporary error. Then done is
 * called, once; within resolver_judge itself when nothing had to be asked. The handle cancels
 * (resolution_cancel) until done was called; NULL when it has been.
 */
struct resolution;
struct resolution *resolver_judge(struct resolver *r, struct dns_view *view, int64_t timeout_ms,
    enum verify_status (*judge)(void *arg), void (*done)(void *arg), void *arg);
/* Neither judge nor done is called again; NULL is fine. Not from within its own judge. */
void resolution_cancel(struct resolution *n);

#endif
