/*
 * SPDX-License-Identifier: ISC
 *
 * A structured header value being read left to right (RFC 5322 3.2): what dates and msg-ids share.
 */
#ifndef MAIL_READER_H
#define MAIL_READER_H

#include "base/error.h"
#include "base/span.h"

struct mail_reader {
	struct span text;
	size_t at;
	struct error *err; /* may be NULL */
};

/* Sets the sentence "octet N: expected WHAT, got ..." and returns -1. */
int mail_expected(const struct mail_reader *r, const char *what);
/* Skips blanks, folds and comments. 0 or -1 with err. */
int mail_skip(struct mail_reader *r);
/* Takes c if it stands here. */
bool mail_take(struct mail_reader *r, char c);

#endif
