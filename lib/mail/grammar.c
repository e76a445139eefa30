/*
 * SPDX-License-Identifier: ISC
 *
 * Character classes of addresses, and the offending octet in words.
 */
#include "mail/grammar.h"

#include <stdio.h>

bool mail_is_atext(char c)
{
	return ascii_alnum(c) || span_index(SPAN("!#$%&'*+-/=?^_`{|}~"), c) >= 0;
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
