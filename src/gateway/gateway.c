/*
 * SPDX-License-Identifier: ISC
 *
 * The gateway as a whole: what its settings become, its addresses, starting and stopping the
 * workers.
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/name.h"
#include "gateway/internal.h"
#include "net/tlscontext.h"
#include "run/host.h"
#include "run/log.h"

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
	};

	s.limits.message_size = l->max_message_size;
	s.limits.recipients = l->max_recipients;
	s.limits.bad_commands = conf->bad_commands;
	s.limits.idle_commands = conf->idle_commands;
	s.limits.command_timeout_ms = conf->command_timeout_ms;
	s.limits.data_timeout_ms = conf->data_timeout_ms;
	return s;
}

/*
 * Binds the addresses of one listener. All addresses of a name have one port: where port 0 was
 * asked for, the first address chooses it for the others.
 */
static int bind_addresses(
    struct gateway_listener *l, const struct conf_listener *conf, struct error *err)
{
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
			return error_cannot(err, "listener %s: %s", conf->name, why.text);
		log_event(CONF_LOG_WARNING, NULL, "address-skipped", "listener", conf->name,
		    "reason", why.text, LOG_END);
	}
	if (l->bind_count == 0)
		return error_cannot(err,
		    "listener %s: none of its addresses can be bound on this "
		    "machine; set \"address\"",
		    conf->name);
	return 0;
}

/* A certificate or key that cannot be used, named at its line where a file gave it. */
static int refuse_tls(const struct gateway *g, const struct conf_listener *conf,
    const struct error *why, struct error *err)
{
	const char *file = g->options.settings->file;

	if (file == NULL || conf->line == 0)
		return error_set(err, why->kind, "listener %s: %s", conf->name, why->text);
	return error_set(
	    err, why->kind, "%s:%u: listener %s: %s", file, conf->line, conf->name, why->text);
}

static int make_listener(struct gateway *g, const struct conf_listener *conf, struct error *err)
{
	struct gateway_listener *l = &g->listeners[g->listener_count++];

	l->conf = conf;
	l->smtp = smtp_settings_of(g, conf);
	l->route = route_of(conf->route);
	if (conf->tls != CONF_TLS_NONE) {
		struct error why;

		l->tls = tls_context_new(g->options.data_dir, conf->certificate, conf->key, &why);
		if (l->tls == NULL)
			return refuse_tls(g, conf, &why, err);
	}
	return bind_addresses(l, conf, err);
}

static int make_listeners(struct gateway *g, struct error *err)
{
	const struct conf_settings *conf = g->options.settings;

	g->listeners = memory_new(conf->listener_count * sizeof(*g->listeners));
	for (size_t i = 0; i < conf->listener_count; i++)
		if (make_listener(g, &conf->listeners[i], err) < 0)
			return -1;
	return 0;
}

static void close_reserved(struct gateway *g)
{
	for (size_t i = 0; i < g->listener_count; i++) {
		for (size_t k = 0; k < g->listeners[i].bind_count; k++) {
			struct gateway_bind *b = &g->listeners[i].binds[k];

			if (b->reserved >= 0)
				close(b->reserved);
			b->reserved = -1;
		}
	}
}

static unsigned default_workers(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores > WORKERS_MAX ? WORKERS_MAX : (unsigned)cores;
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
		return error_usage(err,
		    "max-connections = %u: at most %llu fit into the limit of %llu open files; "
		    "raise that limit or lower max-connections",
		    wanted, (unsigned long long)room, (unsigned long long)limit.rlim_cur);
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

struct gateway *gateway_start(const struct gateway_options *o, struct error *err)
{
	struct gateway *g = memory_new(sizeof(*g));

	g->options = *o;
	host_name(g->hostname);
	g->users = users_new(o->settings, err);
	if (g->users == NULL || fit_connections(g, err) < 0 || make_listeners(g, err) < 0 ||
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
	for (size_t i = 0; i < g->listener_count; i++) {
		SSL_CTX_free(g->listeners[i].tls);
		free(g->listeners[i].binds);
	}
	free(g->listeners);
	free(g->workers);
	users_free(g->users);
	free(g);
}
