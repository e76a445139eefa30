/*
 * SPDX-License-Identifier: ISC
 *
 * The findings about DMARC records, which come with the judgement.
 */
#include <string.h>

#include "dmarccase.h"
#include "unit.h"

#define COM R("example.com", "p=reject")

static const struct {
	const char *name, *header, *records;
	enum finding_id id;
	const char *text; /* NULL: not found */
} rows[] = {
    {"a good record", FROM("a@example.com"), COM, FINDING_DMARC_SEVERAL_RECORDS, NULL},
    {"two records", FROM("a@example.com"), COM COM, FINDING_DMARC_SEVERAL_RECORDS,
	"There is more than one DMARC record at _dmarc.example.com, so receivers use none of them; "
	"leave one."},
    {"two records at the parent", FROM("a@s.example.com"), COM COM, FINDING_DMARC_SEVERAL_RECORDS,
	"There is more than one DMARC record at _dmarc.example.com, so receivers use none of them; "
	"leave one."},
    {"two records at two names", FROM("a@s.example.com"),
	COM COM R("s.example.com", "p=none") R("s.example.com", "p=none"),
	FINDING_DMARC_SEVERAL_RECORDS,
	"There is more than one DMARC record at _dmarc.s.example.com and at _dmarc.example.com, so "
	"receivers use none of them; leave one."},
    {"two records above psd=n", FROM("a@s.example.com"), COM COM R("s.example.com", "psd=n"),
	FINDING_DMARC_SEVERAL_RECORDS, NULL},
    {"a record and another text", FROM("a@example.com"), COM "_dmarc.example.com TXT v=spf1 -all",
	FINDING_DMARC_SEVERAL_RECORDS, NULL},
    {"two records, the walk failed above", FROM("a@example.com"), COM COM "_dmarc.com TIMEOUT",
	FINDING_DMARC_SEVERAL_RECORDS,
	"There is more than one DMARC record at _dmarc.example.com, so receivers use none of them; "
	"leave one."},

    {"a good record", FROM("a@example.com"), COM, FINDING_DMARC_MALFORMED, NULL},
    {"no record", FROM("a@example.com"), "", FINDING_DMARC_MALFORMED, NULL},
    {"version in lower case", FROM("a@example.com"), "_dmarc.example.com TXT v=dmarc1; p=reject",
	FINDING_DMARC_MALFORMED,
	"The DMARC record at _dmarc.example.com begins with \"v=dmarc1\", not with the tag "
	"v=DMARC1 (in capitals, a semicolon behind it), so receivers ignore it."},
    {"p first, at the parent", FROM("a@s.example.com"), "_dmarc.example.com TXT p=reject; v=DMARC1",
	FINDING_DMARC_MALFORMED,
	"The DMARC record at _dmarc.example.com begins with \"p=reject\", not with the tag "
	"v=DMARC1 (in capitals, a semicolon behind it), so receivers ignore it."},
    {"beside a good one", FROM("a@example.com"), COM "_dmarc.example.com TXT v=DMARC2; p=none",
	FINDING_DMARC_MALFORMED,
	"The DMARC record at _dmarc.example.com begins with \"v=DMARC2\", not with the tag "
	"v=DMARC1 (in capitals, a semicolon behind it), so receivers ignore it."},
    {"another protocol", FROM("a@example.com"), "_dmarc.example.com TXT v=spf1 -all",
	FINDING_DMARC_MALFORMED, NULL},

    {"a good record", FROM("a@example.com"), COM, FINDING_DMARC_POLICY_MISSING, NULL},
    {"no record", FROM("a@example.com"), "", FINDING_DMARC_POLICY_MISSING, NULL},
    {"no p, with reports", FROM("a@example.com"), R("example.com", "rua=mailto:d@example.com"),
	FINDING_DMARC_POLICY_MISSING,
	"The DMARC record at _dmarc.example.com has no valid p=, so receivers take it as p=none; "
	"state none, quarantine or reject."},
    {"invalid p, without reports", FROM("a@s.example.com"), R("example.com", "p=monitor"),
	FINDING_DMARC_POLICY_MISSING,
	"The DMARC record at _dmarc.example.com has no valid p=, so receivers ignore it (it has no "
	"valid rua= either); state none, quarantine or reject."},
    {"invalid sp", FROM("a@example.com"),
	R("example.com", "p=reject; sp=x; rua=mailto:d@example.com"), FINDING_DMARC_POLICY_MISSING,
	"The DMARC record at _dmarc.example.com has an invalid sp=, so receivers take it as "
	"p=none; state none, quarantine or reject."},
    {"invalid np", FROM("a@example.com"), R("example.com", "p=reject; np="),
	FINDING_DMARC_POLICY_MISSING,
	"The DMARC record at _dmarc.example.com has an invalid np=, so receivers ignore it (it has "
	"no valid rua= either); state none, quarantine or reject."},
    {"no p in a record that does not apply", FROM("a@s.example.com"),
	R("example.com", "adkim=s") R("s.example.com", "p=none"), FINDING_DMARC_POLICY_MISSING,
	NULL},

    {"a good record", FROM("a@example.com"), COM, FINDING_DMARC_OBSOLETE_TAG, NULL},
    {"pct", FROM("a@example.com"), R("example.com", "p=reject; pct=50"), FINDING_DMARC_OBSOLETE_TAG,
	"The DMARC record at _dmarc.example.com has pct=, which RFC 9989 removed: newer receivers "
	"ignore it, older ones still obey it; take it out."},
    {"all three, at the parent", FROM("a@s.example.com"),
	R("example.com", "p=reject; RI = 60; ri=60;rf=afrf; pct=100"), FINDING_DMARC_OBSOLETE_TAG,
	"The DMARC record at _dmarc.example.com has ri=, rf=, pct=, which RFC 9989 removed: newer "
	"receivers ignore it, older ones still obey it; take it out."},
    {"in a record that does not apply", FROM("a@s.example.com"),
	R("example.com", "p=none; pct=1") R("s.example.com", "p=none"), FINDING_DMARC_OBSOLETE_TAG,
	NULL},
    {"no value, no tag", FROM("a@example.com"), R("example.com", "p=none; pct; xpct=1; rua=pct=1"),
	FINDING_DMARC_OBSOLETE_TAG, NULL},
    {"no author", "", R("example.com", "p=none; pct=1"), FINDING_DMARC_OBSOLETE_TAG, NULL},
};

START_TEST(table)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena *a = arena_new();
		struct dmarc_case c = {rows[i].header, "", rows[i].records};
		struct finding_list findings = {0};
		struct dmarc_verdict v;
		const char *got;

		dmarc_case_judge(&c, a, &v, &findings);
		got = dmarc_case_finding(&findings, rows[i].id);
		ck_assert_msg((got == NULL) == (rows[i].text == NULL) &&
				  (got == NULL || strcmp(got, rows[i].text) == 0),
		    "%s: %s: got \"%s\"", rows[i].name, finding_entry(rows[i].id)->id,
		    got == NULL ? "nothing" : got);
		arena_free(a);
	}
}
END_TEST

/* A sound record has none at all; text that is hostile is shown in part and escaped. */
START_TEST(bounds)
{
	struct arena *a = arena_new();
	struct finding_list findings = {0};
	struct dmarc_verdict v;
	const char *text;

	dmarc_case_judge(&(struct dmarc_case){FROM("a@example.com"), "spf=pass:example.com", COM},
	    a, &v, &findings);
	ck_assert_uint_eq(findings.count, 0);
	dmarc_case_judge(&(struct dmarc_case){FROM("a@example.com"), "",
			     arena_printf(a, "_dmarc.example.com TXT v=dmarc\x1b[2J%0500d", 7)},
	    a, &v, &findings);
	text = dmarc_case_finding(&findings, FINDING_DMARC_MALFORMED);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_lt(strlen(text), 400);
	ck_assert_ptr_null(strchr(text, '\x1b'));
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {table, bounds, NULL};

	return unit_main("dmarcfinding", tests);
}
