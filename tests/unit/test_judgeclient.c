/*
 * SPDX-License-Identifier: ISC
 *
 * rdns, helo, from.resolvable: where the message comes from.
 */
#include "judgecase.h"
#include "unit.h"

static const char *const EGRESS[] = {"203.0.113.7"};
static const struct verify_route ROUTE = {.name = "provider", .egress = EGRESS, .egress_count = 1};

/* The egress setting gives no address. */
static void no_egress_address(struct world *w, enum auth_result spf)
{
	w->message.observed.spf.result = spf;
	w->message.observed.rdns = (struct rdns_verdict){.reason = "the egress gives no address"};
	world_route(w, &ROUTE);
}

static void bad_egress(struct world *w)
{
	no_egress_address(w, AUTH_PERMERROR);
}

static void slow_egress(struct world *w)
{
	no_egress_address(w, AUTH_TEMPERROR);
}

static void no_ptr(struct world *w)
{
	struct rdns_verdict *v = &w->message.observed.rdns;

	v->result = AUTH_PERMERROR;
	v->name_count = 0;
	v->confirmed = NULL;
	v->reason = "203.0.113.7 has no PTR record";
}

static void no_ptr_no_helo(struct world *w)
{
	no_ptr(w);
	w->message.observed.rdns.helo_match = false;
	w->session.client.helo = "localhost";
}

static void other_ptr(struct world *w)
{
	struct rdns_verdict *v = &w->message.observed.rdns;

	v->result = AUTH_FAIL;
	v->names[0] = "host7.provider.example";
	v->confirmed = NULL;
	v->helo_match = false;
	v->reason = "host7.provider.example does not lead back";
}

static void slow_ptr(struct world *w)
{
	no_ptr(w);
	w->message.observed.rdns.result = AUTH_TEMPERROR;
	w->message.observed.rdns.helo_match = false;
}

static void local_no_ptr(struct world *w)
{
	no_ptr(w);
	w->message.observed.rdns.ip = "127.0.0.1";
}

static void predicted_no_ptr(struct world *w)
{
	no_ptr(w);
	w->message.observed.rdns.helo_match = false;
	world_route(w, &ROUTE);
}

static void predicted_good(struct world *w)
{
	world_route(w, &ROUTE);
}

static void predicted_slow(struct world *w)
{
	slow_ptr(w);
	world_route(w, &ROUTE);
}

static const struct judge_case RDNS_CASES[] = {
    {"pass", "rdns=pass", NULL, POLICY_PASS, "pass", "pass",
	"203.0.113.7 has the name mail.example.com", NULL, "203.0.113.7 PTR mail.example.com"},
    {"no PTR, HELO leads there", "rdns=pass", no_ptr, POLICY_FAIL, "pass", "permerror",
	"203.0.113.7 has no PTR record",
	"ask the owner of 203.0.113.7 (its network or hosting provider) to set its PTR to "
	"mail.example.com, which has this address already",
	"203.0.113.7 has no PTR record"},
    {"a PTR, wherever it leads", "rdns", other_ptr, POLICY_PASS, "a PTR record", "fail",
	"host7.provider.example does not lead back", NULL,
	"203.0.113.7 PTR host7.provider.example"},
    {"no PTR at all", "rdns", no_ptr, POLICY_FAIL, "a PTR record", "permerror",
	"203.0.113.7 has no PTR record",
	"ask the owner of 203.0.113.7 (its network or hosting provider) to set its PTR to "
	"mail.example.com, which has this address already",
	"203.0.113.7 has no PTR record"},
    {"no answer for the PTR", "!rdns", slow_ptr, POLICY_UNJUDGED, "no PTR record", "temperror",
	"203.0.113.7 has no PTR record",
	"try again, and see that the name servers of the reverse zone of 203.0.113.7, and of its "
	"names, answer",
	"203.0.113.7 PTR: no answer"},
    {"no PTR, an address of no sender", "rdns=pass", local_no_ptr, POLICY_FAIL, "pass", "permerror",
	"203.0.113.7 has no PTR record",
	"say where the mail will be sent from, since 127.0.0.1 is no address of the Internet: by "
	"XCLIENT (swaks --xclient-addr), or send to a listener with a route whose egress says it",
	"127.0.0.1 has no PTR record"},
    {"no PTR", "rdns=pass", no_ptr_no_helo, POLICY_FAIL, "pass", "permerror",
	"203.0.113.7 has no PTR record",
	"ask the owner of 203.0.113.7 (its network or hosting provider) to set its PTR to a name "
	"that has this address, such as mail.example.com with the record A 203.0.113.7",
	"203.0.113.7 has no PTR record"},
    {"another name", "rdns=pass", other_ptr, POLICY_FAIL, "pass", "fail",
	"host7.provider.example does not lead back",
	"publish at host7.provider.example A 203.0.113.7; or ask the owner of 203.0.113.7 (its "
	"network or hosting provider) to set its PTR to a name that has this address, such as "
	"mail.example.com with the record A 203.0.113.7",
	"203.0.113.7 PTR host7.provider.example"},
    {"temporary", "rdns=pass", slow_ptr, POLICY_UNJUDGED, "pass", "temperror",
	"203.0.113.7 has no PTR record",
	"try again, and see that the name servers of the reverse zone of 203.0.113.7, and of its "
	"names, answer",
	"203.0.113.7 PTR: no answer"},
    {"good where bad is wanted", "rdns!=pass", NULL, POLICY_FAIL, "not pass", "pass",
	"203.0.113.7 has the name mail.example.com",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"203.0.113.7 PTR mail.example.com"},
    {"predicted", "rdns=pass", predicted_no_ptr, POLICY_FAIL, "pass", "permerror",
	"203.0.113.7 has no PTR record",
	"ask the owner of 203.0.113.7 (its network or hosting provider) to set its PTR to a name "
	"that has this address, such as mail.example.com with the record A 203.0.113.7",
	"203.0.113.7 has no PTR record"},
    {"an egress without an address", "rdns=pass", bad_egress, POLICY_FAIL, "pass", "none",
	"the egress gives no address", "correct egress in the section route provider", NULL},
    {"an egress without an answer", "rdns=pass", slow_egress, POLICY_UNJUDGED, "pass", "none",
	"the egress gives no address",
	"try again, and see that the name servers of the egress setting answer", NULL},
    {"submission without a route", "rdns=pass", world_staging, POLICY_NOT_APPLICABLE, "pass", NULL,
	"the client is a host that submits mail: its address says nothing of those that the "
	"provider sends from",
	"say where the provider sends from: a section route NAME { egress = "
	"{\"spf:provider.example\"} } in the configuration, and route = NAME in listener apps, "
	"with the provider's own domain or addresses",
	NULL},
    {"a file", "rdns=pass", world_file, POLICY_UNJUDGED, "pass", NULL,
	"the client's address is not known",
	"give the address that the message is sent from by --ip, with --helo and --mail-from as "
	"the sender gives them",
	NULL},
};

static void helo_elsewhere(struct world *w)
{
	w->message.observed.rdns.helo_match = false;
	w->session.client.helo = "app.example.com";
}

static void helo_no_ptr(struct world *w)
{
	no_ptr(w);
	helo_elsewhere(w);
}

static void helo_literal(struct world *w)
{
	w->message.observed.rdns.helo_match = false;
	w->session.client.helo = "[203.0.113.7]";
}

static void helo_slow(struct world *w)
{
	helo_elsewhere(w);
	w->evidence = ";; app.example.com. A TIMEOUT\n";
}

static void helo_missing(struct world *w)
{
	helo_elsewhere(w);
	w->session.client.helo = NULL;
}

static const struct judge_case HELO_CASES[] = {
    {"leads back", "helo", NULL, POLICY_PASS, "a HELO name that leads to the client",
	"mail.example.com", "mail.example.com leads to 203.0.113.7", NULL,
	"HELO mail.example.com from 203.0.113.7"},
    {"leads elsewhere", "helo", helo_elsewhere, POLICY_FAIL, "a HELO name that leads to the client",
	"app.example.com", "app.example.com does not lead to 203.0.113.7",
	"say EHLO mail.example.com, the name that 203.0.113.7 has (the setting is often called "
	"helo name, client name or myhostname)",
	"HELO app.example.com from 203.0.113.7"},
    {"leads elsewhere, no PTR", "helo", helo_no_ptr, POLICY_FAIL,
	"a HELO name that leads to the client", "app.example.com",
	"app.example.com does not lead to 203.0.113.7",
	"say EHLO with the full name of the sending host, and give that name the record A "
	"203.0.113.7",
	"HELO app.example.com from 203.0.113.7"},
    {"literal", "helo", helo_literal, POLICY_FAIL, "a HELO name that leads to the client",
	"an address literal", "HELO gives an address instead of a name",
	"say EHLO mail.example.com, the name that 203.0.113.7 has (the setting is often called "
	"helo name, client name or myhostname)",
	"HELO [203.0.113.7] from 203.0.113.7"},
    {"no answer", "helo", helo_slow, POLICY_UNJUDGED, "a HELO name that leads to the client",
	"app.example.com", "the addresses of the HELO name could not be looked up",
	"try again, and see that its name servers answer", "HELO app.example.com from 203.0.113.7"},
    {"none", "helo", helo_missing, POLICY_FAIL, "a HELO name that leads to the client", "no HELO",
	"the client said no HELO", "say EHLO with the full name of the sending host", NULL},
    {"not wanted", "!helo", NULL, POLICY_FAIL, "no HELO name that leads to the client",
	"mail.example.com", "mail.example.com leads to 203.0.113.7",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"HELO mail.example.com from 203.0.113.7"},
    {"not wanted, elsewhere", "!helo", helo_elsewhere, POLICY_PASS,
	"no HELO name that leads to the client", "app.example.com",
	"app.example.com does not lead to 203.0.113.7", NULL,
	"HELO app.example.com from 203.0.113.7"},
    {"predicted", "helo", predicted_no_ptr, POLICY_FAIL, "a HELO name that leads to the client",
	"no name", "203.0.113.7 has no PTR record",
	"ask the owner of 203.0.113.7 (its network or hosting provider) to set its PTR to a name "
	"that has this address, such as mail.example.com with the record A 203.0.113.7",
	"203.0.113.7 has no PTR record"},
    {"predicted, good", "helo", predicted_good, POLICY_PASS, "a HELO name that leads to the client",
	"mail.example.com", "203.0.113.7 has the name mail.example.com", NULL,
	"203.0.113.7 PTR mail.example.com"},
    {"predicted, no answer", "helo", predicted_slow, POLICY_UNJUDGED,
	"a HELO name that leads to the client", "no name", "203.0.113.7 has no PTR record",
	"try again, and see that the name servers of the reverse zone of 203.0.113.7, and of its "
	"names, answer",
	"203.0.113.7 PTR: no answer"},
    {"submission without a route", "helo", world_staging, POLICY_NOT_APPLICABLE,
	"a HELO name that leads to the client", NULL,
	"the client is a host that submits mail: its address says nothing of those that the "
	"provider sends from",
	"say where the provider sends from: a section route NAME { egress = "
	"{\"spf:provider.example\"} } in the configuration, and route = NAME in listener apps, "
	"with the provider's own domain or addresses",
	NULL},
    {"a file without HELO", "helo", world_file_with_ip, POLICY_UNJUDGED,
	"a HELO name that leads to the client", NULL, "the HELO name is not known",
	"give it by --helo NAME", NULL},
    {"a file", "helo", world_file, POLICY_UNJUDGED, "a HELO name that leads to the client", NULL,
	"the client's address is not known",
	"give the address that the message is sent from by --ip, with --helo and --mail-from as "
	"the sender gives them",
	NULL},
    {"delivered", "helo", world_delivered, POLICY_UNJUDGED, "a HELO name that leads to the client",
	NULL, "the message is not delivered yet", "judge it by --viewpoint observed or predicted",
	NULL},
};

static void absent(struct world *w)
{
	w->evidence = ";; example.com. A NXDOMAIN\n;; example.com. TXT NXDOMAIN\n";
}

static void empty(struct world *w)
{
	w->evidence = ";; example.com. A NODATA\n;; example.com. AAAA NODATA\n"
		      ";; example.com. MX NODATA\n";
}

static void half_empty(struct world *w)
{
	w->evidence = ";; example.com. TXT NODATA\n";
}

static void slow(struct world *w)
{
	w->evidence = ";; example.com. A SERVFAIL\n";
}

static void not_asked(struct world *w)
{
	w->evidence = "";
}

static void text_record(struct world *w)
{
	w->evidence = ";; example.com. TXT NOERROR\nexample.com. 300 IN TXT \"v=spf1 -all\"\n";
}

static void no_from(struct world *w)
{
	w->message.observed.dmarc = (struct dmarc_verdict){
	    .result = AUTH_PERMERROR, .reason = "the message has no From field"};
}

static const struct judge_case RESOLVABLE_CASES[] = {
    {"an address", "from.resolvable", NULL, POLICY_PASS, "a From domain that is in the DNS",
	"example.com", "example.com has records", NULL, "example.com A 203.0.113.80"},
    {"any record", "from.resolvable", text_record, POLICY_PASS, "a From domain that is in the DNS",
	"example.com", "example.com has records", NULL, "example.com TXT \"v=spf1 -all\""},
    {"does not exist", "from.resolvable", absent, POLICY_FAIL, "a From domain that is in the DNS",
	"NXDOMAIN", "example.com does not exist in the DNS",
	"correct the From address, or publish the domain with a host that takes mail: example.com "
	"MX 10 mail.example.com",
	"example.com: NXDOMAIN"},
    {"neither MX nor address", "from.resolvable", empty, POLICY_FAIL,
	"a From domain that is in the DNS", "no records", "example.com has neither MX nor address",
	"correct the From address, or publish the domain with a host that takes mail: example.com "
	"MX 10 mail.example.com",
	"example.com: no records"},
    {"exists, no more is known", "from.resolvable", half_empty, POLICY_NOT_APPLICABLE,
	"a From domain that is in the DNS", NULL,
	"the verdicts rest on no question that tells whether example.com is there", NULL, NULL},
    {"no answer", "from.resolvable", slow, POLICY_UNJUDGED, "a From domain that is in the DNS",
	NULL, "example.com could not be looked up",
	"try again, and see that its name servers answer", NULL},
    {"not asked", "from.resolvable", not_asked, POLICY_NOT_APPLICABLE,
	"a From domain that is in the DNS", NULL,
	"the verdicts rest on no question that tells whether example.com is there", NULL, NULL},
    {"no From", "from.resolvable", no_from, POLICY_FAIL, "a From domain that is in the DNS",
	"no From domain", "the message has no From field",
	"send one From field, with an address at a domain that receives mail", NULL},
    {"not wanted", "!from.resolvable", NULL, POLICY_FAIL, "a From domain that is not",
	"example.com", "example.com has records",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"example.com A 203.0.113.80"},
    {"absent as wanted", "!from.resolvable", absent, POLICY_PASS, "a From domain that is not",
	"NXDOMAIN", "example.com does not exist in the DNS", NULL, "example.com: NXDOMAIN"},
    {"delivered", "from.resolvable", world_delivered, POLICY_UNJUDGED,
	"a From domain that is in the DNS", NULL, "the message is not delivered yet",
	"judge it by --viewpoint observed or predicted", NULL},
};

START_TEST(judges_rdns)
{
	judge_cases(RDNS_CASES, ARRAY_SIZE(RDNS_CASES));
}
END_TEST

START_TEST(judges_helo)
{
	judge_cases(HELO_CASES, ARRAY_SIZE(HELO_CASES));
}
END_TEST

START_TEST(judges_resolvable)
{
	judge_cases(RESOLVABLE_CASES, ARRAY_SIZE(RESOLVABLE_CASES));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {judges_rdns, judges_helo, judges_resolvable, NULL};

	return unit_main("judgeclient", tests);
}
