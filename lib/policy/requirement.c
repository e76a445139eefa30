/*
 * SPDX-License-Identifier: ISC
 *
 * Reading requirements: name, operator, values, each checked where it stands, so that a mistake is
 * told with its column. What a name takes is in requirement_form.c.
 */
#include "policy/requirement.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "base/near.h"
#include "mail/finding.h"
#include "policy/list.h"
#include "policy/requirement_form.h"
#include "verify/verdict.h"

const char *const REQUIREMENT_NAME[] = {
    [REQUIREMENT_SPF] = "spf",
    [REQUIREMENT_SPF_HELO] = "spf_helo",
    [REQUIREMENT_DKIM] = "dkim",
    [REQUIREMENT_DMARC] = "dmarc",
    [REQUIREMENT_RDNS] = "rdns",
    [REQUIREMENT_TLS] = "tls",
    [REQUIREMENT_AUTH] = "auth",
    [REQUIREMENT_USER] = "user",
    [REQUIREMENT_MECHANISM] = "mechanism",
    [REQUIREMENT_FINDINGS] = "findings",
    [REQUIREMENT_SUBJECT] = "subject",
    [REQUIREMENT_FROM] = "from",
    [REQUIREMENT_TO] = "to",
    [REQUIREMENT_LINK] = "link",
    [REQUIREMENT_HEADER] = "header",
    [REQUIREMENT_SIZE] = "size",
    [REQUIREMENT_ATTACHMENT] = "attachment",
    [REQUIREMENT_OPINION] = "opinion",
    [REQUIREMENT_DKIM_BITS] = "dkim.bits",
    [REQUIREMENT_DMARC_RECORD] = "dmarc.record",
    [REQUIREMENT_DMARC_ALIGNED] = "dmarc.aligned",
    [REQUIREMENT_DMARC_DISPOSITION] = "dmarc.disposition",
    [REQUIREMENT_ONE_CLICK] = "one-click",
    [REQUIREMENT_HELO] = "helo",
    [REQUIREMENT_FROM_RESOLVABLE] = "from.resolvable",
    [REQUIREMENT_FINDING] = "finding",
};
_Static_assert(ARRAY_SIZE(REQUIREMENT_NAME) == REQUIREMENT_NAME_COUNT, "a word for each name");

struct parse {
	struct span text;
	size_t at;
	size_t begin; /* of the requirement being read */
	struct arena *arena;
	struct requirement item;
	struct error *err;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool at_end(const struct parse *p)
{
	return p->at == p->text.len || is_blank(p->text.data[p->at]);
}

static struct span rest(const struct parse *p)
{
	return span_after(p->text, p->at);
}

static int fail(struct parse *p, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct parse *p, size_t at, const char *fmt, ...)
{
	struct error why;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why.text, sizeof(why.text), fmt, ap);
	va_end(ap);
	return error_usage(p->err, "column %zu: %s", at + 1, why.text);
}

/* A name's octets; "." and "-" are those of header.FIELD, finding.ID and one-click. */
static struct span take_word(struct parse *p)
{
	size_t begin = p->at;

	while (p->at < p->text.len) {
		char c = p->text.data[p->at];

		if (!ascii_alnum(c) && c != '.' && c != '-' && c != '_')
			break;
		p->at++;
	}
	return span_of(p->text.data + begin, p->at - begin);
}

static int unknown_name(struct parse *p, size_t at, struct span word)
{
	char shown[VERDICT_SHOW_SIZE];
	struct buffer near = BUFFER_INIT, all = BUFFER_INIT;

	near_words(&near, word, REQUIREMENT_NAME, REQUIREMENT_NAME_COUNT);
	if (near.len == 0)
		for (int i = 0; i < REQUIREMENT_NAME_COUNT; i++)
			buffer_printf(&all, "%s%s%s", i == 0 ? "" : ", ", REQUIREMENT_NAME[i],
			    i == REQUIREMENT_HEADER    ? ".FIELD"
			    : i == REQUIREMENT_FINDING ? ".ID"
						       : "");
	verdict_show(word, shown);
	if (near.len > 0)
		fail(p, at, "\"%s\" is no name of a requirement; was %s meant?", shown, near.data);
	else
		fail(p, at, "\"%s\" is no name of a requirement: expected one of %s", shown,
		    all.data);
	buffer_clear(&near);
	buffer_clear(&all);
	return -1;
}

/* The ID of finding.ID must be one. */
static int check_finding(struct parse *p, size_t at, struct span id)
{
	const char *ids[FINDING_ID_COUNT];
	char shown[VERDICT_SHOW_SIZE];
	struct buffer near = BUFFER_INIT;

	if (finding_find(id) >= 0)
		return 0;
	for (int i = 0; i < FINDING_ID_COUNT; i++)
		ids[i] = finding_entry((enum finding_id)i)->id;
	near_words(&near, id, ids, FINDING_ID_COUNT);
	verdict_show(id, shown);
	if (near.len > 0)
		fail(p, at, "\"%s\" is no finding; was %s meant?", shown, near.data);
	else
		fail(p, at,
		    "\"%s\" is no finding: expected one of those that \"mailassay explain --list\" "
		    "prints",
		    shown);
	buffer_clear(&near);
	return -1;
}

/* header.FIELD and finding.ID: what is behind the dot. */
static int read_detail(struct parse *p, size_t at, struct span detail)
{
	bool header = p->item.name == REQUIREMENT_HEADER;

	if (detail.len == 0)
		return fail(p, at, "expected %s",
		    header ? "header.FIELD, such as header.List-Unsubscribe"
			   : "finding.ID, such as finding.bare-lf");
	if (!header && check_finding(p, at, detail) < 0)
		return -1;
	p->item.detail = arena_copy(p->arena, detail);
	return 0;
}

static int read_name(struct parse *p)
{
	static const struct {
		struct span prefix;
		enum requirement_name name;
	} detailed[] = {
	    {{"header.", 7}, REQUIREMENT_HEADER},
	    {{"finding.", 8}, REQUIREMENT_FINDING},
	};
	size_t begin = p->at;
	struct span word = take_word(p);
	int name;

	for (size_t i = 0; i < ARRAY_SIZE(detailed); i++) {
		struct span prefix = detailed[i].prefix;

		if (!span_starts_nocase(word, prefix))
			continue;
		p->item.name = detailed[i].name;
		return read_detail(p, begin, span_after(word, prefix.len));
	}
	if (word.len == 0)
		return fail(p, begin, "expected a name, such as spf, dkim, tls or subject");
	name = name_find(REQUIREMENT_NAME, REQUIREMENT_NAME_COUNT, word);
	if (name < 0)
		return unknown_name(p, begin, word);
	p->item.name = (enum requirement_name)name;
	if (name == REQUIREMENT_HEADER || name == REQUIREMENT_FINDING)
		return read_detail(p, begin, span_of(NULL, 0));
	return 0;
}

struct sign {
	struct span text;
	enum requirement_op op, regex; /* with a text, with a regular expression */
};

/* The longer ones first. */
static const struct sign SIGN[] = {
    {{"!=", 2}, REQUIREMENT_IS_NOT, REQUIREMENT_IS_NOT},
    {{"!~", 2}, REQUIREMENT_HOLDS_NOT, REQUIREMENT_MATCHES_NOT},
    {{">=", 2}, REQUIREMENT_AT_LEAST, REQUIREMENT_AT_LEAST},
    {{"<=", 2}, REQUIREMENT_AT_MOST, REQUIREMENT_AT_MOST},
    {{"=", 1}, REQUIREMENT_IS, REQUIREMENT_IS},
    {{"~", 1}, REQUIREMENT_HOLDS, REQUIREMENT_MATCHES},
};

/* Reads it into the item, PRESENT where there is none; *regex: a regular expression follows. */
static int read_operator(struct parse *p, bool negated, bool *regex)
{
	size_t begin = p->at;

	p->item.op = negated ? REQUIREMENT_ABSENT : REQUIREMENT_PRESENT;
	*regex = false;
	if (at_end(p))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(SIGN); i++) {
		const struct sign *o = &SIGN[i];

		if (!span_starts(rest(p), o->text))
			continue;
		p->at += o->text.len;
		*regex = o->op != o->regex && p->at < p->text.len && p->text.data[p->at] == '/';
		p->item.op = *regex ? o->regex : o->op;
		if (!negated)
			return 0;
		return fail(p, p->begin,
		    "\"!\" stands in front of a name alone; write %s!= or %s!~",
		    REQUIREMENT_NAME[p->item.name], REQUIREMENT_NAME[p->item.name]);
	}
	return fail(p, begin, "expected =, !=, >=, <=, ~ or !~ behind %s, or a blank",
	    REQUIREMENT_NAME[p->item.name]);
}

/* A text in quotes, from behind the first one on; \" and \\ are " and \. */
static int read_quoted(struct parse *p, struct buffer *out)
{
	size_t begin = p->at++;

	for (; p->at < p->text.len; p->at++) {
		char c = p->text.data[p->at];

		if (c == '"') {
			p->at++;
			return 0;
		}
		if (c == '\\' && p->at + 1 < p->text.len &&
		    (p->text.data[p->at + 1] == '"' || p->text.data[p->at + 1] == '\\'))
			c = p->text.data[++p->at];
		buffer_add_char(out, c);
	}
	return fail(p, begin, "the quote is not closed: expected another \"");
}

/* An expression between slashes; \/ is one that does not end it. */
static int read_regex(struct parse *p, struct buffer *out)
{
	size_t begin = p->at++;

	for (; p->at < p->text.len; p->at++) {
		char c = p->text.data[p->at];

		if (c == '/') {
			p->at++;
			return 0;
		}
		if (c == '\\' && p->at + 1 < p->text.len) {
			char next = p->text.data[++p->at];

			if (next != '/')
				buffer_add_char(out, c);
			c = next;
		}
		buffer_add_char(out, c);
	}
	return fail(p, begin,
	    "the regular expression is not closed: expected another /; a text that begins with / "
	    "stands in quotes");
}

static int read_bare(struct parse *p, struct buffer *out)
{
	bool several = p->item.op == REQUIREMENT_IS || p->item.op == REQUIREMENT_IS_NOT;
	size_t begin = p->at;

	for (; !at_end(p); p->at++) {
		char c = p->text.data[p->at];

		if (c == '|' && several)
			break;
		if (c == '|')
			return fail(p, p->at,
			    "only = and != take several values; write %s~/A|B/, or the text in "
			    "quotes",
			    REQUIREMENT_NAME[p->item.name]);
		if (c == '"')
			return fail(p, p->at,
			    "a quote begins a value or does not stand in it; write \\\" inside of "
			    "\"...\"");
		buffer_add_char(out, c);
	}
	if (p->at == begin)
		return fail(p, begin, "expected a value; %s takes %s",
		    REQUIREMENT_NAME[p->item.name], requirement_form(p->item.name));
	return 0;
}

static int check_octets(struct parse *p, size_t begin, struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.data[i] < 0x20 || value.data[i] == 0x7f)
			return fail(p, begin, "the value has a control character in it");
	return 0;
}

static int read_value(struct parse *p, bool regex)
{
	struct buffer value = BUFFER_INIT;
	struct error why;
	size_t begin = p->at;
	int failed;

	if (regex)
		failed = read_regex(p, &value);
	else if (p->at < p->text.len && p->text.data[p->at] == '"')
		failed = read_quoted(p, &value);
	else
		failed = read_bare(p, &value);
	if (failed == 0)
		failed = check_octets(p, begin, buffer_span(&value));
	if (failed == 0 && requirement_value_add(&p->item, buffer_span(&value), p->arena, &why) < 0)
		failed = fail(p, begin, "%s", why.text);
	buffer_clear(&value);
	return failed;
}

static int read_values(struct parse *p, bool regex)
{
	for (;;) {
		if (read_value(p, regex) < 0)
			return -1;
		if (at_end(p))
			return 0;
		if (regex || p->text.data[p->at] != '|')
			return fail(p, p->at, "expected a blank behind the value");
		if (p->item.op != REQUIREMENT_IS && p->item.op != REQUIREMENT_IS_NOT)
			return fail(p, p->at, "only = and != take several values");
		p->at++;
	}
}

static int read_requirement(struct parse *p)
{
	bool negated = p->text.data[p->at] == '!', regex = false;
	size_t sign;

	p->begin = p->at;
	p->item = (struct requirement){.text = NULL};
	if (negated)
		p->at++;
	if (read_name(p) < 0)
		return -1;
	sign = p->at;
	if (read_operator(p, negated, &regex) < 0)
		return -1;
	if (!requirement_takes(p->item.name, p->item.op))
		return fail(p, at_end(p) && sign == p->at ? p->begin : sign, "%s takes %s",
		    REQUIREMENT_NAME[p->item.name], requirement_form(p->item.name));
	if (p->item.op != REQUIREMENT_PRESENT && p->item.op != REQUIREMENT_ABSENT &&
	    read_values(p, regex) < 0)
		return -1;
	p->item.text = arena_copy(p->arena, span_of(p->text.data + p->begin, p->at - p->begin));
	return 0;
}

static int read_all(struct parse *p, struct requirement_list *out)
{
	for (;;) {
		while (p->at < p->text.len && is_blank(p->text.data[p->at]))
			p->at++;
		if (p->at == p->text.len)
			return 0;
		if (out->count == REQUIREMENTS_MAX)
			return fail(
			    p, p->at, "there are more than %d requirements", REQUIREMENTS_MAX);
		if (read_requirement(p) < 0)
			return -1;
		out->items = policy_grow(p->arena, out->items, out->count, sizeof(*out->items));
		out->items[out->count++] = p->item;
	}
}

int requirement_parse(
    struct span text, struct arena *a, struct requirement_list *out, struct error *err)
{
	struct parse p = {.text = text, .arena = a, .err = err};
	size_t before = out->count;

	if (read_all(&p, out) == 0)
		return 0;
	out->count = before;
	return -1;
}
