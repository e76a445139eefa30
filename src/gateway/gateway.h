/*
 * SPDX-License-Identifier: ISC
 *
 * The gateway: listeners, workers and sessions. It binds connections, SMTP machines, verification
 * and the store, and answers by the settings.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "conf/settings.h"
#include "dns/zone.h"
#include "net/loop.h"
#include "store/writer.h"

struct gateway;

struct gateway_options {
	const struct conf_settings *settings; /* borrowed */
	const char *data_dir;                 /* borrowed */
	const struct dns_zones *zones;        /* borrowed; may be NULL */
	struct store_writer *writer;          /* borrowed */
};

/* Binds every listener and starts the workers. NULL with err, nothing left running. */
struct gateway *gateway_start(const struct gateway_options *o, struct error *err);

/* "NAME=PORT" a line, in the order of the listeners. */
void gateway_ports(const struct gateway *g, struct buffer *out);

/*
 * A reload in two steps, in the thread that started the gateway. The first makes what is to be in
 * force from the settings as they were read again (borrowed for the call; of them the TLS of the
 * listeners and the users) and the zones, which it takes; NULL with err, and nothing was taken or
 * changed. The second puts it in force: sessions go on with what they have begun, and the zones in
 * force before go when the last message that is judged by them has been.
 */
struct generation;
struct generation *gateway_prepare(struct gateway *g, const struct conf_settings *settings,
    struct dns_zones *zones, struct error *err);
void gateway_adopt(struct gateway *g, struct generation *next);

/*
 * Takes no new connections, lets open transactions finish within the shutdown timeout, then 421;
 * returns when every session has ended and its record is committed.
 */
void gateway_stop(struct gateway *g);
void gateway_free(struct gateway *g);

#endif
