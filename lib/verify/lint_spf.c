/*
 * SPDX-License-Identifier: ISC
 *
 * An SPF record without a client (RFC 7208): what it costs when every term is tried, over include
 * and redirect, and what in it is an error, a danger, or of no effect. Macros that depend on the
 * mail are counted and not followed.
 */
#include "base/buffer.h"
#include "dns/name.h"
#include "verify/lint_spf.h"

#include <string.h>

/* Records on one path; more cannot be paid for with ten lookups. */
#define DEPTH_MAX 12
/* Macros that stand for more than the domain. */
#define MACROS_OF_MAIL "slohipvrct"
/* Names and terms that one sentence lists. */
#define LISTED_MAX 8

static const char *where(struct spf_lint *s, const struct spf_level *at)
{
	if (at->above == NULL)
		return "";
	return arena_printf(s->run.arena, " in the record of %s", lint_show(&s->run, at->domain));
}

static const char *show_term(struct spf_lint *s, const struct spf_term *t)
{
	return lint_show(&s->run, t->text);
}

static const struct dns_answer *ask(struct spf_lint *s, struct span name, enum dns_type type)
{
	return lint_known(&s->run, name, type, spf_ask(&s->spf, name, type));
}

static void read_domain(struct spf_lint *s, struct spf_level *at);

/* A finding about the record itself is not repeated for those that it includes. */
static bool is_own(const struct spf_level *at)
{
	return at->above == NULL;
}

static bool count(struct spf_lint *s)
{
	if (s->facts->lookups >= LINT_SPF_COUNT_MAX)
		return false;
	s->facts->lookups++;
	return true;
}

/* The name that the term asks for; false when it depends on the mail. */
static bool find_target(
    struct spf_lint *s, const struct spf_level *at, const struct spf_term *t, struct span *name)
{
	struct spf_target target;

	if (spf_macro_uses(t->domain, MACROS_OF_MAIL))
		return false;
	/* A wildcard's own name is not one that its record is ever found at. */
	if (span_starts(at->domain, SPAN("*.")) && spf_macro_uses(t->domain, "d"))
		return false;
	spf_expand(&s->spf, t->domain, at->domain, &target);
	*name = arena_span(s->run.arena, span_of(target.name, target.len));
	return true;
}

static void add_void(
    struct spf_lint *s, const struct spf_level *at, const struct spf_term *t, struct span name)
{
	if (s->facts->void_lookups++ < LISTED_MAX)
		buffer_printf(&s->voids, "%s%s (\"%s\"%s)", s->voids.len == 0 ? "" : ", ",
		    lint_show(&s->run, name), show_term(s, t), where(s, at));
}

static bool passes(const struct spf_level *at, const struct spf_term *t)
{
	return at->passes && t->result == AUTH_PASS;
}

static void cover_addresses(struct spf_lint *s, const struct spf_level *at,
    const struct spf_term *t, const struct dns_answer *answer)
{
	for (size_t i = 0; passes(at, t) && i < answer->count; i++) {
		struct ip ip = answer->records[i].ip;
		struct ip_prefix network = {ip, ip.family == IP_V6 ? t->bits6 : t->bits4};

		spf_cover(s, &network, show_term(s, t), where(s, at));
	}
}

/* How many addresses a host has in both families; -1 when that is not known. */
static int look_at_host(
    struct spf_lint *s, const struct spf_level *at, const struct spf_term *t, struct span name)
{
	const struct dns_answer *v4 = ask(s, name, DNS_A), *v6 = ask(s, name, DNS_AAAA);

	if (v4 != NULL)
		cover_addresses(s, at, t, v4);
	if (v6 != NULL)
		cover_addresses(s, at, t, v6);
	return v4 == NULL || v6 == NULL ? -1 : (int)(v4->count + v6->count);
}

static void take_all(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	at->has_all = true;
	at->all = *t;
	if (passes(at, t))
		lint_say(&s->run, FINDING_SPF_PLUS_ALL,
		    "\"+all\"%s lets every address of the internet pass: end the record in "
		    "\"-all\" or \"~all\"",
		    where(s, at));
	else if (at->last && t->result == AUTH_NEUTRAL)
		lint_say(&s->run, FINDING_SPF_NO_ALL,
		    "\"?all\"%s leaves everybody who is not named neutral: end the record in "
		    "\"-all\" or \"~all\"",
		    where(s, at));
}

/* Whether the name is at this level or one above it, so that the walk would never end. */
static bool leads_back(const struct spf_level *at, struct span name)
{
	for (; at != NULL; at = at->above)
		if (span_equal_nocase(at->domain, name))
			return true;
	return false;
}

static void follow(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	bool redirect = t->kind == SPF_TERM_REDIRECT;
	struct spf_level below = {.above = at,
	    .by = t,
	    .depth = at->depth + 1,
	    .passes = redirect ? at->passes : passes(at, t),
	    .last = redirect && at->last};

	if (!count(s) || below.depth >= DEPTH_MAX || !find_target(s, at, t, &below.domain))
		return;
	if (!leads_back(at, below.domain)) {
		read_domain(s, &below);
		return;
	}
	if (!s->looped)
		lint_say(&s->run, FINDING_SPF_LOOKUP_LIMIT,
		    "\"%s\"%s leads back to %s, so checks go round until the %d lookups are used "
		    "up and end in permerror: take it out",
		    show_term(s, t), where(s, at), lint_show(&s->run, below.domain),
		    SPF_LOOKUPS_MAX);
	s->looped = true;
}

static void take_a(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	struct span name;

	if (count(s) && find_target(s, at, t, &name) && look_at_host(s, at, t, name) == 0)
		add_void(s, at, t, name);
}

static void take_mx(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	const struct dns_answer *mx;
	struct span name;
	int known = 0, found = 0;

	if (!count(s) || !find_target(s, at, t, &name))
		return;
	mx = ask(s, name, DNS_MX);
	if (mx == NULL)
		return;
	if (mx->count > SPF_MX_MAX) {
		lint_say(&s->run, FINDING_SPF_LOOKUP_LIMIT,
		    "\"%s\"%s finds %zu MX records at %s, and mx may look at %d, so checks end in "
		    "permerror: name the hosts by ip4 and ip6",
		    show_term(s, t), where(s, at), mx->count, lint_show(&s->run, name), SPF_MX_MAX);
		return;
	}
	for (size_t i = 0; i < mx->count; i++) {
		struct span host = span_from(mx->records[i].name);
		int n = host.len == 0 ? 0 : look_at_host(s, at, t, host);

		known += n >= 0;
		found += n > 0;
	}
	if (found == 0 && (size_t)known == mx->count)
		add_void(s, at, t, name);
}

static void take_ptr(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	count(s);
	if (is_own(at))
		lint_say(&s->run, FINDING_SPF_PTR,
		    "\"%s\" is slow and unreliable, and several receivers skip it (RFC 7208 5.5): "
		    "name the senders by ip4, ip6, a or mx",
		    show_term(s, t));
}

static void take_network(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	if (passes(at, t))
		spf_cover(s, &t->network, show_term(s, t), where(s, at));
}

static void take_exists(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	const struct dns_answer *answer;
	struct span name;

	if (!count(s) || !find_target(s, at, t, &name))
		return;
	answer = ask(s, name, DNS_A);
	if (answer == NULL)
		return;
	if (answer->count == 0)
		add_void(s, at, t, name);
	else if (passes(at, t))
		lint_say(&s->run, FINDING_SPF_PLUS_ALL,
		    "\"%s\"%s lets every address of the internet pass, since %s exists whoever the "
		    "client is: use a macro such as %%{i} in it, or take it out",
		    show_term(s, t), where(s, at), lint_show(&s->run, name));
}

static void take_nothing(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	(void)s;
	(void)at;
	(void)t;
}

static void take_unknown(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	if (is_own(at) && at->unknown++ < LISTED_MAX)
		lint_say(&s->run, FINDING_SPF_TERM_IGNORED,
		    "\"%s\" is a modifier that nobody defined, so it has no effect: take it out",
		    show_term(s, t));
}

static void (*const TAKE[])(struct spf_lint *s, struct spf_level *at, const struct spf_term *t) = {
    [SPF_TERM_ALL] = take_all,
    [SPF_TERM_INCLUDE] = follow,
    [SPF_TERM_A] = take_a,
    [SPF_TERM_MX] = take_mx,
    [SPF_TERM_PTR] = take_ptr,
    [SPF_TERM_IP4] = take_network,
    [SPF_TERM_IP6] = take_network,
    [SPF_TERM_EXISTS] = take_exists,
    [SPF_TERM_REDIRECT] = take_nothing,
    [SPF_TERM_EXP] = take_nothing,
    [SPF_TERM_UNKNOWN] = take_unknown,
};
_Static_assert(ARRAY_SIZE(TAKE) == SPF_TERM_KIND_COUNT, "one for each kind of term");

/* What the terms of the record itself cost, where it is more than one lookup. */
static void add_cost(
    struct spf_lint *s, const struct spf_level *at, const struct spf_term *t, unsigned before)
{
	unsigned cost = s->facts->lookups - before;

	if (is_own(at) && cost > 1 && s->costly++ < LISTED_MAX)
		buffer_printf(&s->costs, "%s\"%s\" takes %u", s->costs.len == 0 ? "" : ", ",
		    show_term(s, t), cost);
}

static void take_term(struct spf_lint *s, struct spf_level *at, const struct spf_term *t)
{
	unsigned before = s->facts->lookups;

	if (at->has_all && t->kind <= SPF_TERM_EXISTS) {
		if (is_own(at) && at->unreached++ == 0)
			lint_say(&s->run, FINDING_SPF_TERM_IGNORED,
			    "\"%s\" stands behind \"%s\" and is never reached: put it before that, "
			    "or take it out",
			    show_term(s, t), show_term(s, &at->all));
		return;
	}
	TAKE[t->kind](s, at, t);
	add_cost(s, at, t, before);
}

static void end_record(struct spf_lint *s, struct spf_level *at, const struct spf_record *record)
{
	unsigned before = s->facts->lookups;

	if (record->has_redirect && at->has_all) {
		if (is_own(at))
			lint_say(&s->run, FINDING_SPF_TERM_IGNORED,
			    "\"%s\" is never followed, since the record has \"%s\" (RFC 7208 6.1): "
			    "take one of them out",
			    show_term(s, &record->redirect), show_term(s, &at->all));
	} else if (record->has_redirect) {
		follow(s, at, &record->redirect);
		add_cost(s, at, &record->redirect, before);
	} else if (!at->has_all && at->last) {
		lint_say(&s->run, FINDING_SPF_NO_ALL,
		    "the record%s ends without \"all\", so everybody who is not named is neutral: "
		    "end it in \"-all\" or \"~all\"",
		    is_own(at)
			? ""
			: arena_printf(s->run.arena, " of %s", lint_show(&s->run, at->domain)));
	}
}

/* The explanation has no say in the result: what is wrong with it is that nobody sees it. */
static void lint_exp(struct spf_lint *s, const struct spf_level *at, const struct spf_term *t)
{
	const struct dns_answer *txt;
	struct error err;
	struct span name;

	if (!find_target(s, at, t, &name))
		return;
	txt = ask(s, name, DNS_TXT);
	if (txt == NULL)
		return;
	if (txt->count != 1)
		lint_say(&s->run, FINDING_SPF_TERM_IGNORED,
		    "\"%s\" has no effect, since %s has %zu TXT records where it needs one",
		    show_term(s, t), lint_show(&s->run, name), txt->count);
	else if (spf_macro_check(
		     txt->records[0].text, SPF_MACRO_TEXT | SPF_MACRO_BLANKS, NULL, &err) < 0)
		lint_say(&s->run, FINDING_SPF_TERM_IGNORED,
		    "\"%s\" has no effect, since the text at %s is no explanation: %s",
		    show_term(s, t), lint_show(&s->run, name), err.text);
}

static void read_record(struct spf_lint *s, struct spf_level *at, const struct spf_record *record)
{
	struct span rest = record->terms;
	struct spf_term t;

	while (spf_record_next(&rest, &t))
		take_term(s, at, &t);
	end_record(s, at, record);
	if (is_own(at) && record->has_exp)
		lint_exp(s, at, &record->exp);
}

/* Says why the record that the term leads to is of no use. */
static void say_invalid(struct spf_lint *s, const struct spf_level *at, const char *why)
{
	lint_say(&s->run, FINDING_SPF_INCLUDE_INVALID,
	    "\"%s\"%s leads to %s, %s, so checks end in permerror: mend that, or take the term out",
	    show_term(s, at->by), where(s, at->above),
	    at->domain.len == 0 ? "no name" : lint_show(&s->run, at->domain), why);
}

static void say_meant(struct spf_lint *s, const struct dns_answer *txt)
{
	for (size_t i = 0; i < txt->count; i++) {
		struct span text = txt->records[i].text;

		if (spf_record_is(text) || !lint_meant(text, "v=spf"))
			continue;
		s->meant = true;
		lint_say(&s->run, FINDING_SPF_SYNTAX,
		    "\"%s\" does not begin with \"v=spf1\" and a blank, so receivers do not take "
		    "it for an SPF record",
		    lint_show(&s->run, text));
	}
}

static void say_none(struct spf_lint *s, const struct spf_level *at, const struct dns_answer *txt)
{
	if (!is_own(at))
		say_invalid(s, at,
		    txt->status == DNS_NXDOMAIN ? "which does not exist"
						: "which has no SPF record");
	else if (!s->meant)
		lint_say(&s->run, FINDING_SPF_MISSING,
		    "%s has no SPF record: publish one that names who sends for it, or \"v=spf1 "
		    "-all\" when nobody does",
		    s->run.name);
}

static void say_several(struct spf_lint *s, const struct spf_level *at, size_t n)
{
	if (is_own(at))
		lint_say(&s->run, FINDING_SPF_SEVERAL_RECORDS,
		    "there are %zu SPF records, so every check ends in permerror: join them into "
		    "one",
		    n);
	else
		say_invalid(s, at,
		    arena_printf(s->run.arena, "which has %zu SPF records instead of one", n));
}

static void say_syntax(struct spf_lint *s, const struct spf_level *at, const struct error *err)
{
	if (is_own(at))
		lint_say(
		    &s->run, FINDING_SPF_SYNTAX, "%s; every check ends in permerror", err->text);
	else
		say_invalid(s, at,
		    arena_printf(s->run.arena, "whose SPF record is malformed (%s)", err->text));
}

static void read_domain(struct spf_lint *s, struct spf_level *at)
{
	const struct dns_answer *txt = ask(s, at->domain, DNS_TXT);
	struct spf_record record;
	struct span text = {NULL, 0};
	struct error err;
	size_t n;

	if (txt == NULL)
		return;
	n = spf_records(txt, &text);
	if (is_own(at))
		say_meant(s, txt);
	if (is_own(at) && n == 1)
		s->facts->record = arena_copy(s->run.arena, text);
	if (n == 0) {
		say_none(s, at, txt);
	} else if (n > 1) {
		say_several(s, at, n);
	} else if (spf_record_parse(text, &record, &err) < 0) {
		say_syntax(s, at, &err);
	} else {
		s->facts->valid = s->facts->valid || is_own(at);
		read_record(s, at, &record);
	}
}

static void say_lookups(struct spf_lint *s)
{
	unsigned n = s->facts->lookups;

	if (s->looped || n <= SPF_LOOKUPS_MAX)
		return;
	lint_say(&s->run, FINDING_SPF_LOOKUP_LIMIT,
	    "the record needs %u%s DNS lookups and %d are allowed, so checks end in permerror%s%s: "
	    "take out what is not needed, or name addresses by ip4 and ip6",
	    n, n == LINT_SPF_COUNT_MAX ? " or more" : "", SPF_LOOKUPS_MAX,
	    s->costs.len == 0 ? "" : "; of them ", s->costs.len == 0 ? "" : s->costs.data);
}

static void say_voids(struct spf_lint *s)
{
	unsigned n = s->facts->void_lookups;
	const char *more = n > LISTED_MAX ? " and more" : "";

	if (n > SPF_VOIDS_MAX)
		lint_say(&s->run, FINDING_SPF_VOID_LOOKUPS,
		    "%u terms ask for what is not there and %d may, so checks end in permerror: "
		    "%s%s; take these out",
		    n, SPF_VOIDS_MAX, s->voids.data, more);
	else if (n > 0)
		lint_say(&s->run, FINDING_SPF_TERM_IGNORED,
		    "nothing is there for %s, so it matches nobody and counts as void (%d are "
		    "allowed): take it out",
		    s->voids.data, SPF_VOIDS_MAX);
}

enum verify_status lint_spf(struct span name, struct dns_view *view, struct arena *a,
    struct lint *out, struct lint_spf *facts)
{
	struct spf_lint s = {
	    .run = {view, a, out, arena_copy(a, name), false},
	    .spf = {.view = view, .arena = a},
	    .facts = facts,
	};
	struct spf_level top = {.domain = name, .passes = true, .last = true};

	*facts = (struct lint_spf){.record = NULL};
	read_domain(&s, &top);
	if (s.looped && facts->lookups <= SPF_LOOKUPS_MAX)
		facts->lookups = SPF_LOOKUPS_MAX + 1;
	say_lookups(&s);
	say_voids(&s);
	buffer_clear(&s.costs);
	buffer_clear(&s.voids);
	return lint_status(&s.run);
}
