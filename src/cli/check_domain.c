/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay check domain: what a domain publishes for its mail, and what is wrong with it.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "cli/judge.h"
#include "mail/domain.h"
#include "report/lint.h"

struct check {
	struct cli *cli;
	struct arena *arena;
	struct dns_view *view;
	struct span domain; /* normalized */
	struct dkim_verdict *keys;
	struct lint lint;
	struct report_domain report;
};

static enum verify_status judge(void *arg)
{
	struct check *c = arg;
	struct report_domain *d = &c->report;
	const char *selector;
	bool missing;

	c->lint.count = 0;
	missing = lint_spf(c->domain, c->view, c->arena, &c->lint, &d->spf) == VERIFY_NEEDS_DNS;
	for (size_t i = 0; (selector = cli_value_at(c->cli, "selector", i)) != NULL; i++)
		missing |= lint_dkim(c->domain, span_from(selector), c->view, c->arena, &c->lint,
			       &c->keys[i]) == VERIFY_NEEDS_DNS;
	missing |=
	    lint_dmarc(c->domain, c->view, c->arena, &c->lint, &d->dmarc) == VERIFY_NEEDS_DNS;
	missing |= lint_mx(c->domain, c->view, c->arena, &c->lint) == VERIFY_NEEDS_DNS;
	return missing ? VERIFY_NEEDS_DNS : VERIFY_DONE;
}

static int compare_preferences(const void *a, const void *b)
{
	const struct dns_record *x = a, *y = b;

	return (int)x->preference - (int)y->preference;
}

static void fill_exchanges(struct check *c)
{
	const struct dns_answer *mx = dns_view_lookup(c->view, c->domain, DNS_MX);
	struct dns_answer *sorted;

	if (mx == NULL || mx->count == 0)
		return;
	sorted = dns_answer_copy(c->arena, mx);
	qsort(sorted->records, sorted->count, sizeof(*sorted->records), compare_preferences);
	c->report.mx = arena_alloc(c->arena, sorted->count * sizeof(*c->report.mx));
	for (size_t i = 0; i < sorted->count; i++)
		c->report.mx[c->report.mx_count++] = sorted->records[i].name;
}

static int print(struct check *c)
{
	struct report_style style = cli_style(c->cli);
	struct buffer text = BUFFER_INIT;

	fill_exchanges(c);
	c->report.organizational_domain = c->report.dmarc.organizational_domain;
	if (cli_value(c->cli, "json") == NULL) {
		report_domain_text(&text, &c->report, &style);
	} else {
		report_domain_json(&text, &c->report);
		buffer_add_char(&text, '\n');
	}
	return cli_print(c->cli, &text);
}

/* As A-labels; a domain that mail comes from has two labels or more. */
static int read_domain(struct check *c)
{
	const char *word = c->cli->words[0];
	const char *ascii = mail_domain_to_ascii(c->arena, span_from(word));
	struct ip literal;

	if (ascii == NULL || mail_helo_kind(span_from(ascii), &literal) != MAIL_HELO_NAME)
		return cli_fail(c->cli, CLI_USAGE,
		    "%s: expected a domain name such as example.com; see mailassay help check "
		    "domain",
		    word);
	c->domain = span_from(ascii);
	c->report.domain = ascii;
	return CLI_YES;
}

static void make_room_for_keys(struct check *c)
{
	while (cli_value_at(c->cli, "selector", c->report.dkim_count) != NULL)
		c->report.dkim_count++;
	c->keys = arena_alloc(c->arena, c->report.dkim_count * sizeof(*c->keys));
	c->report.dkim = c->keys;
}

static int run_check_domain(struct cli *cli)
{
	struct check c = {.cli = cli, .arena = arena_new()};
	int code = read_domain(&c);

	if (code == CLI_YES)
		code = cli_judge_prepare(cli);
	if (code == CLI_YES) {
		make_room_for_keys(&c);
		c.report.lint = &c.lint;
		c.view = dns_view_new(cli->zones);
		code = cli_judge(cli, c.view, judge, &c);
	}
	if (code == CLI_YES)
		code = print(&c);
	dns_view_free(c.view);
	arena_free(c.arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"selector", "NAME", "a DKIM selector whose key to look at (repeatable)"},
    CLI_JUDGE_OPTIONS,
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay check domain example.com --selector s1",
    "mailassay check domain example.com --zone what-if.zone --json | jq .score",
    NULL,
};

const struct cli_command CLI_CHECK_DOMAIN = {
    .name = "check domain",
    .words = "DOMAIN",
    .words_min = 1,
    .words_max = 1,
    .summary = "what a domain publishes for its mail, and what is wrong with it",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_check_domain,
};
