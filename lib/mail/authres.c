/*
 * SPDX-License-Identifier: ISC
 *
 * Writing Authentication-Results: each result on a line of its own. Whatever the values hold, the
 * field stays one field: they are cleaned first and quoted where they must be.
 */
#include "mail/authres.h"

#include "base/codec.h"
#include "mail/authres_value.h"
#include "mail/fold.h"
#include "mail/grammar.h"

struct writer {
	struct mail_fold fold;
	bool ascii;
	struct buffer word; /* the word being made */
};

static void add_keyword(struct buffer *out, const char *keyword)
{
	struct span s = span_first(span_from(keyword), MAIL_AUTHRES_KEYWORD_MAX);

	for (size_t i = 0; i < s.len; i++)
		if (ascii_alnum(s.data[i]) || s.data[i] == '-')
			buffer_add_char(out, s.data[i]);
}

static void add_version(struct buffer *out, const char *before, unsigned version)
{
	if (version > 0)
		buffer_printf(out, "%s%u", before,
		    version < MAIL_AUTHRES_VERSION_MAX ? version : MAIL_AUTHRES_VERSION_MAX);
}

/* Appends the next character of *rest, escaped where it may not stand in a field. */
static void clean_character(const struct writer *w, struct span *rest, struct buffer *out)
{
	size_t octets = utf8_length(*rest);
	char c = rest->data[0];

	if (octets > 1 && !w->ascii) {
		buffer_add(out, rest->data, octets);
	} else if (mail_is_visible(c) || c == ' ' || c == '\t') {
		buffer_add_char(out, c);
		octets = 1;
	} else {
		buffer_printf(out, "\\%03u", (unsigned)(unsigned char)c);
		octets = 1;
	}
	*rest = span_after(*rest, octets);
}

static void clean(const struct writer *w, struct span value, struct buffer *out)
{
	static const struct span more = {"...", 3};
	size_t fits = 0;

	while (value.len > 0) {
		clean_character(w, &value, out);
		if (out->len > MAIL_AUTHRES_VALUE_MAX) {
			buffer_truncate(out, fits);
			buffer_add_span(out, more);
			return;
		}
		if (out->len + more.len <= MAIL_AUTHRES_VALUE_MAX)
			fits = out->len;
	}
}

static void quote(struct span value, struct buffer *out)
{
	buffer_add_char(out, '"');
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] == '"' || value.data[i] == '\\')
			buffer_add_char(out, '\\');
		buffer_add_char(out, value.data[i]);
	}
	buffer_add_char(out, '"');
}

/* Appends "value" in quotes to the line, behind what the word holds already. */
static void write_quoted(struct writer *w, struct span value)
{
	size_t before = w->word.len;
	struct span all, first;
	size_t end;

	quote(value, &w->word);
	all = buffer_span(&w->word);
	/* A fold may come in front of the word, which then needs room for its first part alone. */
	for (end = before; end < all.len && all.data[end] != ' ' && all.data[end] != '\t'; end++)
		;
	first = span_first(all, end);
	mail_fold_word(&w->fold, first);
	mail_fold_text(&w->fold, span_after(all, end));
}

/* The word with the value behind it, quoted only where it must be. */
static void write_value(struct writer *w, const char *value, bool address)
{
	struct buffer text = BUFFER_INIT;
	struct span s;

	clean(w, span_from(value), &text);
	s = buffer_span(&text);
	if (s.len > 0 && (authres_token(s) == s.len || (address && authres_address(s) == s.len))) {
		buffer_add_span(&w->word, s);
		mail_fold_word(&w->fold, buffer_span(&w->word));
	} else {
		write_quoted(w, s);
	}
	buffer_clear(&text);
	buffer_reset(&w->word);
}

static void write_reason(struct writer *w, const char *reason)
{
	struct buffer text = BUFFER_INIT;

	clean(w, span_from(reason), &text);
	buffer_add_string(&w->word, "reason=");
	write_quoted(w, buffer_span(&text));
	buffer_reset(&w->word);
	buffer_clear(&text);
}

static void write_property(struct writer *w, const struct mail_authres_property *p)
{
	add_keyword(&w->word, p->ptype);
	buffer_add_char(&w->word, '.');
	add_keyword(&w->word, p->property);
	buffer_add_char(&w->word, '=');
	write_value(w, p->value, true);
}

static void write_result(struct writer *w, const struct mail_authres_result *r)
{
	mail_fold_join(&w->fold, SPAN(";"));
	add_keyword(&w->word, r->method);
	add_version(&w->word, "/", r->version);
	buffer_add_char(&w->word, '=');
	add_keyword(&w->word, r->result);
	mail_fold_line(&w->fold, buffer_span(&w->word));
	buffer_reset(&w->word);
	if (r->reason != NULL)
		write_reason(w, r->reason);
	for (size_t i = 0; i < r->property_count; i++)
		write_property(w, &r->properties[i]);
}

void mail_authres_write(struct buffer *out, const struct mail_authres *in)
{
	struct writer w = {.ascii = in->ascii, .word = BUFFER_INIT};

	mail_fold_begin(&w.fold, out, "Authentication-Results");
	write_value(&w, in->authserv_id, false);
	add_version(&w.word, "", in->version);
	if (w.word.len > 0)
		mail_fold_word(&w.fold, buffer_span(&w.word));
	buffer_reset(&w.word);
	for (size_t i = 0; i < in->count; i++)
		write_result(&w, &in->results[i]);
	if (in->count == 0) {
		mail_fold_join(&w.fold, SPAN(";"));
		mail_fold_word(&w.fold, SPAN("none"));
	}
	mail_fold_end(&w.fold);
	buffer_clear(&w.word);
}
