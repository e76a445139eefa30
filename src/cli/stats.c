/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay stats: counts, shares and latencies of what is stored; what the running gateway holds.
 */
#include "report/stats.h"

#include <limits.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "control/control.h"

static void to_report(const struct store_stats *in, struct arena *a, struct report_stats *out)
{
	struct report_tally *tallies = arena_alloc(a, in->tally_count * sizeof(*tallies));

	*out = (struct report_stats){
	    .messages = in->messages,
	    .octets = in->octets,
	    .sessions = in->sessions,
	    .sessions_failed = in->sessions_failed,
	    .tallies = tallies,
	    .tally_count = in->tally_count,
	};
	for (size_t i = 0; i < in->tally_count; i++)
		tallies[i] = (struct report_tally){
		    in->tallies[i].group, in->tallies[i].word, in->tallies[i].count};
	for (size_t i = 0; i < ARRAY_SIZE(in->latency); i++)
		out->latency[i] = (struct report_latency){in->latency[i].count, in->latency[i].p50,
		    in->latency[i].p90, in->latency[i].p99, in->latency[i].max};
}

static int print_stats(struct cli *cli, const struct store_stats *stats, struct arena *a)
{
	const struct report_style style = cli_style(cli);
	struct buffer text = BUFFER_INIT;
	struct report_stats report;

	to_report(stats, a, &report);
	if (cli_value(cli, "json") != NULL) {
		report_stats_json(&text, &report);
		buffer_add_char(&text, '\n');
	} else {
		report_stats_text(&text, &report, &style);
	}
	return cli_print(cli, &text);
}

static int count(
    struct cli *cli, struct store *store, const struct selection *selection, struct arena *a)
{
	const struct store_filter filter = {.selection = selection};
	struct store_stats stats;
	struct error err;
	int code = cli_index(cli, store, selection);

	if (code != CLI_YES)
		return code;
	if (store_stats(store, &filter, a, &stats, &err) < 0)
		return cli_error(cli, &err);
	return print_stats(cli, &stats, a);
}

static int stored(struct cli *cli)
{
	struct arena *a = arena_new();
	struct store *store = NULL;
	struct selection selection;
	int code = cli_selection(cli, 0, a, &selection);

	if (code == CLI_YES)
		code = cli_store(cli, &store);
	if (code == CLI_YES)
		code = count(cli, store, &selection, a);
	store_close(store);
	arena_free(a);
	return code;
}

/* The numbers of the answer, as they are shown. */
static const struct {
	const char *key, *label;
} FACTS[] = {
    {"sessions", "sessions that are open"},
    {"buffered", "octets of messages in memory"},
    {"jobs", "messages and sessions that wait for the disk"},
    {"sessions_begun", "sessions since the start"},
    {"messages_stored", "messages stored since the start"},
    {"uptime_ms", "milliseconds since the start"},
};

static void add_facts(struct buffer *out, const json_t *answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(FACTS); i++)
		buffer_printf(out, "%12lld  %s\n",
		    (long long)json_integer_value(json_object_get(answer, FACTS[i].key)),
		    FACTS[i].label);
}

static int print_live(struct cli *cli, const json_t *answer)
{
	struct buffer text = BUFFER_INIT;
	char *json;

	if (cli_value(cli, "json") == NULL) {
		add_facts(&text, answer);
		return cli_print(cli, &text);
	}
	json = json_dumps(answer, JSON_COMPACT);
	buffer_printf(&text, "%s\n", json);
	free(json);
	return cli_print(cli, &text);
}

static int live(struct cli *cli)
{
	json_t *request, *answer;
	struct error err;
	int code = cli_settings(cli), asked;

	if (code == CLI_YES)
		code = cli_data_dir(cli, true);
	if (code != CLI_YES)
		return code;
	request = json_pack("{s:s}", "command", "stats");
	asked = control_ask(cli->data_dir.data, request, &answer, &err);
	json_decref(request);
	if (asked < 0)
		return cli_error(cli, &err);
	if (asked == 0)
		return cli_fail(cli, CLI_CANNOT,
		    "%s: no gateway serves it; start mailassay serve, or leave --live out",
		    cli->data_dir.data);
	code = print_live(cli, answer);
	json_decref(answer);
	return code;
}

static int run_stats(struct cli *cli)
{
	if (cli_value(cli, "live") == NULL)
		return stored(cli);
	if (cli->word_count > 0)
		return cli_fail(cli, CLI_USAGE,
		    "--live: expected no selection beside it, got \"%s\"; leave one of them out",
		    cli->words[0]);
	return live(cli);
}

static const struct cli_option OPTIONS[] = {
    {"live", NULL, "what the running gateway holds at this moment"},
    {"utc", NULL, "times are UTC, not local"},
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay stats",
    "mailassay stats after:1d listener:submission",
    "mailassay stats --json | jq -r '.groups.dmarc[] | [.word, .percent] | @tsv'",
    "mailassay stats --live",
    NULL,
};

const struct cli_command CLI_STATS = {
    .name = "stats",
    .words = "[SELECTION...]",
    .words_max = UINT_MAX,
    .summary = "counts and shares of verdicts, users and hours, and how long sessions took",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_stats,
};
