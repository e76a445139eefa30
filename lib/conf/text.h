/*
 * SPDX-License-Identifier: ISC
 *
 * The text of a configuration file before libconfuse gets it. libconfuse takes comments only
 * between options, lets `section|option` reach into another section, swallows what it does not
 * know, and makes an unset environment variable an empty string. So the text is checked here
 * first, token by token, and comments become blanks; lines stay where they were.
 */
#ifndef CONF_TEXT_H
#define CONF_TEXT_H

#include "base/buffer.h"
#include "base/error.h"

/* The octet around the name of a variable that is not set, in a value that libconfuse made. */
#define CONF_UNSET '\001'

/* The only item of a list that was given as { }, for which libconfuse tells no line. */
#define CONF_EMPTY "\002"

/* Longest configuration that is read. */
#define CONF_TEXT_MAX (1U << 20)

/* Appends the text for libconfuse. 0, or -1 with err "FILE:LINE: ...". */
int conf_text_prepare(struct span text, const char *file, struct buffer *out, struct error *err);

/* A value as libconfuse made it: -1 with err when it holds what no value may. */
int conf_text_check_value(const char *value, struct error *err);

/* A value that no file gave: -1 when it holds a control character. */
int conf_text_check_given(const char *value);

/* Appends a value that may be checked so, as a file holds it: in double quotes. */
void conf_text_quote(struct buffer *out, const char *text);

#endif
