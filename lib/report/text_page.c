/*
 * SPDX-License-Identifier: ISC
 *
 * A page for a terminal: escaping, wrapping, columns, colours.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/date.h"
#include "report/text_internal.h"

#define LABEL_COLUMN  2
#define BELOW_COLUMN  4
#define NAMED_COLUMN  8
#define TEXT_COLUMN   15
#define REASON_COLUMN 26
/* Narrower than this nothing is wrapped. */
#define TEXT_MIN 20
/* Minutes that no zone is ahead of another. */
#define ZONE_MAX (100 * 60)

static const char *const COLORS[] = {
    [PAGE_PLAIN] = "",
    [PAGE_BOLD] = "\x1b[1m",
    [PAGE_GREEN] = "\x1b[32m",
    [PAGE_RED] = "\x1b[31m",
    [PAGE_YELLOW] = "\x1b[33m",
};
_Static_assert(ARRAY_SIZE(COLORS) == PAGE_COLOR_COUNT, "one sequence for each colour");

enum page_color page_color_of(enum auth_result result)
{
	return result == AUTH_PASS ? PAGE_GREEN : result == AUTH_FAIL ? PAGE_RED : PAGE_YELLOW;
}

/* Characters that a terminal obeys or that turn the direction of what stands around them. */
static const struct {
	uint32_t first, last;
} HIDDEN[] = {{0x00, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e},
    {0x2066, 0x2069}};

bool page_is_hidden(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_SIZE(HIDDEN); i++)
		if (c >= HIDDEN[i].first && c <= HIDDEN[i].last)
			return true;
	return false;
}

uint32_t page_code_point(struct span s, size_t n)
{
	static const unsigned char MASKS[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (unsigned char)s.data[0] & MASKS[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s.data[i] & 0x3f);
	return c;
}

void page_escape(struct buffer *out, struct span s)
{
	while (s.len > 0) {
		size_t n = utf8_length(s);
		uint32_t c = n == 0 ? (unsigned char)s.data[0] : page_code_point(s, n);

		if (n > 0 && !page_is_hidden(c))
			buffer_add(out, s.data, n);
		else
			buffer_printf(out, c > 0xff ? "\\u%04x" : "\\x%02x", c);
		s = span_after(s, n == 0 ? 1 : n);
	}
}

/* Code points of valid UTF-8. */
static size_t columns(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.data[i] & 0xc0) != 0x80;
	return n;
}

static void add_blanks(struct page *p, size_t n)
{
	buffer_printf(p->out, "%*s", (int)n, "");
}

static void add_colored(struct page *p, struct span text, enum page_color color)
{
	bool colored = p->style->color && color != PAGE_PLAIN;

	buffer_printf(p->out, "%s%.*s%s", colored ? COLORS[color] : "", (int)text.len, text.data,
	    colored ? "\x1b[0m" : "");
}

/* The text, escaped already, from the column on, with a line end. */
static void wrap(struct page *p, struct span text, size_t column)
{
	size_t width = p->style->width, at = column;

	if (width != 0 && width < column + TEXT_MIN)
		width = 0;
	while (text.data != NULL) {
		struct span word = span_cut(&text, ' ');
		size_t len = columns(word);

		if (width != 0 && at > column && at + 1 + len > width) {
			buffer_add_char(p->out, '\n');
			add_blanks(p, column);
			at = column;
		} else if (at > column) {
			buffer_add_char(p->out, ' ');
			at++;
		}
		buffer_add_span(p->out, word);
		at += len;
	}
	buffer_add_char(p->out, '\n');
}

__attribute__((format(printf, 3, 0))) static void wrap_vprintf(
    struct page *p, size_t column, const char *fmt, va_list arguments)
{
	struct buffer raw = BUFFER_INIT, escaped = BUFFER_INIT;

	buffer_vprintf(&raw, fmt, arguments);
	page_escape(&escaped, buffer_span(&raw));
	wrap(p, buffer_span(&escaped), column);
	buffer_clear(&raw);
	buffer_clear(&escaped);
}

void page_title(struct page *p, const char *title)
{
	buffer_add_char(p->out, '\n');
	add_colored(p, span_from(title), PAGE_BOLD);
	buffer_add_char(p->out, '\n');
}

static void add_label(struct page *p, const char *label, enum page_color color)
{
	add_blanks(p, LABEL_COLUMN);
	page_column(p, label, TEXT_COLUMN - LABEL_COLUMN, color);
}

void page_row(struct page *p, const char *label, const char *fmt, ...)
{
	va_list arguments;

	add_label(p, label, PAGE_PLAIN);
	va_start(arguments, fmt);
	wrap_vprintf(p, TEXT_COLUMN, fmt, arguments);
	va_end(arguments);
}

void page_row_colored(
    struct page *p, const char *label, enum page_color color, const char *fmt, ...)
{
	va_list arguments;

	add_label(p, label, color);
	va_start(arguments, fmt);
	wrap_vprintf(p, TEXT_COLUMN, fmt, arguments);
	va_end(arguments);
}

void page_text(struct page *p, const char *text)
{
	struct buffer escaped = BUFFER_INIT;

	page_escape(&escaped, span_from(text));
	add_blanks(p, BELOW_COLUMN);
	wrap(p, buffer_span(&escaped), BELOW_COLUMN);
	buffer_clear(&escaped);
}

void page_named_text(struct page *p, const char *name, enum page_color color, const char *fmt, ...)
{
	va_list arguments;

	add_blanks(p, BELOW_COLUMN);
	page_column(p, name, 0, color);
	buffer_add_char(p->out, '\n');
	add_blanks(p, NAMED_COLUMN);
	va_start(arguments, fmt);
	wrap_vprintf(p, NAMED_COLUMN, fmt, arguments);
	va_end(arguments);
}

void page_result(struct page *p, const char *label, const char *result, enum page_color color,
    const char *fmt, ...)
{
	va_list arguments;

	add_label(p, label, PAGE_PLAIN);
	page_column(p, result, REASON_COLUMN - TEXT_COLUMN - 1, color);
	buffer_add_char(p->out, ' ');
	va_start(arguments, fmt);
	wrap_vprintf(p, REASON_COLUMN, fmt, arguments);
	va_end(arguments);
}

void page_more_printf(struct page *p, const char *fmt, ...)
{
	va_list arguments;

	add_blanks(p, REASON_COLUMN);
	va_start(arguments, fmt);
	wrap_vprintf(p, REASON_COLUMN, fmt, arguments);
	va_end(arguments);
}

void page_more(struct page *p, const char *text)
{
	if (text != NULL)
		page_more_printf(p, "%s", text);
}

/* The octets of the first n code points. */
static size_t octets_of(struct span s, size_t n)
{
	size_t i = 0;

	while (i < s.len && n-- > 0) {
		size_t len = utf8_length(span_after(s, i));

		i += len == 0 ? 1 : len;
	}
	return i;
}

void page_column(struct page *p, const char *text, size_t width, enum page_color color)
{
	struct buffer escaped = BUFFER_INIT;
	struct span shown;
	size_t used;

	page_escape(&escaped, span_from(text));
	shown = buffer_span(&escaped);
	used = columns(shown);
	if (width > 0 && used > width && p->style->width > 0) {
		shown = span_first(shown, octets_of(shown, width - 1));
		buffer_add_span(p->out, shown);
		buffer_add_string(p->out, "…");
		used = width;
	} else {
		add_colored(p, shown, color);
	}
	if (used < width)
		add_blanks(p, width - used);
	buffer_clear(&escaped);
}

void page_cell(struct page *p, const char *text, size_t width)
{
	if (width == 0)
		return;
	page_column(p, text, width, PAGE_PLAIN);
	buffer_add_char(p->out, ' ');
}

/* The date and time of day where the reader is, without the zone, whose minutes it returns. */
static int local_time(
    const struct report_style *style, int64_t unix_ms, char out[DATE_RFC3339_SIZE])
{
	int minutes = style->zone == NULL ? 0 : style->zone(unix_ms);

	date_rfc3339(unix_ms + minutes * INT64_C(60000), out);
	out[10] = ' ';
	out[PAGE_TIME_WIDTH] = '\0';
	return minutes;
}

void page_time(struct page *p, int64_t unix_ms, size_t width)
{
	char text[DATE_RFC3339_SIZE];

	local_time(p->style, unix_ms, text);
	page_cell(p, text, width);
}

const char *page_time_head(const struct report_style *style)
{
	return style->zone == NULL ? "time (UTC)" : "time (local)";
}

const char *page_instant(
    const struct report_style *style, int64_t unix_ms, char out[PAGE_INSTANT_SIZE])
{
	char text[DATE_RFC3339_SIZE];
	int minutes = local_time(style, unix_ms, text), size = abs(minutes) % ZONE_MAX;

	if (style->zone == NULL)
		snprintf(out, PAGE_INSTANT_SIZE, "%s UTC", text);
	else
		snprintf(out, PAGE_INSTANT_SIZE, "%s %c%02d:%02d", text, minutes < 0 ? '-' : '+',
		    size / 60, size % 60);
	return out;
}
