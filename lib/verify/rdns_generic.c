/*
 * SPDX-License-Identifier: ISC
 *
 * Names that were generated: the address in decimal or hexadecimal digits, in whole, or its end
 * beside a word that says what kind of host it is.
 */
#include "verify/rdns_generic.h"

#include <stdio.h>
#include <string.h>

/* The numbers of an address, octets or groups of 16 bits, in the order of a spelling. */
#define NUMBERS_MAX 8

struct numbers {
	unsigned values[NUMBERS_MAX];
	size_t count;
	unsigned base;    /* 10 or 16 */
	size_t width_max; /* digits of one number */
};

static bool is_separator(char c)
{
	return c == '-' || c == '.' || c == '_' || ascii_lower(c) == 'x';
}

/* The value of a digit, or a value no base has. */
static unsigned digit(char c)
{
	c = ascii_lower(c);
	if (ascii_digit(c))
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
}

/* Cuts all digits off *s; how many there were. *value is right for up to 7 of them. */
static size_t cut_number(struct span *s, unsigned base, unsigned *value)
{
	size_t n = 0;

	*value = 0;
	for (; n < s->len && digit(s->data[n]) < base; n++)
		*value = (*value & 0xffffff) * base + digit(s->data[n]);
	*s = span_after(*s, n);
	return n;
}

/* Whether s begins with the numbers, a separator between each two, and no digit behind them. */
static bool starts_with_numbers(struct span s, const struct numbers *n)
{
	for (size_t i = 0; i < n->count; i++) {
		unsigned value;
		size_t width = cut_number(&s, n->base, &value);

		if (width == 0 || width > n->width_max || value != n->values[i])
			return false;
		if (i + 1 == n->count)
			return true;
		if (s.len == 0 || !is_separator(s.data[0]))
			return false;
		s = span_after(s, 1);
	}
	return false;
}

static bool has_numbers(struct span name, const struct numbers *n)
{
	for (size_t i = 0; i < name.len; i++) {
		if (i > 0 && digit(name.data[i - 1]) < n->base)
			continue;
		if (starts_with_numbers(span_after(name, i), n))
			return true;
	}
	return false;
}

static struct numbers octets_from(const struct ip *ip, size_t first)
{
	struct numbers n = {.count = 4 - first, .base = 10, .width_max = 3};

	for (size_t i = first; i < 4; i++)
		n.values[i - first] = ip->octets[i];
	return n;
}

static struct numbers groups(const struct ip *ip)
{
	struct numbers n = {.count = 8, .base = 16, .width_max = 4};

	for (size_t i = 0; i < n.count; i++)
		n.values[i] = (unsigned)ip->octets[2 * i] << 8 | ip->octets[2 * i + 1];
	return n;
}

static struct numbers reversed(const struct numbers *n)
{
	struct numbers out = *n;

	for (size_t i = 0; i < n->count; i++)
		out.values[i] = n->values[n->count - 1 - i];
	return out;
}

static bool has_numbers_either_way(struct span name, struct numbers n)
{
	struct numbers back = reversed(&n);

	return has_numbers(name, &n) || has_numbers(name, &back);
}

/* Shorter runs of digits may be anything: a date, a counter. */
#define RUN_MIN 8

/* Whether a run of decimal digits in name is exactly this one. */
static bool has_run(struct span name, struct span run)
{
	if (run.len < RUN_MIN)
		return false;
	while (name.len > 0) {
		unsigned value;
		struct span rest = name;
		size_t width = cut_number(&rest, 10, &value);

		if (span_equal(span_first(name, width), run))
			return true;
		name = span_after(rest, 1);
	}
	return false;
}

static bool has_text(struct span name, struct span text)
{
	for (; name.len >= text.len; name = span_after(name, 1))
		if (span_starts_nocase(name, text))
			return true;
	return false;
}

/* The octets without anything between them: "203000113007", "203011307", "cb007107". */
static bool has_joined_octets(struct span name, const struct numbers *n)
{
	const unsigned *v = n->values;
	char text[16];

	snprintf(text, sizeof(text), "%03u%03u%03u%03u", v[0], v[1], v[2], v[3]);
	if (has_run(name, span_from(text)))
		return true;
	snprintf(text, sizeof(text), "%u%u%u%u", v[0], v[1], v[2], v[3]);
	if (has_run(name, span_from(text)))
		return true;
	snprintf(text, sizeof(text), "%02x%02x%02x%02x", v[0], v[1], v[2], v[3]);
	return has_text(name, span_from(text));
}

static bool spells_ip4(struct span name, const struct ip *ip)
{
	struct numbers n = octets_from(ip, 0), back = reversed(&n);

	return has_numbers_either_way(name, n) || has_joined_octets(name, &n) ||
	       has_joined_octets(name, &back);
}

#define NIBBLES 32

static void write_nibbles(const struct ip *ip, char out[NIBBLES + 1], char back[NIBBLES + 1])
{
	for (size_t i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", ip->octets[i]);
	for (size_t i = 0; i < NIBBLES; i++)
		back[i] = out[NIBBLES - 1 - i];
	back[NIBBLES] = '\0';
}

/* Whether s begins with the digits, at most one separator between each two. */
static bool starts_with_digits(struct span s, struct span digits)
{
	for (size_t i = 0; i < digits.len; i++) {
		if (i > 0 && s.len > 0 && is_separator(s.data[0]))
			s = span_after(s, 1);
		if (s.len == 0 || ascii_lower(s.data[0]) != digits.data[i])
			return false;
		s = span_after(s, 1);
	}
	return true;
}

static bool has_digits(struct span name, struct span digits)
{
	for (; name.len >= digits.len; name = span_after(name, 1))
		if (starts_with_digits(name, digits))
			return true;
	return false;
}

/* The short form (RFC 5952) with "-" for ":": "2001-db8--1". */
static bool has_short_form(struct span name, const struct ip *ip)
{
	char text[IP_TEXT_SIZE];
	size_t len = strlen(ip_format(ip, text));

	for (size_t i = 0; i < len; i++)
		if (text[i] == ':')
			text[i] = '-';
	for (size_t i = 0; len >= RUN_MIN && i + len <= name.len; i++) {
		struct span rest = span_after(name, i);

		if ((i > 0 && digit(name.data[i - 1]) < 16) ||
		    !span_starts_nocase(rest, span_of(text, len)))
			continue;
		rest = span_after(rest, len);
		if (rest.len == 0 || digit(rest.data[0]) >= 16)
			return true;
	}
	return false;
}

static bool spells_ip6(struct span name, const struct ip *ip)
{
	char there[NIBBLES + 1], back[NIBBLES + 1];

	write_nibbles(ip, there, back);
	return has_digits(name, span_from(there)) || has_digits(name, span_from(back)) ||
	       has_numbers_either_way(name, groups(ip)) || has_short_form(name, ip);
}

static const char *const WORDS[] = {"abo", "adsl", "broadband", "cable", "catv", "client",
    "clients", "cpe", "cust", "customer", "customers", "dhcp", "dial", "dialin", "dialup", "dsl",
    "dyn", "dynamic", "dynip", "ftth", "pool", "pools", "ppp", "pppoe", "sdsl", "static",
    "subscriber", "unassigned", "user", "users", "vdsl", "xdsl"};

static bool is_word(struct span s)
{
	for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++)
		if (span_equal_nocase(s, span_from(WORDS[i])))
			return true;
	return false;
}

/* Whether letters that stand together in name are one of the words. */
static bool has_word(struct span name)
{
	while (name.len > 0) {
		size_t n = 0;

		while (n < name.len && ascii_alpha(name.data[n]))
			n++;
		if (is_word(span_first(name, n)))
			return true;
		name = span_after(name, n == 0 ? 1 : n);
	}
	return false;
}

/* The name without its last two labels, which are somebody's domain and no host's name. */
static struct span host_part(struct span name)
{
	for (int i = 0; i < 2; i++) {
		ptrdiff_t dot = span_rindex(name, '.');

		if (dot < 0)
			return span_of(NULL, 0);
		name = span_first(name, (size_t)dot);
	}
	return name;
}

/* The end of the address: the last two octets, or the interface identifier. */
static bool has_end(struct span host, const struct ip *ip)
{
	char there[NIBBLES + 1], back[NIBBLES + 1];

	if (ip->family == IP_V4)
		return has_numbers_either_way(host, octets_from(ip, 2));
	write_nibbles(ip, there, back);
	return has_digits(host, span_after(span_from(there), NIBBLES / 2));
}

enum rdns_generic rdns_generic(struct span name, const struct ip *ip)
{
	struct span host = host_part(name);

	if (ip->family == IP_NONE)
		return RDNS_GENERIC_NO;
	if (ip->family == IP_V4 ? spells_ip4(name, ip) : spells_ip6(name, ip))
		return RDNS_GENERIC_ADDRESS;
	return has_word(host) && has_end(host, ip) ? RDNS_GENERIC_WORD : RDNS_GENERIC_NO;
}
