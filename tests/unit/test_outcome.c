/*
 * SPDX-License-Identifier: ISC
 *
 * How the sending of a session goes, as its dialog tells: dialogs as text, "C " a line of the
 * client, "S " a line of a reply, "secured", "reset", and the ends.
 */
#include "gateway/outcome.h"

#include <string.h>

#include "base/buffer.h"
#include "unit.h"

static const struct row {
	const char *name, *dialog;
	enum record_stage stage, reached, failed_at;
	const char *failure;
} ROWS[] = {
    {"nothing yet", "", RECORD_STAGE_CONNECTION, RECORD_STAGE_CONNECTION, RECORD_STAGE_DONE, NULL},
    {"turned away", "S 421 4.3.2 Too many\n", RECORD_STAGE_CONNECTION, RECORD_STAGE_CONNECTION,
	RECORD_STAGE_CONNECTION, "421 4.3.2 Too many"},
    {"a bad name", "S 220 hi\nC EHLO a b\nS 501 5.5.2 No\n", RECORD_STAGE_CONNECTION,
	RECORD_STAGE_CONNECTION, RECORD_STAGE_CONNECTION, "501 5.5.2 No"},
    {"a bad name, mended", "S 220 hi\nC EHLO a b\nS 501 5.5.2 No\nC EHLO a\nS 250-b\nS 250 SIZE\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_CONNECTION, RECORD_STAGE_DONE, NULL},
    {"the handshake", "S 220 hi\nC STARTTLS\nS 220 2.0.0 Ready\n", RECORD_STAGE_TLS,
	RECORD_STAGE_TLS, RECORD_STAGE_DONE, NULL},
    {"TLS stands", "S 220 hi\nC starttls\nS 220 2.0.0 Ready\nsecured\n", RECORD_STAGE_CONNECTION,
	RECORD_STAGE_TLS, RECORD_STAGE_DONE, NULL},
    {"STARTTLS refused", "S 220 hi\nC STARTTLS now\nS 501 5.5.4 No argument\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_CONNECTION, RECORD_STAGE_TLS,
	"501 5.5.4 No argument"},
    {"an exchange", "C AUTH LOGIN\nS 334 VXNlcm5hbWU6\nC ****\nS 334 UGFzc3dvcmQ6\n",
	RECORD_STAGE_AUTHENTICATION, RECORD_STAGE_AUTHENTICATION, RECORD_STAGE_DONE, NULL},
    {"an exchange whose secret looks like a command",
	"C AUTH LOGIN\nS 334 x\nC MAIL\nS 535 5.7.8 Invalid\n", RECORD_STAGE_CONNECTION,
	RECORD_STAGE_AUTHENTICATION, RECORD_STAGE_AUTHENTICATION, "535 5.7.8 Invalid"},
    {"a login at the second try",
	"C AUTH PLAIN ****\nS 535 5.7.8 Invalid\nC AUTH PLAIN ****\nS 235 2.7.0 Ok\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_AUTHENTICATION, RECORD_STAGE_DONE, NULL},
    {"no login, and it sends all the same",
	"C AUTH PLAIN ****\nS 535 5.7.8 Invalid\nC MAIL FROM:<a@b>\nS 250 2.1.0 Ok\n",
	RECORD_STAGE_ENVELOPE, RECORD_STAGE_ENVELOPE, RECORD_STAGE_DONE, NULL},
    {"MAIL without a login", "C MAIL FROM:<a@b>\nS 530 5.7.0 Authentication required\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_ENVELOPE, RECORD_STAGE_AUTHENTICATION,
	"530 5.7.0 Authentication required"},
    {"MAIL without TLS", "C MAIL FROM:<a@b>\nS 530 5.7.0 Must issue a STARTTLS command first\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_ENVELOPE, RECORD_STAGE_TLS,
	"530 5.7.0 Must issue a STARTTLS command first"},
    {"MAIL without TLS, mended",
	"C MAIL FROM:<a@b>\nS 530 5.7.0 Must issue a STARTTLS command first\nC STARTTLS\n"
	"S 220 2.0.0 Ready\nsecured\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_ENVELOPE, RECORD_STAGE_DONE, NULL},
    {"AUTH without TLS", "C AUTH PLAIN ****\nS 538 5.7.11 Encryption required\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_AUTHENTICATION, RECORD_STAGE_AUTHENTICATION,
	"538 5.7.11 Encryption required"},
    {"a sender refused", "C MAIL FROM:<>x\nS 501 5.5.4 Syntax\n", RECORD_STAGE_CONNECTION,
	RECORD_STAGE_ENVELOPE, RECORD_STAGE_ENVELOPE, "501 5.5.4 Syntax"},
    {"a reply of several lines",
	"C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 354 Go\nS 550-5.7.26 Blocked\nS 550 5.7.26 it is\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_DATA, RECORD_STAGE_DATA, "550 5.7.26 Blocked"},
    {"MAIL within a transaction",
	"C MAIL FROM:<a@b>\nS 250 2.1.0 Ok\nC MAIL FROM:<a@b>\nS 503 5.5.1 Nested\n",
	RECORD_STAGE_ENVELOPE, RECORD_STAGE_ENVELOPE, RECORD_STAGE_ENVELOPE, "503 5.5.1 Nested"},
    {"a recipient refused, another sender does not mend it",
	"C MAIL FROM:<a@b>\nS 250 2.1.0 Ok\nC RCPT TO:<c>\nS 501 5.1.3 No\nreset\n"
	"C RSET\nS 250 2.0.0 Ok\nC MAIL FROM:<a@b>\nS 250 2.1.0 Ok\n",
	RECORD_STAGE_ENVELOPE, RECORD_STAGE_ENVELOPE, RECORD_STAGE_ENVELOPE, "501 5.1.3 No"},
    {"a command of no step changes nothing",
	"C RCPT TO:<c>\nS 503 5.5.1 Need MAIL\nC NOOP\nS 250 2.0.0 Ok\n", RECORD_STAGE_CONNECTION,
	RECORD_STAGE_CONNECTION, RECORD_STAGE_ENVELOPE, "503 5.5.1 Need MAIL"},
    {"an unknown command breaks nothing", "C FOO\nS 500 5.5.2 Unknown\n", RECORD_STAGE_CONNECTION,
	RECORD_STAGE_CONNECTION, RECORD_STAGE_DONE, NULL},
    {"the data",
	"C MAIL FROM:<a@b>\nS 250 2.1.0 Ok\nC RCPT TO:<c@d>\nS 250 2.1.5 Ok\nC DATA\n"
	"S 354 Go\n",
	RECORD_STAGE_DATA, RECORD_STAGE_DATA, RECORD_STAGE_DONE, NULL},
    {"a message",
	"C MAIL FROM:<a@b>\nS 250 2.1.0 Ok\nC RCPT TO:<c@d>\nS 250 2.1.5 Ok\nC DATA\n"
	"S 354 Go\nS 250 2.0.0 Ok\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_DATA, RECORD_STAGE_DONE, NULL},
    {"a message refused, another one accepted so far",
	"C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 354 Go\nreset\nS 552 5.3.4 Too big\n"
	"C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 354 Go\n",
	RECORD_STAGE_DATA, RECORD_STAGE_DATA, RECORD_STAGE_DATA, "552 5.3.4 Too big"},
    {"a message refused, another one accepted",
	"C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 354 Go\nreset\nS 552 5.3.4 Too big\n"
	"C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 354 Go\nS 250 Ok\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_DATA, RECORD_STAGE_DONE, NULL},
    {"DATA without recipients", "C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 503 5.5.1 Need RCPT\n",
	RECORD_STAGE_ENVELOPE, RECORD_STAGE_DATA, RECORD_STAGE_DATA, "503 5.5.1 Need RCPT"},
    {"DATA out of the blue", "C DATA\nS 503 5.5.1 Need MAIL\n", RECORD_STAGE_CONNECTION,
	RECORD_STAGE_CONNECTION, RECORD_STAGE_DATA, "503 5.5.1 Need MAIL"},
    {"chunks",
	"C MAIL FROM:<a@b>\nS 250 Ok\nC RCPT TO:<c@d>\nS 250 Ok\nC BDAT 10\n"
	"S 250 2.0.0 10 octets received\n",
	RECORD_STAGE_DATA, RECORD_STAGE_DATA, RECORD_STAGE_DONE, NULL},
    {"the last chunk",
	"C MAIL FROM:<a@b>\nS 250 Ok\nC RCPT TO:<c@d>\nS 250 Ok\nC BDAT 10\n"
	"S 250 2.0.0 10 octets received\nC BDAT 0 last\nS 452 4.3.1 Full\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_DATA, RECORD_STAGE_DATA, "452 4.3.1 Full"},
    {"LMTP: one of two recipients",
	"C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 354 Go\nS 250 2.0.0 Ok\nS 452 4.3.1 Full\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_DATA, RECORD_STAGE_DATA, "452 4.3.1 Full"},
    {"a transaction that is dropped", "C MAIL FROM:<a@b>\nS 250 Ok\nreset\nC RSET\nS 250 Ok\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_ENVELOPE, RECORD_STAGE_DONE, NULL},
    {"silence at the beginning", "S 220 hi\ntimeout\n", RECORD_STAGE_CONNECTION,
	RECORD_STAGE_CONNECTION, RECORD_STAGE_CONNECTION, "the reason"},
    {"silence amid the data, and what is said of it",
	"C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 354 Go\ntimeout\nS 421 4.4.2 Too slow\n",
	RECORD_STAGE_DATA, RECORD_STAGE_DATA, RECORD_STAGE_DATA, "the reason"},
    {"silence behind a message",
	"C MAIL FROM:<a@b>\nS 250 Ok\nC DATA\nS 354 Go\nS 250 Ok\ntimeout delivered\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_DATA, RECORD_STAGE_DONE, NULL},
    {"what was refused before stays", "C AUTH PLAIN ****\nS 535 5.7.8 Invalid\ntimeout\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_AUTHENTICATION, RECORD_STAGE_AUTHENTICATION,
	"535 5.7.8 Invalid"},
    {"left at once", "S 220 hi\nclosed\n", RECORD_STAGE_CONNECTION, RECORD_STAGE_CONNECTION,
	RECORD_STAGE_DONE, NULL},
    {"left amid the envelope", "C MAIL FROM:<a@b>\nS 250 Ok\nclosed\n", RECORD_STAGE_ENVELOPE,
	RECORD_STAGE_ENVELOPE, RECORD_STAGE_ENVELOPE, "the reason"},
    {"the handshake broke", "C STARTTLS\nS 220 Ready\nbroken\nclosed\n", RECORD_STAGE_TLS,
	RECORD_STAGE_TLS, RECORD_STAGE_TLS, "the reason"},
    {"it was broken off when it was done", "C STARTTLS\nS 220 Ready\nsecured\nbroken\nclosed\n",
	RECORD_STAGE_CONNECTION, RECORD_STAGE_TLS, RECORD_STAGE_TLS, "the reason"},
    {"no reply", "S hello\n", RECORD_STAGE_CONNECTION, RECORD_STAGE_CONNECTION, RECORD_STAGE_DONE,
	NULL},
};

static void event(struct outcome *o, struct span line)
{
	if (span_starts(line, SPAN("C "))) {
		struct span text = unit_guard(span_after(line, 2));

		outcome_line(o, text);
		unit_guard_free(text);
	} else if (span_equal(line, SPAN("secured"))) {
		outcome_secured(o);
	} else if (span_equal(line, SPAN("reset"))) {
		outcome_reset(o);
	} else if (span_equal(line, SPAN("broken"))) {
		outcome_handshake_failed(o, "the reason");
	} else if (span_equal(line, SPAN("closed"))) {
		outcome_end(o, RECORD_END_CLIENT_CLOSED, "the reason", false);
	} else if (span_starts(line, SPAN("timeout"))) {
		outcome_end(o, RECORD_END_TIMEOUT, "the reason", line.len > 7);
	} else {
		ck_abort_msg("%.*s: no event", (int)line.len, line.data);
	}
}

/* Replies that follow each other go as one piece, as they leave the machine. */
static void give_replies(struct outcome *o, struct buffer *replies)
{
	struct span text;

	if (replies->len == 0)
		return;
	text = unit_guard(buffer_span(replies));
	outcome_replies(o, text);
	unit_guard_free(text);
	buffer_clear(replies);
}

static void play(const struct row *row, struct outcome *o)
{
	struct span rest = span_from(row->dialog);
	struct buffer replies = BUFFER_INIT;

	outcome_init(o);
	while (rest.len > 0) {
		struct span line = span_cut(&rest, '\n');

		if (span_starts(line, SPAN("S "))) {
			buffer_add_span(&replies, span_after(line, 2));
			buffer_add_string(&replies, "\r\n");
			continue;
		}
		give_replies(o, &replies);
		event(o, line);
	}
	give_replies(o, &replies);
}

START_TEST(dialogs)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *row = &ROWS[i];
		struct outcome o;

		play(row, &o);
		ck_assert_msg(
		    o.stage == row->stage, "%s: stage %s", row->name, RECORD_STAGE_NAME[o.stage]);
		ck_assert_msg(o.reached == row->reached, "%s: reached %s", row->name,
		    RECORD_STAGE_NAME[o.reached]);
		ck_assert_msg(o.failed_at == row->failed_at, "%s: failed at %s", row->name,
		    RECORD_STAGE_NAME[o.failed_at]);
		unit_span_eq(
		    row->name, span_from(o.failure), row->failure == NULL ? "" : row->failure);
	}
}
END_TEST

/* A client decides how often it is refused, not how much memory that takes. */
START_TEST(long_replies)
{
	struct buffer line = BUFFER_INIT;
	struct outcome o;

	outcome_init(&o);
	outcome_replies(&o, SPAN("220 hi\r\n"));
	buffer_add_string(&line, "550 ");
	for (int i = 0; i < 490; i++)
		buffer_add_char(&line, 'x');
	buffer_add_string(&line, "\r\n");
	outcome_line(&o, SPAN("MAIL FROM:<a@b>"));
	outcome_replies(&o, buffer_span(&line));
	ck_assert_uint_eq(strlen(o.failure), 494);
	buffer_reset(&line);
	buffer_add_string(&line, "551 ");
	for (int i = 0; i < 2000; i++)
		buffer_add_char(&line, 'x');
	buffer_add_string(&line, "\r\n");
	outcome_line(&o, SPAN("MAIL FROM:<a@b>"));
	outcome_replies(&o, buffer_span(&line));
	ck_assert_uint_lt(strlen(o.failure), OUTCOME_REPLY_SIZE);
	buffer_clear(&line);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {dialogs, long_replies, NULL};

	return unit_main("outcome", tests);
}
