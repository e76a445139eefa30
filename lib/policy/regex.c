/*
 * SPDX-License-Identifier: ISC
 *
 * Regular expressions: their size is reckoned before the C library sees them.
 */
#include "policy/regex.h"

#include <regex.h>
#include <string.h>

/* Of each group that is open: how many atoms it has, and its last one, which may be repeated. */
struct size {
	size_t total[POLICY_REGEX_DEPTH_MAX + 1], atom[POLICY_REGEX_DEPTH_MAX + 1];
	unsigned depth;
	const char *fault;
};

static void add(struct size *s, size_t atom)
{
	s->atom[s->depth] = atom;
	s->total[s->depth] += atom;
	if (s->total[s->depth] > POLICY_REGEX_SIZE_MAX)
		s->fault = "it repeats too much";
}

static void repeat(struct size *s, size_t times)
{
	size_t atom = s->atom[s->depth];

	s->total[s->depth] -= atom;
	add(s, atom * times);
}

static const char *skip_octet(const char *at)
{
	return *at == '\0' ? at : at + 1;
}

/* Behind the bracket expression that begins at "["; at the end when it is not closed. */
static const char *skip_bracket(const char *at)
{
	at++;
	if (*at == '^')
		at++;
	at = skip_octet(at);
	while (*at != '\0' && *at != ']') {
		char kind = at[1], *end;
		char closing[] = {kind, ']', '\0'};

		if (*at == '[' && (kind == ':' || kind == '.' || kind == '=') &&
		    (end = strstr(at + 2, closing)) != NULL)
			at = end + 2;
		else
			at++;
	}
	return skip_octet(at);
}

/* "{2,5}" at "{": how often at most. Anything else is an atom, as for the C library. */
static const char *read_interval(struct size *s, const char *at)
{
	struct span rest = span_from(at + 1), numbers, low;
	ptrdiff_t end = span_index(rest, '}');
	uint64_t least = 0, most = 0;

	if (end < 0) {
		add(s, 1);
		return at + 1;
	}
	numbers = span_first(rest, (size_t)end);
	low = span_cut(&numbers, ',');
	if ((low.len > 0 && span_to_uint(low, RE_DUP_MAX, &least) < 0) ||
	    (numbers.len > 0 && span_to_uint(numbers, RE_DUP_MAX, &most) < 0)) {
		add(s, 1);
		return at + 1;
	}
	/* Without an upper bound one more copy is repeated. */
	if (numbers.data != NULL && numbers.len == 0)
		most = least + 1;
	repeat(s, (most > least ? most : least) + 1);
	return at + end + 2;
}

static void open_group(struct size *s)
{
	if (s->depth == POLICY_REGEX_DEPTH_MAX) {
		s->fault = "its groups are too deep";
		return;
	}
	s->depth++;
	s->total[s->depth] = s->atom[s->depth] = 0;
}

static void close_group(struct size *s)
{
	if (s->depth == 0)
		return;
	s->depth--;
	add(s, s->total[s->depth + 1] + 1);
}

/* Adds what is at the octet, and returns where it ends. */
static const char *read_piece(struct size *s, const char *at)
{
	switch (*at) {
	case '\\':
		if (at[1] >= '1' && at[1] <= '9')
			s->fault = "back-references such as \\1 are not extended expressions";
		add(s, 1);
		return skip_octet(at + 1);
	case '[':
		add(s, 1);
		return skip_bracket(at);
	case '(':
		open_group(s);
		return at + 1;
	case ')':
		close_group(s);
		return at + 1;
	case '{':
		return read_interval(s, at);
	case '+':
		repeat(s, 2);
		return at + 1;
	default:
		add(s, 1);
		return at + 1;
	}
}

int policy_regex_check(const char *regex, struct error *err)
{
	struct size s = {.depth = 0};
	char why[200];
	regex_t compiled;
	int code;

	if (strlen(regex) > POLICY_REGEX_MAX)
		return error_usage(err,
		    "the regular expression is longer than %d octets: shorten it",
		    POLICY_REGEX_MAX);
	for (const char *at = regex; *at != '\0' && s.fault == NULL;)
		at = read_piece(&s, at);
	if (s.fault != NULL)
		return error_usage(err, "the regular expression cannot be used: %s", s.fault);
	code = regcomp(&compiled, regex, REG_EXTENDED | REG_NOSUB);
	if (code == 0) {
		regfree(&compiled);
		return 0;
	}
	regerror(code, &compiled, why, sizeof(why));
	return error_usage(err, "the regular expression cannot be used: %s", why);
}

bool policy_regex_matches(const char *regex, const char *text)
{
	regex_t compiled;
	bool matches;

	if (regcomp(&compiled, regex, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	matches = regexec(&compiled, text, 0, NULL, 0) == 0;
	regfree(&compiled);
	return matches;
}
