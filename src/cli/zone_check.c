/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay zone check: lint of the mail records in a zone file. Without a server to ask nothing
 * leaves the machine: what lies outside of the zones that were given is left out, and said.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/judge.h"
#include "report/lint.h"

/* A view that holds more answers than this is not used for another check. */
#define ANSWERS_MAX (DNS_VIEW_MAX / 4)

/* One check: all records of a kind at a name. */
struct task {
	enum lint_kind kind;
	struct span name;
	unsigned line;
};

struct check {
	struct cli *cli;
	struct arena *arena;
	struct dns_view *view;
	bool asks; /* there is a server for what lies outside */
	struct task *tasks;
	size_t task_count;
	const struct task *task; /* that is being made */
	size_t before;           /* findings before it */
	struct lint lint;
	struct lint_spf spf;
	void *outside; /* names outside of the zones that were said already: a tree of tsearch */
	struct report_zone report;
};

/* The records of one name come one after the other. */
static bool has_task(const struct check *c, struct span name, enum lint_kind kind)
{
	for (size_t i = c->task_count; i > 0; i--) {
		const struct task *t = &c->tasks[i - 1];

		if (t->name.data != name.data)
			return false;
		if (t->kind == kind)
			return true;
	}
	return false;
}

static void take_record(const struct dns_zone_item *item, void *arg)
{
	struct check *c = arg;
	enum lint_kind kind = lint_kind_of(item->name, item->type, item->record->text);

	if (kind == LINT_NONE)
		return;
	c->report.records++;
	if (has_task(c, item->name, kind))
		return;
	array_grow(&c->tasks, c->task_count, sizeof(*c->tasks));
	c->tasks[c->task_count++] = (struct task){kind, item->name, item->line};
}

static int compare_lines(const void *a, const void *b)
{
	const struct task *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

static enum verify_status judge(void *arg)
{
	struct check *c = arg;

	c->lint.count = c->before;
	return lint_records(c->task->kind, c->task->name, c->view, c->arena, &c->lint, &c->spf);
}

static int judge_task(struct check *c)
{
	enum verify_status status = judge(c);

	if (status == VERIFY_NEEDS_DNS && c->asks)
		return cli_judge(c->cli, c->view, judge, c);
	while (status == VERIFY_NEEDS_DNS) {
		dns_view_fail_missing(c->view, DNS_TIMEOUT);
		status = judge(c);
	}
	return CLI_YES;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void leave(void *name)
{
	(void)name;
}

/* Whether the finding is about a name outside of the zones that was said of another record. */
static bool was_said(struct check *c, const struct lint_item *item)
{
	const char **node;

	if (item->id != FINDING_OUTSIDE_ZONE)
		return false;
	node = tsearch(item->asked, &c->outside, compare_names);
	if (node == NULL)
		abort();
	return *node != item->asked;
}

/* What the check found gets its line; names outside are said once. */
static void keep_findings(struct check *c)
{
	size_t kept = c->before;

	for (size_t i = c->before; i < c->lint.count; i++) {
		struct lint_item *item = &c->lint.items[i];

		item->line = c->task->line;
		if (!was_said(c, item))
			c->lint.items[kept++] = *item;
	}
	c->lint.count = kept;
}

static void keep_cost(struct check *c)
{
	struct report_zone *z = &c->report;

	if (c->task->kind != LINT_SPF || c->spf.record == NULL)
		return;
	array_grow(&z->spf, z->spf_count, sizeof(*z->spf));
	z->spf[z->spf_count++] =
	    (struct report_spf_cost){arena_copy(c->arena, c->task->name), c->spf};
}

static int make_checks(struct check *c)
{
	int code = CLI_YES;

	if (c->task_count > 1)
		qsort(c->tasks, c->task_count, sizeof(*c->tasks), compare_lines);
	for (size_t i = 0; i < c->task_count && code == CLI_YES; i++) {
		if (c->view == NULL || dns_view_answered(c->view) > ANSWERS_MAX) {
			dns_view_free(c->view);
			c->view = dns_view_new(c->cli->zones);
		}
		c->task = &c->tasks[i];
		c->before = c->lint.count;
		code = judge_task(c);
		keep_findings(c);
		keep_cost(c);
	}
	return code;
}

static int print(struct check *c)
{
	struct buffer text = BUFFER_INIT;
	int code;

	if (cli_value(c->cli, "json") == NULL) {
		report_zone_text(&text, &c->report);
	} else {
		report_zone_json(&text, &c->report);
		buffer_add_char(&text, '\n');
	}
	code = cli_print(c->cli, &text);
	if (code == CLI_YES && lint_count(&c->lint, FINDING_ERROR) > 0)
		code = CLI_NO;
	return code;
}

/* The file's zone and those of --zone; the configuration's are not part of what is looked at. */
static int read_zones(struct check *c)
{
	struct cli *cli = c->cli;
	const char *file;
	int code = cli_settings(cli);

	if (code == CLI_YES)
		code = cli_zone_add(cli, c->report.file);
	for (size_t i = 0; (file = cli_value_at(cli, "zone", i)) != NULL && code == CLI_YES; i++)
		code = cli_zone_add(cli, file);
	c->asks = cli->settings.dns.count > 0;
	c->lint.zones = c->asks ? NULL : cli->zones;
	return code;
}

static int run_zone_check(struct cli *cli)
{
	struct check c = {.cli = cli, .report = {.file = cli->words[0]}};
	int code = read_zones(&c);

	if (code != CLI_YES)
		return code;
	c.arena = arena_new();
	c.report.lint = &c.lint;
	dns_zones_each(cli->zones, c.report.file, take_record, &c);
	code = make_checks(&c);
	if (code == CLI_YES)
		code = print(&c);
	tdestroy(c.outside, leave);
	dns_view_free(c.view);
	free(c.tasks);
	free(c.report.spf);
	arena_free(c.arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"zone", "FILE", "another zone file that its records refer to (repeatable)"},
    {"dns", "ADDRESS:PORT", "ask this server (repeatable) for what lies outside of the zones"},
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay zone check example.com.zone",
    "mailassay zone check example.com.zone --dns 127.0.0.53:53 --json | jq .findings",
    NULL,
};

const struct cli_command CLI_ZONE_CHECK = {
    .name = "zone check",
    .words = "FILE",
    .words_min = 1,
    .words_max = 1,
    .summary = "what is wrong with the mail records in a zone file",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_zone_check,
};
