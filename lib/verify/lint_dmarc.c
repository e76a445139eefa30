/*
 * SPDX-License-Identifier: ISC
 *
 * DMARC records without a message (RFC 9989 4.7): their tags, what policy they come to, and the
 * one that applies to a domain.
 */
#include "base/name.h"
#include "verify/dmarc_walk.h"
#include "verify/lint_run.h"
#include "verify/tag.h"

#include <string.h>

/* Tags of a record that are complained about. */
#define SAID_MAX 10

enum tag_kind {
	TAG_KNOWN,
	TAG_POLICY,   /* an invalid value makes the policy invalid */
	TAG_OBSOLETE, /* taken out by RFC 9989 */
};

struct rule {
	const char *name;
	const char *words; /* what it may be, between blanks; NULL: anything */
	enum tag_kind kind;
	bool list; /* several of them, between colons */
};

static const struct rule RULES[] = {
    {"v", NULL, TAG_KNOWN, false},
    {"p", "none quarantine reject", TAG_POLICY, false},
    {"sp", "none quarantine reject", TAG_POLICY, false},
    {"np", "none quarantine reject", TAG_POLICY, false},
    {"adkim", "r s", TAG_KNOWN, false},
    {"aspf", "r s", TAG_KNOWN, false},
    {"fo", "0 1 d s", TAG_KNOWN, true},
    {"psd", "y n u", TAG_KNOWN, false},
    {"t", "y n", TAG_KNOWN, false},
    {"rua", NULL, TAG_KNOWN, false},
    {"ruf", NULL, TAG_KNOWN, false},
    {"pct", NULL, TAG_OBSOLETE, false},
    {"rf", NULL, TAG_OBSOLETE, false},
    {"ri", NULL, TAG_OBSOLETE, false},
};

struct record_lint {
	struct lint_run *run;
	const char *domain; /* "_dmarc." was put before */
	const struct dmarc_step *step;
	bool seen[ARRAY_SIZE(RULES)];
	size_t said;
};

static bool is_word(struct span value, const char *words)
{
	struct span rest = span_from(words);

	while (rest.data != NULL)
		if (span_equal_nocase(span_cut(&rest, ' '), value))
			return true;
	return false;
}

static bool is_valid(const struct rule *rule, struct span value)
{
	if (rule->words == NULL)
		return true;
	if (!rule->list)
		return is_word(value, rule->words);
	while (value.data != NULL)
		if (!is_word(span_trim(span_cut(&value, ':')), rule->words))
			return false;
	return true;
}

static void say_tag(struct record_lint *l, const struct tag *tag, const char *what)
{
	if (l->said++ < SAID_MAX)
		lint_say(l->run, FINDING_DMARC_UNKNOWN_TAG, "\"%s%s%s\" %s",
		    lint_show(l->run, tag->name), tag->value.data == NULL ? "" : "=",
		    tag->value.data == NULL ? "" : lint_show(l->run, tag->value), what);
}

static void say_value(struct record_lint *l, const struct rule *rule, const struct tag *tag)
{
	if (is_valid(rule, tag->value))
		return;
	if (rule->kind == TAG_POLICY)
		lint_say(l->run, FINDING_DMARC_POLICY_MISSING,
		    "\"%s=%s\" is no policy, so receivers %s: write none, quarantine or reject",
		    rule->name, lint_show(l->run, tag->value),
		    l->step->record.valid_rua
			? "take the record as p=none"
			: "ignore the record, which has no valid rua= either");
	else
		say_tag(l, tag,
		    arena_printf(l->run->arena,
			"has an invalid value, so the default holds: expected %s%s",
			rule->list ? "one or more of " : "one of ", rule->words));
}

static void lint_tag(struct record_lint *l, const struct tag *tag)
{
	size_t i = 0;

	if (tag->value.data == NULL) {
		say_tag(l, tag, "has no \"=\", so it is ignored: write NAME=VALUE");
		return;
	}
	while (i < ARRAY_SIZE(RULES) && !span_equal_nocase(tag->name, span_from(RULES[i].name)))
		i++;
	if (i == ARRAY_SIZE(RULES)) {
		say_tag(l, tag, "is a tag that nobody defined, so it is ignored: take it out");
		return;
	}
	if (l->seen[i]) {
		say_tag(l, tag, "repeats a tag, so it is ignored: take it out");
		return;
	}
	l->seen[i] = true;
	if (RULES[i].kind == TAG_OBSOLETE)
		lint_say(l->run, FINDING_DMARC_OBSOLETE_TAG,
		    "\"%s=%s\" was taken out by RFC 9989: newer receivers ignore it, older ones "
		    "still obey it; take it out",
		    RULES[i].name, lint_show(l->run, tag->value));
	say_value(l, &RULES[i], tag);
}

static bool has_tag(const struct record_lint *l, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(RULES); i++)
		if (strcmp(RULES[i].name, name) == 0)
			return l->seen[i];
	return false;
}

/* Tags, policy and report addresses of one record. */
static void lint_text(struct lint_run *r, const char *domain, const struct dmarc_step *step)
{
	struct record_lint l = {.run = r, .domain = domain, .step = step};
	struct span rest = step->text;
	struct tag tag;

	while (tag_next(&rest, &tag))
		lint_tag(&l, &tag);
	if (!has_tag(&l, "p"))
		lint_say(r, FINDING_DMARC_POLICY_MISSING,
		    "the record has no p=, so receivers %s: state none, quarantine or reject",
		    step->record.valid_rua ? "take it as p=none"
					   : "ignore it (it has no valid rua= either)");
	if (!has_tag(&l, "rua"))
		lint_say(r, FINDING_DMARC_NO_REPORTS,
		    "the record has no rua=, so nobody learns what fails: name an address for the "
		    "daily reports, rua=mailto:ADDRESS");
	lint_report_addresses(r, domain, "rua", step->record.rua);
	lint_report_addresses(r, domain, "ruf", step->record.ruf);
}

/* The policy that the record comes to where it applies: for its own domain, or one below. */
static void lint_policy(struct lint_run *r, const char *of, enum dmarc_policy policy, bool testing)
{
	if (policy == DMARC_POLICY_NONE)
		lint_say(r, FINDING_DMARC_NOT_ENFORCED,
		    "the policy for %s is none, so receivers take mail that fails all the same: "
		    "raise it to quarantine or reject once the reports show that your own passes",
		    of);
	else if (testing)
		lint_say(r, FINDING_DMARC_NOT_ENFORCED,
		    "the record says that it is a test (t=y), so receivers do less than %s asks "
		    "for: take t=y out once the reports show that your own mail passes",
		    DMARC_POLICY_NAME[policy]);
}

/* Where the domain itself is protected and those below it are not. */
static void lint_below(struct lint_run *r, const char *domain, const struct dmarc_record *d)
{
	if (d->p == DMARC_POLICY_NONE)
		return;
	if (d->has_sp && d->sp == DMARC_POLICY_NONE)
		lint_say(r, FINDING_DMARC_NOT_ENFORCED,
		    "sp=none leaves the subdomains of %s open to anyone: raise it to %s, or take "
		    "it out",
		    domain, DMARC_POLICY_NAME[d->p]);
	if (d->has_np && d->np == DMARC_POLICY_NONE)
		lint_say(r, FINDING_DMARC_NOT_ENFORCED,
		    "np=none leaves the subdomains of %s that do not exist open to anyone: raise "
		    "it to reject, or take it out",
		    domain);
}

static void lint_own_policy(struct lint_run *r, const char *domain, const struct dmarc_record *d)
{
	if (d->invalid_policy)
		return;
	lint_policy(r, domain, d->p, d->testing);
	lint_below(r, domain, d);
}

/* What is wrong where there should be one record. */
static void say_number(
    struct lint_run *r, const struct dns_answer *answer, const struct dmarc_step *step)
{
	if (step->records > 1)
		lint_say(r, FINDING_DMARC_SEVERAL_RECORDS,
		    "there are %zu DMARC records, so receivers use none of them: leave one",
		    step->records);
	if (step->malformed.len > 0)
		lint_say(r, FINDING_DMARC_MALFORMED,
		    "\"%s\" does not begin with the tag v=DMARC1 (in capitals, a semicolon behind "
		    "it), so receivers ignore it",
		    lint_show(r, step->malformed));
	else if (step->records == 0 && answer->count > 0)
		lint_say(r, FINDING_DMARC_MALFORMED,
		    "none of the TXT records begins with the tag v=DMARC1, so there is no DMARC "
		    "record");
	else if (step->records == 0)
		lint_say(r, FINDING_DMARC_MISSING,
		    "there is no TXT record, so there is no DMARC record");
}

enum verify_status lint_dmarc_record(
    struct span name, struct dns_view *view, struct arena *a, struct lint *out)
{
	const char *domain = arena_copy(a, name);
	struct lint_run r = {view, a, out, arena_printf(a, "_dmarc.%s", domain), false};
	const struct dns_answer *answer = lint_ask(&r, span_from(r.name), DNS_TXT);
	struct dmarc_step step = {.domain = domain};

	if (answer == NULL)
		return lint_status(&r);
	dmarc_step_read(answer, &step);
	say_number(&r, answer, &step);
	if (step.records == 1) {
		lint_text(&r, domain, &step);
		lint_own_policy(&r, domain, &step.record);
	}
	return lint_status(&r);
}

/* A message from the domain that nothing passes for. */
static enum verify_status check(struct span domain, struct dns_view *view, struct arena *a,
    struct dmarc_verdict *out, struct finding_list *findings)
{
	struct mail_mailbox author = {.local = SPAN("postmaster"), .domain = domain};
	struct mail_message message = {.from_list = {&author, 1}, .from_fields = 1};
	struct dmarc_input in = {&message, NULL, 0};

	return dmarc_check(&in, view, a, out, findings);
}

/* Findings about all the records that were met on the way. */
static void say_found(struct lint_run *r, const struct finding_list *findings)
{
	static const enum finding_id taken[] = {
	    FINDING_DMARC_SEVERAL_RECORDS, FINDING_DMARC_MALFORMED, FINDING_PSL_DIFFERS};

	for (size_t i = 0; i < findings->count; i++)
		for (size_t k = 0; k < ARRAY_SIZE(taken); k++)
			if (findings->items[i].id == taken[k])
				lint_say(r, taken[k], "%s", findings->items[i].text);
}

/* What could not be looked up on the way is asked for again, to be said by its name. */
static void say_failed(struct lint_run *r, const char *domain)
{
	struct dmarc_walk walk;

	if (dmarc_walk(domain, r->view, r->arena, &walk) == VERIFY_DONE && walk.failed)
		lint_ask(r, span_from(walk.failed_name), DNS_TXT);
}

static void lint_applied(struct lint_run *r, const char *domain, struct dmarc_verdict *v)
{
	const struct dns_answer *answer = dmarc_ask(r->view, span_from(v->policy_domain), r->arena);
	struct dmarc_step step = {.domain = v->policy_domain};

	if (answer == NULL)
		return;
	dmarc_step_read(answer, &step);
	r->name = arena_printf(r->arena, "_dmarc.%s", v->policy_domain);
	lint_text(r, v->policy_domain, &step);
	if (!v->has_policy)
		return;
	if (strcmp(domain, v->policy_domain) == 0)
		lint_own_policy(r, domain, &step.record);
	else
		lint_policy(r, domain, v->policy, step.record.testing);
	v->result = AUTH_PASS;
	v->reason = arena_printf(r->arena,
	    "the record at %s applies, and its policy for %s is %s%s", r->name, domain,
	    DMARC_POLICY_NAME[v->policy], step.record.testing ? ", as a test (t=y)" : "");
}

enum verify_status lint_dmarc(struct span name, struct dns_view *view, struct arena *a,
    struct lint *out, struct dmarc_verdict *policy)
{
	const char *domain = arena_copy(a, name);
	struct lint_run r = {view, a, out, arena_printf(a, "_dmarc.%s", domain), false};
	struct finding_list findings = {NULL, 0};

	if (check(name, view, a, policy, &findings) == VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	say_found(&r, &findings);
	if (policy->result == AUTH_TEMPERROR)
		say_failed(&r, domain);
	else if (policy->policy_domain != NULL)
		lint_applied(&r, domain, policy);
	else
		lint_say(&r, FINDING_DMARC_MISSING,
		    "%s: publish one at %s, at first \"v=DMARC1; p=none; rua=mailto:ADDRESS\"",
		    policy->reason, r.name);
	return lint_status(&r);
}
