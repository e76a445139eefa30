/*
 * SPDX-License-Identifier: ISC
 *
 * The paths of MAIL FROM and RCPT TO (RFC 5321 4.1.2, RFC 6531 3.3), read to the letter: what
 * the grammar does not allow is refused, with what was expected in its place.
 */
#include "mail/address.h"

#include "base/codec.h"
#include "base/ip.h"
#include "mail/grammar.h"

/* RFC 5321 4.5.3.1.1 to 4.5.3.1.3; labels by RFC 1035 2.3.4. */
#define LOCAL_MAX       64
#define DOMAIN_MAX      255
#define PATH_MAX_OCTETS 256
#define LABEL_MAX       63

struct cursor {
	struct span text;
	size_t at;
	bool utf8;
	struct error *err;
};

static int expected(const struct cursor *c, const char *what)
{
	char got[MAIL_GOT_SIZE];

	return error_usage(c->err, "path: octet %zu: expected %s, got %s", c->at + 1, what,
	    mail_got(c->text, c->at, got));
}

static bool at_char(const struct cursor *c, char ch)
{
	return c->at < c->text.len && c->text.data[c->at] == ch;
}

static bool take(struct cursor *c, char ch)
{
	if (!at_char(c, ch))
		return false;
	c->at++;
	return true;
}

static struct span since(const struct cursor *c, size_t start)
{
	return span_of(c->text.data + start, c->at - start);
}

/* The octets of an RFC 6531 character at the cursor, or 0. */
static size_t utf8_octets(const struct cursor *c)
{
	if (!c->utf8 || c->at >= c->text.len || (unsigned char)c->text.data[c->at] < 128)
		return 0;
	return utf8_length(span_after(c->text, c->at));
}

static size_t atext_octets(const struct cursor *c)
{
	if (c->at < c->text.len && mail_is_atext(c->text.data[c->at]))
		return 1;
	return utf8_octets(c);
}

static int dot_string(struct cursor *c)
{
	size_t n;

	do {
		size_t start = c->at;

		while ((n = atext_octets(c)) > 0)
			c->at += n;
		if (c->at == start)
			return expected(c, "a character of the local part");
	} while (take(c, '.'));
	return 0;
}

/* One qtextSMTP or quoted-pairSMTP; returns its octets, or 0. */
static size_t quoted_octets(const struct cursor *c)
{
	char ch = c->at < c->text.len ? c->text.data[c->at] : '\0';
	char next = c->at + 1 < c->text.len ? c->text.data[c->at + 1] : '\0';

	if (ch == '\\')
		return next == ' ' || mail_is_visible(next) ? 2 : 0;
	if (ch != '"' && (ch == ' ' || mail_is_visible(ch)))
		return 1;
	return utf8_octets(c);
}

static int quoted_string(struct cursor *c)
{
	size_t n;

	c->at++;
	while ((n = quoted_octets(c)) > 0)
		c->at += n;
	return take(c, '"') ? 0 : expected(c, "a closing quote behind the local part");
}

static int local_part(struct cursor *c, struct span *out)
{
	size_t start = c->at;

	if ((at_char(c, '"') ? quoted_string(c) : dot_string(c)) < 0)
		return -1;
	*out = since(c, start);
	if (out->len > LOCAL_MAX)
		return error_usage(c->err,
		    "path: the local part has %zu octets: expected at most %d", out->len,
		    LOCAL_MAX);
	return 0;
}

/* sub-domain, or a U-label (RFC 6531 3.3). */
static int label(struct cursor *c)
{
	size_t start = c->at, n;
	bool ascii = true;

	for (; c->at < c->text.len; c->at += n) {
		char ch = c->text.data[c->at];

		n = ascii_alnum(ch) || (ch == '-' && c->at > start) ? 1 : utf8_octets(c);
		if (n == 0)
			break;
		ascii = ascii && (unsigned char)ch < 128;
	}
	if (c->at == start)
		return expected(c, "a letter or digit of the domain");
	if (c->text.data[c->at - 1] == '-')
		return expected(c, "a letter or digit at the end of a label");
	if (ascii && c->at - start > LABEL_MAX)
		return error_usage(c->err,
		    "path: a label of the domain has %zu octets: expected at "
		    "most %d",
		    c->at - start, LABEL_MAX);
	return 0;
}

/* Standardized-tag ":" 1*dcontent: any registered tag but IPv6. */
static bool general_literal(struct span inner)
{
	ptrdiff_t colon = span_index(inner, ':');

	if (colon <= 0 || (size_t)colon + 1 == inner.len || inner.data[colon - 1] == '-')
		return false;
	for (size_t i = 0; i < inner.len; i++) {
		char ch = inner.data[i];

		if (i < (size_t)colon ? !ascii_alnum(ch) && ch != '-'
				      : !mail_is_visible(ch) || (ch >= '[' && ch <= ']'))
			return false;
	}
	return true;
}

static bool literal_valid(struct span inner)
{
	static const struct span tag = {"IPv6:", 5};
	struct ip ip;

	if (span_starts_nocase(inner, tag)) {
		inner = span_after(inner, tag.len);
		return span_index(inner, ':') >= 0 && ip_parse(inner, &ip) == 0;
	}
	if (span_index(inner, ':') < 0)
		return ip_parse(inner, &ip) == 0;
	/* No registered tag is the beginning of an IPv6 address: here "IPv6:" was left out. */
	return general_literal(inner) && ip_parse(inner, &ip) < 0;
}

static int address_literal(struct cursor *c)
{
	ptrdiff_t close = span_index(span_after(c->text, c->at), ']');

	if (close < 0)
		return error_usage(c->err, "path: the address literal is not closed: expected "
					   "\"]\" behind the address");
	if (!literal_valid(span_of(c->text.data + c->at + 1, (size_t)close - 1)))
		return error_usage(c->err, "path: no address literal: expected [192.0.2.1] or "
					   "[IPv6:2001:db8::1]");
	c->at += (size_t)close + 1;
	return 0;
}

static int domain(struct cursor *c, struct span *out)
{
	size_t start = c->at;

	if (at_char(c, '[')) {
		if (address_literal(c) < 0)
			return -1;
	} else {
		do {
			if (label(c) < 0)
				return -1;
		} while (take(c, '.'));
	}
	*out = since(c, start);
	if (out->len > DOMAIN_MAX)
		return error_usage(c->err, "path: the domain has %zu octets: expected at most %d",
		    out->len, DOMAIN_MAX);
	return 0;
}

/* A-d-l ":" (RFC 5321 appendix C): taken and otherwise ignored. */
static int source_route(struct cursor *c, struct span *out)
{
	size_t start = c->at;
	struct span hop;

	do {
		if (!take(c, '@'))
			return expected(c, "\"@\" of the next host in the source route");
		if (domain(c, &hop) < 0)
			return -1;
	} while (take(c, ','));
	*out = since(c, start);
	return take(c, ':') ? 0 : expected(c, "\":\" behind the source route");
}

static int mailbox(struct cursor *c, unsigned flags, struct mail_path *out)
{
	size_t start;

	if (at_char(c, '@') && source_route(c, &out->route) < 0)
		return -1;
	start = c->at;
	if (local_part(c, &out->local) < 0)
		return -1;
	out->address = out->local;
	if (at_char(c, '>') && (flags & MAIL_PATH_POSTMASTER) != 0 && out->route.len == 0 &&
	    span_equal_nocase(out->local, SPAN("postmaster")))
		return 0;
	if (!take(c, '@'))
		return expected(c, "\"@\" and a domain behind the local part");
	if (domain(c, &out->domain) < 0)
		return -1;
	out->address = since(c, start);
	return 0;
}

static int open_bracket(struct cursor *c)
{
	if (take(c, '<'))
		return 0;
	if (at_char(c, ' ') || at_char(c, '\t'))
		return error_usage(c->err,
		    "path: a blank stands before it: expected \"<\" right behind the colon");
	return expected(c, "\"<\", as in <user@example.com>");
}

ptrdiff_t mail_path_parse(
    struct span text, unsigned flags, struct mail_path *out, struct error *err)
{
	struct cursor c = {.text = text, .utf8 = (flags & MAIL_PATH_UTF8) != 0, .err = err};

	*out = (struct mail_path){.address = {NULL, 0}};
	if (open_bracket(&c) < 0)
		return -1;
	if (at_char(&c, '>') && (flags & MAIL_PATH_NULL) == 0)
		return error_usage(
		    err, "path: <> is empty: expected an address between the brackets");
	if (!at_char(&c, '>') && mailbox(&c, flags, out) < 0)
		return -1;
	if (!take(&c, '>'))
		return expected(&c, "\">\" behind the address");
	if (c.at > PATH_MAX_OCTETS)
		return error_usage(err,
		    "path: it has %zu octets with its brackets: expected at most %d", c.at,
		    PATH_MAX_OCTETS);
	return (ptrdiff_t)c.at;
}
