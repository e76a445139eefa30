/*
 * SPDX-License-Identifier: ISC
 *
 * spf and spf_helo.
 */
#include "judgecase.h"
#include "unit.h"

#define SPF(record)                                                                                \
	";; bounce.example.com. TXT NOERROR\nbounce.example.com. 300 IN TXT \"" record "\"\n"

static void spf(
    struct world *w, enum auth_result result, const char *mechanism, const char *evidence)
{
	struct spf_verdict *v = &w->message.observed.spf;

	v->result = result;
	v->mechanism = mechanism;
	v->reason = "the reason of SPF";
	w->evidence = evidence;
}

static void softfail(struct world *w)
{
	spf(w, AUTH_SOFTFAIL, "~all", SPF("v=spf1 mx ~all"));
}

static void neutral(struct world *w)
{
	spf(w, AUTH_NEUTRAL, NULL, SPF("v=spf1 mx"));
}

static void forbidden(struct world *w)
{
	spf(w, AUTH_FAIL, "-ip4:203.0.113.0/24", SPF("v=spf1 mx -ip4:203.0.113.0/24 +a ?all"));
}

static void redirected(struct world *w)
{
	spf(w, AUTH_FAIL, "redirect=other.example -> -all",
	    SPF("v=spf1 exp=why.example redirect=other.example"));
}

static void no_evidence(struct world *w)
{
	spf(w, AUTH_FAIL, "-all", "");
}

static void ip6(struct world *w)
{
	softfail(w);
	w->message.observed.rdns.ip = "2001:db8::7";
}

static void local(struct world *w)
{
	softfail(w);
	w->message.observed.rdns.ip = "127.0.0.1";
}

static void local_unpublished(struct world *w)
{
	spf(w, AUTH_NONE, NULL, ";; bounce.example.com. TXT NXDOMAIN\n");
	w->message.observed.rdns.ip = "10.1.2.3";
}

static void local_file(struct world *w)
{
	local(w);
	w->facts.file = true;
	w->message.envelope.mail_from = "a@bounce.example.com";
}

static void foreign(struct world *w)
{
	softfail(w);
	w->message.observed.spf.domain = "bounce.provider.example";
}

static void unpublished(struct world *w)
{
	spf(w, AUTH_NONE, NULL, ";; bounce.example.com. TXT NXDOMAIN\n");
}

static void no_domain(struct world *w)
{
	spf(w, AUTH_NONE, NULL, "");
	w->message.observed.spf.domain = NULL;
}

static void several(struct world *w)
{
	spf(w, AUTH_PERMERROR, NULL,
	    ";; bounce.example.com. TXT NOERROR\n"
	    "bounce.example.com. 300 IN TXT \"v=spf1 mx include:a.example ~all\"\n"
	    "bounce.example.com. 300 IN TXT \"v=spf1 ip4:192.0.2.1 mx -all\"\n"
	    "bounce.example.com. 300 IN TXT \"other\"\n");
}

static void lookups(struct world *w)
{
	spf(w, AUTH_PERMERROR, NULL, SPF("v=spf1 include:a.example -all"));
	w->message.observed.spf.lookups = 11;
}

static void syntax(struct world *w)
{
	spf(w, AUTH_PERMERROR, NULL, SPF("v=spf1 ip4:nonsense\\010 -all"));
}

static void temperror(struct world *w)
{
	spf(w, AUTH_TEMPERROR, NULL, ";; bounce.example.com. TXT SERVFAIL\n");
}

static const char *const PROVIDER_EGRESS[] = {"spf:provider.example"};
static const char *const ADDRESS_EGRESS[] = {"203.0.113.7", "spf:provider.example"};
static const struct verify_route PROVIDER = {
    .name = "provider", .egress = PROVIDER_EGRESS, .egress_count = 1};
static const struct verify_route ADDRESS = {
    .name = "provider", .egress = ADDRESS_EGRESS, .egress_count = 2};
static const struct verify_route BARE = {.name = "provider"};

static void predicted(struct world *w)
{
	softfail(w);
	world_route(w, &PROVIDER);
}

static void predicted_address(struct world *w)
{
	softfail(w);
	world_route(w, &ADDRESS);
}

static void observed_with_route(struct world *w)
{
	predicted(w);
	w->facts.viewpoint = POLICY_OBSERVED;
}

static void predicted_unpublished(struct world *w)
{
	unpublished(w);
	world_route(w, &PROVIDER);
}

static void no_egress(struct world *w)
{
	softfail(w);
	world_route(w, &BARE);
}

static void bad_egress(struct world *w)
{
	spf(w, AUTH_PERMERROR, NULL, "");
	w->message.observed.rdns = (struct rdns_verdict){.reason = "the egress gives no address"};
	world_route(w, &PROVIDER);
}

static void slow_egress(struct world *w)
{
	spf(w, AUTH_TEMPERROR, NULL, "");
	w->message.observed.rdns = (struct rdns_verdict){.reason = "the egress gives no address"};
	world_route(w, &PROVIDER);
}

static void unpredicted(struct world *w)
{
	w->facts.viewpoint = POLICY_PREDICTED;
}

static const struct judge_case SPF_CASES[] = {
    {"pass", "spf=pass", NULL, POLICY_PASS, "pass", "pass", "203.0.113.7 matches", NULL,
	"bounce.example.com TXT \"v=spf1 ip4:203.0.113.7 -all\" (ip4:203.0.113.7)"},
    {"softfail", "spf=pass", softfail, POLICY_FAIL, "pass", "softfail", "the reason of SPF",
	"add ip4:203.0.113.7 to the SPF record of bounce.example.com: v=spf1 mx ~all -> v=spf1 mx "
	"ip4:203.0.113.7 ~all",
	"bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"one of two", "spf=pass|softfail", softfail, POLICY_PASS, "pass or softfail", "softfail",
	"the reason of SPF", NULL, "bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"not one of two", "spf!=fail|softfail", softfail, POLICY_FAIL, "neither fail nor softfail",
	"softfail", "the reason of SPF",
	"add ip4:203.0.113.7 to the SPF record of bounce.example.com: v=spf1 mx ~all -> v=spf1 mx "
	"ip4:203.0.113.7 ~all",
	"bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"neutral", "spf=pass", neutral, POLICY_FAIL, "pass", "neutral", "the reason of SPF",
	"add ip4:203.0.113.7 to the SPF record of bounce.example.com: v=spf1 mx -> v=spf1 mx "
	"ip4:203.0.113.7 -all",
	"bounce.example.com TXT \"v=spf1 mx\""},
    {"an earlier term forbids", "spf=pass", forbidden, POLICY_FAIL, "pass", "fail",
	"the reason of SPF",
	"add ip4:203.0.113.7 to the SPF record of bounce.example.com: v=spf1 mx "
	"-ip4:203.0.113.0/24 +a ?all -> v=spf1 mx ip4:203.0.113.7 -ip4:203.0.113.0/24 +a ?all",
	"bounce.example.com TXT \"v=spf1 mx -ip4:203.0.113.0/24 +a ?all\" (-ip4:203.0.113.0/24)"},
    {"redirect", "spf=pass", redirected, POLICY_FAIL, "pass", "fail", "the reason of SPF",
	"add ip4:203.0.113.7 to the SPF record of bounce.example.com: v=spf1 exp=why.example "
	"redirect=other.example -> v=spf1 exp=why.example ip4:203.0.113.7 redirect=other.example",
	"bounce.example.com TXT \"v=spf1 exp=why.example redirect=other.example\" "
	"(redirect=other.example -> -all)"},
    {"no evidence", "spf=pass", no_evidence, POLICY_FAIL, "pass", "fail", "the reason of SPF",
	"add ip4:203.0.113.7 to the SPF record of bounce.example.com, in front of its \"all\" or "
	"redirect=",
	"-all"},
    {"IPv6", "spf=pass", ip6, POLICY_FAIL, "pass", "softfail", "the reason of SPF",
	"add ip6:2001:db8::7 to the SPF record of bounce.example.com: v=spf1 mx ~all -> v=spf1 mx "
	"ip6:2001:db8::7 ~all",
	"bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"an address of no sender", "spf=pass", local, POLICY_FAIL, "pass", "softfail",
	"the reason of SPF",
	"say where the mail will be sent from, since 127.0.0.1 is no address of the Internet: by "
	"XCLIENT (swaks --xclient-addr), or send to a listener with a route whose egress says it",
	"bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"an address of no sender, no record", "spf=pass", local_unpublished, POLICY_FAIL, "pass",
	"none", "the reason of SPF",
	"publish at bounce.example.com TXT \"v=spf1 ip4:ADDRESS -all\"",
	"bounce.example.com TXT: NXDOMAIN"},
    {"an address of no sender, in a file", "spf=pass", local_file, POLICY_FAIL, "pass", "softfail",
	"the reason of SPF",
	"give the public address that the mail will be sent from by --ip: 127.0.0.1 is none",
	"bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"a record", "spf", softfail, POLICY_PASS, "an SPF record", "softfail", "the reason of SPF",
	NULL, "bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"no record", "spf", unpublished, POLICY_FAIL, "an SPF record", "none", "the reason of SPF",
	"publish at bounce.example.com TXT \"v=spf1 ip4:203.0.113.7 -all\"",
	"bounce.example.com TXT: NXDOMAIN"},
    {"no record as wanted", "!spf", unpublished, POLICY_PASS, "no SPF record", "none",
	"the reason of SPF", NULL, "bounce.example.com TXT: NXDOMAIN"},
    {"somebody else's domain", "spf=pass", foreign, POLICY_FAIL, "pass", "softfail",
	"the reason of SPF",
	"ask the owner of bounce.provider.example: add ip4:203.0.113.7 to the SPF record of "
	"bounce.provider.example, in front of its \"all\" or redirect=; or send with a "
	"reverse-path (MAIL FROM) at example.com",
	"~all"},
    {"not published", "spf=pass", unpublished, POLICY_FAIL, "pass", "none", "the reason of SPF",
	"publish at bounce.example.com TXT \"v=spf1 ip4:203.0.113.7 -all\"",
	"bounce.example.com TXT: NXDOMAIN"},
    {"no domain", "spf=pass", no_domain, POLICY_FAIL, "pass", "none", "the reason of SPF",
	"send with a reverse-path (MAIL FROM) whose domain has an SPF record, such as "
	"bounces@example.com",
	NULL},
    {"several records", "spf=pass", several, POLICY_FAIL, "pass", "permerror", "the reason of SPF",
	"merge the 2 SPF records of bounce.example.com into one: v=spf1 mx include:a.example "
	"ip4:192.0.2.1 ~all",
	"bounce.example.com TXT \"v=spf1 mx include:a.example ~all\" and 1 more"},
    {"too many lookups", "spf=pass", lookups, POLICY_FAIL, "pass", "permerror", "the reason of SPF",
	"take lookups out of the SPF record of bounce.example.com: put ip4: and ip6: in the place "
	"of a, mx and include:, drop providers no longer used, or send by a subdomain with a "
	"record of its own",
	"bounce.example.com TXT \"v=spf1 include:a.example -all\""},
    {"syntax", "spf=pass", syntax, POLICY_FAIL, "pass", "permerror", "the reason of SPF",
	"correct the SPF record of bounce.example.com, which is \"v=spf1 ip4:nonsense\\010 -all\"; "
	"\"mailassay check domain bounce.example.com\" shows what is wrong with it",
	"bounce.example.com TXT \"v=spf1 ip4:nonsense\\010 -all\""},
    {"temporary", "spf=pass", temperror, POLICY_UNJUDGED, "pass", "temperror", "the reason of SPF",
	"try again, and see that the name servers of bounce.example.com and of what its record "
	"names answer",
	"bounce.example.com TXT: SERVFAIL"},
    {"temporary, named", "spf=temperror|fail", temperror, POLICY_PASS, "temperror or fail",
	"temperror", "the reason of SPF", NULL, "bounce.example.com TXT: SERVFAIL"},
    {"temporary, not wanted", "spf!=temperror", temperror, POLICY_FAIL, "not temperror",
	"temperror", "the reason of SPF",
	"try again, and see that the name servers of bounce.example.com and of what its record "
	"names answer",
	"bounce.example.com TXT: SERVFAIL"},
    {"good where bad is wanted", "spf=fail", NULL, POLICY_FAIL, "fail", "pass",
	"203.0.113.7 matches",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"bounce.example.com TXT \"v=spf1 ip4:203.0.113.7 -all\" (ip4:203.0.113.7)"},
    {"predicted, by the provider's include", "spf=pass", predicted, POLICY_FAIL, "pass", "softfail",
	"the reason of SPF",
	"add include:provider.example to the SPF record of bounce.example.com: v=spf1 mx ~all -> "
	"v=spf1 mx include:provider.example ~all",
	"bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"predicted, by an address", "spf=pass", predicted_address, POLICY_FAIL, "pass", "softfail",
	"the reason of SPF",
	"add ip4:203.0.113.7 to the SPF record of bounce.example.com: v=spf1 mx ~all -> v=spf1 mx "
	"ip4:203.0.113.7 ~all",
	"bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"observed beside a route", "spf=pass", observed_with_route, POLICY_FAIL, "pass", "softfail",
	"the reason of SPF",
	"add ip4:203.0.113.7 to the SPF record of bounce.example.com: v=spf1 mx ~all -> v=spf1 mx "
	"ip4:203.0.113.7 ~all",
	"bounce.example.com TXT \"v=spf1 mx ~all\" (~all)"},
    {"predicted, not published", "spf=pass", predicted_unpublished, POLICY_FAIL, "pass", "none",
	"the reason of SPF",
	"publish at bounce.example.com TXT \"v=spf1 include:provider.example -all\"",
	"bounce.example.com TXT: NXDOMAIN"},
    {"a route without egress", "spf=pass", no_egress, POLICY_NOT_APPLICABLE, "pass", NULL,
	"the route provider does not say which addresses the provider sends from",
	"set egress in the section route provider: the provider's addresses, or {\"spf:DOMAIN\"} "
	"with the domain that its customers include in SPF",
	NULL},
    {"an egress without an address", "spf=pass", bad_egress, POLICY_FAIL, "pass", "permerror",
	"the reason of SPF", "correct egress in the section route provider", NULL},
    {"an egress without an answer", "spf=pass", slow_egress, POLICY_UNJUDGED, "pass", "temperror",
	"the reason of SPF",
	"try again, and see that the name servers of bounce.example.com and of what its record "
	"names answer",
	NULL},
    {"submission without a route", "spf=pass", world_staging, POLICY_NOT_APPLICABLE, "pass", NULL,
	"the client is a host that submits mail: its address says nothing of those that the "
	"provider sends from",
	"say where the provider sends from: a section route NAME { egress = "
	"{\"spf:provider.example\"} } in the configuration, and route = NAME in listener apps, "
	"with the provider's own domain or addresses",
	NULL},
    {"predicted without a route", "spf=pass", unpredicted, POLICY_UNJUDGED, "pass", NULL,
	"nothing was predicted, since the message has no route",
	"give the listener a route (a section route NAME of the configuration), or judge it by "
	"--viewpoint observed",
	NULL},
    {"delivered", "spf=pass", world_delivered, POLICY_UNJUDGED, "pass", NULL,
	"the message is not delivered yet", "judge it by --viewpoint observed or predicted", NULL},
    {"a file", "spf=pass", world_file, POLICY_UNJUDGED, "pass", NULL,
	"the client's address is not known",
	"give the address that the message is sent from by --ip, with --helo and --mail-from as "
	"the sender gives them",
	NULL},
    {"a file without a reverse-path", "spf=pass", world_file_with_ip, POLICY_UNJUDGED, "pass", NULL,
	"the reverse-path is not known",
	"give it by --mail-from ADDRESS ('' is the null reverse-path)", NULL},
    {"client not known", "spf=pass", world_no_client, POLICY_UNJUDGED, "pass", NULL,
	"the client's address is not known",
	"have the proxy in front pass it on (PROXY protocol, or XCLIENT)", NULL},
};

static void helo_none(struct world *w)
{
	w->message.observed.spf_helo = (struct spf_verdict){.result = AUTH_NONE,
	    .identity = "helo",
	    .domain = "mail.example.com",
	    .reason = "mail.example.com publishes no SPF record"};
}

static void helo_no_name(struct world *w)
{
	helo_none(w);
	w->message.observed.spf_helo.domain = NULL;
}

static const struct judge_case SPF_HELO_CASES[] = {
    {"pass", "spf_helo=pass", NULL, POLICY_PASS, "pass", "pass", "203.0.113.7 matches", NULL,
	"ip4:203.0.113.7"},
    {"none", "spf_helo=pass", helo_none, POLICY_FAIL, "pass", "none",
	"mail.example.com publishes no SPF record",
	"publish at mail.example.com TXT \"v=spf1 a -all\"", NULL},
    {"no name", "spf_helo=pass", helo_no_name, POLICY_FAIL, "pass", "none",
	"mail.example.com publishes no SPF record",
	"say EHLO with the full name of the sending host, such as mail.example.com", NULL},
    {"submission without a route", "spf_helo=pass", world_staging, POLICY_NOT_APPLICABLE, "pass",
	NULL,
	"the client is a host that submits mail: its address says nothing of those that the "
	"provider sends from",
	"say where the provider sends from: a section route NAME { egress = "
	"{\"spf:provider.example\"} } in the configuration, and route = NAME in listener apps, "
	"with the provider's own domain or addresses",
	NULL},
    {"a file without HELO", "spf_helo=pass", world_file_with_ip, POLICY_UNJUDGED, "pass", NULL,
	"the HELO name is not known", "give it by --helo NAME", NULL},
    {"delivered", "spf_helo=pass", world_delivered, POLICY_UNJUDGED, "pass", NULL,
	"the message is not delivered yet", "judge it by --viewpoint observed or predicted", NULL},
};

START_TEST(judges_spf)
{
	judge_cases(SPF_CASES, ARRAY_SIZE(SPF_CASES));
}
END_TEST

START_TEST(judges_spf_helo)
{
	judge_cases(SPF_HELO_CASES, ARRAY_SIZE(SPF_HELO_CASES));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {judges_spf, judges_spf_helo, NULL};

	return unit_main("judgespf", tests);
}
