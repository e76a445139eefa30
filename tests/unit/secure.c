/*
 * SPDX-License-Identifier: ISC
 *
 * A connection under TLS with its client in a thread.
 */
#include "secure.h"

#include <unistd.h>

void secure_begin(struct secure *s)
{
	rig_init(&s->rig);
	peer_tls_init(&s->tls);
	s->rig.tls = s->tls.server;
	s->client = s->tls.client;
	s->cut = 0;
}

void secure_end(struct secure *s)
{
	peer_join(&s->peer);
	rig_clear(&s->rig);
	peer_tls_clear(&s->tls);
}

void secure_close(struct secure *s)
{
	close(s->rig.there);
	s->rig.there = -1;
}

void secure_greet(struct rig *r)
{
	rig_write(r, "220 hello\r\n");
}
