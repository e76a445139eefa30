/*
 * SPDX-License-Identifier: ISC
 *
 * Lint of DMARC records: their tags, their report addresses, and the policy that applies.
 */
#include <string.h>

#include "lintcase.h"
#include "records.h"
#include "unit.h"

#define DMARC(name, text) "_dmarc." name " TXT \"v=DMARC1; " text "\"\n"
/* Nothing to be found in it. */
#define GOOD "p=reject; rua=mailto:r@d.test"

static const struct {
	const char *row, *zone, *ids, *part;
} rows[] = {
    {"good", DMARC("d.test", GOOD), "", NULL},
    {"everything",
	DMARC("d.test", GOOD "; sp=quarantine; np=reject; adkim=s; aspf=R; fo=1:d:s; "
			     "psd=n; t=n; ruf=mailto:f@d.test;"),
	"", NULL},
    {"in capitals", "_dmarc.d.test TXT \"V=DMARC1; P=REJECT; RUA=MAILTO:r@D.TEST\"\n", "", NULL},
    {"by an alias", "_dmarc.d.test CNAME x.test\nx.test TXT \"v=DMARC1; " GOOD "\"\n", "", NULL},
    {"an alias of nothing", "_dmarc.d.test CNAME x.test\n", "dmarc-missing", NULL},
    {"several", DMARC("d.test", GOOD) DMARC("d.test", "p=none"), "dmarc-several-records",
	"2 DMARC records"},
    {"version 2", "_dmarc.d.test TXT \"v=DMARC2; p=reject\"\n", "dmarc-malformed", "v=DMARC2"},
    {"small letters", "_dmarc.d.test TXT \"v=dmarc1; p=reject\"\n", "dmarc-malformed", NULL},
    {"version last", "_dmarc.d.test TXT \"p=reject; v=DMARC1\"\n", "dmarc-malformed", NULL},
    {"leading blank", "_dmarc.d.test TXT \" v=DMARC1; p=reject\"\n", "dmarc-malformed",
	"\" v=DMARC1; p=reject\""},
    {"something else", "_dmarc.d.test TXT \"hello\"\n", "dmarc-malformed", "none of the TXT"},
    {"no p", DMARC("d.test", "rua=mailto:r@d.test"), "dmarc-policy-missing",
	"no p=, so receivers take it as p=none"},
    {"no p, no rua", "_dmarc.d.test TXT \"v=DMARC1\"\n", "dmarc-policy-missing dmarc-no-reports",
	"ignore it"},
    {"wrong p", DMARC("d.test", "p=monitor; rua=mailto:r@d.test"), "dmarc-policy-missing",
	"\"p=monitor\" is no policy"},
    {"wrong sp", DMARC("d.test", "sp=no; " GOOD), "dmarc-policy-missing", "\"sp=no\""},
    {"wrong np", DMARC("d.test", "np=; " GOOD), "dmarc-policy-missing", "\"np=\""},
    {"p=none", DMARC("d.test", "p=none; rua=mailto:r@d.test"), "dmarc-not-enforced",
	"the policy for d.test is none"},
    {"testing", DMARC("d.test", GOOD "; t=y"), "dmarc-not-enforced", "(t=y)"},
    {"sp=none", DMARC("d.test", GOOD "; sp=none"), "dmarc-not-enforced",
	"subdomains of d.test open"},
    {"np=none", DMARC("d.test", GOOD "; np=none"), "dmarc-not-enforced", "do not exist"},
    {"pct", DMARC("d.test", GOOD "; pct=50"), "dmarc-obsolete-tag", "\"pct=50\""},
    {"all obsolete tags", DMARC("d.test", GOOD "; pct=1; rf=afrf; ri=86400"),
	"dmarc-obsolete-tag dmarc-obsolete-tag dmarc-obsolete-tag", NULL},
    {"unknown tag", DMARC("d.test", GOOD "; moo=1"), "dmarc-unknown-tag", "\"moo=1\" is a tag"},
    {"no equals sign", DMARC("d.test", GOOD "; moo"), "dmarc-unknown-tag", "\"moo\" has no"},
    {"repeated", DMARC("d.test", GOOD "; P=none"), "dmarc-unknown-tag", "repeats"},
    {"wrong adkim", DMARC("d.test", GOOD "; adkim=strict"), "dmarc-unknown-tag",
	"\"adkim=strict\" has an invalid value"},
    {"wrong aspf", DMARC("d.test", GOOD "; aspf="), "dmarc-unknown-tag", NULL},
    {"wrong fo", DMARC("d.test", GOOD "; fo=0:2"), "dmarc-unknown-tag", "one or more of 0 1 d s"},
    {"wrong psd", DMARC("d.test", GOOD "; psd=x"), "dmarc-unknown-tag", NULL},
    {"wrong t", DMARC("d.test", GOOD "; t=yes"), "dmarc-unknown-tag", NULL},
    {"no rua", DMARC("d.test", "p=reject"), "dmarc-no-reports", "no rua="},
    {"empty rua", DMARC("d.test", "p=reject; rua="), "dmarc-report-address", NULL},
    {"an address without mailto", DMARC("d.test", "p=reject; rua=r@d.test"), "dmarc-report-address",
	"\"r@d.test\" in rua="},
    {"https", DMARC("d.test", "p=reject; rua=https://d.test/r"), "dmarc-report-address", NULL},
    {"one of two", DMARC("d.test", "p=reject; rua=mailto:r@d.test, mailto:r"),
	"dmarc-report-address", "\"mailto:r\""},
    {"no domain", DMARC("d.test", "p=reject; rua=mailto:r@-d-"), "dmarc-report-address", NULL},
    {"a semicolon in place of a comma",
	DMARC("d.test", "p=reject; rua=mailto:r@d.test;mailto:s@d.test"), "dmarc-unknown-tag",
	"mailto:s@d.test"},
    {"wrong ruf", DMARC("d.test", GOOD "; ruf=x"), "dmarc-report-address", "in ruf="},
    {"a size", DMARC("d.test", "p=reject; rua=mailto:r@d.test!10m"), "dmarc-obsolete-tag",
	"size limit"},
    {"query", DMARC("d.test", "p=reject; rua=mailto:r@d.test?subject=a@b"), "", NULL},
    {"reports to a subdomain", DMARC("d.test", "p=reject; rua=mailto:r@in.d.test"), "", NULL},
    {"reports to a subdomain of its own",
	DMARC("d.test", "p=reject; rua=mailto:r@in.d.test") DMARC("in.d.test", "p=none; psd=n"),
	"dmarc-rua-unauthorized", "d.test._report._dmarc.in.d.test"},
    {"reports to another domain", DMARC("d.test", "p=reject; rua=mailto:r@e.test"),
	"dmarc-rua-unauthorized", "v=DMARC1;\" published at d.test._report._dmarc.e.test"},
    {"with permission",
	DMARC("d.test",
	    "p=reject; rua=mailto:r@e.test") "d.test._report._dmarc.e.test TXT \"v=DMARC1\"\n",
	"", NULL},
    {"with permission for all",
	DMARC("d.test",
	    "p=reject; rua=mailto:r@E.test") "*._report._dmarc.e.test TXT \"v=DMARC1;\"\n",
	"", NULL},
    {"with something else there",
	DMARC(
	    "d.test", "p=reject; rua=mailto:r@e.test") "d.test._report._dmarc.e.test TXT \"yes\"\n",
	"dmarc-rua-unauthorized", NULL},
    {"failure reports elsewhere", DMARC("d.test", GOOD "; ruf=mailto:r@e.test"),
	"dmarc-rua-unauthorized", "ruf= sends"},
    {"permission fails",
	DMARC("d.test",
	    "p=reject; rua=mailto:r@e.test") "$MAILASSAY TIMEOUT d.test._report._dmarc.e.test\n",
	"lookup-failed", NULL},
    {"the walk fails",
	DMARC("d.test", "p=reject; rua=mailto:r@e.test") "$MAILASSAY TIMEOUT _dmarc.test\n",
	"lookup-failed", "_dmarc.test"},
    {"fails", "$MAILASSAY SERVFAIL _dmarc.d.test\n", "lookup-failed", NULL},
};

START_TEST(table)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lint_case c;

		lint_case_run(&c, LINT_DMARC, "_dmarc.d.test", rows[i].zone, NULL);
		lint_case_expect(&c, rows[i].row, rows[i].ids, rows[i].part);
		for (size_t k = 0; k < c.lint.count; k++)
			ck_assert_str_eq(c.lint.items[k].name, "_dmarc.d.test");
		lint_case_clear(&c);
	}
}
END_TEST

static const struct {
	const char *row, *zone;
	const char *policy_domain, *policy; /* NULL: none */
	enum auth_result result;
} policies[] = {
    {"its own", DMARC("a.d.test", GOOD) DMARC("d.test", "p=none"), "a.d.test", "reject", AUTH_PASS},
    {"inherited", DMARC("d.test", GOOD "; sp=quarantine"), "d.test", "quarantine", AUTH_PASS},
    {"none inherited", DMARC("d.test", GOOD "; sp=none"), "d.test", "none", AUTH_PASS},
    {"none at all", "a.d.test A 192.0.2.1\n", NULL, NULL, AUTH_NONE},
    {"two of its own", DMARC("a.d.test", GOOD) DMARC("a.d.test", "p=none"), NULL, NULL, AUTH_NONE},
    {"malformed", "_dmarc.a.d.test TXT \"v=DMARC1 p=reject\"\n", NULL, NULL, AUTH_NONE},
    {"ignored", DMARC("a.d.test", "np=reject"), "a.d.test", NULL, AUTH_NONE},
    {"a failure", "$MAILASSAY TIMEOUT _dmarc.d.test\n", NULL, NULL, AUTH_TEMPERROR},
};

static bool has_id(const struct lint_case *c, const char *id)
{
	return strstr(c->ids.data, id) != NULL;
}

/* The policy that applies; which findings of the record come along is for the other table. */
START_TEST(applied)
{
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct lint_case c;
		struct dmarc_verdict v;
		const char *row = policies[i].row;

		lint_case_open(&c, policies[i].zone, NULL);
		ck_assert_int_eq(
		    lint_dmarc(SPAN("a.d.test"), c.view, c.arena, &c.lint, &v), VERIFY_DONE);
		lint_case_close(&c);
		ck_assert_msg(
		    v.result == policies[i].result, "%s: %s", row, AUTH_RESULT_NAME[v.result]);
		ck_assert_msg(v.has_policy == (policies[i].policy != NULL), "%s", row);
		if (v.has_policy)
			ck_assert_str_eq(DMARC_POLICY_NAME[v.policy], policies[i].policy);
		if (policies[i].policy_domain == NULL)
			ck_assert_msg(v.policy_domain == NULL, "%s: %s", row, v.policy_domain);
		else
			ck_assert_str_eq(v.policy_domain, policies[i].policy_domain);
		ck_assert_ptr_nonnull(v.reason);
		lint_case_clear(&c);
	}
}
END_TEST

static const struct {
	const char *row, *zone, *id;
} found[] = {
    {"two of its own", DMARC("a.d.test", GOOD) DMARC("a.d.test", "p=none"),
	"dmarc-several-records"},
    {"malformed", "_dmarc.a.d.test TXT \"v=DMARC1 p=reject\"\n", "dmarc-malformed"},
    {"none at all", "a.d.test A 192.0.2.1\n", "dmarc-missing"},
    {"inherited none", DMARC("d.test", GOOD "; sp=none"), "dmarc-not-enforced"},
    {"a test", DMARC("d.test", GOOD "; t=y"), "dmarc-not-enforced"},
    {"not enforced for others below", DMARC("a.d.test", GOOD "; sp=none"), "dmarc-not-enforced"},
    {"ignored", DMARC("a.d.test", "np=reject"), "dmarc-policy-missing"},
    {"a failure", "$MAILASSAY TIMEOUT _dmarc.d.test\n", "lookup-failed"},
    {"elsewhere", DMARC("a.d.test", "p=reject; rua=mailto:r@e.test"), "dmarc-rua-unauthorized"},
};

START_TEST(of_a_domain)
{
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		struct lint_case c;
		struct dmarc_verdict v;

		lint_case_open(&c, found[i].zone, NULL);
		lint_dmarc(SPAN("a.d.test"), c.view, c.arena, &c.lint, &v);
		lint_case_close(&c);
		ck_assert_msg(has_id(&c, found[i].id), "%s: %s", found[i].row, c.ids.data);
		lint_case_clear(&c);
	}
}
END_TEST

/* Beyond the zone: no record above it is looked for, nor said to be left out. */
START_TEST(outside)
{
	struct lint_case c;

	lint_case_run(&c, LINT_DMARC, "_dmarc.d.test",
	    "_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:r@in.d.test,mailto:r@e.example\"\n",
	    "d.test");
	lint_case_expect(&c, "outside", "outside-zone", "d.test._report._dmarc.e.example lies");
	lint_case_clear(&c);
	lint_case_run(
	    &c, LINT_DMARC, "_dmarc.d.test", "_dmarc CNAME _dmarc.e.example.\n", "d.test");
	lint_case_expect(&c, "alias", "outside-zone", "_dmarc.e.example lies");
	lint_case_clear(&c);
}
END_TEST

/* However many tags and addresses: a bounded number of questions and findings. */
START_TEST(size_is_bounded)
{
	struct buffer zone = BUFFER_INIT;
	struct lint_case c;

	buffer_add_string(&zone, "_dmarc.d.test TXT \"v=DMARC1; p=reject; rua=x\"");
	for (int i = 0; i < 1000; i++)
		buffer_printf(&zone, " \",mailto:r@e%d.test\"", i);
	for (int i = 0; i < 1000; i++)
		buffer_printf(&zone, " \"; t%d=%d; ;=\"", i, i);
	buffer_add_char(&zone, '\n');
	lint_case_run(&c, LINT_DMARC, "_dmarc.d.test", zone.data, NULL);
	ck_assert_uint_le(c.lint.count, 30);
	ck_assert_uint_le(dns_view_answered(c.view), 30);
	lint_case_clear(&c);
	buffer_clear(&zone);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {table, applied, of_a_domain, outside, size_is_bounded, NULL};

	return unit_main("lintdmarc", tests);
}
