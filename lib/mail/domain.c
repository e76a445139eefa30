/*
 * SPDX-License-Identifier: ISC
 *
 * Domain names as mail uses them.
 */
#include "mail/domain.h"

#include <idn2.h>
#include <string.h>

#define LABEL_MAX       63
#define NAME_MAX_OCTETS 253
/* No name of 253 octets as A-labels is longer than this in UTF-8. */
#define UNICODE_MAX_OCTETS 1012

static bool label_valid(struct span label)
{
	if (label.len == 0 || label.len > LABEL_MAX)
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_alnum(label.data[i]) && label.data[i] != '-')
			return false;
	return label.data[0] != '-' && label.data[label.len - 1] != '-';
}

bool mail_domain_valid(struct span name)
{
	struct span rest = name;

	if (name.len == 0 || name.len > NAME_MAX_OCTETS)
		return false;
	while (rest.data != NULL)
		if (!label_valid(span_cut(&rest, '.')))
			return false;
	return true;
}

static bool literal_parse(struct span inner, struct ip *out)
{
	static const struct span tag = {"IPv6:", 5};
	struct span address = inner;

	if (span_starts_nocase(inner, tag))
		address = span_after(inner, tag.len);
	/* The tag says IPv6 and nothing else; without it only IPv4 may stand here. */
	if ((address.data != inner.data) != (span_index(address, ':') >= 0))
		return false;
	return ip_parse(address, out) == 0;
}

/* The last label of a name is never all digits, so that "192.0.2.1" is not taken for one. */
static bool ends_in_number(struct span name)
{
	struct span last = span_after(name, (size_t)(span_rindex(name, '.') + 1));

	for (size_t i = 0; i < last.len; i++)
		if (!ascii_digit(last.data[i]))
			return false;
	return true;
}

enum mail_helo mail_helo_kind(struct span argument, struct ip *literal)
{
	struct span inner;

	if (mail_domain_valid(argument))
		return span_index(argument, '.') < 0 || ends_in_number(argument) ? MAIL_HELO_INVALID
		                                                                 : MAIL_HELO_NAME;
	if (argument.len < 2 || argument.data[0] != '[' || argument.data[argument.len - 1] != ']')
		return MAIL_HELO_INVALID;
	inner = span_of(argument.data + 1, argument.len - 2);
	return literal_parse(inner, literal) ? MAIL_HELO_LITERAL : MAIL_HELO_INVALID;
}

static bool all_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] > 127)
			return false;
	return true;
}

static char *lower_without_dot(struct arena *a, struct span name)
{
	char *out;

	if (name.len > 0 && name.data[name.len - 1] == '.')
		name.len--;
	if (name.len == 0)
		return NULL;
	out = arena_copy(a, name);
	for (char *p = out; *p != '\0'; p++)
		*p = ascii_lower(*p);
	return out;
}

const char *mail_domain_to_ascii(struct arena *a, struct span name)
{
	char *in, *ascii = NULL;
	const char *out;

	if (span_index(name, '\0') >= 0)
		return NULL;
	if (all_ascii(name))
		return lower_without_dot(a, name);
	if (name.len > UNICODE_MAX_OCTETS)
		return NULL;
	in = arena_copy(a, name);
	if (idn2_to_ascii_8z(in, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		return NULL;
	/* The mapping turns other full stops into dots, also a final one. */
	out = lower_without_dot(a, span_from(ascii));
	idn2_free(ascii);
	return out == NULL || out[0] == '.' || strstr(out, "..") != NULL ? NULL : out;
}
