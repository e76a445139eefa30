/*
 * SPDX-License-Identifier: ISC
 *
 * What was found to be wrong: findings, finding.ID; and what others say of it: opinion.
 */
#include <string.h>

#include "policy/judge.h"
#include "policy/list.h"
#include "policy/match.h"

/* Findings that are listed. */
#define SHOWN_COUNT 6

/* 0: none; else the severity and 1, as in requirement.number. */
static unsigned weight(const struct finding *f)
{
	return (unsigned)finding_entry(f->id)->severity + 1;
}

static unsigned heaviest(const struct finding_list *list)
{
	unsigned most = 0;

	for (size_t i = 0; i < list->count; i++)
		if (weight(&list->items[i]) > most)
			most = weight(&list->items[i]);
	return most;
}

static const char *severity(unsigned weight)
{
	return weight == 0 ? "none" : FINDING_SEVERITY_NAME[weight - 1];
}

/* "bare-lf (warning), no-quit (warning)": those of at least the weight. */
static const char *list(const struct judge *j, unsigned least)
{
	const struct finding_list *all = &j->facts->message->findings;
	struct buffer text = BUFFER_INIT;
	size_t shown = 0, more = 0;
	const char *line;

	for (size_t i = 0; i < all->count; i++) {
		if (weight(&all->items[i]) < least)
			continue;
		if (shown == SHOWN_COUNT) {
			more++;
			continue;
		}
		buffer_printf(&text, "%s%s (%s)", shown++ == 0 ? "" : ", ",
		    finding_entry(all->items[i].id)->id, severity(weight(&all->items[i])));
	}
	if (more > 0)
		buffer_printf(&text, " and %zu more", more);
	line = shown == 0 ? NULL : arena_copy(j->arena, buffer_span(&text));
	buffer_clear(&text);
	return line;
}

/* The first of the heaviest, of at least the weight. */
static const struct finding *first(const struct finding_list *list, unsigned least)
{
	const struct finding *found = NULL;

	for (size_t i = 0; i < list->count; i++)
		if (weight(&list->items[i]) >= least &&
		    (found == NULL || weight(&list->items[i]) > weight(found)))
			found = &list->items[i];
	return found;
}

static bool severity_holds(const struct requirement *r, unsigned most)
{
	switch (r->op) {
	case REQUIREMENT_PRESENT:
		return most > 0;
	case REQUIREMENT_ABSENT:
		return most == 0;
	case REQUIREMENT_AT_LEAST:
		return most >= r->number;
	case REQUIREMENT_AT_MOST:
		return most <= r->number;
	case REQUIREMENT_IS:
	case REQUIREMENT_IS_NOT:
		return requirement_accepts(r, severity(most));
	case REQUIREMENT_HOLDS:
	case REQUIREMENT_HOLDS_NOT:
	case REQUIREMENT_MATCHES:
	case REQUIREMENT_MATCHES_NOT:
	case REQUIREMENT_OP_COUNT:
		break;
	}
	return false;
}

static const char *severity_expected(const struct judge *j, const struct requirement *r)
{
	if (r->op == REQUIREMENT_PRESENT)
		return "findings";
	if (r->op == REQUIREMENT_ABSENT)
		return "no findings";
	if (r->op == REQUIREMENT_AT_MOST && r->number == 0)
		return "none";
	if (r->op == REQUIREMENT_AT_LEAST || r->op == REQUIREMENT_AT_MOST)
		return arena_printf(j->arena, "at %s %s",
		    r->op == REQUIREMENT_AT_MOST ? "most" : "least", r->values[0]);
	return judge_expected_words(j, r);
}

static const char *mend(const struct judge *j, const struct finding *f)
{
	const struct finding_entry *e = finding_entry(f->id);

	return arena_printf(j->arena, "mend %s (%s); \"mailassay explain %s\" says how", e->id,
	    e->reference, e->id);
}

static void judge_severity(
    const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct finding_list *all = &j->facts->message->findings;
	unsigned most = heaviest(all);
	const struct finding *worst = first(all, 1);

	out->expected = severity_expected(j, r);
	judge_hold(out, severity_holds(r, most));
	out->got = severity(most);
	out->evidence = list(j, 1);
	out->reason = worst == NULL ? "nothing was found" : worst->text;
	if (out->outcome != POLICY_FAIL)
		return;
	/* What is worth a remedy is what was found, not what was not. */
	out->remedy = worst == NULL || r->op == REQUIREMENT_PRESENT || r->op == REQUIREMENT_AT_LEAST
	                  ? JUDGE_NOTHING_WRONG
	                  : mend(j, worst);
}

static void judge_ids(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct finding_list *all = &j->facts->message->findings;
	const char **ids = arena_alloc(j->arena, (all->count + 1) * sizeof(*ids));
	struct judge_texts t = {
	    .items = ids,
	    .count = all->count,
	    .noun = "finding",
	    .several = true,
	    .nothing = "no finding",
	};

	for (size_t i = 0; i < all->count; i++)
		ids[i] = finding_entry(all->items[i].id)->id;
	judge_texts(j, r, &t, out);
	out->evidence = list(j, 1);
	if (out->outcome != POLICY_FAIL)
		return;
	out->remedy = JUDGE_NOTHING_WRONG;
	for (size_t i = 0; i < all->count; i++)
		if (requirement_matches(r, ids[i])) {
			out->remedy = mend(j, &all->items[i]);
			return;
		}
}

void judge_findings(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	bool text = r->op == REQUIREMENT_HOLDS || r->op == REQUIREMENT_HOLDS_NOT ||
	            r->op == REQUIREMENT_MATCHES || r->op == REQUIREMENT_MATCHES_NOT;

	if (text)
		judge_ids(j, r, out);
	else
		judge_severity(j, r, out);
}

void judge_finding(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct finding_list *all = &j->facts->message->findings;
	const struct finding *found = NULL;
	const char *none;

	for (size_t i = 0; i < all->count && found == NULL; i++)
		if (strcmp(finding_entry(all->items[i].id)->id, r->detail) == 0)
			found = &all->items[i];
	none = arena_printf(j->arena, "no %s", r->detail);
	judge_bare(r, found != NULL, r->op == REQUIREMENT_PRESENT ? r->detail : none, out);
	out->got = found != NULL ? r->detail : none;
	out->reason =
	    found != NULL ? found->text : arena_printf(j->arena, "%s was not found", r->detail);
	if (found != NULL)
		out->evidence = arena_printf(j->arena, "%s (%s), %s", r->detail,
		    severity(weight(found)), finding_entry(found->id)->reference);
	if (out->outcome == POLICY_FAIL)
		out->remedy = found != NULL ? mend(j, found) : JUDGE_NOTHING_WRONG;
}

/* The first opinion of the kind, or NULL. */
static const struct record_opinion *opinion_of(
    const struct record_message *m, enum record_agrees agrees)
{
	for (size_t i = 0; i < m->opinion_count; i++)
		if (m->opinions[i].agrees == agrees)
			return &m->opinions[i];
	return NULL;
}

static void say_opinion(
    const struct judge *j, const struct record_opinion *o, struct policy_result *out)
{
	out->got = arena_printf(j->arena, "%s: %s %s", o->library, o->check, o->result);
	out->reason = o->reason;
	out->evidence = out->got;
}

void judge_opinion(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct record_message *m = j->facts->message;
	const struct record_opinion *no = opinion_of(m, RECORD_AGREES_NO);
	const struct record_opinion *unknown = opinion_of(m, RECORD_AGREES_UNKNOWN);
	bool wanted = r->op == REQUIREMENT_PRESENT;

	out->expected = wanted ? "second opinions that agree" : "a second opinion that disagrees";
	if (m->opinion_count == 0) {
		judge_missing(out, "no second opinion was asked yet",
		    j->facts->file
			? "send the message to a listener: only the gateway asks for opinions"
			: "try again when the gateway has asked, and see that the setting opinion "
			  "is "
			  "on");
		return;
	}
	judge_bare(r, no == NULL, out->expected, out);
	if (no != NULL) {
		say_opinion(j, no, out);
	} else if (unknown != NULL) {
		say_opinion(j, unknown, out);
		judge_missing(out,
		    unknown->reason != NULL ? unknown->reason : "an opinion is missing",
		    "judge the message again by \"mailassay check again\", or send it again");
		return;
	} else {
		out->got = "all agree";
		out->reason = "the second opinions agree with the verdicts";
	}
	if (out->outcome == POLICY_FAIL)
		out->remedy = wanted
		                  ? "write the record so that all read it alike: \"mailassay check "
		                    "domain DOMAIN\" shows what is ambiguous in it"
		                  : JUDGE_NOTHING_WRONG;
}
