/*
 * SPDX-License-Identifier: ISC
 *
 * What the tests of judging share.
 */
#include "judgecase.h"

#include <check.h>
#include <string.h>

static const char HEADER[] =
    "From: A <a@example.com>\r\n"
    "To: b@example.net\r\n"
    "Subject: =?utf-8?q?Welcome_to_the_Caf=C3=A9?=\r\n"
    "Message-ID: <1@example.com>\r\n"
    "List-Unsubscribe: <mailto:u@example.com>,\r\n <https://example.com/u/1>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "\r\n";

static const char EVIDENCE[] = ";; bounce.example.com. TXT NOERROR\n"
			       "bounce.example.com. 300 IN TXT \"v=spf1 ip4:203.0.113.7 -all\"\n"
			       ";; app._domainkey.example.com. TXT NOERROR\n"
			       "app._domainkey.example.com. 300 IN TXT \"v=DKIM1; k=rsa; p=AAAA\"\n"
			       ";; _dmarc.example.com. TXT NOERROR\n"
			       "_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject\"\n"
			       ";; 7.113.0.203.in-addr.arpa. PTR NOERROR\n"
			       "7.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.\n"
			       ";; mail.example.com. A NOERROR\n"
			       "mail.example.com. 300 IN A 203.0.113.7\n"
			       ";; example.com. A NOERROR\n"
			       "example.com. 300 IN A 203.0.113.80\n";

static const char *const RECIPIENTS[] = {"b@example.net", "C@Example.org"};
static const char *const SIGNED[] = {
    "from", "subject", "list-unsubscribe", "list-unsubscribe-post"};
static const char *const NAMES[] = {"mail.example.com"};
static const char *const LINKS[] = {"https://shop.example/reset?t=1", "mailto:help@example.com"};

/* Copies, since records have lists that may be changed. */
static const char **copy(struct arena *a, const char *const *items, size_t count)
{
	const char **out = arena_alloc(a, count * sizeof(*out));

	memcpy(out, items, count * sizeof(*out));
	return out;
}

static void fill_verdict(struct world *w)
{
	struct verdict *v = &w->message.observed;

	v->has_client = true;
	v->spf = (struct spf_verdict){.result = AUTH_PASS,
	    .identity = "mailfrom",
	    .domain = "bounce.example.com",
	    .mechanism = "ip4:203.0.113.7",
	    .lookups = 1,
	    .reason = "203.0.113.7 matches"};
	v->spf_helo = v->spf;
	v->spf_helo.identity = "helo";
	v->spf_helo.domain = "mail.example.com";
	w->dkim[0] = (struct dkim_verdict){.result = AUTH_PASS,
	    .domain = "example.com",
	    .selector = "app",
	    .algorithm = "rsa-sha256",
	    .bits = 2048,
	    .canonicalization = "relaxed/relaxed",
	    .signed_headers = copy(w->arena, SIGNED, ARRAY_SIZE(SIGNED)),
	    .signed_header_count = ARRAY_SIZE(SIGNED),
	    .body_length = -1,
	    .signed_at = -1,
	    .expires_at = -1,
	    .reason = "the signature is valid"};
	v->dkim = w->dkim;
	v->dkim_count = 1;
	v->dmarc = (struct dmarc_verdict){.result = AUTH_PASS,
	    .from_domain = "example.com",
	    .organizational_domain = "example.com",
	    .policy_domain = "example.com",
	    .has_policy = true,
	    .policy = DMARC_POLICY_REJECT,
	    .spf_aligned = true,
	    .dkim_aligned = true,
	    .record = "v=DMARC1; p=reject",
	    .reason = "DKIM passed for example.com"};
	v->rdns = (struct rdns_verdict){.result = AUTH_PASS,
	    .ip = "203.0.113.7",
	    .names = copy(w->arena, NAMES, 1),
	    .name_count = 1,
	    .confirmed = "mail.example.com",
	    .helo_match = true,
	    .reason = "203.0.113.7 has the name mail.example.com"};
}

static void fill_content(struct world *w)
{
	struct mime_part *parts = arena_alloc(w->arena, 3 * sizeof(*parts));

	parts[0] = (struct mime_part){.number = "", .type = "multipart/mixed", .multipart = true};
	parts[1] = (struct mime_part){.number = "1", .depth = 1, .type = "text/plain"};
	parts[2] = (struct mime_part){.number = "2",
	    .depth = 1,
	    .type = "application/pdf",
	    .filename = "Invoice.pdf",
	    .attachment = true};
	w->content = (struct mime_content){.parts = parts,
	    .part_count = 3,
	    .text = "Please reset it, dear Alice.",
	    .links = copy(w->arena, LINKS, ARRAY_SIZE(LINKS)),
	    .link_count = ARRAY_SIZE(LINKS),
	    .attachment_count = 1};
}

void world_init(struct world *w)
{
	*w = (struct world){.arena = arena_new(), .header = HEADER, .evidence = EVIDENCE};
	w->session = (struct record_session){
	    .id = "01JDEXAMP00000000000000001",
	    .listener = "mx",
	    .kind = "mx",
	    .client = {.port = 50000, .helo = "mail.example.com", .esmtp = true},
	    .auth = {"PLAIN", "shop", true},
	    .tls = {.mode = TLS_MODE_STARTTLS,
		.version = "TLSv1.3",
		.cipher = "TLS_AES_256_GCM_SHA384",
		.bits = 256},
	};
	ck_assert_int_eq(ip_parse(SPAN("203.0.113.7"), &w->session.client.ip), 0);
	w->message = (struct record_message){
	    .id = "01JDEXAMP00000000000000002",
	    .received_at = 1795448235123,
	    .session = &w->session,
	    .envelope = {.mail_from = "a@bounce.example.com",
		.rcpt_to = copy(w->arena, RECIPIENTS, ARRAY_SIZE(RECIPIENTS)),
		.rcpt_count = ARRAY_SIZE(RECIPIENTS)},
	    .size = 2310,
	    .message_id = "<1@example.com>",
	    .from = "a@example.com",
	    .subject = "Welcome to the Caf\xc3\xa9",
	};
	fill_verdict(w);
	fill_content(w);
	w->facts = (struct policy_facts){.content = &w->content};
}

void world_clear(struct world *w)
{
	arena_free(w->arena);
}

const struct policy_facts *world_facts(struct world *w)
{
	mail_header_parse(span_from(w->header), w->arena, &w->parsed);
	w->facts.message = &w->message;
	w->facts.header = &w->parsed;
	w->facts.evidence = span_from(w->evidence);
	return &w->facts;
}

void world_route(struct world *w, const struct verify_route *route)
{
	w->message.route = route;
	w->message.predicted = w->message.observed;
	w->message.predicted.has_client = w->message.observed.has_client && route->egress_count > 0;
}

void world_delivered(struct world *w)
{
	w->facts.viewpoint = POLICY_DELIVERED;
}

void world_staging(struct world *w)
{
	w->session.kind = "submission";
	w->session.listener = "apps";
}

void world_no_client(struct world *w)
{
	w->message.observed.has_client = false;
}

void world_file(struct world *w)
{
	w->facts.file = true;
	w->session.id = w->session.kind = NULL;
	world_no_client(w);
	w->message.observed.spf = w->message.observed.spf_helo =
	    (struct spf_verdict){.result = AUTH_NONE};
	w->message.observed.rdns = (struct rdns_verdict){.result = AUTH_NONE};
}

void world_file_with_ip(struct world *w)
{
	w->facts.file = true;
	w->message.envelope.mail_from = NULL;
	w->session.client.helo = NULL;
}

static const char *or_null(const char *text)
{
	return text == NULL ? "(null)" : text;
}

static void compare(const char *row, const char *what, const char *got, const char *expected)
{
	ck_assert_msg(strcmp(or_null(got), or_null(expected)) == 0,
	    "%s: %s: got \"%s\", expected \"%s\"", row, what, or_null(got), or_null(expected));
}

/* What every result has, whatever it is. */
static void check_whole(const char *row, const struct policy_result *r)
{
	ck_assert_msg(r->expected != NULL, "%s: nothing is expected", row);
	ck_assert_msg(r->reason != NULL, "%s: no reason", row);
	ck_assert_msg(r->reply == NULL, "%s: a reply of no receiver", row);
	if (r->outcome == POLICY_PASS)
		ck_assert_msg(r->remedy == NULL, "%s: a remedy of what passed", row);
	if (r->outcome == POLICY_FAIL)
		ck_assert_msg(r->got != NULL, "%s: got nothing", row);
	if (r->outcome == POLICY_FAIL || r->outcome == POLICY_UNJUDGED)
		ck_assert_msg(r->remedy != NULL, "%s: no remedy", row);
}

static void judge_one(const struct judge_case *c)
{
	struct policy p;
	struct world w;
	struct error err;
	struct policy_result r;
	struct arena *a = arena_new();

	world_init(&w);
	policy_init(&p);
	ck_assert_msg(
	    policy_add_requirements(&p, span_from(c->requirement), "--require", &err) == 0,
	    "%s: %s", c->name, err.text);
	ck_assert_uint_eq(p.rule_count, 1);
	if (c->change != NULL)
		c->change(&w);
	policy_judge(&p.rules[0], world_facts(&w), a, &r);
	/* Nothing of the facts may be borrowed. */
	world_clear(&w);
	ck_assert_msg(r.outcome == c->outcome, "%s: got %s, expected %s", c->name,
	    POLICY_OUTCOME_NAME[r.outcome], POLICY_OUTCOME_NAME[c->outcome]);
	ck_assert_ptr_eq(r.rule, &p.rules[0]);
	check_whole(c->name, &r);
	compare(c->name, "expected", r.expected, c->expected);
	compare(c->name, "got", r.got, c->got);
	compare(c->name, "reason", r.reason, c->reason);
	compare(c->name, "remedy", r.remedy, c->remedy);
	compare(c->name, "evidence", r.evidence, c->evidence);
	policy_clear(&p);
	arena_free(a);
}

void judge_cases(const struct judge_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		judge_one(&cases[i]);
}
