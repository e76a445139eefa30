/*
 * SPDX-License-Identifier: ISC
 *
 * Routes: what cannot stand together, and the one that a listener uses.
 */
#include "conf/route.h"

#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/name.h"
#include "conf/listener.h"
#include "conf/value.h"

#define ROUTES_MAX 100

struct conf_route_draft *conf_route_add(struct conf_draft *draft, const char *name)
{
	struct conf_route_draft *r;

	array_grow(&draft->routes, draft->route_count, sizeof(*draft->routes));
	r = &draft->routes[draft->route_count++];
	memset(r, 0, sizeof(*r));
	r->route.name = arena_string(draft->settings.arena, name);
	conf_value_defaults(CONF_SECTION_ROUTE, r, draft->settings.arena);
	return r;
}

/* The words that send mail are known, so that whoever writes one is told what it would need. */
static int check_mode(
    const struct conf_draft *draft, const struct conf_route_draft *r, struct error *err)
{
	static const char *const sending[] = {"queue", "live", "manual"};
	const char *name = r->route.name;

	if (span_equal_nocase(span_from(r->mode), SPAN("none")))
		return 0;
	if (name_find(sending, ARRAY_SIZE(sending), span_from(r->mode)) >= 0)
		return conf_refuse(draft, &r->lines, CONF_MODE, err,
		    "route \"%s\": mode = %s would send mail, and this version only predicts; "
		    "expected mode = none",
		    name, r->mode);
	return conf_refuse(draft, &r->lines, CONF_MODE, err,
	    "route \"%s\": expected mode = none, got \"%.60s\"", name, r->mode);
}

static int check(
    const struct conf_draft *draft, const struct conf_route_draft *r, struct error *err)
{
	const struct conf_route *route = &r->route;

	if (check_mode(draft, r, err) < 0)
		return -1;
	if (route->egress.count > CONF_EGRESS_MAX)
		return conf_refuse(draft, &r->lines, CONF_EGRESS, err,
		    "route \"%s\": expected at most %d entries in egress, got %zu", route->name,
		    CONF_EGRESS_MAX, route->egress.count);
	if (route->dkim_domain != NULL && route->dkim_selector == NULL)
		return conf_refuse(draft, &r->lines, CONF_DKIM_DOMAIN, err,
		    "route \"%s\": dkim-domain is given without dkim-selector; expected the "
		    "selector by which the provider signs, too",
		    route->name);
	return 0;
}

int conf_routes_finish(struct conf_draft *draft, struct error *err)
{
	struct conf_settings *s = &draft->settings;

	if (draft->route_count > ROUTES_MAX)
		return conf_refuse(draft, &draft->routes[ROUTES_MAX].lines, CONF_MODE, err,
		    "expected at most %d routes, got %zu", ROUTES_MAX, draft->route_count);
	s->routes = arena_alloc(s->arena, draft->route_count * sizeof(*s->routes));
	s->route_count = draft->route_count;
	for (size_t i = 0; i < draft->route_count; i++) {
		if (check(draft, &draft->routes[i], err) < 0)
			return -1;
		s->routes[i] = draft->routes[i].route;
	}
	return 0;
}

const struct conf_route *conf_route_find(const struct conf_settings *s, struct span name)
{
	for (size_t i = 0; i < s->route_count; i++)
		if (span_equal(span_from(s->routes[i].name), name))
			return &s->routes[i];
	return NULL;
}

void conf_route_names(const struct conf_settings *s, struct buffer *out)
{
	for (size_t i = 0; i < s->route_count; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : ", ", s->routes[i].name);
}

static int refuse_unknown(
    const struct conf_draft *draft, const struct conf_listener_draft *l, struct error *err)
{
	struct buffer names = BUFFER_INIT;

	conf_route_names(&draft->settings, &names);
	if (names.len == 0)
		buffer_add_string(&names, "a section route NAME { ... }, and its name");
	conf_refuse(draft, &l->lines, CONF_ROUTE, err,
	    "listener \"%s\": there is no route \"%.60s\"; expected %s%s", l->listener.name,
	    l->route, draft->settings.route_count > 0 ? "one of: " : "", names.data);
	buffer_clear(&names);
	return -1;
}

int conf_route_choose(
    const struct conf_draft *draft, struct conf_listener_draft *listener, struct error *err)
{
	struct conf_listener *l = &listener->listener;

	bool receives = l->kind == CONF_KIND_MX || l->kind == CONF_KIND_LMTP;

	if (listener->route != NULL && receives)
		return conf_refuse(draft, &listener->lines, CONF_ROUTE, err,
		    "listener \"%s\": kind = %s never relays, so it has no route; expected a "
		    "listener of kind submission or submissions",
		    l->name, CONF_KIND_NAME[l->kind]);
	if (listener->route == NULL && !receives && draft->settings.route_count == 1)
		listener->route = draft->settings.routes[0].name;
	if (listener->route == NULL)
		return 0;
	l->route = conf_route_find(&draft->settings, span_from(listener->route));
	return l->route == NULL ? refuse_unknown(draft, listener, err) : 0;
}
