/*
 * SPDX-License-Identifier: ISC
 *
 * The forms of lint against golden files.
 */
#include "report/lint.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "golden.h"
#include "unit.h"

static struct lint_item items[] = {
    {.id = FINDING_SPF_NO_ALL,
	.name = "example.com",
	.line = 4,
	.text =
	    "the record ends without \"all\", so everybody who is not named is neutral: end it in "
	    "\"-all\" or \"~all\""},
    {.id = FINDING_MX_INVALID,
	.name = "example.com",
	.line = 5,
	.text = "the exchange 192.0.2.1 is an address where a name must stand"},
    {.id = FINDING_SPF_PTR, .name = "b.example.com", .line = 9, .text = "\"ptr\" is slow"},
    {.id = FINDING_OUTSIDE_ZONE,
	.name = "\x1b[31m.example.com",
	.asked = "x.example",
	.line = 12,
	.text = "x.example lies outside of the zones that were given\x07"},
};
static const struct lint findings = {items, ARRAY_SIZE(items), NULL};
static const struct lint nothing = {NULL, 0, NULL};

static struct report_spf_cost costs[] = {
    {"example.com", {"v=spf1 mx", true, 1, 0}},
    {"b.example.com", {"v=spf1 -al", false, 0, 0}},
    {"c.example.com", {"v=spf1 -all", true, LINT_SPF_COUNT_MAX, 3}},
};
static const struct report_zone zone = {"example.com.zone", 7, costs, ARRAY_SIZE(costs), &findings};
static const struct report_zone empty_zone = {"empty.zone", 0, NULL, 0, &nothing};

static const struct dkim_verdict keys[] = {
    {.result = AUTH_PASS,
	.domain = "example.com",
	.selector = "s1",
	.algorithm = "rsa-sha256",
	.bits = 2048,
	.reason = "the key at s1._domainkey.example.com is published and usable"},
    {.result = AUTH_PERMERROR,
	.domain = "example.com",
	.selector = "s2",
	.reason = "there is no key at s2._domainkey.example.com"},
};
static const char *exchanges[] = {"mx1.example.com", "mx2.example.com"};
static const char *null_mx[] = {""};
static const struct report_domain domain = {
    .domain = "mail.example.com",
    .organizational_domain = "example.com",
    .spf = {"v=spf1 include:_spf.example.net include:_spf.example.org a:mail.example.com mx -all",
	true, 7, 1},
    .dkim = keys,
    .dkim_count = ARRAY_SIZE(keys),
    .dmarc = {.result = AUTH_PASS,
	.policy_domain = "example.com",
	.has_policy = true,
	.policy = DMARC_POLICY_REJECT,
	.disposition = DMARC_POLICY_QUARANTINE,
	.record = "v=DMARC1; p=reject; t=y",
	.reason = "the record at _dmarc.example.com applies"},
    .mx = exchanges,
    .mx_count = ARRAY_SIZE(exchanges),
    .lint = &findings,
};
static const struct report_domain bare_domain = {
    .domain = "bare.example",
    .dmarc = {.reason = "there is no DMARC record for bare.example or a parent of it"},
    .mx = null_mx,
    .mx_count = 1,
    .lint = &nothing,
};

START_TEST(zones)
{
	const struct report_zone *const both[] = {&zone, &empty_zone};
	struct buffer text = BUFFER_INIT, json = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		report_zone_text(&text, both[i]);
		report_zone_json(&json, both[i]);
		buffer_add_char(&json, '\n');
	}
	golden_check("lint-zone.txt", buffer_span(&text));
	golden_check("lint-zone.json", buffer_span(&json));
	ck_assert(utf8_valid(buffer_span(&text)));
	ck_assert_ptr_null(memchr(text.data, '\x1b', text.len));
	buffer_clear(&text);
	buffer_clear(&json);
}
END_TEST

START_TEST(domains)
{
	const struct report_domain *const both[] = {&domain, &bare_domain};
	static const struct report_style style = {.width = 80}, colored = {.color = true};
	struct buffer text = BUFFER_INIT, json = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		report_domain_text(&text, both[i], &style);
		report_domain_json(&json, both[i]);
		buffer_add_char(&json, '\n');
	}
	golden_check("lint-domain.txt", buffer_span(&text));
	golden_check("lint-domain.json", buffer_span(&json));
	buffer_reset(&text);
	report_domain_text(&text, &domain, &colored);
	golden_check("lint-domain-color.txt", buffer_span(&text));
	buffer_clear(&text);
	buffer_clear(&json);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {zones, domains, NULL};

	return unit_main("reportlint", tests);
}
