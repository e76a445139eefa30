/*
 * SPDX-License-Identifier: ISC
 *
 * A route of the configuration as verification wants it.
 */
#ifndef RUN_ROUTE_H
#define RUN_ROUTE_H

#include "conf/settings.h"
#include "verify/verify.h"

/* Borrows all of conf; NULL gives a route without a name. */
struct verify_route route_of(const struct conf_route *conf);

#endif
