/*
 * SPDX-License-Identifier: ISC
 *
 * Macros of SPF (RFC 7208 7). A macro string is read piece by piece, so that one of any length
 * costs no memory of its own; each expansion takes time linear in its value.
 */
#include "verify/spf_macro.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "verify/verdict.h"

static const char LETTERS[] = "slodiphcrtv";
static const char TEXT_LETTERS[] = "crt";
static const char DELIMITERS[] = ".-+,/_=";

static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* The number of right-hand parts; a zero is a syntax error, the size of a number is not. */
static int read_parts(struct span *rest, size_t *parts)
{
	size_t value = 0;

	if (rest->len == 0 || !ascii_digit(rest->data[0]))
		return 0;
	for (; rest->len > 0 && ascii_digit(rest->data[0]); *rest = span_after(*rest, 1))
		if (value < 100000)
			value = value * 10 + (size_t)(rest->data[0] - '0');
	*parts = value;
	return value == 0 ? -1 : 0;
}

/* What stands between "%{" and "}". */
static int read_macro(struct span *rest, struct spf_macro_piece *out)
{
	size_t n = 0;

	if (rest->len == 0 || !one_of(ascii_lower(rest->data[0]), LETTERS))
		return -1;
	out->letter = ascii_lower(rest->data[0]);
	out->escape = out->letter != rest->data[0];
	*rest = span_after(*rest, 1);
	if (read_parts(rest, &out->parts) < 0)
		return -1;
	if (rest->len > 0 && ascii_lower(rest->data[0]) == 'r') {
		out->reverse = true;
		*rest = span_after(*rest, 1);
	}
	while (n < rest->len && one_of(rest->data[n], DELIMITERS))
		n++;
	out->delimiters = span_first(*rest, n);
	*rest = span_after(*rest, n);
	if (rest->len == 0 || rest->data[0] != '}')
		return -1;
	*rest = span_after(*rest, 1);
	return 1;
}

static int literal(struct spf_macro_piece *out, struct span text)
{
	out->literal = true;
	out->text = text;
	return 1;
}

int spf_macro_next(struct span *rest, struct spf_macro_piece *out)
{
	ptrdiff_t percent = span_index(*rest, '%');
	struct span text = percent < 0 ? *rest : span_first(*rest, (size_t)percent);
	char c;

	*out = (struct spf_macro_piece){0};
	if (rest->len == 0)
		return 0;
	*rest = span_after(*rest, text.len);
	if (text.len > 0)
		return literal(out, text);
	if (rest->len < 2)
		return -1;
	c = rest->data[1];
	*rest = span_after(*rest, 2);
	out->expand = true;
	switch (c) {
	case '{':
		return read_macro(rest, out);
	case '%':
		return literal(out, SPAN("%"));
	case '_':
		return literal(out, SPAN(" "));
	case '-':
		return literal(out, SPAN("%20"));
	default:
		return -1;
	}
}

static bool visible(struct span text, bool blanks)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < (blanks ? 0x20 : 0x21) || c > 0x7e)
			return false;
	}
	return true;
}

static int check_piece(const struct spf_macro_piece *p, unsigned flags, struct error *err)
{
	if (p->expand && p->literal)
		return 0;
	if (p->literal && !visible(p->text, (flags & SPF_MACRO_BLANKS) != 0))
		return error_usage(err, "it holds an octet that is not visible ASCII");
	if (!p->literal && !(flags & SPF_MACRO_TEXT) && one_of(p->letter, TEXT_LETTERS))
		return error_usage(err,
		    "the macro letter %c may be used in the text of an explanation only",
		    p->letter);
	return 0;
}

int spf_macro_check(struct span text, unsigned flags, bool *ends_in_macro, struct error *err)
{
	struct span rest = text, at = text;
	struct spf_macro_piece piece;
	char shown[VERDICT_SHOW_SIZE];
	bool macro = false;
	int got;

	while ((got = spf_macro_next(&rest, &piece)) > 0) {
		if (check_piece(&piece, flags, err) < 0)
			return -1;
		macro = piece.expand;
		at = rest;
	}
	if (got < 0)
		return error_usage(err,
		    "\"%s\" begins with no macro: expected %%{letter}, %%%%, %%_ or %%-",
		    verdict_show(at, shown));
	if (ends_in_macro != NULL)
		*ends_in_macro = macro;
	return 0;
}

bool spf_macro_uses(struct span text, const char *letters)
{
	struct spf_macro_piece piece;

	while (spf_macro_next(&text, &piece) > 0)
		if (!piece.literal && one_of(piece.letter, letters))
			return true;
	return false;
}

/* IPv4 as dotted quad; IPv6 as nibbles between dots, in upper case as the test suite has them. */
static void add_address_parts(const struct ip *ip, struct buffer *out)
{
	char text[IP_TEXT_SIZE];

	if (ip->family == IP_V4)
		buffer_add_string(out, ip_format(ip, text));
	if (ip->family != IP_V6)
		return;
	for (size_t i = 0; i < 16; i++)
		buffer_printf(out, "%s%X.%X", i == 0 ? "" : ".", (unsigned)ip->octets[i] >> 4,
		    ip->octets[i] & 15U);
}

static void add_value(const struct spf_macro_values *v, char letter, struct buffer *out)
{
	char text[IP_TEXT_SIZE];

	switch (letter) {
	case 's':
		buffer_add_span(out, v->sender);
		break;
	case 'l':
		buffer_add_span(out, v->local);
		break;
	case 'o':
		buffer_add_span(out, v->sender_domain);
		break;
	case 'd':
		buffer_add_span(out, v->domain);
		break;
	case 'h':
		buffer_add_span(out, v->helo);
		break;
	case 'p':
		buffer_add_span(out, v->validated);
		break;
	case 'i':
		add_address_parts(&v->client, out);
		break;
	case 'c':
		buffer_add_string(out, ip_format(&v->client, text));
		break;
	case 'v':
		buffer_add_string(out, v->client.family == IP_V6 ? "ip6" : "in-addr");
		break;
	case 'r':
		buffer_add_string(out, "unknown");
		break;
	case 't':
		buffer_printf(out, "%" PRId64, v->now);
		break;
	}
}

static bool delimits(const struct spf_macro_piece *p, char c)
{
	return p->delimiters.len == 0 ? c == '.' : span_index(p->delimiters, c) >= 0;
}

/* The start of the part that ends before end. */
static size_t part_start(const struct spf_macro_piece *p, struct span value, size_t end)
{
	while (end > 0 && !delimits(p, value.data[end - 1]))
		end--;
	return end;
}

/* The first p->parts parts, the last of them first. */
static void add_reversed(const struct spf_macro_piece *p, struct span value, struct buffer *out)
{
	size_t end = 0, parts = 1;

	for (; end < value.len; end++)
		if (delimits(p, value.data[end]) && parts++ == p->parts)
			break;
	for (;;) {
		size_t start = part_start(p, value, end);

		buffer_add(out, value.data + start, end - start);
		if (start == 0)
			return;
		buffer_add_char(out, '.');
		end = start - 1;
	}
}

/* The last p->parts parts, in order. */
static void add_in_order(const struct spf_macro_piece *p, struct span value, struct buffer *out)
{
	size_t start = value.len, parts = 1;

	for (; start > 0; start--)
		if (delimits(p, value.data[start - 1]) && parts++ == p->parts)
			break;
	for (size_t i = start; i < value.len; i++)
		buffer_add_char(out, delimits(p, value.data[i]) ? '.' : value.data[i]);
}

/* RFC 3986 2.3: what is not unreserved is written "%XX". */
static void add_escaped(struct span s, struct buffer *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (ascii_alnum(s.data[i]) || one_of(s.data[i], "-._~"))
			buffer_add_char(out, s.data[i]);
		else
			buffer_printf(out, "%%%02X", (unsigned char)s.data[i]);
	}
}

static void add_piece(
    const struct spf_macro_values *v, const struct spf_macro_piece *p, struct buffer *out)
{
	struct buffer value = BUFFER_INIT, parts = BUFFER_INIT;

	if (p->literal) {
		buffer_add_span(out, p->text);
		return;
	}
	add_value(v, p->letter, &value);
	if (p->reverse && value.len > 0)
		add_reversed(p, buffer_span(&value), &parts);
	else if (value.len > 0)
		add_in_order(p, buffer_span(&value), &parts);
	if (p->escape)
		add_escaped(buffer_span(&parts), out);
	else
		buffer_add_span(out, buffer_span(&parts));
	buffer_clear(&parts);
	buffer_clear(&value);
}

/* Whole labels from the left; none is left when the last one is too long by itself. */
static struct span cut_labels(struct span name)
{
	while (name.len >= SPF_NAME_SIZE) {
		ptrdiff_t dot = span_index(name, '.');

		if (dot < 0)
			return span_of(NULL, 0);
		name = span_after(name, (size_t)dot + 1);
	}
	return name;
}

size_t spf_macro_domain(const struct spf_macro_values *v, struct span text, char out[SPF_NAME_SIZE])
{
	struct buffer all = BUFFER_INIT;
	struct spf_macro_piece piece;
	struct span name;

	if (text.len > SPF_DOMAIN_SPEC_MAX)
		return 0;
	while (spf_macro_next(&text, &piece) > 0)
		add_piece(v, &piece, &all);
	name = buffer_span(&all);
	if (name.len > 0 && name.data[name.len - 1] == '.')
		name.len--;
	name = cut_labels(name);
	if (name.len > 0)
		memcpy(out, name.data, name.len);
	buffer_clear(&all);
	return name.len;
}

int spf_macro_text(const struct spf_macro_values *v, struct span text, struct buffer *out)
{
	size_t before = out->len;
	struct spf_macro_piece piece;

	if (spf_macro_check(text, SPF_MACRO_TEXT | SPF_MACRO_BLANKS, NULL, NULL) < 0)
		return -1;
	while (out->len - before <= SPF_EXPLANATION_MAX && spf_macro_next(&text, &piece) > 0)
		add_piece(v, &piece, out);
	if (out->len - before <= SPF_EXPLANATION_MAX &&
	    visible(span_after(buffer_span(out), before), true))
		return 0;
	out->len = before;
	if (out->data != NULL)
		out->data[before] = '\0';
	return -1;
}
