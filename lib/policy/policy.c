/*
 * SPDX-License-Identifier: ISC
 *
 * Putting a policy together: requirements one by one, the rows of receivers' profiles. Policy files
 * are in file.c.
 */
#include "policy/policy.h"

#include <string.h>

#include "policy/build.h"
#include "policy/list.h"
#include "verify/verdict.h"

const char *const POLICY_VIEWPOINT_NAME[] = {
    [POLICY_DEFAULT] = NULL,
    [POLICY_OBSERVED] = "observed",
    [POLICY_PREDICTED] = "predicted",
    [POLICY_DELIVERED] = "delivered",
};
_Static_assert(ARRAY_SIZE(POLICY_VIEWPOINT_NAME) == POLICY_VIEWPOINT_COUNT, "a word for each");

const char *const POLICY_OUTCOME_NAME[] = {
    [POLICY_PASS] = "pass",
    [POLICY_FAIL] = "fail",
    [POLICY_UNJUDGED] = "unjudged",
    [POLICY_NOT_APPLICABLE] = "not-applicable",
};
_Static_assert(ARRAY_SIZE(POLICY_OUTCOME_NAME) == POLICY_OUTCOME_COUNT, "a word for each");

/* Includes within includes. */
#define INCLUDE_DEPTH_MAX 20

void policy_init(struct policy *p)
{
	*p = (struct policy){.arena = arena_new()};
	policy_section_add(p, (struct policy_section){.title = NULL});
}

void policy_clear(struct policy *p)
{
	arena_free(p->arena);
	*p = (struct policy){0};
}

void policy_section_add(struct policy *p, struct policy_section section)
{
	p->sections = policy_grow(p->arena, p->sections, p->section_count, sizeof(*p->sections));
	p->sections[p->section_count++] = section;
}

static int add_rule(struct policy *p, const struct policy_rule *rule, struct error *err)
{
	if (p->rule_count == REQUIREMENTS_MAX)
		return error_usage(err, "there are more than %d requirements", REQUIREMENTS_MAX);
	p->rules = policy_grow(p->arena, p->rules, p->rule_count, sizeof(*p->rules));
	p->rules[p->rule_count++] = *rule;
	return 0;
}

int policy_build_requirements(
    const struct policy_build *b, struct span text, const char *source, struct error *err)
{
	struct policy *p = b->policy;
	struct requirement_list all = {NULL, 0};

	if (requirement_parse(text, p->arena, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.count; i++) {
		struct requirement_list *one = arena_alloc(p->arena, sizeof(*one));
		struct policy_rule rule = {
		    .name = all.items[i].text,
		    .source = source,
		    .alternatives = one,
		    .alternative_count = 1,
		    .section = b->section,
		};

		*one = (struct requirement_list){&all.items[i], 1};
		if (add_rule(p, &rule, err) < 0)
			return -1;
	}
	return 0;
}

int policy_add_requirements(
    struct policy *p, struct span text, const char *source, struct error *err)
{
	const struct policy_build b = {.policy = p};
	size_t before = p->rule_count;

	if (policy_build_requirements(&b, text, arena_string(p->arena, source), err) < 0)
		return -1;
	if (p->rule_count == before)
		return error_usage(err,
		    "expected requirements, such as \"spf=pass dkim=pass tls>=1.2\", got none");
	return 0;
}

/* A profile being added. */
struct profile {
	const struct policy_build *build;
	const struct conf_receivers *known;
	bool *seen; /* of each that is known: its rows are in */
	unsigned depth;
};

static const char SOURCE[] = "profile ";

/* Whether the row is among the rules that hold for the messages of the section already. */
static bool is_repeated(
    const struct policy_build *b, const struct conf_receiver *receiver, const char *row)
{
	for (size_t i = 0; i < b->policy->rule_count; i++) {
		const struct policy_rule *other = &b->policy->rules[i];

		if (other->receiver != NULL &&
		    (other->section == 0 || other->section == b->section) &&
		    strcmp(other->name, row) == 0 &&
		    strcmp(other->source + sizeof(SOURCE) - 1, receiver->name) == 0)
			return true;
	}
	return false;
}

/* The text of one field of a row; what is wrong is said with the row's place. */
static int read_texts(struct policy *p, const struct conf_requirement *row, const char *text,
    struct requirement_list *out, struct error *err)
{
	struct error why;

	if (requirement_parse(span_from(text), p->arena, out, &why) < 0)
		return error_usage(
		    err, "%s: requirement %s: \"%s\": %s", row->place, row->name, text, why.text);
	if (out->count == 0)
		return error_usage(err, "%s: requirement %s: expected requirements, got \"\"",
		    row->place, row->name);
	return 0;
}

static int add_row(struct profile *f, const struct conf_receiver *receiver,
    const struct conf_requirement *row, struct error *err)
{
	struct policy *p = f->build->policy;
	struct policy_rule rule;

	if (is_repeated(f->build, receiver, row->name))
		return 0;
	rule = (struct policy_rule){
	    .name = arena_string(p->arena, row->name),
	    .source = arena_printf(p->arena, "%s%s", SOURCE, receiver->name),
	    .alternative_count = row->any.count,
	    .receiver = arena_string(p->arena, receiver->title),
	    .reply = arena_string(p->arena, row->reply),
	    .remedy = arena_string(p->arena, row->remedy),
	    .section = f->build->section,
	};
	if (row->any.count == 0)
		return error_usage(
		    err, "%s: requirement %s: expected any = {\"...\"}", row->place, row->name);
	rule.alternatives = arena_alloc(p->arena, row->any.count * sizeof(*rule.alternatives));
	for (size_t i = 0; i < row->any.count; i++)
		if (read_texts(p, row, row->any.items[i], &rule.alternatives[i], err) < 0)
			return -1;
	if (row->when != NULL && read_texts(p, row, row->when, &rule.when, err) < 0)
		return -1;
	return add_rule(p, &rule, err);
}

static int add_receiver(struct profile *f, const struct conf_receiver *receiver, struct error *err);

static int add_included(struct profile *f, const struct conf_receiver *receiver, struct error *err)
{
	for (size_t i = 0; i < receiver->include.count; i++) {
		const char *name = receiver->include.items[i];
		const struct conf_receiver *included =
		    conf_receiver_find(f->known, span_from(name));

		if (included == NULL)
			return error_usage(
			    err, "%s: include: there is no receiver \"%s\"", receiver->place, name);
		if (f->depth == INCLUDE_DEPTH_MAX)
			return error_usage(err, "%s: include: more than %d within each other",
			    receiver->place, INCLUDE_DEPTH_MAX);
		f->depth++;
		if (add_receiver(f, included, err) < 0)
			return -1;
		f->depth--;
	}
	return 0;
}

/* Each is added once, which also ends a circle. */
static int add_receiver(struct profile *f, const struct conf_receiver *receiver, struct error *err)
{
	bool *seen = &f->seen[receiver - f->known->items];

	if (*seen)
		return 0;
	*seen = true;
	if (add_included(f, receiver, err) < 0)
		return -1;
	for (size_t i = 0; i < receiver->requirement_count; i++)
		if (add_row(f, receiver, &receiver->requirements[i], err) < 0)
			return -1;
	return 0;
}

static int unknown_profile(const struct conf_receivers *known, struct span name, struct error *err)
{
	struct buffer names = BUFFER_INIT;
	char shown[VERDICT_SHOW_SIZE];

	conf_receiver_names(known, &names);
	error_usage(err, "there is no profile \"%s\": expected %s%s", verdict_show(name, shown),
	    names.len > 0 ? "one of " : "a receiver's name, and none is known",
	    names.len > 0 ? names.data : "");
	buffer_clear(&names);
	return -1;
}

int policy_build_profiles(const struct policy_build *b, const struct conf_receivers *known,
    struct span names, struct error *err)
{
	struct profile f = {.build = b, .known = known};

	f.seen = arena_alloc(b->policy->arena, (known->count + 1) * sizeof(*f.seen));
	do {
		struct span name = span_trim(span_cut(&names, ','));
		const struct conf_receiver *receiver = conf_receiver_find(known, name);

		if (receiver == NULL)
			return unknown_profile(known, name, err);
		if (add_receiver(&f, receiver, err) < 0)
			return -1;
	} while (names.data != NULL);
	return 0;
}

int policy_add_profiles(
    struct policy *p, const struct conf_receivers *known, struct span names, struct error *err)
{
	const struct policy_build b = {.policy = p};

	return policy_build_profiles(&b, known, names, err);
}

static bool list_needs_content(const struct requirement_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].name == REQUIREMENT_LINK ||
		    list->items[i].name == REQUIREMENT_ATTACHMENT)
			return true;
	return false;
}

bool policy_needs_content(const struct policy *p)
{
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct policy_rule *rule = &p->rules[i];

		if (list_needs_content(&rule->when))
			return true;
		for (size_t k = 0; k < rule->alternative_count; k++)
			if (list_needs_content(&rule->alternatives[k]))
				return true;
	}
	return false;
}

enum policy_viewpoint policy_viewpoint(const struct policy_facts *f)
{
	if (f->viewpoint != POLICY_DEFAULT)
		return f->viewpoint;
	return f->message->route != NULL ? POLICY_PREDICTED : POLICY_OBSERVED;
}
