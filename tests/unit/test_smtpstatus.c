/*
 * SPDX-License-Identifier: ISC
 *
 * Reply codes and enhanced status codes: the tables in order and whole, what digits say, reading.
 */
#include "smtp/status.h"

#include <string.h>

#include "mail/finding.h"
#include "unit.h"

static bool is_sentence(const char *text)
{
	return text != NULL && text[0] >= 'A' && text[0] <= 'Z' && text[strlen(text) - 1] == '.';
}

START_TEST(codes_are_in_order)
{
	const struct smtp_code_entry *entry;
	int before = 199;

	for (size_t i = 0; (entry = smtp_code_entry(i)) != NULL; i++) {
		ck_assert_msg(entry->code > before && entry->code < 600, "%d", entry->code);
		ck_assert_msg(is_sentence(entry->meaning), "%d: %s", entry->code, entry->meaning);
		ck_assert_msg(
		    entry->action != NULL ? is_sentence(entry->action) : entry->code < 500, "%d",
		    entry->code);
		ck_assert_msg(strncmp(entry->reference, "RFC ", 4) == 0, "%d", entry->code);
		ck_assert_ptr_eq(smtp_code_find(entry->code), entry);
		ck_assert_ptr_nonnull(smtp_code_class(entry->code));
		before = entry->code;
	}
	ck_assert_ptr_null(smtp_code_find(551 + 20));
	ck_assert_ptr_null(smtp_code_class(199));
	ck_assert_ptr_null(smtp_code_class(600));
	ck_assert_ptr_null(smtp_code_group(540));
}
END_TEST

/* RFC 5321 4.2.3, in the order of the numbers. */
START_TEST(codes_of_the_standard_are_there)
{
	static const int codes[] = {211, 214, 220, 221, 250, 251, 252, 354, 421, 450, 451, 452, 455,
	    500, 501, 502, 503, 504, 550, 551, 552, 553, 554, 555, /* others: */ 235, 334, 432, 454,
	    521, 530, 534, 535, 538, 556};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		ck_assert_msg(smtp_code_find(codes[i]) != NULL, "%d", codes[i]);
}
END_TEST

START_TEST(statuses_are_whole)
{
	/* The registry's largest detail of each subject; none is left out. */
	static const unsigned last[] = {0, 10, 4, 6, 7, 6, 10, 30};
	size_t n = 0;

	for (unsigned subject = 0; subject < ARRAY_SIZE(last); subject++)
		for (unsigned detail = 0; detail <= last[subject]; detail++, n++) {
			const struct smtp_status_entry *entry = smtp_status_entry(n);
			struct smtp_status s = {5, subject, detail};

			ck_assert_msg(
			    entry != NULL && entry->subject == subject && entry->detail == detail,
			    "%u.%u", subject, detail);
			ck_assert_msg(is_sentence(entry->meaning), "%u.%u", subject, detail);
			ck_assert_msg(entry->action == NULL || is_sentence(entry->action), "%u.%u",
			    subject, detail);
			ck_assert_ptr_eq(smtp_status_find(&s), entry);
			ck_assert_ptr_nonnull(smtp_status_subject(subject));
		}
	ck_assert_ptr_null(smtp_status_entry(n));
	ck_assert_ptr_null(smtp_status_find(&(const struct smtp_status){5, 7, 31}));
	ck_assert_ptr_null(smtp_status_subject(8));
	ck_assert_ptr_null(smtp_status_class(3));
	ck_assert_ptr_null(smtp_status_class(6));
	ck_assert_ptr_nonnull(smtp_status_class(2));
}
END_TEST

/* Whatever a finding answers can be explained. */
START_TEST(replies_of_findings_are_known)
{
	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *entry = finding_entry((enum finding_id)i);
		struct smtp_status status;

		if (entry->reply_code == 0)
			continue;
		ck_assert_msg(smtp_code_find(entry->reply_code) != NULL, "%s", entry->id);
		ck_assert_msg(smtp_status_parse(span_from(entry->reply_status), &status) == 0 &&
				  status.class == (unsigned)entry->reply_code / 100 &&
				  smtp_status_find(&status) != NULL,
		    "%s", entry->id);
	}
}
END_TEST

static const struct {
	const char *text;
	int code;
} CODES[] = {{"200", 200}, {"599", 599}, {"199", -1}, {"600", -1}, {"55", -1}, {"5500", -1},
    {"", -1}, {"5.5", -1}, {"-50", -1}, {"55x", -1}};

static const struct {
	const char *text;
	int class, subject, detail; /* class -1: it is none */
} STATUSES[] = {{"5.7.26", 5, 7, 26}, {"2.0.0", 2, 0, 0}, {"4.999.999", 4, 999, 999},
    {"3.0.0", -1, 0, 0}, {"6.0.0", -1, 0, 0}, {"5.1000.0", -1, 0, 0}, {"5.1.0001", -1, 0, 0},
    {"5.7", -1, 0, 0}, {"5.7.", -1, 0, 0}, {"5..1", -1, 0, 0}, {".7.1", -1, 0, 0},
    {"5.7.1.", -1, 0, 0}, {"5.7.1 ", -1, 0, 0}, {"", -1, 0, 0}, {"5", -1, 0, 0},
    {"5.7.x", -1, 0, 0}, {"55.7.1", -1, 0, 0}};

START_TEST(reading)
{
	for (size_t i = 0; i < ARRAY_SIZE(CODES); i++) {
		struct span text = unit_guard(span_from(CODES[i].text));
		int code = -1;

		ck_assert_msg(smtp_code_parse(text, &code) == (CODES[i].code < 0 ? -1 : 0) &&
				  code == CODES[i].code,
		    "%s", CODES[i].text);
		unit_guard_free(text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(STATUSES); i++) {
		struct span text = unit_guard(span_from(STATUSES[i].text));
		struct smtp_status s = {0, 0, 0};
		int result = smtp_status_parse(text, &s);

		ck_assert_msg(result == (STATUSES[i].class < 0 ? -1 : 0), "%s", STATUSES[i].text);
		if (result == 0)
			ck_assert_msg(s.class == (unsigned)STATUSES[i].class &&
					  s.subject == (unsigned)STATUSES[i].subject &&
					  s.detail == (unsigned)STATUSES[i].detail,
			    "%s", STATUSES[i].text);
		else
			ck_assert_uint_eq(s.class, 0);
		unit_guard_free(text);
	}
}
END_TEST

START_TEST(retrying)
{
	ck_assert_int_eq(smtp_retry_of(2), SMTP_RETRY_NONE);
	ck_assert_int_eq(smtp_retry_of(3), SMTP_RETRY_NONE);
	ck_assert_int_eq(smtp_retry_of(4), SMTP_RETRY_LATER);
	ck_assert_int_eq(smtp_retry_of(5), SMTP_RETRY_NEVER);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {codes_are_in_order, codes_of_the_standard_are_there,
	    statuses_are_whole, replies_of_findings_are_known, reading, retrying, NULL};

	return unit_main("smtpstatus", tests);
}
