/*
 * SPDX-License-Identifier: ISC
 *
 * The lines of "sessions": who came, in which of the five places it broke, and why. Columns that
 * do not fit the width are left out; without a limit nothing is cut.
 */
#include <stdio.h>

#include "report/text_internal.h"

#define ID_WIDTH    26
#define COUNT_WIDTH 4

/* Widths of the columns that vary; 0: left out. The last one, why, takes what is left. */
struct layout {
	unsigned time, listener, client, helo, stage, place, end, why;
};

#define PLACE_SHORT 11
#define PLACE_LONG  19

/* From the widest to the narrowest; of those that fit the first is taken. */
static const struct layout LAYOUTS[] = {
    {PAGE_TIME_WIDTH, 11, 15, 15, 14, PLACE_LONG, 13, 30},
    {PAGE_TIME_WIDTH, 11, 15, 15, 0, PLACE_LONG, 13, 20},
    {PAGE_TIME_WIDTH, 0, 15, 0, 0, PLACE_LONG, 0, 20},
    {0, 0, 15, 0, 0, PLACE_SHORT, 0, 15},
    {0, 0, 0, 0, 0, PLACE_SHORT, 0, 10},
    {0, 0, 0, 0, 0, PLACE_SHORT, 0, 0},
};

static const struct layout UNLIMITED = {PAGE_TIME_WIDTH, 11, 15, 20, 14, PLACE_LONG, 13, 1};

static const struct {
	const char *whole, *brief;
} PLACES[] = {
    [RECORD_STAGE_CONNECTION] = {"connection", "connection"},
    [RECORD_STAGE_TLS] = {"TLS", "TLS"},
    [RECORD_STAGE_AUTHENTICATION] = {"authentication", "login"},
    [RECORD_STAGE_ENVELOPE] = {"sender or recipient", "sender/rcpt"},
    [RECORD_STAGE_DATA] = {"data", "data"},
    [RECORD_STAGE_DONE] = {"-", "-"},
};
_Static_assert(ARRAY_SIZE(PLACES) == RECORD_STAGE_COUNT, "words for each place");

static unsigned with_gap(unsigned width)
{
	return width == 0 ? 0 : width + 1;
}

static unsigned total(const struct layout *l)
{
	return ID_WIDTH + with_gap(COUNT_WIDTH) + with_gap(l->time) + with_gap(l->listener) +
	       with_gap(l->client) + with_gap(l->helo) + with_gap(l->stage) + with_gap(l->place) +
	       with_gap(l->end) + with_gap(l->why);
}

static struct layout layout_of(const struct report_style *style)
{
	struct layout l;
	unsigned left;
	size_t i = 0;

	if (style->width == 0)
		return UNLIMITED;
	while (i < ARRAY_SIZE(LAYOUTS) - 1 && total(&LAYOUTS[i]) > style->width)
		i++;
	l = LAYOUTS[i];
	left = total(&l) < style->width ? style->width - total(&l) : 0;
	if (l.helo != 0)
		l.helo += left / 4;
	if (l.why != 0)
		l.why += left - (l.helo != 0 ? left / 4 : 0);
	return l;
}

void report_sessions_head(struct buffer *out, const struct report_style *style)
{
	struct layout l = layout_of(style);
	struct page p = {out, style};

	page_cell(&p, page_time_head(style), l.time);
	page_cell(&p, "id", ID_WIDTH);
	page_cell(&p, "listener", l.listener);
	page_cell(&p, "client", l.client);
	page_cell(&p, "helo", l.helo);
	page_cell(&p, "stage", l.stage);
	page_cell(&p, "broke at", l.place);
	page_cell(&p, "end", l.end);
	buffer_add_string(out, l.why == 0 ? "msgs\n" : "msgs why\n");
}

static const char *or_dash(const char *text)
{
	return text == NULL || text[0] == '\0' ? "-" : text;
}

static void add_place(struct page *p, enum record_stage failed_at, unsigned width)
{
	const char *word = width == PLACE_LONG ? PLACES[failed_at].whole : PLACES[failed_at].brief;

	page_column(p, word, width, failed_at == RECORD_STAGE_DONE ? PAGE_PLAIN : PAGE_RED);
	buffer_add_char(p->out, ' ');
}

static void add_end(struct page *p, const struct record_session *s, unsigned width)
{
	bool open = s->ended_at == 0, good = open || s->end == RECORD_END_QUIT;

	if (width == 0)
		return;
	page_column(
	    p, open ? "open" : RECORD_END_NAME[s->end], width, good ? PAGE_PLAIN : PAGE_YELLOW);
	buffer_add_char(p->out, ' ');
}

/* What refused it, or else why it ended. */
static const char *why(const struct record_session *s)
{
	if (s->failure != NULL)
		return s->failure;
	if (s->tls_failure != NULL && s->tls_failure->reason != NULL)
		return s->tls_failure->reason;
	return or_dash(s->end_reason);
}

void report_sessions_line(
    struct buffer *out, const struct record_session *s, const struct report_style *style)
{
	struct layout l = layout_of(style);
	struct page p = {out, style};
	char ip[IP_TEXT_SIZE], count[24];

	snprintf(count, sizeof(count), "%zu", s->message_count);
	page_time(&p, s->started_at, l.time);
	page_cell(&p, or_dash(s->id), ID_WIDTH);
	page_cell(&p, or_dash(s->listener), l.listener);
	page_cell(&p, or_dash(ip_format(&s->client.ip, ip)), l.client);
	page_cell(&p, or_dash(s->client.helo), l.helo);
	page_cell(&p, RECORD_STAGE_NAME[s->stage], l.stage);
	add_place(&p, s->failed_at, l.place);
	add_end(&p, s, l.end);
	page_column(&p, count, COUNT_WIDTH, PAGE_PLAIN);
	if (l.why != 0) {
		buffer_add_char(out, ' ');
		page_column(&p, why(s), style->width == 0 ? 0 : l.why, PAGE_PLAIN);
	}
	/* the last column needs no blanks behind it */
	while (out->data[out->len - 1] == ' ')
		buffer_truncate(out, out->len - 1);
	buffer_add_char(out, '\n');
}
