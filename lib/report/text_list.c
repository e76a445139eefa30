/*
 * SPDX-License-Identifier: ISC
 *
 * The lines of "list": the columns that fit the width, the longest texts cut first. Without a
 * limit nothing is cut, so that a script finds every text whole.
 */
#include <stdio.h>
#include <string.h>

#include "report/text_internal.h"

#define ID_WIDTH  26
#define TLS_WIDTH 3 /* 1.3 */
#define RESULTS   4

/* Widths of the columns that vary; 0: left out. */
struct layout {
	unsigned result, time, from, to, subject;
};

/* From the widest to the narrowest; of those that fit the first is taken. */
static const struct layout LAYOUTS[] = {
    {9, PAGE_TIME_WIDTH, 14, 14, 14},
    {9, 0, 14, 14, 14},
    {4, 0, 14, 14, 14},
    {4, 0, 0, 14, 14},
    {4, 0, 0, 14, 0},
    {4, 0, 0, 0, 0},
};

static const struct layout UNLIMITED = {9, PAGE_TIME_WIDTH, 28, 28, 30};

/* For columns of four. */
static const char *const SHORT_RESULT[] = {
    [AUTH_NONE] = "none",
    [AUTH_NEUTRAL] = "neut",
    [AUTH_PASS] = "pass",
    [AUTH_FAIL] = "fail",
    [AUTH_SOFTFAIL] = "soft",
    [AUTH_POLICY] = "poli",
    [AUTH_TEMPERROR] = "temp",
    [AUTH_PERMERROR] = "perm",
};
_Static_assert(ARRAY_SIZE(SHORT_RESULT) == AUTH_RESULT_COUNT, "one short word for each");

static unsigned with_gap(unsigned width)
{
	return width == 0 ? 0 : width + 1;
}

static unsigned total(const struct layout *l)
{
	return ID_WIDTH + with_gap(l->time) + with_gap(l->from) + with_gap(l->to) +
	       with_gap(l->subject) + RESULTS * with_gap(l->result) + with_gap(TLS_WIDTH);
}

/* What is left over goes to the texts: half of it to the subject. */
static void spread(struct layout *l, unsigned left)
{
	if (l->subject == 0) {
		l->to += l->to == 0 ? 0 : left;
		return;
	}
	if (l->from != 0)
		l->from += left / 4;
	l->to += left / 4;
	l->subject += left - left / 4 - (l->from != 0 ? left / 4 : 0);
}

static struct layout layout_of(const struct report_style *style)
{
	struct layout l;
	size_t i = 0;

	if (style->width == 0)
		return UNLIMITED;
	while (i < ARRAY_SIZE(LAYOUTS) - 1 && total(&LAYOUTS[i]) > style->width)
		i++;
	l = LAYOUTS[i];
	if (total(&l) < style->width)
		spread(&l, style->width - total(&l));
	return l;
}

void report_list_head(struct buffer *out, const struct report_style *style)
{
	static const char *const NAMES[RESULTS] = {"spf", "dkim", "dmarc", "rdns"};
	struct layout l = layout_of(style);
	struct page p = {out, style};

	page_cell(&p, page_time_head(style), l.time);
	page_cell(&p, "id", ID_WIDTH);
	page_cell(&p, "from", l.from);
	page_cell(&p, "to", l.to);
	page_cell(&p, "subject", l.subject);
	for (size_t i = 0; i < RESULTS; i++)
		page_cell(&p, strlen(NAMES[i]) > l.result ? "dmrc" : NAMES[i], l.result);
	buffer_add_string(out, "tls\n");
}

static void add_result(struct page *p, const struct layout *l, bool judged, enum auth_result result)
{
	const char *const *words = l->result < 9 ? SHORT_RESULT : AUTH_RESULT_NAME;

	if (judged)
		page_column(p, words[result], l->result, page_color_of(result));
	else
		page_column(p, "-", l->result, PAGE_PLAIN);
	buffer_add_char(p->out, ' ');
}

static void add_results(struct page *p, const struct layout *l, const struct verdict *v)
{
	add_result(p, l, v->has_client, v->spf.result);
	add_result(p, l, true, verdict_dkim_result(v));
	add_result(p, l, true, v->dmarc.result);
	add_result(p, l, v->has_client, v->rdns.result);
}

/* The first one, and at the end of the column how many more there are. */
static void add_recipients(struct page *p, const struct record_envelope *e, unsigned width)
{
	const char *first = e->rcpt_count == 0 ? "-" : e->rcpt_to[0];
	char more[32] = "";
	int len = 0;

	if (e->rcpt_count > 1)
		len = snprintf(more, sizeof(more), "+%zu ", e->rcpt_count - 1);
	if (width > (unsigned)len)
		page_cell(p, first, width - (unsigned)len);
	buffer_add_string(p->out, width > (unsigned)len ? more : "");
}

static const char *or_dash(const char *text)
{
	return text == NULL ? "-" : text;
}

static const char *tls_of(const struct record_session *s)
{
	if (s == NULL || s->tls.mode == TLS_MODE_NONE || s->tls.version == NULL)
		return "-";
	return strncmp(s->tls.version, "TLSv", 4) == 0 ? s->tls.version + 4 : s->tls.version;
}

/* That it was refused, and stored all the same, stands in front. */
static void add_subject(struct page *p, const struct record_message *m, unsigned width)
{
	struct buffer text = BUFFER_INIT;

	if (m->refused != NULL)
		buffer_add_string(&text, m->subject == NULL ? "refused" : "refused: ");
	if (m->subject != NULL || m->refused == NULL)
		buffer_add_string(&text, or_dash(m->subject));
	page_cell(p, text.data, width);
	buffer_clear(&text);
}

void report_list_line(
    struct buffer *out, const struct record_message *m, const struct report_style *style)
{
	const char *from = or_dash(m->envelope.mail_from);
	struct layout l = layout_of(style);
	struct page p = {out, style};

	page_time(&p, m->received_at, l.time);
	page_cell(&p, or_dash(m->id), ID_WIDTH);
	page_cell(&p, from[0] == '\0' ? "<>" : from, l.from);
	add_recipients(&p, &m->envelope, l.to);
	add_subject(&p, m, l.subject);
	add_results(&p, &l, &m->observed);
	page_column(&p, tls_of(m->session), 0, PAGE_PLAIN);
	buffer_add_char(out, '\n');
}
