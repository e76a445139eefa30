/*
 * SPDX-License-Identifier: ISC
 *
 * Reading requirements: names, operators, values; and each mistake with its column.
 */
#include "policy/requirement.h"

#include <string.h>

#include "base/buffer.h"
#include "unit.h"

static const char *const OP[] = {
    [REQUIREMENT_PRESENT] = "present",
    [REQUIREMENT_ABSENT] = "absent",
    [REQUIREMENT_IS] = "is",
    [REQUIREMENT_IS_NOT] = "is-not",
    [REQUIREMENT_AT_LEAST] = "at-least",
    [REQUIREMENT_AT_MOST] = "at-most",
    [REQUIREMENT_HOLDS] = "holds",
    [REQUIREMENT_HOLDS_NOT] = "holds-not",
    [REQUIREMENT_MATCHES] = "matches",
    [REQUIREMENT_MATCHES_NOT] = "matches-not",
};
_Static_assert(ARRAY_SIZE(OP) == REQUIREMENT_OP_COUNT, "a word for each");

/* "NAME[.DETAIL] OP[ VALUE...][ #NUMBER]", several parted by "; ". */
static void dump(struct buffer *out, const struct requirement_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct requirement *r = &list->items[i];

		buffer_printf(out, "%s%s", i == 0 ? "" : "; ", REQUIREMENT_NAME[r->name]);
		if (r->detail != NULL)
			buffer_printf(out, ".%s", r->detail);
		buffer_printf(out, " %s", OP[r->op]);
		for (size_t k = 0; k < r->value_count; k++)
			buffer_printf(out, " <%s>", r->values[k]);
		if (r->op == REQUIREMENT_AT_LEAST || r->op == REQUIREMENT_AT_MOST)
			buffer_printf(out, " #%llu", (unsigned long long)r->number);
	}
}

static const struct row {
	const char *text;
	const char *out; /* or the error */
} GOOD[] = {
    {"", ""},
    {" \t\r\n ", ""},
    {"spf=pass", "spf is <pass>"},
    {"SPF=Pass", "spf is <pass>"},
    {"spf=pass|SoftFail", "spf is <pass> <softfail>"},
    {"spf_helo!=fail|permerror", "spf_helo is-not <fail> <permerror>"},
    {" dkim=pass\tdmarc=pass\n rdns=none ", "dkim is <pass>; dmarc is <pass>; rdns is <none>"},
    {"spf !spf_helo dkim dmarc !rdns",
	"spf present; spf_helo absent; dkim present; dmarc present; rdns absent"},
    {"tls", "tls present"},
    {"!tls", "tls absent"},
    {"tls>=1.2", "tls at-least <TLSv1.2> #12"},
    {"tls>=TLSv1.3", "tls at-least <TLSv1.3> #13"},
    {"tls<=tlsv1", "tls at-most <TLSv1> #10"},
    {"tls=1.0|implicit|NONE", "tls is <TLSv1> <implicit> <none>"},
    {"auth !auth auth=yes auth!=NO", "auth present; auth absent; auth is <yes>; auth is-not <no>"},
    {"user=a|\"b c\"", "user is <a> <b c>"},
    {"mechanism~scram", "mechanism holds <scram>"},
    {"findings<=warning", "findings at-most <warning> #2"},
    {"findings>=Error", "findings at-least <error> #3"},
    {"findings=none|info", "findings is <none> <info>"},
    {"findings<=none", "findings at-most <none> #0"},
    {"findings~dkim", "findings holds <dkim>"},
    {"subject~\"Welcome back\"", "subject holds <Welcome back>"},
    {"subject~\"a \\\"b\\\" \\\\ \\c\"", "subject holds <a \"b\" \\ \\c>"},
    {"subject!~x", "subject holds-not <x>"},
    {"subject=\"\"", "subject is <>"},
    {"subject=\"a|b\"|c", "subject is <a|b> <c>"},
    {"subject~\"a|b\"", "subject holds <a|b>"},
    {"subject~/^a(b|c)$/", "subject matches <^a(b|c)$>"},
    {"subject!~/a b/", "subject matches-not <a b>"},
    {"link~/https:\\/\\/x\\.example/", "link matches <https://x\\.example>"},
    {"link~https://shop.example/a?b=c#d", "link holds <https://shop.example/a?b=c#d>"},
    {"link~\"/reset\"", "link holds </reset>"},
    {"from=a@example.com to~@example.net", "from is <a@example.com>; to holds <@example.net>"},
    {"header.List-Unsubscribe", "header.List-Unsubscribe present"},
    {"HEADER.x-a.b_c=1", "header.x-a.b_c is <1>"},
    {"header.List-Unsubscribe-Post=List-Unsubscribe=One-Click",
	"header.List-Unsubscribe-Post is <List-Unsubscribe=One-Click>"},
    {"!header.Bcc", "header.Bcc absent"},
    {"size<=100K", "size at-most <100K> #102400"},
    {"size>=1", "size at-least <1> #1"},
    {"attachment", "attachment present"},
    {"attachment>=2", "attachment at-least <2> #2"},
    {"attachment~.pdf", "attachment holds <.pdf>"},
    {"opinion", "opinion present"},
    {"dkim.bits>=2048", "dkim.bits at-least <2048> #2048"},
    {"dmarc.record dmarc.aligned", "dmarc.record present; dmarc.aligned present"},
    {"dmarc.disposition!=reject|quarantine", "dmarc.disposition is-not <reject> <quarantine>"},
    {"one-click helo from.resolvable", "one-click present; helo present; from.resolvable present"},
    {"finding.bare-lf !finding.no-quit", "finding.bare-lf present; finding.no-quit absent"},
};

#define RESULTS  "none, neutral, pass, fail, softfail, policy, temperror or permerror"
#define SPF_FORM "of none, neutral, pass, fail, softfail, policy, temperror, permerror"

static const struct row BAD[] = {
    {"=pass", "column 1: expected a name, such as spf, dkim, tls or subject"},
    {"dkim=pass \"x\"", "column 11: expected a name, such as spf, dkim, tls or subject"},
    {"! spf", "column 2: expected a name, such as spf, dkim, tls or subject"},
    {"sfp=pass", "column 1: \"sfp\" is no name of a requirement; was spf meant?"},
    {"a dmark=pass", "column 1: \"a\" is no name of a requirement"},
    {"tls dmark=pass", "column 5: \"dmark\" is no name of a requirement; was dmarc"},
    {"nonsensical", "column 1: \"nonsensical\" is no name of a requirement: expected one of spf, "
		    "spf_helo, "},
    {"header", "column 1: expected header.FIELD, such as header.List-Unsubscribe"},
    {"header.", "column 1: expected header.FIELD, such as header.List-Unsubscribe"},
    {"finding", "column 1: expected finding.ID, such as finding.bare-lf"},
    {"finding.bare-fl", "column 1: \"bare-fl\" is no finding; was bare-lf"},
    {"!finding.zzzzzzzz", "column 2: \"zzzzzzzz\" is no finding: expected one of those that"},
    {"spf>=1", "column 4: spf takes spf=RESULT[|RESULT...] and spf!=RESULT, " SPF_FORM
	       "; and spf alone (a record)"},
    {"tls spf<=1", "column 8: spf takes spf=RESULT"},
    {"dkim~pass", "column 5: dkim takes dkim=RESULT"},
    {"size=100", "column 5: size takes size<=OCTETS and size>=OCTETS, with K, M, G or nothing"},
    {"size", "column 1: size takes size<=OCTETS"},
    {"subject>=3", "column 8: subject takes subject alone, subject=TEXT"},
    {"dkim.bits=2048", "column 10: dkim.bits takes dkim.bits>=NUMBER and dkim.bits<=NUMBER"},
    {"one-click=yes", "column 10: one-click takes nothing: one-click alone, and !one-click"},
    {"finding.bare-lf=1", "column 16: finding takes nothing: finding.ID alone"},
    {"user>=2", "column 5: user takes user alone"},
    {"!spf=pass", "column 1: \"!\" stands in front of a name alone; write spf!= or spf!~"},
    {"spf:pass", "column 4: expected =, !=, >=, <=, ~ or !~ behind spf, or a blank"},
    {"tls>1.2", "column 4: expected =, !=, >=, <=, ~ or !~ behind tls, or a blank"},
    {"spf=", "column 5: expected a value; spf takes spf=RESULT"},
    {"spf= pass", "column 5: expected a value; spf takes spf=RESULT"},
    {"spf=pass|", "column 10: expected a value; spf takes"},
    {"spf=|pass", "column 5: expected a value; spf takes"},
    {"spf==pass", "column 5: expected " RESULTS ", got \"=pass\""},
    {"spf=passs", "column 5: expected " RESULTS ", got \"passs\"; was pass meant?"},
    {"spf=pass|sotfail", "column 10: expected " RESULTS ", got \"sotfail\"; was softfail"},
    {"tls>=1.4", "column 6: expected 1.0, 1.1, 1.2 or 1.3, got \"1.4\""},
    {"tls>=none", "column 6: expected 1.0, 1.1, 1.2 or 1.3, got \"none\""},
    {"tls=1.4", "column 5: expected 1.0, 1.1, 1.2, 1.3, none, starttls or implicit, got \"1.4\""},
    {"auth=maybe", "column 6: expected yes or no, got \"maybe\""},
    {"findings<=warnings",
	"column 11: expected none, info, warning or error, got \"warnings\"; was "
	"warning meant?"},
    {"size<=big", "column 7: expected octets, with K, M, G or nothing behind, got \"big\""},
    {"size<=100k", "column 7: expected octets, with K, M, G or nothing behind, got \"100k\""},
    {"attachment>=many", "column 13: expected a number, got \"many\""},
    {"dkim.bits>=99999999999", "column 12: expected a number, got \"99999999999\""},
    {"dmarc.disposition=refuse", "column 19: expected none, quarantine or reject, got \"refuse\""},
    {"subject~\"Welcome", "column 9: the quote is not closed: expected another \""},
    {"subject~\"a\"b", "column 12: expected a blank behind the value"},
    {"subject~a\"b\"", "column 10: a quote begins a value or does not stand in it"},
    {"subject~a|b",
	"column 10: only = and != take several values; write subject~/A|B/, or the text "
	"in quotes"},
    {"subject~\"a\"|b", "column 12: only = and != take several values"},
    {"subject~\"\"", "column 9: expected a text, got nothing"},
    {"subject~/x",
	"column 9: the regular expression is not closed: expected another /; a text that "
	"begins with / stands in quotes"},
    {"link~/reset", "column 6: the regular expression is not closed"},
    {"subject~/a/i", "column 12: expected a blank behind the value"},
    {"subject~/(/", "column 9: the regular expression cannot be used: "},
    {"subject~/(a)\\1/", "column 9: the regular expression cannot be used: back-references"},
    {"subject~//", "column 9: expected a text, got nothing"},
    {"subject~\"a\tb\"", "column 9: the value has a control character in it"},
};

static void parse(const struct row *row, bool good)
{
	struct span text = unit_guard(span_from(row->text));
	struct arena *a = arena_new();
	struct requirement_list list = {NULL, 0};
	struct buffer out = BUFFER_INIT;
	struct error err = {.text = ""};
	int failed = requirement_parse(text, a, &list, &err);

	ck_assert_msg((failed == 0) == good, "%s: %s", row->text, good ? err.text : "was taken");
	if (good) {
		dump(&out, &list);
		unit_span_eq(row->text, buffer_span(&out), row->out);
	} else {
		ck_assert_msg(strncmp(err.text, row->out, strlen(row->out)) == 0,
		    "%s: got \"%s\", expected \"%s\"", row->text, err.text, row->out);
		ck_assert_uint_eq(list.count, 0);
	}
	buffer_clear(&out);
	arena_free(a);
	unit_guard_free(text);
}

START_TEST(reads)
{
	for (size_t i = 0; i < ARRAY_SIZE(GOOD); i++)
		parse(&GOOD[i], true);
}
END_TEST

START_TEST(refuses)
{
	for (size_t i = 0; i < ARRAY_SIZE(BAD); i++)
		parse(&BAD[i], false);
}
END_TEST

/* Appends, keeps each as it was written, and forgets what came before a mistake. */
START_TEST(appends)
{
	struct arena *a = arena_new();
	struct requirement_list list = {NULL, 0};
	struct error err;

	ck_assert_int_eq(requirement_parse(SPAN("tls>=1.2 spf=pass"), a, &list, &err), 0);
	ck_assert_int_eq(requirement_parse(SPAN("dkim=pass"), a, &list, &err), 0);
	ck_assert_int_eq(requirement_parse(SPAN("auth nonsense"), a, &list, &err), -1);
	ck_assert_int_eq(requirement_parse(SPAN("auth"), a, &list, &err), 0);
	ck_assert_uint_eq(list.count, 4);
	ck_assert_str_eq(list.items[0].text, "tls>=1.2");
	ck_assert_str_eq(list.items[2].text, "dkim=pass");
	ck_assert_str_eq(list.items[3].text, "auth");
	arena_free(a);
}
END_TEST

START_TEST(bounds)
{
	struct arena *a = arena_new();
	struct requirement_list list = {NULL, 0};
	struct buffer text = BUFFER_INIT;
	struct error err;

	for (int i = 0; i < REQUIREMENTS_MAX; i++)
		buffer_add_string(&text, "auth ");
	ck_assert_int_eq(requirement_parse(buffer_span(&text), a, &list, &err), 0);
	ck_assert_uint_eq(list.count, REQUIREMENTS_MAX);
	ck_assert_int_eq(requirement_parse(SPAN("tls"), a, &list, &err), -1);
	ck_assert_str_eq(err.text, "column 1: there are more than 1000 requirements");
	ck_assert_int_eq(requirement_parse(span_of("subject~\"a\0b\"", 13), a,
			     &(struct requirement_list){0}, &err),
	    -1);
	buffer_clear(&text);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {reads, refuses, appends, bounds, NULL};

	return unit_main("requirement", tests);
}
