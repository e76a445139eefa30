/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay sessions: who connected, how far each got, and what it failed at.
 */
#include "base/codec.h"
#include "cli/cli.h"
#include "report/json.h"

/* So many at once are in memory. */
#define PAGE 200

/* first: the head stands above them. */
static int print_sessions(
    const struct cli *cli, const struct store_sessions *sessions, bool json, bool first)
{
	struct report_style style = cli_style(cli);
	struct buffer text = BUFFER_INIT;

	if (first && !json && sessions->count > 0)
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

/* Prints the page of which filter tells, and leaves there the id that the next one comes before. */
static int print_page(struct cli *cli, struct store *store, struct store_session_filter *filter,
    char last[ULID_SIZE], size_t *count)
{
	struct arena *arena = arena_new();
	bool json = cli_value(cli, "json") != NULL;
	struct store_sessions sessions;
	struct error err;
	int code;

	if (store_sessions(store, filter, arena, &sessions, &err) < 0)
		code = cli_error(cli, &err);
	else
		code = print_sessions(cli, &sessions, json, filter->before == NULL);
	*count = sessions.count;
	if (sessions.count > 0) {
		snprintf(last, ULID_SIZE, "%s", sessions.items[sessions.count - 1].id);
		filter->before = last;
	}
	arena_free(arena);
	return code;
}

static int print_pages(struct cli *cli, struct store *store, uint64_t limit)
{
	struct store_session_filter filter = {.failed = cli_value(cli, "failed") != NULL};
	char last[ULID_SIZE];
	size_t count;
	int code;

	do {
		filter.limit = limit < PAGE ? (size_t)limit : PAGE;
		code = print_page(cli, store, &filter, last, &count);
		limit -= count;
	} while (code == CLI_YES && limit > 0 && count == filter.limit);
	if (code == CLI_YES && filter.before == NULL && cli_value(cli, "json") == NULL)
		fprintf(stderr, "no %ssessions yet in %s\n", filter.failed ? "failed " : "",
		    cli->data_dir.data);
	return code;
}

static int run_sessions(struct cli *cli)
{
	struct store *store = NULL;
	uint64_t limit = UINT64_MAX;
	int code = cli_number(cli, "limit", 1, 1000000, &limit) < 0 ? CLI_USAGE : CLI_YES;

	if (code == CLI_YES)
		code = cli_store(cli, &store);
	if (code == CLI_YES)
		code = print_pages(cli, store, limit);
	store_close(store);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"failed", NULL, "only those that broke, and where"},
    {"limit", "N", "how many at most (all)"},
    {"utc", NULL, "times in UTC, not local"},
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
