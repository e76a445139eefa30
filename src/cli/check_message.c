/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay check message: the gateway's verdicts on a message in a file, and the gate of it where
 * something is required.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/judge.h"
#include "mime/text.h"
#include "policy/belongs.h"
#include "policy/gate.h"
#include "report/check.h"
#include "report/gate.h"
#include "run/file.h"
#include "run/route.h"

#define MESSAGE_MAX (1U << 30)

struct check {
	struct cli *cli;
	struct arena *arena;
	struct dns_view *view;
	struct cli_identity identity;
	struct verify_route route; /* without a name when there is none */
	struct buffer source;
	struct verify *verify;
	struct record_session session;
	struct record_message message;
	struct mail_header header;
	struct verify_result result;
	struct buffer evidence;
	bool gated; /* something is required */
	struct policy policy;
	enum policy_viewpoint viewpoint;
	struct gate gate;
};

/* A file without any CRLF is read with LF as its line end. */
static void mend_line_ends(struct buffer *source)
{
	struct span rest = buffer_span(source);
	struct buffer mended = BUFFER_INIT;

	if (rest.len == 0 || memmem(rest.data, rest.len, "\r\n", 2) != NULL ||
	    span_index(rest, '\n') < 0)
		return;
	while (rest.data != NULL) {
		buffer_add_span(&mended, span_cut(&rest, '\n'));
		if (rest.data != NULL)
			buffer_add(&mended, "\r\n", 2);
	}
	buffer_clear(source);
	*source = mended;
}

static enum verify_status judge_message(void *arg)
{
	struct check *c = arg;

	return verify_end(c->verify, c->view, &c->result);
}

static void fill_envelope(struct check *c)
{
	struct record_envelope *e = &c->message.envelope;
	const char *rcpt;

	e->mail_from = cli_value(c->cli, "mail-from");
	e->smtputf8 = cli_value(c->cli, "smtputf8") != NULL;
	for (size_t i = 0; (rcpt = cli_value_at(c->cli, "rcpt", i)) != NULL; i++) {
		array_grow(&e->rcpt_to, e->rcpt_count, sizeof(*e->rcpt_to));
		e->rcpt_to[e->rcpt_count++] = rcpt;
	}
}

static void fill_record(struct check *c, const struct mail_message *facts)
{
	struct record_message *m = &c->message;

	c->session.client.ip = c->identity.ip;
	c->session.client.helo = cli_value(c->cli, "helo");
	m->session = &c->session;
	m->size = c->source.len;
	m->message_id = facts->message_id;
	m->from = facts->from;
	m->date = facts->date;
	m->subject = mime_decode_words(c->arena, facts->subject);
	fill_envelope(c);
}

static int judge_file(struct check *c)
{
	struct span source;
	struct mail_message facts;
	struct verify_input input;
	int code;

	mend_line_ends(&c->source);
	source = buffer_span(&c->source);
	mail_header_parse(source, c->arena, &c->header);
	mail_message_read(&c->header, c->arena, &facts);
	fill_record(c, &facts);
	input = (struct verify_input){
	    .client = c->identity.ip,
	    .helo = c->identity.helo,
	    .mail_from = c->identity.mail_from,
	    .header = &c->header,
	    .message = &facts,
	    .now = c->identity.now,
	    .smtputf8 = c->message.envelope.smtputf8,
	    .route = c->message.route,
	};
	c->verify = verify_begin(&input);
	source = span_after(source, c->header.body);
	verify_body(c->verify, source.data, source.len);
	code = cli_judge(c->cli, c->view, judge_message, c);
	c->message.observed = c->result.observed;
	c->message.predicted = c->result.predicted;
	c->message.findings = c->result.findings;
	return code;
}

/* The message by the rules of every message, and of the headings that it belongs to. */
static void judge_gate(struct check *c)
{
	struct mime_content content;
	const struct selection_subject subject = {&c->message, &content, c->identity.now * 1000};
	bool *sections = arena_alloc(c->arena, c->policy.section_count * sizeof(*sections));

	mime_content_read(buffer_span(&c->source), c->arena, &content);
	for (size_t i = 0; i < c->policy.section_count; i++)
		sections[i] = selection_means(&c->policy.sections[i].selection, &subject);
	gate_add(&c->gate, &c->policy, sections,
	    &(const struct policy_facts){
		.message = &c->message,
		.viewpoint = c->viewpoint,
		.header = &c->header,
		.content = &content,
		.evidence = buffer_span(&c->evidence),
		.file = true,
	    },
	    c->arena);
	gate_finish(&c->gate);
}

/* What is required, where something is. */
static int read_policy(struct check *c)
{
	int code = cli_viewpoint(c->cli, &c->viewpoint);

	c->gated = cli_policy_given(c->cli);
	if (code == CLI_YES && c->gated)
		code = cli_policy(c->cli, &c->policy);
	else if (code == CLI_YES && cli_value(c->cli, "viewpoint") != NULL)
		code = cli_fail(c->cli, CLI_USAGE,
		    "--viewpoint: expected --require, --profile or --policy beside it");
	return code;
}

static int print_message(struct check *c)
{
	struct report_style style = cli_style(c->cli);
	const struct gate *gate = c->gated ? &c->gate : NULL;
	const struct report_check report = {&c->message, buffer_span(&c->evidence), gate};
	struct buffer text = BUFFER_INIT;
	int code;

	if (cli_value(c->cli, "json") == NULL) {
		report_check_text(&text, &report, &style);
		if (gate != NULL) {
			buffer_add_char(&text, '\n');
			report_gate_text(&text, gate, &style);
		}
	} else {
		report_check_json(&text, &c->message, gate);
		buffer_add_char(&text, '\n');
	}
	code = cli_print(c->cli, &text);
	return code == CLI_YES && gate != NULL && gate->outcome != GATE_PASS ? CLI_NO : code;
}

/* The route that --route names. */
static int find_route(struct check *c)
{
	const struct conf_settings *s = &c->cli->settings;
	const char *name = cli_value(c->cli, "route");
	const struct conf_route *route;
	struct buffer known = BUFFER_INIT;

	if (name == NULL)
		return CLI_YES;
	route = conf_route_find(s, span_from(name));
	if (route != NULL) {
		c->route = route_of(route);
		c->message.route = &c->route;
		return CLI_YES;
	}
	conf_route_names(s, &known);
	if (known.len > 0)
		cli_fail(c->cli, CLI_USAGE,
		    "--route: expected one of: %s, got \"%s\"; name a route of the configuration",
		    known.data, name);
	else
		cli_fail(c->cli, CLI_USAGE,
		    "--route: expected a route of the configuration, which has none, got \"%s\"; "
		    "name a file with a section route NAME { ... } by -c",
		    name);
	buffer_clear(&known);
	return CLI_USAGE;
}

static int run_check_message(struct cli *cli)
{
	struct check c = {.cli = cli};
	struct error err;
	int code = cli_identity(cli, &c.identity);

	if (code == CLI_YES)
		code = cli_judge_prepare(cli);
	if (code == CLI_YES)
		code = find_route(&c);
	if (code == CLI_YES)
		code = read_policy(&c);
	if (code == CLI_YES && file_read(cli->words[0], MESSAGE_MAX, &c.source, &err) < 0)
		code = cli_error(cli, &err);
	if (code != CLI_YES) {
		policy_clear(&c.policy);
		return code;
	}
	c.arena = arena_new();
	c.view = dns_view_new(cli->zones);
	code = judge_file(&c);
	dns_view_evidence(c.view, &c.evidence);
	if (code == CLI_YES && c.gated)
		judge_gate(&c);
	if (code == CLI_YES)
		code = print_message(&c);
	policy_clear(&c.policy);
	verify_free(c.verify);
	dns_view_free(c.view);
	free(c.message.envelope.rcpt_to);
	buffer_clear(&c.source);
	buffer_clear(&c.evidence);
	arena_free(c.arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    CLI_IDENTITY_OPTIONS,
    CLI_JUDGE_OPTIONS,
    CLI_POLICY_OPTIONS,
    {"rcpt", "ADDRESS", "a recipient (repeatable)"},
    {"utc", NULL, "times in UTC, not local"},
    {"route", "NAME", "predict by this route of the configuration"},
    {"smtputf8", NULL, "as if MAIL had said SMTPUTF8: the header may hold UTF-8"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay check message mail.eml --ip 203.0.113.7 --helo mail.example.com \\\n"
    "      --mail-from a@example.com --zone what-if.zone",
    "mailassay check message mail.eml --mail-from a@example.com --route provider",
    "mailassay show latest --raw | mailassay check message - --json",
    "mailassay check message mail.eml --mail-from a@example.com --route provider \\\n"
    "      --profile gmail --require 'subject~\"Welcome\" size<=100K'",
    NULL,
};

const struct cli_command CLI_CHECK_MESSAGE = {
    .name = "check message",
    .words = "FILE",
    .words_min = 1,
    .words_max = 1,
    .summary = "the verdicts on a message in a file (- is standard input)",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_check_message,
};
