/*
 * SPDX-License-Identifier: ISC
 *
 * The octets behind DATA and BDAT. Ordinary octets are passed eight at a time.
 */
#include "smtp/data.h"

#include <string.h>

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

/* Not zero when one of the eight octets of w is zero. */
static uint64_t zero_in(uint64_t w)
{
	return (w - EACH(0x01)) & ~w & EACH(0x80);
}

/* The length of the leading run without CR, LF, NUL and octets that have a bit of high. */
static size_t ordinary_run(const char *p, size_t n, uint64_t high)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t w;

		memcpy(&w, p + i, sizeof(w));
		if ((zero_in(w) | zero_in(w ^ EACH('\n')) | zero_in(w ^ EACH('\r')) | (w & high)) !=
		    0)
			break;
	}
	for (; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '\r' || c == '\n' || c == '\0' || (c & high) != 0)
			break;
	}
	return i;
}

void smtp_data_begin(struct smtp_data *d, size_t line_limit, unsigned flags)
{
	*d = (struct smtp_data){
	    .line_limit = line_limit,
	    .flags = flags,
	    .state = SMTP_DATA_LINE_START,
	};
}

static bool eight_bit(const struct smtp_data *d)
{
	return (d->flags & (SMTP_DATA_FLAG_EIGHT_BIT | SMTP_DATA_FLAG_UTF8_HEADER)) != 0;
}

/* Dots mean something at this place. */
static bool dot_place(const struct smtp_data *d)
{
	return d->state == SMTP_DATA_LINE_START && (d->flags & SMTP_DATA_FLAG_CHUNKS) == 0;
}

static unsigned fault(struct smtp_data *d, enum smtp_data_fault f)
{
	unsigned new = 1U << f & ~d->seen;

	d->seen |= new;
	return new;
}

/* Whether the line is longer than it may be, its CRLF counted in. */
static unsigned judge_length(struct smtp_data *d)
{
	size_t end = d->state == SMTP_DATA_CR ? 1 : 2;

	return d->line + end > d->line_limit ? fault(d, SMTP_DATA_LINE_TOO_LONG) : 0;
}

/* One octet that the message keeps. */
static unsigned keep_octet(struct smtp_data *d, char c)
{
	unsigned faults = 0;
	bool after_cr = d->state == SMTP_DATA_CR;

	if (after_cr && c == '\n') {
		if (d->line == 1)
			d->flags &= ~(unsigned)SMTP_DATA_FLAG_UTF8_HEADER;
		d->state = SMTP_DATA_LINE_START;
		d->line = 0;
		return 0;
	}
	d->state = c == '\r' ? SMTP_DATA_CR : SMTP_DATA_TEXT;
	d->line++;
	if (after_cr)
		faults |= fault(d, SMTP_DATA_BARE_CR);
	if (c == '\n')
		faults |= fault(d, SMTP_DATA_BARE_LF);
	if (c == '\0')
		faults |= fault(d, SMTP_DATA_NUL);
	if ((unsigned char)c > 0x7f && !eight_bit(d))
		faults |= fault(d, SMTP_DATA_EIGHT_BIT);
	return faults | judge_length(d);
}

/* Passes octets that change nothing but the line's length; stops where it becomes too long. */
static size_t skip_run(struct smtp_data *d, struct span in)
{
	bool unlimited = (d->seen & 1U << SMTP_DATA_LINE_TOO_LONG) != 0;
	bool judged = eight_bit(d) || (d->seen & 1U << SMTP_DATA_EIGHT_BIT) != 0;
	size_t room = d->line_limit > d->line + 2 ? d->line_limit - d->line - 2 : 0;
	size_t n = in.len;

	if (d->state != SMTP_DATA_TEXT)
		return 0;
	if (!unlimited && n > room)
		n = room;
	n = ordinary_run(in.data, n, judged ? 0 : EACH(0x80));
	d->line += n;
	return n;
}

/* The held states: a dot at a line's start, and what may follow it. Returns octets taken. */
static size_t step_held(struct smtp_data *d, struct span in, struct smtp_data_step *out)
{
	size_t at = 0;

	if (dot_place(d) && in.data[0] == '.') {
		d->state = SMTP_DATA_DOT;
		at++;
	}
	if (d->state == SMTP_DATA_DOT && at < in.len) {
		bool cr = in.data[at] == '\r';

		d->state = cr ? SMTP_DATA_DOT_CR : SMTP_DATA_TEXT;
		at += cr;
	}
	if (d->state != SMTP_DATA_DOT_CR || at == in.len)
		return at;
	if (in.data[at] == '\n') {
		out->end = true;
		return at + 1;
	}
	/* Not the end: the dot was stuffed, and the CR is part of the message. */
	out->piece = SPAN("\r");
	d->state = SMTP_DATA_CR;
	d->line = 1;
	return at;
}

void smtp_data_step(struct smtp_data *d, struct span in, struct smtp_data_step *out)
{
	size_t start, at;

	*out = (struct smtp_data_step){.taken = 0};
	if (in.len == 0)
		return;
	start = at = step_held(d, in, out);
	while (!out->end && out->piece.len == 0 && at < in.len && out->faults == 0) {
		if (dot_place(d) && in.data[at] == '.')
			break;
		at += skip_run(d, span_after(in, at));
		if (at < in.len)
			out->faults = keep_octet(d, in.data[at++]);
	}
	if (at > start)
		out->piece = span_of(in.data + start, at - start);
	out->taken = at;
}

unsigned smtp_data_finish(struct smtp_data *d)
{
	return d->state == SMTP_DATA_CR ? fault(d, SMTP_DATA_BARE_CR) : 0;
}
