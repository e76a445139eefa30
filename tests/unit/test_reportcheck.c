/*
 * SPDX-License-Identifier: ISC
 *
 * The report of "check message" against golden files, with and without evidence and gate.
 */
#include "report/check.h"

#include <string.h>

#include "base/codec.h"
#include "forms.h"
#include "golden.h"
#include "unit.h"

static const char EVIDENCE[] = ";; example.com. TXT NOERROR\n"
			       "example.com. 60 IN TXT \"v=spf1 include:spf.example.net -all\"\n"
			       "example.com. 60 IN TXT \"something else\"\n"
			       ";; app.example.com. TXT NXDOMAIN\n"
			       ";; s1._domainkey.example.com. TXT NOERROR\n"
			       "s1._domainkey.example.com. 60 IN TXT \"v=DKIM1; p=MIIB\\027[2J\"\n"
			       ";; old._domainkey.example.org. TXT SERVFAIL\n"
			       ";; _dmarc.example.com. TXT NOERROR\n"
			       "_dmarc.example.com. 60 IN TXT \"v=DMARC1; p=reject\"\n"
			       ";; 7.113.0.203.in-addr.arpa. PTR NOERROR\n"
			       "7.113.0.203.in-addr.arpa. 60 IN PTR mx.example.com.\n"
			       ";; mx.example.com. A NOERROR\n"
			       "mx.example.com. 60 IN A 203.0.113.7\n";

static const struct policy_rule RULES[] = {
    {.name = "spf=pass", .source = "--require"},
    {.name = "spf-or-dkim",
	.source = "profile gmail",
	.receiver = "Gmail",
	.reply = "550-5.7.26 This mail has been blocked \x1b[2J"},
    {.name = "ptr", .source = "profile gmail", .receiver = "Gmail", .reply = "550-5.7.25 PTR"},
    {.name = "one-click", .source = "profile yahoo", .receiver = "Yahoo"},
    {.name = "rdns", .source = "profile microsoft", .receiver = "Microsoft", .reply = "550 5.7.25"},
    {.name = "dkim", .source = "profile apple", .receiver = "Apple"},
};

static struct policy_result results[] = {
    {.rule = &RULES[0], .outcome = POLICY_FAIL},
    {.rule = &RULES[2], .outcome = POLICY_PASS},
    {.rule = &RULES[1], .outcome = POLICY_FAIL},
    {.rule = &RULES[2], .outcome = POLICY_FAIL},
    {.rule = &RULES[3], .outcome = POLICY_FAIL},
    {.rule = &RULES[4], .outcome = POLICY_UNJUDGED},
    {.rule = &RULES[5], .outcome = POLICY_NOT_APPLICABLE},
};

START_TEST(golden_reports)
{
	static const struct {
		const char *name;
		struct report_style style;
	} styles[] = {{"80", {.width = 80}}, {"color", {.color = true}}};
	size_t count;
	const struct form *f = forms(&count);

	for (size_t i = 0; i < count * ARRAY_SIZE(styles); i++) {
		const struct form *form = &f[i / ARRAY_SIZE(styles)];
		struct gate_message judged = {
		    form->message, POLICY_OBSERVED, results, ARRAY_SIZE(results)};
		struct gate gate = {.messages = &judged, .message_count = 1};
		struct report_check in = {
		    form->message, span_from(EVIDENCE), i < ARRAY_SIZE(styles) ? &gate : NULL};
		struct buffer out = BUFFER_INIT, name = BUFFER_INIT;

		report_check_text(&out, &in, &styles[i % ARRAY_SIZE(styles)].style);
		buffer_printf(
		    &name, "check-%s-%s.txt", form->name, styles[i % ARRAY_SIZE(styles)].name);
		golden_check(name.data, buffer_span(&out));
		buffer_clear(&out);
		buffer_clear(&name);
	}
}
END_TEST

/* Without evidence, or with one that cannot be read, there are no records and all else. */
START_TEST(evidence_may_be_missing)
{
	static const char *const broken[] = {
	    "", "\x1b[2J", ";; example.com. TXT NOERROR\nnonsense\n"};
	static const struct report_style style = {.width = 0};
	size_t count;
	const struct record_message *m = forms(&count)[0].message;

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct report_check in = {m, span_from(broken[i]), NULL};
		struct buffer out = BUFFER_INIT;

		report_check_text(&out, &in, &style);
		ck_assert_ptr_null(strstr(out.data, "DNS record"));
		ck_assert_ptr_null(strstr(out.data, "receivers would say"));
		ck_assert_ptr_nonnull(strstr(out.data, "\niprev check\n"));
		buffer_clear(&out);
	}
}
END_TEST

/* Nothing that the message or the DNS says gets to the terminal as it is. */
START_TEST(nothing_moves_the_terminal)
{
	struct policy_result all = {.rule = &RULES[1], .outcome = POLICY_FAIL};
	static const struct report_style style = {.width = 80};
	size_t count;
	const struct form *f = forms(&count);

	for (size_t i = 0; i < count; i++) {
		struct gate_message judged = {f[i].message, POLICY_OBSERVED, &all, 1};
		struct gate gate = {.messages = &judged, .message_count = 1};
		struct report_check in = {f[i].message, span_from(EVIDENCE), &gate};
		struct buffer out = BUFFER_INIT;

		report_check_text(&out, &in, &style);
		ck_assert(utf8_valid(buffer_span(&out)));
		for (size_t k = 0; k < out.len; k++)
			ck_assert_msg((unsigned char)out.data[k] >= ' ' || out.data[k] == '\n',
			    "%s: octet %d", f[i].name, out.data[k]);
		ck_assert_ptr_nonnull(strstr(out.data, "\\x1b[2J"));
		buffer_clear(&out);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    golden_reports, evidence_may_be_missing, nothing_moves_the_terminal, NULL};

	return unit_main("reportcheck", tests);
}
