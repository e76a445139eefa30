/*
 * SPDX-License-Identifier: ISC
 *
 * A command line as word and argument (RFC 5321 4.1.1). What the words mean stands in verbs.c.
 */
#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include <stdbool.h>

#include "base/error.h"
#include "base/span.h"

struct smtp_command {
	struct span word;     /* letters, digits and hyphens */
	bool has_argument;    /* something stands behind the word and its blank */
	struct span argument; /* all behind the first blank; trailing blanks are cut off */
};

/*
 * Cuts a line without its CRLF; the parts borrow from it. Trailing blanks are tolerated (RFC 5321
 * 4.1.1). 0, or -1 with err when the line does not begin with a word.
 */
int smtp_command_parse(struct span line, struct smtp_command *out, struct error *err);

/*
 * Whether s holds an octet that no argument of a command may hold: a control octet, or, unless
 * eight_bit, one above 126.
 */
bool smtp_command_has_control(struct span s, bool eight_bit);

#endif
