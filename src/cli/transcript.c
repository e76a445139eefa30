/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay transcript: the dialogue of one session, named by its id or by that of a message.
 */
#include "base/codec.h"
#include "cli/cli.h"
#include "report/json.h"

static int print_transcript(struct cli *cli, struct store *store, const char *id)
{
	struct buffer text = BUFFER_INIT, json = BUFFER_INIT;
	struct error err;
	int code;

	if (store_session_transcript(store, id, &text, &err) < 0) {
		code = cli_error(cli, &err);
	} else if (cli_value(cli, "json") != NULL) {
		report_transcript_json(&json, id, buffer_span(&text));
		buffer_add_char(&json, '\n');
		code = cli_print(cli, &json);
	} else {
		if (text.len == 0)
			fprintf(stderr, "%s: nothing was said, or store-transcript = no\n", id);
		code = cli_print_mail(cli, &text);
	}
	buffer_clear(&text);
	return code;
}

static int run_transcript(struct cli *cli)
{
	struct store *store = NULL;
	char id[ULID_SIZE];
	int code = cli_store(cli, &store);

	if (code == CLI_YES)
		code = cli_session_id(cli, store, cli->words[0], id);
	if (code == CLI_YES)
		code = print_transcript(cli, store, id);
	store_close(store);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"json", NULL, "one JSON object: the session's id and its lines"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay transcript latest",
    "mailassay transcript 01ARYZ6S --json | jq -r '.lines[] | select(.from == \"server\").text'",
    NULL,
};

const struct cli_command CLI_TRANSCRIPT = {
    .name = "transcript",
    .words = "ID",
    .words_min = 1,
    .words_max = 1,
    .summary = "the dialogue of a session, secrets masked; ID is its own or a message's",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_transcript,
};
