/*
 * SPDX-License-Identifier: ISC
 *
 * Printing what a mail says: a pipe gets the octets, a terminal nothing that it obeys; and parts of
 * a message by their number.
 */
#include <unistd.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "mime/content.h"

#define NUMBERS_SHOWN 20

int cli_print_mail(const struct cli *cli, struct buffer *text)
{
	struct buffer escaped = BUFFER_INIT;

	if (!isatty(STDOUT_FILENO))
		return cli_print(cli, text);
	report_escape_lines(&escaped, buffer_span(text));
	buffer_clear(text);
	return cli_print(cli, &escaped);
}

static void add_numbers(struct buffer *out, const struct mime_content *content)
{
	for (size_t i = 1; i < content->part_count && i <= NUMBERS_SHOWN; i++)
		buffer_printf(out, "%s%s", i == 1 ? "" : ", ", content->parts[i].number);
	if (content->part_count > NUMBERS_SHOWN + 1)
		buffer_printf(out, " and %zu more", content->part_count - 1 - NUMBERS_SHOWN);
}

int cli_part(struct cli *cli, struct span source, const char *number, struct buffer *out)
{
	struct buffer numbers = BUFFER_INIT;
	struct mime_content content;
	struct arena *a;

	if (mime_part_read(source, number, out) == 1)
		return CLI_YES;
	a = arena_new();
	mime_content_read(source, a, &content);
	add_numbers(&numbers, &content);
	cli_fail(cli, CLI_NO, "--part %s: the message has no such part; it has %s", number,
	    numbers.data);
	buffer_clear(&numbers);
	arena_free(a);
	return CLI_NO;
}
