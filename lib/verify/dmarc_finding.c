/*
 * SPDX-License-Identifier: ISC
 *
 * The findings about DMARC records, each with the name that it is about.
 */
#include "verify/dmarc_finding.h"

#include "base/buffer.h"
#include "base/name.h"

static void add(struct finding_list *out, struct arena *a, enum finding_id id, struct buffer *text)
{
	if (text->len > 0)
		finding_add(out, a, id, arena_copy(a, buffer_span(text)));
	buffer_clear(text);
}

static void several_records(const struct dmarc_walk *w, struct arena *a, struct finding_list *out)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < w->count; i++) {
		if (w->steps[i].records > 1)
			buffer_printf(&text, "%s at _dmarc.%s",
			    text.len == 0 ? "There is more than one DMARC record" : " and",
			    w->steps[i].domain);
	}
	if (text.len > 0)
		buffer_add_string(&text, ", so receivers use none of them; leave one.");
	add(out, a, FINDING_DMARC_SEVERAL_RECORDS, &text);
}

/* What a record begins with in place of the version: its first tag, or all of it. */
static struct span beginning(struct span text)
{
	struct span rest = text, first = span_cut(&rest, ';');

	return first.len > 0 ? first : text;
}

static void malformed(const struct dmarc_walk *w, struct arena *a, struct finding_list *out)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct dmarc_step *step = &w->steps[i];
		char shown[VERDICT_SHOW_SIZE];

		if (step->malformed.len == 0)
			continue;
		verdict_show(beginning(step->malformed), shown);
		finding_add(out, a, FINDING_DMARC_MALFORMED,
		    arena_printf(a,
			"The DMARC record at _dmarc.%s begins with \"%s\", not with the tag "
			"v=DMARC1 (in capitals, a semicolon behind it), so receivers ignore it.",
			step->domain, shown));
		return;
	}
}

static void policy_missing(
    const struct dmarc_step *policy, struct arena *a, struct finding_list *out)
{
	const struct dmarc_record *r = &policy->record;
	const char *what = r->bad_sp   ? "an invalid sp="
	                   : r->bad_np ? "an invalid np="
	                               : "no valid p=";

	if (!r->invalid_policy)
		return;
	finding_add(out, a, FINDING_DMARC_POLICY_MISSING,
	    arena_printf(a,
		"The DMARC record at _dmarc.%s has %s, so receivers %s; state none, quarantine or "
		"reject.",
		policy->domain, what,
		r->valid_rua ? "take it as p=none" : "ignore it (it has no valid rua= either)"));
}

static void obsolete_tags(
    const struct dmarc_step *policy, struct arena *a, struct finding_list *out)
{
	static const char *const obsolete[] = {"pct", "rf", "ri"};
	struct span rest = policy->text;
	struct buffer text = BUFFER_INIT;
	bool seen[ARRAY_SIZE(obsolete)] = {false};

	while (rest.data != NULL) {
		struct span value = span_cut(&rest, ';'), name = span_trim(span_cut(&value, '='));
		int found = name_find(obsolete, ARRAY_SIZE(obsolete), name);

		if (value.data == NULL || found < 0 || seen[found])
			continue;
		if (text.len == 0)
			buffer_printf(&text, "The DMARC record at _dmarc.%s has ", policy->domain);
		buffer_printf(&text, "%s=, ", obsolete[found]);
		seen[found] = true;
	}
	if (text.len > 0)
		buffer_add_string(&text,
		    "which RFC 9989 removed: newer receivers ignore it, older ones still obey it; "
		    "take it out.");
	add(out, a, FINDING_DMARC_OBSOLETE_TAG, &text);
}

void dmarc_findings(const struct dmarc_walk *walk, const struct dmarc_step *policy, struct arena *a,
    struct finding_list *out)
{
	several_records(walk, a, out);
	malformed(walk, a, out);
	if (policy == NULL)
		return;
	policy_missing(policy, a, out);
	obsolete_tags(policy, a, out);
}
