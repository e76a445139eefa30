/*
 * SPDX-License-Identifier: ISC
 *
 * From the drafts of routes to routes, and which of them a listener uses.
 */
#ifndef CONF_ROUTE_H
#define CONF_ROUTE_H

#include "base/error.h"
#include "conf/options.h"

/* A new route of the draft with the defaults of its options. */
struct conf_route_draft *conf_route_add(struct conf_draft *draft, const char *name);

/*
 * Refuses impossible routes of the draft and keeps the others in its settings. Errors begin with
 * FILE:LINE. 0 or -1.
 */
int conf_routes_finish(struct conf_draft *draft, struct error *err);

/*
 * Gives the listener the route that it names, or the only one there is; the settings of the draft
 * have the routes. 0, or -1 when there is no such route, or when the listener can have none.
 */
int conf_route_choose(
    const struct conf_draft *draft, struct conf_listener_draft *listener, struct error *err);

#endif
