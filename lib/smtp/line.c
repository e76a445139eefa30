/*
 * SPDX-License-Identifier: ISC
 *
 * One line from the client.
 */
#include "smtp/line.h"

#include <string.h>

/* A buffer that grew beyond this for an AUTH line is given back. */
#define KEEP_CAPACITY 1024

static bool at_line_end(struct span part)
{
	return part.data[part.len - 1] == '\n';
}

static void note_cr(struct smtp_line *l, struct span part)
{
	bool lf = at_line_end(part);

	if (lf && part.len == 1)
		return; /* the octet before came with an earlier piece */
	l->cr = part.data[part.len - (lf ? 2 : 1)] == '\r';
}

size_t smtp_line_feed(
    struct smtp_line *l, struct span in, size_t limit, enum smtp_line_status *status)
{
	size_t room = limit > l->text.len ? limit - l->text.len : 0;
	struct span part = span_first(in, SMTP_LINE_OCTETS_MAX + 1 - l->total);
	ptrdiff_t lf;

	*status = SMTP_LINE_MORE;
	if (part.len == 0)
		return 0;
	if (l->over || room == 0)
		l->over = true;
	else
		part = span_first(part, room);
	lf = span_index(part, '\n');
	if (lf >= 0)
		part.len = (size_t)lf + 1;
	if (!l->over)
		buffer_add_span(&l->text, part);
	note_cr(l, part);
	l->total += part.len;
	if (lf >= 0)
		*status = SMTP_LINE_COMPLETE;
	else if (l->total > SMTP_LINE_OCTETS_MAX)
		*status = SMTP_LINE_ENDLESS;
	return part.len;
}

struct span smtp_line_text(const struct smtp_line *l)
{
	struct span s = buffer_span(&l->text);

	if (s.len > 0 && s.data[s.len - 1] == '\n')
		s.len--;
	/* Of a line that was too long, the CR of its end may be the last octet that was kept. */
	if (s.len > 0 && s.data[s.len - 1] == '\r')
		s.len--;
	return s;
}

void smtp_line_reset(struct smtp_line *l, bool wipe)
{
	if (wipe && l->text.data != NULL)
		explicit_bzero(l->text.data, l->text.cap);
	if (l->text.cap > KEEP_CAPACITY)
		buffer_clear(&l->text);
	buffer_reset(&l->text);
	l->total = 0;
	l->over = false;
	l->cr = false;
}

void smtp_line_clear(struct smtp_line *l)
{
	smtp_line_reset(l, true);
	buffer_clear(&l->text);
}
