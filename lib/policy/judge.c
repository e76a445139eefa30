/*
 * SPDX-License-Identifier: ISC
 *
 * Judging a rule: each requirement by its judge, and what comes of lists and alternatives, as
 * policy.h says.
 */
#include "policy/judge.h"

#include <string.h>

#include "base/buffer.h"
#include "policy/list.h"

static void (*const JUDGE[])(
    const struct judge *j, const struct requirement *r, struct policy_result *out) = {
    [REQUIREMENT_SPF] = judge_spf,
    [REQUIREMENT_SPF_HELO] = judge_spf_helo,
    [REQUIREMENT_DKIM] = judge_dkim,
    [REQUIREMENT_DMARC] = judge_dmarc,
    [REQUIREMENT_RDNS] = judge_rdns,
    [REQUIREMENT_TLS] = judge_tls,
    [REQUIREMENT_AUTH] = judge_auth,
    [REQUIREMENT_USER] = judge_user,
    [REQUIREMENT_MECHANISM] = judge_mechanism,
    [REQUIREMENT_FINDINGS] = judge_findings,
    [REQUIREMENT_SUBJECT] = judge_subject,
    [REQUIREMENT_FROM] = judge_from,
    [REQUIREMENT_TO] = judge_to,
    [REQUIREMENT_LINK] = judge_link,
    [REQUIREMENT_HEADER] = judge_header,
    [REQUIREMENT_SIZE] = judge_size,
    [REQUIREMENT_ATTACHMENT] = judge_attachment,
    [REQUIREMENT_OPINION] = judge_opinion,
    [REQUIREMENT_DKIM_BITS] = judge_dkim_bits,
    [REQUIREMENT_DMARC_RECORD] = judge_dmarc_record,
    [REQUIREMENT_DMARC_ALIGNED] = judge_dmarc_aligned,
    [REQUIREMENT_DMARC_DISPOSITION] = judge_dmarc_disposition,
    [REQUIREMENT_ONE_CLICK] = judge_one_click,
    [REQUIREMENT_HELO] = judge_helo,
    [REQUIREMENT_FROM_RESOLVABLE] = judge_from_resolvable,
    [REQUIREMENT_FINDING] = judge_finding,
};
_Static_assert(ARRAY_SIZE(JUDGE) == REQUIREMENT_NAME_COUNT, "a judge for each name");

/* One requirement of an alternative, judged. */
struct part {
	const struct requirement *requirement;
	struct policy_result result;
};

struct alternative {
	struct part *parts;
	size_t count;
	enum policy_outcome outcome;
};

/* Of several: which of two outcomes decides, by how early it stands in the order. */
static enum policy_outcome decide(
    const bool seen[POLICY_OUTCOME_COUNT], const enum policy_outcome order[POLICY_OUTCOME_COUNT])
{
	for (size_t i = 0; i < POLICY_OUTCOME_COUNT; i++)
		if (seen[order[i]])
			return order[i];
	return POLICY_NOT_APPLICABLE;
}

static void judge_list(
    const struct judge *j, const struct requirement_list *list, struct alternative *out)
{
	static const enum policy_outcome order[] = {
	    POLICY_FAIL, POLICY_UNJUDGED, POLICY_PASS, POLICY_NOT_APPLICABLE};
	bool seen[POLICY_OUTCOME_COUNT] = {false};

	out->count = list->count;
	out->parts = arena_alloc(j->arena, (list->count + 1) * sizeof(*out->parts));
	for (size_t i = 0; i < list->count; i++) {
		struct part *p = &out->parts[i];

		p->requirement = &list->items[i];
		JUDGE[p->requirement->name](j, p->requirement, &p->result);
		seen[p->result.outcome] = true;
	}
	out->outcome = decide(seen, order);
}

/* Texts of parts being joined, each once. */
struct joined {
	struct buffer text;
	const char **seen;
	size_t count;
};

static void join(const struct judge *j, struct joined *to, const char *separator, const char *text)
{
	if (text == NULL)
		return;
	for (size_t i = 0; i < to->count; i++)
		if (strcmp(to->seen[i], text) == 0)
			return;
	to->seen = policy_grow(j->arena, to->seen, to->count, sizeof(*to->seen));
	to->seen[to->count++] = text;
	buffer_printf(&to->text, "%s%s", to->text.len == 0 ? "" : separator, text);
}

static const char *joined(const struct judge *j, struct joined *from)
{
	const char *text =
	    from->text.len == 0 ? NULL : arena_copy(j->arena, buffer_span(&from->text));

	buffer_clear(&from->text);
	return text;
}

/* What the rule asks for, in the words of its requirements. */
static const char *expected_of(const struct judge *j, const struct policy_rule *rule)
{
	struct buffer text = BUFFER_INIT;
	const char *expected;

	for (size_t i = 0; i < rule->alternative_count; i++)
		for (size_t k = 0; k < rule->alternatives[i].count; k++)
			buffer_printf(&text, "%s%s",
			    k > 0   ? " "
			    : i > 0 ? " or "
				    : "",
			    rule->alternatives[i].items[k].text);
	expected = arena_copy(j->arena, buffer_span(&text));
	buffer_clear(&text);
	return expected;
}

static const char *labelled(const struct judge *j, const struct part *p)
{
	const struct requirement *r = p->requirement;

	/* What a finding got names it. */
	if (p->result.got == NULL || r->name == REQUIREMENT_FINDING)
		return p->result.got;
	return arena_printf(j->arena, "%s%s%s: %s", REQUIREMENT_NAME[r->name],
	    r->detail == NULL ? "" : ".", r->detail == NULL ? "" : r->detail, p->result.got);
}

/* Where a rule has several requirements: all that made it come out so, in one line each. */
static void merge(const struct judge *j, const struct policy_rule *rule,
    const struct alternative *all, struct policy_result *out)
{
	struct joined got = {.count = 0}, reason = got, remedy = got, evidence = got;
	bool passed = false;

	out->expected = expected_of(j, rule);
	for (size_t i = 0; i < rule->alternative_count && !passed; i++) {
		const char * or = i == 0 ? "; " : "; or ";

		if (all[i].outcome != out->outcome)
			continue;
		for (size_t k = 0; k < all[i].count; k++) {
			const struct part *p = &all[i].parts[k];

			if (p->result.outcome != out->outcome)
				continue;
			join(j, &got, "; ", labelled(j, p));
			join(j, &reason, "; ", p->result.reason);
			join(j, &remedy, or, p->result.remedy);
			join(j, &evidence, "; ", p->result.evidence);
			or = "; ";
		}
		passed = out->outcome == POLICY_PASS;
	}
	out->got = joined(j, &got);
	out->reason = joined(j, &reason);
	out->remedy = joined(j, &remedy);
	out->evidence = joined(j, &evidence);
}

static void judge_alternatives(
    const struct judge *j, const struct policy_rule *rule, struct policy_result *out)
{
	static const enum policy_outcome order[] = {
	    POLICY_PASS, POLICY_UNJUDGED, POLICY_FAIL, POLICY_NOT_APPLICABLE};
	bool seen[POLICY_OUTCOME_COUNT] = {false};
	struct alternative *all =
	    arena_alloc(j->arena, (rule->alternative_count + 1) * sizeof(*all));

	for (size_t i = 0; i < rule->alternative_count; i++) {
		judge_list(j, &rule->alternatives[i], &all[i]);
		seen[all[i].outcome] = true;
	}
	if (rule->alternative_count == 1 && all[0].count == 1) {
		*out = all[0].parts[0].result;
		return;
	}
	out->outcome = decide(seen, order);
	merge(j, rule, all, out);
}

/* Whether the rule applies; else out says why not. */
static bool applies(
    const struct judge *j, const struct policy_rule *rule, struct policy_result *out)
{
	struct requirement_list list = rule->when;
	const struct policy_rule when = {.alternatives = &list, .alternative_count = 1};

	if (list.count == 0)
		return true;
	judge_alternatives(j, &when, out);
	if (out->outcome == POLICY_PASS) {
		*out = (struct policy_result){.outcome = POLICY_PASS};
		return true;
	}
	out->expected = expected_of(j, rule);
	if (out->outcome != POLICY_UNJUDGED)
		judge_inapplicable(out,
		    arena_printf(
			j->arena, "it is asked only where this holds: %s", expected_of(j, &when)),
		    NULL);
	return false;
}

static const struct verdict *verdict_of(const struct policy_facts *f, enum policy_viewpoint v)
{
	switch (v) {
	case POLICY_OBSERVED:
		return &f->message->observed;
	case POLICY_PREDICTED:
		return f->message->route != NULL ? &f->message->predicted : NULL;
	case POLICY_DEFAULT:
	case POLICY_DELIVERED:
	case POLICY_VIEWPOINT_COUNT:
		break;
	}
	return NULL;
}

/* The row's general advice, then what it means for this message. */
static const char *whole_remedy(const char *general, const char *own, struct arena *a)
{
	bool stopped = general != NULL && span_ends_nocase(span_from(general), SPAN("."));

	if (general == NULL || own == NULL || own == JUDGE_NOTHING_WRONG)
		return arena_string(a, general != NULL ? general : own);
	return arena_printf(a, "%s%s Here: %s", general, stopped ? "" : ".", own);
}

/* Of the facts, and of what was made on the way, nothing stays. */
static void keep(const struct policy_rule *rule, const struct policy_result *r, struct arena *a,
    struct policy_result *out)
{
	bool failed = r->outcome == POLICY_FAIL;

	*out = (struct policy_result){
	    .rule = rule,
	    .outcome = r->outcome,
	    .expected = arena_string(a, r->expected),
	    .got = arena_string(a, r->got),
	    .reason = arena_string(a, r->reason),
	    .evidence = arena_string(a, r->evidence),
	};
	if (r->outcome != POLICY_PASS)
		out->remedy = whole_remedy(failed ? rule->remedy : NULL, r->remedy, a);
	if (failed && rule->reply != NULL)
		out->reply = rule->receiver == NULL
		                 ? arena_string(a, rule->reply)
		                 : arena_printf(a, "%s: %s", rule->receiver, rule->reply);
}

void policy_judge(const struct policy_rule *rule, const struct policy_facts *f, struct arena *a,
    struct policy_result *out)
{
	enum policy_viewpoint viewpoint = policy_viewpoint(f);
	struct arena *scratch = arena_new();
	const struct judge j = {f, viewpoint, verdict_of(f, viewpoint), scratch};
	struct policy_result result = {.outcome = POLICY_PASS};

	if (applies(&j, rule, &result))
		judge_alternatives(&j, rule, &result);
	keep(rule, &result, a, out);
	arena_free(scratch);
}
