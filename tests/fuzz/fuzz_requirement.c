/*
 * SPDX-License-Identifier: ISC
 *
 * Requirements and policy files. What is read reads again as it was written; what is refused says
 * where and leaves nothing; and judging by it says what policy.h promises, whatever it asks for.
 * The first octet says which of the two the rest is.
 */
#include <stdlib.h>
#include <string.h>

#include "mime/text.h"
#include "policy/gate.h"
#include "policy/requirement.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define INPUT_MAX 4096

static void must(int holds)
{
	if (!holds)
		abort();
}

static int same(const struct requirement *a, const struct requirement *b)
{
	if (a->name != b->name || a->op != b->op || a->number != b->number ||
	    a->value_count != b->value_count || strcmp(a->text, b->text) != 0)
		return 0;
	for (size_t i = 0; i < a->value_count; i++)
		if (strcmp(a->values[i], b->values[i]) != 0)
			return 0;
	return (a->detail == NULL) == (b->detail == NULL) &&
	       (a->detail == NULL || strcmp(a->detail, b->detail) == 0);
}

static int has_values(const struct requirement *r)
{
	int bare = r->op == REQUIREMENT_PRESENT || r->op == REQUIREMENT_ABSENT;
	int several = r->op == REQUIREMENT_IS || r->op == REQUIREMENT_IS_NOT;

	return bare ? r->value_count == 0 : r->value_count > 0 && (several || r->value_count == 1);
}

static void check_requirements(struct span text, struct arena *a)
{
	struct requirement_list list = {NULL, 0}, again = {NULL, 0};
	struct error err = {.text = ""};

	if (requirement_parse(text, a, &list, &err) < 0) {
		must(list.count == 0 && strncmp(err.text, "column ", 7) == 0);
		return;
	}
	must(list.count <= REQUIREMENTS_MAX);
	for (size_t i = 0; i < list.count; i++) {
		again.count = 0;
		must(requirement_parse(span_from(list.items[i].text), a, &again, &err) == 0);
		must(again.count == 1 && same(&list.items[i], &again.items[0]));
		must(has_values(&list.items[i]));
	}
}

static const char HEADER[] = "From: a@example.com\r\nSubject: =?utf-8?q?Caf=C3=A9?= x\r\n"
			     "List-Unsubscribe: <https://example.com/u>\r\n\r\n";
static const char EVIDENCE[] = ";; example.com. TXT NOERROR\n"
			       "example.com. 300 IN TXT \"v=spf1 mx ~all\"\n";

/* A message of which some is good, some bad, and some not known. */
static void fill(struct record_message *m, struct record_session *s, struct dkim_verdict *dkim)
{
	*s = (struct record_session){.id = "1", .kind = "mx"};
	*dkim = (struct dkim_verdict){
	    .result = AUTH_TEMPERROR, .domain = "example.com", .selector = "s"};
	*m = (struct record_message){.id = "2",
	    .session = s,
	    .from = "a@example.com",
	    .subject = "Caf\xc3\xa9 x",
	    .size = 1000};
	m->observed.has_client = true;
	m->observed.spf = (struct spf_verdict){
	    .result = AUTH_SOFTFAIL, .domain = "example.com", .mechanism = "~all", .reason = "why"};
	m->observed.spf_helo.reason = m->observed.dmarc.reason = dkim->reason = "why";
	m->observed.rdns = (struct rdns_verdict){.ip = "203.0.113.7", .reason = "why"};
	m->observed.dmarc.from_domain = "example.com";
	m->observed.dkim = dkim;
	m->observed.dkim_count = 1;
}

static void check_result(const struct policy_result *r)
{
	must(r->outcome < POLICY_OUTCOME_COUNT && r->expected != NULL && r->reason != NULL);
	must((r->remedy == NULL) == (r->outcome == POLICY_PASS) ||
	     r->outcome == POLICY_NOT_APPLICABLE);
	must(r->reply == NULL || r->outcome == POLICY_FAIL);
}

static void judge(const struct policy *p, struct arena *a)
{
	struct record_message message;
	struct record_session session;
	struct dkim_verdict dkim;
	struct mail_header header;
	const struct mime_content content = {.parts = NULL};
	struct policy_facts facts = {.message = &message,
	    .header = &header,
	    .content = &content,
	    .evidence = span_from(EVIDENCE)};
	bool *sections = arena_alloc(a, p->section_count);
	struct gate g = {.shortfall = NULL};
	size_t sum = 0;

	memset(sections, true, p->section_count);
	fill(&message, &session, &dkim);
	mail_header_parse(span_from(HEADER), a, &header);
	for (int v = POLICY_DEFAULT; v < POLICY_VIEWPOINT_COUNT; v++) {
		facts.viewpoint = (enum policy_viewpoint)v;
		gate_add(&g, p, sections, &facts, a);
		for (size_t i = 0; i < g.messages[v].result_count; i++)
			check_result(&g.messages[v].results[i]);
	}
	gate_finish(&g);
	for (int k = 0; k < POLICY_OUTCOME_COUNT; k++)
		sum += g.count[k];
	must(sum == POLICY_VIEWPOINT_COUNT * p->rule_count);
}

static void check_file(struct span text, struct arena *a, const struct conf_receivers *known)
{
	const struct policy_file file = {.name = "f", .text = text, .now_ms = 1795448235000};
	struct error err = {.text = ""};
	struct policy p;

	policy_init(&p);
	if (policy_add_file(&p, &file, known, &err) < 0)
		must(strncmp(err.text, "f:", 2) == 0);
	must(p.rule_count <= REQUIREMENTS_MAX && p.section_count >= 1);
	for (size_t i = 0; i < p.rule_count; i++)
		must(p.rules[i].section < p.section_count && p.rules[i].alternative_count > 0);
	if (err.text[0] == '\0')
		judge(&p, a);
	policy_clear(&p);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct conf_receivers known;
	struct arena *a;
	struct span text;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	if (known.count == 0) {
		mime_init();
		conf_receivers_builtin(&known);
	}
	a = arena_new();
	text = span_of(data + 1, size - 1);
	if (data[0] == 'r')
		check_requirements(text, a);
	else
		check_file(text, a, &known);
	arena_free(a);
	return 0;
}
