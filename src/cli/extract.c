/*
 * SPDX-License-Identifier: ISC
 *
 * --extract: the one thing of a message that a test goes on with.
 */
#include <string.h>

#include "cli/cli.h"
#include "mail/header.h"
#include "mime/content.h"
#include "mime/text.h"

#define EXPECTED "link, otp, header:NAME or attachment:N"

/* What to look for it in. */
struct source {
	const struct record_message *message;
	struct span octets;
	const char *argument; /* behind the ":", or NULL */
	struct arena *arena;
};

/* Each appends what is to be printed; CLI_NO when it has said that there is none. */
static int extract_link(struct cli *cli, const struct source *s, struct buffer *out)
{
	struct mime_content content;

	mime_content_read(s->octets, s->arena, &content);
	for (size_t i = 0; i < content.link_count; i++) {
		if (!span_starts_nocase(span_from(content.links[i]), SPAN("http")))
			continue;
		buffer_printf(out, "%s\n", content.links[i]);
		return CLI_YES;
	}
	return cli_fail(cli, CLI_NO,
	    "--extract link: message %s has no link of http or https; see mailassay show %s",
	    s->message->id, s->message->id);
}

static int extract_otp(struct cli *cli, const struct source *s, struct buffer *out)
{
	struct mime_content content;
	const char *code;

	mime_content_read(s->octets, s->arena, &content);
	code = mime_code(&content, s->message->subject, s->arena);
	if (code == NULL)
		return cli_fail(cli, CLI_NO,
		    "--extract otp: message %s has no one-time code near a word such as "
		    "\"code\"; see mailassay show %s --text",
		    s->message->id, s->message->id);
	buffer_printf(out, "%s\n", code);
	return CLI_YES;
}

static int extract_header(struct cli *cli, const struct source *s, struct buffer *out)
{
	struct mail_header header;
	const struct mail_field *field;
	const char *value;

	mail_header_parse(s->octets, s->arena, &header);
	field = mail_header_find(&header, span_from(s->argument), 0);
	if (field == NULL)
		return cli_fail(cli, CLI_NO,
		    "--extract header:%s: message %s has no such field; see mailassay show %s "
		    "--headers",
		    s->argument, s->message->id, s->message->id);
	value = mime_valid_line(s->arena, mail_field_unfold(field, s->arena));
	buffer_printf(out, "%s\n", mime_decode_words(s->arena, value));
	return CLI_YES;
}

static int extract_attachment(struct cli *cli, const struct source *s, struct buffer *out)
{
	struct mime_content content;
	const char *number;
	uint64_t n = 0;

	span_to_uint(span_from(s->argument), MIME_PARTS_MAX, &n);
	mime_content_read(s->octets, s->arena, &content);
	number = mime_attachment(&content, (size_t)n);
	if (number != NULL && mime_part_read(s->octets, number, out) == 1)
		return CLI_YES;
	return cli_fail(cli, CLI_NO,
	    "--extract attachment:%s: message %s has %zu attachment%s; see mailassay show %s",
	    s->argument, s->message->id, content.attachment_count,
	    content.attachment_count == 1 ? "" : "s", s->message->id);
}

static const struct {
	const char *name;
	bool argument;
	int (*extract)(struct cli *cli, const struct source *s, struct buffer *out);
} KINDS[] = {
    {"link", false, extract_link},
    {"otp", false, extract_otp},
    {"header", true, extract_header},
    {"attachment", true, extract_attachment},
};

/* The row that the word names, with what stands behind its ":"; -1: none. */
static int find_kind(const char *word, const char **argument)
{
	size_t name = strcspn(word, ":");

	*argument = word[name] == ':' ? word + name + 1 : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(KINDS); i++)
		if (span_equal(span_of(word, name), span_from(KINDS[i].name)) &&
		    KINDS[i].argument == (*argument != NULL))
			return (int)i;
	return -1;
}

static bool is_field_name(const char *name)
{
	for (const char *c = name; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == ':')
			return false;
	return *name != '\0';
}

int cli_extract_check(struct cli *cli)
{
	const char *word = cli_value(cli, "extract"), *argument;
	uint64_t n = 0;
	int kind;

	if (word == NULL)
		return CLI_YES;
	if (cli_value(cli, "json") != NULL)
		return cli_fail(cli, CLI_USAGE,
		    "--extract: expected no --json beside it, since it prints what it finds alone");
	kind = find_kind(word, &argument);
	if (kind < 0)
		return cli_fail(
		    cli, CLI_USAGE, "--extract: expected " EXPECTED ", got \"%s\"", word);
	if (KINDS[kind].extract == extract_header && !is_field_name(argument))
		return cli_fail(cli, CLI_USAGE,
		    "--extract header: expected the name of a field behind it, got \"%s\"",
		    argument);
	if (KINDS[kind].extract == extract_attachment &&
	    (span_to_uint(span_from(argument), MIME_PARTS_MAX, &n) < 0 || n == 0))
		return cli_fail(cli, CLI_USAGE,
		    "--extract attachment: expected a number from 1 to %d behind it, got \"%s\"",
		    MIME_PARTS_MAX, argument);
	return CLI_YES;
}

int cli_extract(struct cli *cli, struct store *store, const struct record_message *m)
{
	struct buffer octets = BUFFER_INIT, out = BUFFER_INIT;
	struct source s = {.message = m};
	struct error err;
	int kind = find_kind(cli_value(cli, "extract"), &s.argument), code;

	if (store_source(store, m->id, &octets, &err) < 0) {
		buffer_clear(&octets);
		return cli_error(cli, &err);
	}
	s.arena = arena_new();
	s.octets = buffer_span(&octets);
	code = KINDS[kind].extract(cli, &s, &out);
	buffer_clear(&octets);
	if (code == CLI_YES)
		code = cli_print_mail(cli, &out);
	buffer_clear(&out);
	arena_free(s.arena);
	return code;
}
