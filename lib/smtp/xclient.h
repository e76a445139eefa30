/*
 * SPDX-License-Identifier: ISC
 *
 * The argument of XCLIENT (Postfix's XCLIENT_README): attributes with xtext values.
 */
#ifndef SMTP_XCLIENT_H
#define SMTP_XCLIENT_H

#include "smtp/server.h"

/* Appends the names of the attributes, parted by blanks, as EHLO announces them. */
void smtp_xclient_attributes(struct buffer *out);

/* Parses attributes; values are decoded into the arena. 0, or -1 with err. */
int smtp_xclient_parse(
    struct span argument, struct arena *a, struct smtp_xclient *out, struct error *err);

#endif
