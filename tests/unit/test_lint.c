/*
 * SPDX-License-Identifier: ISC
 *
 * Which record is for which check, records at the wrong place, and the score.
 */
#include "verify/lint.h"

#include <string.h>

#include "lintcase.h"
#include "unit.h"

static const struct {
	const char *name;
	enum dns_type type;
	const char *text;
	enum lint_kind kind;
} kinds[] = {
    {"d.test", DNS_MX, "", LINT_MX},
    {"d.test", DNS_TXT, "v=spf1 -all", LINT_SPF},
    {"d.test", DNS_TXT, "V=SPF1", LINT_SPF},
    {"d.test", DNS_TXT, " v = spf1 -all", LINT_SPF},
    {"d.test", DNS_TXT, "\"v=spf1 -all\"", LINT_SPF},
    {"d.test", DNS_TXT, "\xe2\x80\x9cv=spf1 -all", LINT_SPF},
    {"d.test", DNS_TXT, "v=spf2.0", LINT_SPF},
    {"d.test", DNS_TXT, "spf2.0/pra", LINT_NONE},
    {"d.test", DNS_TXT, "v=sp", LINT_NONE},
    {"d.test", DNS_TXT, "", LINT_NONE},
    {"d.test", DNS_TXT, "hello", LINT_NONE},
    {"d.test", DNS_A, "", LINT_NONE},
    {"d.test", DNS_CNAME, "", LINT_NONE},
    {"*.d.test", DNS_TXT, "v=spf1 -all", LINT_SPF},
    {"_spf.d.test", DNS_TXT, "v=spf1 -all", LINT_SPF},
    {"_dmarc.d.test", DNS_TXT, "v=DMARC1; p=none", LINT_DMARC},
    {"_dmarc.d.test", DNS_TXT, "hello", LINT_DMARC},
    {"_dmarc.d.test", DNS_CNAME, "", LINT_DMARC},
    {"_dmarc.d.test", DNS_A, "", LINT_NONE},
    {"x_dmarc.d.test", DNS_TXT, "hello", LINT_NONE},
    {"a.test._report._dmarc.d.test", DNS_TXT, "v=DMARC1", LINT_REPORT},
    {"*._report._dmarc.d.test", DNS_TXT, "v=DMARC1", LINT_REPORT},
    {"*._report._dmarc.d.test", DNS_CNAME, "", LINT_NONE},
    {"d.test", DNS_TXT, "v=DMARC1; p=none", LINT_MISPLACED},
    {"s1._domainkey.d.test", DNS_TXT, "k=rsa; p=", LINT_DKIM},
    {"a.b._domainkey.d.test", DNS_TXT, "", LINT_DKIM},
    {"s1._domainkey.d.test", DNS_CNAME, "", LINT_DKIM},
    {"s1._domainkey.d.test", DNS_MX, "", LINT_MX},
    {"_domainkey.d.test", DNS_TXT, "o=-", LINT_NONE},
    {"_adsp._domainkey.d.test", DNS_TXT, "dkim=all", LINT_NONE},
    {"*._domainkey.d.test", DNS_TXT, "v=DKIM1; p=", LINT_NONE},
    {"s1.d.test", DNS_TXT, "v=DKIM1; p=", LINT_MISPLACED},
};

START_TEST(kind_of)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct span text = unit_guard(span_from(kinds[i].text));
		struct span name = unit_guard(span_from(kinds[i].name));
		enum lint_kind kind = lint_kind_of(name, kinds[i].type, text);

		ck_assert_msg(kind == kinds[i].kind, "%s \"%s\": %d", kinds[i].name, kinds[i].text,
		    (int)kind);
		unit_guard_free(text);
		unit_guard_free(name);
	}
}
END_TEST

static const struct {
	const char *row;
	enum lint_kind kind;
	const char *name, *zone, *ids, *part;
} rows[] = {
    {"DMARC at the domain", LINT_MISPLACED, "d.test", "d.test TXT \"v=DMARC1; p=none\"\n",
	"dmarc-malformed", "publish it at _dmarc.d.test"},
    {"a key at the domain", LINT_MISPLACED, "s1.d.test",
	"s1.d.test TXT \"v=DKIM1; p=\"\ns1.d.test TXT \"else\"\n", "dkim-key-malformed",
	"SELECTOR._domainkey.DOMAIN"},
    {"permission", LINT_REPORT, "a.test._report._dmarc.d.test",
	"a.test._report._dmarc.d.test TXT \"v=DMARC1;\"\n", "", NULL},
    {"no permission", LINT_REPORT, "a.test._report._dmarc.d.test",
	"a.test._report._dmarc.d.test TXT \"v=dmarc1\"\n", "dmarc-malformed", "allows no reports"},
    {"dispatch: SPF", LINT_SPF, "d.test", "d.test TXT \"v=spf1 ?all\"\n", "spf-no-all", NULL},
    {"dispatch: DKIM", LINT_DKIM, "a.b._domainkey.d.test", "a.b._domainkey.d.test TXT \"p=\"\n",
	"dkim-key-revoked", "a.b._domainkey.d.test"},
    {"dispatch: DMARC", LINT_DMARC, "_dmarc.d.test", "_dmarc.d.test TXT \"v=DMARC1; p=reject\"\n",
	"dmarc-no-reports", NULL},
    {"dispatch: MX", LINT_MX, "d.test", "d.test MX 1 x.test\n", "mx-invalid", NULL},
    {"dispatch: nothing", LINT_NONE, "d.test", "d.test MX 1 x.test\n", "", NULL},
};

START_TEST(records)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lint_case c;

		lint_case_run(&c, rows[i].kind, rows[i].name, rows[i].zone, NULL);
		lint_case_expect(&c, rows[i].row, rows[i].ids, rows[i].part);
		lint_case_clear(&c);
	}
}
END_TEST

static const struct {
	size_t errors, warnings, notes;
	unsigned score;
} scores[] = {
    {0, 0, 0, 100},
    {0, 0, 99, 100},
    {0, 1, 0, 90},
    {1, 0, 0, 70},
    {1, 2, 3, 50},
    {3, 1, 0, 0},
    {3, 0, 0, 10},
    {4, 0, 0, 0},
    {0, 10, 0, 0},
    {100, 100, 100, 0},
};

START_TEST(score)
{
	static struct lint_item items[300];

	for (size_t i = 0; i < ARRAY_SIZE(scores); i++) {
		struct lint l = {.items = items};

		for (size_t k = 0; k < scores[i].errors; k++)
			items[l.count++].id = FINDING_MX_INVALID;
		for (size_t k = 0; k < scores[i].warnings; k++)
			items[l.count++].id = FINDING_SPF_PTR;
		for (size_t k = 0; k < scores[i].notes; k++)
			items[l.count++].id = FINDING_OUTSIDE_ZONE;
		ck_assert_msg(lint_score(&l) == scores[i].score, "row %zu: %u", i, lint_score(&l));
		ck_assert_uint_eq(lint_count(&l, FINDING_ERROR), scores[i].errors);
		ck_assert_uint_eq(lint_count(&l, FINDING_INFO), scores[i].notes);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {kind_of, records, score, NULL};

	return unit_main("lint", tests);
}
