/*
 * SPDX-License-Identifier: ISC
 *
 * Texts that a requirement asks for.
 */
#include "policy/match.h"

#include <string.h>

#include "policy/regex.h"

/* Texts that are listed, and octets of each. */
#define SHOWN_COUNT  5
#define SHOWN_OCTETS 120

static bool is_caseless(enum requirement_name name)
{
	return name == REQUIREMENT_FROM || name == REQUIREMENT_TO || name == REQUIREMENT_MECHANISM;
}

static bool is_one(const struct requirement *r, const char *text)
{
	for (size_t i = 0; i < r->value_count; i++)
		if (is_caseless(r->name)
			? span_equal_nocase(span_from(r->values[i]), span_from(text))
			: strcmp(r->values[i], text) == 0)
			return true;
	return false;
}

bool requirement_matches(const struct requirement *r, const char *text)
{
	switch (r->op) {
	case REQUIREMENT_IS:
	case REQUIREMENT_IS_NOT:
		return is_one(r, text);
	case REQUIREMENT_HOLDS:
	case REQUIREMENT_HOLDS_NOT:
		return span_holds_nocase(span_from(text), span_from(r->values[0]));
	case REQUIREMENT_MATCHES:
	case REQUIREMENT_MATCHES_NOT:
		return policy_regex_matches(r->values[0], text);
	case REQUIREMENT_PRESENT:
	case REQUIREMENT_ABSENT:
	case REQUIREMENT_AT_LEAST:
	case REQUIREMENT_AT_MOST:
	case REQUIREMENT_OP_COUNT:
		break;
	}
	return true;
}

static bool is_negated(const struct requirement *r)
{
	return r->op == REQUIREMENT_ABSENT || r->op == REQUIREMENT_IS_NOT ||
	       r->op == REQUIREMENT_HOLDS_NOT || r->op == REQUIREMENT_MATCHES_NOT;
}

const char *judge_quote(struct arena *a, const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return arena_printf(a, "\"%s\"", text);
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return arena_printf(a, "\"%.*s...\"", (int)max, text);
}

static const char *quoted_values(const struct judge *j, const struct requirement *r)
{
	struct buffer text = BUFFER_INIT;
	const char *all;

	for (size_t i = 0; i < r->value_count; i++)
		buffer_printf(&text, "%s%s", i == 0 ? "" : " or ",
		    judge_quote(j->arena, r->values[i], SHOWN_OCTETS));
	all = arena_copy(j->arena, buffer_span(&text));
	buffer_clear(&text);
	return all;
}

const char *judge_expected_text(const struct judge *j, const struct requirement *r)
{
	const char *values = quoted_values(j, r);

	switch (r->op) {
	case REQUIREMENT_IS:
		return values;
	case REQUIREMENT_IS_NOT:
		return arena_printf(j->arena, "not %s", values);
	case REQUIREMENT_HOLDS:
		return arena_printf(j->arena, "holds %s", values);
	case REQUIREMENT_HOLDS_NOT:
		return arena_printf(j->arena, "does not hold %s", values);
	case REQUIREMENT_MATCHES:
		return arena_printf(j->arena, "matches /%s/", r->values[0]);
	case REQUIREMENT_MATCHES_NOT:
		return arena_printf(j->arena, "does not match /%s/", r->values[0]);
	case REQUIREMENT_PRESENT:
		return "present";
	case REQUIREMENT_ABSENT:
		return "absent";
	case REQUIREMENT_AT_LEAST:
	case REQUIREMENT_AT_MOST:
	case REQUIREMENT_OP_COUNT:
		break;
	}
	return values;
}

/* The texts, the first few. */
static const char *list(const struct judge *j, const struct judge_texts *t)
{
	struct buffer text = BUFFER_INIT;
	size_t shown = 0, all = 0;
	const char *line;

	for (size_t i = 0; i < t->count; i++) {
		if (t->items[i] == NULL || ++all > SHOWN_COUNT)
			continue;
		buffer_printf(&text, "%s%s", shown++ == 0 ? "" : ", ",
		    judge_quote(j->arena, t->items[i], SHOWN_OCTETS));
	}
	if (all > shown)
		buffer_printf(&text, " and %zu more", all - shown);
	line = all == 0 ? t->nothing : arena_copy(j->arena, buffer_span(&text));
	buffer_clear(&text);
	return line;
}

static const char *find(const struct requirement *r, const struct judge_texts *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->items[i] != NULL && requirement_matches(r, t->items[i]))
			return t->items[i];
	return NULL;
}

static size_t present(const struct judge_texts *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += t->items[i] != NULL;
	return n;
}

/* "is "a"", "does not hold "b"" */
static const char *verb(const struct judge *j, const struct requirement *r, bool does)
{
	const char *values = quoted_values(j, r);

	switch (r->op) {
	case REQUIREMENT_IS:
	case REQUIREMENT_IS_NOT:
		return arena_printf(j->arena, "%s %s", does ? "is" : "is not", values);
	case REQUIREMENT_HOLDS:
	case REQUIREMENT_HOLDS_NOT:
		return arena_printf(j->arena, "%s %s", does ? "holds" : "does not hold", values);
	case REQUIREMENT_MATCHES:
	case REQUIREMENT_MATCHES_NOT:
		return arena_printf(
		    j->arena, "%s /%s/", does ? "matches" : "does not match", r->values[0]);
	case REQUIREMENT_PRESENT:
	case REQUIREMENT_ABSENT:
	case REQUIREMENT_AT_LEAST:
	case REQUIREMENT_AT_MOST:
	case REQUIREMENT_OP_COUNT:
		break;
	}
	return does ? "is there" : "is not there";
}

static const char *why(
    const struct judge *j, const struct requirement *r, const struct judge_texts *t, bool found)
{
	if (present(t) == 0)
		return arena_printf(j->arena, "there is %s", t->nothing);
	if (t->several)
		return arena_printf(
		    j->arena, "%s %s %s", found ? "one" : "no", t->noun, verb(j, r, true));
	return arena_printf(j->arena, "the %s %s", t->noun, verb(j, r, found));
}

void judge_texts(const struct judge *j, const struct requirement *r, const struct judge_texts *t,
    struct policy_result *out)
{
	const char *found = find(r, t);

	out->expected = judge_expected_text(j, r);
	judge_hold(out, (found != NULL) != is_negated(r));
	out->got = found != NULL ? judge_quote(j->arena, found, SHOWN_OCTETS) : list(j, t);
	if (found == NULL && t->cut)
		judge_missing(
		    out, "the message has more of these than are read", "send a smaller message");
	else
		out->reason = why(j, r, t, found != NULL);
}

const char *judge_texts_remedy(
    const struct judge *j, const struct requirement *r, const struct judge_texts *t)
{
	if (r->op == REQUIREMENT_PRESENT)
		return arena_printf(j->arena, "have the application %s", t->send);
	if (r->op == REQUIREMENT_ABSENT)
		return arena_printf(j->arena, "have the application leave the %s out", t->noun);
	if (t->several && is_negated(r))
		return arena_printf(j->arena, "see that no %s %s", t->noun, verb(j, r, true));
	return arena_printf(
	    j->arena, "have the application %s that %s", t->send, verb(j, r, !is_negated(r)));
}
