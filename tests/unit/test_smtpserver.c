/*
 * SPDX-License-Identifier: ISC
 *
 * The server machine where dialog scripts cannot reach: other answers than the standard ones,
 * answers given later, abort, borrowed octets, output that leaves in parts.
 */
#include "smtp/server.h"

#include <string.h>

#include "talk.h"
#include "unit.h"

static struct smtp_settings settings = {
    .hostname = "mail.example.org",
    .tls = SMTP_TLS_STARTTLS,
    .mechanisms = 1U << SMTP_AUTH_PLAIN | 1U << SMTP_AUTH_LOGIN,
    .auth_without_tls = true,
};

static struct smtp_server *new_server(void)
{
	settings.limits = SMTP_LIMITS_DEFAULT;
	return smtp_server_new(&settings, 0);
}

static void begin_message(struct smtp_server *s)
{
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL, NULL, "250 2.1.0 Ok\r\n");
	talk_line(s, "RCPT TO:<b@example.net>\r\n", SMTP_EVENT_RCPT, NULL, "250 2.1.5 Ok\r\n");
	talk_line(s, "DATA\r\n", SMTP_EVENT_DATA, NULL, "354 End data with <CR><LF>.<CR><LF>\r\n");
}

START_TEST(greeting_comes_first)
{
	struct smtp_server *s = new_server();

	ck_assert_uint_eq(smtp_server_feed(s, "EHLO x\r\n", 8), 0);
	talk_expect(s, SMTP_EVENT_GREETING);
	talk_expect(s, SMTP_EVENT_GREETING); /* asked again until answered */
	ck_assert_uint_eq(smtp_server_output(s).len, 0);
	smtp_server_answer(s, SMTP_REPLY(220, NULL, "hello there"));
	talk_output(s, "220 hello there\r\n");
	talk_expect(s, SMTP_EVENT_NONE);
	smtp_server_free(s);
}
END_TEST

START_TEST(greeting_refused_ends)
{
	static const int codes[] = {554, 421, 521, 250};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct smtp_server *s = new_server();

		talk_expect(s, SMTP_EVENT_GREETING);
		smtp_server_answer(s, SMTP_REPLY(codes[i], NULL, "no"));
		ck_assert_int_eq(talk_expect(s, SMTP_EVENT_QUIT).end, SMTP_END_REFUSED);
		ck_assert_uint_gt(smtp_server_output(s).len, 0);
		ck_assert_uint_eq(smtp_server_feed(s, "QUIT\r\n", 6), 0);
		smtp_server_free(s);
	}
}
END_TEST

START_TEST(refused_helo_changes_nothing)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL, NULL, "250 2.1.0 Ok\r\n");
	talk_line(s, "EHLO other.example.com\r\n", SMTP_EVENT_HELO, SMTP_REPLY(550, "5.7.1", "No"),
	    "550 5.7.1 No\r\n");
	talk_expect(s, SMTP_EVENT_NONE);
	ck_assert(smtp_server_in_transaction(s));
	talk_line(s, "RCPT TO:<b@example.net>\r\n", SMTP_EVENT_RCPT, NULL, "250 2.1.5 Ok\r\n");
	smtp_server_free(s);
}
END_TEST

START_TEST(refused_mail_and_rcpt)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL,
	    SMTP_REPLY(451, "4.7.1", "Later\nmuch later"),
	    "451-4.7.1 Later\r\n451 4.7.1 much later\r\n");
	ck_assert(!smtp_server_in_transaction(s));
	/* behind a refused MAIL no finding: a group may hold this */
	talk_line(s, "RCPT TO:<b@example.net>\r\n", SMTP_EVENT_NONE, NULL,
	    "503 5.5.1 Send MAIL before RCPT\r\n");
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL, NULL, "250 2.1.0 Ok\r\n");
	talk_line(s, "RCPT TO:<b@example.net>\r\n", SMTP_EVENT_RCPT,
	    SMTP_REPLY(550, "5.1.1", "Unknown"), "550 5.1.1 Unknown\r\n");
	talk_line(s, "DATA\r\n", SMTP_EVENT_NONE, NULL, "554 5.5.1 No valid recipients\r\n");
	smtp_server_free(s);
}
END_TEST

START_TEST(refused_data_keeps_the_transaction)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL, NULL, "250 2.1.0 Ok\r\n");
	talk_line(s, "RCPT TO:<b@example.net>\r\n", SMTP_EVENT_RCPT, NULL, "250 2.1.5 Ok\r\n");
	talk_line(s, "DATA\r\n", SMTP_EVENT_DATA, SMTP_REPLY(452, "4.3.1", "No room"),
	    "452 4.3.1 No room\r\n");
	ck_assert(smtp_server_in_transaction(s));
	ck_assert(!smtp_server_in_data(s));
	talk_line(s, "DATA\r\n", SMTP_EVENT_DATA, NULL, "354 End data with <CR><LF>.<CR><LF>\r\n");
	ck_assert(smtp_server_in_data(s));
	smtp_server_free(s);
}
END_TEST

START_TEST(message_refused_by_the_caller)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	begin_message(s);
	talk_feed(s, ".\r\n");
	ck_assert_uint_eq(talk_expect(s, SMTP_EVENT_MESSAGE).message_size, 0);
	ck_assert(smtp_server_in_transaction(s));
	ck_assert(!smtp_server_in_data(s));
	smtp_server_answer(s, SMTP_REPLY(550, "5.7.1", "DMARC"));
	talk_expect(s, SMTP_EVENT_RESET);
	talk_output(s, "550 5.7.1 DMARC\r\n");
	ck_assert(!smtp_server_in_transaction(s));
	smtp_server_free(s);
}
END_TEST

/* While a question is open, however long, nothing is taken and nothing is said. */
START_TEST(late_answers)
{
	struct smtp_server *s = new_server();
	const char *rest = "RSET\r\nMAIL FROM:<c@example.com>\r\n";

	talk_greet(s);
	begin_message(s);
	talk_feed(s, ".\r\n");
	talk_expect(s, SMTP_EVENT_MESSAGE);
	ck_assert_uint_eq(smtp_server_feed(s, rest, strlen(rest)), 0);
	ck_assert_uint_eq(smtp_server_output(s).len, 0);
	smtp_server_answer(s, NULL);
	ck_assert_uint_eq(smtp_server_feed(s, rest, strlen(rest)), 6);
	talk_expect(s, SMTP_EVENT_NONE);
	talk_output(s, "250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n");
	smtp_server_answer(s, NULL); /* no question: nothing happens */
	ck_assert_uint_eq(smtp_server_output(s).len, 0);
	smtp_server_free(s);
}
END_TEST

START_TEST(answer_421_ends)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL, NULL, "250 2.1.0 Ok\r\n");
	talk_line(s, "RCPT TO:<b@example.net>\r\n", SMTP_EVENT_RCPT,
	    SMTP_REPLY(421, "4.3.2", "Closing"), "421 4.3.2 Closing\r\n");
	talk_expect(s, SMTP_EVENT_RESET);
	ck_assert_int_eq(talk_expect(s, SMTP_EVENT_QUIT).end, SMTP_END_REFUSED);
	talk_expect(s, SMTP_EVENT_NONE);
	smtp_server_free(s);
}
END_TEST

/* Answers of 500 to 504 count as bad commands, others do not. */
START_TEST(bad_answers_count)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	settings.limits.bad_commands = 1;
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL,
	    SMTP_REPLY(550, "5.7.1", "No"), "550 5.7.1 No\r\n");
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL,
	    SMTP_REPLY(501, "5.1.7", "No"), "501 5.1.7 No\r\n");
	talk_feed(s, "MAIL FROM:<a@example.com>\r\n");
	talk_expect(s, SMTP_EVENT_MAIL);
	smtp_server_answer(s, SMTP_REPLY(501, "5.1.7", "No"));
	ck_assert_int_eq(
	    talk_expect(s, SMTP_EVENT_FINDING).finding.id, FINDING_TOO_MANY_BAD_COMMANDS);
	ck_assert_int_eq(talk_expect(s, SMTP_EVENT_QUIT).end, SMTP_END_LIMIT);
	ck_assert(span_starts(smtp_server_output(s), SPAN("421 4.7.0 ")));
	smtp_server_free(s);
}
END_TEST

START_TEST(abort_in_a_transaction)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	begin_message(s);
	talk_feed(s, "half a line");
	talk_expect(s, SMTP_EVENT_BODY);
	smtp_server_abort(s, SMTP_REPLY(421, "4.4.2", "Timeout"));
	talk_output(s, "421 4.4.2 Timeout\r\n");
	talk_expect(s, SMTP_EVENT_RESET);
	ck_assert_int_eq(talk_expect(s, SMTP_EVENT_QUIT).end, SMTP_END_REFUSED);
	ck_assert_uint_eq(smtp_server_feed(s, "x", 1), 0);
	smtp_server_abort(s, SMTP_REPLY(421, "4.4.2", "Timeout"));
	talk_expect(s, SMTP_EVENT_NONE);
	ck_assert_uint_eq(smtp_server_output(s).len, 0);
	smtp_server_free(s);
}
END_TEST

START_TEST(abort_with_an_open_question)
{
	struct smtp_server *s = new_server();

	talk_expect(s, SMTP_EVENT_GREETING);
	smtp_server_abort(s, SMTP_REPLY(421, "4.3.2", "Too many connections"));
	ck_assert_int_eq(talk_expect(s, SMTP_EVENT_QUIT).end, SMTP_END_REFUSED);
	smtp_server_answer(s, NULL);
	talk_output(s, "421 4.3.2 Too many connections\r\n");
	smtp_server_free(s);
}
END_TEST

/* Behind the 220 to STARTTLS no plain text may be written. */
START_TEST(abort_before_the_handshake)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	talk_line(s, "STARTTLS\r\n", SMTP_EVENT_STARTTLS, NULL, "220 2.0.0 Ready to start TLS\r\n");
	ck_assert(smtp_server_wants_tls(s));
	smtp_server_abort(s, SMTP_REPLY(421, "4.4.2", "Timeout"));
	ck_assert_uint_eq(smtp_server_output(s).len, 0);
	ck_assert(!smtp_server_wants_tls(s));
	talk_expect(s, SMTP_EVENT_QUIT);
	smtp_server_free(s);
}
END_TEST

START_TEST(refused_starttls)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	talk_line(s, "STARTTLS\r\n", SMTP_EVENT_STARTTLS, SMTP_REPLY(454, "4.7.0", "Not now"),
	    "454 4.7.0 Not now\r\n");
	ck_assert(!smtp_server_wants_tls(s));
	talk_line(s, "NOOP\r\n", SMTP_EVENT_NONE, NULL, "250 2.0.0 Ok\r\n");
	smtp_server_free(s);
}
END_TEST

/* The timeout is that of the state. */
START_TEST(timeouts)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	ck_assert_int_eq(smtp_server_timeout_ms(s), 300000);
	begin_message(s);
	ck_assert_int_eq(smtp_server_timeout_ms(s), 600000);
	talk_feed(s, ".\r\n");
	ck_assert_int_eq(smtp_server_timeout_ms(s), 300000);
	smtp_server_free(s);
}
END_TEST

/* Body pieces lie in the caller's octets: nothing is copied. */
START_TEST(body_is_borrowed)
{
	static const char text[] = "one\r\n..two\r\nthree\r\n.\r\n";
	struct smtp_server *s = new_server();
	struct smtp_event_data data;
	size_t at = 0;

	talk_greet(s);
	begin_message(s);
	at += smtp_server_feed(s, text, sizeof(text) - 1);
	data = talk_expect(s, SMTP_EVENT_BODY);
	ck_assert_ptr_eq(data.body.data, text);
	unit_span_eq("first", data.body, "one\r\n");
	ck_assert_uint_eq(at, 5);
	at += smtp_server_feed(s, text + at, sizeof(text) - 1 - at);
	data = talk_expect(s, SMTP_EVENT_BODY);
	ck_assert_ptr_eq(data.body.data, text + 6);
	unit_span_eq("second", data.body, ".two\r\nthree\r\n");
	at += smtp_server_feed(s, text + at, sizeof(text) - 1 - at);
	ck_assert_uint_eq(talk_expect(s, SMTP_EVENT_MESSAGE).message_size, 18);
	ck_assert_uint_eq(at, sizeof(text) - 1);
	smtp_server_free(s);
}
END_TEST

/* What a question borrows does not depend on the octets that were fed. */
START_TEST(questions_keep_their_own)
{
	char line[] = "MAIL FROM:<a@example.com>\r\n";
	struct smtp_server *s = new_server();

	talk_greet(s);
	talk_feed(s, line);
	memset(line, 'x', sizeof(line) - 1);
	unit_span_eq("address", talk_expect(s, SMTP_EVENT_MAIL).mail.path.address, "a@example.com");
	smtp_server_free(s);
}
END_TEST

/* Only when all of the synchronising reply has left may the client go on. */
START_TEST(output_leaves_in_parts)
{
	struct smtp_server *s = new_server();
	size_t n;

	talk_expect(s, SMTP_EVENT_GREETING);
	smtp_server_answer(s, NULL);
	n = smtp_server_output(s).len;
	smtp_server_sent(s, n - 1);
	unit_span_eq("rest", smtp_server_output(s), "\n");
	ck_assert_uint_gt(smtp_server_feed(s, "E", 1), 0);
	ck_assert_int_eq(talk_expect(s, SMTP_EVENT_FINDING).finding.id, FINDING_EARLY_TALK);
	ck_assert_int_eq(talk_expect(s, SMTP_EVENT_QUIT).end, SMTP_END_REFUSED);
	smtp_server_free(s);
}
END_TEST

START_TEST(auth_answers)
{
	static const struct {
		struct smtp_reply reply;
		bool finding;
	} rows[] = {
	    {{535, "5.7.8", "Wrong"}, true},
	    {{454, "4.7.0", "Temporary failure"}, false},
	    {{534, "5.7.9", "Too weak"}, false},
	    {{432, "4.7.12", "Password transition needed"}, false},
	};
	struct smtp_server *s = new_server();
	struct smtp_event_data data;

	talk_greet(s);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		talk_feed(s, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
		ck_assert_int_eq(
		    talk_expect(s, SMTP_EVENT_FINDING).finding.id, FINDING_AUTH_WITHOUT_TLS);
		data = talk_expect(s, SMTP_EVENT_AUTH);
		unit_span_eq("password", data.auth.password, "secret");
		smtp_server_answer(s, &rows[i].reply);
		talk_expect(s, rows[i].finding ? SMTP_EVENT_FINDING : SMTP_EVENT_NONE);
		smtp_server_sent(s, smtp_server_output(s).len);
	}
	talk_feed(s, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
	talk_expect(s, SMTP_EVENT_FINDING);
	talk_expect(s, SMTP_EVENT_AUTH);
	smtp_server_answer(s, NULL);
	talk_output(s, "235 2.7.0 Authentication successful\r\n");
	smtp_server_free(s);
}
END_TEST

/* Refused logins are counted apart from bad commands, with the same limit. */
START_TEST(passwords_are_not_tried_out)
{
	const struct smtp_reply wrong = {535, "5.7.8", "Wrong"};
	const unsigned limit = SMTP_LIMITS_DEFAULT.bad_commands;
	struct smtp_server *s = new_server();

	talk_greet(s);
	for (unsigned i = 0; i <= limit; i++) {
		talk_feed(s, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
		talk_expect(s, SMTP_EVENT_FINDING);
		talk_expect(s, SMTP_EVENT_AUTH);
		smtp_server_answer(s, &wrong);
		ck_assert_int_eq(
		    talk_expect(s, SMTP_EVENT_FINDING).finding.id, FINDING_AUTH_REJECTED);
		talk_output(s, i < limit ? "535 5.7.8 Wrong\r\n"
					 : "421 4.7.0 Too many errors; closing connection\r\n");
	}
	ck_assert_int_eq(
	    talk_expect(s, SMTP_EVENT_FINDING).finding.id, FINDING_TOO_MANY_BAD_COMMANDS);
	ck_assert_int_eq(talk_expect(s, SMTP_EVENT_QUIT).end, SMTP_END_LIMIT);
	smtp_server_free(s);
}
END_TEST

/* A password may come once more behind the reply, behind a NUL, or before its time. */
START_TEST(stray_secrets_are_not_shown)
{
	static const struct {
		const char *line, *shown;
	} rows[] = {
	    {"NOOP\0AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n", "NOOP"},
	    {"AGFsaWNlAHNlY3JldA==\r\n", "****"},
	    {"PASS secret\r\n", "****"},
	    {"FOO\r\n", "FOO"},
	};
	struct smtp_server *s = new_server();
	struct smtp_event_data data;

	talk_greet(s);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len = i == 0 ? 38 : strlen(rows[i].line);

		ck_assert_uint_eq(smtp_server_feed(s, rows[i].line, len), len);
		ck_assert_int_eq(smtp_server_next(s, &data), SMTP_EVENT_LINE);
		unit_span_eq("line", data.line, rows[i].shown);
		while (smtp_server_next(s, &data) != SMTP_EVENT_NONE)
			ck_assert(
			    data.finding.text == NULL || strstr(data.finding.text, "AGFs") == NULL);
		smtp_server_sent(s, smtp_server_output(s).len);
	}
	talk_feed(s, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
	talk_expect(s, SMTP_EVENT_FINDING);
	talk_expect(s, SMTP_EVENT_AUTH);
	smtp_server_answer(s, NULL);
	smtp_server_sent(s, smtp_server_output(s).len);
	talk_feed(s, "secret\r\n");
	ck_assert_int_eq(smtp_server_next(s, &data), SMTP_EVENT_LINE);
	unit_span_eq("behind the success", data.line, "****");
	smtp_server_free(s);
}
END_TEST

/* A line comes before what is found in it and what it asks. */
START_TEST(order_of_events)
{
	struct smtp_server *s = new_server();
	struct smtp_event_data data;

	talk_greet(s);
	talk_feed(s, "EHLO localhost\r\n");
	ck_assert_int_eq(smtp_server_next(s, &data), SMTP_EVENT_LINE);
	unit_span_eq("line", data.line, "EHLO localhost");
	ck_assert_int_eq(smtp_server_next(s, &data), SMTP_EVENT_FINDING);
	ck_assert_int_eq(smtp_server_next(s, &data), SMTP_EVENT_HELO);
	smtp_server_free(s);
}
END_TEST

/* A session that is greeted already. */
static struct smtp_server *new_server_of(const struct smtp_settings *special)
{
	struct smtp_server *s = smtp_server_new(special, 0);

	talk_expect(s, SMTP_EVENT_GREETING);
	smtp_server_answer(s, NULL);
	smtp_server_sent(s, smtp_server_output(s).len);
	return s;
}

static void skip_reply(struct smtp_server *s, const char *line, enum smtp_event question)
{
	talk_feed(s, line);
	talk_expect(s, question);
	smtp_server_answer(s, NULL);
	smtp_server_sent(s, smtp_server_output(s).len);
}

/* Under LMTP the answer to a message is given for each accepted recipient (RFC 2033 4.2). */
START_TEST(lmtp_replies)
{
	struct smtp_settings lmtp = {.hostname = "mail.example.org", .lmtp = true};
	struct smtp_server *s;

	lmtp.limits = SMTP_LIMITS_DEFAULT;
	s = new_server_of(&lmtp);
	skip_reply(s, "LHLO client.example.com\r\n", SMTP_EVENT_HELO);
	skip_reply(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL);
	skip_reply(s, "RCPT TO:<b@example.net>\r\n", SMTP_EVENT_RCPT);
	talk_line(s, "RCPT TO:<c@example.net>\r\n", SMTP_EVENT_RCPT,
	    SMTP_REPLY(550, "5.1.1", "Unknown"), "550 5.1.1 Unknown\r\n");
	skip_reply(s, "RCPT TO:<d@example.net>\r\n", SMTP_EVENT_RCPT);
	skip_reply(s, "DATA\r\n", SMTP_EVENT_DATA);
	talk_line(s, ".\r\n", SMTP_EVENT_MESSAGE, SMTP_REPLY(452, "4.3.1", "No room"),
	    "452 4.3.1 No room\r\n452 4.3.1 No room\r\n");
	smtp_server_free(s);
}
END_TEST

/* Where faults are only noted, the line means what it says. */
START_TEST(record_notes)
{
	static const struct {
		const char *line;
		enum finding_id finding;
		enum smtp_event question;
	} rows[] = {
	    {"EHLO client.example.com\n", FINDING_BARE_LF, SMTP_EVENT_HELO},
	    {"EHLO client..example.com\r\n", FINDING_HELO_NOT_A_NAME, SMTP_EVENT_HELO},
	    {"MAIL FROM: <a@example.com>\r\n", FINDING_SPACE_BEHIND_COLON, SMTP_EVENT_MAIL},
	    {"RCPT TO:\"b c\"@example.net\r\n", FINDING_MISSING_BRACKETS, SMTP_EVENT_RCPT},
	    {"RCPT TO:<b\xc3\xbc@example.net>\r\n", FINDING_SMTPUTF8_MISSING, SMTP_EVENT_RCPT},
	    {"DATA now\r\n", FINDING_BAD_SYNTAX, SMTP_EVENT_DATA},
	};
	struct smtp_settings record = {.hostname = "mail.example.org", .record = true};
	struct smtp_server *s;

	record.limits = SMTP_LIMITS_DEFAULT;
	s = new_server_of(&record);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		talk_feed(s, rows[i].line);
		ck_assert_msg(talk_expect(s, SMTP_EVENT_FINDING).finding.id == rows[i].finding,
		    "%s", rows[i].line);
		talk_expect(s, rows[i].question);
		smtp_server_answer(s, NULL);
		smtp_server_sent(s, smtp_server_output(s).len);
	}
	smtp_server_free(s);
}
END_TEST

START_TEST(lines_that_have_begun)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	ck_assert(!smtp_server_in_line(s));
	talk_feed(s, "NOO");
	ck_assert(smtp_server_in_line(s));
	talk_feed(s, "P\r\n");
	ck_assert(!smtp_server_in_line(s));
	talk_expect(s, SMTP_EVENT_NONE);
	smtp_server_sent(s, smtp_server_output(s).len);
	begin_message(s);
	talk_feed(s, "half a line of the message");
	ck_assert(!smtp_server_in_line(s));
	smtp_server_free(s);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    greeting_comes_first,
	    greeting_refused_ends,
	    refused_helo_changes_nothing,
	    refused_mail_and_rcpt,
	    refused_data_keeps_the_transaction,
	    message_refused_by_the_caller,
	    late_answers,
	    answer_421_ends,
	    bad_answers_count,
	    abort_in_a_transaction,
	    abort_with_an_open_question,
	    abort_before_the_handshake,
	    refused_starttls,
	    timeouts,
	    body_is_borrowed,
	    questions_keep_their_own,
	    output_leaves_in_parts,
	    auth_answers,
	    passwords_are_not_tried_out,
	    stray_secrets_are_not_shown,
	    order_of_events,
	    lmtp_replies,
	    record_notes,
	    lines_that_have_begun,
	    NULL,
	};

	return unit_main("smtpserver", tests);
}
