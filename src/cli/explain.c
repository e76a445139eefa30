/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay explain: what a reply, a finding or a result means, or the tables of all that there
 * are.
 */
#include "report/explain.h"

#include "base/name.h"
#include "cli/cli.h"

/* Those of the settings too, and not only the program's own; the caller clears them. */
static int find_receivers(struct cli *cli, struct conf_receivers *out)
{
	int code = cli_settings(cli);

	return code == CLI_YES ? cli_receivers(cli, out) : code;
}

/* style NULL: as JSON. */
static int print_tables(struct cli *cli, int only, const struct report_style *style)
{
	struct conf_receivers receivers = {0};
	struct buffer text = BUFFER_INIT;
	int code = CLI_YES;

	if (only < 0 || only == EXPLAIN_RECEIVERS)
		code = find_receivers(cli, &receivers);
	for (int i = 0; i < EXPLAIN_TABLE_COUNT && code == CLI_YES; i++) {
		if (only >= 0 && only != i)
			continue;
		if (text.len > 0 && style != NULL)
			buffer_add_char(&text, '\n');
		report_explain_table(&text, (enum explain_table)i, &receivers, style);
	}
	if (code == CLI_YES)
		code = cli_print(cli, &text);
	conf_receivers_clear(&receivers);
	buffer_clear(&text);
	return code;
}

static int list(struct cli *cli, const struct report_style *style)
{
	int table = -1;

	if (cli->word_count > 1)
		return cli_fail(cli, CLI_USAGE, "expected one table behind --list, or none");
	if (cli->word_count == 1) {
		table =
		    name_find(EXPLAIN_TABLE_NAME, EXPLAIN_TABLE_COUNT, span_from(cli->words[0]));
		if (table < 0)
			return cli_fail(cli, CLI_USAGE,
			    "--list: expected findings, replies, status, results, providers or "
			    "receivers, got \"%s\"",
			    cli->words[0]);
	}
	return print_tables(cli, table, style);
}

/* The words may be somebody else's, out of a log. */
static int refuse(const struct cli *cli, struct span words)
{
	static const char unknown[] = "no finding, reply code or result is known by this";
	struct buffer near = BUFFER_INIT, shown = BUFFER_INIT;
	int code;

	report_explain_near(&near, words);
	report_escape_lines(&shown, words);
	if (near.len > 0)
		code =
		    cli_fail(cli, CLI_NO, "%s: %s; did you mean %s? See mailassay explain --list",
			shown.data, unknown, near.data);
	else
		code = cli_fail(cli, CLI_NO, "%s: %s; see mailassay explain --list",
		    shown.len == 0 ? "" : shown.data, unknown);
	buffer_clear(&near);
	buffer_clear(&shown);
	return code;
}

static int explain(struct cli *cli, struct span words, const struct report_style *style)
{
	struct conf_receivers receivers = {0};
	struct buffer text = BUFFER_INIT;
	int code = CLI_YES;

	/* What needs no profile is explained whatever the configuration says. */
	if (report_explain_is_reply(words))
		code = find_receivers(cli, &receivers);
	if (code == CLI_YES) {
		if (report_explain(&text, words, &receivers, style))
			code = cli_print(cli, &text);
		else
			code = refuse(cli, words);
	}
	conf_receivers_clear(&receivers);
	buffer_clear(&text);
	return code;
}

static int run_explain(struct cli *cli)
{
	const struct report_style style = cli_style(cli);
	const struct report_style *form = cli_value(cli, "json") != NULL ? NULL : &style;
	struct buffer words = BUFFER_INIT;
	int code;

	if (cli_value(cli, "list") != NULL)
		return list(cli, form);
	if (cli->word_count == 0)
		return cli_fail(cli, CLI_USAGE,
		    "expected a finding, a reply or a result, or --list for all of them");
	for (size_t i = 0; i < cli->word_count; i++)
		buffer_printf(&words, "%s%s", i == 0 ? "" : " ", cli->words[i]);
	code = explain(cli, buffer_span(&words), form);
	buffer_clear(&words);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"list", NULL,
	"the tables, or the one named: findings, replies, status, results, providers, receivers"},
    {"json", NULL, "one JSON object a line"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay explain bare-lf",
    "mailassay explain 550-5.7.26 This mail has been blocked because the sender is "
    "unauthenticated",
    "mailassay explain 5.7.25",
    "mailassay explain dmarc=fail",
    "mailassay explain --list findings",
    NULL,
};

const struct cli_command CLI_EXPLAIN = {
    .name = "explain",
    .words = "WORD...",
    .words_max = 1000,
    .summary = "what a reply, a finding or a result means, and what to do",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_explain,
};
