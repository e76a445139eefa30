/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay check message, check spf: the gateway's verdicts without a gateway.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "dns/resolver.h"
#include "mime/text.h"
#include "report/json.h"
#include "run/clock.h"
#include "run/file.h"
#include "verify/spf.h"

#define MESSAGE_MAX (1U << 30)

struct check {
	struct cli *cli;
	struct arena *arena;
	struct dns_view *view;
	struct loop *loop;
	bool judged;
	struct ip ip; /* IP_NONE: not given */
	struct span helo, mail_from;
	int64_t now; /* seconds */
	/* check message */
	struct buffer source;
	struct verify *verify;
	struct record_session session;
	struct record_message message;
	struct finding_list findings;
	/* check spf */
	struct spf_verdict spf, spf_helo;
};

static void judged(void *arg)
{
	struct check *c = arg;

	c->judged = true;
	loop_stop(c->loop);
}

static const struct conf_list *dns_servers(struct check *c, struct conf_list *given)
{
	const char *server;

	for (size_t i = 0; (server = cli_value_at(c->cli, "dns", i)) != NULL; i++) {
		array_grow(&given->items, given->count, sizeof(*given->items));
		given->items[given->count++] = server;
	}
	return given->count > 0 ? given : &c->cli->settings.dns;
}

/* Runs the judgment to its end, asking the resolver for what the zones do not answer. */
static int run_judgment(struct check *c, enum verify_status (*judge)(void *arg))
{
	struct conf_list given = {NULL, 0};
	struct resolver *resolver;
	struct error err;
	int code = CLI_YES;

	c->loop = loop_new();
	c->view = dns_view_new(c->cli->zones);
	resolver = resolver_new(c->loop, dns_servers(c, &given), &err);
	if (resolver == NULL) {
		code = cli_error(c->cli, &err);
	} else {
		resolver_judge(
		    resolver, c->view, c->cli->settings.dns_timeout_ms, judge, judged, c);
		while (!c->judged)
			loop_run(c->loop);
	}
	resolver_free(resolver);
	loop_free(c->loop);
	free(given.items);
	return code;
}

static int read_identity(struct check *c)
{
	const char *ip = cli_value(c->cli, "ip"), *at = cli_value(c->cli, "at");
	uint64_t seconds;
	int64_t ms = clock_now_ms();

	c->helo = span_from(cli_value(c->cli, "helo"));
	c->mail_from = span_from(cli_value(c->cli, "mail-from"));
	if (ip != NULL && ip_parse(span_from(ip), &c->ip) < 0)
		return cli_fail(
		    c->cli, CLI_USAGE, "--ip: expected an IPv4 or IPv6 address, got \"%s\"", ip);
	if (at != NULL && span_to_uint(span_from(at), UINT32_MAX, &seconds) == 0)
		ms = (int64_t)seconds * 1000;
	else if (at != NULL && date_rfc3339_parse(span_from(at), &ms) < 0)
		return cli_fail(c->cli, CLI_USAGE,
		    "--at: expected 2026-11-23T16:00:00Z or seconds since 1970, got \"%s\"", at);
	c->now = ms / 1000;
	return CLI_YES;
}

static int prepare(struct check *c)
{
	int code = read_identity(c);

	if (code == CLI_YES)
		code = cli_settings(c->cli);
	return code == CLI_YES ? cli_zones(c->cli) : code;
}

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

	return verify_end(c->verify, c->view, &c->message.observed, &c->findings);
}

static void fill_envelope(struct check *c)
{
	struct record_envelope *e = &c->message.envelope;
	const char *rcpt;

	e->mail_from = cli_value(c->cli, "mail-from");
	for (size_t i = 0; (rcpt = cli_value_at(c->cli, "rcpt", i)) != NULL; i++) {
		array_grow(&e->rcpt_to, e->rcpt_count, sizeof(*e->rcpt_to));
		e->rcpt_to[e->rcpt_count++] = rcpt;
	}
}

static int judge_file(struct check *c)
{
	struct span source;
	struct mail_header header;
	struct mail_message facts;
	struct verify_input input;
	int code;

	mend_line_ends(&c->source);
	source = buffer_span(&c->source);
	mail_header_parse(source, c->arena, &header);
	mail_message_read(&header, c->arena, &facts);
	input = (struct verify_input){
	    .client = c->ip,
	    .helo = c->helo,
	    .mail_from = c->mail_from,
	    .header = &header,
	    .message = &facts,
	    .now = c->now,
	};
	c->session.client.ip = c->ip;
	c->session.client.helo = cli_value(c->cli, "helo");
	c->message.session = &c->session;
	c->message.size = source.len;
	c->message.message_id = facts.message_id;
	c->message.from = facts.from;
	c->message.date = facts.date;
	c->message.subject = mime_decode_words(c->arena, facts.subject);
	fill_envelope(c);
	c->verify = verify_begin(&input);
	source = span_after(source, header.body);
	verify_body(c->verify, source.data, source.len);
	code = run_judgment(c, judge_message);
	c->message.findings = c->findings;
	return code;
}

static int print_message(struct check *c)
{
	struct report_style style = cli_style();
	struct buffer text = BUFFER_INIT;

	if (cli_value(c->cli, "json") == NULL) {
		report_message_text(&text, &c->message, &style);
	} else {
		report_message_json(&text, &c->message);
		buffer_add_char(&text, '\n');
	}
	return cli_print(c->cli, &text);
}

static int run_check_message(struct cli *cli)
{
	struct check c = {.cli = cli};
	struct error err;
	int code = prepare(&c);

	if (code == CLI_YES && file_read(cli->words[0], MESSAGE_MAX, &c.source, &err) < 0)
		code = cli_error(cli, &err);
	if (code != CLI_YES)
		return code;
	c.arena = arena_new();
	code = judge_file(&c);
	if (code == CLI_YES)
		code = print_message(&c);
	verify_free(c.verify);
	dns_view_free(c.view);
	free(c.message.envelope.rcpt_to);
	buffer_clear(&c.source);
	arena_free(c.arena);
	return code;
}

static enum verify_status judge_spf(void *arg)
{
	struct check *c = arg;
	struct spf_query q = {SPF_MAILFROM, c->ip, c->helo, c->mail_from, c->now};
	enum verify_status mailfrom = spf_check(&q, c->view, c->arena, &c->spf), helo;

	q.identity = SPF_HELO;
	helo = spf_check(&q, c->view, c->arena, &c->spf_helo);
	return mailfrom == VERIFY_DONE ? helo : mailfrom;
}

static int print_spf(struct check *c)
{
	struct report_style style = cli_style();
	struct buffer text = BUFFER_INIT;

	if (cli_value(c->cli, "json") == NULL) {
		report_spf_text(&text, &c->spf, &c->spf_helo, &style);
	} else {
		report_spf_json(&text, &c->spf, &c->spf_helo);
		buffer_add_char(&text, '\n');
	}
	return cli_print(c->cli, &text);
}

static int run_check_spf(struct cli *cli)
{
	struct check c = {.cli = cli};
	int code = prepare(&c);

	if (code == CLI_YES && c.ip.family == IP_NONE)
		code =
		    cli_fail(cli, CLI_USAGE, "expected --ip ADDRESS; see mailassay help check spf");
	if (code == CLI_YES && c.helo.data == NULL && c.mail_from.data == NULL)
		code = cli_fail(cli, CLI_USAGE,
		    "expected --mail-from ADDRESS or --helo NAME; see mailassay help check spf");
	if (code != CLI_YES)
		return code;
	c.arena = arena_new();
	code = run_judgment(&c, judge_spf);
	if (code == CLI_YES)
		code = print_spf(&c);
	dns_view_free(c.view);
	arena_free(c.arena);
	return code;
}

#define IDENTITY_OPTIONS                                                                           \
	{"ip", "ADDRESS", "the client's IP address"}, {"helo", "NAME", "its HELO name"},           \
	    {"mail-from", "ADDRESS", "the reverse-path; '' is the null reverse-path"},             \
	    {"at", "TIME", "judge expiry as of this time (RFC 3339, or seconds since 1970)"},      \
	    {"zone", "FILE", "a zone file that answers first (repeatable)"},                       \
	    {"dns", "HOST:PORT", "ask this server (repeatable), not the system's"},                \
	{                                                                                          \
		"json", NULL, "one JSON object"                                                    \
	}

static const struct cli_option MESSAGE_OPTIONS[] = {
    IDENTITY_OPTIONS,
    {"rcpt", "ADDRESS", "a recipient (repeatable)"},
    {NULL, NULL, NULL},
};

static const struct cli_option SPF_OPTIONS[] = {
    IDENTITY_OPTIONS,
    {NULL, NULL, NULL},
};

static const char *const MESSAGE_EXAMPLES[] = {
    "mailassay check message mail.eml --ip 203.0.113.7 --helo mail.example.com \\\n"
    "      --mail-from a@example.com --zone what-if.zone",
    "mailassay show latest --raw | mailassay check message - --json",
    NULL,
};

static const char *const SPF_EXAMPLES[] = {
    "mailassay check spf --ip 203.0.113.7 --helo mail.example.com --mail-from a@example.com",
    NULL,
};

const struct cli_command CLI_CHECK_MESSAGE = {
    .name = "check message",
    .words = "FILE",
    .words_min = 1,
    .words_max = 1,
    .summary = "the verdicts on a message in a file (- is standard input)",
    .options = MESSAGE_OPTIONS,
    .examples = MESSAGE_EXAMPLES,
    .run = run_check_message,
};

const struct cli_command CLI_CHECK_SPF = {
    .name = "check spf",
    .words = "",
    .summary = "the SPF verdicts on an address, a HELO name and a reverse-path",
    .options = SPF_OPTIONS,
    .examples = SPF_EXAMPLES,
    .run = run_check_spf,
};
