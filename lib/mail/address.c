/*
 * SPDX-License-Identifier: ISC
 *
 * The address lists of header fields (RFC 5322 3.4 with the obsolete forms of 4.4, groups in From
 * by RFC 6854, UTF-8 by RFC 6532). Everything is read left to right once.
 */
#include "mail/address.h"

#include <string.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "mail/grammar.h"

struct parser {
	struct span text;
	size_t at;
	struct arena *arena;
	struct mail_mailbox_list *out;
	struct error *err;
	struct buffer word;    /* the last word, unquoted */
	struct buffer display; /* words read since the last address, as a display name */
	struct buffer local;   /* the same, as a local part */
	struct buffer domain;
	bool any;        /* a word or dot was read */
	bool local_good; /* words and dots alternate */
	bool after_word;
	bool in_group;
};

static int expected(const struct parser *p, const char *what)
{
	char got[MAIL_GOT_SIZE];

	return error_usage(p->err, "address list: octet %zu: expected %s, got %s", p->at + 1, what,
	    mail_got(p->text, p->at, got));
}

static bool at_end(const struct parser *p)
{
	return p->at >= p->text.len;
}

static bool at_char(const struct parser *p, char c)
{
	return !at_end(p) && p->text.data[p->at] == c;
}

static bool take(struct parser *p, char c)
{
	if (!at_char(p, c))
		return false;
	p->at++;
	return true;
}

/* Skips CFWS. Returns whether there was any, or -1. */
static int skip_blanks(struct parser *p)
{
	size_t start = p->at;
	const char *wanted;

	if (mail_skip_cfws(p->text, &p->at, &wanted) < 0)
		return expected(p, wanted);
	return p->at > start;
}

static int read_quoted(struct parser *p)
{
	p->at++;
	while (!take(p, '"')) {
		take(p, '\\');
		if (at_end(p) || !mail_is_content(p->text.data[p->at]))
			return expected(p, "a closing quote");
		buffer_add_char(
		    &p->word, mail_is_blank(p->text.data[p->at]) ? ' ' : p->text.data[p->at]);
		p->at++;
	}
	return 1;
}

/* Reads an atom or a quoted string into word: 1, 0 when there is none, or -1. */
static int read_word(struct parser *p)
{
	size_t start = p->at;

	buffer_reset(&p->word);
	if (at_char(p, '"'))
		return read_quoted(p);
	while (!at_end(p) &&
	       (mail_is_atext(p->text.data[p->at]) || (unsigned char)p->text.data[p->at] > 127))
		p->at++;
	buffer_add_span(&p->word, span_first(span_after(p->text, start), p->at - start));
	return p->at > start;
}

static void add_piece(struct parser *p, bool blank_before, bool is_word)
{
	if (blank_before && p->display.len > 0)
		buffer_add_char(&p->display, ' ');
	buffer_add_span(&p->display, buffer_span(&p->word));
	buffer_add_span(&p->local, buffer_span(&p->word));
	p->local_good = p->local_good && p->after_word != is_word;
	p->after_word = is_word;
	p->any = true;
}

/* Reads words and dots until something else: a display name, a group's name or a local part. */
static int read_phrase(struct parser *p)
{
	buffer_reset(&p->display);
	buffer_reset(&p->local);
	p->local_good = true;
	p->any = p->after_word = false;
	for (;;) {
		int blank = skip_blanks(p);
		int word = blank < 0 ? -1 : read_word(p);

		if (word < 0)
			return -1;
		if (word == 0 && !take(p, '.'))
			return 0;
		if (word == 0)
			buffer_add_char(&p->word, '.');
		add_piece(p, blank > 0, word > 0);
	}
}

static int read_literal(struct parser *p)
{
	buffer_add_char(&p->domain, '[');
	p->at++;
	while (!take(p, ']')) {
		char c = at_end(p) ? '\0' : p->text.data[p->at];

		if (!mail_is_blank(c) && (!mail_is_visible(c) || c == '[' || c == '\\'))
			return expected(p, "\"]\" at the end of the domain literal");
		if (!mail_is_blank(c))
			buffer_add_char(&p->domain, c);
		p->at++;
	}
	buffer_add_char(&p->domain, ']');
	return skip_blanks(p);
}

/* Reads the domain behind an "@" and the blanks and comments behind it. */
static int read_domain(struct parser *p)
{
	buffer_reset(&p->domain);
	if (skip_blanks(p) < 0)
		return -1;
	if (at_char(p, '['))
		return read_literal(p);
	for (;;) {
		int word = at_char(p, '"') ? 0 : read_word(p);

		if (word <= 0)
			return expected(p, "a domain");
		buffer_add_span(&p->domain, buffer_span(&p->word));
		if (skip_blanks(p) < 0)
			return -1;
		if (!take(p, '.'))
			return 0;
		buffer_add_char(&p->domain, '.');
		if (skip_blanks(p) < 0)
			return -1;
	}
}

/* Reads "@" and the domain behind a local part, and keeps the mailbox. */
static int finish_mailbox(struct parser *p, struct span display)
{
	if (!at_char(p, '@'))
		return expected(p, "\"@\" and a domain");
	if (!p->any || !p->local_good || !p->after_word)
		return expected(p, "one word before \"@\", with a display name in quotes and "
				   "the address in angle brackets");
	p->at++;
	if (read_domain(p) < 0)
		return -1;
	if (!utf8_valid(buffer_span(&p->local)) || !utf8_valid(buffer_span(&p->domain)))
		return error_usage(
		    p->err, "address list: an address holds octets that are no UTF-8");
	if (p->out->count == MAIL_MAILBOX_MAX)
		return 0;
	mail_mailbox_append(p->out, p->arena,
	    &(struct mail_mailbox){
		.local = arena_span(p->arena, buffer_span(&p->local)),
		.domain = arena_span(p->arena, buffer_span(&p->domain)),
		.display = display,
	    });
	return 0;
}

/* obs-route: hosts, each behind an "@", parted by commas, and a colon. */
static int skip_route(struct parser *p)
{
	if (!at_char(p, '@') && !at_char(p, ','))
		return 0;
	while (!take(p, ':')) {
		if (take(p, '@')) {
			if (read_domain(p) < 0)
				return -1;
		} else if (!take(p, ',')) {
			return expected(p, "\":\" behind the route");
		}
		if (skip_blanks(p) < 0)
			return -1;
	}
	return 0;
}

static int read_angle(struct parser *p)
{
	struct span display = arena_span(p->arena, buffer_span(&p->display));

	p->at++;
	if (skip_blanks(p) < 0 || skip_route(p) < 0 || read_phrase(p) < 0 ||
	    finish_mailbox(p, display) < 0)
		return -1;
	return take(p, '>') ? 0 : expected(p, "\">\" behind the address");
}

/* Reads a mailbox, or the start of a group: then in_group becomes true. */
static int read_address(struct parser *p)
{
	if (read_phrase(p) < 0)
		return -1;
	if (at_char(p, '<'))
		return read_angle(p);
	if (!p->any || p->in_group || !at_char(p, ':'))
		return finish_mailbox(p, span_of("", 0));
	p->at++;
	p->in_group = true;
	return 0;
}

static int read_list(struct parser *p)
{
	bool free_place = true, any = false;

	for (;;) {
		if (skip_blanks(p) < 0)
			return -1;
		if (at_end(p))
			break;
		if (take(p, ',')) {
			free_place = true;
		} else if (p->in_group && take(p, ';')) {
			free_place = p->in_group = false;
		} else if (!free_place) {
			return expected(p, "\",\" or the end behind an address");
		} else {
			bool was_in_group = p->in_group;

			if (read_address(p) < 0)
				return -1;
			free_place = p->in_group && !was_in_group;
			any = true;
		}
	}
	if (p->in_group)
		return expected(p, "\";\" at the end of the group");
	return any ? 0 : expected(p, "an address");
}

int mail_address_list_parse(
    struct span value, struct arena *a, struct mail_mailbox_list *out, struct error *err)
{
	struct parser p = {.text = value, .arena = a, .out = out, .err = err};
	int result;

	*out = (struct mail_mailbox_list){NULL, 0};
	result = read_list(&p);
	if (result < 0)
		*out = (struct mail_mailbox_list){NULL, 0};
	buffer_clear(&p.word);
	buffer_clear(&p.display);
	buffer_clear(&p.local);
	buffer_clear(&p.domain);
	return result;
}

void mail_mailbox_append(
    struct mail_mailbox_list *list, struct arena *a, const struct mail_mailbox *item)
{
	size_t n = list->count;

	if ((n & (n - 1)) == 0) {
		struct mail_mailbox *items = arena_alloc(a, (n == 0 ? 1 : 2 * n) * sizeof(*items));

		if (n > 0)
			memcpy(items, list->items, n * sizeof(*items));
		list->items = items;
	}
	list->items[list->count++] = *item;
}

/* Whether a local part stands without quotes: words parted by single dots. */
static bool is_dot_atom(struct span s)
{
	bool dot = true;

	for (size_t i = 0; i < s.len; i++) {
		bool is_dot = s.data[i] == '.';

		if (is_dot ? dot : !mail_is_atext(s.data[i]) && (unsigned char)s.data[i] < 128)
			return false;
		dot = is_dot;
	}
	return !dot;
}

static void add_local(struct buffer *out, struct span local)
{
	if (is_dot_atom(local)) {
		buffer_add_span(out, local);
		return;
	}
	buffer_add_char(out, '"');
	for (size_t i = 0; i < local.len; i++) {
		if (local.data[i] == '"' || local.data[i] == '\\')
			buffer_add_char(out, '\\');
		buffer_add_char(out, local.data[i]);
	}
	buffer_add_char(out, '"');
}

const char *mail_mailbox_address(struct arena *a, const struct mail_mailbox *m)
{
	struct buffer b = BUFFER_INIT;
	const char *out;

	add_local(&b, m->local);
	buffer_add_char(&b, '@');
	buffer_add_span(&b, m->domain);
	out = arena_copy(a, buffer_span(&b));
	buffer_clear(&b);
	return out;
}
