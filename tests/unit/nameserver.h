/*
 * SPDX-License-Identifier: ISC
 *
 * A name server on 127.0.0.1 for the tests, on the loop of the test: libevent's over UDP, which
 * truncates what is too long, and a small one of our own over TCP.
 */
#ifndef UNIT_NAMESERVER_H
#define UNIT_NAMESERVER_H

#include "base/span.h"
#include "net/loop.h"

struct nameserver_record {
	const char *name; /* in lower case, without a final dot */
	int type;         /* on the wire */
	int ttl;
	const char *target; /* the data as a name, or NULL */
	struct span data;   /* the data when it is no name */
};

struct nameserver {
	struct loop *loop;
	const struct nameserver_record *records; /* ends with a NULL name */
	unsigned udp_questions, tcp_questions;
	char address[32]; /* 127.0.0.1:PORT */
	struct evdns_server_port *udp;
	struct evconnlistener *tcp;
};

/*
 * A name under "drop." is never answered, one under "servfail." with that code; for others there
 * are the records, NODATA, or NXDOMAIN, both with a SOA of TTL 33.
 */
void nameserver_open(struct nameserver *s, struct loop *l, const struct nameserver_record *records);
void nameserver_close(struct nameserver *s);

#endif
