/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay show: one message: for a person, as JSON, as it came, what is in it, its dialogue, or
 * the DNS answers that it was judged by.
 */
#include "base/codec.h"
#include "cli/cli.h"
#include "mail/header.h"
#include "mime/content.h"
#include "report/json.h"
#include "report/trace.h"
#include "run/host.h"

static int print_json(struct cli *cli, struct store *store, const char *id)
{
	struct arena *arena = arena_new();
	struct buffer text = BUFFER_INIT;
	struct record_message message;
	struct error err;
	int code = CLI_YES;

	if (store_message(store, id, arena, &message, &err) < 0)
		code = cli_error(cli, &err);
	else
		report_message_json(&text, &message);
	buffer_add_char(&text, '\n');
	if (code == CLI_YES)
		code = cli_print(cli, &text);
	buffer_clear(&text);
	arena_free(arena);
	return code;
}

/* The record, and what is in the message. */
static int print_page(struct cli *cli, struct store *store, const char *id)
{
	const struct report_style style = cli_style(cli);
	struct arena *arena = arena_new();
	struct buffer text = BUFFER_INIT, source = BUFFER_INIT;
	struct record_message message;
	struct mime_content content;
	struct error err;
	int code = CLI_YES;

	if (store_message(store, id, arena, &message, &err) < 0 ||
	    store_source(store, id, &source, &err) < 0) {
		code = cli_error(cli, &err);
	} else {
		mime_content_read(buffer_span(&source), arena, &content);
		report_message_text(&text, &message, &style);
		report_content_text(&text, &content, &style);
		report_hints_text(&text, id, &style);
		code = cli_print(cli, &text);
	}
	buffer_clear(&text);
	buffer_clear(&source);
	arena_free(arena);
	return code;
}

/* The source, behind the trace fields that this server would put in front of it. */
static int add_traced(struct store *store, const char *id, struct buffer *out, struct error *err)
{
	char host[HOST_NAME_SIZE];
	struct arena *arena = arena_new();
	struct buffer source = BUFFER_INIT;
	struct record_message message;
	int status = store_message(store, id, arena, &message, err);

	if (status == 0)
		status = store_source(store, id, &source, err);
	if (status == 0) {
		struct report_trace trace = {&message, buffer_span(&source), host_name(host)};

		report_trace(out, &trace);
		buffer_add_span(out, buffer_span(&source));
	}
	buffer_clear(&source);
	arena_free(arena);
	return status;
}

static int print_octets(struct cli *cli, struct store *store, const char *id,
    int (*read)(struct store *, const char *, struct buffer *, struct error *))
{
	struct buffer text = BUFFER_INIT;
	struct error err;

	if (read(store, id, &text, &err) == 0)
		return cli_print_mail(cli, &text);
	buffer_clear(&text);
	return cli_error(cli, &err);
}

static int add_headers(
    struct cli *cli, struct span source, const struct mime_content *content, struct buffer *out)
{
	struct arena *arena = arena_new();
	struct mail_header header;

	(void)cli;
	(void)content;
	mail_header_parse(source, arena, &header);
	buffer_add_span(out, header.section);
	arena_free(arena);
	return CLI_YES;
}

static int add_text(
    struct cli *cli, struct span source, const struct mime_content *content, struct buffer *out)
{
	(void)source;
	if (content->text[0] == '\0')
		return cli_fail(cli, CLI_NO, "--text: the message has no text; see --part");
	buffer_add_string(out, content->text);
	if (out->data[out->len - 1] != '\n')
		buffer_add_char(out, '\n');
	if (content->text_cut)
		fprintf(stderr, "only the first %u octets; see --part\n", MIME_TEXT_MAX);
	return CLI_YES;
}

static int add_html(
    struct cli *cli, struct span source, const struct mime_content *content, struct buffer *out)
{
	(void)source;
	if (content->html == NULL)
		return cli_fail(cli, CLI_NO, "--html: the message has no HTML; see --text");
	buffer_add_string(out, content->html);
	if (content->text_cut)
		fprintf(stderr, "only the first %u octets; see --part\n", MIME_TEXT_MAX);
	return CLI_YES;
}

static int add_part(
    struct cli *cli, struct span source, const struct mime_content *content, struct buffer *out)
{
	(void)content;
	return cli_part(cli, source, cli_value(cli, "part"), out);
}

/* The forms that are octets of the store, and those that are made from the source. */
static const struct {
	const char *option;
	int (*read)(struct store *, const char *, struct buffer *, struct error *);
	int (*add)(
	    struct cli *, struct span source, const struct mime_content *, struct buffer *out);
} FORMS[] = {
    {"raw", store_source, NULL},
    {"transcript", store_transcript, NULL},
    {"evidence", store_evidence, NULL},
    {"headers", NULL, add_headers},
    {"text", NULL, add_text},
    {"html", NULL, add_html},
    {"part", NULL, add_part},
};

static int print_content(struct cli *cli, struct store *store, const char *id, size_t form)
{
	struct buffer source = BUFFER_INIT, out = BUFFER_INIT;
	struct arena *arena = arena_new();
	struct mime_content content;
	struct error err;
	int code;

	if (store_source(store, id, &source, &err) < 0) {
		code = cli_error(cli, &err);
	} else {
		mime_content_read(buffer_span(&source), arena, &content);
		code = FORMS[form].add(cli, buffer_span(&source), &content, &out);
	}
	buffer_clear(&source);
	if (code == CLI_YES)
		code = cli_print_mail(cli, &out);
	buffer_clear(&out);
	arena_free(arena);
	return code;
}

static int print_form(struct cli *cli, struct store *store, const char *id)
{
	if (cli_value(cli, "json") != NULL)
		return print_json(cli, store, id);
	if (cli_value(cli, "with-trace") != NULL)
		return print_octets(cli, store, id, add_traced);
	for (size_t i = 0; i < ARRAY_SIZE(FORMS); i++) {
		if (cli_value(cli, FORMS[i].option) == NULL)
			continue;
		if (FORMS[i].read != NULL)
			return print_octets(cli, store, id, FORMS[i].read);
		return print_content(cli, store, id, i);
	}
	return print_page(cli, store, id);
}

static int check_forms(struct cli *cli)
{
	unsigned count = cli_value(cli, "json") != NULL;

	for (size_t i = 0; i < ARRAY_SIZE(FORMS); i++)
		count += cli_value(cli, FORMS[i].option) != NULL;
	if (count > 1)
		return cli_fail(cli, CLI_USAGE,
		    "expected one of --json, --raw, --transcript, --evidence, --headers, --text, "
		    "--html and --part");
	if (cli_value(cli, "with-trace") != NULL && cli_value(cli, "raw") == NULL)
		return cli_fail(cli, CLI_USAGE,
		    "--with-trace: expected --raw beside it, since only the message as it came "
		    "can have fields in front");
	return CLI_YES;
}

static int run_show(struct cli *cli)
{
	struct store *store = NULL;
	char id[ULID_SIZE];
	int code = check_forms(cli);

	if (code == CLI_YES)
		code = cli_store(cli, &store);
	if (code == CLI_YES)
		code = cli_message_id(cli, store, cli->words[0], id);
	if (code == CLI_YES)
		code = print_form(cli, store, id);
	store_close(store);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"json", NULL, "all of it as one JSON object"},
    {"raw", NULL, "the message, byte for byte as it came"},
    {"with-trace", NULL, "with --raw: Authentication-Results and Received in front of it"},
    {"headers", NULL, "its header, byte for byte"},
    {"text", NULL, "its text, in UTF-8; of a message in HTML, that as text"},
    {"html", NULL, "its HTML, in UTF-8"},
    {"part", "N", "a part by its number (\"1.2\"), decoded"},
    {"transcript", NULL, "the dialogue of its session"},
    {"evidence", NULL, "the DNS answers that its verdicts rest on"},
    {"utc", NULL, "times in UTC, not local"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay show latest",
    "mailassay show 01ARYZ6S --json",
    "mailassay show latest --raw > mail.eml",
    "mailassay show latest --raw --with-trace",
    "mailassay show latest --text",
    "mailassay show latest --part 2 > invoice.pdf",
    NULL,
};

const struct cli_command CLI_SHOW = {
    .name = "show",
    .words = "ID",
    .words_min = 1,
    .words_max = 1,
    .summary = "one message: its path, its verdicts and their reasons, what is in it",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_show,
};
