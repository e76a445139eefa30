/*
 * SPDX-License-Identifier: ISC
 *
 * What signatures leave open. A name in h= stands for one field, from the bottom of the header up
 * (RFC 6376 5.4.2), so that fewer names than fields leave the topmost fields unsigned, and one
 * name more than fields is what keeps another field out.
 */
#include "verify/dkim_coverage.h"

#include "base/buffer.h"

/* The signatures beyond this many are only counted. */
#define SHOWN_MAX 3

struct watched {
	struct span name; /* lower case, as in dkim_verdict's signed_headers */
	const char *shown;
	bool must_sign, must_oversign;
};

static const struct watched WATCHED[] = {
    {{"from", 4}, "From", true, true},
    {{"to", 2}, "To", false, true},
    {{"subject", 7}, "Subject", true, true},
    {{"date", 4}, "Date", false, true},
    {{"list-unsubscribe", 16}, "List-Unsubscribe", true, false},
    {{"list-unsubscribe-post", 21}, "List-Unsubscribe-Post", true, false},
};
#define WATCHED_COUNT ARRAY_SIZE(WATCHED)

static size_t count_named(const struct dkim_signature *s, const struct watched *w)
{
	size_t n = 0;

	for (size_t i = 0; i < s->said.signed_header_count; i++)
		n += span_equal(span_from(s->said.signed_headers[i]), w->name);
	return n;
}

/* Its fault may be that it does not name From; h= was read then, and so were d= and s=. */
static bool lacks_from(const struct dkim_signature *s)
{
	return s->fault != NULL && s->domain_name != NULL && s->said.selector != NULL &&
	       s->said.signed_header_count > 0 && count_named(s, &WATCHED[0]) == 0;
}

static void list_field(
    const struct watched *w, size_t occurs, size_t named, bool whole, struct buffer *out)
{
	if (out->len > 0)
		buffer_add_string(out, ", ");
	if (whole || named == 0 || named > occurs)
		buffer_add_string(out, w->shown);
	else if (occurs - named == 1)
		buffer_printf(out, "the topmost of %zu %s fields", occurs, w->shown);
	else
		buffer_printf(
		    out, "the topmost %zu of %zu %s fields", occurs - named, occurs, w->shown);
}

/* Lists in out what the signature leaves unsigned of fields that occur so often. */
static void list_unsigned(
    const struct dkim_signature *s, const size_t occurs[WATCHED_COUNT], struct buffer *out)
{
	if (s->fault != NULL && !lacks_from(s))
		return;
	for (size_t i = 0; i < WATCHED_COUNT; i++) {
		size_t named = count_named(s, &WATCHED[i]);
		bool from = i == 0 && named == 0; /* must be named, be it there or not */

		if (WATCHED[i].must_sign && (named < occurs[i] || from))
			list_field(&WATCHED[i], occurs[i], named, false, out);
	}
}

static void list_not_oversigned(
    const struct dkim_signature *s, const size_t occurs[WATCHED_COUNT], struct buffer *out)
{
	if (s->fault != NULL)
		return;
	for (size_t i = 0; i < WATCHED_COUNT; i++) {
		size_t named = count_named(s, &WATCHED[i]);

		if (WATCHED[i].must_oversign && occurs[i] > 0 && named <= occurs[i])
			list_field(&WATCHED[i], occurs[i], named, true, out);
	}
}

struct rule {
	enum finding_id id;
	void (*list)(
	    const struct dkim_signature *s, const size_t occurs[WATCHED_COUNT], struct buffer *out);
	const char *verb, *consequence;
};

static const struct rule RULES[] = {
    {FINDING_DKIM_FIELD_UNSIGNED, list_unsigned, "leaves out",
	"whoever passes the message on can change them without breaking the signature. Name each "
	"in h= as often as it occurs."},
    {FINDING_DKIM_NOT_OVERSIGNED, list_not_oversigned, "does not oversign",
	"another such field can be put in front without breaking the signature. Name each in h= "
	"once more than it occurs."},
};

static void say(const struct rule *r, const struct dkim_signature *s, struct span fields,
    size_t said_before, struct buffer *out)
{
	char domain[VERDICT_SHOW_SIZE], selector[VERDICT_SHOW_SIZE];

	if (said_before >= SHOWN_MAX)
		return;
	buffer_printf(out, "%s %s (selector %s) %s %.*s",
	    said_before == 0 ? "The DKIM signature of" : "; that of",
	    verdict_show(span_from(s->said.domain), domain),
	    verdict_show(span_from(s->said.selector), selector), r->verb, (int)fields.len,
	    fields.data);
}

static void apply(const struct rule *r, const struct dkim_coverage *c,
    const size_t occurs[WATCHED_COUNT], struct arena *a, struct finding_list *findings)
{
	struct buffer text = BUFFER_INIT, fields = BUFFER_INIT;
	size_t said = 0;

	for (size_t i = 0; i < c->count; i++) {
		buffer_reset(&fields);
		r->list(c->signatures[i], occurs, &fields);
		if (fields.len > 0)
			say(r, c->signatures[i], buffer_span(&fields), said++, &text);
	}
	if (said > SHOWN_MAX)
		buffer_printf(&text, "; %zu more signatures do likewise", said - SHOWN_MAX);
	if (said > 0) {
		buffer_printf(&text, ": %s", r->consequence);
		finding_add(findings, a, r->id, text.data);
	}
	buffer_clear(&text);
	buffer_clear(&fields);
}

void dkim_coverage_findings(
    const struct dkim_coverage *c, struct arena *a, struct finding_list *findings)
{
	size_t occurs[WATCHED_COUNT];

	for (size_t i = 0; i < WATCHED_COUNT; i++)
		occurs[i] = mail_header_count(c->header, WATCHED[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(RULES); i++)
		apply(&RULES[i], c, occurs, a, findings);
}
