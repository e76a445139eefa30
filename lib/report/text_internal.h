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
/* "    NAME", coloured, and the text in the line below, wrapped. */
void page_named_text(struct page *p, const char *name, enum page_color color, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
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

/* A column with a blank behind it, and one of a time: 2026-11-23 16:00:00. 0: none. */
#define PAGE_TIME_WIDTH 19
void page_cell(struct page *p, const char *text, size_t width);
void page_time(struct page *p, int64_t unix_ms, size_t width);
/* The head of such a column: whether its times are local. */
const char *page_time_head(const struct report_style *style);
/* "2026-11-23 17:00:00 +01:00", or "UTC" behind it where the style has no zone. Returns out. */
#define PAGE_INSTANT_SIZE 32
const char *page_instant(
    const struct report_style *style, int64_t unix_ms, char out[PAGE_INSTANT_SIZE]);

/*
 * Appends s with control characters, invalid UTF-8, and characters that turn the direction of
 * writing escaped.
 */
void page_escape(struct buffer *out, struct span s);
/* Whether it escapes this character; the code point of one of n octets of UTF-8, from 1 to 4. */
bool page_is_hidden(uint32_t c);
uint32_t page_code_point(struct span s, size_t n);
enum page_color page_color_of(enum auth_result result);

void page_spf(struct page *p, const char *label, const struct spf_verdict *v);
void page_dmarc(struct page *p, const struct dmarc_verdict *v);
/* The verdicts as a table: check, result, reason. */
void page_verdict(struct page *p, const struct verdict *v);
/* What the route leads to expect; nothing when route is NULL. */
void page_prediction(struct page *p, const struct verify_route *route, const struct verdict *v);
/* Each signature with all that it says, also the provider's to come; predicted may be NULL. */
void page_signatures(
    struct page *p, const struct verdict *observed, const struct verdict *predicted);
/* One of them, without the reason. */
void page_signature(struct page *p, const char *label, const struct dkim_verdict *v);
/* DMARC as a sentence, of both viewpoints. */
void page_policies(struct page *p, const struct verdict *observed, const struct verdict *predicted);
/* "SPF passed for ..., so DMARC passes; example.com asks receivers to ...": appended. */
void page_policy_sentence(struct buffer *out, const struct dmarc_verdict *v);
void page_opinions(struct page *p, const struct record_message *m);
void page_findings(struct page *p, const struct finding_list *list);
enum page_color page_severity_color(enum finding_severity s);

#endif
