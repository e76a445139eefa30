/*
 * SPDX-License-Identifier: ISC
 *
 * Checking the text of a configuration file, and making it fit for libconfuse. A variable is
 * handed on with a default that no file can spell, so that one that is not set shows itself.
 */
#include "conf/text.h"

#include <string.h>

struct scan {
	struct span rest;
	unsigned line;
	bool quoted;            /* the token before was a quoted string */
	char before;            /* the token before: "=", or the "{" of a list; else of no matter */
	unsigned depth, opened; /* braces that are open; the line of the outermost */
	struct buffer *out;
	const char *file;
	struct error *err;
};

static int bad(struct scan *s, const char *what)
{
	return error_usage(s->err, "%s:%u: %s", s->file, s->line, what);
}

static char peek(const struct scan *s, size_t n)
{
	return n < s->rest.len ? s->rest.data[n] : '\0';
}

/* Hands n octets on. */
static void copy(struct scan *s, size_t n)
{
	buffer_add(s->out, s->rest.data, n);
	s->rest = span_after(s->rest, n);
}

static void skip(struct scan *s, size_t n)
{
	s->rest = span_after(s->rest, n);
}

static void skip_line(struct scan *s)
{
	while (s->rest.len > 0 && peek(s, 0) != '\n')
		skip(s, 1);
}

static int skip_block(struct scan *s)
{
	unsigned opened = s->line;

	for (skip(s, 2); s->rest.len > 0; skip(s, 1)) {
		if (peek(s, 0) == '*' && peek(s, 1) == '/') {
			skip(s, 2);
			buffer_add_char(s->out, ' ');
			return 0;
		}
		if (peek(s, 0) == '\n') {
			buffer_add_char(s->out, '\n');
			s->line++;
		}
	}
	s->line = opened;
	return bad(s, "the comment that begins here is not closed; expected */");
}

/* ${NAME} or ${NAME:-default}. */
static int take_variable(struct scan *s)
{
	size_t name = 2, end;

	while (ascii_alnum(peek(s, name)) || peek(s, name) == '_')
		name++;
	if (name == 2 || ascii_digit(peek(s, 2)))
		return bad(s, "expected the name of an environment variable in ${NAME}; write \\${ "
			      "where you mean the characters");
	if (peek(s, name) == '}') {
		buffer_printf(s->out, "%.*s:-%c%.*s%c}", (int)name, s->rest.data, CONF_UNSET,
		    (int)name - 2, s->rest.data + 2, CONF_UNSET);
		skip(s, name + 1);
		return 0;
	}
	end = name + 2;
	while (end < s->rest.len && strchr("}\"\n\\", s->rest.data[end]) == NULL)
		end++;
	if (peek(s, name) != ':' || peek(s, name + 1) != '-' || peek(s, end) != '}')
		return bad(s, "expected ${NAME} or ${NAME:-default}");
	copy(s, end + 1);
	return 0;
}

/* What stands at the start of rest within quotes, the closing quote excepted. */
static int take_quoted(struct scan *s, char quote)
{
	unsigned char c = (unsigned char)peek(s, 0);
	char next = peek(s, 1);

	if (c == '\n' || s->rest.len == 0)
		return bad(s, "a quoted string is not closed on its line");
	if (c < ' ' && c != '\t')
		return bad(s, "a control character in a quoted string");
	if (c != '\\' && (c != '$' || next != '{' || quote == '\'')) {
		copy(s, 1);
		return 0;
	}
	if (c == '$')
		return take_variable(s);
	if (quote == '"' && next != '"' && next != '\\' && next != '$')
		return bad(s,
		    "expected \\\", \\\\ or \\$ after a backslash; or write the string in "
		    "single quotes, where backslashes stand for themselves");
	/* In single quotes only \' and \\ are a pair to libconfuse. */
	copy(s, quote == '"' || next == '\'' || next == '\\' ? 2 : 1);
	return 0;
}

static int take_string(struct scan *s)
{
	char quote = peek(s, 0);

	copy(s, 1);
	while (peek(s, 0) != quote || s->rest.len == 0)
		if (take_quoted(s, quote) < 0)
			return -1;
	copy(s, 1);
	s->quoted = true;
	s->before = '\0';
	return 0;
}

static bool is_bare(char c)
{
	return ascii_alnum(c) || (c != '\0' && strchr("-._:/@%~", c) != NULL);
}

static int take_bare(struct scan *s)
{
	size_t n = 0;

	while (n < s->rest.len && is_bare(s->rest.data[n]))
		n++;
	copy(s, n);
	s->quoted = false;
	s->before = '\0';
	return 0;
}

/* libconfuse takes the end of the file for the end of a section. */
static int take_brace(struct scan *s)
{
	if (peek(s, 0) == '{' && s->depth++ == 0)
		s->opened = s->line;
	if (peek(s, 0) == '}' && s->depth-- == 0)
		return bad(s, "a \"}\" without its \"{\"");
	return 0;
}

static int take_mark(struct scan *s)
{
	char c = peek(s, 0);

	if (c == '=' && s->quoted)
		return bad(s, "a name before \"=\" stands without quotes");
	if (c == '+')
		return bad(s, "expected \"=\" and the whole list, got \"+\"");
	if (c <= ' ' || c > '~')
		return bad(s, "an octet that is no printable ASCII stands outside quotes");
	if (strchr("{}=,", c) == NULL)
		return error_usage(s->err,
		    "%s:%u: unexpected \"%c\"; a value with it stands in quotes", s->file, s->line,
		    c);
	if (take_brace(s) < 0)
		return -1;
	if (c == '}' && s->before == '{')
		buffer_add_string(s->out, "\"" CONF_EMPTY "\"");
	s->before = c == '{' && s->before != '=' ? '\0' : c;
	s->quoted = false;
	copy(s, 1);
	return 0;
}

static int take(struct scan *s)
{
	char c = peek(s, 0), next = peek(s, 1);

	if (c == '\n')
		s->line++;
	if (c == '\n' || c == ' ' || c == '\t') {
		copy(s, 1);
		return 0;
	}
	if (c == '\r') {
		skip(s, 1);
		return 0;
	}
	if (c == '#' || (c == '/' && next == '/')) {
		skip_line(s);
		return 0;
	}
	if (c == '/' && next == '*')
		return skip_block(s);
	if (c == '"' || c == '\'')
		return take_string(s);
	return is_bare(c) ? take_bare(s) : take_mark(s);
}

int conf_text_prepare(struct span text, const char *file, struct buffer *out, struct error *err)
{
	struct scan s = {.rest = text, .line = 1, .out = out, .file = file, .err = err};

	if (text.len > CONF_TEXT_MAX)
		return error_usage(err,
		    "%s:1: expected a configuration of at most 1M, got %zu octets", file, text.len);
	while (s.rest.len > 0)
		if (take(&s) < 0)
			return -1;
	s.line = s.opened;
	return s.depth == 0 ? 0 : bad(&s, "the \"{\" of this line is not closed; expected \"}\"");
}

int conf_text_check_value(const char *value, struct error *err)
{
	const char *unset = strchr(value, CONF_UNSET);
	int len;

	if (unset != NULL) {
		len = (int)strcspn(++unset, "\001");
		return error_usage(err,
		    "the environment variable %.*s is not set; set it, or give a default as in "
		    "${%.*s:-default}",
		    len, unset, len, unset);
	}
	if (conf_text_check_given(value) < 0)
		return error_usage(err, "a value holds a control character");
	return 0;
}

int conf_text_check_given(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < ' ' || *value == 0x7f)
			return -1;
	return 0;
}

void conf_text_quote(struct buffer *out, const char *text)
{
	buffer_add_char(out, '"');
	for (; *text != '\0'; text++) {
		if (strchr("\"\\$", *text) != NULL)
			buffer_add_char(out, '\\');
		buffer_add_char(out, *text);
	}
	buffer_add_char(out, '"');
}
