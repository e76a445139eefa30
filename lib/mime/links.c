/*
 * SPDX-License-Identifier: ISC
 *
 * Finding links in text and keeping each once. What no URI may hold (RFC 3986 2) ends one in text;
 * letters of other scripts do not, since programs write them.
 */
#include "mime/links.h"

#include <string.h>

#include "base/codec.h"

_Static_assert(MIME_LINKS_SLOTS >= 4 * MIME_LINKS_MAX, "slots stay free");

static const struct span SCHEMES[] = {{"http://", 7}, {"https://", 8}, {"mailto:", 7}};

/* Blanks, quotes and full stops beyond ASCII that stand behind a link, not in it. */
static const char *const ENDS[] = {"\xc2\xa0", "\xc2\xab", "\xc2\xbb", "\xe2\x80\x98",
    "\xe2\x80\x99", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\xa8", "\xe3\x80\x80",
    "\xe3\x80\x81", "\xe3\x80\x82", "\xe3\x80\x8d", "\xe3\x80\x91", "\xef\xbc\x89", "\xef\xbc\x8c"};

/* The octets of the scheme that s begins with, where something stands behind it; else 0. */
static size_t scheme_octets(struct span s)
{
	for (size_t i = 0; i < ARRAY_SIZE(SCHEMES); i++) {
		struct span rest = span_after(s, SCHEMES[i].len);

		if (!span_starts_nocase(s, SCHEMES[i]) || rest.len == 0)
			continue;
		if (ascii_alnum(rest.data[0]) || (signed char)rest.data[0] < 0 ||
		    span_index(SPAN("[_%+"), rest.data[0]) >= 0)
			return SCHEMES[i].len;
	}
	return 0;
}

bool mime_is_link(struct span link)
{
	return scheme_octets(span_trim(link)) > 0;
}

static uint32_t hash(struct span s)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.data[i]) * 16777619U;
	return h ^ h >> 16;
}

static void add_once(struct mime_links *l, struct span link)
{
	uint32_t full = hash(link), at = full;

	while (l->slots[at % MIME_LINKS_SLOTS] != 0) {
		size_t i = l->slots[at % MIME_LINKS_SLOTS] - 1U;
		struct span item = {l->items[i], l->sizes[i]};

		if (l->hashes[i] == full && span_equal(item, link))
			return;
		at++;
	}
	l->items[l->count] = arena_copy(l->arena, link);
	l->sizes[l->count] = link.len;
	l->hashes[l->count++] = full;
	l->slots[at % MIME_LINKS_SLOTS] = (uint16_t)l->count;
}

void mime_links_add(struct mime_links *l, struct span link)
{
	struct buffer clean = BUFFER_INIT;

	link = span_trim(link);
	if (l->count == MIME_LINKS_MAX || scheme_octets(link) == 0)
		return;
	for (size_t i = 0; i < link.len; i++) {
		unsigned char c = (unsigned char)link.data[i];

		if (c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c <= ' ' || c == 0x7f)
			buffer_printf(&clean, "%%%02X", c);
		else
			buffer_add_char(&clean, link.data[i]);
	}
	add_once(l, buffer_span(&clean));
	buffer_clear(&clean);
}

static bool ends_link(struct span s)
{
	unsigned char c = (unsigned char)s.data[0];

	if (c <= ' ' || c == 0x7f || span_index(SPAN("<>\"\\^`{|}"), s.data[0]) >= 0)
		return true;
	for (size_t i = 0; c > 0x7f && i < ARRAY_SIZE(ENDS); i++)
		if (span_starts(s, span_from(ENDS[i])))
			return true;
	return false;
}

static size_t count_of(struct span s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.data[i] == c;
	return n;
}

/* Without what a sentence puts behind it; a bracket that the link opens is its own. */
static struct span trim_end(struct span s)
{
	size_t opened[] = {count_of(s, '('), count_of(s, '[')};
	size_t closed[] = {count_of(s, ')'), count_of(s, ']')};

	while (s.len > 0) {
		char c = s.data[s.len - 1];
		size_t kind = c == ']';

		if (c == ')' || c == ']') {
			if (closed[kind] <= opened[kind])
				break;
			closed[kind]--;
		} else if (span_index(SPAN(".,;:!?'*"), c) < 0) {
			break;
		}
		s.len--;
	}
	return s;
}

/* Where the scheme begins whose ":" stands at colon, or -1. */
static ptrdiff_t scheme_start(struct span text, size_t colon)
{
	size_t at = colon;

	while (at > 0 && colon - at < 8 && ascii_alpha(text.data[at - 1]))
		at--;
	if (at > 0 && ascii_alnum(text.data[at - 1]))
		return -1;
	return scheme_octets(span_after(text, at)) == 0 ? -1 : (ptrdiff_t)at;
}

void mime_links_scan(struct mime_links *l, struct span text)
{
	size_t at = 0;
	ptrdiff_t colon;

	while (l->count < MIME_LINKS_MAX && (colon = span_index(span_after(text, at), ':')) >= 0) {
		ptrdiff_t start = scheme_start(text, at + (size_t)colon);
		struct span link = span_after(text, (size_t)start);
		size_t n = 0;

		at += (size_t)colon + 1;
		if (start < 0)
			continue;
		while (n < link.len && !ends_link(span_after(link, n)))
			n++;
		link = trim_end(span_first(link, n));
		if (scheme_octets(link) > 0)
			add_once(l, link);
		at = (size_t)start + n;
	}
}
