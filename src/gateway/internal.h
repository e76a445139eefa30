/*
 * SPDX-License-Identifier: ISC
 *
 * What the files of the gateway share: the gateway itself, its listeners and its workers. What is
 * neither atomic nor a worker's own is read-only once the workers run.
 */
#ifndef GATEWAY_INTERNAL_H
#define GATEWAY_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "dns/resolver.h"
#include "gateway/gateway.h"
#include "gateway/generation.h"
#include "gateway/peers.h"
#include "net/listener.h"
#include "run/host.h"
#include "run/route.h"
#include "smtp/server.h"

/* A listener's address, bound and reserved until every worker listens. */
struct gateway_bind {
	struct ip ip;
	uint16_t port;
	int reserved; /* descriptor, or -1 */
};

struct gateway_listener {
	const struct conf_listener *conf; /* as it was bound; its TLS is in the generation */
	size_t index;                     /* among the gateway's */
	struct smtp_settings smtp;
	struct verify_route route; /* without a name: nothing is predicted */
	struct gateway_bind *binds;
	size_t bind_count;
};

struct session;
TAILQ_HEAD(session_list, session);

struct worker {
	struct gateway *gateway;
	pthread_t thread;
	struct loop *loop;
	struct loop_waker *waker; /* a job is done, a reload, or stop was asked for */
	struct loop_timer *deadline;
	struct loop_timer *trim; /* gives memory back */
	bool trim_due;
	struct store_mailbox *mailbox;
	struct resolver *resolver;
	struct listener **listeners;
	struct worker_door *doors; /* one a listener: what its accept needs to know */
	size_t listener_count;
	struct session_list sessions;
	size_t session_count;
	size_t session_peak;                 /* since memory was last given back */
	struct generation *generation;       /* in force, a reference */
	_Atomic(struct generation *) coming; /* a newer one that the thread has not seen yet */
	atomic_bool stop;
	bool stopping; /* the same, seen by the worker's thread */
};

struct gateway {
	struct gateway_options options;
	char hostname[HOST_NAME_SIZE];
	struct generation *generation; /* the newest, a reference of the main thread */
	struct gateway_listener *listeners;
	size_t listener_count;
	struct worker *workers;
	size_t worker_count;
	struct peers *peers;
	atomic_uint connections; /* over all workers; without those that are turned away */
	atomic_uint turned_away; /* sessions that are, over all workers */
	unsigned max_connections;
	atomic_uint_least64_t buffered; /* octets of messages in memory, over all workers */
	/* for gateway_stats, over all workers */
	atomic_uint jobs; /* with the writer */
	atomic_uint_least64_t sessions_begun, messages_stored;
};

/* bind.c: binds the addresses of one listener and keeps them reserved. 0 or -1. */
int gateway_bind(struct gateway_listener *l, struct error *err);
void gateway_release(struct gateway_listener *l);

/* Binds the listeners of the worker and starts its thread. 0, or -1 with nothing left running. */
int worker_start(struct worker *w, struct gateway *g, struct error *err);
/* Gives the worker a newer generation; any thread. */
void worker_adopt(struct worker *w, struct generation *generation);
/* Asks the worker to stop; any thread. */
void worker_stop(struct worker *w);
/* Waits until it has stopped and frees what it holds. */
void worker_join(struct worker *w);
/* Gives the writer a job of the worker's mailbox; session_stored gets it back. */
void worker_queue(struct worker *w, struct store_job *job);
/* A session has begun. */
void worker_session_come(struct worker *w);
/* A session has ended and is freed: ends the loop when it was the last of a stopping worker. */
void worker_session_gone(struct worker *w);

#endif
