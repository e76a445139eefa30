/*
 * SPDX-License-Identifier: ISC
 *
 * A page for a terminal: titles, rows with a label, results with their reasons. Whatever is put
 * on it is escaped here, in one place; columns are counted in code points.
 */
#ifndef REPORT_TEXT_INTERNAL_H
#define REPORT_TEXT_INTERNAL_H

#include "report/text.h"

struct page {
	struct buffer *out;
	const struct report_style *style;
};

enum page_color {
	PAGE_PLAIN,
	PAGE_BOLD,
	PAGE_GREEN,
	PAGE_RED,
	PAGE_YELLOW,
	PAGE_COLOR_COUNT,
};

/* A blank line, and the title of what follows. */
void page_title(struct page *p, const char *title);
/* "  LABEL  text", the text wrapped at its column. */
void page_row(struct page *p, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a coloured label. */
void page_row_colored(struct page *p, const char *label, enum page_color color, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));
/* "    text", wrapped. */
void page_text(struct page *p, const char *text);
/* "  LABEL  RESULT  text", wrapped. */
void page_result(struct page *p, const char *label, const char *result, enum page_color color,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* More text below that of a result; nothing when text is NULL. */
void page_more(struct page *p, const char *text);
void page_more_printf(struct page *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * Text in a column of the width: padded and, where the page has a width, cut. No column for a
 * width of 0.
 */
void page_column(struct page *p, const char *text, size_t width, enum page_color color);

/* A column with a blank behind it, and one of a time: 2026-11-23 16:00:00, UTC. 0: none. */
#define PAGE_TIME_WIDTH 19
void page_cell(struct page *p, const char *text, size_t width);
void page_time(struct page *p, int64_t unix_ms, size_t width);

/*
 * Appends s with control characters, invalid UTF-8, and characters that turn the direction of
 * writing escaped.
 */
void page_escape(struct buffer *out, struct span s);
enum page_color page_color_of(enum auth_result result);

void page_spf(struct page *p, const char *label, const struct spf_verdict *v);
void page_dmarc(struct page *p, const struct dmarc_verdict *v);
void page_verdict(struct page *p, const struct verdict *v);
/* What the route leads to expect; nothing when route is NULL. */
void page_prediction(struct page *p, const struct verify_route *route, const struct verdict *v);
enum page_color page_severity_color(enum finding_severity s);

#endif
