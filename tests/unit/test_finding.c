/*
 * SPDX-License-Identifier: ISC
 *
 * mail/finding: the table is whole and its ids, which users depend on, are these.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "mail/finding.h"

static const struct {
	enum finding_id id;
	const char *name;
	enum finding_severity severity;
	int code;
	const char *status;
} ROWS[] = {
    {FINDING_EARLY_TALK, "early-talk", FINDING_ERROR, 554, "5.5.0"},
    {FINDING_PIPELINING_OUT_OF_TURN, "pipelining-out-of-turn", FINDING_ERROR, 503, "5.5.0"},
    {FINDING_STARTTLS_INJECTION, "starttls-injection", FINDING_ERROR, 0, NULL},
    {FINDING_STARTTLS_MISSING, "starttls-missing", FINDING_WARNING, 0, NULL},
    {FINDING_AUTH_WITHOUT_TLS, "auth-without-tls", FINDING_ERROR, 538, "5.7.11"},
    {FINDING_AUTH_REJECTED, "auth-rejected", FINDING_ERROR, 535, "5.7.8"},
    {FINDING_HELO_NOT_A_NAME, "helo-not-a-name", FINDING_WARNING, 501, "5.5.2"},
    {FINDING_MISSING_BRACKETS, "missing-angle-brackets", FINDING_WARNING, 501, "5.5.4"},
    {FINDING_SPACE_BEHIND_COLON, "space-after-colon", FINDING_WARNING, 501, "5.5.4"},
    {FINDING_OBSOLETE_ROUTE, "obsolete-route", FINDING_WARNING, 0, NULL},
    {FINDING_SMTPUTF8_MISSING, "smtputf8-missing", FINDING_ERROR, 553, "5.6.7"},
    {FINDING_BAD_SYNTAX, "bad-syntax", FINDING_ERROR, 501, "5.5.2"},
    {FINDING_BAD_SEQUENCE, "bad-sequence", FINDING_ERROR, 503, "5.5.1"},
    {FINDING_UNKNOWN_COMMAND, "unknown-command", FINDING_ERROR, 500, "5.5.1"},
    {FINDING_COMMAND_LINE_TOO_LONG, "command-line-too-long", FINDING_ERROR, 500, "5.5.2"},
    {FINDING_NO_QUIT, "no-quit", FINDING_WARNING, 0, NULL},
    {FINDING_NO_CLOSE_NOTIFY, "no-close-notify", FINDING_INFO, 0, NULL},
    {FINDING_WEAK_TLS, "weak-tls", FINDING_WARNING, 0, NULL},
    {FINDING_CERTIFICATE_NOT_VERIFIED, "certificate-not-verified", FINDING_WARNING, 0, NULL},
    {FINDING_PASSWORD_TO_UNVERIFIED, "password-to-unverified-server", FINDING_ERROR, 0, NULL},
    {FINDING_CERTIFICATE_EXPIRED, "certificate-expired", FINDING_ERROR, 0, NULL},
    {FINDING_TLS_FLOOD, "tls-flood", FINDING_ERROR, 0, NULL},
    {FINDING_BARE_LF, "bare-lf", FINDING_WARNING, 550, "5.5.2"},
    {FINDING_BARE_CR, "bare-cr", FINDING_WARNING, 550, "5.5.2"},
    {FINDING_NUL, "nul", FINDING_WARNING, 550, "5.6.0"},
    {FINDING_LINE_TOO_LONG, "line-too-long", FINDING_WARNING, 554, "5.6.0"},
    {FINDING_EIGHT_BIT_WITHOUT_8BITMIME, "eight-bit-without-8bitmime", FINDING_WARNING, 554,
	"5.6.1"},
    {FINDING_MESSAGE_TOO_BIG, "message-too-big", FINDING_ERROR, 552, "5.3.4"},
    {FINDING_TOO_MANY_RECIPIENTS, "too-many-recipients", FINDING_WARNING, 452, "4.5.3"},
    {FINDING_TOO_MANY_BAD_COMMANDS, "too-many-bad-commands", FINDING_ERROR, 421, "4.7.0"},
    {FINDING_TOO_MANY_COMMANDS, "too-many-commands", FINDING_ERROR, 421, "4.7.0"},
    {FINDING_TIMEOUT, "timeout", FINDING_ERROR, 421, "4.4.2"},
    {FINDING_TOO_SLOW, "too-slow", FINDING_ERROR, 421, "4.4.2"},
    {FINDING_SESSION_TOO_LONG, "session-too-long", FINDING_ERROR, 421, "4.4.2"},
    {FINDING_TOO_MANY_CONNECTIONS, "too-many-connections", FINDING_WARNING, 421, "4.3.2"},
    {FINDING_TOO_MANY_FROM_ADDRESS, "too-many-connections-from-address", FINDING_WARNING, 421,
	"4.7.0"},
    {FINDING_RATE_LIMIT, "rate-limit", FINDING_WARNING, 421, "4.7.0"},
    {FINDING_BUFFERS_FULL, "buffers-full", FINDING_INFO, 452, "4.3.1"},
    {FINDING_MISSING_DATE, "missing-date", FINDING_WARNING, 0, NULL},
    {FINDING_MALFORMED_DATE, "malformed-date", FINDING_WARNING, 0, NULL},
    {FINDING_MISSING_MESSAGE_ID, "missing-message-id", FINDING_WARNING, 0, NULL},
    {FINDING_MALFORMED_MESSAGE_ID, "malformed-message-id", FINDING_WARNING, 0, NULL},
    {FINDING_DUPLICATE_FIELD, "duplicate-field", FINDING_ERROR, 0, NULL},
    {FINDING_BCC_PRESENT, "bcc-present", FINDING_WARNING, 0, NULL},
    {FINDING_HEADER_NOT_ASCII, "header-not-ascii", FINDING_WARNING, 0, NULL},
    {FINDING_MALFORMED_HEADER, "malformed-header", FINDING_WARNING, 0, NULL},
    {FINDING_MISSING_FROM, "missing-from", FINDING_ERROR, 0, NULL},
    {FINDING_SEVERAL_FROM, "several-from", FINDING_ERROR, 0, NULL},
    {FINDING_DKIM_TOO_MANY, "dkim-too-many", FINDING_WARNING, 0, NULL},
    {FINDING_DKIM_WEAK_KEY, "dkim-weak-key", FINDING_WARNING, 0, NULL},
    {FINDING_DKIM_BODY_LENGTH, "dkim-body-length", FINDING_WARNING, 0, NULL},
    {FINDING_DKIM_FIELD_UNSIGNED, "dkim-field-unsigned", FINDING_WARNING, 0, NULL},
    {FINDING_DKIM_NOT_OVERSIGNED, "dkim-not-oversigned", FINDING_INFO, 0, NULL},
    {FINDING_DMARC_SEVERAL_RECORDS, "dmarc-several-records", FINDING_ERROR, 0, NULL},
    {FINDING_DMARC_MALFORMED, "dmarc-malformed", FINDING_ERROR, 0, NULL},
    {FINDING_DMARC_POLICY_MISSING, "dmarc-policy-missing", FINDING_WARNING, 0, NULL},
    {FINDING_DMARC_OBSOLETE_TAG, "dmarc-obsolete-tag", FINDING_INFO, 0, NULL},
    {FINDING_PSL_DIFFERS, "psl-differs", FINDING_INFO, 0, NULL},
    {FINDING_RDNS_GENERIC, "rdns-generic", FINDING_WARNING, 0, NULL},
    {FINDING_RECEIVERS_DISAGREE, "receivers-disagree", FINDING_INFO, 0, NULL},
    {FINDING_SPF_MISSING, "spf-missing", FINDING_WARNING, 0, NULL},
    {FINDING_SPF_SEVERAL_RECORDS, "spf-several-records", FINDING_ERROR, 0, NULL},
    {FINDING_SPF_SYNTAX, "spf-syntax", FINDING_ERROR, 0, NULL},
    {FINDING_SPF_LOOKUP_LIMIT, "spf-lookup-limit", FINDING_ERROR, 0, NULL},
    {FINDING_SPF_VOID_LOOKUPS, "spf-void-lookups", FINDING_ERROR, 0, NULL},
    {FINDING_SPF_PLUS_ALL, "spf-plus-all", FINDING_ERROR, 0, NULL},
    {FINDING_SPF_NO_ALL, "spf-no-all", FINDING_INFO, 0, NULL},
    {FINDING_SPF_PTR, "spf-ptr", FINDING_WARNING, 0, NULL},
    {FINDING_SPF_INCLUDE_INVALID, "spf-include-invalid", FINDING_ERROR, 0, NULL},
    {FINDING_SPF_TERM_IGNORED, "spf-term-ignored", FINDING_INFO, 0, NULL},
    {FINDING_DKIM_KEY_MISSING, "dkim-key-missing", FINDING_ERROR, 0, NULL},
    {FINDING_DKIM_KEY_MALFORMED, "dkim-key-malformed", FINDING_ERROR, 0, NULL},
    {FINDING_DKIM_KEY_REVOKED, "dkim-key-revoked", FINDING_INFO, 0, NULL},
    {FINDING_DKIM_KEY_TESTING, "dkim-key-testing", FINDING_INFO, 0, NULL},
    {FINDING_DMARC_MISSING, "dmarc-missing", FINDING_WARNING, 0, NULL},
    {FINDING_DMARC_NOT_ENFORCED, "dmarc-not-enforced", FINDING_INFO, 0, NULL},
    {FINDING_DMARC_UNKNOWN_TAG, "dmarc-unknown-tag", FINDING_INFO, 0, NULL},
    {FINDING_DMARC_NO_REPORTS, "dmarc-no-reports", FINDING_INFO, 0, NULL},
    {FINDING_DMARC_REPORT_ADDRESS, "dmarc-report-address", FINDING_WARNING, 0, NULL},
    {FINDING_DMARC_RUA_UNAUTHORIZED, "dmarc-rua-unauthorized", FINDING_WARNING, 0, NULL},
    {FINDING_MX_INVALID, "mx-invalid", FINDING_ERROR, 0, NULL},
    {FINDING_OUTSIDE_ZONE, "outside-zone", FINDING_INFO, 0, NULL},
    {FINDING_LOOKUP_FAILED, "lookup-failed", FINDING_WARNING, 0, NULL},
};

_Static_assert(ARRAY_SIZE(ROWS) == FINDING_ID_COUNT, "every finding is expected here");

START_TEST(ids_and_replies)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct finding_entry *e = finding_entry(ROWS[i].id);

		ck_assert_str_eq(e->id, ROWS[i].name);
		ck_assert_int_eq(finding_find(span_from(ROWS[i].name)), (int)ROWS[i].id);
		ck_assert_msg(e->severity == ROWS[i].severity, "%s: severity", e->id);
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

/* "5.5.2": the class of the code, and two numbers of at most three digits (RFC 3463 2). */
static bool is_status(const char *s, int code)
{
	unsigned class, subject, detail;
	int end = 0;

	return sscanf(s, "%1u.%3u.%3u%n", &class, &subject, &detail, &end) == 3 && s[end] == '\0' &&
	       class == (unsigned)code / 100 && subject <= 7;
}

static void check_reply(const struct finding_entry *e)
{
	size_t len = strlen(e->reply_text);

	ck_assert_msg(e->reply_code >= 400 && e->reply_code < 600, "%s: code", e->id);
	ck_assert_msg(is_status(e->reply_status, e->reply_code), "%s: %s under %d", e->id,
	    e->reply_status, e->reply_code);
	ck_assert_msg(
	    len > 0 && len < 100 && e->reply_text[len - 1] != '.', "%s: reply text", e->id);
	for (size_t i = 0; i < len; i++)
		ck_assert_msg(
		    e->reply_text[i] >= ' ' && e->reply_text[i] <= '~', "%s: octet", e->id);
}

/* "RFC 5321 4.1.1.1": sections are numbers, or a letter for an appendix and numbers. */
static bool is_rfc(struct span s)
{
	struct span section = s;

	if (!span_equal(span_cut(&section, ' '), SPAN("RFC")))
		return false;
	s = span_cut(&section, ' ');
	if (s.len != 4 || strspn(s.data, "0123456789") < 4 || section.len == 0)
		return false;
	for (bool first = true; section.data != NULL; first = false) {
		struct span part = span_cut(&section, '.');
		uint64_t number;
		bool appendix =
		    first && part.len == 1 && part.data[0] >= 'A' && part.data[0] <= 'Z';

		if (!appendix && span_to_uint(part, 99, &number) < 0)
			return false;
	}
	return true;
}

/* One clause or several, or a paper that is no RFC. */
static bool is_reference(const char *reference)
{
	struct span rest = span_from(reference);

	if (strcmp(reference, "M3AAWG Sender BCP") == 0)
		return true;
	while (rest.data != NULL) {
		struct span one = span_cut(&rest, ',');

		if (!is_rfc(one))
			return false;
		if (rest.len > 0 && rest.data[0] != ' ')
			return false;
		if (rest.len > 0)
			rest = span_after(rest, 1);
	}
	return true;
}

static bool is_sentence(const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return len > 20 && len < 300 && s[0] >= 'A' && s[0] <= 'Z' && s[len - 1] == '.' &&
	       strstr(s, "  ") == NULL;
}

START_TEST(rows_are_whole)
{
	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *e = finding_entry((enum finding_id)i);

		ck_assert_ptr_nonnull(e->id);
		ck_assert_msg(kebab(e->id), "%s: not in kebab case", e->id);
		ck_assert_msg(e->severity < FINDING_SEVERITY_COUNT, "%s: severity", e->id);
		ck_assert_msg(is_reference(e->reference), "%s: reference %s", e->id, e->reference);
		ck_assert_msg(is_sentence(e->text), "%s: no sentence: %s", e->id, e->text);
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

START_TEST(references)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {{"RFC 5321 2.3.8", true}, {"RFC 5321 C", true}, {"RFC 9989 C.5.2", true},
	    {"RFC 7208 2.6, RFC 9989 5.3", true}, {"M3AAWG Sender BCP", true}, {"", false},
	    {"RFC 5321", false}, {"RFC 5321 ", false}, {"RFC5321 2", false}, {"RFC 532 2", false},
	    {"RFC 5321 2.", false}, {"RFC 5321 2.C", false}, {"RFC 5321 2.3.8,", false},
	    {"RFC 5321 2,RFC 5322 3", false}, {"rfc 5321 2", false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(is_reference(rows[i].text) == rows[i].good, "\"%s\"", rows[i].text);
}
END_TEST

/*
 * What users were promised by name: none of these may go or be called otherwise. Beside them there
 * is certificate-expired, which comes with the commands that look at other servers.
 */
static const char *const PROMISED[] = {"bare-lf", "bare-cr", "starttls-injection", "early-talk",
    "pipelining-out-of-turn", "auth-without-tls", "line-too-long", "eight-bit-without-8bitmime",
    "nul", "helo-not-a-name", "no-quit", "no-close-notify", "starttls-missing",
    "certificate-not-verified", "missing-date", "missing-from", "several-from",
    "missing-message-id", "duplicate-field", "dkim-weak-key", "dkim-body-length",
    "dkim-field-unsigned", "psl-differs", "receivers-disagree"};

START_TEST(promised)
{
	for (size_t i = 0; i < ARRAY_SIZE(PROMISED); i++)
		ck_assert_msg(finding_find(span_from(PROMISED[i])) >= 0, "%s", PROMISED[i]);
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
	const TTest *const tests[] = {
	    ids_and_replies, rows_are_whole, references, promised, severities, adding, NULL};

	return unit_main("finding", tests);
}
