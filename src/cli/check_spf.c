/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay check spf: the SPF verdicts on an address, a HELO name and a reverse-path.
 */
#include "verify/spf.h"

#include "cli/judge.h"
#include "report/json.h"

struct check {
	struct cli *cli;
	struct arena *arena;
	struct dns_view *view;
	struct cli_identity identity;
	struct spf_verdict spf, spf_helo;
};

static enum verify_status judge_spf(void *arg)
{
	struct check *c = arg;
	struct spf_query q = {
	    SPF_MAILFROM, c->identity.ip, c->identity.helo, c->identity.mail_from, c->identity.now};
	enum verify_status mailfrom = spf_check(&q, c->view, c->arena, &c->spf), helo;

	q.identity = SPF_HELO;
	helo = spf_check(&q, c->view, c->arena, &c->spf_helo);
	return mailfrom == VERIFY_DONE ? helo : mailfrom;
}

static int print_spf(struct check *c)
{
	struct report_style style = cli_style(c->cli);
	struct buffer text = BUFFER_INIT;

	if (cli_value(c->cli, "json") == NULL) {
		report_spf_text(&text, &c->spf, &c->spf_helo, &style);
	} else {
		report_spf_json(&text, &c->spf, &c->spf_helo);
		buffer_add_char(&text, '\n');
	}
	return cli_print(c->cli, &text);
}

static int read_arguments(struct check *c)
{
	struct cli *cli = c->cli;
	int code = cli_identity(cli, &c->identity);

	if (code == CLI_YES && c->identity.ip.family == IP_NONE)
		code = cli_fail(cli, CLI_USAGE,
		    "--ip: expected the client's address, got nothing; name it with --ip ADDRESS");
	if (code == CLI_YES && c->identity.helo.data == NULL && c->identity.mail_from.data == NULL)
		code = cli_fail(cli, CLI_USAGE,
		    "--mail-from, --helo: expected an identity to judge, got nothing; name one "
		    "with "
		    "--mail-from ADDRESS or --helo NAME");
	return code == CLI_YES ? cli_judge_prepare(cli) : code;
}

static int run_check_spf(struct cli *cli)
{
	struct check c = {.cli = cli};
	int code = read_arguments(&c);

	if (code != CLI_YES)
		return code;
	c.arena = arena_new();
	c.view = dns_view_new(cli->zones);
	code = cli_judge(cli, c.view, judge_spf, &c);
	if (code == CLI_YES)
		code = print_spf(&c);
	dns_view_free(c.view);
	arena_free(c.arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    CLI_IDENTITY_OPTIONS,
    CLI_JUDGE_OPTIONS,
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay check spf --ip 203.0.113.7 --helo mail.example.com --mail-from a@example.com",
    NULL,
};

const struct cli_command CLI_CHECK_SPF = {
    .name = "check spf",
    .words = "",
    .summary = "the SPF verdicts on an address, a HELO name and a reverse-path",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_check_spf,
};
