/*
 * SPDX-License-Identifier: ISC
 *
 * Reads a master file entry by entry.
 */
#include "dns/master.h"

#include "dns/text.h"

/* Where in an entry the reader stands. */
struct scan {
	struct dns_master *m;
	struct buffer *out;
	struct error *err;
	unsigned depth;     /* of parentheses */
	unsigned open_line; /* where the outermost one was opened */
	bool quoted;
	bool blank; /* a blank is due before the next octet */
};

struct dns_master dns_master_of(const char *file, struct span text)
{
	return (struct dns_master){.rest = text, .file = file, .line = 1};
}

static int fail(const struct scan *s, unsigned line, const char *what)
{
	return error_usage(s->err, "%s:%u: %s", s->m->file, line, what);
}

static int add_text(struct scan *s, const char *text)
{
	if (s->blank && s->out->len > 0)
		buffer_add_char(s->out, ' ');
	s->blank = false;
	buffer_add_string(s->out, text);
	if (s->out->len > DNS_MASTER_ENTRY_MAX)
		return fail(s, s->m->line,
		    "the entry is too long: expected a record of at most 65535 octets");
	return 0;
}

static int add_octet(struct scan *s, uint8_t octet, bool plain)
{
	char text[5] = {(char)octet};

	return add_text(s, plain ? text : dns_octet_escape(octet, text));
}

static bool at_part_start(const struct scan *s)
{
	return !s->quoted && (s->blank || s->out->len == 0);
}

static int read_escape(struct scan *s)
{
	struct dns_master *m = s->m;
	size_t used = 0;
	uint8_t octet;

	if (at_part_start(s) && span_starts(m->rest, SPAN("\\#"))) {
		m->rest = span_after(m->rest, 2);
		return add_text(s, "\\#");
	}
	if (m->rest.len < 2 || m->rest.data[1] == '\n' ||
	    dns_octet_read(m->rest, &used, &octet) < 0)
		return fail(s, m->line,
		    "a bad escape: expected a backslash and three digits from 000 to 255, "
		    "or a backslash and one character");
	m->rest = span_after(m->rest, used);
	return add_octet(s, octet, ascii_alnum((char)octet));
}

static int read_quoted(struct scan *s, char c)
{
	if (c == '\n')
		return fail(
		    s, s->m->line, "a string has no end: expected a closing \" on this line");
	if (c == '"')
		s->quoted = false;
	if (c == '"' || c == ' ')
		return add_octet(s, (uint8_t)c, true);
	return add_octet(s, (uint8_t)c, c > ' ' && c < 0x7f && span_index(SPAN(";()"), c) < 0);
}

static int read_parenthesis(struct scan *s, char c)
{
	s->blank = true;
	if (c == '(') {
		if (s->depth++ == 0)
			s->open_line = s->m->line;
		return 0;
	}
	if (s->depth-- == 0)
		return fail(s, s->m->line, "a \")\" without a \"(\" before it: expected none");
	return 0;
}

static void skip_comment(struct scan *s)
{
	ptrdiff_t end = span_index(s->m->rest, '\n');

	s->m->rest = span_after(s->m->rest, end < 0 ? s->m->rest.len : (size_t)end);
}

static int read_plain(struct scan *s, char c)
{
	switch (c) {
	case '(':
	case ')':
		return read_parenthesis(s, c);
	case ';':
		skip_comment(s);
		return 0;
	case '"':
		s->quoted = true;
		return add_octet(s, '"', true);
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		s->blank = true;
		return 0;
	default:
		return add_octet(s, (uint8_t)c, c > ' ' && c < 0x7f);
	}
}

static int read_octet(struct scan *s)
{
	char c = s->m->rest.data[0];
	int failed;

	if (c == '\0')
		return fail(s, s->m->line, "a NUL octet: expected text");
	if (c == '\\')
		return read_escape(s);
	s->m->rest = span_after(s->m->rest, 1);
	failed = s->quoted ? read_quoted(s, c) : read_plain(s, c);
	s->m->line += c == '\n' && failed == 0;
	return failed;
}

/* Reads to the end of the entry, and over it. */
static int read_entry(struct scan *s)
{
	while (s->m->rest.len > 0) {
		bool last = s->m->rest.data[0] == '\n' && s->depth == 0 && !s->quoted;

		if (read_octet(s) < 0)
			return -1;
		if (last)
			return 0;
	}
	if (s->quoted)
		return fail(
		    s, s->m->line, "a string has no end: expected a closing \" on this line");
	if (s->depth > 0)
		return fail(s, s->open_line, "a \"(\" is never closed: expected a \")\" below");
	return 0;
}

int dns_master_next(
    struct dns_master *m, struct buffer *out, struct dns_master_entry *entry, struct error *err)
{
	struct scan s = {.m = m, .out = out, .err = err};

	buffer_reset(out);
	while (m->rest.len > 0 && out->len == 0) {
		s.blank = false;
		entry->line = m->line;
		entry->blank_owner = m->rest.data[0] == ' ' || m->rest.data[0] == '\t';
		if (read_entry(&s) < 0)
			return -1;
	}
	entry->text = buffer_span(out);
	return out->len > 0;
}
