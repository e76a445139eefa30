/*
 * SPDX-License-Identifier: ISC
 *
 * What is wrong with a message's header as such: fields that must be there and are not, that may
 * stand once and stand several times, or that are malformed (RFC 5322 2.2, 3.3, 3.6; RFC 6532).
 * From is left to those who judge by it (verify/verify.h).
 */
#ifndef MAIL_HEADER_CHECK_H
#define MAIL_HEADER_CHECK_H

#include "mail/finding.h"
#include "mail/header.h"

/*
 * Adds the findings FINDING_MISSING_DATE to FINDING_MALFORMED_HEADER that the header gives rise
 * to, each once, with its particulars: of several malformed fields of one kind the topmost. With
 * smtputf8 (RFC 6531) the header may hold UTF-8. Sentences are ASCII and live in the arena, where
 * they take a few hundred octets each, whatever the header.
 */
void mail_header_check(
    const struct mail_header *h, bool smtputf8, struct arena *a, struct finding_list *out);

#endif
