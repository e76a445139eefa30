/*
 * SPDX-License-Identifier: ISC
 *
 * A client of the server machine for unit tests.
 */
#include "talk.h"

#include <string.h>

#include "unit.h"

void talk_feed(struct smtp_server *s, const char *text)
{
	ck_assert_uint_eq(smtp_server_feed(s, text, strlen(text)), strlen(text));
}

struct smtp_event_data talk_expect(struct smtp_server *s, enum smtp_event want)
{
	struct smtp_event_data data = {.end = SMTP_END_COUNT};
	enum smtp_event kind;

	do {
		kind = smtp_server_next(s, &data);
	} while (kind == SMTP_EVENT_LINE);
	ck_assert_msg(kind == want, "event %d, expected %d", (int)kind, (int)want);
	return data;
}

void talk_output(struct smtp_server *s, const char *want)
{
	unit_span_eq("output", smtp_server_output(s), want);
	smtp_server_sent(s, smtp_server_output(s).len);
}

void talk_line(struct smtp_server *s, const char *line, enum smtp_event question,
    const struct smtp_reply *answer, const char *want)
{
	talk_feed(s, line);
	talk_expect(s, question);
	if (question != SMTP_EVENT_NONE)
		smtp_server_answer(s, answer);
	talk_output(s, want);
}

void talk_greet(struct smtp_server *s)
{
	talk_expect(s, SMTP_EVENT_GREETING);
	smtp_server_answer(s, NULL);
	talk_output(s, "220 mail.example.org ESMTP mailassay\r\n");
	talk_feed(s, "EHLO client.example.com\r\n");
	talk_expect(s, SMTP_EVENT_HELO);
	smtp_server_answer(s, NULL);
	smtp_server_sent(s, smtp_server_output(s).len);
}
