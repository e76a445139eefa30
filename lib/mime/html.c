/*
 * SPDX-License-Identifier: ISC
 *
 * HTML as text in one pass: what never ends (a tag, a comment, a script) takes the rest with it, as
 * in a browser, so that nothing is looked at twice.
 */
#include "mime/html.h"

#include <string.h>

#include "base/codec.h"
#include "base/name.h"

struct html {
	struct span in; /* what is still to be read */
	struct buffer *out;
	size_t begun; /* where out began */
	struct mime_links *links;
	size_t scanned;     /* out was looked through for links up to here */
	struct buffer href; /* of the link whose text is being read; empty: none */
	size_t anchor;      /* where that text began */
	unsigned lines;     /* line ends that go before the next character */
	bool blank, pre;
};

/* What an element does to the text around it. */
enum effect {
	EFFECT_LINE,
	EFFECT_PARAGRAPH,
	EFFECT_BREAK, /* even several times */
	EFFECT_CELL,
	EFFECT_ITEM,
	EFFECT_PRE,
	EFFECT_LINK,
	EFFECT_HIDDEN, /* all up to its end tag is left out */
};

static const struct {
	const char *name;
	enum effect effect;
} ELEMENTS[] = {
    {"a", EFFECT_LINK},
    {"address", EFFECT_LINE},
    {"area", EFFECT_LINK},
    {"article", EFFECT_PARAGRAPH},
    {"aside", EFFECT_PARAGRAPH},
    {"blockquote", EFFECT_PARAGRAPH},
    {"body", EFFECT_LINE},
    {"br", EFFECT_BREAK},
    {"center", EFFECT_LINE},
    {"dd", EFFECT_LINE},
    {"div", EFFECT_LINE},
    {"dl", EFFECT_PARAGRAPH},
    {"dt", EFFECT_LINE},
    {"fieldset", EFFECT_LINE},
    {"figcaption", EFFECT_LINE},
    {"figure", EFFECT_PARAGRAPH},
    {"footer", EFFECT_LINE},
    {"form", EFFECT_LINE},
    {"h1", EFFECT_PARAGRAPH},
    {"h2", EFFECT_PARAGRAPH},
    {"h3", EFFECT_PARAGRAPH},
    {"h4", EFFECT_PARAGRAPH},
    {"h5", EFFECT_PARAGRAPH},
    {"h6", EFFECT_PARAGRAPH},
    {"header", EFFECT_LINE},
    {"hr", EFFECT_PARAGRAPH},
    {"li", EFFECT_ITEM},
    {"main", EFFECT_LINE},
    {"nav", EFFECT_LINE},
    {"ol", EFFECT_PARAGRAPH},
    {"option", EFFECT_LINE},
    {"p", EFFECT_PARAGRAPH},
    {"pre", EFFECT_PRE},
    {"script", EFFECT_HIDDEN},
    {"section", EFFECT_LINE},
    {"style", EFFECT_HIDDEN},
    {"table", EFFECT_PARAGRAPH},
    {"td", EFFECT_CELL},
    {"th", EFFECT_CELL},
    {"title", EFFECT_HIDDEN},
    {"tr", EFFECT_LINE},
    {"ul", EFFECT_PARAGRAPH},
};

struct tag {
	struct span name, href; /* href.data is NULL: it has none */
	bool end;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void flush(struct html *h)
{
	bool first = h->out->len == h->begun;

	for (unsigned i = 0; !first && i < h->lines; i++)
		buffer_add_char(h->out, '\n');
	if (!first && h->lines == 0 && h->blank)
		buffer_add_char(h->out, ' ');
	h->lines = 0;
	h->blank = false;
}

static void want_lines(struct html *h, unsigned n)
{
	if (h->lines < n)
		h->lines = n;
}

/* The links of the text that came since the last one. */
static void scan(struct html *h)
{
	if (h->links != NULL)
		mime_links_scan(h->links, span_after(buffer_span(h->out), h->scanned));
	h->scanned = h->out->len;
}

/* Behind the text of a link: its target, unless the text says it. */
static void end_link(struct html *h)
{
	struct span href = buffer_span(&h->href), text;

	if (href.len == 0)
		return;
	scan(h);
	text = span_trim(span_after(buffer_span(h->out), h->anchor));
	if (!span_equal(text, href) &&
	    !(span_starts_nocase(href, SPAN("mailto:")) && span_equal(text, span_after(href, 7)))) {
		h->blank = true;
		flush(h);
		buffer_add_char(h->out, '<');
		buffer_add_span(h->out, href);
		buffer_add_char(h->out, '>');
	}
	h->scanned = h->out->len;
	buffer_reset(&h->href);
}

static void decode(struct span value, struct buffer *out)
{
	while (value.len > 0) {
		size_t n = value.data[0] == '&' ? mime_html_entity(value, out) : 0;

		if (n == 0)
			buffer_add_char(out, value.data[0]);
		value = span_after(value, n == 0 ? 1 : n);
	}
}

static void begin_link(struct html *h, struct span href)
{
	struct buffer decoded = BUFFER_INIT;

	end_link(h);
	scan(h);
	decode(href, &decoded);
	if (mime_is_link(buffer_span(&decoded))) {
		if (h->links != NULL)
			mime_links_add(h->links, buffer_span(&decoded));
		for (size_t i = 0; i < decoded.len; i++)
			if (!is_space(decoded.data[i]))
				buffer_add_char(&h->href, decoded.data[i]);
		h->anchor = h->out->len;
	}
	buffer_clear(&decoded);
}

/* Behind the end tag of an element whose content is no text. */
static void skip_hidden(struct html *h, struct span name)
{
	while (h->in.len > 0) {
		ptrdiff_t at = span_index(h->in, '<');
		struct span rest;

		h->in = span_after(h->in, at < 0 ? h->in.len : (size_t)at);
		rest = span_after(h->in, 2);
		if (span_starts(h->in, SPAN("</")) && span_starts_nocase(rest, name) &&
		    (rest.len == name.len || !ascii_alnum(rest.data[name.len])))
			return;
		h->in = span_after(h->in, 1);
	}
}

static void apply_link(struct html *h, const struct tag *tag)
{
	if (!tag->end && tag->href.data != NULL)
		begin_link(h, tag->href);
	if (tag->end || !span_equal_nocase(tag->name, SPAN("a")))
		end_link(h);
}

static void apply(struct html *h, enum effect effect, const struct tag *tag)
{
	switch (effect) {
	case EFFECT_LINE:
		want_lines(h, 1);
		break;
	case EFFECT_PARAGRAPH:
		want_lines(h, 2);
		break;
	case EFFECT_BREAK:
		h->lines += h->lines < 2;
		break;
	case EFFECT_CELL:
		h->blank = true;
		break;
	case EFFECT_ITEM:
		want_lines(h, 1);
		if (tag->end)
			break;
		flush(h);
		buffer_add_string(h->out, "- ");
		break;
	case EFFECT_PRE:
		want_lines(h, 2);
		h->pre = !tag->end;
		break;
	case EFFECT_LINK:
		apply_link(h, tag);
		break;
	case EFFECT_HIDDEN:
		if (!tag->end)
			skip_hidden(h, tag->name);
		break;
	}
}

static void skip_spaces(struct span *s)
{
	while (s->len > 0 && (is_space(s->data[0]) || s->data[0] == '/'))
		*s = span_after(*s, 1);
}

static struct span take_until(struct span *s, const char *ends)
{
	size_t n = 0;
	struct span taken;

	while (n < s->len && !is_space(s->data[n]) && strchr(ends, s->data[n]) == NULL)
		n++;
	taken = span_first(*s, n);
	*s = span_after(*s, n);
	return taken;
}

static struct span take_value(struct span *s)
{
	struct span value;
	ptrdiff_t end;

	while (s->len > 0 && is_space(s->data[0]))
		*s = span_after(*s, 1);
	if (s->len == 0 || (s->data[0] != '"' && s->data[0] != '\''))
		return take_until(s, ">");
	end = span_index(span_after(*s, 1), s->data[0]);
	value = span_first(span_after(*s, 1), end < 0 ? s->len : (size_t)end);
	*s = span_after(*s, value.len + 2);
	return value;
}

/* Takes the tag that begins at in, with its attributes and ">". */
static struct tag take_tag(struct span *s)
{
	struct tag tag = {.end = s->data[1] == '/'};

	*s = span_after(*s, tag.end ? 2 : 1);
	tag.name = take_until(s, "/>");
	for (skip_spaces(s); s->len > 0 && s->data[0] != '>'; skip_spaces(s)) {
		/* A "=" in front is a part of the name. */
		struct span name = span_first(*s, 1), value;

		*s = span_after(*s, 1);
		name.len += take_until(s, "=/>").len;
		while (s->len > 0 && is_space(s->data[0]))
			*s = span_after(*s, 1);
		if (s->len == 0 || s->data[0] != '=')
			continue;
		*s = span_after(*s, 1);
		value = take_value(s);
		if (tag.href.data == NULL && span_equal_nocase(name, SPAN("href")))
			tag.href = value;
	}
	*s = span_after(*s, 1);
	return tag;
}

static void read_tag(struct html *h)
{
	struct tag tag = take_tag(&h->in);

	for (size_t i = 0; i < ARRAY_SIZE(ELEMENTS); i++)
		if (span_equal_nocase(tag.name, span_from(ELEMENTS[i].name))) {
			apply(h, ELEMENTS[i].effect, &tag);
			return;
		}
}

/* A comment, or what else begins with "<!" or "<?". */
static void skip_comment(struct html *h)
{
	bool comment = span_starts(h->in, SPAN("<!--"));
	struct span rest = span_after(h->in, comment ? 4 : 2), end = SPAN(">");
	const char *found;

	/* "<!-->" is a whole one. */
	if (comment && !span_starts(rest, SPAN(">")) && !span_starts(rest, SPAN("->")))
		end = SPAN("-->");
	found = rest.len == 0 ? NULL : memmem(rest.data, rest.len, end.data, end.len);
	h->in = span_after(rest, found == NULL ? rest.len : (size_t)(found - rest.data) + end.len);
}

static void add_spaces(struct html *h)
{
	while (h->in.len > 0 && is_space(h->in.data[0])) {
		if (h->pre && h->in.data[0] == '\n')
			h->lines++;
		else if (h->pre && h->lines > 0)
			flush(h);
		if (h->pre && h->in.data[0] != '\n')
			buffer_add_char(h->out, ' ');
		h->blank = !h->pre;
		h->in = span_after(h->in, 1);
	}
}

static void add_text(struct html *h)
{
	size_t n = 0, entity = 0;

	flush(h);
	if (h->in.data[0] == '&')
		entity = mime_html_entity(h->in, h->out);
	while (entity == 0 && n < h->in.len && !is_space(h->in.data[n]) &&
	       (n == 0 || (h->in.data[n] != '<' && h->in.data[n] != '&')))
		n++;
	buffer_add_span(h->out, span_first(h->in, n));
	h->in = span_after(h->in, entity + n);
}

static bool at_tag(struct span s)
{
	size_t slash = s.len > 1 && s.data[1] == '/';

	return s.len > 1 + slash && s.data[0] == '<' && ascii_alpha(s.data[1 + slash]);
}

void mime_html_read(struct span html, struct buffer *text, struct mime_links *links)
{
	struct html h = {
	    .in = html,
	    .out = text,
	    .begun = text->len,
	    .links = links,
	    .scanned = text->len,
	    .href = BUFFER_INIT,
	};

	while (h.in.len > 0) {
		if (at_tag(h.in))
			read_tag(&h);
		else if (span_starts(h.in, SPAN("<!")) || span_starts(h.in, SPAN("<?")) ||
			 span_starts(h.in, SPAN("</")))
			skip_comment(&h);
		else if (is_space(h.in.data[0]))
			add_spaces(&h);
		else
			add_text(&h);
	}
	end_link(&h);
	if (text->len > h.scanned)
		scan(&h);
	if (text->len > h.begun)
		buffer_add_char(text, '\n');
	buffer_clear(&h.href);
}
