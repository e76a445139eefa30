/*
 * SPDX-License-Identifier: ISC
 *
 * What comes of a rule's lists and alternatives, of its condition, reply and remedy; and of a gate.
 */
#include <string.h>

#include "judgecase.h"
#include "mime/text.h"
#include "policy/gate.h"
#include "unit.h"

#define MAX 4

/* A rule put together by hand. */
struct rule {
	struct arena *arena;
	struct requirement_list alternatives[MAX];
	struct policy_rule rule;
};

static void parse(struct arena *a, const char *text, struct requirement_list *out)
{
	struct error err;

	ck_assert_msg(
	    requirement_parse(span_from(text), a, out, &err) == 0, "%s: %s", text, err.text);
}

static void rule_init(struct rule *r, const char *const *any, const char *when)
{
	*r = (struct rule){.arena = arena_new()};
	r->rule = (struct policy_rule){
	    .name = "row", .source = "profile test", .alternatives = r->alternatives};
	for (size_t i = 0; i < MAX && any[i] != NULL; i++)
		parse(r->arena, any[i], &r->alternatives[r->rule.alternative_count++]);
	if (when != NULL)
		parse(r->arena, when, &r->rule.when);
}

/* Unjudged: from.resolvable. Not applicable: spf. Failing: tls=none. Passing: tls. */
static void change(struct world *w)
{
	world_staging(w);
	w->evidence = ";; example.com. A SERVFAIL\n";
}

#define PASS     "tls"
#define FAIL     "tls=none"
#define UNJUDGED "from.resolvable"
#define NONE     "spf=pass"

static const struct {
	const char *any[MAX];
	const char *when;
	enum policy_outcome outcome;
} OUTCOMES[] = {
    /* lists */
    {{PASS " " PASS}, NULL, POLICY_PASS},
    {{PASS " " FAIL}, NULL, POLICY_FAIL},
    {{UNJUDGED " " FAIL}, NULL, POLICY_FAIL},
    {{UNJUDGED " " PASS}, NULL, POLICY_UNJUDGED},
    {{UNJUDGED " " NONE}, NULL, POLICY_UNJUDGED},
    {{NONE " " PASS}, NULL, POLICY_PASS},
    {{NONE " " FAIL}, NULL, POLICY_FAIL},
    {{NONE " " NONE}, NULL, POLICY_NOT_APPLICABLE},
    /* alternatives */
    {{FAIL, PASS}, NULL, POLICY_PASS},
    {{UNJUDGED, PASS}, NULL, POLICY_PASS},
    {{FAIL, FAIL}, NULL, POLICY_FAIL},
    {{FAIL, UNJUDGED}, NULL, POLICY_UNJUDGED},
    {{FAIL, UNJUDGED " " FAIL}, NULL, POLICY_FAIL},
    {{NONE, FAIL}, NULL, POLICY_FAIL},
    {{NONE, UNJUDGED}, NULL, POLICY_UNJUDGED},
    {{NONE, NONE}, NULL, POLICY_NOT_APPLICABLE},
    {{NONE, PASS}, NULL, POLICY_PASS},
    /* conditions */
    {{PASS}, PASS, POLICY_PASS},
    {{FAIL}, PASS, POLICY_FAIL},
    {{FAIL}, FAIL, POLICY_NOT_APPLICABLE},
    {{PASS}, UNJUDGED, POLICY_UNJUDGED},
    {{PASS}, NONE, POLICY_NOT_APPLICABLE},
    {{PASS}, PASS " " FAIL, POLICY_NOT_APPLICABLE},
};

START_TEST(outcomes)
{
	for (size_t i = 0; i < ARRAY_SIZE(OUTCOMES); i++) {
		struct arena *a = arena_new();
		struct policy_result result;
		struct world w;
		struct rule r;

		world_init(&w);
		change(&w);
		rule_init(&r, OUTCOMES[i].any, OUTCOMES[i].when);
		r.rule.reply = "550 5.7.1 No";
		policy_judge(&r.rule, world_facts(&w), a, &result);
		ck_assert_msg(result.outcome == OUTCOMES[i].outcome,
		    "%s | %s when %s: got %s, expected %s", OUTCOMES[i].any[0],
		    OUTCOMES[i].any[1] == NULL ? "" : OUTCOMES[i].any[1],
		    OUTCOMES[i].when == NULL ? "" : OUTCOMES[i].when,
		    POLICY_OUTCOME_NAME[result.outcome], POLICY_OUTCOME_NAME[OUTCOMES[i].outcome]);
		ck_assert_int_eq(result.reply != NULL, result.outcome == POLICY_FAIL);
		ck_assert_ptr_nonnull(result.reason);
		arena_free(r.arena);
		world_clear(&w);
		arena_free(a);
	}
}
END_TEST

static void check(const char *what, const char *got, const char *expected)
{
	ck_assert_msg(got != NULL && strcmp(got, expected) == 0, "%s: got \"%s\", expected \"%s\"",
	    what, got == NULL ? "(null)" : got, expected);
}

/* All that made it fail is said, each once; the receiver's words around it. */
START_TEST(several)
{
	static const char *const any[] = {"spf=pass", "dkim=pass dkim.bits>=1024", NULL};
	struct arena *a = arena_new();
	struct policy_result result;
	struct world w;
	struct rule r;

	world_init(&w);
	w.message.observed.spf.result = AUTH_SOFTFAIL;
	w.message.observed.spf.mechanism = "-all";
	w.message.observed.dkim_count = 0;
	rule_init(&r, any, NULL);
	r.rule.receiver = "Gmail";
	r.rule.reply = "550-5.7.26 Unauthenticated";
	r.rule.remedy = "Authenticate";
	policy_judge(&r.rule, world_facts(&w), a, &result);
	ck_assert_int_eq(result.outcome, POLICY_FAIL);
	check("expected", result.expected, "spf=pass or dkim=pass dkim.bits>=1024");
	check("got", result.got, "spf: softfail; dkim: none; dkim.bits: no signature that passes");
	check("reason", result.reason,
	    "203.0.113.7 matches; the message has no DKIM-Signature field");
	check("reply", result.reply, "Gmail: 550-5.7.26 Unauthenticated");
	check("remedy", result.remedy,
	    "Authenticate. Here: add ip4:203.0.113.7 to the SPF record of bounce.example.com: "
	    "v=spf1 ip4:203.0.113.7 -all -> v=spf1 ip4:203.0.113.7 ip4:203.0.113.7 -all; or sign "
	    "with d=example.com and a key of 2048 bits, and publish its public half at "
	    "SELECTOR._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=...\"");
	check("evidence", result.evidence,
	    "bounce.example.com TXT \"v=spf1 ip4:203.0.113.7 -all\" (-all)");
	arena_free(r.arena);
	world_clear(&w);
	arena_free(a);
}
END_TEST

/* Of several alternatives the first that passes is what is said. */
START_TEST(passing)
{
	static const char *const any[] = {"tls=none", "dkim=pass header.Subject~caf", "auth", NULL};
	struct arena *a = arena_new();
	struct policy_result result;
	struct world w;
	struct rule r;

	world_init(&w);
	rule_init(&r, any, NULL);
	r.rule.receiver = "Gmail";
	r.rule.remedy = "Do something.";
	policy_judge(&r.rule, world_facts(&w), a, &result);
	ck_assert_int_eq(result.outcome, POLICY_PASS);
	ck_assert_ptr_null(result.remedy);
	ck_assert_ptr_null(result.reply);
	check("got", result.got,
	    "dkim: pass (d=example.com, s=app); header.Subject: \"Welcome to the Caf\xc3\xa9\"");
	arena_free(r.arena);
	world_clear(&w);
	arena_free(a);
}
END_TEST

START_TEST(viewpoints)
{
	static const struct verify_route route = {.name = "provider"};
	struct world w;

	world_init(&w);
	ck_assert_int_eq(policy_viewpoint(world_facts(&w)), POLICY_OBSERVED);
	w.message.route = &route;
	ck_assert_int_eq(policy_viewpoint(world_facts(&w)), POLICY_PREDICTED);
	w.facts.viewpoint = POLICY_OBSERVED;
	ck_assert_int_eq(policy_viewpoint(world_facts(&w)), POLICY_OBSERVED);
	w.facts.viewpoint = POLICY_DELIVERED;
	ck_assert_int_eq(policy_viewpoint(world_facts(&w)), POLICY_DELIVERED);
	world_clear(&w);
}
END_TEST

/* Rules "tls", "!auth", "dkim=pass", which a message without a login passes. */
static const struct {
	const char *require;
	bool sections[2];
	enum gate_outcome outcome;
	size_t results;
	size_t count[POLICY_OUTCOME_COUNT];
} GATES[] = {
    {"tls dkim=pass", {true, false}, GATE_PASS, 2, {2, 0, 0, 0}},
    {"tls !auth", {true, false}, GATE_FAIL, 2, {1, 1, 0, 0}},
    {"tls from.resolvable", {true, false}, GATE_FAIL, 2, {1, 0, 1, 0}},
    {"tls spf=pass", {true, false}, GATE_PASS, 2, {1, 0, 0, 1}},
    {"spf=pass", {true, false}, GATE_FAIL, 1, {0, 0, 0, 1}},
    {"tls", {true, true}, GATE_FAIL, 2, {1, 1, 0, 0}},
    {"tls", {false, false}, GATE_FAIL, 0, {0, 0, 0, 0}},
};

START_TEST(gates)
{
	const struct policy_file file = {.name = "f", .text = SPAN("[to:a]\n!tls\n")};
	const struct conf_receivers none = {.count = 0};
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(GATES); i++) {
		struct arena *a = arena_new();
		struct gate g = {.shortfall = NULL};
		struct policy p;
		struct world w;

		world_init(&w);
		change(&w);
		policy_init(&p);
		ck_assert_int_eq(
		    policy_add_requirements(&p, span_from(GATES[i].require), "--require", &err), 0);
		ck_assert_int_eq(policy_add_file(&p, &file, &none, &err), 0);
		gate_add(&g, &p, GATES[i].sections, world_facts(&w), a);
		gate_finish(&g);
		ck_assert_msg(g.outcome == GATES[i].outcome, "%s: %s", GATES[i].require,
		    GATE_OUTCOME_NAME[g.outcome]);
		ck_assert_uint_eq(g.message_count, 1);
		ck_assert_ptr_eq(g.messages[0].message, &w.message);
		ck_assert_int_eq(g.messages[0].viewpoint, POLICY_OBSERVED);
		ck_assert_uint_eq(g.messages[0].result_count, GATES[i].results);
		for (int k = 0; k < POLICY_OUTCOME_COUNT; k++)
			ck_assert_uint_eq(g.count[k], GATES[i].count[k]);
		gate_add(&g, &p, GATES[i].sections, world_facts(&w), a);
		gate_add(&g, &p, GATES[i].sections, world_facts(&w), a);
		ck_assert_uint_eq(g.message_count, 3);
		g.shortfall = "too few";
		gate_finish(&g);
		ck_assert_int_eq(g.outcome, GATE_TIMEOUT);
		policy_clear(&p);
		world_clear(&w);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {outcomes, several, passing, viewpoints, gates, NULL};

	mime_init();
	return unit_main("judge", tests);
}
