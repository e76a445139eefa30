/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay show: one message: for a person, as JSON, as it came, as its dialogue, or the DNS
 * answers that it was judged by.
 */
#include "base/codec.h"
#include "cli/cli.h"
#include "report/json.h"
#include "report/trace.h"
#include "run/host.h"

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

/* The source, behind the trace fields that this server would put in front of it. */
static int add_traced(struct store *store, const char *id, struct buffer *out, struct error *err)
{
	char host[HOST_NAME_SIZE];
	struct arena *arena = arena_new();
	struct buffer source = BUFFER_INIT;
	struct record_message message;
	int status = store_message(store, id, arena, &message, err);

	if (status == 0)
		status = store_source(store, id, &source, err);
	if (status == 0) {
		struct report_trace trace = {&message, buffer_span(&source), host_name(host)};

		report_trace(out, &trace);
		buffer_add_span(out, buffer_span(&source));
	}
	buffer_clear(&source);
	arena_free(arena);
	return status;
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

/* The forms that are octets; --json and the text for a person are made from the record. */
static const struct {
	const char *option;
	int (*read)(struct store *, const char *, struct buffer *, struct error *);
} OCTETS[] = {
    {"raw", store_source},
    {"transcript", store_transcript},
    {"evidence", store_evidence},
};

static int print_form(struct cli *cli, struct store *store, const char *id)
{
	if (cli_value(cli, "with-trace") != NULL)
		return print_octets(cli, store, id, add_traced);
	for (size_t i = 0; i < ARRAY_SIZE(OCTETS); i++)
		if (cli_value(cli, OCTETS[i].option) != NULL)
			return print_octets(cli, store, id, OCTETS[i].read);
	return print_record(cli, store, id, cli_value(cli, "json") != NULL);
}

static int check_forms(struct cli *cli)
{
	unsigned count = cli_value(cli, "json") != NULL;

	for (size_t i = 0; i < ARRAY_SIZE(OCTETS); i++)
		count += cli_value(cli, OCTETS[i].option) != NULL;
	if (count > 1)
		return cli_fail(
		    cli, CLI_USAGE, "expected one of --json, --raw, --transcript and --evidence");
	if (cli_value(cli, "with-trace") != NULL && cli_value(cli, "raw") == NULL)
		return cli_fail(cli, CLI_USAGE,
		    "--with-trace: expected --raw beside it, since only the message as it came "
		    "can have fields in front");
	return CLI_YES;
}

static int run_show(struct cli *cli)
{
	struct store *store = NULL;
	char id[ULID_SIZE];
	int code = check_forms(cli);

	if (code == CLI_YES)
		code = cli_store(cli, &store);
	if (code == CLI_YES)
		code = cli_message_id(cli, store, cli->words[0], id);
	if (code == CLI_YES)
		code = print_form(cli, store, id);
	store_close(store);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"json", NULL, "all of it as one JSON object"},
    {"raw", NULL, "the message, byte for byte as it came"},
    {"with-trace", NULL, "with --raw: Authentication-Results and Received in front of it"},
    {"transcript", NULL, "the dialogue of its session"},
    {"evidence", NULL, "the DNS answers that its verdicts rest on"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay show latest",
    "mailassay show 01ARYZ6S --json",
    "mailassay show latest --raw > mail.eml",
    "mailassay show latest --raw --with-trace",
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
