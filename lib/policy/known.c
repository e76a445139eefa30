/*
 * SPDX-License-Identifier: ISC
 *
 * Which of the known replies one is.
 */
#include "policy/known.h"

#include "base/span.h"

#define PART_ALONE_MIN 12

/* "26", or a range "606-649". */
static bool has_detail(struct span part, unsigned detail)
{
	struct span first = span_cut(&part, '-');
	uint64_t low, high;

	if (span_to_uint(first, 999, &low) < 0)
		return false;
	if (part.data == NULL)
		return detail == low;
	return span_to_uint(part, 999, &high) == 0 && detail >= low && detail <= high;
}

static bool has_status(struct span text, const struct smtp_status *s)
{
	struct span class = span_cut(&text, '.'), subject = span_cut(&text, '.');
	uint64_t c, n;

	return span_to_uint(class, 5, &c) == 0 && c == s->class &&
	       span_to_uint(subject, 999, &n) == 0 && n == s->subject &&
	       has_detail(text, s->detail);
}

static bool has_code(struct span text, int code)
{
	int of_form;

	return code == 0 || (smtp_code_parse(text, &of_form) == 0 && of_form == code);
}

bool known_form(struct span form, const struct known_query *q)
{
	struct span code = span_cut(&form, ' ');

	if (!has_code(code, q->code))
		return false;
	if (q->status.class == 0)
		return true;
	return form.len > 0 && has_status(form, &q->status);
}

/* Without a code it takes more than a word that any sentence may have. */
static bool says(const struct known_reply *k, const struct known_query *q)
{
	struct span part = span_from(k->part);

	if (q->code == 0 && q->status.class == 0 && part.len < PART_ALONE_MIN)
		return false;
	return span_holds_nocase(q->text, part);
}

enum known_match known_match(const struct known_reply *k, const struct known_query *q)
{
	struct span rest = span_from(k->forms);
	bool agrees = false;

	while (rest.data != NULL && !agrees)
		agrees = known_form(span_cut(&rest, '|'), q);
	if (!agrees)
		return KNOWN_NONE;
	if (k->part != NULL && q->text.len > 0)
		return says(k, q) ? KNOWN_TEXT : KNOWN_NONE;
	return q->status.class != 0 ? KNOWN_CODE : KNOWN_NONE;
}

static unsigned first_digit(struct span form)
{
	return (unsigned)(form.data[0] - '0');
}

enum smtp_retry known_retry(const struct known_reply *k, const struct known_query *q)
{
	struct span rest = span_from(k->forms);
	enum smtp_retry retry = SMTP_RETRY_NEVER;

	if (q->code != 0)
		return smtp_retry_of((unsigned)q->code / 100);
	if (q->status.class != 0)
		return smtp_retry_of(q->status.class);
	while (rest.data != NULL)
		if (smtp_retry_of(first_digit(span_cut(&rest, '|'))) == SMTP_RETRY_LATER)
			retry = SMTP_RETRY_LATER;
	return retry;
}
