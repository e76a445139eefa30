/*
 * SPDX-License-Identifier: ISC
 *
 * Gates by hand.
 */
#include "gateform.h"

static const struct policy_rule TLS = {.name = "tls>=1.2", .source = "--require"};
static const struct policy_rule SUBJECT = {.name = "subject~\"Welcome\"", .source = "--require"};
static const struct policy_rule SPF = {.name = "spf",
    .source = "profile gmail",
    .receiver = "Gmail",
    .reply = "550-5.7.27 Your email has been blocked because SPF authentication did not pass."};
static const struct policy_rule ONE_CLICK = {
    .name = "one-click", .source = "profile gmail-bulk", .receiver = "Gmail, bulk senders"};
static const struct policy_rule DKIM = {.name = "dkim=pass", .source = "release.policy:7"};
static const struct policy_rule RDNS = {.name = "rdns=pass", .source = "release.policy:8"};
static const struct policy_rule OPINION = {.name = "opinion", .source = "release.policy:9"};

static const char *one_recipient[] = {"alice@example.net"};
static const char *three_recipients[] = {
    "alice@example.net", "bob@example.net", "carol@example.net"};

static const struct record_message WELCOME = {
    .id = "01JDCYK0000000000000000002",
    .received_at = 1764000000123,
    .envelope = {.mail_from = "bounce@example.com", .rcpt_to = one_recipient, .rcpt_count = 1},
    .from = "shop@example.com",
    .subject = "Welcome, Zo\xc3\xab",
};
static const struct record_message NEWS = {
    .id = "01JDCYK0000000000000000001",
    .received_at = 1763999999000,
    .envelope = {.mail_from = "news@example.com", .rcpt_to = three_recipients, .rcpt_count = 3},
    .from = "news@example.com",
    .subject = "Newsletter 7",
};
/* Nothing is known of it: a file without From. */
static const struct record_message NAMELESS = {.envelope = {.mail_from = ""}};

static struct policy_result passes[] = {
    {.rule = &TLS,
	.outcome = POLICY_PASS,
	.expected = "at least TLS 1.2",
	.got = "TLSv1.3",
	.evidence = "TLS_AES_256_GCM_SHA384"},
    {.rule = &SUBJECT,
	.outcome = POLICY_PASS,
	.expected = "holds \"Welcome\"",
	.got = "Welcome, Zo\xc3\xab"},
    {.rule = &ONE_CLICK, .outcome = POLICY_PASS},
};
static struct policy_result failures[] = {
    {.rule = &TLS,
	.outcome = POLICY_PASS,
	.expected = "at least TLS 1.2",
	.got = "TLSv1.3",
	.evidence = "TLS_AES_256_GCM_SHA384"},
    {.rule = &SPF,
	.outcome = POLICY_FAIL,
	.expected = "pass",
	.got = "softfail",
	.reason =
	    "no mechanism of bounce.example.com's SPF record matches 192.0.2.25 and it ends in "
	    "~all",
	.reply = "Gmail: 550-5.7.27 Your email has been blocked because SPF authentication did not "
		 "pass.",
	.remedy = "publish bounce.example.com. TXT \"v=spf1 ip4:192.0.2.25 -all\"",
	.evidence = "bounce.example.com. TXT \"v=spf1 ip4:192.0.2.1 ~all\""},
    {.rule = &ONE_CLICK,
	.outcome = POLICY_FAIL,
	.expected = "one-click unsubscribe, signed (RFC 8058)",
	.reason = "there is no List-Unsubscribe-Post field",
	.remedy = "add \"List-Unsubscribe-Post: List-Unsubscribe=One-Click\" and sign it"},
};
static struct policy_result more_failures[] = {
    {.rule = &SUBJECT,
	.outcome = POLICY_FAIL,
	.expected = "holds \"Welcome\"",
	.got = "Newsletter 7",
	.reason = "the subject does not hold it"},
};
static struct policy_result unjudged[] = {
    {.rule = &DKIM,
	.outcome = POLICY_UNJUDGED,
	.expected = "pass",
	.got = "temperror",
	.reason = "the name servers of example.com did not answer in time",
	.remedy = "have it judged once more when they do: mailassay check again",
	.evidence = "s1._domainkey.example.com. TXT: no answer"},
    {.rule = &OPINION,
	.outcome = POLICY_UNJUDGED,
	.expected = "all second opinions agree",
	.reason = "they were not asked yet"},
    {.rule = &TLS, .outcome = POLICY_PASS, .expected = "at least TLS 1.2", .got = "TLSv1.2"},
};
static struct policy_result inapplicable[] = {
    {.rule = &SPF,
	.outcome = POLICY_NOT_APPLICABLE,
	.expected = "pass",
	.got = "fail",
	.reason = "the address of a staging host says nothing about production",
	.remedy = "give the listener a route with egress = {\"spf:PROVIDER\"}"},
    {.rule = &RDNS, .outcome = POLICY_NOT_APPLICABLE, .expected = "pass"},
};

/* What would end a cell, an element, a command, a line, a directive, a quote, a comment. */
#define EVIL                                                                                       \
	"\x1b[31m ]]> --> | </testcase> <script>alert('1')</script> &amp; \"\r\n::error "          \
	"title=x::y\nnot ok 9 - z # SKIP\n  ...\n%0A `code` *b* _i_ [l](http://x.example) "        \
	"@octo/team $x$ \\\x7f\xff\xc2\x9b\xe2\x80\xae\xef\xbf\xbe"

static const char *evil_recipient[] = {"<b>|" EVIL};
static const struct policy_rule EVIL_RULE = {
    .name = "subject~\"a|b#c\\\"", .source = "a,b:c%.policy:1"};
static const struct record_message EVIL_MESSAGE = {
    .id = "01JDCYK0000000000000000003",
    .received_at = 1764000001000,
    .envelope = {.mail_from = EVIL, .rcpt_to = evil_recipient, .rcpt_count = 1},
    .from = "- " EVIL,
    .subject = "# " EVIL,
};
static struct policy_result evils[] = {
    {.rule = &EVIL_RULE,
	.outcome = POLICY_FAIL,
	.expected = EVIL,
	.got = EVIL,
	.reason = EVIL,
	.reply = "550 " EVIL,
	.remedy = EVIL,
	.evidence = EVIL},
    {.rule = &EVIL_RULE, .outcome = POLICY_NOT_APPLICABLE, .reason = EVIL},
    {.rule = &EVIL_RULE, .outcome = POLICY_PASS, .got = EVIL},
    {.rule = &EVIL_RULE, .outcome = POLICY_UNJUDGED, .expected = "", .got = ""},
};

#define MESSAGE(message_, viewpoint_, results_)                                                    \
	{                                                                                          \
		.message = &(message_), .viewpoint = (viewpoint_), .results = (results_),          \
		.result_count = ARRAY_SIZE(results_)                                               \
	}

static struct gate_message passed[] = {MESSAGE(WELCOME, POLICY_OBSERVED, passes)};
static struct gate_message failed[] = {
    MESSAGE(WELCOME, POLICY_PREDICTED, failures), MESSAGE(NEWS, POLICY_OBSERVED, more_failures)};
static struct gate_message undecided[] = {MESSAGE(WELCOME, POLICY_OBSERVED, unjudged)};
static struct gate_message unasked[] = {MESSAGE(NAMELESS, POLICY_OBSERVED, inapplicable)};
static struct gate_message hostile[] = {MESSAGE(EVIL_MESSAGE, POLICY_OBSERVED, evils)};
static struct gate_message late[] = {MESSAGE(WELCOME, POLICY_OBSERVED, passes)};

#define GATE(outcome_, messages_, pass_, fail_, unjudged_, skip_)                                  \
	{                                                                                          \
		.outcome = (outcome_), .messages = (messages_),                                    \
		.message_count = ARRAY_SIZE(messages_), .count = {                                 \
			[POLICY_PASS] = (pass_),                                                   \
			[POLICY_FAIL] = (fail_),                                                   \
			[POLICY_UNJUDGED] = (unjudged_),                                           \
			[POLICY_NOT_APPLICABLE] = (skip_)                                          \
		}                                                                                  \
	}

static const struct gate PASS = GATE(GATE_PASS, passed, 3, 0, 0, 0);
static const struct gate FAIL = GATE(GATE_FAIL, failed, 1, 3, 0, 0);
static const struct gate UNJUDGED = GATE(GATE_FAIL, undecided, 1, 0, 2, 0);
static const struct gate NOT_APPLICABLE = GATE(GATE_FAIL, unasked, 0, 0, 0, 2);
static const struct gate HOSTILE = GATE(GATE_FAIL, hostile, 1, 1, 1, 1);
static const struct gate NONE = {
    .outcome = GATE_TIMEOUT,
    .shortfall = "no message matches: expected at least 1",
};
static const struct gate TIMEOUT = {
    .outcome = GATE_TIMEOUT,
    .messages = late,
    .message_count = 1,
    .count = {[POLICY_PASS] = 3},
    .shortfall = "release.policy:5: no message belongs to [subject:\"password reset\"]",
};

static const struct gate_form FORMS[] = {
    {"pass", &PASS},
    {"fail", &FAIL},
    {"unjudged", &UNJUDGED},
    {"not-applicable", &NOT_APPLICABLE},
    {"hostile", &HOSTILE},
    {"none", &NONE},
    {"timeout", &TIMEOUT},
};

const struct gate_form *gate_forms(size_t *count)
{
	*count = ARRAY_SIZE(FORMS);
	return FORMS;
}
