/*
 * SPDX-License-Identifier: ISC
 *
 * mail/finding: the table is whole and its ids, which users depend on, are these.
 */
#include "unit.h"

#include <string.h>

#include "mail/finding.h"

static const struct {
	enum finding_id id;
	const char *name;
	int code;
	const char *status;
} ROWS[] = {
    {FINDING_EARLY_TALK, "early-talk", 554, "5.5.0"},
    {FINDING_PIPELINING_OUT_OF_TURN, "pipelining-out-of-turn", 503, "5.5.0"},
    {FINDING_STARTTLS_INJECTION, "starttls-injection", 0, NULL},
    {FINDING_STARTTLS_MISSING, "starttls-missing", 0, NULL},
    {FINDING_AUTH_WITHOUT_TLS, "auth-without-tls", 538, "5.7.11"},
    {FINDING_AUTH_REJECTED, "auth-rejected", 535, "5.7.8"},
    {FINDING_HELO_NOT_A_NAME, "helo-not-a-name", 0, NULL},
    {FINDING_BAD_SYNTAX, "bad-syntax", 501, "5.5.2"},
    {FINDING_BAD_SEQUENCE, "bad-sequence", 503, "5.5.1"},
    {FINDING_UNKNOWN_COMMAND, "unknown-command", 500, "5.5.1"},
    {FINDING_COMMAND_LINE_TOO_LONG, "command-line-too-long", 500, "5.5.2"},
    {FINDING_NO_QUIT, "no-quit", 0, NULL},
    {FINDING_NO_CLOSE_NOTIFY, "no-close-notify", 0, NULL},
    {FINDING_BARE_LF, "bare-lf", 550, "5.5.2"},
    {FINDING_BARE_CR, "bare-cr", 550, "5.5.2"},
    {FINDING_NUL, "nul", 550, "5.6.0"},
    {FINDING_LINE_TOO_LONG, "line-too-long", 554, "5.6.0"},
    {FINDING_EIGHT_BIT_WITHOUT_8BITMIME, "eight-bit-without-8bitmime", 554, "5.6.1"},
    {FINDING_MESSAGE_TOO_BIG, "message-too-big", 552, "5.3.4"},
    {FINDING_TOO_MANY_RECIPIENTS, "too-many-recipients", 452, "4.5.3"},
    {FINDING_TOO_MANY_BAD_COMMANDS, "too-many-bad-commands", 421, "4.7.0"},
    {FINDING_TOO_MANY_COMMANDS, "too-many-commands", 421, "4.7.0"},
    {FINDING_TIMEOUT, "timeout", 421, "4.4.2"},
    {FINDING_TOO_SLOW, "too-slow", 421, "4.4.2"},
    {FINDING_MISSING_FROM, "missing-from", 0, NULL},
    {FINDING_SEVERAL_FROM, "several-from", 0, NULL},
    {FINDING_DKIM_TOO_MANY, "dkim-too-many", 0, NULL},
    {FINDING_DKIM_WEAK_KEY, "dkim-weak-key", 0, NULL},
    {FINDING_DKIM_BODY_LENGTH, "dkim-body-length", 0, NULL},
    {FINDING_DKIM_FIELD_UNSIGNED, "dkim-field-unsigned", 0, NULL},
    {FINDING_DKIM_NOT_OVERSIGNED, "dkim-not-oversigned", 0, NULL},
    {FINDING_DMARC_SEVERAL_RECORDS, "dmarc-several-records", 0, NULL},
    {FINDING_DMARC_MALFORMED, "dmarc-malformed", 0, NULL},
    {FINDING_DMARC_POLICY_MISSING, "dmarc-policy-missing", 0, NULL},
    {FINDING_DMARC_OBSOLETE_TAG, "dmarc-obsolete-tag", 0, NULL},
    {FINDING_PSL_DIFFERS, "psl-differs", 0, NULL},
    {FINDING_RDNS_GENERIC, "rdns-generic", 0, NULL},
    {FINDING_RECEIVERS_DISAGREE, "receivers-disagree", 0, NULL},
    {FINDING_SPF_MISSING, "spf-missing", 0, NULL},
    {FINDING_SPF_SEVERAL_RECORDS, "spf-several-records", 0, NULL},
    {FINDING_SPF_SYNTAX, "spf-syntax", 0, NULL},
    {FINDING_SPF_LOOKUP_LIMIT, "spf-lookup-limit", 0, NULL},
    {FINDING_SPF_VOID_LOOKUPS, "spf-void-lookups", 0, NULL},
    {FINDING_SPF_PLUS_ALL, "spf-plus-all", 0, NULL},
    {FINDING_SPF_NO_ALL, "spf-no-all", 0, NULL},
    {FINDING_SPF_PTR, "spf-ptr", 0, NULL},
    {FINDING_SPF_INCLUDE_INVALID, "spf-include-invalid", 0, NULL},
    {FINDING_SPF_TERM_IGNORED, "spf-term-ignored", 0, NULL},
    {FINDING_DKIM_KEY_MISSING, "dkim-key-missing", 0, NULL},
    {FINDING_DKIM_KEY_MALFORMED, "dkim-key-malformed", 0, NULL},
    {FINDING_DKIM_KEY_REVOKED, "dkim-key-revoked", 0, NULL},
    {FINDING_DKIM_KEY_TESTING, "dkim-key-testing", 0, NULL},
    {FINDING_DMARC_MISSING, "dmarc-missing", 0, NULL},
    {FINDING_DMARC_NOT_ENFORCED, "dmarc-not-enforced", 0, NULL},
    {FINDING_DMARC_UNKNOWN_TAG, "dmarc-unknown-tag", 0, NULL},
    {FINDING_DMARC_NO_REPORTS, "dmarc-no-reports", 0, NULL},
    {FINDING_DMARC_REPORT_ADDRESS, "dmarc-report-address", 0, NULL},
    {FINDING_DMARC_RUA_UNAUTHORIZED, "dmarc-rua-unauthorized", 0, NULL},
    {FINDING_MX_INVALID, "mx-invalid", 0, NULL},
    {FINDING_OUTSIDE_ZONE, "outside-zone", 0, NULL},
    {FINDING_LOOKUP_FAILED, "lookup-failed", 0, NULL},
};

_Static_assert(ARRAY_SIZE(ROWS) == FINDING_ID_COUNT, "every finding is expected here");

START_TEST(ids_and_replies)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct finding_entry *e = finding_entry(ROWS[i].id);

		ck_assert_str_eq(e->id, ROWS[i].name);
		ck_assert_int_eq(finding_find(span_from(ROWS[i].name)), (int)ROWS[i].id);
		ck_assert_msg(e->reply_code == ROWS[i].code, "%s: code", e->id);
		ck_assert_pstr_eq(e->reply_status, ROWS[i].status);
	}
	ck_assert_int_eq(finding_find(SPAN("no-such-finding")), -1);
	ck_assert_int_eq(finding_find(SPAN("BARE-LF")), -1);
	ck_assert_int_eq(finding_find(SPAN("")), -1);
}
END_TEST

static bool kebab(const char *s)
{
	return s[0] != '-' && s[strlen(s) - 1] != '-' && strstr(s, "--") == NULL &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

static void check_reply(const struct finding_entry *e)
{
	ck_assert_msg(e->reply_code >= 400 && e->reply_code < 600, "%s: code", e->id);
	ck_assert_msg(strlen(e->reply_status) >= 5, "%s: status", e->id);
	ck_assert_msg(e->reply_status[0] == '0' + e->reply_code / 100,
	    "%s: the class of %s differs", e->id, e->reply_status);
	ck_assert_msg(e->reply_text[0] != '\0' && strlen(e->reply_text) < 100 &&
			  strpbrk(e->reply_text, "\r\n") == NULL,
	    "%s: reply text", e->id);
}

START_TEST(rows_are_whole)
{
	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *e = finding_entry((enum finding_id)i);

		ck_assert_ptr_nonnull(e->id);
		ck_assert_msg(kebab(e->id), "%s: not in kebab case", e->id);
		ck_assert_msg(e->severity < FINDING_SEVERITY_COUNT, "%s: severity", e->id);
		ck_assert_msg(strncmp(e->reference, "RFC ", 4) == 0 ||
				  strncmp(e->reference, "M3AAWG ", 7) == 0,
		    "%s: reference", e->id);
		ck_assert_msg(e->text[strlen(e->text) - 1] == '.', "%s: no sentence", e->id);
		if (e->reply_code != 0)
			check_reply(e);
		else
			ck_assert_msg(e->reply_status == NULL && e->reply_text == NULL,
			    "%s: a reply without a code", e->id);
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(e->id, finding_entry((enum finding_id)k)->id);
	}
}
END_TEST

START_TEST(severities)
{
	ck_assert_str_eq(FINDING_SEVERITY_NAME[FINDING_INFO], "info");
	ck_assert_str_eq(FINDING_SEVERITY_NAME[FINDING_WARNING], "warning");
	ck_assert_str_eq(FINDING_SEVERITY_NAME[FINDING_ERROR], "error");
	ck_assert_int_eq(finding_entry(FINDING_BARE_LF)->severity, FINDING_WARNING);
	ck_assert_str_eq(finding_entry(FINDING_BARE_LF)->reference, "RFC 5321 2.3.8");
}
END_TEST

START_TEST(adding)
{
	struct arena *a = arena_new();
	struct finding_list list = {NULL, 0};
	char text[] = "line 7 ends with LF alone";

	finding_add(&list, a, FINDING_BARE_LF, text);
	text[0] = 'X';
	finding_add(&list, a, FINDING_NUL, NULL);
	finding_add(&list, a, FINDING_BARE_LF, "again");
	ck_assert_uint_eq(list.count, 2);
	ck_assert_int_eq(list.items[0].id, FINDING_BARE_LF);
	ck_assert_str_eq(list.items[0].text, "line 7 ends with LF alone");
	ck_assert_int_eq(list.items[1].id, FINDING_NUL);
	ck_assert_str_eq(list.items[1].text, finding_entry(FINDING_NUL)->text);
	for (int i = 0; i < FINDING_ID_COUNT; i++)
		finding_add(&list, a, (enum finding_id)i, NULL);
	ck_assert_uint_eq(list.count, FINDING_ID_COUNT);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {ids_and_replies, rows_are_whole, severities, adding, NULL};

	return unit_main("finding", tests);
}
