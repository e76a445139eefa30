/*
 * SPDX-License-Identifier: ISC
 *
 * From a route's settings to what verification predicts by.
 */
#include "run/route.h"

#include "verify/predict.h"

_Static_assert(CONF_EGRESS_MAX == PREDICT_EGRESS_MAX, "no entry of egress is left out");

struct verify_route route_of(const struct conf_route *conf)
{
	if (conf == NULL)
		return (struct verify_route){.name = NULL};
	return (struct verify_route){
	    .name = conf->name,
	    .egress = conf->egress.items,
	    .egress_count = conf->egress.count,
	    .return_path = conf->return_path,
	    .dkim_domain = conf->dkim_domain,
	    .dkim_selector = conf->dkim_selector,
	};
}
