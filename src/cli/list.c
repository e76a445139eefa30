/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay list: the newest messages.
 */
#include "cli/cli.h"

static int run_list(struct cli *cli)
{
	struct arena *arena;
	struct store_messages messages;
	struct store *store = NULL;
	uint64_t limit = 50;
	struct error err;
	int code = cli_number(cli, "limit", 1, 1000000, &limit) < 0 ? CLI_USAGE : CLI_YES;

	if (code == CLI_YES)
		code = cli_store(cli, &store);
	if (code != CLI_YES)
		return code;
	arena = arena_new();
	if (store_messages(
		store, &(struct store_filter){.limit = (size_t)limit}, arena, &messages, &err) < 0)
		code = cli_error(cli, &err);
	else
		code = cli_print_messages(cli, &messages, cli_value(cli, "json") != NULL);
	if (code == CLI_YES && messages.count == 0 && cli_value(cli, "json") == NULL)
		fprintf(stderr, "no messages yet in %s\n", cli->data_dir.data);
	arena_free(arena);
	store_close(store);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"limit", "N", "how many at most (50)"},
    {"json", NULL, "one JSON object a line"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay list",
    "mailassay list --limit 5 --json | jq .observed.dmarc.result",
    NULL,
};

const struct cli_command CLI_LIST = {
    .name = "list",
    .words = "",
    .summary = "the newest messages and their verdicts, newest first",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_list,
};
