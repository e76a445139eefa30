/*
 * SPDX-License-Identifier: ISC
 *
 * Where receivers by RFC 7489 and its public suffix list come to something else.
 */
#include <string.h>

#include "dmarccase.h"
#include "unit.h"

#define COM R("example.com", "p=reject")

/* want: "LIST-DOMAIN TREE-DOMAIN", then " LIST-RESULT/TREE-RESULT" if these differ; NULL: agree. */
static const struct {
	const char *name, *header, *ids, *records, *want;
} rows[] = {
    {"the usual domain", FROM("a@example.com"), "spf=pass:example.com", COM, NULL},
    {"the usual domain, failing", FROM("a@example.com"), "", COM, NULL},
    {"no record", FROM("a@example.com"), "", "", NULL},
    {"a child", FROM("a@s.example.com"), "dkim=pass:x.example.com", COM, NULL},
    {"a child, sp", FROM("a@s.example.com"), "", R("example.com", "p=none; sp=reject"), NULL},
    {"strict", FROM("a@s.example.com"), "dkim=pass:example.com",
	R("example.com", "p=reject; adkim=s"), NULL},
    {"a deep name", FROM("a@1.2.3.4.5.6.7.8.9.example.com"), "dkim=pass:example.com", COM, NULL},
    {"no author", "", "dkim=pass:example.com", COM, NULL},
    {"a registry's domain", FROM("a@example.co.uk"), "dkim=pass:other.co.uk",
	R("example.co.uk", "p=reject"), NULL},
    {"the suffix announces itself", FROM("a@x.example.co.uk"), "dkim=pass:example.co.uk",
	R("co.uk", "p=none; psd=y") R("example.co.uk", "p=reject"), NULL},

    /* only the organizational domain differs */
    {"a child without any record", FROM("a@s.example.com"), "", "", "example.com s.example.com"},
    {"only the child has a record", FROM("a@s.example.com"), "dkim=pass:s.example.com",
	R("s.example.com", "p=reject"), "example.com s.example.com"},
    {"psd=n below", FROM("a@s.example.com"), "dkim=pass:s.example.com",
	COM R("s.example.com", "p=reject; psd=n"), "example.com s.example.com"},
    {"a record at the suffix", FROM("a@example.co.uk"), "dkim=pass:example.co.uk",
	R("co.uk", "p=reject") R("example.co.uk", "p=reject"), "example.co.uk co.uk"},
    {"another's domain that is listed as a suffix", FROM("a@alice.github.io"), "",
	R("github.io", "p=none") R("alice.github.io", "p=none"), "alice.github.io github.io"},

    /* the result differs as well */
    {"only the child has a record, the parent signs", FROM("a@s.example.com"),
	"dkim=pass:example.com", R("s.example.com", "p=reject"),
	"example.com s.example.com pass/fail (reject)"},
    {"psd=n below, the parent signs", FROM("a@s.example.com"), "dkim=pass:example.com",
	COM R("s.example.com", "p=quarantine; psd=n"),
	"example.com s.example.com pass/fail (quarantine)"},
    {"psd=n between", FROM("a@x.s.example.com"), "", COM R("s.example.com", "p=quarantine; psd=n"),
	"example.com s.example.com fail (reject)/fail (quarantine)"},
    {"siblings below a suffix with a record", FROM("a@alice.github.io"), "dkim=pass:bob.github.io",
	R("github.io", "p=reject") R("alice.github.io", "p=reject"),
	"alice.github.io github.io fail (reject)/pass"},
    {"only the suffix has a record", FROM("a@alice.github.io"), "", R("github.io", "p=reject"),
	"alice.github.io github.io none/fail (reject)"},
    {"only a record between", FROM("a@x.s.example.com"), "", R("s.example.com", "p=reject"),
	"example.com s.example.com none/fail (reject)"},
    {"the temporary failure of a signature counts", FROM("a@s.example.com"),
	"dkim=temperror:example.com", R("s.example.com", "p=reject"), "example.com s.example.com"},

    /* the result alone; another disposition by np= or t= is no difference of the methods */
    {"the suffix's policy", FROM("a@example.co.uk"), "", R("co.uk", "p=reject; psd=y"),
	"example.co.uk = none/fail (reject)"},
    {"np", FROM("a@no.example.com"), "", R("example.com", "p=none; np=reject"), NULL},
    {"np, aligned", FROM("a@no.example.com"), "spf=pass:example.com",
	R("example.com", "p=none; np=reject"), NULL},
    {"t=y", FROM("a@example.com"), "", R("example.com", "p=reject; t=y"), NULL},
    {"t=y, aligned", FROM("a@example.com"), "spf=pass:example.com",
	R("example.com", "p=reject; t=y"), NULL},
    {"several records of the author", FROM("a@s.example.com"), "",
	COM R("s.example.com", "p=none") R("s.example.com", "p=none"),
	"example.com = none/fail (reject)"},
    {"several records of the organization", FROM("a@s.example.com"), "", COM COM,
	"example.com s.example.com"},
    {"invalid np", FROM("a@example.com"), "",
	R("example.com", "p=reject; np=x; rua=mailto:d@example.com"), NULL},
    {"invalid np and no reports", FROM("a@example.com"), "", R("example.com", "p=reject; np=x"),
	"example.com = fail (reject)/none"},
    {"no p with reports", FROM("a@example.com"), "", R("example.com", "rua=mailto:d@example.com"),
	NULL},
    {"no p without reports", FROM("a@example.com"), "", R("example.com", "adkim=s"), NULL},
    {"no p, sp stands", FROM("a@s.example.com"), "",
	R("example.com", "sp=reject; rua=mailto:d@example.com"), NULL},
    {"invalid sp", FROM("a@s.example.com"), "",
	R("example.com", "p=reject; sp=x; rua=mailto:d@example.com"), NULL},

    /* failures say nothing of either method */
    {"failure at the author", FROM("a@example.com"), "dkim=pass:example.com",
	COM "_dmarc.example.com TIMEOUT", NULL},
    {"failure at the parent", FROM("a@s.example.com"), "", COM "_dmarc.example.com TIMEOUT", NULL},
    {"failure at the top", FROM("a@s.example.com"), "", COM "_dmarc.com TIMEOUT", NULL},
    {"failure at the top, own record", FROM("a@s.example.com"), "dkim=pass:s.example.com",
	R("s.example.com", "p=reject") "_dmarc.com TIMEOUT", NULL},
    {"failure at the parent, strict", FROM("a@s.example.com"), "dkim=pass:example.com",
	R("s.example.com", "p=reject; adkim=s") "_dmarc.example.com TIMEOUT", NULL},
    {"failure at the parent, t=y", FROM("a@s.example.com"), "",
	R("s.example.com", "p=reject; t=y") "_dmarc.example.com TIMEOUT", NULL},
};

static const char *expected(const char *want, const char *author, struct arena *a)
{
	struct span rest = span_from(want), list = span_cut(&rest, ' '),
		    tree = span_cut(&rest, ' ');
	const char *found = span_equal(tree, SPAN("="))   ? "the same"
	                    : span_equal(tree, SPAN("?")) ? "none for now"
	                                                  : arena_copy(a, tree);
	const char *results = "";

	if (rest.data != NULL) {
		struct span theirs = span_cut(&rest, '/');

		results = arena_printf(a, "; their DMARC result is %s, that of the tree walk is %s",
		    arena_copy(a, theirs), arena_copy(a, rest));
	}
	return arena_printf(a,
	    "Receivers that follow RFC 7489 take %s by the public suffix list for the "
	    "organizational domain of %s, the DNS tree walk of RFC 9989 finds %s%s.",
	    arena_copy(a, list), author, found, results);
}

START_TEST(table)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena *a = arena_new();
		struct dmarc_case c = {rows[i].header, rows[i].ids, rows[i].records};
		struct finding_list findings = {0};
		struct dmarc_verdict v;
		const char *got, *want = NULL;
		unsigned rounds = dmarc_case_judge(&c, a, &v, &findings);

		got = dmarc_case_finding(&findings, FINDING_PSL_DIFFERS);
		if (rows[i].want != NULL)
			want = expected(rows[i].want, v.from_domain, a);
		ck_assert_msg(
		    (got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
		    "%s:\n  got      %s\n  expected %s", rows[i].name, got == NULL ? "none" : got,
		    want == NULL ? "none" : want);
		ck_assert_msg(rounds <= 2, "%s: %u rounds", rows[i].name, rounds);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {table, NULL};

	return unit_main("dmarcpsl", tests);
}
