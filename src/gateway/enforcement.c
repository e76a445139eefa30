/*
 * SPDX-License-Identifier: ISC
 *
 * Refusing what was judged.
 */
#include "gateway/enforcement.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct enforcement {
	atomic_uint references;
	bool dmarc; /* else the policy */
	bool content;
	struct policy policy;
};

static int refuse(const struct conf_settings *settings, const struct conf_listener *l,
    const struct error *why, struct error *err)
{
	const struct conf_origin *o = conf_origin_find(settings, "listener", l->name, "enforce");
	const char *place = o == NULL ? NULL : o->place;

	return error_set(err, why->kind, "%s%slistener \"%s\": enforce: %s",
	    place == NULL ? "" : place, place == NULL ? "" : ": ", l->name, why->text);
}

int enforcement_new(const struct conf_settings *settings, const struct conf_listener *l,
    const struct conf_receivers *receivers, struct enforcement **out, struct error *err)
{
	static const struct conf_receivers none;
	struct enforcement *e;
	struct error why;

	*out = NULL;
	if (l->enforce == NULL)
		return 0;
	e = memory_new(sizeof(*e));
	atomic_init(&e->references, 1);
	policy_init(&e->policy);
	e->dmarc = strcmp(l->enforce, "dmarc") == 0;
	if (!e->dmarc && policy_add_profiles(&e->policy, receivers == NULL ? &none : receivers,
			     span_from(l->enforce), &why) < 0) {
		enforcement_unref(e);
		return refuse(settings, l, &why, err);
	}
	e->content = policy_needs_content(&e->policy);
	*out = e;
	return 0;
}

struct enforcement *enforcement_ref(struct enforcement *e)
{
	if (e != NULL)
		atomic_fetch_add(&e->references, 1);
	return e;
}

void enforcement_unref(struct enforcement *e)
{
	if (e == NULL || atomic_fetch_sub(&e->references, 1) != 1)
		return;
	policy_clear(&e->policy);
	free(e);
}

/* RFC 7208 8.6; for DKIM and DMARC there is no better status code. */
static const char *try_again(const char *what, struct arena *a)
{
	return arena_printf(
	    a, "451 4.4.3 The DNS did not answer while %s was judged, try again later", what);
}

static const char *judge_dmarc(const struct dmarc_verdict *d, struct arena *a)
{
	char domain[VERDICT_SHOW_SIZE];

	if (d->result == AUTH_TEMPERROR)
		return try_again("DMARC", a);
	if (d->result != AUTH_FAIL || d->disposition != DMARC_POLICY_REJECT)
		return NULL;
	return arena_printf(a,
	    "550 5.7.1 Refused by the DMARC policy of %s (%s): neither SPF nor DKIM passed for a "
	    "domain that is aligned with From",
	    verdict_show(span_from(d->policy_domain), domain), DMARC_POLICY_NAME[d->policy]);
}

/* Otherwise what is unjudged stays so, and no second try would help. */
static bool is_temporary(const struct verdict *v)
{
	const enum auth_result results[] = {
	    v->spf.result, v->spf_helo.result, v->dmarc.result, v->rdns.result};

	for (size_t i = 0; i < ARRAY_SIZE(results); i++)
		if (results[i] == AUTH_TEMPERROR)
			return true;
	for (size_t i = 0; i < v->dkim_count; i++)
		if (v->dkim[i].result == AUTH_TEMPERROR)
			return true;
	return false;
}

static const char *judge_policy(
    const struct policy *p, const struct policy_facts *facts, struct arena *a)
{
	const struct policy_rule *unjudged = NULL;

	for (size_t i = 0; i < p->rule_count; i++) {
		const struct policy_rule *rule = &p->rules[i];
		struct policy_result result;

		if (rule->reply == NULL)
			continue;
		policy_judge(rule, facts, a, &result);
		if (result.outcome == POLICY_FAIL)
			return arena_string(a, rule->reply);
		if (result.outcome == POLICY_UNJUDGED && unjudged == NULL)
			unjudged = rule;
	}
	if (unjudged == NULL || !is_temporary(&facts->message->observed))
		return NULL;
	return try_again(unjudged->name, a);
}

const char *enforcement_judge(const struct enforcement *e, const struct policy_facts *facts,
    struct span source, struct arena *a)
{
	struct policy_facts with = *facts;
	struct mime_content content;

	with.viewpoint = POLICY_OBSERVED;
	if (e->dmarc)
		return judge_dmarc(&facts->message->observed.dmarc, a);
	if (e->content) {
		mime_content_read(source, a, &content);
		with.content = &content;
	}
	return judge_policy(&e->policy, &with, a);
}
