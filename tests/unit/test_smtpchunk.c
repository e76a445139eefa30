/*
 * SPDX-License-Identifier: ISC
 *
 * BDAT where dialog scripts cannot reach: other answers than the standard ones, borrowed octets,
 * abort.
 */
#include "smtp/server.h"

#include <string.h>

#include "talk.h"
#include "unit.h"

static struct smtp_settings settings = {.hostname = "mail.example.org"};

static struct smtp_server *new_server(void)
{
	settings.limits = SMTP_LIMITS_DEFAULT;
	return smtp_server_new(&settings, 0);
}

static void begin_chunks(struct smtp_server *s)
{
	talk_greet(s);
	talk_line(s, "MAIL FROM:<a@example.com>\r\n", SMTP_EVENT_MAIL, NULL, "250 2.1.0 Ok\r\n");
	talk_line(s, "RCPT TO:<b@example.net>\r\n", SMTP_EVENT_RCPT, NULL, "250 2.1.5 Ok\r\n");
}

/* The 354 that accepts a chunk is not written; its octets come as they are. */
START_TEST(accepted_chunks)
{
	struct smtp_server *s = new_server();
	static const char octets[] = "..x\r\nNOOP\r\n";

	begin_chunks(s);
	talk_feed(s, "BDAT 5\r\n");
	talk_expect(s, SMTP_EVENT_DATA);
	ck_assert(!smtp_server_in_data(s));
	smtp_server_answer(s, NULL);
	talk_output(s, "");
	ck_assert(smtp_server_in_data(s));
	ck_assert_uint_eq(smtp_server_feed(s, octets, sizeof(octets) - 1), 5);
	ck_assert_ptr_eq(talk_expect(s, SMTP_EVENT_BODY).body.data, octets);
	ck_assert(!smtp_server_in_data(s));
	ck_assert(smtp_server_in_transaction(s));
	talk_output(s, "250 2.0.0 5 octets received\r\n");
	talk_feed(s, "BDAT 2 LAST\r\n");
	talk_expect(s, SMTP_EVENT_NONE);
	talk_feed(s, "\r\n");
	talk_expect(s, SMTP_EVENT_BODY);
	ck_assert_uint_eq(talk_expect(s, SMTP_EVENT_MESSAGE).message_size, 7);
	smtp_server_answer(s, NULL);
	talk_output(s, "250 2.0.0 Ok\r\n");
	ck_assert(!smtp_server_in_transaction(s));
	smtp_server_free(s);
}
END_TEST

/* A chunk that the caller refuses is taken all the same, and the reply stands behind it. */
START_TEST(refused_chunk)
{
	struct smtp_server *s = new_server();
	char text[] = "No room";

	begin_chunks(s);
	talk_feed(s, "BDAT 6\r\n");
	talk_expect(s, SMTP_EVENT_DATA);
	smtp_server_answer(s, SMTP_REPLY(452, "4.3.1", text));
	memset(text, 'x', sizeof(text) - 1); /* borrowed for the call only */
	talk_output(s, "");
	ck_assert(smtp_server_in_data(s));
	talk_feed(s, "RSE");
	talk_output(s, "");
	talk_feed(s, "T\r\n");
	talk_expect(s, SMTP_EVENT_RESET);
	talk_expect(s, SMTP_EVENT_NONE);
	talk_output(s, "452 4.3.1 No room\r\n");
	ck_assert(!smtp_server_in_data(s));
	smtp_server_free(s);
}
END_TEST

START_TEST(refused_empty_chunk)
{
	struct smtp_server *s = new_server();

	begin_chunks(s);
	talk_line(s, "BDAT 0 LAST\r\n", SMTP_EVENT_DATA, SMTP_REPLY(452, "4.3.1", "No room"),
	    "452 4.3.1 No room\r\n");
	talk_expect(s, SMTP_EVENT_RESET);
	smtp_server_free(s);
}
END_TEST

START_TEST(chunk_answered_421)
{
	struct smtp_server *s = new_server();

	begin_chunks(s);
	talk_line(s, "BDAT 6\r\n", SMTP_EVENT_DATA, SMTP_REPLY(421, "4.3.2", "Closing"),
	    "421 4.3.2 Closing\r\n");
	talk_expect(s, SMTP_EVENT_RESET);
	talk_expect(s, SMTP_EVENT_QUIT);
	ck_assert(!smtp_server_in_data(s));
	ck_assert_uint_eq(smtp_server_feed(s, "RSET\r\n", 6), 0);
	smtp_server_free(s);
}
END_TEST

START_TEST(abort_in_a_chunk)
{
	struct smtp_server *s = new_server();

	talk_greet(s);
	talk_feed(s, "BDAT 18446744073709551615\r\n");
	talk_expect(s, SMTP_EVENT_FINDING);
	talk_feed(s, "x");
	ck_assert(smtp_server_in_data(s));
	ck_assert_int_eq(smtp_server_timeout_ms(s), 600000);
	smtp_server_abort(s, SMTP_REPLY(421, "4.4.2", "Timeout"));
	talk_output(s, "421 4.4.2 Timeout\r\n");
	talk_expect(s, SMTP_EVENT_QUIT);
	ck_assert_uint_eq(smtp_server_feed(s, "x", 1), 0);
	smtp_server_free(s);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    accepted_chunks,
	    refused_chunk,
	    refused_empty_chunk,
	    chunk_answered_421,
	    abort_in_a_chunk,
	    NULL,
	};

	return unit_main("smtpchunk", tests);
}
