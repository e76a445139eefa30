/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay show: one message, for a person, as JSON, as it came, or as its dialogue.
 */
#include "base/codec.h"
#include "cli/cli.h"
#include "report/json.h"

static int print_record(struct cli *cli, struct store *store, const char *id, bool json)
{
	struct report_style style = cli_style();
	struct arena *arena = arena_new();
	struct buffer text = BUFFER_INIT;
	struct record_message message;
	struct error err;
	int code = CLI_YES;

	if (store_message(store, id, arena, &message, &err) < 0)
		code = cli_error(cli, &err);
	else if (json)
		report_message_json(&text, &message);
	else
		report_message_text(&text, &message, &style);
	if (json)
		buffer_add_char(&text, '\n');
	if (code == CLI_YES)
		code = cli_print(cli, &text);
	buffer_clear(&text);
	arena_free(arena);
	return code;
}

static int print_octets(struct cli *cli, struct store *store, const char *id,
    int (*read)(struct store *, const char *, struct buffer *, struct error *))
{
	struct buffer text = BUFFER_INIT;
	struct error err;

	if (read(store, id, &text, &err) == 0)
		return cli_print(cli, &text);
	buffer_clear(&text);
	return cli_error(cli, &err);
}

static int run_show(struct cli *cli)
{
	bool raw = cli_value(cli, "raw") != NULL, json = cli_value(cli, "json") != NULL;
	bool transcript = cli_value(cli, "transcript") != NULL;
	struct store *store = NULL;
	char id[ULID_SIZE];
	int code;

	if (raw + json + transcript > 1)
		return cli_fail(cli, CLI_USAGE, "expected one of --json, --raw and --transcript");
	code = cli_store(cli, &store);
	if (code == CLI_YES)
		code = cli_message_id(cli, store, cli->words[0], id);
	if (code == CLI_YES && raw)
		code = print_octets(cli, store, id, store_source);
	else if (code == CLI_YES && transcript)
		code = print_octets(cli, store, id, store_transcript);
	else if (code == CLI_YES)
		code = print_record(cli, store, id, json);
	store_close(store);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"json", NULL, "all of it as one JSON object"},
    {"raw", NULL, "the message, byte for byte as it came"},
    {"transcript", NULL, "the dialogue of its session"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay show latest",
    "mailassay show 01ARYZ6S --json",
    "mailassay show latest --raw > mail.eml",
    NULL,
};

const struct cli_command CLI_SHOW = {
    .name = "show",
    .words = "ID",
    .words_min = 1,
    .words_max = 1,
    .summary = "one message: its path, its verdicts and their reasons",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_show,
};
