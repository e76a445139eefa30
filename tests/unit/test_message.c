/*
 * SPDX-License-Identifier: ISC
 *
 * mail/message: the facts of a header; what is malformed is absent.
 */
#include "unit.h"

#include <string.h>

#include "base/buffer.h"
#include "mail/message.h"

static const struct {
	const char *name, *header;
	const char *message_id, *subject, *date, *from;
	size_t mailboxes, from_fields;
	bool malformed;
} ROWS[] = {
    {"nothing", "", NULL, NULL, NULL, NULL, 0, 0, false},
    {"all",
	"From: A <a@example.com>\r\nDate: Mon, 23 Nov 2026 16:00:00 +0000\r\n"
	"Message-ID: <1@example.com>\r\nSubject: Hello\r\n",
	"<1@example.com>", "Hello", "Mon, 23 Nov 2026 16:00:00 +0000", "a@example.com", 1, 1,
	false},
    {"names in another case", "FROM: a@b\r\nmessage-id: <1@b>\r\nsubject: s\r\ndate: d\r\n",
	"<1@b>", "s", "d", "a@b", 1, 1, false},
    {"folded",
	"Message-ID:\r\n <1@b>\r\nSubject: a\r\n b\r\nDate: Mon,\r\n\t23 Nov\r\nFrom:\r\n a@b\r\n",
	"<1@b>", "a b", "Mon, 23 Nov", "a@b", 1, 1, false},
    {"the topmost counts", "Subject: 1\r\nSubject: 2\r\nMessage-ID: <1@b>\r\nMessage-ID: <2@b>\r\n",
	"<1@b>", "1", NULL, NULL, 0, 0, false},
    {"empty values", "Message-ID:\r\nSubject:\r\nDate:\r\nFrom:\r\n", NULL, "", NULL, NULL, 0, 1,
	true},
    {"message id without brackets", "Message-ID: 1@b\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"message id with a blank", "Message-ID: <1 @b>\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"message id not closed", "Message-ID: <1@b\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"empty message id", "Message-ID: <>\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"message id twice opened", "Message-ID: <<1@b>\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"message id and text", "Message-ID: <1@b> x\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"message id and comment", "Message-ID: <1@b> (x)\r\n", "<1@b>", NULL, NULL, NULL, 0, 0, false},
    {"message id not UTF-8", "Message-ID: <\xf6@b>\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"message id with a control", "Message-ID: <\x01@b>\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"date not UTF-8", "Date: \xf6\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"date with a control", "Date: a\x01\r\n", NULL, NULL, NULL, NULL, 0, 0, false},
    {"subject as it is", "Subject: =?utf-8?q?a?= \xf6\x01\r\n", NULL, "=?utf-8?q?a?= \xf6\x01",
	NULL, NULL, 0, 0, false},
    {"several mailboxes", "From: a@b, N <c@d>\r\n", NULL, NULL, NULL, "a@b", 2, 1, false},
    {"several fields", "From: a@b\r\nX: y\r\nFrom: c@d, e@f\r\n", NULL, NULL, NULL, "a@b", 3, 2,
	false},
    {"the first is garbage", "From: garbage\r\nFrom: a@b\r\n", NULL, NULL, NULL, NULL, 1, 2, true},
    {"the second is garbage", "From: a@b\r\nFrom: <<\r\n", NULL, NULL, NULL, "a@b", 1, 2, true},
    {"an empty group", "From: nobody:;\r\n", NULL, NULL, NULL, NULL, 0, 1, false},
    {"a quoted local part", "From: \"a b\"@c\r\n", NULL, NULL, NULL, "\"a b\"@c", 1, 1, false},
};

START_TEST(reading)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span s = unit_guard(span_from(ROWS[i].header));
		struct arena *a = arena_new();
		struct mail_header h;
		struct mail_message m;

		mail_header_parse(s, a, &h);
		mail_message_read(&h, a, &m);
		unit_guard_free(s);
		ck_assert_pstr_eq(m.message_id, ROWS[i].message_id);
		ck_assert_pstr_eq(m.subject, ROWS[i].subject);
		ck_assert_pstr_eq(m.date, ROWS[i].date);
		ck_assert_pstr_eq(m.from, ROWS[i].from);
		ck_assert_msg(
		    m.from_list.count == ROWS[i].mailboxes, "%s: mailboxes", ROWS[i].name);
		ck_assert_msg(m.from_fields == ROWS[i].from_fields, "%s: fields", ROWS[i].name);
		ck_assert_msg(m.from_malformed == ROWS[i].malformed, "%s: malformed", ROWS[i].name);
		arena_free(a);
	}
}
END_TEST

START_TEST(nul_in_a_subject)
{
	struct arena *a = arena_new();
	struct mail_header h;
	struct mail_message m;

	mail_header_parse(SPAN("Subject: a\0b\r\nDate: c\0d\r\nMessage-ID: <\0@b>\r\n\r\n"), a, &h);
	mail_message_read(&h, a, &m);
	ck_assert_str_eq(m.subject, "a b");
	ck_assert_ptr_null(m.date);
	ck_assert_ptr_null(m.message_id);
	arena_free(a);
}
END_TEST

/* A small header must not make much memory: the mailboxes of all From fields are one list. */
START_TEST(many_from_fields)
{
	struct arena *a = arena_new();
	struct buffer b = BUFFER_INIT;
	struct mail_header h;
	struct mail_message m;

	for (int i = 0; i < 3000; i++)
		buffer_add_string(&b, "From:a@b\r\n");
	mail_header_parse(buffer_span(&b), a, &h);
	mail_message_read(&h, a, &m);
	ck_assert_uint_eq(m.from_fields, 3000);
	ck_assert_uint_eq(m.from_list.count, MAIL_MAILBOX_MAX);
	ck_assert_uint_lt(arena_used(a), 50 * b.len);
	buffer_clear(&b);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {reading, nul_in_a_subject, many_from_fields, NULL};

	return unit_main("message", tests);
}
