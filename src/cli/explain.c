/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay explain: what a finding means, or all that there are.
 */
#include "cli/cli.h"
#include "report/explain.h"

static void add_entry(
    struct buffer *out, const struct finding_entry *entry, const struct report_style *style)
{
	if (style == NULL) {
		report_explain_json(out, entry);
		buffer_add_char(out, '\n');
	} else {
		report_explain_line(out, entry, style);
	}
}

/* style NULL: as JSON. */
static int print_all(const struct cli *cli, const struct report_style *style)
{
	struct buffer text = BUFFER_INIT;

	if (style != NULL)
		report_explain_head(&text, style);
	for (int i = 0; i < FINDING_ID_COUNT; i++)
		add_entry(&text, finding_entry((enum finding_id)i), style);
	return cli_print(cli, &text);
}

static int refuse(const struct cli *cli, const char *word)
{
	struct buffer near = BUFFER_INIT;
	int code;

	report_explain_near(&near, span_from(word));
	if (near.len > 0)
		code = cli_fail(cli, CLI_NO,
		    "%s: no finding has this id; did you mean %s? See mailassay explain --list",
		    word, near.data);
	else
		code = cli_fail(
		    cli, CLI_NO, "%s: no finding has this id; see mailassay explain --list", word);
	buffer_clear(&near);
	return code;
}

static int print_one(const struct cli *cli, const char *word, const struct report_style *style)
{
	struct buffer text = BUFFER_INIT;
	int id = finding_find(span_from(word));

	if (id < 0)
		return refuse(cli, word);
	if (style == NULL)
		add_entry(&text, finding_entry((enum finding_id)id), NULL);
	else
		report_explain_text(&text, finding_entry((enum finding_id)id), style);
	return cli_print(cli, &text);
}

static int run_explain(struct cli *cli)
{
	const struct report_style style = cli_style();
	const struct report_style *form = cli_value(cli, "json") != NULL ? NULL : &style;
	bool list = cli_value(cli, "list") != NULL;

	if (list == (cli->word_count > 0))
		return cli_fail(
		    cli, CLI_USAGE, "expected the id of a finding, or --list for all of them");
	return list ? print_all(cli, form) : print_one(cli, cli->words[0], form);
}

static const struct cli_option OPTIONS[] = {
    {"list", NULL, "all findings: severity, reference, reply in reject mode, what is wrong"},
    {"json", NULL, "one JSON object a line"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay explain bare-lf",
    "mailassay explain --list",
    NULL,
};

const struct cli_command CLI_EXPLAIN = {
    .name = "explain",
    .words = "ID",
    .words_max = 1,
    .summary = "what a finding means, and how a strict listener answers it",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_explain,
};
