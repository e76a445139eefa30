/*
 * SPDX-License-Identifier: ISC
 *
 * From a complete draft to the origins: each option in force, its value and where that comes from.
 */
#ifndef CONF_ORIGIN_H
#define CONF_ORIGIN_H

#include "conf/options.h"

/* Fills the origins of the draft's settings. */
void conf_origins_finish(struct conf_draft *draft);

#endif
