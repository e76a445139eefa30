/*
 * SPDX-License-Identifier: ISC
 *
 * DomainKeys Identified Mail (RFC 6376, 8301, 8463) by libopendkim, which gets its keys from the
 * view and never asks the network itself.
 */
#ifndef VERIFY_DKIM_H
#define VERIFY_DKIM_H

#include "verify/verify.h"

struct dkim_check;

/* header is borrowed until dkim_check_free; now is in seconds. NULL when nothing is signed. */
struct dkim_check *dkim_check_new(const struct mail_header *header, int64_t now);
void dkim_check_free(struct dkim_check *c);
void dkim_check_body(struct dkim_check *c, const void *data, size_t len);
/*
 * Looks the keys up without judging anything, for the rounds in which names are missing; NEEDS_DNS
 * while one of the keys is missing.
 */
enum verify_status dkim_check_ask(struct dkim_check *c, struct dns_view *view);
/*
 * The normalized domains (d=) of the signatures that may yet pass, for the questions that depend on
 * them. Borrowed from c. Returns how many.
 */
size_t dkim_check_domains(const struct dkim_check *c, const char *out[DKIM_SIGNATURES_MAX]);
/*
 * Judges every signature, in header order, at most DKIM_SIGNATURES_MAX. Once VERIFY_DONE was
 * returned the results stay the same. Strings live in the arena. c may be NULL: no signatures.
 */
enum verify_status dkim_check_end(struct dkim_check *c, struct dns_view *view, struct arena *a,
    struct verdict *out, struct finding_list *findings);

#endif
