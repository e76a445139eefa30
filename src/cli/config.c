/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay config: what is in force, and where each value comes from.
 */
#include "cli/cli.h"
#include "report/settings.h"

static int run_config(struct cli *cli)
{
	struct buffer text = BUFFER_INIT;
	int code = cli_settings(cli);

	if (code != CLI_YES)
		return code;
	if (cli_value(cli, "json") != NULL)
		report_settings_json(&text, &cli->settings);
	else
		report_settings_text(&text, &cli->settings);
	return cli_print(cli, &text);
}

static const struct cli_option OPTIONS[] = {
    {"json", NULL, "one JSON object an option"},
    {"listen", "KIND=ADDRESS:PORT", "as serve takes it (repeatable)"},
    {"zone", "FILE", "as serve takes it (repeatable)"},
    {"dns", "ADDRESS:PORT", "as serve takes it (repeatable)"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay config",
    "MAILASSAY_LOG_LEVEL=debug mailassay config --max-connections 100",
    "mailassay config --json | jq -r 'select(.source != \"default\") | .option'",
    NULL,
};

const struct cli_command CLI_CONFIG = {
    .name = "config",
    .words = "",
    .summary = "the configuration in force, and where each value comes from",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .settings = true,
    .run = run_config,
};
