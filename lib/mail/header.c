/*
 * SPDX-License-Identifier: ISC
 *
 * The header section of a message as an index of fields (RFC 5322 2.2, with the blanks before the
 * colon of 4.5.8). Only CRLF ends a line here, as in SMTP.
 */
#include "mail/header.h"

#include <string.h>

#include "base/buffer.h"
#include "mail/grammar.h"

static const struct span CRLF = {"\r\n", 2};

size_t mail_header_end(struct span message, size_t from)
{
	/* The four octets may lie across the cut. */
	size_t start = from < 3 ? 0 : from - 3;
	struct span rest = span_after(message, start);
	const char *p;

	if (span_starts(message, CRLF))
		return CRLF.len;
	if (rest.len == 0)
		return 0;
	p = memmem(rest.data, rest.len, "\r\n\r\n", 4);
	return p == NULL ? 0 : (size_t)(p - message.data) + 4;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The octets of the line at the start of s, with its CRLF if it has one. */
static size_t line_octets(struct span s)
{
	const char *p = s.len == 0 ? NULL : memmem(s.data, s.len, CRLF.data, CRLF.len);

	return p == NULL ? s.len : (size_t)(p - s.data) + CRLF.len;
}

/* The octets of a field name at the start of s, or 0 when no colon ends one. */
static size_t name_octets(struct span s, size_t *colon)
{
	size_t n = 0;

	while (n < s.len && mail_is_visible(s.data[n]) && s.data[n] != ':')
		n++;
	*colon = n;
	while (*colon < s.len && is_blank(s.data[*colon]))
		++*colon;
	return *colon < s.len && s.data[*colon] == ':' ? n : 0;
}

/* Reads the field at the start of s. Returns its octets, or 0 when there is none. */
static size_t next_field(struct span s, struct mail_field *out)
{
	size_t n = line_octets(s), colon, end;

	out->name = span_first(s, name_octets(span_first(s, n), &colon));
	if (out->name.len == 0)
		return 0;
	while (n < s.len && is_blank(s.data[n]) && span_ends_nocase(span_first(s, n), CRLF))
		n += line_octets(span_after(s, n));
	out->raw = span_first(s, n);
	end = span_ends_nocase(out->raw, CRLF) ? n - CRLF.len : n;
	out->value = span_first(span_after(s, colon + 1), end - colon - 1);
	return n;
}

/* Walks over the fields and returns how many there are; *octets is what they take. */
static size_t walk(struct span message, struct mail_field *fields, size_t max, size_t *octets)
{
	size_t count = 0, n;
	struct mail_field field;

	*octets = 0;
	while ((n = next_field(span_after(message, *octets), &field)) > 0) {
		if (fields != NULL && count < max)
			fields[count] = field;
		count++;
		*octets += n;
	}
	return count < max ? count : max;
}

void mail_header_parse(struct span message, struct arena *a, struct mail_header *out)
{
	size_t octets, count = walk(message, NULL, MAIL_FIELD_MAX, &octets);
	struct span rest = span_after(message, octets);

	*out = (struct mail_header){
	    .fields = arena_alloc(a, count * sizeof(*out->fields)),
	    .count = count,
	    .section = span_first(message, octets),
	    .body = octets,
	    .complete = span_starts(rest, CRLF),
	};
	walk(message, out->fields, count, &octets);
	if (out->complete)
		out->body += CRLF.len;
	out->malformed = !out->complete && rest.len > 0;
	if (out->malformed)
		out->bad_line = span_trim(span_first(rest, line_octets(rest)));
}

const struct mail_field *mail_header_find(const struct mail_header *h, struct span name, size_t n)
{
	for (size_t i = 0; i < h->count; i++)
		if (span_equal_nocase(h->fields[i].name, name) && n-- == 0)
			return &h->fields[i];
	return NULL;
}

size_t mail_header_count(const struct mail_header *h, struct span name)
{
	size_t count = 0;

	for (size_t i = 0; i < h->count; i++)
		if (span_equal_nocase(h->fields[i].name, name))
			count++;
	return count;
}

struct span mail_field_unfold(const struct mail_field *f, struct arena *a)
{
	struct span in = span_trim(f->value);
	char *out = arena_alloc(a, in.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < in.len; i++) {
		bool fold = i + 2 < in.len && in.data[i] == '\r' && in.data[i + 1] == '\n' &&
		            is_blank(in.data[i + 2]);

		if (fold)
			i++;
		else
			out[len++] = in.data[i];
	}
	return span_of(out, len);
}
