/*
 * SPDX-License-Identifier: ISC
 *
 * Lint of MX records.
 */
#include "lintcase.h"
#include "unit.h"

static const struct {
	const char *row, *zone, *ids, *part;
} rows[] = {
    {"one host", "d.test MX 10 a.test\na.test A 192.0.2.1\n", "", NULL},
    {"IPv6 alone", "d.test MX 10 a.test\na.test AAAA 2001:db8::1\n", "", NULL},
    {"none", "d.test A 192.0.2.1\n", "", NULL},
    {"null MX", "d.test MX 0 .\n", "", NULL},
    {"null MX and another", "d.test MX 0 .\nd.test MX 10 a.test\na.test A 192.0.2.1\n",
	"mx-invalid", "null MX"},
    {"no address", "d.test MX 10 a.test\na.test TXT x\n", "mx-invalid", "neither an A nor"},
    {"no name", "d.test MX 10 x.test\n", "mx-invalid", "exchange x.test has neither"},
    {"alias", "d.test MX 10 c.test\nc.test CNAME a.test\na.test A 192.0.2.1\n", "mx-invalid",
	"an alias (CNAME) of a.test"},
    {"alias of nothing", "d.test MX 10 c.test\nc.test CNAME a.test\n", "mx-invalid", "alias"},
    {"address", "d.test MX 10 192.0.2.1\n", "mx-invalid", "192.0.2.1 is an address"},
    {"address in a zone", "d.test MX 10 192.0.2.1.d.test\n", "mx-invalid", "neither"},
    {"two wrong", "d.test MX 10 x.test\nd.test MX 20 192.0.2.1\n", "mx-invalid mx-invalid", NULL},
    {"one fails", "d.test MX 10 f.test\n$MAILASSAY SERVFAIL f.test\n", "lookup-failed",
	"f.test CNAME failed"},
    {"all fails", "$MAILASSAY TIMEOUT d.test\n", "lookup-failed", "d.test MX failed"},
    {"aliases go round", "d.test MX 10 c.test\nc.test CNAME e.test\ne.test CNAME c.test\n",
	"mx-invalid lookup-failed", NULL},
};

START_TEST(table)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lint_case c;

		lint_case_run(&c, LINT_MX, "d.test", rows[i].zone, NULL);
		lint_case_expect(&c, rows[i].row, rows[i].ids, rows[i].part);
		lint_case_clear(&c);
	}
}
END_TEST

START_TEST(outside)
{
	struct lint_case c;

	lint_case_run(&c, LINT_MX, "d.test",
	    "@ MX 10 mx.example.\n@ MX 20 mx.example.\n@ MX 30 b\n"
	    "@ MX 40 c\nc CNAME d.example.\n",
	    "d.test");
	lint_case_expect(&c, "outside", "outside-zone mx-invalid mx-invalid outside-zone",
	    "mx.example lies outside");
	lint_case_clear(&c);
}
END_TEST

START_TEST(many)
{
	struct buffer zone = BUFFER_INIT;
	struct lint_case c;

	for (int i = 0; i < 300; i++)
		buffer_printf(&zone, "d.test MX %d x%d.test\n", i, i);
	lint_case_run(&c, LINT_MX, "d.test", zone.data, NULL);
	ck_assert_uint_eq(c.lint.count, DNS_RECORD_MAX);
	lint_case_clear(&c);
	buffer_clear(&zone);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {table, outside, many, NULL};

	return unit_main("lintmx", tests);
}
