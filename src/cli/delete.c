/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay delete: messages with all that is kept of them, once somebody has said yes.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/order.h"

/* Messages that the question shows. */
#define SHOWN 5

/* The ids of what was selected, in one text. */
struct chosen {
	struct buffer text;
	const char **ids;
	size_t count;
};

static void chosen_clear(struct chosen *c)
{
	free(c->ids);
	buffer_clear(&c->text);
}

/* Cuts the lines of the text into ids. */
static void cut(struct chosen *c)
{
	char *at = c->text.data;

	for (size_t i = 0; i + ULID_SIZE <= c->text.len; i += ULID_SIZE) {
		array_grow(&c->ids, c->count, sizeof(*c->ids));
		at[i + ULID_SIZE - 1] = '\0';
		c->ids[c->count++] = at + i;
	}
}

static int check_arguments(const struct cli *cli)
{
	bool all = cli_value(cli, "all") != NULL, terminal;

	if (cli->word_count == 0 && !all)
		return cli_fail(cli, CLI_USAGE,
		    "expected a selection of messages, got none; --all deletes every message");
	if (cli->word_count > 0 && all)
		return cli_fail(cli, CLI_USAGE,
		    "--all: expected no selection beside it, got \"%s\"; leave one of them out",
		    cli->words[0]);
	terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	if (cli_value(cli, "yes") == NULL && !terminal)
		return cli_fail(cli, CLI_USAGE,
		    "there is no terminal to ask on; give --yes to delete without a question");
	return CLI_YES;
}

static int choose(
    struct cli *cli, struct store *store, const struct store_filter *f, struct chosen *c)
{
	struct error err;
	int code = cli_index(cli, store, f->selection);

	if (code != CLI_YES)
		return code;
	if (store_ids(store, f, &c->text, &err) < 0)
		return cli_error(cli, &err);
	cut(c);
	return CLI_YES;
}

static int show_first(
    struct cli *cli, struct store *store, const struct store_filter *f, size_t count)
{
	const struct store_filter first = {.selection = f->selection, .limit = SHOWN};
	const struct report_style style = cli_style(cli);
	struct buffer text = BUFFER_INIT;
	struct store_messages messages;
	struct arena *a = arena_new();
	struct error err;
	int code = CLI_YES;

	if (store_messages(store, &first, a, &messages, &err) < 0) {
		code = cli_error(cli, &err);
	} else {
		report_list_head(&text, &style);
		for (size_t i = 0; i < messages.count; i++)
			report_list_line(&text, &messages.items[i], &style);
		if (count > messages.count)
			buffer_printf(&text, "and %zu more\n", count - messages.count);
		fwrite(text.data, 1, text.len, stderr);
	}
	buffer_clear(&text);
	arena_free(a);
	return code;
}

/* Only "y" and "yes" are. */
static bool says_yes(void)
{
	char line[16];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	return span_equal_nocase(span_trim(span_from(line)), SPAN("y")) ||
	       span_equal_nocase(span_trim(span_from(line)), SPAN("yes"));
}

static int ask(struct cli *cli, struct store *store, const struct store_filter *f, size_t count)
{
	int code;

	if (cli_value(cli, "yes") != NULL || count == 0)
		return CLI_YES;
	code = show_first(cli, store, f, count);
	if (code != CLI_YES)
		return code;
	fprintf(stderr, "Delete %s%zu message%s of %s? [y/N] ", count == 1 ? "" : "these ", count,
	    count == 1 ? "" : "s", cli->data_dir.data);
	fflush(stderr);
	return says_yes() ? CLI_YES : cli_fail(cli, CLI_NO, "nothing was deleted");
}

static int delete_all(struct cli *cli, const struct chosen *c)
{
	struct orders *orders = orders_new(cli->data_dir.data);
	struct buffer text = BUFFER_INIT;
	uint64_t deleted;
	struct error err;
	int failed = order_delete(orders, c->ids, c->count, &deleted, &err);

	orders_free(orders);
	buffer_printf(&text,
	    cli_value(cli, "json") != NULL ? "{\"deleted\":%llu}\n"
	    : deleted == 1                 ? "%llu message deleted\n"
					   : "%llu messages deleted\n",
	    (unsigned long long)deleted);
	if (failed == 0)
		return cli_print(cli, &text);
	/* What is gone is said all the same. */
	if (deleted > 0)
		cli_print(cli, &text);
	buffer_clear(&text);
	return cli_error(cli, &err);
}

static int run_delete(struct cli *cli)
{
	struct arena *a = arena_new();
	struct chosen chosen = {.text = BUFFER_INIT};
	struct store *store = NULL;
	struct selection selection;
	const struct store_filter filter = {.selection = &selection};
	int code = check_arguments(cli);

	if (code == CLI_YES)
		code = cli_selection(cli, 0, a, &selection);
	if (code == CLI_YES)
		code = cli_store(cli, &store);
	if (code == CLI_YES)
		code = choose(cli, store, &filter, &chosen);
	if (code == CLI_YES)
		code = ask(cli, store, &filter, chosen.count);
	/* Who reads keeps what is deleted on the disk. */
	store_close(store);
	if (code == CLI_YES)
		code = delete_all(cli, &chosen);
	chosen_clear(&chosen);
	arena_free(a);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"all", NULL, "every message, in place of a selection"},
    {"yes", NULL, "do not ask"},
    {"json", NULL, "one JSON object: deleted"},
    {"utc", NULL, "times are UTC, not local"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay delete to:alice@example.net",
    "mailassay delete before:30d --yes",
    "mailassay delete --all --yes --json",
    NULL,
};

const struct cli_command CLI_DELETE = {
    .name = "delete",
    .words = "[SELECTION...]",
    .words_max = UINT_MAX,
    .summary = "deletes messages, and sessions that are left without any",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_delete,
};
