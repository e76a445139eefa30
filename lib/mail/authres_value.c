/*
 * SPDX-License-Identifier: ISC
 *
 * The grammar of values.
 */
#include "mail/authres_value.h"

#include "base/codec.h"
#include "mail/grammar.h"

static bool at(struct span s, size_t n, char c)
{
	return n < s.len && s.data[n] == c;
}

/* The octets of the character above ASCII that stands at n, or 0. */
static size_t utf8_at(struct span s, size_t n)
{
	return n < s.len && (unsigned char)s.data[n] > 127 ? utf8_length(span_after(s, n)) : 0;
}

static bool is_token(char c)
{
	return mail_is_visible(c) && span_index(SPAN("()<>@,;:\\\"/[]?="), c) < 0;
}

size_t authres_token(struct span s)
{
	size_t n = 0;

	while (n < s.len && is_token(s.data[n]))
		n++;
	return n;
}

size_t authres_keyword(struct span s)
{
	size_t n = 0;

	while (n < s.len && (ascii_alnum(s.data[n]) || s.data[n] == '-'))
		n++;
	return n > 0 && s.data[n - 1] == '-' ? 0 : n;
}

size_t authres_dot_atom(struct span s)
{
	size_t n = 0, octets;

	do {
		size_t start = n;

		while ((octets = n < s.len && mail_is_atext(s.data[n]) ? 1 : utf8_at(s, n)) > 0)
			n += octets;
		if (n == start)
			return start == 0 ? 0 : start - 1;
	} while (at(s, n, '.') && n++ < s.len);
	return n;
}

/* Let-dig [Ldh-str], or a U-label. */
static size_t label(struct span s)
{
	size_t n = 0, octets;

	while (n < s.len) {
		octets = ascii_alnum(s.data[n]) || (s.data[n] == '-' && n > 0) ? 1 : utf8_at(s, n);
		if (octets == 0)
			break;
		n += octets;
	}
	return n > 0 && s.data[n - 1] == '-' ? 0 : n;
}

size_t authres_domain(struct span s)
{
	size_t n = label(s), labels = n > 0, more;

	while (n > 0 && at(s, n, '.') && (more = label(span_after(s, n + 1))) > 0) {
		n += 1 + more;
		labels++;
	}
	return labels > 1 ? n : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A blank, a visible character or one of UTF-8 at n. */
static size_t plain_at(struct span s, size_t n)
{
	if (n < s.len && (is_blank(s.data[n]) || mail_is_visible(s.data[n])))
		return 1;
	return utf8_at(s, n);
}

size_t authres_character(struct span s)
{
	size_t octets;

	if (at(s, 0, '\\')) {
		octets = plain_at(s, 1);
		return octets == 0 ? 0 : 1 + octets;
	}
	if (at(s, 0, '\r'))
		return at(s, 1, '\n') && s.len > 2 && is_blank(s.data[2]) ? 2 : 0;
	return plain_at(s, 0);
}

size_t authres_quoted(struct span s)
{
	size_t n = 1, octets;

	if (!at(s, 0, '"'))
		return 0;
	while (!at(s, n, '"')) {
		octets = authres_character(span_after(s, n));
		if (octets == 0)
			return 0;
		n += octets;
	}
	return n + 1;
}

size_t authres_address(struct span s)
{
	size_t local = at(s, 0, '"') ? authres_quoted(s) : authres_dot_atom(s), domain;

	if (!at(s, local, '@'))
		return authres_domain(s);
	domain = authres_domain(span_after(s, local + 1));
	return domain == 0 ? 0 : local + 1 + domain;
}
