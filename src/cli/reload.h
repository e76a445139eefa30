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

/* What is told of it. */
struct reload_target {
	struct gateway *gateway;
	struct opinion *opinions; /* may be NULL */
	struct store_writer *writer;
};

/*
 * Reads configuration and zones again. What cannot be read leaves all as it was. Says in the log
 * what came of it, and which changes wait for a restart.
 */
void reload(const struct cli *cli, const struct reload_target *to);
/* The retention of the settings is in force from now on. */
void retain(const struct conf_settings *settings, struct store_writer *writer);

#endif
