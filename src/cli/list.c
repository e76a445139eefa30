/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay list: the newest messages.
 */
#include <limits.h>

#include "cli/cli.h"
#include "report/json.h"

/* So much is collected before it is written. */
#define CHUNK (1U << 16)

struct listing {
	struct cli *cli;
	struct report_style style;
	bool json;
	struct buffer text;
	uint64_t count;
};

static int print_one(void *arg, const struct record_message *m)
{
	struct listing *l = arg;

	if (!l->json && l->count == 0)
		report_list_head(&l->text, &l->style);
	l->count++;
	if (l->json) {
		report_message_json(&l->text, m);
		buffer_add_char(&l->text, '\n');
	} else {
		report_list_line(&l->text, m, &l->style);
	}
	return l->text.len < CHUNK ? CLI_YES : cli_print(l->cli, &l->text);
}

int cli_print_matches(
    struct cli *cli, struct store *store, const struct store_filter *filter, uint64_t *count)
{
	struct listing l = {
	    .cli = cli, .style = cli_style(cli), .json = cli_value(cli, "json") != NULL};
	struct error err;
	int code = store_each(store, filter, print_one, &l, &err);

	if (code < 0)
		code = cli_error(cli, &err);
	if (code == CLI_YES)
		code = cli_print(cli, &l.text);
	buffer_clear(&l.text);
	*count = l.count;
	return code;
}

static int print_all(struct cli *cli, struct store *store, const struct store_filter *filter)
{
	uint64_t count;
	int code = cli_print_matches(cli, store, filter, &count);

	if (code == CLI_YES && count == 0 && cli_value(cli, "json") == NULL)
		fprintf(stderr, "no message%s in %s\n",
		    filter->selection->count > 0 ? " matches" : "s yet", cli->data_dir.data);
	return code;
}

static int run_list(struct cli *cli)
{
	struct arena *arena = arena_new();
	struct store *store = NULL;
	struct selection selection;
	uint64_t limit = 50;
	int code = cli_number(cli, "limit", 1, 1000000, &limit) < 0 ? CLI_USAGE : CLI_YES;

	if (code == CLI_YES)
		code = cli_selection(cli, 0, arena, &selection);
	if (code == CLI_YES)
		code = cli_store(cli, &store);
	if (code == CLI_YES)
		code = cli_index(cli, store, &selection);
	if (code == CLI_YES)
		code = print_all(cli, store,
		    &(const struct store_filter){.selection = &selection, .limit = (size_t)limit});
	store_close(store);
	arena_free(arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"limit", "N", "how many at most (50)"},
    {"utc", NULL, "times in UTC, not local ones"},
    {"json", NULL, "one JSON object a line"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay list",
    "mailassay list to:@example.net dmarc:fail -finding:any",
    "mailassay list --limit 5 --json | jq .observed.dmarc.result",
    NULL,
};

const struct cli_command CLI_LIST = {
    .name = "list",
    .words = "[SELECTION...]",
    .words_max = UINT_MAX,
    .summary = "the newest messages and their verdicts, newest first",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_list,
};
