/*
 * SPDX-License-Identifier: ISC
 *
 * Collecting lines.
 */
#include "smtp/line.h"

#include "unit.h"

static const struct row {
	const char *name, *in;
	size_t limit;
	const char *text;
	bool cr, over;
	size_t total;
} ROWS[] = {
    {"plain", "NOOP\r\nrest", 10, "NOOP", true, false, 6},
    {"empty", "\r\n", 10, "", true, false, 2},
    {"bare LF", "NOOP\n", 10, "NOOP", false, false, 5},
    {"LF alone", "\n", 10, "", false, false, 1},
    {"CR within", "a\rb\r\n", 10, "a\rb", true, false, 5},
    {"at the limit", "12345678\r\n", 10, "12345678", true, false, 10},
    {"over by one", "123456789\r\n", 10, "123456789", true, true, 11},
    {"over by two", "1234567890\r\n", 10, "1234567890", true, true, 12},
    {"far over", "1234567890abcdefghij\r\n", 10, "1234567890", true, true, 22},
    {"over, bare LF", "1234567890a\n", 10, "1234567890", false, true, 12},
};

/* Feeds pieces of at most step octets; returns what was taken. */
static size_t feed(
    struct smtp_line *l, struct span in, const struct row *r, size_t step, enum smtp_line_status *s)
{
	size_t taken = 0;

	*s = SMTP_LINE_MORE;
	while (*s == SMTP_LINE_MORE && taken < in.len)
		taken += smtp_line_feed(l, span_first(span_after(in, taken), step), r->limit, s);
	return taken;
}

START_TEST(collects)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		for (size_t step = 1; step < 30; step++) {
			const struct row *r = &ROWS[i];
			struct span in = unit_guard(span_from(r->in));
			struct smtp_line l = {.text = BUFFER_INIT};
			enum smtp_line_status status;

			ck_assert_msg(
			    feed(&l, in, r, step, &status) == r->total, "%s: taken", r->name);
			ck_assert_msg(status == SMTP_LINE_COMPLETE, "%s: status", r->name);
			ck_assert_msg(l.cr == r->cr, "%s: cr", r->name);
			ck_assert_msg(l.over == r->over, "%s: over", r->name);
			unit_span_eq(r->name, smtp_line_text(&l), r->text);
			smtp_line_clear(&l);
			unit_guard_free(in);
		}
}
END_TEST

START_TEST(gives_up_endless_lines)
{
	struct smtp_line l = {.text = BUFFER_INIT};
	enum smtp_line_status status = SMTP_LINE_MORE;
	size_t total = 0;
	char piece[1000] = "";

	while (status == SMTP_LINE_MORE)
		total += smtp_line_feed(&l, span_of(piece, sizeof(piece)), 512, &status);
	ck_assert_int_eq(status, SMTP_LINE_ENDLESS);
	ck_assert_uint_eq(total, SMTP_LINE_OCTETS_MAX + 1);
	ck_assert_uint_eq(l.text.len, 512);
	smtp_line_clear(&l);
}
END_TEST

START_TEST(wipes)
{
	struct smtp_line l = {.text = BUFFER_INIT};
	enum smtp_line_status status;

	smtp_line_feed(&l, SPAN("secret\r\n"), 512, &status);
	smtp_line_reset(&l, true);
	ck_assert_uint_eq(l.text.len, 0);
	for (size_t i = 0; i < l.text.cap; i++)
		ck_assert_int_eq(l.text.data[i], 0);
	smtp_line_clear(&l);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {collects, gives_up_endless_lines, wipes, NULL};

	return unit_main("smtpline", tests);
}
