/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay check dmarc: the DMARC verdict on a From domain, given what SPF and DKIM said.
 */
#include "verify/dmarc.h"

#include <string.h>

#include "base/name.h"
#include "cli/judge.h"
#include "mail/domain.h"
#include "report/json.h"

struct check {
	struct cli *cli;
	struct arena *arena;
	struct dns_view *view;
	struct mail_mailbox author;
	struct dmarc_identifier identifiers[DKIM_SIGNATURES_MAX + 1];
	size_t count;
	struct dmarc_verdict dmarc;
	struct finding_list findings;
};

/* The domain as A-labels, or NULL when the text is none. */
static const char *read_domain(struct check *c, struct span text)
{
	const char *name = mail_domain_to_ascii(c->arena, text);
	struct ip ip;

	if (name == NULL || !mail_domain_valid(span_from(name)) || ip_parse(text, &ip) == 0)
		return NULL;
	return name;
}

static int read_author(struct check *c)
{
	const char *given = cli_value(c->cli, "from"), *domain;
	struct span text = span_from(given);

	if (given == NULL)
		return cli_fail(
		    c->cli, CLI_USAGE, "expected --from DOMAIN; see mailassay help check dmarc");
	domain = read_domain(c, span_after(text, (size_t)(span_rindex(text, '@') + 1)));
	if (domain == NULL)
		return cli_fail(c->cli, CLI_USAGE,
		    "--from: expected a domain or an address, got \"%s\"", given);
	c->author.domain = span_from(domain);
	return CLI_YES;
}

static int refuse_result(struct check *c, const char *option, const char *given)
{
	struct buffer words = BUFFER_INIT;
	int code;

	for (size_t i = 0; i < AUTH_RESULT_COUNT; i++)
		buffer_printf(&words, "%s%s", i == 0 ? "" : " ", AUTH_RESULT_NAME[i]);
	code = cli_fail(c->cli, CLI_USAGE,
	    "--%s: expected DOMAIN=RESULT, RESULT one of %s, got \"%s\"", option, words.data,
	    given);
	buffer_clear(&words);
	return code;
}

/* DOMAIN=RESULT */
static int read_identifier(struct check *c, const char *option, const char *given)
{
	struct dmarc_identifier *id = &c->identifiers[c->count++];
	struct span text = span_from(given);
	ptrdiff_t sign = span_rindex(text, '=');
	int result;

	if (sign < 0)
		return refuse_result(c, option, given);
	result = name_find(AUTH_RESULT_NAME, AUTH_RESULT_COUNT, span_after(text, (size_t)sign + 1));
	if (result < 0)
		return refuse_result(c, option, given);
	id->is_dkim = strcmp(option, "dkim") == 0;
	id->result = (enum auth_result)result;
	id->domain = read_domain(c, span_first(text, (size_t)sign));
	if (id->domain == NULL)
		return cli_fail(c->cli, CLI_USAGE,
		    "--%s: expected a domain before the sign of equality, got \"%s\"", option,
		    given);
	return CLI_YES;
}

/* As many values of the option as a message can have. */
static int read_identifiers(struct check *c, const char *option, size_t max)
{
	const char *given;
	int code = CLI_YES;

	if (cli_value_at(c->cli, option, max) != NULL)
		return max == 1 ? cli_fail(c->cli, CLI_USAGE,
				      "--%s: expected it at most once, since a message has one "
				      "reverse-path",
				      option)
		                : cli_fail(c->cli, CLI_USAGE,
				      "--%s: expected it at most %zu times, since no more "
				      "signatures are judged",
				      option, max);
	for (size_t i = 0; code == CLI_YES && (given = cli_value_at(c->cli, option, i)) != NULL;
	     i++)
		code = read_identifier(c, option, given);
	return code;
}

static int read_arguments(struct check *c)
{
	int code = read_author(c);

	if (code == CLI_YES)
		code = read_identifiers(c, "spf", 1);
	if (code == CLI_YES)
		code = read_identifiers(c, "dkim", DKIM_SIGNATURES_MAX);
	return code == CLI_YES ? cli_judge_prepare(c->cli) : code;
}

static enum verify_status judge_dmarc(void *arg)
{
	struct check *c = arg;
	const struct mail_message message = {.from_list = {&c->author, 1}, .from_fields = 1};
	const struct dmarc_input in = {&message, c->identifiers, c->count};

	return dmarc_check(&in, c->view, c->arena, &c->dmarc, &c->findings);
}

static int print_dmarc(struct check *c)
{
	struct report_style style = cli_style(c->cli);
	struct buffer text = BUFFER_INIT;

	if (cli_value(c->cli, "json") == NULL) {
		report_dmarc_text(&text, &c->dmarc, &c->findings, &style);
	} else {
		report_dmarc_json(&text, &c->dmarc, &c->findings);
		buffer_add_char(&text, '\n');
	}
	return cli_print(c->cli, &text);
}

static int run_check_dmarc(struct cli *cli)
{
	struct check c = {.cli = cli, .arena = arena_new()};
	int code = read_arguments(&c);

	if (code == CLI_YES) {
		c.view = dns_view_new(cli->zones);
		code = cli_judge(cli, c.view, judge_dmarc, &c);
	}
	if (code == CLI_YES)
		code = print_dmarc(&c);
	dns_view_free(c.view);
	arena_free(c.arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"from", "DOMAIN", "the domain of the From field; of an address its domain"},
    {"spf", "DOMAIN=RESULT", "what SPF said, and of which domain"},
    {"dkim", "DOMAIN=RESULT", "what a signature of this domain gave (repeatable)"},
    CLI_JUDGE_OPTIONS,
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay check dmarc --from example.com --spf bounce.example.com=pass",
    "mailassay check dmarc --from example.com --spf example.net=fail \\\n"
    "      --dkim mail.example.com=pass --zone what-if.zone --json",
    NULL,
};

const struct cli_command CLI_CHECK_DMARC = {
    .name = "check dmarc",
    .words = "",
    .summary = "the DMARC verdict on a From domain, given the results of SPF and DKIM",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_check_dmarc,
};
