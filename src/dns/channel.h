/*
 * SPDX-License-Identifier: ISC
 *
 * Questions to name servers, by c-ares on a loop: retries, the next server, TCP for what UDP
 * truncates. Its headers stay in channel.c. Only for the files of src/dns.
 */
#ifndef DNS_CHANNEL_H
#define DNS_CHANNEL_H

#include "base/error.h"
#include "conf/settings.h"
#include "dns/record.h"
#include "net/loop.h"

struct dns_channel;

/* servers: "HOST:PORT" each; an empty list takes the system's. NULL with err. */
struct dns_channel *dns_channel_new(
    struct loop *l, const struct conf_list *servers, struct error *err);
/* Every question under way is answered with a failure. */
void dns_channel_free(struct dns_channel *c);

/*
 * Asks, and calls answered once: with the reply, or with an empty one and why there is none. That
 * may be within this very call. name is normalized.
 */
void dns_channel_ask(struct dns_channel *c, const char *name, enum dns_type type,
    void (*answered)(void *arg, struct span reply, enum dns_status failure), void *arg);

#endif
