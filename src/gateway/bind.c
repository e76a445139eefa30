/*
 * SPDX-License-Identifier: ISC
 *
 * The addresses of a listener: bound once by the main thread, so that what cannot be bound is
 * noticed, and reserved until every worker listens.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "gateway/internal.h"
#include "run/log.h"

/*
 * Binds the addresses of one listener. All addresses of a name have one port: where port 0 was
 * asked for, the first address chooses it for the others.
 */
int gateway_bind(struct gateway_listener *l, struct error *err)
{
	const struct conf_listener *conf = l->conf;
	uint16_t chosen = 0;

	l->binds = memory_new(conf->address_count * sizeof(*l->binds));
	for (size_t i = 0; i < conf->address_count; i++) {
		struct gateway_bind *b = &l->binds[l->bind_count];
		bool missing = false;
		struct error why;

		*b = (struct gateway_bind){conf->addresses[i].ip, conf->addresses[i].port, -1};
		if (b->port == 0)
			b->port = chosen;
		if (listener_reserve(&b->ip, &b->port, &b->reserved, &missing, &why) == 0) {
			chosen = b->port;
			l->bind_count++;
			continue;
		}
		if (!missing || !conf->optional_family)
			return error_cannot(err, "listener \"%s\": %s", conf->name, why.text);
		log_event(CONF_LOG_WARNING, NULL, "address-skipped", "listener", conf->name,
		    "reason", why.text, LOG_END);
	}
	if (l->bind_count == 0)
		return error_cannot(err,
		    "listener \"%s\": none of its addresses can be bound on this "
		    "machine; set \"address\"",
		    conf->name);
	return 0;
}

void gateway_release(struct gateway_listener *l)
{
	for (size_t i = 0; i < l->bind_count; i++) {
		if (l->binds[i].reserved >= 0)
			close(l->binds[i].reserved);
		l->binds[i].reserved = -1;
	}
}
