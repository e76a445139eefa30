/*
 * SPDX-License-Identifier: ISC
 *
 * The msg-id of Message-ID (RFC 5322 3.6.4).
 */
#ifndef MAIL_MSGID_H
#define MAIL_MSGID_H

#include "base/error.h"
#include "base/span.h"

/*
 * Parses the value of Message-ID, folded or not: one "<LEFT@RIGHT>" with blanks and comments
 * around it. LEFT is made of atoms and quoted strings between single dots, RIGHT of atoms between
 * single dots or a literal in brackets; UTF-8 may stand in both (RFC 6532 3.2). Blanks inside the
 * angle brackets, which nobody may write any more (RFC 5322 4.5.4), are refused. *id is the part
 * from "<" to ">" and borrows from value. 0, or -1 with err.
 */
int mail_msgid_parse(struct span value, struct span *id, struct error *err);

#endif
