/*
 * SPDX-License-Identifier: ISC
 *
 * What a reload replaces: made whole or not at all, and freed by whoever lets go last.
 */
#include "gateway/generation.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/tlscontext.h"

static const struct conf_listener *find_listener(const struct conf_settings *conf, const char *name)
{
	for (size_t i = 0; i < conf->listener_count; i++)
		if (strcmp(conf->listeners[i].name, name) == 0)
			return &conf->listeners[i];
	return NULL;
}

static bool is_wrong(enum conf_certificate certificate)
{
	switch (certificate) {
	case CONF_CERTIFICATE_EXPIRED:
	case CONF_CERTIFICATE_WRONG_NAME:
	case CONF_CERTIFICATE_SELF_SIGNED:
		return true;
	case CONF_CERTIFICATE_DEV:
	case CONF_CERTIFICATE_FILES:
	case CONF_CERTIFICATE_COUNT:
		break;
	}
	return false;
}

/* A certificate or key that cannot be used, named at its line where a file gave it. */
static int refuse_tls(const struct conf_settings *conf, const struct conf_listener *l,
    const struct error *why, struct error *err)
{
	if (conf->file == NULL || l->line == 0)
		return error_set(err, why->kind, "listener \"%s\": %s", l->name, why->text);
	return error_set(
	    err, why->kind, "%s:%u: listener \"%s\": %s", conf->file, l->line, l->name, why->text);
}

/* The listener that has no TLS in the new settings, or is not there, goes on as it was bound. */
static int make_tls(
    const struct generation_input *in, size_t i, struct generation_tls *out, struct error *err)
{
	const struct conf_listener *running = &in->running->listeners[i];
	const struct conf_listener *now = find_listener(in->settings, running->name);
	const struct generation_tls *before = in->previous == NULL ? NULL : &in->previous->tls[i];
	struct error why;

	if (running->tls == CONF_TLS_NONE)
		return 0;
	if (before != NULL && (now == NULL || now->tls == CONF_TLS_NONE)) {
		*out = *before;
		SSL_CTX_up_ref(out->context);
		return 0;
	}
	out->wrong = is_wrong(now->certificate);
	out->context =
	    tls_context_new(in->data_dir, now, before == NULL ? NULL : before->context, &why);
	return out->context != NULL ? 0 : refuse_tls(in->settings, now, &why, err);
}

/* Whether anything is made from the development CA. */
static bool needs_dev(const struct conf_settings *conf)
{
	for (size_t i = 0; i < conf->listener_count; i++) {
		const struct conf_listener *l = &conf->listeners[i];

		if (l->tls != CONF_TLS_NONE &&
		    (l->certificate != CONF_CERTIFICATE_FILES ||
			(l->client_certificate != CONF_CLIENT_CERTIFICATE_NO &&
			    l->client_ca == NULL)))
			return true;
	}
	return false;
}

static int make_all_tls(const struct generation_input *in, struct generation *g, struct error *err)
{
	if (needs_dev(in->settings) && tls_context_prepare_dev(in->data_dir, err) < 0)
		return -1;
	g->tls = memory_new(in->running->listener_count * sizeof(*g->tls));
	for (; g->tls_count < in->running->listener_count; g->tls_count++)
		if (make_tls(in, g->tls_count, &g->tls[g->tls_count], err) < 0)
			return -1;
	return 0;
}

/* A listener that is not there any more goes on as before. */
static int make_enforcement(
    const struct generation_input *in, size_t i, struct enforcement **out, struct error *err)
{
	const char *name = in->running->listeners[i].name;
	const struct conf_listener *now = find_listener(in->settings, name);

	if (now != NULL)
		return enforcement_new(in->settings, now, in->receivers, out, err);
	*out = in->previous == NULL ? NULL : enforcement_ref(in->previous->enforced[i]);
	return 0;
}

static int make_all_enforcement(
    const struct generation_input *in, struct generation *g, struct error *err)
{
	g->enforced = memory_new(in->running->listener_count * sizeof(*g->enforced));
	for (; g->enforced_count < in->running->listener_count; g->enforced_count++)
		if (make_enforcement(in, g->enforced_count, &g->enforced[g->enforced_count], err) <
		    0)
			return -1;
	return 0;
}

struct generation *generation_new(const struct generation_input *in, struct error *err)
{
	struct generation *g = memory_new(sizeof(*g));

	atomic_init(&g->references, 1);
	g->zones = in->zones;
	g->users = users_new(in->settings, in->previous != NULL, err);
	if (g->users == NULL || make_all_enforcement(in, g, err) < 0 ||
	    make_all_tls(in, g, err) < 0) {
		generation_unref(g);
		return NULL;
	}
	return g;
}

struct generation *generation_ref(struct generation *g)
{
	atomic_fetch_add(&g->references, 1);
	return g;
}

void generation_unref(struct generation *g)
{
	if (g == NULL || atomic_fetch_sub(&g->references, 1) != 1)
		return;
	for (size_t i = 0; i < g->tls_count; i++)
		SSL_CTX_free(g->tls[i].context);
	free(g->tls);
	for (size_t i = 0; i < g->enforced_count; i++)
		enforcement_unref(g->enforced[i]);
	free(g->enforced);
	users_free(g->users);
	dns_zones_free(g->own_zones);
	free(g);
}
