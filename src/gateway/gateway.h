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
 * Takes no new connections, lets open transactions finish within the shutdown timeout, then 421;
 * returns when every session has ended and its record is committed.
 */
void gateway_stop(struct gateway *g);
void gateway_free(struct gateway *g);

#endif
