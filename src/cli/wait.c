/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay wait: blocks until enough messages are there, so that tests need no sleep.
 */
#include <limits.h>

#include "base/codec.h"
#include "cli/cli.h"

#define TIMEOUT_MS 60000

struct wait {
	struct cli *cli;
	struct store *store;
	struct arena *arena;
	struct selection selection;
	struct store_filter filter;
	uint64_t count;
	int64_t timeout_ms;
	char after[ULID_SIZE];
	int code;
};

/* How many match, up to as many as there have to be; -1 when that was said to fail. */
static ptrdiff_t count(struct wait *w)
{
	struct error err;
	ptrdiff_t found = store_count(w->store, &w->filter, &err);

	if (found < 0)
		w->code = cli_error(w->cli, &err);
	return found;
}

/* Whether the messages that there are now can be asked for. */
static bool is_ready(struct wait *w)
{
	struct error err;
	int indexed = selection_has_words(&w->selection) ? store_indexed(w->store, &err) : 1;

	if (indexed < 0)
		w->code = cli_error(w->cli, &err);
	return indexed > 0;
}

/* Returns whether to wait for more. */
static bool seen(void *arg)
{
	struct wait *w = arg;
	ptrdiff_t found = is_ready(w) ? count(w) : 0;

	return w->code == CLI_YES && (uint64_t)found < w->count;
}

static int extract(struct wait *w)
{
	struct store_filter newest = w->filter;
	struct store_messages messages;
	struct error err;

	newest.limit = 1;
	if (store_messages(w->store, &newest, w->arena, &messages, &err) < 0)
		return cli_error(w->cli, &err);
	if (messages.count == 0)
		return cli_fail(w->cli, CLI_NO, "the message was deleted meanwhile");
	return cli_extract(w->cli, w->store, &messages.items[0]);
}

/* All of them, not only as many as there have to be. */
static int print_matches(struct wait *w)
{
	struct store_filter all = w->filter;
	uint64_t printed;

	all.limit = 0;
	return cli_print_matches(w->cli, w->store, &all, &printed);
}

static int say_timeout(struct wait *w)
{
	ptrdiff_t found = count(w);

	if (found < 0)
		return w->code;
	return cli_fail(w->cli, CLI_TIMEOUT,
	    "timed out: expected %llu matching message%s, got %td; see mailassay list",
	    (unsigned long long)w->count, w->count == 1 ? "" : "s", found);
}

static int wait_for_messages(struct wait *w)
{
	const struct cli_await await = {.timeout_ms = w->timeout_ms, .seen = seen, .arg = w};
	int code = cli_await(w->store, &await);

	if (w->code != CLI_YES)
		return w->code;
	if (code == CLI_TIMEOUT)
		return say_timeout(w);
	return cli_value(w->cli, "extract") != NULL ? extract(w) : print_matches(w);
}

/* What can be wrong without a look at the store. */
static int read_arguments(struct wait *w)
{
	int code = cli_timeout(w->cli, &w->timeout_ms);

	if (code == CLI_YES && cli_number(w->cli, "count", 1, 1000000000, &w->count) < 0)
		code = CLI_USAGE;
	if (code == CLI_YES)
		code = cli_extract_check(w->cli);
	if (code == CLI_YES)
		code = cli_selection(w->cli, 0, w->arena, &w->selection);
	return code;
}

static int run_wait(struct cli *cli)
{
	struct wait w = {.cli = cli, .arena = arena_new(), .count = 1, .timeout_ms = TIMEOUT_MS};
	int code = read_arguments(&w);

	if (code == CLI_YES)
		code = cli_store(cli, &w.store);
	if (code == CLI_YES)
		code = cli_after(cli, w.store, w.after);
	if (code == CLI_YES)
		code = cli_index(cli, w.store, &w.selection);
	w.filter = (struct store_filter){.selection = &w.selection,
	    .after = w.after[0] != '\0' ? w.after : NULL,
	    .limit = (size_t)w.count};
	if (code == CLI_YES)
		code = wait_for_messages(&w);
	store_close(w.store);
	arena_free(w.arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"to", "ADDRESS", "an accepted recipient, whole, in any case"},
    {"from", "ADDRESS", "the reverse-path or the From address, whole, in any case"},
    {"subject", "TEXT", "part of the decoded subject"},
    {"timeout", "SECONDS", "how long to wait, also 0.5, 500ms or 2m (60)"},
    {"count", "N", "how many must match (1)"},
    {"after", "ID|now", "only messages that came after this one"},
    {"extract", "WHAT", "of the newest: link, otp, header:NAME or attachment:N"},
    {"utc", NULL, "times in UTC, not local ones"},
    {"json", NULL, "one JSON object a line"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay wait --to alice@example.net --timeout 30",
    "mailassay wait --after now --count 3 --json",
    "mailassay wait to:alice@example.net subject:reset --extract link",
    NULL,
};

const struct cli_command CLI_WAIT = {
    .name = "wait",
    .words = "[SELECTION...]",
    .words_max = UINT_MAX,
    .summary = "waits until enough messages match, then prints all that do",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_wait,
};
