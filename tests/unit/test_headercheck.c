/*
 * SPDX-License-Identifier: ISC
 *
 * mail/header_check: which findings a header gives rise to, and in which words.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/header_check.h"

#define DATE "Date: Mon, 23 Nov 2026 16:00:00 +0000\r\n"
#define ID   "Message-ID: <1@example.com>\r\n"
#define GOOD DATE ID

/* The ids in order, with blanks between. */
static const struct {
	const char *name, *message, *findings;
} ROWS[] = {
    {"in order", GOOD "From: a@example.com\r\n\r\nbody\r\n", ""},
    {"a full header",
	"Return-Path: <a@b>\r\nReturn-Path: <a@b>\r\nReceived: x\r\nReceived: y\r\n" GOOD
	"From: a@b\r\nSender: a@b\r\nReply-To: a@b\r\nTo: a@b\r\nCc: a@b\r\nIn-Reply-To: <1@b>\r\n"
	"References: <1@b> <2@b>\r\nSubject: x\r\nComments: a\r\nComments: b\r\nKeywords: a\r\n"
	"Keywords: b\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
	"Content-Transfer-Encoding: 7bit\r\nDKIM-Signature: a\r\nDKIM-Signature: b\r\n\r\n",
	""},
    {"resent twice",
	"Resent-Date: x\r\nResent-From: a@b\r\nResent-Message-ID: x\r\nResent-Date: x\r\n"
	"Resent-From: a@b\r\nResent-To: c@d\r\nResent-To: c@d\r\n" GOOD "\r\n",
	""},
    {"nothing", "", "missing-date missing-message-id"},
    {"an empty header", "\r\n", "missing-date missing-message-id"},
    {"no date", ID "\r\n", "missing-date"},
    {"no message id", DATE "\r\n", "missing-message-id"},
    {"in the body only", "\r\n" GOOD, "missing-date missing-message-id"},
    {"resent only", "Resent-Date: x\r\nResent-Message-ID: <a@b>\r\n\r\n",
	"missing-date missing-message-id"},
    {"in another case", "dATE: 23 Nov 26 16:00 GMT\r\nMESSAGE-id: <a@[b]>\r\n\r\n", ""},
    {"folded", "Date:\r\n Mon, 23 Nov 2026\r\n 16:00:00 +0000\r\nMessage-ID:\r\n\t<a@b>\r\n\r\n",
	""},
    {"blanks before the colon", "Date : 23 Nov 2026 16:00 +0000\r\nMessage-ID\t: <a@b>\r\n\r\n",
	""},
    {"an ISO date", "Date: 2026-11-23\r\n" ID "\r\n", "malformed-date"},
    {"an empty date", "Date:\r\n" ID "\r\n", "malformed-date"},
    {"no brackets", DATE "Message-ID: 1@example.com\r\n\r\n", "malformed-message-id"},
    {"an empty message id", DATE "Message-ID: \r\n\r\n", "malformed-message-id"},
    {"two ids in a field", DATE "Message-ID: <a@b> <c@d>\r\n\r\n", "malformed-message-id"},
    {"both malformed", "Date: x\r\nMessage-ID: x\r\n\r\n", "malformed-date malformed-message-id"},
    {"the second date malformed", GOOD "Date: x\r\n\r\n", "malformed-date duplicate-field"},
    {"the second id malformed", GOOD "Message-ID: x\r\n\r\n",
	"malformed-message-id duplicate-field"},
    {"two dates", GOOD DATE "\r\n", "duplicate-field"},
    {"two ids", GOOD ID "\r\n", "duplicate-field"},
    {"two subjects", GOOD "Subject: a\r\nsubject: a\r\n\r\n", "duplicate-field"},
    {"two of From", GOOD "From: a@b\r\nFrom: a@b\r\n\r\n", ""},
    {"bcc", GOOD "Bcc: a@b\r\n\r\n", "bcc-present"},
    {"bcc empty", GOOD "Bcc:\r\n\r\n", "bcc-present"},
    {"bcc of blanks and a comment", GOOD "Bcc: (none)\r\n \r\n\r\n", "bcc-present"},
    {"bcc resent", GOOD "Resent-Bcc: a@b\r\n\r\n", "bcc-present"},
    {"bcc twice", GOOD "Bcc: a@b\r\nBcc:\r\n\r\n", "duplicate-field bcc-present"},
    {"octets above 127", GOOD "Subject: \xe4\r\n\r\n", "header-not-ascii"},
    {"UTF-8", GOOD "Subject: \xc3\xa4\r\n\r\n", "header-not-ascii"},
    {"UTF-8 in the body", GOOD "\r\n\xc3\xa4\r\n", ""},
    {"UTF-8 in an id", DATE "Message-ID: <\xc3\xa4@b>\r\n\r\n", "header-not-ascii"},
    {"a line that is no field", GOOD "hello\r\n\r\n", "malformed-header"},
    {"a body without an empty line", GOOD "hello", "malformed-header"},
    {"fields behind it", "hello\r\n" GOOD "\r\n",
	"missing-date missing-message-id malformed-header"},
    {"an mbox line", "From a@b Mon Nov 23 16:00:00 2026\r\n" GOOD "\r\n",
	"missing-date missing-message-id malformed-header"},
    {"a name beyond ASCII", GOOD "Str\xc3\xa4\x63h: a\r\n\r\n", "malformed-header"},
    {"no body", GOOD, ""},
    {"all at once", "Date: x\r\nMessage-ID: x\r\nTo: a\r\nTo: b\r\nBcc: \xe4\r\nhello\r\n\r\n",
	"malformed-date malformed-message-id duplicate-field bcc-present header-not-ascii "
	"malformed-header"},
};

struct run {
	struct arena *arena;
	struct finding_list findings;
};

static void begin(struct run *r, struct span message, bool smtputf8)
{
	struct mail_header h;

	*r = (struct run){.arena = arena_new()};
	mail_header_parse(message, r->arena, &h);
	mail_header_check(&h, smtputf8, r->arena, &r->findings);
}

static void check_sentence(const char *row, const char *text)
{
	ck_assert_msg(text[0] >= 'A' && text[0] <= 'Z', "%s: \"%s\" begins no sentence", row, text);
	ck_assert_msg(text[strlen(text) - 1] == '.', "%s: \"%s\" ends no sentence", row, text);
	for (const char *p = text; *p != '\0'; p++)
		ck_assert_msg(*p >= ' ' && *p <= '~', "%s: \"%s\": octet", row, text);
}

START_TEST(findings)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span s = unit_guard(span_from(ROWS[i].message));
		struct buffer ids = BUFFER_INIT;
		struct run r;

		begin(&r, s, false);
		for (size_t k = 0; k < r.findings.count; k++) {
			buffer_printf(&ids, "%s%s", k == 0 ? "" : " ",
			    finding_entry(r.findings.items[k].id)->id);
			check_sentence(ROWS[i].name, r.findings.items[k].text);
		}
		unit_span_eq(ROWS[i].name, buffer_span(&ids), ROWS[i].findings);
		buffer_clear(&ids);
		arena_free(r.arena);
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	const char *message;
	enum finding_id id;
	bool smtputf8;
	const char *text; /* NULL: it is not there */
} TEXTS[] = {
    {ID "\r\n", FINDING_MISSING_DATE, false,
	"The message has no Date field, which every message must have."},
    {ID "Date: Tue, 23 Nov 2026 16:00:00 +0000\r\n\r\n", FINDING_MALFORMED_DATE, false,
	"The Date field is not a date as mail writes it: 2026-11-23 is not a Tuesday but a Monday. "
	"Write it as Mon, 23 Nov 2026 16:00:00 +0000."},
    {ID "Date: \x80\r\n\r\n", FINDING_MALFORMED_DATE, false,
	"The Date field is not a date as mail writes it: octet 1: expected the day of the month, 1 "
	"to 31, got octet 0x80. Write it as Mon, 23 Nov 2026 16:00:00 +0000."},
    {ID "Date: \r\n \r\n\r\n", FINDING_MALFORMED_DATE, false,
	"The Date field is not a date as mail writes it: it is empty. Write it as Mon, 23 Nov 2026 "
	"16:00:00 +0000."},
    {"Message-ID: <a b>\r\n\r\n", FINDING_MALFORMED_MESSAGE_ID, false,
	"The Message-ID field is not of the form <LEFT@RIGHT>: octet 3: expected \"@\", got a "
	"blank. Write one word without blanks on each side of \"@\", in angle brackets."},
    {GOOD "To: a@b\r\nSubject: a\r\nSubject: b\r\nSUBJECT: c\r\nTO: c@d\r\n\r\n",
	FINDING_DUPLICATE_FIELD, false,
	"Fields that may stand once only stand several times: To (2 times), Subject (3 times); "
	"receivers may refuse the message, or show another one than was signed. Leave one of "
	"each."},
    {GOOD "Bcc:\r\nbcc: a@b, c@d\r\n\r\n", FINDING_BCC_PRESENT, false,
	"The message still has its bcc field with addresses in it, so that every reader sees the "
	"hidden recipients; take it out before sending."},
    {GOOD "Resent-Bcc: \r\n\r\n", FINDING_BCC_PRESENT, false,
	"The message has an empty Resent-Bcc field, which is allowed and names nobody, but tells "
	"every reader that there were hidden recipients; take it out before sending."},
    {GOOD "Subject: a\r\nTo: \xc3\xa4\r\nCc: \xe4\r\n\r\n", FINDING_HEADER_NOT_ASCII, false,
	"The field To holds octets above 127 although MAIL did not say SMTPUTF8; write them as "
	"encoded words (RFC 2047)."},
    {GOOD "Subject: a\r\nTo: \xc3\xa4\r\n\r\n", FINDING_HEADER_NOT_ASCII, true, NULL},
    {GOOD "Subject: a\r\nTo: \xc3\xa4\r\nCc: \xe4\r\n\r\n", FINDING_HEADER_NOT_ASCII, true,
	"The field Cc holds octets that are no UTF-8; nothing else may stand in a header beyond "
	"ASCII."},
    {GOOD "A-field-whose-name-is-so-very-long-that-it-is-cut: \xc3\xa4\r\n\r\n",
	FINDING_HEADER_NOT_ASCII, false,
	"The field A-field-whose-name-is-so-very-long-that-... holds octets above 127 although "
	"MAIL did not say SMTPUTF8; write them as encoded words (RFC 2047)."},
    {GOOD "Subject: a\r\n b\r\nhel\tlo\xc3\xa4 there\r\n\r\n", FINDING_MALFORMED_HEADER, false,
	"Line 5 of the header (\"hel?lo?? there\") is no field, so that it and all behind it are "
	"read as the body. Write NAME: VALUE, and begin a line that goes on with a blank."},
    {"A line of more octets than a sentence will want to repeat\r\n\r\n", FINDING_MALFORMED_HEADER,
	false,
	"Line 1 of the header (\"A line of more octets than a sentence wi...\") is no field, so "
	"that it and all behind it are read as the body. Write NAME: VALUE, and begin a line that "
	"goes on with a blank."},
};

START_TEST(texts)
{
	for (size_t i = 0; i < ARRAY_SIZE(TEXTS); i++) {
		const char *id = finding_entry(TEXTS[i].id)->id, *text = NULL;
		struct run r;

		begin(&r, span_from(TEXTS[i].message), TEXTS[i].smtputf8);
		for (size_t k = 0; k < r.findings.count; k++)
			if (r.findings.items[k].id == TEXTS[i].id)
				text = r.findings.items[k].text;
		ck_assert_msg(text != NULL || TEXTS[i].text == NULL, "%s: not there", id);
		ck_assert_pstr_eq(text, TEXTS[i].text);
		arena_free(r.arena);
	}
}
END_TEST

/* Each field that may stand once only, and beside it some that may stand often. */
START_TEST(single_fields)
{
	static const struct {
		const char *name;
		bool single;
	} fields[] = {{"Date", true}, {"Sender", true}, {"Reply-To", true}, {"To", true},
	    {"Cc", true}, {"Bcc", true}, {"Message-ID", true}, {"In-Reply-To", true},
	    {"References", true}, {"Subject", true}, {"MIME-Version", true}, {"Content-Type", true},
	    {"Content-Transfer-Encoding", true}, {"From", false}, {"Comments", false},
	    {"Keywords", false}, {"Received", false}, {"Return-Path", false}, {"Resent-To", false},
	    {"DKIM-Signature", false}, {"X-Subject", false}};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		char message[100], want[100];
		const char *text = "";
		struct run r;

		snprintf(message, sizeof(message), "%s: a\r\n%s: a\r\n\r\n", fields[i].name,
		    fields[i].name);
		snprintf(want, sizeof(want), ": %s (2 times);", fields[i].name);
		begin(&r, span_from(message), false);
		for (size_t k = 0; k < r.findings.count; k++)
			if (r.findings.items[k].id == FINDING_DUPLICATE_FIELD)
				text = r.findings.items[k].text;
		ck_assert_msg((strstr(text, want) != NULL) == fields[i].single, "%s: \"%s\"",
		    fields[i].name, text);
		arena_free(r.arena);
	}
}
END_TEST

/* The largest header that is indexed takes no time to speak of and no more room than a small one.
 */
START_TEST(many_fields)
{
	struct buffer message = BUFFER_INIT;
	struct run r;
	struct mail_header h;
	size_t used;

	for (int i = 0; i < 3 * MAIL_FIELD_MAX; i++)
		buffer_add_string(&message, i % 3 == 0 ? DATE : i % 3 == 1 ? ID : "Bcc:\r\n");
	r = (struct run){.arena = arena_new()};
	mail_header_parse(buffer_span(&message), r.arena, &h);
	used = arena_used(r.arena);
	mail_header_check(&h, false, r.arena, &r.findings);
	ck_assert_uint_eq(r.findings.count, 2);
	ck_assert_int_eq(r.findings.items[0].id, FINDING_DUPLICATE_FIELD);
	ck_assert_int_eq(r.findings.items[1].id, FINDING_BCC_PRESENT);
	ck_assert_uint_lt(arena_used(r.arena) - used, 10000);
	arena_free(r.arena);
	buffer_clear(&message);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {findings, texts, single_fields, many_fields, NULL};

	return unit_main("headercheck", tests);
}
