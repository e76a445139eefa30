/*
 * SPDX-License-Identifier: ISC
 *
 * Reading a msg-id, left to right.
 */
#include "mail/msgid.h"

#include "base/codec.h"
#include "mail/grammar.h"
#include "mail/reader.h"

/* Takes one character that belongs, or one beyond ASCII. */
static bool take_character(struct mail_reader *r, bool (*belongs)(char c))
{
	struct span rest = span_after(r->text, r->at);
	size_t n = rest.len == 0 ? 0 : utf8_length(rest);

	if (n == 0 || (n == 1 && !belongs(rest.data[0])))
		return false;
	r->at += n;
	return true;
}

static bool is_quoted(char c)
{
	return mail_is_visible(c) && c != '"' && c != '\\';
}

/* Behind a backslash. */
static bool is_escaped(char c)
{
	return mail_is_visible(c) || c == ' ' || c == '\t';
}

static bool is_literal(char c)
{
	return mail_is_visible(c) && c != '[' && c != ']' && c != '\\';
}

static int read_atom(struct mail_reader *r, const char *what)
{
	size_t start = r->at;

	while (take_character(r, mail_is_atext))
		continue;
	return r->at > start ? 0 : mail_expected(r, what);
}

static int read_quoted(struct mail_reader *r)
{
	while (!mail_take(r, '"')) {
		bool good = mail_take(r, '\\') ? take_character(r, is_escaped)
		                               : take_character(r, is_quoted);

		if (!good)
			return mail_expected(r, "a character without blanks, or the closing quote");
	}
	return 0;
}

static int read_left(struct mail_reader *r)
{
	do {
		int status = mail_take(r, '"') ? read_quoted(r)
		                               : read_atom(r, "a word of the part left of \"@\"");

		if (status < 0)
			return -1;
	} while (mail_take(r, '.'));
	return mail_take(r, '@') ? 0 : mail_expected(r, "\"@\"");
}

static int read_right(struct mail_reader *r)
{
	if (mail_take(r, '[')) {
		while (take_character(r, is_literal))
			continue;
		return mail_take(r, ']') ? 0 : mail_expected(r, "\"]\" at the end of the literal");
	}
	do {
		if (read_atom(r, "a word of the part right of \"@\"") < 0)
			return -1;
	} while (mail_take(r, '.'));
	return 0;
}

int mail_msgid_parse(struct span value, struct span *id, struct error *err)
{
	struct mail_reader r = {.text = value, .err = err};
	size_t start;

	if (mail_skip(&r) < 0)
		return -1;
	start = r.at;
	if (!mail_take(&r, '<'))
		return mail_expected(&r, "\"<\"");
	if (read_left(&r) < 0 || read_right(&r) < 0)
		return -1;
	if (!mail_take(&r, '>'))
		return mail_expected(&r, "\">\"");
	*id = span_first(span_after(value, start), r.at - start);
	if (mail_skip(&r) < 0)
		return -1;
	if (r.at < value.len && value.data[r.at] == '<')
		return mail_expected(&r, "the end, since a message has one Message-ID");
	return r.at == value.len ? 0 : mail_expected(&r, "the end behind \">\"");
}
