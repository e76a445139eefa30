/*
 * SPDX-License-Identifier: ISC
 *
 * The octets behind DATA and BDAT, in pieces of every size.
 */
#include "smtp/data.h"

#include <string.h>

#include "base/buffer.h"
#include "unit.h"

#define LF   (1U << SMTP_DATA_BARE_LF)
#define CR   (1U << SMTP_DATA_BARE_CR)
#define NUL  (1U << SMTP_DATA_NUL)
#define LONG (1U << SMTP_DATA_LINE_TOO_LONG)
#define HIGH (1U << SMTP_DATA_EIGHT_BIT)

#define EIGHT  SMTP_DATA_FLAG_EIGHT_BIT
#define UTF8   SMTP_DATA_FLAG_UTF8_HEADER
#define CHUNKS SMTP_DATA_FLAG_CHUNKS

#define B(literal)                                                                                 \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static const struct row {
	const char *name;
	struct span in;
	unsigned flags; /* enum smtp_data_flags */
	struct span message;
	unsigned faults;
	bool end;
} ROWS[] = {
    {"empty", B(".\r\n"), 0, B(""), 0, true},
    {"one line", B("a\r\n.\r\n"), 0, B("a\r\n"), 0, true},
    {"unfinished", B("a\r\n.\r"), 0, B("a\r\n"), 0, false},
    {"stuffed", B("..\r\n...\r\n.a\r\n.\r\n"), 0, B(".\r\n..\r\na\r\n"), 0, true},
    {"dots within", B("a.\r\nb.c\r\n.\r\n"), 0, B("a.\r\nb.c\r\n"), 0, true},
    {"long run", B("abcdefghijklmnopqrstuvwxyz\r\n\r\n.\r\n"), 0,
	B("abcdefghijklmnopqrstuvwxyz\r\n\r\n"), 0, true},
    {"LF.LF", B("a\n.\nb\r\n.\r\n"), 0, B("a\n.\nb\r\n"), LF, true},
    {"LF.CRLF", B("a\n.\r\nb\r\n.\r\n"), 0, B("a\n.\r\nb\r\n"), LF, true},
    {"CRLF.LF", B("a\r\n.\nb\r\n.\r\n"), 0, B("a\r\n\nb\r\n"), LF, true},
    {"CR.CR", B("a\r.\rb\r\n.\r\n"), 0, B("a\r.\rb\r\n"), CR, true},
    {"CR.CRLF", B("a\r.\r\nb\r\n.\r\n"), 0, B("a\r.\r\nb\r\n"), CR, true},
    {"CRLF.CR", B("a\r\n.\rb\r\n.\r\n"), 0, B("a\r\n\rb\r\n"), CR, true},
    {"CRLF.CRCRLF", B("a\r\n.\r\r\n.\r\n"), 0, B("a\r\n\r\r\n"), CR, true},
    {"CRLF.CR.CRLF", B("a\r\n.\r.\r\n.\r\n"), 0, B("a\r\n\r.\r\n"), CR, true},
    {"CRCRLF", B("a\r\r\n.\r\n"), 0, B("a\r\r\n"), CR, true},
    {"LF first", B("\n.\r\n\r\n.\r\n"), 0, B("\n.\r\n\r\n"), LF, true},
    {"CR first", B("\r.\r\n.\r\n"), 0, B("\r.\r\n"), CR, true},
    {"NUL", B("abcdefgh\0x\r\n.\r\n"), 0, B("abcdefgh\0x\r\n"), NUL, true},
    {"NUL before a dot", B("\r\n\0.\r\n.\r\n"), 0, B("\r\n\0.\r\n"), NUL, true},
    {"eight bits", B("abcdefg\xc3\xbc\r\n.\r\n"), 0, B("abcdefg\xc3\xbc\r\n"), HIGH, true},
    {"eight bits announced", B("abcdefg\xc3\xbc\r\n.\r\n"), EIGHT, B("abcdefg\xc3\xbc\r\n"), 0,
	true},
    {"several", B("\0\n\r\xff\r\n.\r\n"), 0, B("\0\n\r\xff\r\n"), NUL | LF | CR | HIGH, true},
    {"eight bits in the header", B("a: \xc3\xbc\r\n\r\nx\r\n.\r\n"), UTF8,
	B("a: \xc3\xbc\r\n\r\nx\r\n"), 0, true},
    {"eight bits behind the header", B("a: b\r\n\r\n\xc3\xbc\r\n.\r\n"), UTF8,
	B("a: b\r\n\r\n\xc3\xbc\r\n"), HIGH, true},
    {"eight bits in both", B("\xc3\xbc\r\n\r\n\xc3\xbc\r\n.\r\n"), UTF8 | EIGHT,
	B("\xc3\xbc\r\n\r\n\xc3\xbc\r\n"), 0, true},
    {"chunks have no dots", B(".\r\n..\r\n.\r"), CHUNKS, B(".\r\n..\r\n.\r"), CR, false},
    {"chunks may end anywhere", B("abcdefghij\r\n.k"), CHUNKS, B("abcdefghij\r\n.k"), 0, false},
    {"chunks are judged", B(".\n\0\xff\r.\r\n"), CHUNKS, B(".\n\0\xff\r.\r\n"),
	LF | NUL | HIGH | CR, false},
    /* the limit of these tests is 40 octets with CRLF */
    {"longest", B("12345678901234567890123456789012345678\r\n.\r\n"), 0,
	B("12345678901234567890123456789012345678\r\n"), 0, true},
    {"longest with a stuffed dot", B("..2345678901234567890123456789012345678\r\n.\r\n"), 0,
	B(".2345678901234567890123456789012345678\r\n"), 0, true},
    {"too long", B("123456789012345678901234567890123456789\r\n.\r\n"), 0,
	B("123456789012345678901234567890123456789\r\n"), LONG, true},
    {"too long without CRLF", B("1234567890123456789\n9012345678901234567890\r\n.\r\n"), 0,
	B("1234567890123456789\n9012345678901234567890\r\n"), LF | LONG, true},
};

/* Feeds in pieces of at most step octets behind a guard; collects what comes out. */
static void feed(const struct row *r, size_t step, struct buffer *message, unsigned *faults,
    bool *end, size_t *taken)
{
	struct smtp_data d;
	struct smtp_data_step out;

	smtp_data_begin(&d, 40, r->flags);
	*taken = 0;
	*faults = 0;
	*end = false;
	while (*taken < r->in.len && !*end) {
		struct span in = unit_guard(span_first(span_after(r->in, *taken), step));

		smtp_data_step(&d, in, &out);
		ck_assert_msg(out.taken > 0 || out.piece.len > 0, "%s: no step", r->name);
		ck_assert_msg((*faults & out.faults) == 0, "%s: a fault twice", r->name);
		*taken += out.taken;
		*faults |= out.faults;
		*end = out.end;
		buffer_add_span(message, out.piece);
		unit_guard_free(in);
	}
	if ((r->flags & CHUNKS) != 0)
		*faults |= smtp_data_finish(&d);
}

START_TEST(unstuffs)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		for (size_t step = 1; step <= ROWS[i].in.len; step++) {
			const struct row *r = &ROWS[i];
			struct buffer message = BUFFER_INIT;
			unsigned faults;
			size_t taken;
			bool end;

			feed(r, step, &message, &faults, &end, &taken);
			ck_assert_msg(span_equal(buffer_span(&message), r->message),
			    "%s by %zu: got \"%s\"", r->name, step, message.data);
			ck_assert_msg(
			    faults == r->faults, "%s by %zu: 0x%x", r->name, step, faults);
			ck_assert_msg(end == r->end, "%s by %zu: end", r->name, step);
			ck_assert_msg(taken == r->in.len, "%s by %zu: taken", r->name, step);
			buffer_clear(&message);
		}
}
END_TEST

/* A clean message comes out as few spans of the input. */
START_TEST(copies_nothing)
{
	static const char in[] = "Subject: x\r\n\r\nline\r\nline\r\n.\r\nNOOP\r\n";
	struct smtp_data d;
	struct smtp_data_step out;

	smtp_data_begin(&d, 1000, 0);
	smtp_data_step(&d, span_of(in, sizeof(in) - 1), &out);
	ck_assert_ptr_eq(out.piece.data, in);
	ck_assert_uint_eq(out.piece.len, strlen("Subject: x\r\n\r\nline\r\nline\r\n"));
	ck_assert_uint_eq(out.taken, out.piece.len);
	smtp_data_step(&d, span_from(in + out.taken), &out);
	ck_assert(out.end);
	ck_assert_uint_eq(out.taken, 3);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {unstuffs, copies_nothing, NULL};

	return unit_main("smtpdata", tests);
}
