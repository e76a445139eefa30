/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay check again: a stored message judged anew from its source and its evidence alone, and
 * what of it is not as stored. Nothing is asked of the network.
 */
#include "base/codec.h"
#include "cli/cli.h"
#include "dns/view.h"
#include "mail/message.h"
#include "report/again.h"

struct check {
	struct cli *cli;
	struct arena *arena;
	struct record_message stored;
	struct buffer source, evidence;
	struct dns_view *view;
	struct verify *verify;
	struct verify_result result;
	struct report_again again;
};

/* All that was kept of the message; an enum cli_exit. */
static int read_stored(struct check *c)
{
	struct store *store = NULL;
	char id[ULID_SIZE];
	struct error err;
	int code = cli_store(c->cli, &store);

	if (code == CLI_YES)
		code = cli_message_id(c->cli, store, c->cli->words[0], id);
	if (code == CLI_YES && (store_message(store, id, c->arena, &c->stored, &err) < 0 ||
				   store_source(store, id, &c->source, &err) < 0 ||
				   store_evidence(store, id, &c->evidence, &err) < 0))
		code = cli_error(c->cli, &err);
	store_close(store);
	return code;
}

static int restore_view(struct check *c)
{
	struct error err;

	c->view = dns_view_new(NULL);
	if (dns_view_restore(c->view, buffer_span(&c->evidence), &err) == 0)
		return CLI_YES;
	return cli_fail(c->cli, CLI_NO, "%s: %s", c->stored.id, err.text);
}

/* Judges as the gateway did: at the same time, of the same client, for the same route. */
static void judge(struct check *c)
{
	struct span source = buffer_span(&c->source);
	const struct record_client *client = &c->stored.session->client;
	struct mail_header *header = arena_alloc(c->arena, sizeof(*header));
	struct mail_message *facts = arena_alloc(c->arena, sizeof(*facts));
	struct verify_input input = {
	    .client = client->ip,
	    .helo = span_from(client->helo),
	    .mail_from = span_from(c->stored.envelope.mail_from),
	    .header = header,
	    .message = facts,
	    .now = c->stored.received_at / 1000,
	    .authenticated = c->stored.session->auth.mechanism != NULL,
	    .smtputf8 = c->stored.envelope.smtputf8,
	    .route = c->stored.route,
	};

	mail_header_parse(source, c->arena, header);
	mail_message_read(header, c->arena, facts);
	c->verify = verify_begin(&input);
	source = span_after(source, header->body);
	verify_body(c->verify, source.data, source.len);
	c->again = (struct report_again){.stored = &c->stored, .again = &c->result};
	if (verify_end(c->verify, c->view, &c->result) == VERIFY_NEEDS_DNS)
		c->again.missing_count = dns_view_missing(c->view, &c->again.missing);
}

static int print_again(struct check *c)
{
	struct buffer text = BUFFER_INIT;
	bool agrees;
	int code;

	if (cli_value(c->cli, "json") == NULL) {
		agrees = report_again_text(&text, &c->again);
	} else {
		agrees = report_again_json(&text, &c->again);
		buffer_add_char(&text, '\n');
	}
	code = cli_print(c->cli, &text);
	return code == CLI_YES && !agrees ? CLI_NO : code;
}

static int run_check_again(struct cli *cli)
{
	struct check c = {.cli = cli, .arena = arena_new()};
	int code = read_stored(&c);

	if (code == CLI_YES)
		code = restore_view(&c);
	if (code == CLI_YES) {
		judge(&c);
		code = print_again(&c);
	}
	verify_free(c.verify);
	dns_view_free(c.view);
	buffer_clear(&c.source);
	buffer_clear(&c.evidence);
	arena_free(c.arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay check again latest",
    "mailassay check again 01ARYZ6S --json",
    NULL,
};

const struct cli_command CLI_CHECK_AGAIN = {
    .name = "check again",
    .words = "ID",
    .words_min = 1,
    .words_max = 1,
    .summary = "the verdicts of a stored message, computed again from its evidence",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_check_again,
};
