/*
 * SPDX-License-Identifier: ISC
 *
 * One signed message through DKIM, for tests: signing, records of keys, verdicts and findings.
 */
#ifndef DKIMRUN_H
#define DKIMRUN_H

#include "sign.h"
#include "verify/dkim.h"

#define NOW 1800000000

#define HEADER                                                                                     \
	"From: Alice <alice@example.com>\r\n"                                                      \
	"To: bob@example.org\r\n"                                                                  \
	"Subject: Hello\r\n there\r\n"                                                             \
	"Date: Mon, 23 Nov 2026 15:00:00 +0000\r\n"                                                \
	"Message-ID: <1@example.com>\r\n"
#define BODY    "Hello  world \r\nline two\r\n\r\n\r\n"
#define MESSAGE HEADER "\r\n" BODY

/* One message with the verdicts on it. */
struct run {
	struct arena *arena;
	struct dns_view *view;
	struct dkim_check *check;
	struct mail_header header;
	struct verdict verdict;
	struct finding_list findings;
	unsigned rounds;
};

/* Judges the message by these records (records.h), its body in chunks; run_clear it. */
void run_span(struct run *r, struct span message, const char *records, size_t chunk);
void run(struct run *r, const char *message, const char *records);
void run_clear(struct run *r);
bool has_finding(const struct run *r, enum finding_id id);

/* "NAME TXT v=DKIM1; [tags] p=KEY" for the selector s1 of example.com; free() it. */
char *key_record(enum sign_key key, const char *tags);

/* By RSA, relaxed, for the selector s1 of example.com, without more. */
extern const struct signing plain;

#endif
