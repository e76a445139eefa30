/*
 * SPDX-License-Identifier: ISC
 *
 * The findings of a header. Fields that trace programs add (Received, Return-Path, Resent-*) may
 * stand as often as they like (RFC 5322 3.6).
 */
#include "mail/header_check.h"

#include "base/codec.h"
#include "mail/date.h"
#include "mail/grammar.h"
#include "mail/msgid.h"

struct check {
	const struct mail_header *header;
	struct arena *arena;
	struct finding_list *out;
};

static void found(struct check *c, enum finding_id id, const char *text)
{
	finding_add(c->out, c->arena, id, text);
}

#define SHOWN_MAX 40

/* Hostile octets as a sentence repeats them. */
static const char *shown(struct arena *a, struct span s)
{
	char *text = arena_copy(a, span_first(s, SHOWN_MAX));

	for (size_t i = 0; i < s.len && i < SHOWN_MAX; i++)
		if (!mail_is_visible(text[i]) && text[i] != ' ')
			text[i] = '?';
	return s.len <= SHOWN_MAX ? text : arena_printf(a, "%s...", text);
}

static int parse_date(struct span value, struct error *err)
{
	int64_t unix_ms;

	return mail_date_parse(value, &unix_ms, err);
}

static int parse_message_id(struct span value, struct error *err)
{
	struct span id;

	return mail_msgid_parse(value, &id, err);
}

static const struct required {
	struct span name;
	enum finding_id missing, malformed;
	int (*parse)(struct span value, struct error *err);
	const char *complaint, *remedy;
} REQUIRED[] = {
    {{"Date", 4}, FINDING_MISSING_DATE, FINDING_MALFORMED_DATE, parse_date,
	"The Date field is not a date as mail writes it",
	"Write it as Mon, 23 Nov 2026 16:00:00 +0000."},
    {{"Message-ID", 10}, FINDING_MISSING_MESSAGE_ID, FINDING_MALFORMED_MESSAGE_ID, parse_message_id,
	"The Message-ID field is not of the form <LEFT@RIGHT>",
	"Write one word without blanks on each side of \"@\", in angle brackets."},
};

static void check_required(struct check *c, const struct required *row)
{
	bool present = false;
	struct error err;

	for (size_t i = 0; i < c->header->count; i++) {
		const struct mail_field *f = &c->header->fields[i];
		struct span value = span_trim(f->value);

		if (!span_equal_nocase(f->name, row->name))
			continue;
		present = true;
		if (row->parse(value, &err) == 0)
			continue;
		found(c, row->malformed,
		    arena_printf(c->arena, "%s: %s. %s", row->complaint,
			value.len == 0 ? "it is empty" : err.text, row->remedy));
		return;
	}
	if (!present)
		found(c, row->missing, NULL);
}

/* RFC 5322 3.6 and RFC 2045 3 to 8. */
static const struct span SINGLE[] = {
    {"Date", 4},
    {"Sender", 6},
    {"Reply-To", 8},
    {"To", 2},
    {"Cc", 2},
    {"Bcc", 3},
    {"Message-ID", 10},
    {"In-Reply-To", 11},
    {"References", 10},
    {"Subject", 7},
    {"MIME-Version", 12},
    {"Content-Type", 12},
    {"Content-Transfer-Encoding", 25},
};

static void check_single(struct check *c)
{
	struct buffer list = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(SINGLE); i++) {
		size_t count = mail_header_count(c->header, SINGLE[i]);

		if (count > 1)
			buffer_printf(&list, "%s%s (%zu times)", list.len == 0 ? "" : ", ",
			    SINGLE[i].data, count);
	}
	if (list.len > 0)
		found(c, FINDING_DUPLICATE_FIELD,
		    arena_printf(c->arena,
			"Fields that may stand once only stand several times: %.*s; receivers may "
			"refuse the message, or show another one than was signed. Leave one of "
			"each.",
			(int)list.len, list.data));
	buffer_clear(&list);
}

/* Whether the value is nothing but blanks and comments. */
static bool is_empty(struct span value)
{
	const char *wanted;
	size_t at = 0;

	return mail_skip_cfws(value, &at, &wanted) == 0 && at == value.len;
}

/* The topmost field of hidden recipients that names some, else one that names none, or NULL. */
static const struct mail_field *find_bcc(const struct mail_header *h)
{
	const struct mail_field *empty = NULL;

	for (size_t i = 0; i < h->count; i++) {
		const struct mail_field *f = &h->fields[i];

		if (!span_equal_nocase(f->name, SPAN("Bcc")) &&
		    !span_equal_nocase(f->name, SPAN("Resent-Bcc")))
			continue;
		if (!is_empty(f->value))
			return f;
		empty = f;
	}
	return empty;
}

static void check_bcc(struct check *c)
{
	const struct mail_field *f = find_bcc(c->header);
	const char *name;

	if (f == NULL)
		return;
	name = arena_copy(c->arena, f->name);
	if (is_empty(f->value))
		found(c, FINDING_BCC_PRESENT,
		    arena_printf(c->arena,
			"The message has an empty %s field, which is allowed and names nobody, but "
			"tells every reader that there were hidden recipients; take it out before "
			"sending.",
			name));
	else
		found(c, FINDING_BCC_PRESENT,
		    arena_printf(c->arena,
			"The message still has its %s field with addresses in it, so that every "
			"reader sees the hidden recipients; take it out before sending.",
			name));
}

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] > 127)
			return false;
	return true;
}

/* RFC 6532 3.2 lets a header hold UTF-8, and nothing else beyond ASCII. */
static void check_octets(struct check *c, bool smtputf8)
{
	for (size_t i = 0; i < c->header->count; i++) {
		const struct mail_field *f = &c->header->fields[i];

		if (smtputf8 ? utf8_valid(f->value) : is_ascii(f->value))
			continue;
		found(c, FINDING_HEADER_NOT_ASCII,
		    arena_printf(c->arena,
			smtputf8 ? "The field %s holds octets that are no UTF-8; nothing else may "
				   "stand in a header beyond ASCII."
				 : "The field %s holds octets above 127 although MAIL did not say "
				   "SMTPUTF8; write them as encoded words (RFC 2047).",
			shown(c->arena, f->name)));
		return;
	}
}

/* Fields beyond MAIL_FIELD_MAX are not indexed: the line is counted by line ends. */
static size_t bad_line_number(const struct mail_header *h)
{
	size_t n = 1;

	for (size_t i = 0; i + 1 < h->section.len; i++)
		n += h->section.data[i] == '\r' && h->section.data[i + 1] == '\n';
	return n;
}

static void check_form(struct check *c)
{
	if (!c->header->malformed)
		return;
	found(c, FINDING_MALFORMED_HEADER,
	    arena_printf(c->arena,
		"Line %zu of the header (\"%s\") is no field, so that it and all behind it are "
		"read "
		"as the body. Write NAME: VALUE, and begin a line that goes on with a blank.",
		bad_line_number(c->header), shown(c->arena, c->header->bad_line)));
}

void mail_header_check(
    const struct mail_header *h, bool smtputf8, struct arena *a, struct finding_list *out)
{
	struct check c = {h, a, out};

	for (size_t i = 0; i < ARRAY_SIZE(REQUIRED); i++)
		check_required(&c, &REQUIRED[i]);
	check_single(&c);
	check_bcc(&c);
	check_octets(&c, smtputf8);
	check_form(&c);
}
