/*
 * SPDX-License-Identifier: ISC
 *
 * Character classes of addresses, comments, and the offending octet in words. The nesting of
 * comments, which input controls, is a counter.
 */
#include "mail/grammar.h"

#include <stdio.h>

_Static_assert(MAIL_COMMENT_DEPTH_MAX == 100, "the sentence of skip_comment says so");

bool mail_is_atext(char c)
{
	return ascii_alnum(c) || span_index(SPAN("!#$%&'*+-/=?^_`{|}~"), c) >= 0;
}

static int skip_comment(struct span text, size_t *at, const char **wanted)
{
	unsigned depth = 0;

	do {
		*wanted = "\")\" at the end of the comment";
		if (*at >= text.len)
			return -1;
		if (text.data[*at] == '\\')
			++*at;
		else if (text.data[*at] == '(')
			depth++;
		else if (text.data[*at] == ')')
			depth--;
		*wanted = "a character of the comment";
		if (*at >= text.len || !mail_is_content(text.data[*at]))
			return -1;
		*wanted = "comments that are not nested more than 100 deep";
		if (depth > MAIL_COMMENT_DEPTH_MAX)
			return -1;
		++*at;
	} while (depth > 0);
	return 0;
}

int mail_skip_cfws(struct span text, size_t *at, const char **wanted)
{
	while (*at < text.len) {
		if (mail_is_blank(text.data[*at]))
			++*at;
		else if (text.data[*at] != '(')
			break;
		else if (skip_comment(text, at, wanted) < 0)
			return -1;
	}
	return 0;
}

const char *mail_got(struct span s, size_t at, char out[MAIL_GOT_SIZE])
{
	if (at >= s.len)
		snprintf(out, MAIL_GOT_SIZE, "the end");
	else if (s.data[at] == ' ')
		snprintf(out, MAIL_GOT_SIZE, "a blank");
	else if (mail_is_visible(s.data[at]))
		snprintf(out, MAIL_GOT_SIZE, "\"%c\"", s.data[at]);
	else
		snprintf(out, MAIL_GOT_SIZE, "octet 0x%02X", (unsigned char)s.data[at]);
	return out;
}
