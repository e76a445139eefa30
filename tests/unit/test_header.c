/*
 * SPDX-License-Identifier: ISC
 *
 * mail/header: where a header ends, which fields it has, and unfolding.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/header.h"

/* Fields are shown as "name=value" in brackets. */
static const struct {
	const char *name, *message, *fields;
	size_t body;
	bool complete, malformed;
} ROWS[] = {
    {"nothing", "", "", 0, false, false},
    {"an empty line alone", "\r\n", "", 2, true, false},
    {"an empty header", "\r\nbody", "", 2, true, false},
    {"one field", "A: b\r\n\r\n", "[A= b]", 8, true, false},
    {"two fields and a body", "A: b\r\nC:d\r\n\r\nE: f\r\n", "[A= b][C=d]", 13, true, false},
    {"no empty line", "A: b\r\n", "[A= b]", 6, false, false},
    {"no line end", "A: b", "[A= b]", 4, false, false},
    {"cut in a line end", "A: b\r", "[A= b\r]", 5, false, false},
    {"cut in the empty line", "A: b\r\n\r", "[A= b]", 6, false, true},
    {"empty value", "A:\r\n\r\n", "[A=]", 6, true, false},
    {"empty value at the end", "A:", "[A=]", 2, false, false},
    {"blanks before the colon", "A \t : b\r\n\r\n", "[A= b]", 11, true, false},
    {"colons in the value", "A: b: c\r\n\r\n", "[A= b: c]", 11, true, false},
    {"folded", "A: b\r\n c\r\n\td\r\nE: f\r\n\r\n", "[A= b\r\n c\r\n\td][E= f]", 22, true, false},
    {"a fold of blanks only", "A: b\r\n \r\n\r\n", "[A= b\r\n ]", 11, true, false},
    {"a fold at the end", "A: b\r\n c", "[A= b\r\n c]", 8, false, false},
    {"bare LF in a field", "A: b\nC: d\r\n\r\n", "[A= b\nC: d]", 13, true, false},
    {"LF LF is no empty line", "A: b\n\nC: d\r\n\r\n", "[A= b\n\nC: d]", 14, true, false},
    {"bare CR in a field", "A: b\rC: d\r\n\r\n", "[A= b\rC: d]", 13, true, false},
    {"first line no field", "hello\r\nA: b\r\n\r\n", "", 0, false, true},
    {"first line folded", " A: b\r\n\r\n", "", 0, false, true},
    {"a line without colon", "A: b\r\nhello\r\nC: d\r\n\r\n", "[A= b]", 6, false, true},
    {"no name", "A: b\r\n: c\r\n\r\n", "[A= b]", 6, false, true},
    {"blank and colon", " : c\r\n\r\n", "", 0, false, true},
    {"blank in a name", "A b: c\r\n\r\n", "", 0, false, true},
    {"mbox line", "From a@b Tue Nov 24 10:00:00 2026\r\nA: b\r\n\r\n", "", 0, false, true},
    {"LF in a name", "A\nB: c\r\n\r\n", "", 0, false, true},
    {"octet above 127 in a name", "\xc3\xa4: c\r\n\r\n", "", 0, false, true},
    {"the colon on the next line", "A\r\n : b\r\n\r\n", "", 0, false, true},
    {"odd but legal name", "!#$%&'*+./?@[]^_`{|}~\"(): b\r\n\r\n", "[!#$%&'*+./?@[]^_`{|}~\"()= b]",
	31, true, false},
};

START_TEST(parsing)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span s = unit_guard(span_from(ROWS[i].message));
		const char *row = ROWS[i].name;
		struct arena *a = arena_new();
		struct buffer shown = BUFFER_INIT;
		struct mail_header h;
		size_t octets = 0;

		mail_header_parse(s, a, &h);
		for (size_t k = 0; k < h.count; k++) {
			buffer_printf(
			    &shown, "[%.*s=", (int)h.fields[k].name.len, h.fields[k].name.data);
			buffer_add_span(&shown, h.fields[k].value);
			buffer_add_char(&shown, ']');
			ck_assert_msg(h.fields[k].raw.data == s.data + octets, "%s: raw", row);
			octets += h.fields[k].raw.len;
		}
		unit_span_eq(row, buffer_span(&shown), ROWS[i].fields);
		ck_assert_msg(h.body == ROWS[i].body, "%s: body at %zu", row, h.body);
		ck_assert_msg(h.complete == ROWS[i].complete, "%s: complete", row);
		ck_assert_msg(h.malformed == ROWS[i].malformed, "%s: malformed", row);
		if (!h.malformed)
			ck_assert_msg(h.bad_line.len == 0, "%s: a bad line", row);
		ck_assert_msg(h.section.len == octets, "%s: section", row);
		ck_assert_msg(octets + (h.complete ? 2 : 0) == h.body, "%s: body", row);
		buffer_clear(&shown);
		arena_free(a);
		unit_guard_free(s);
	}
}
END_TEST

static const struct {
	const char *message;
	size_t end;
} ENDS[] = {
    {"", 0},
    {"\r", 0},
    {"\r\n", 2},
    {"\r\nbody\r\n\r\n", 2},
    {"A: b\r\n", 0},
    {"A: b\r\n\r", 0},
    {"A: b\r\n\r\n", 8},
    {"A: b\r\n\r\nbody\r\n\r\nmore", 8},
    {"A: b\n\nbody\r\n\r\n", 14},
    {"A: b\r\r\n\r\n", 9},
    {"A: b\r\n \r\n\r\n", 11},
};

/* However the message grows, the end shows when its last octet has come, and not before. */
START_TEST(ends)
{
	for (size_t i = 0; i < ARRAY_SIZE(ENDS); i++) {
		struct span all = span_from(ENDS[i].message);

		for (size_t step = 1; step <= all.len + 1; step++) {
			size_t seen = 0, end = 0;

			for (size_t n = 0; end == 0 && seen < all.len; seen = n) {
				struct span s;

				n = seen + step < all.len ? seen + step : all.len;
				s = unit_guard(span_first(all, n));
				end = mail_header_end(s, seen);
				ck_assert_msg(end == (n >= ENDS[i].end ? ENDS[i].end : 0),
				    "row %zu by %zu at %zu: %zu", i, step, n, end);
				unit_guard_free(s);
			}
			ck_assert_uint_eq(end, ENDS[i].end);
		}
	}
	ck_assert_uint_eq(mail_header_end(span_of(NULL, 0), 0), 0);
	ck_assert_uint_eq(mail_header_end(SPAN("A: b"), 100), 0);
}
END_TEST

START_TEST(finding)
{
	struct arena *a = arena_new();
	struct mail_header h;

	mail_header_parse(
	    SPAN("From: 1\r\nTo: 2\r\nFROM: 3\r\nfrom : 4\r\nFroms: 5\r\n\r\n"), a, &h);
	ck_assert_uint_eq(mail_header_count(&h, SPAN("from")), 3);
	ck_assert_uint_eq(mail_header_count(&h, SPAN("Subject")), 0);
	unit_span_eq("first", mail_header_find(&h, SPAN("From"), 0)->value, " 1");
	unit_span_eq("second", mail_header_find(&h, SPAN("From"), 1)->value, " 3");
	unit_span_eq("third", mail_header_find(&h, SPAN("From"), 2)->value, " 4");
	ck_assert_ptr_null(mail_header_find(&h, SPAN("From"), 3));
	ck_assert_ptr_null(mail_header_find(&h, SPAN("Fro"), 0));
	arena_free(a);
}
END_TEST

static const struct {
	const char *field, *value;
} UNFOLDS[] = {
    {"A: b\r\n", "b"},
    {"A:b", "b"},
    {"A:\r\n", ""},
    {"A: \t \r\n", ""},
    {"A:  b  c \r\n", "b  c"},
    {"A:\r\n b\r\n", "b"},
    {"A: b\r\n c\r\n\td\r\n", "b c\td"},
    {"A: b\r\n \r\n c\r\n", "b  c"},
    {"A: b\r\n \r\n", "b"},
    {"A: b\n c\r\n", "b\n c"},
    {"A: b\r c\r\n", "b\r c"},
};

START_TEST(unfolding)
{
	for (size_t i = 0; i < ARRAY_SIZE(UNFOLDS); i++) {
		struct span s = unit_guard(span_from(UNFOLDS[i].field));
		struct arena *a = arena_new();
		struct mail_header h;

		mail_header_parse(s, a, &h);
		ck_assert_uint_eq(h.count, 1);
		unit_span_eq(
		    UNFOLDS[i].field, mail_field_unfold(&h.fields[0], a), UNFOLDS[i].value);
		arena_free(a);
		unit_guard_free(s);
	}
}
END_TEST

START_TEST(many_fields)
{
	struct buffer b = BUFFER_INIT;
	struct arena *a = arena_new();
	struct mail_header h;

	for (size_t i = 0; i < MAIL_FIELD_MAX + 5; i++)
		buffer_add_string(&b, "A: b\r\n");
	buffer_add_string(&b, "\r\nbody");
	mail_header_parse(buffer_span(&b), a, &h);
	ck_assert_uint_eq(h.count, MAIL_FIELD_MAX);
	ck_assert(h.complete && !h.malformed);
	ck_assert_uint_eq(h.section.len, (MAIL_FIELD_MAX + 5) * 6);
	ck_assert_uint_eq(h.body, (MAIL_FIELD_MAX + 5) * 6 + 2);
	buffer_clear(&b);
	arena_free(a);
}
END_TEST

static const struct {
	const char *message, *line;
} BAD_LINES[] = {
    {"hello\r\nA: b\r\n\r\n", "hello"},
    {"A: b\r\n hello\r\nno field\r\nC: d\r\n", "no field"},
    {"A: b\r\nno end", "no end"},
    {"A: b\r\n: no name \r\n", ": no name"},
    {"A: b\r\n\r", ""},
    {" \t\r\n", ""},
};

START_TEST(bad_lines)
{
	for (size_t i = 0; i < ARRAY_SIZE(BAD_LINES); i++) {
		struct span s = unit_guard(span_from(BAD_LINES[i].message));
		struct arena *a = arena_new();
		struct mail_header h;

		mail_header_parse(s, a, &h);
		ck_assert(h.malformed);
		unit_span_eq(BAD_LINES[i].message, h.bad_line, BAD_LINES[i].line);
		arena_free(a);
		unit_guard_free(s);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    parsing, ends, finding, unfolding, many_fields, bad_lines, NULL};

	return unit_main("header", tests);
}
