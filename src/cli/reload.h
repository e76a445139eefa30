/*
 * SPDX-License-Identifier: ISC
 *
 * SIGHUP: what the configuration says now is put in force, as far as that can be done while
 * sessions go on.
 */
#ifndef CLI_RELOAD_H
#define CLI_RELOAD_H

#include "cli/cli.h"
#include "gateway/gateway.h"
#include "opinion/opinion.h"

/*
 * Reads configuration and zones again. What cannot be read leaves all as it was. Says in the log
 * what came of it, and which changes wait for a restart. opinions may be NULL.
 */
void reload(const struct cli *cli, struct gateway *g, struct opinion *opinions);

#endif
