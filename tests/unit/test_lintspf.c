/*
 * SPDX-License-Identifier: ISC
 *
 * Lint of SPF records: what is found in which record, and what a record costs.
 */
#include <string.h>

#include "lintcase.h"
#include "records.h"
#include "unit.h"
#include "verify/lint.h"

#define SPF(name, text) name " TXT \"v=spf1 " text "\"\n"

/* Ten names with an address each, and one with none. */
#define HOSTS                                                                                      \
	"a.test A 192.0.2.1\nb.test AAAA 2001:db8::1\nnone.test TXT \"nothing\"\n"                 \
	"mx.test MX 10 a.test\nmx.test MX 20 b.test\n"

static const struct {
	const char *row, *zone, *ids, *part;
	unsigned lookups, voids;
} rows[] = {
    {"clean", SPF("d.test", "ip4:192.0.2.0/24 -all"), "", NULL, 0, 0},
    {"softfail", SPF("d.test", "ip6:2001:db8::/32 ~all"), "", NULL, 0, 0},
    {"no record", "d.test A 192.0.2.1\n", "spf-missing", "d.test has no SPF record", 0, 0},
    {"no name", "x.test A 192.0.2.1\n", "spf-missing", NULL, 0, 0},
    {"several", SPF("d.test", "-all") SPF("d.test", "~all"), "spf-several-records", "2 SPF records",
	0, 0},
    {"the same twice is one", SPF("d.test", "-all") SPF("d.test", "-all"), "", NULL, 0, 0},
    {"syntax", SPF("d.test", "ip4:192.0.2 -all"), "spf-syntax", "\"ip4:192.0.2\": expected", 0, 0},
    {"unknown mechanism", SPF("d.test", "ipv4:192.0.2.1 -all"), "spf-syntax", "ipv4:192.0.2.1", 0,
	0},
    {"leading blank", "d.test TXT \" v=spf1 -all\"\n", "spf-syntax",
	"\" v=spf1 -all\" does not begin", 0, 0},
    {"version 2", "d.test TXT \"v=spf2.0 -all\"\n", "spf-syntax", "v=spf2.0", 0, 0},
    {"no blank", "d.test TXT \"v=spf1;-all\"\n", "spf-syntax", NULL, 0, 0},
    {"quotes within", "d.test TXT \"\\034v=spf1 -all\\034\"\n", "spf-syntax", NULL, 0, 0},
    {"one meant and one right", SPF("d.test", "-all") "d.test TXT \"v=spf1; -all\"\n", "spf-syntax",
	NULL, 0, 0},
    {"Sender ID is another protocol", SPF("d.test", "-all") "d.test TXT \"spf2.0/pra -all\"\n", "",
	NULL, 0, 0},
    {"+all", SPF("d.test", "+all"), "spf-plus-all", "lets every address", 0, 0},
    {"all", SPF("d.test", "mx all") "d.test MX 0 a.test\n" HOSTS, "spf-plus-all", NULL, 1, 0},
    {"every IPv4", SPF("d.test", "ip4:0.0.0.0/0 -all"), "spf-plus-all", "every IPv4", 0, 0},
    {"every IPv6", SPF("d.test", "ip6:::/0 -all"), "spf-plus-all", "every IPv6", 0, 0},
    {"two halves", SPF("d.test", "ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"), "spf-plus-all",
	"\"ip4:128.0.0.0/1\" lets every IPv4 address of the internet pass together", 0, 0},
    {"two halves of IPv6", SPF("d.test", "ip6:::/1 ip6:8000::/1 -all"), "spf-plus-all", NULL, 0, 0},
    {"global unicast", SPF("d.test", "ip6:2000::/3 -all"), "spf-plus-all", NULL, 0, 0},
    {"one half", SPF("d.test", "ip4:0.0.0.0/1 -all"), "", NULL, 0, 0},
    {"four quarters, one softly",
	SPF("d.test", "ip4:0.0.0.0/2 ip4:64.0.0.0/2 ip4:128.0.0.0/2 ~ip4:192.0.0.0/2 -all"), "",
	NULL, 0, 0},
    {"a host with /0", SPF("d.test", "a:a.test/0 -all") HOSTS, "spf-plus-all", NULL, 1, 0},
    {"forbidding everything", SPF("d.test", "-ip4:0.0.0.0/0 -all"), "", NULL, 0, 0},
    {"+all by include", SPF("d.test", "include:i.test -all") SPF("i.test", "+all"), "spf-plus-all",
	"in the record of i.test", 1, 0},
    {"+all by ?include", SPF("d.test", "?include:i.test -all") SPF("i.test", "+all"), "", NULL, 1,
	0},
    {"+all by redirect", SPF("d.test", "redirect=i.test") SPF("i.test", "+all"), "spf-plus-all",
	NULL, 1, 0},
    {"exists without a macro", SPF("d.test", "exists:a.test -all") HOSTS, "spf-plus-all",
	"whoever the client is", 1, 0},
    {"no all", SPF("d.test", "ip4:192.0.2.1"), "spf-no-all", "ends without", 0, 0},
    {"nothing at all", "d.test TXT \"v=spf1\"\n", "spf-no-all", NULL, 0, 0},
    {"?all", SPF("d.test", "?all"), "spf-no-all", "\"?all\"", 0, 0},
    {"redirect", SPF("d.test", "redirect=i.test") SPF("i.test", "-all"), "", NULL, 1, 0},
    {"redirect to one without all",
	SPF("d.test", "redirect=i.test") SPF("i.test", "mx:mx.test") HOSTS, "spf-no-all",
	"the record of i.test ends", 2, 0},
    {"include of one without all",
	SPF("d.test", "include:i.test -all") SPF("i.test", "ip4:1.2.3.4"), "", NULL, 1, 0},
    {"ptr", SPF("d.test", "ptr -all"), "spf-ptr", "\"ptr\" is slow", 1, 0},
    {"ptr of somebody else", SPF("d.test", "include:i.test -all") SPF("i.test", "ptr -all"), "",
	NULL, 2, 0},
    {"include of nothing", SPF("d.test", "include:x.test -all"), "spf-include-invalid",
	"\"include:x.test\" leads to x.test, which does not exist", 1, 0},
    {"include of no record", SPF("d.test", "include:a.test -all") HOSTS, "spf-include-invalid",
	"has no SPF record", 1, 0},
    {"include of several",
	SPF("d.test", "include:i.test -all") SPF("i.test", "-all") SPF("i.test", "~all"),
	"spf-include-invalid", "2 SPF records", 1, 0},
    {"include of a malformed one", SPF("d.test", "include:i.test -all") SPF("i.test", "ip4:x -all"),
	"spf-include-invalid", "\"ip4:x\"", 1, 0},
    {"redirect to nothing", SPF("d.test", "redirect=x.test"), "spf-include-invalid",
	"\"redirect=x.test\"", 1, 0},
    {"deeper", SPF("d.test", "include:i.test -all") SPF("i.test", "include:x.test -all"),
	"spf-include-invalid", "\"include:x.test\" in the record of i.test", 2, 0},
    {"behind all", SPF("d.test", "-all mx a:a.test"), "spf-term-ignored",
	"\"mx\" stands behind \"-all\"", 0, 0},
    {"redirect beside all", SPF("d.test", "redirect=x.test -all"), "spf-term-ignored",
	"never followed", 0, 0},
    {"unknown modifier", SPF("d.test", "moo=x -all"), "spf-term-ignored", "\"moo=x\"", 0, 0},
    {"exp", SPF("d.test", "-all exp=e.test") "e.test TXT \"%{i} is no host of %{d}\"\n", "", NULL,
	0, 0},
    {"exp to nothing", SPF("d.test", "-all exp=e.test"), "spf-term-ignored", "0 TXT records", 0, 0},
    {"exp to two", SPF("d.test", "-all exp=e.test") "e.test TXT a\ne.test TXT b\n",
	"spf-term-ignored", "2 TXT records", 0, 0},
    {"exp malformed", SPF("d.test", "-all exp=e.test") "e.test TXT \"100% no\"\n",
	"spf-term-ignored", "no explanation", 0, 0},
    {"one void", SPF("d.test", "a:none.test -all") HOSTS, "spf-term-ignored",
	"none.test (\"a:none.test\")", 1, 1},
    {"three voids", SPF("d.test", "a:none.test exists:x.test mx:y.test -all") HOSTS,
	"spf-void-lookups", "y.test (\"mx:y.test\")", 3, 3},
    {"voids in an include", SPF("d.test", "include:i.test a mx -all") SPF("i.test", "a -all"),
	"spf-void-lookups", "i.test (\"a\" in the record of i.test)", 4, 3},
    {"exchanges without addresses", SPF("d.test", "mx -all") "d.test MX 0 none.test\n" HOSTS,
	"spf-term-ignored", NULL, 1, 1},
    {"null MX", SPF("d.test", "mx -all") "d.test MX 0 .\n", "spf-term-ignored", NULL, 1, 1},
    {"only IPv6 is no void", SPF("d.test", "a:b.test -all") HOSTS, "", NULL, 1, 0},
    {"ten",
	SPF("d.test", "a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test "
		      "a:a.test a:a.test -all") HOSTS,
	"", NULL, 10, 0},
    {"eleven",
	SPF("d.test", "include:i.test a:a.test -all")
	    SPF("i.test", "a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test "
			  "a:a.test -all") HOSTS,
	"spf-lookup-limit", "needs 11 DNS lookups", 11, 0},
    {"what costs most",
	SPF("d.test", "include:i.test a:a.test redirect=j.test")
	    SPF("i.test", "a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test -all")
		SPF("j.test", "mx:mx.test -all") HOSTS,
	"spf-lookup-limit", "\"include:i.test\" takes 8, \"redirect=j.test\" takes 2", 11, 0},
    {"includes itself", SPF("d.test", "include:d.test -all"), "spf-lookup-limit",
	"leads back to d.test", 11, 0},
    {"goes round", SPF("d.test", "include:i.test -all") SPF("i.test", "redirect=D.TEST."),
	"spf-lookup-limit", "\"redirect=D.TEST.\" in the record of i.test leads back", 11, 0},
    {"a wildcard stands for any domain",
	SPF("d.test", "include:*.w.test -all")
	    SPF("*.w.test", "include:%{d}.x.test a -all") "*.w.test A 192.0.2.1\n",
	"", NULL, 3, 0},
    {"twice is no loop", SPF("d.test", "include:i.test include:i.test -all") SPF("i.test", "-all"),
	"", NULL, 2, 0},
    {"macros of the mail",
	SPF("d.test", "include:%{i}.x.test exists:%{l}.x.test a:%{h} redirect=%{o}.x.test"), "",
	NULL, 4, 0},
    {"the domain as a macro", SPF("d.test", "include:_s.%{d} -all") SPF("_s.d.test", "-all"), "",
	NULL, 1, 0},
    {"the domain of the include",
	SPF("d.test", "include:i.test -all") SPF("i.test", "include:_s.%{d} -all")
	    SPF("_s.i.test", "-all"),
	"", NULL, 2, 0},
    {"lookup fails", SPF("d.test", "include:f.test a:f.test -all") "$MAILASSAY TIMEOUT f.test\n",
	"lookup-failed", "f.test TXT failed (TIMEOUT)", 2, 0},
    {"the record fails", "$MAILASSAY SERVFAIL d.test\n", "lookup-failed", NULL, 0, 0},
    {"by an alias",
	SPF("d.test", "include:c.test -all") "c.test CNAME i.test\n" SPF("i.test", "-all"), "",
	NULL, 1, 0},
    {"aliases go round",
	SPF("d.test", "include:c.test -all") "c.test CNAME e.test\n"
					     "e.test CNAME c.test\n",
	"lookup-failed", "c.test", 1, 0},
};

START_TEST(table)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lint_case c;

		lint_case_run(&c, LINT_SPF, "d.test", rows[i].zone, NULL);
		lint_case_expect(&c, rows[i].row, rows[i].ids, rows[i].part);
		ck_assert_msg(
		    c.spf.lookups == rows[i].lookups && c.spf.void_lookups == rows[i].voids,
		    "%s: %u lookups, %u void", rows[i].row, c.spf.lookups, c.spf.void_lookups);
		lint_case_clear(&c);
	}
}
END_TEST

START_TEST(facts)
{
	struct lint_case c;

	lint_case_run(&c, LINT_SPF, "d.test", SPF("d.test", "-all"), NULL);
	ck_assert_str_eq(c.spf.record, "v=spf1 -all");
	ck_assert(c.spf.valid);
	lint_case_clear(&c);
	lint_case_run(&c, LINT_SPF, "d.test", SPF("d.test", "-al"), NULL);
	ck_assert_str_eq(c.spf.record, "v=spf1 -al");
	ck_assert(!c.spf.valid);
	lint_case_clear(&c);
	lint_case_run(&c, LINT_SPF, "d.test", SPF("d.test", "-all") SPF("d.test", "~all"), NULL);
	ck_assert_ptr_null(c.spf.record);
	lint_case_clear(&c);
}
END_TEST

/* What lies outside of the zones counts for nothing, and is said once a name. */
START_TEST(outside)
{
	struct lint_case c;

	lint_case_run(&c, LINT_SPF, "d.test",
	    "d.test. TXT \"v=spf1 include:o.example include:o.example a:far.example "
	    "a:alias.d.test mx:none.d.test -all\"\nalias.d.test. CNAME host.example.\n",
	    "d.test");
	lint_case_expect(&c, "outside", "outside-zone outside-zone outside-zone spf-term-ignored",
	    "host.example lies outside of the zones");
	ck_assert_str_eq(c.lint.items[0].asked, "o.example");
	ck_assert_str_eq(c.lint.items[0].name, "d.test");
	ck_assert_uint_eq(c.spf.lookups, 5);
	ck_assert_uint_eq(c.spf.void_lookups, 1);
	lint_case_clear(&c);
	lint_case_run(&c, LINT_SPF, "d.test",
	    "d.test. TXT \"v=spf1 include:f.d.test -all\"\n$MAILASSAY TIMEOUT f.d.test.\n",
	    "d.test");
	lint_case_expect(&c, "within", "lookup-failed", "f.d.test");
	lint_case_clear(&c);
}
END_TEST

/* A record of that many terms, at the end an include of itself. */
static void add_terms(struct buffer *out, const char *term, size_t n)
{
	buffer_add_string(out, "d.test TXT \"v=spf1\"");
	while (n-- > 0)
		buffer_printf(out, " \" %s\"", term);
	buffer_add_string(out, " \" -all\"\n");
}

static const struct {
	const char *term, *rest;
	size_t count;
	const char *ids;
} large[] = {
    {"a:a.test", HOSTS, 3000, "spf-lookup-limit"},
    {"a:x.test", HOSTS, 3000, "spf-lookup-limit spf-void-lookups"},
    {"include:i.test", SPF("i.test", "include:d.test include:i.test -all"), 2000,
	"spf-lookup-limit"},
    {"include:%{d}.%{d}", "", 2000, NULL},
    {"ip4:192.0.2.1", "", 3000, ""},
    {"x=%{i}", "", 3000, NULL},
};

/* Whatever the size: bounded time, a count that says where it ended. */
START_TEST(size_is_bounded)
{
	for (size_t i = 0; i < ARRAY_SIZE(large); i++) {
		struct buffer zone = BUFFER_INIT;
		struct lint_case c;

		add_terms(&zone, large[i].term, large[i].count);
		buffer_add_string(&zone, large[i].rest);
		lint_case_run(&c, LINT_SPF, "d.test", zone.data, NULL);
		if (large[i].ids != NULL)
			lint_case_expect(&c, large[i].term, large[i].ids, NULL);
		ck_assert_uint_le(c.spf.lookups, LINT_SPF_COUNT_MAX);
		ck_assert_uint_le(c.lint.count, 60);
		lint_case_clear(&c);
		buffer_clear(&zone);
	}
}
END_TEST

/* Each include deeper than the one before, without end, each only known when the one before is. */
START_TEST(rounds_are_bounded)
{
	struct lint_case c;
	struct buffer records = BUFFER_INIT;
	struct dns_view *view = dns_view_new(NULL);
	int rounds = 0;

	buffer_add_string(&records, "d.test TXT v=spf1 include:1.d.test mx -all\n");
	for (int i = 1; i < 30; i++)
		buffer_printf(
		    &records, "%d.d.test TXT v=spf1 include:%d.d.test mx -all\n", i, i + 1);
	lint_case_open(&c, "x.test TXT x\n", NULL);
	while (lint_spf(span_from("d.test"), view, c.arena, &c.lint, &c.spf) == VERIFY_NEEDS_DNS) {
		ck_assert_int_lt(++rounds, VERIFY_ROUNDS_MAX);
		records_answer(view, records.data);
		c.lint.count = 0;
	}
	ck_assert_int_gt(rounds, 5);
	lint_case_close(&c);
	lint_case_expect(&c, "deep", "spf-lookup-limit spf-void-lookups", NULL);
	dns_view_free(view);
	buffer_clear(&records);
	lint_case_clear(&c);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    table, facts, outside, size_is_bounded, rounds_are_bounded, NULL};

	return unit_main("lintspf", tests);
}
