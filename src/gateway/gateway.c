/*
 * SPDX-License-Identifier: ISC
 *
 * The gateway as a whole: what its settings become, starting and stopping the workers, giving them
 * what a reload brings.
 */
#include <openssl/rand.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/name.h"
#include "gateway/internal.h"
#include "run/host.h"

#define WORKERS_MAX     4
#define CONNECTIONS_MAX 20000
/* Descriptors that are no client's: database, resolvers, listeners, log. */
#define DESCRIPTORS_OWN 100UL

static unsigned mechanism_bits(const struct conf_list *names)
{
	unsigned bits = 0;

	for (size_t i = 0; i < names->count; i++) {
		int m = name_find(
		    SMTP_MECHANISM_NAME, SMTP_MECHANISM_COUNT, span_from(names->items[i]));

		if (m >= 0)
			bits |= 1U << m;
	}
	return bits;
}

static enum smtp_tls_rule tls_rule(enum conf_tls tls)
{
	switch (tls) {
	case CONF_TLS_STARTTLS:
		return SMTP_TLS_STARTTLS;
	case CONF_TLS_REQUIRED:
		return SMTP_TLS_REQUIRED;
	case CONF_TLS_NONE:
	case CONF_TLS_IMPLICIT:
	case CONF_TLS_COUNT:
		break;
	}
	return SMTP_TLS_NONE;
}

static struct smtp_settings smtp_settings_of(const struct gateway *g, const struct conf_listener *l)
{
	const struct conf_settings *conf = g->options.settings;

	struct smtp_settings s = {
	    .limits = SMTP_LIMITS_DEFAULT,
	    .hostname = g->hostname,
	    .tls = tls_rule(l->tls),
	    .mechanisms = mechanism_bits(&l->auth),
	    .auth_without_tls = l->auth_without_tls,
	    .require_auth = l->require_auth,
	    .lmtp = l->kind == CONF_KIND_LMTP,
	    .record = l->record,
	};

	s.limits.message_size = l->max_message_size;
	s.limits.recipients = l->max_recipients;
	s.limits.bad_commands = conf->bad_commands;
	s.limits.idle_commands = conf->idle_commands;
	s.limits.command_timeout_ms = conf->command_timeout_ms;
	s.limits.data_timeout_ms = conf->data_timeout_ms;
	return s;
}

static int make_listeners(struct gateway *g, struct error *err)
{
	const struct conf_settings *conf = g->options.settings;

	g->listeners = memory_new(conf->listener_count * sizeof(*g->listeners));
	for (size_t i = 0; i < conf->listener_count; i++) {
		struct gateway_listener *l = &g->listeners[g->listener_count++];

		l->conf = &conf->listeners[i];
		l->index = i;
		l->smtp = smtp_settings_of(g, l->conf);
		l->route = route_of(l->conf->route);
		if (gateway_bind(l, err) < 0)
			return -1;
	}
	return 0;
}

static void close_reserved(struct gateway *g)
{
	for (size_t i = 0; i < g->listener_count; i++)
		gateway_release(&g->listeners[i]);
}

static unsigned default_workers(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores > WORKERS_MAX ? WORKERS_MAX : (unsigned)cores;
}

/* Named by where max-connections was given. */
static int refuse_connections(
    const struct conf_settings *conf, rlim_t room, rlim_t limit, struct error *err)
{
	const struct conf_origin *o = conf_origin_find(conf, NULL, NULL, "max-connections");
	const char *place = o == NULL || o->place == NULL ? "" : o->place;
	bool given = o != NULL && o->source != CONF_SOURCE_FILE;

	return error_usage(err,
	    "%s%s: expected at most %llu, which fit into the limit of %llu open files, got %u; "
	    "raise that limit or lower max-connections",
	    place, given ? "" : ": max-connections", (unsigned long long)room,
	    (unsigned long long)limit, conf->max_connections);
}

/* Raises the limit on descriptors as far as allowed, and says how many connections fit. */
static int fit_connections(struct gateway *g, struct error *err)
{
	unsigned wanted = g->options.settings->max_connections;
	struct rlimit limit;
	rlim_t room;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return error_cannot(err, "the limit on open files could not be read");
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	room = limit.rlim_cur > DESCRIPTORS_OWN * 2 ? limit.rlim_cur - DESCRIPTORS_OWN
	                                            : limit.rlim_cur / 2;
	if (wanted > room)
		return refuse_connections(g->options.settings, room, limit.rlim_cur, err);
	g->max_connections = wanted != 0              ? wanted
	                     : room < CONNECTIONS_MAX ? (unsigned)room
	                                              : CONNECTIONS_MAX;
	return 0;
}

static int start_workers(struct gateway *g, struct error *err)
{
	unsigned count = g->options.settings->workers;

	if (count == 0)
		count = default_workers();
	g->workers = memory_new(count * sizeof(*g->workers));
	for (; g->worker_count < count; g->worker_count++)
		if (worker_start(&g->workers[g->worker_count], g, err) < 0)
			return -1;
	return 0;
}

static struct peers *new_peers(const struct conf_settings *conf)
{
	uint64_t seed;

	if (RAND_bytes((unsigned char *)&seed, sizeof(seed)) != 1)
		abort();
	return peers_new(conf->max_connections_per_address, conf->rate_per_address, seed);
}

static struct generation *first_generation(const struct gateway *g, struct error *err)
{
	const struct gateway_options *o = &g->options;

	return generation_new(
	    &(const struct generation_input){
		.data_dir = o->data_dir,
		.running = o->settings,
		.settings = o->settings,
		.zones = o->zones,
		.receivers = o->receivers,
	    },
	    err);
}

struct gateway *gateway_start(const struct gateway_options *o, struct error *err)
{
	struct gateway *g = memory_new(sizeof(*g));

	g->options = *o;
	host_name(g->hostname);
	g->peers = new_peers(o->settings);
	g->generation = first_generation(g, err);
	if (g->generation == NULL || fit_connections(g, err) < 0 || make_listeners(g, err) < 0 ||
	    start_workers(g, err) < 0) {
		gateway_stop(g);
		gateway_free(g);
		return NULL;
	}
	close_reserved(g);
	return g;
}

void gateway_ports(const struct gateway *g, struct buffer *out)
{
	for (size_t i = 0; i < g->listener_count; i++)
		buffer_printf(out, "%s=%u\n", g->listeners[i].conf->name,
		    (unsigned)g->listeners[i].binds[0].port);
}

struct generation *gateway_prepare(struct gateway *g, const struct conf_settings *settings,
    const struct conf_receivers *receivers, struct dns_zones *zones, struct error *err)
{
	struct generation *next = generation_new(
	    &(const struct generation_input){
		.data_dir = g->options.data_dir,
		.running = g->options.settings,
		.settings = settings,
		.zones = zones,
		.receivers = receivers,
		.previous = g->generation,
	    },
	    err);

	if (next != NULL)
		next->own_zones = zones;
	return next;
}

void gateway_adopt(struct gateway *g, struct generation *next)
{
	for (size_t i = 0; i < g->worker_count; i++)
		worker_adopt(&g->workers[i], next);
	generation_unref(g->generation);
	g->generation = next;
}

void gateway_stats(const struct gateway *g, struct gateway_stats *out)
{
	*out = (struct gateway_stats){
	    .sessions = atomic_load(&g->connections) + atomic_load(&g->turned_away),
	    .buffered = atomic_load(&g->buffered),
	    .jobs = atomic_load(&g->jobs),
	    .sessions_begun = atomic_load(&g->sessions_begun),
	    .messages_stored = atomic_load(&g->messages_stored),
	};
}

void gateway_stop(struct gateway *g)
{
	for (size_t i = 0; i < g->worker_count; i++)
		worker_stop(&g->workers[i]);
	for (size_t i = 0; i < g->worker_count; i++)
		worker_join(&g->workers[i]);
	g->worker_count = 0;
}

void gateway_free(struct gateway *g)
{
	if (g == NULL)
		return;
	close_reserved(g);
	for (size_t i = 0; i < g->listener_count; i++)
		free(g->listeners[i].binds);
	free(g->listeners);
	free(g->workers);
	generation_unref(g->generation);
	peers_free(g->peers);
	free(g);
}
