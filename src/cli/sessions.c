/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay sessions: who connected, how far each got, and what it failed at.
 */
#include "cli/cli.h"
#include "report/json.h"

static int print_sessions(const struct cli *cli, const struct store_sessions *sessions, bool json)
{
	struct report_style style = cli_style();
	struct buffer text = BUFFER_INIT;

	if (!json && sessions->count > 0)
		report_sessions_head(&text, &style);
	for (size_t i = 0; i < sessions->count; i++) {
		if (!json) {
			report_sessions_line(&text, &sessions->items[i], &style);
			continue;
		}
		report_session_json(&text, &sessions->items[i]);
		buffer_add_char(&text, '\n');
	}
	return cli_print(cli, &text);
}

static int run_sessions(struct cli *cli)
{
	struct store_session_filter filter = {.failed = cli_value(cli, "failed") != NULL};
	bool json = cli_value(cli, "json") != NULL;
	struct arena *arena;
	struct store_sessions sessions;
	struct store *store = NULL;
	uint64_t limit = 50;
	struct error err;
	int code = cli_number(cli, "limit", 1, 1000000, &limit) < 0 ? CLI_USAGE : CLI_YES;

	if (code == CLI_YES)
		code = cli_store(cli, &store);
	if (code != CLI_YES)
		return code;
	arena = arena_new();
	filter.limit = (size_t)limit;
	if (store_sessions(store, &filter, arena, &sessions, &err) < 0)
		code = cli_error(cli, &err);
	else
		code = print_sessions(cli, &sessions, json);
	if (code == CLI_YES && sessions.count == 0 && !json)
		fprintf(stderr, "no %ssessions yet in %s\n", filter.failed ? "failed " : "",
		    cli->data_dir.data);
	arena_free(arena);
	store_close(store);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"failed", NULL, "only those that broke, and where"},
    {"limit", "N", "how many at most (50)"},
    {"json", NULL, "one JSON object a line"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay sessions --failed",
    "mailassay sessions --failed --json | jq -r '[.failed_at, .failure] | @tsv'",
    NULL,
};

const struct cli_command CLI_SESSIONS = {
    .name = "sessions",
    .words = "",
    .summary = "sessions, also those that sent no message, newest first",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_sessions,
};
