/*
 * SPDX-License-Identifier: ISC
 *
 * The gateway: listeners, workers and sessions. It binds connections, SMTP machines, verification
 * and the store, and answers by the settings.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "conf/receiver.h"
#include "conf/settings.h"
#include "dns/zone.h"
#include "net/loop.h"
#include "store/writer.h"

struct gateway;

struct gateway_options {
	const struct conf_settings *settings; /* borrowed */
	const char *data_dir;                 /* borrowed */
	const struct dns_zones *zones;        /* borrowed; may be NULL */
	/* Whose profiles listeners may enforce; borrowed for gateway_start, may be NULL. */
	const struct conf_receivers *receivers;
	struct store_writer *writer; /* borrowed */
};

/* Binds every listener and starts the workers. NULL with err, nothing left running. */
struct gateway *gateway_start(const struct gateway_options *o, struct error *err);

/* "NAME=PORT" a line, in the order of the listeners. */
void gateway_ports(const struct gateway *g, struct buffer *out);

/*
 * A reload in two steps, in the thread that started the gateway. The first makes what is to be in
 * force from the settings as they were read again, the receivers (both borrowed for the call; of
 * the settings the TLS of the listeners, what they enforce, and the users) and the zones, which it
 * takes; NULL with err, and nothing was taken or changed. The second puts it in force: sessions go
 * on with what they have begun, and the zones in force before go when the last message that is
 * judged by them has been.
 */
struct generation;
struct generation *gateway_prepare(struct gateway *g, const struct conf_settings *settings,
    const struct conf_receivers *receivers, struct dns_zones *zones, struct error *err);
void gateway_adopt(struct gateway *g, struct generation *next);

/* What it holds at this moment, and what came since it was started; any thread. */
struct gateway_stats {
	unsigned sessions;       /* open */
	uint64_t buffered;       /* octets of messages in memory */
	unsigned jobs;           /* messages and sessions that wait for the writer */
	uint64_t sessions_begun; /* since the start, as the next */
	uint64_t messages_stored;
};
void gateway_stats(const struct gateway *g, struct gateway_stats *out);

/*
 * Takes no new connections, lets open transactions finish within the shutdown timeout, then 421;
 * returns when every session has ended and its record is committed.
 */
void gateway_stop(struct gateway *g);
void gateway_free(struct gateway *g);

#endif
