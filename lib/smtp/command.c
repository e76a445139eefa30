/*
 * SPDX-License-Identifier: ISC
 *
 * A command line as word and argument.
 */
#include "smtp/command.h"

static bool word_octet(char c)
{
	return ascii_alnum(c) || c == '-';
}

static struct span cut_trailing_blanks(struct span s)
{
	while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
		s.len--;
	return s;
}

int smtp_command_parse(struct span line, struct smtp_command *out, struct error *err)
{
	size_t n = 0;

	line = cut_trailing_blanks(line);
	while (n < line.len && word_octet(line.data[n]))
		n++;
	if (line.len == 0)
		return error_usage(err, "empty line: expected a command");
	if (n == 0)
		return error_usage(err,
		    "the line begins with octet 0x%02x: expected a command word",
		    (unsigned char)line.data[0]);
	if (n < line.len && line.data[n] != ' ')
		return error_usage(err,
		    "octet 0x%02x follows the command word: expected a blank or the line's end",
		    (unsigned char)line.data[n]);
	*out = (struct smtp_command){
	    .word = span_first(line, n),
	    .has_argument = n < line.len,
	    .argument = span_after(line, n + 1),
	};
	return 0;
}

bool smtp_command_has_control(struct span s, bool eight_bit)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];

		if (c < ' ' || c == 0x7f || (c > 0x7f && !eight_bit))
			return true;
	}
	return false;
}
