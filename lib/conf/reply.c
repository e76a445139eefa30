/*
 * SPDX-License-Identifier: ISC
 *
 * Replies of receivers' files. How they are sent is the matter of smtp/reply.h.
 */
#include "conf/reply.h"

#include <string.h>

#include "base/span.h"

/* Skips up to three digits and a mark; NULL when there are none. */
static const char *skip_number(const char *at, char mark)
{
	size_t digits = strspn(at, "0123456789");

	return digits >= 1 && digits <= 3 && at[digits] == mark ? at + digits + 1 : NULL;
}

/* What stands behind "5.7.26 ", or NULL. */
static const char *skip_status(const char *at)
{
	if (at[0] < '4' || at[0] > '5' || at[1] != '.')
		return NULL;
	at = skip_number(at + 2, '.');
	return at == NULL ? NULL : skip_number(at, ' ');
}

const char *conf_reply_problem(const char *reply)
{
	const char *text;

	if (reply[0] < '4' || reply[0] > '5' || !ascii_digit(reply[1]) || !ascii_digit(reply[2]) ||
	    (reply[3] != ' ' && reply[3] != '-'))
		return "expected a code from 400 to 599 and a blank, or \"-\" for the first of "
		       "several "
		       "lines";
	text = skip_status(reply + 4);
	if (text != NULL && reply[4] != reply[0])
		return "expected an enhanced status code that begins with the same digit as the "
		       "code";
	if (text == NULL)
		text = reply + 4;
	if (text[strspn(text, " -")] == '\0')
		return "expected a text behind the codes";
	for (const char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			return "expected printable ASCII";
	return strlen(reply) > CONF_REPLY_MAX ? "expected at most 1000 octets" : NULL;
}
