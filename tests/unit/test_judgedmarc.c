/*
 * SPDX-License-Identifier: ISC
 *
 * dmarc, dmarc.record, dmarc.aligned, dmarc.disposition: for whom is signed and sent.
 */
#include "judgecase.h"
#include "unit.h"

static const struct verify_route PROVIDER = {
    .name = "provider", .dkim_domain = "example.com", .dkim_selector = "app"};

static struct verdict *observed(struct world *w)
{
	return &w->message.observed;
}

/* DMARC that found nothing aligned. */
static void not_aligned(struct world *w)
{
	struct dmarc_verdict *d = &observed(w)->dmarc;

	d->result = AUTH_FAIL;
	d->disposition = DMARC_POLICY_REJECT;
	d->spf_aligned = d->dkim_aligned = false;
	d->reason = "nothing is aligned";
}

static void unsigned_message(struct world *w)
{
	observed(w)->dkim_count = 0;
}

static void expired(struct world *w)
{
	w->dkim[0].result = AUTH_FAIL;
	w->dkim[0].reason = "the signature expired at 2026-11-23T16:00:00.000Z (its x=)";
}

static void other_signer(struct world *w)
{
	not_aligned(w);
	w->dkim[0].domain = "provider.example";
	observed(w)->spf.domain = "bounce.provider.example";
}

static void own_signature_fails(struct world *w)
{
	not_aligned(w);
	expired(w);
	observed(w)->spf.result = AUTH_SOFTFAIL;
	observed(w)->spf.mechanism = "-all";
}

static void unsigned_unaligned(struct world *w)
{
	other_signer(w);
	unsigned_message(w);
}

static void strict(struct world *w)
{
	not_aligned(w);
	w->dkim[0].domain = "news.example.com";
}

static const char *const EGRESS[] = {"203.0.113.7"};
static const struct verify_route SENDING = {.name = "provider",
    .egress = EGRESS,
    .egress_count = 1,
    .return_path = "bounce.provider.example",
    .dkim_selector = "app"};

static void predicted_other(struct world *w)
{
	other_signer(w);
	w->dkim[0].predicted = true;
	world_route(w, &SENDING);
}

static void no_record(struct world *w)
{
	struct dmarc_verdict *d = &observed(w)->dmarc;

	*d = (struct dmarc_verdict){.result = AUTH_NONE,
	    .from_domain = "mail.example.com",
	    .organizational_domain = "mail.example.com",
	    .reason = "there is no DMARC record"};
	w->evidence =
	    ";; _dmarc.mail.example.com. TXT NXDOMAIN\n;; _dmarc.example.com. TXT NXDOMAIN\n";
}

static void two_records(struct world *w)
{
	no_record(w);
	w->evidence = ";; _dmarc.example.com. TXT NOERROR\n"
		      "_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=none\"\n"
		      "_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject\"\n";
}

static void invalid_record(struct world *w)
{
	struct dmarc_verdict *d = &observed(w)->dmarc;

	d->result = AUTH_NONE;
	d->has_policy = false;
	d->spf_aligned = d->dkim_aligned = false;
	d->record = "v=DMARC1; p=rejetc";
	d->reason = "the record has no valid p=";
}

static void no_record_not_aligned(struct world *w)
{
	no_record(w);
	w->dkim[0].domain = "provider.example";
	observed(w)->spf.domain = "provider.example";
}

static void no_record_no_client(struct world *w)
{
	no_record_not_aligned(w);
	world_no_client(w);
}

static void slow_record(struct world *w)
{
	struct dmarc_verdict *d = &observed(w)->dmarc;

	*d = (struct dmarc_verdict){.result = AUTH_TEMPERROR,
	    .from_domain = "example.com",
	    .reason = "_dmarc.example.com could not be looked up"};
	w->evidence = ";; _dmarc.example.com. TXT SERVFAIL\n";
}

static void slow_alignment(struct world *w)
{
	observed(w)->dmarc.result = AUTH_TEMPERROR;
	observed(w)->dmarc.spf_aligned = observed(w)->dmarc.dkim_aligned = false;
	observed(w)->dmarc.reason = "SPF could not be judged for now";
}

static void several_from(struct world *w)
{
	observed(w)->dmarc = (struct dmarc_verdict){
	    .result = AUTH_PERMERROR, .reason = "the message has 2 From fields"};
}

static void staging(struct world *w)
{
	not_aligned(w);
	world_staging(w);
}

static void file(struct world *w)
{
	not_aligned(w);
	world_no_client(w);
	w->facts.file = true;
}

static void proxied(struct world *w)
{
	not_aligned(w);
	world_no_client(w);
}

static void predicted_no_egress(struct world *w)
{
	not_aligned(w);
	world_no_client(w);
	world_route(w, &PROVIDER);
}

static const struct judge_case DMARC_CASES[] = {
    {"pass", "dmarc=pass", NULL, POLICY_PASS, "pass", "pass", "DKIM passed for example.com", NULL,
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"others sign and send", "dmarc=pass", other_signer, POLICY_FAIL, "pass", "fail",
	"nothing is aligned",
	"sign with d=example.com: the signature of d=provider.example is not aligned with the From "
	"domain example.com; or send with a reverse-path (MAIL FROM) at example.com or a domain "
	"below it, not at bounce.provider.example, for which SPF passes",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"the own signature fails", "dmarc=pass", own_signature_fails, POLICY_FAIL, "pass", "fail",
	"nothing is aligned",
	"mend the signature of d=example.com (fail): sign each message as it is sent, with an x= "
	"some days later or none, and see that the signer's clock is right; or add ip4:203.0.113.7 "
	"to the SPF record of bounce.example.com: v=spf1 ip4:203.0.113.7 -all -> v=spf1 "
	"ip4:203.0.113.7 ip4:203.0.113.7 -all",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"unsigned", "dmarc=pass", unsigned_unaligned, POLICY_FAIL, "pass", "fail",
	"nothing is aligned",
	"sign with d=example.com and a key of 2048 bits, and publish its public half at "
	"SELECTOR._domainkey.example.com TXT \"v=DKIM1; k=rsa; p=...\"; or send with a "
	"reverse-path (MAIL FROM) at example.com or a domain below it, not at "
	"bounce.provider.example, for which SPF passes",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"strict", "dmarc=pass", strict, POLICY_FAIL, "pass", "fail", "nothing is aligned",
	"sign with d=example.com: the signature of d=news.example.com is not aligned with the From "
	"domain example.com; or send with a reverse-path (MAIL FROM) at example.com itself, not at "
	"bounce.example.com, for which SPF passes",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"predicted", "dmarc=pass", predicted_other, POLICY_FAIL, "pass", "fail", "nothing is aligned",
	"have the provider sign with d=example.com: the signature of d=provider.example is not "
	"aligned with the From domain example.com; or have the provider use a reverse-path (return "
	"path, bounce domain) at example.com or a domain below it, not at bounce.provider.example, "
	"and set return-path in the section route provider to it",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"no record", "dmarc=pass", no_record, POLICY_FAIL, "pass", "none", "there is no DMARC record",
	"publish at _dmarc.example.com TXT \"v=DMARC1; p=none; "
	"rua=mailto:dmarc-reports@example.com\"",
	"_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"no record as wanted", "dmarc=none", no_record, POLICY_PASS, "none", "none",
	"there is no DMARC record", NULL,
	"_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"two records", "dmarc=pass", two_records, POLICY_FAIL, "pass", "none",
	"there is no DMARC record",
	"leave one of the 2 DMARC records at _dmarc.example.com: with several none counts",
	"_dmarc.example.com TXT \"v=DMARC1; p=none\" and 1 more"},
    {"invalid record", "dmarc=pass", invalid_record, POLICY_FAIL, "pass", "none",
	"the record has no valid p=",
	"correct the record at _dmarc.example.com, which is \"v=DMARC1; p=rejetc\"; it has the "
	"form \"v=DMARC1; p=none; rua=mailto:ADDRESS\", with v= first",
	"_dmarc.example.com TXT \"v=DMARC1; p=rejetc\""},
    {"no answer", "dmarc=pass", slow_record, POLICY_UNJUDGED, "pass", "temperror",
	"_dmarc.example.com could not be looked up",
	"try again, and see that the name servers of example.com and of the domains that sign and "
	"send answer",
	"_dmarc.example.com TXT: SERVFAIL"},
    {"several From", "dmarc=pass", several_from, POLICY_FAIL, "pass", "permerror",
	"the message has 2 From fields",
	"send one From field, with one address whose domain can be looked up", NULL},
    {"submission without a route", "dmarc=pass", staging, POLICY_FAIL, "pass", "fail",
	"nothing is aligned",
	"sign with d=example.com: the signature of d=example.com is not aligned with the From "
	"domain example.com; or where the provider's SPF is aligned, say where the provider sends "
	"from: a section route NAME { egress = {\"spf:provider.example\"} } in the configuration, "
	"and route = NAME in listener apps, with the provider's own domain or addresses",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"good where bad is wanted", "dmarc=fail", NULL, POLICY_FAIL, "fail", "pass",
	"DKIM passed for example.com",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"a file without an address", "dmarc=pass", file, POLICY_UNJUDGED, "pass", "fail",
	"SPF was not judged, since the address that the message is sent from is not known, and "
	"DKIM alone is not aligned",
	"give --ip, --helo and --mail-from; or sign with d=example.com",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"an unknown client", "dmarc=pass", proxied, POLICY_UNJUDGED, "pass", "fail",
	"SPF was not judged, since the address that the message is sent from is not known, and "
	"DKIM alone is not aligned",
	"have the proxy in front pass the client's address on; or sign with d=example.com",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"a route without egress", "dmarc=pass", predicted_no_egress, POLICY_UNJUDGED, "pass", "fail",
	"SPF was not judged, since the address that the message is sent from is not known, and "
	"DKIM alone is not aligned",
	"set egress in the section route provider; or sign with d=example.com",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"delivered", "dmarc=pass", world_delivered, POLICY_UNJUDGED, "pass", NULL,
	"the message is not delivered yet", "judge it by --viewpoint observed or predicted", NULL},
};

static const struct judge_case RECORD_CASES[] = {
    {"there", "dmarc.record", NULL, POLICY_PASS, "a DMARC record", "p=reject at _dmarc.example.com",
	"example.com has a DMARC record, which applies to example.com", NULL,
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"there, though it fails", "dmarc.record", other_signer, POLICY_PASS, "a DMARC record",
	"p=reject at _dmarc.example.com",
	"example.com has a DMARC record, which applies to example.com", NULL,
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"missing", "dmarc.record", no_record, POLICY_FAIL, "a DMARC record", "no record",
	"there is no DMARC record",
	"publish at _dmarc.example.com TXT \"v=DMARC1; p=none; "
	"rua=mailto:dmarc-reports@example.com\"",
	"_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"missing, no client", "dmarc.record", no_record_no_client, POLICY_FAIL, "a DMARC record",
	"no record", "there is no DMARC record",
	"publish at _dmarc.example.com TXT \"v=DMARC1; p=none; "
	"rua=mailto:dmarc-reports@example.com\"",
	"_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"invalid", "dmarc.record", invalid_record, POLICY_FAIL, "a DMARC record", "no record",
	"the record has no valid p=",
	"correct the record at _dmarc.example.com, which is \"v=DMARC1; p=rejetc\"; it has the "
	"form \"v=DMARC1; p=none; rua=mailto:ADDRESS\", with v= first",
	"_dmarc.example.com TXT \"v=DMARC1; p=rejetc\""},
    {"no answer", "dmarc.record", slow_record, POLICY_UNJUDGED, "a DMARC record", "no record",
	"_dmarc.example.com could not be looked up",
	"try again, and see that the name servers of example.com and of the domains that sign and "
	"send answer",
	"_dmarc.example.com TXT: SERVFAIL"},
    {"no answer for the rest", "dmarc.record", slow_alignment, POLICY_PASS, "a DMARC record",
	"p=reject at _dmarc.example.com",
	"example.com has a DMARC record, which applies to example.com", NULL,
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"dmarc alone", "dmarc", no_record, POLICY_FAIL, "a DMARC record", "no record",
	"there is no DMARC record",
	"publish at _dmarc.example.com TXT \"v=DMARC1; p=none; "
	"rua=mailto:dmarc-reports@example.com\"",
	"_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"several From", "dmarc.record", several_from, POLICY_UNJUDGED, "a DMARC record",
	"no From domain", "the message has 2 From fields",
	"send one From field, with one address whose domain can be looked up", NULL},
    {"not wanted", "!dmarc.record", NULL, POLICY_FAIL, "no DMARC record",
	"p=reject at _dmarc.example.com",
	"example.com has a DMARC record, which applies to example.com",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"missing as wanted", "!dmarc.record", no_record, POLICY_PASS, "no DMARC record", "no record",
	"there is no DMARC record", NULL,
	"_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"delivered", "dmarc.record", world_delivered, POLICY_UNJUDGED, "a DMARC record", NULL,
	"the message is not delivered yet", "judge it by --viewpoint observed or predicted", NULL},
};

static const struct judge_case ALIGNED_CASES[] = {
    {"both", "dmarc.aligned", NULL, POLICY_PASS, "SPF or DKIM passes for an aligned domain",
	"SPF and DKIM are aligned", "DKIM passed for example.com", NULL,
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"none", "dmarc.aligned", other_signer, POLICY_FAIL, "SPF or DKIM passes for an aligned domain",
	"neither is aligned", "nothing is aligned",
	"sign with d=example.com: the signature of d=provider.example is not aligned with the From "
	"domain example.com; or send with a reverse-path (MAIL FROM) at example.com or a domain "
	"below it, not at bounce.provider.example, for which SPF passes",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"no record, yet aligned", "dmarc.aligned", no_record, POLICY_PASS,
	"SPF or DKIM passes for an aligned domain", "SPF and DKIM are aligned",
	"what passed belongs to mail.example.com, and alignment is relaxed without a DMARC record",
	NULL, "_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"no record, not aligned", "dmarc.aligned", no_record_not_aligned, POLICY_FAIL,
	"SPF or DKIM passes for an aligned domain", "neither is aligned",
	"neither SPF nor DKIM passed for a domain aligned with mail.example.com",
	"sign with d=mail.example.com: the signature of d=provider.example is not aligned with the "
	"From domain mail.example.com; or send with a reverse-path (MAIL FROM) at mail.example.com "
	"or a domain below it, not at provider.example, for which SPF passes",
	"_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"no record, no client", "dmarc.aligned", no_record_no_client, POLICY_UNJUDGED,
	"SPF or DKIM passes for an aligned domain", "neither is aligned",
	"SPF was not judged, since the address that the message is sent from is not known, and "
	"DKIM alone is not aligned",
	"have the proxy in front pass the client's address on; or sign with d=mail.example.com",
	"_dmarc.mail.example.com TXT: NXDOMAIN; _dmarc.example.com TXT: NXDOMAIN"},
    {"no answer", "dmarc.aligned", slow_alignment, POLICY_UNJUDGED,
	"SPF or DKIM passes for an aligned domain", "neither is aligned",
	"SPF could not be judged for now",
	"try again, and see that the name servers of example.com and of the domains that sign and "
	"send answer",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"a file without an address", "dmarc.aligned", file, POLICY_UNJUDGED,
	"SPF or DKIM passes for an aligned domain", "neither is aligned",
	"SPF was not judged, since the address that the message is sent from is not known, and "
	"DKIM alone is not aligned",
	"give --ip, --helo and --mail-from; or sign with d=example.com",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"not wanted", "!dmarc.aligned", NULL, POLICY_FAIL, "nothing that passes is aligned",
	"SPF and DKIM are aligned", "DKIM passed for example.com",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"none as wanted", "!dmarc.aligned", other_signer, POLICY_PASS,
	"nothing that passes is aligned", "neither is aligned", "nothing is aligned", NULL,
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"delivered", "dmarc.aligned", world_delivered, POLICY_UNJUDGED,
	"SPF or DKIM passes for an aligned domain", NULL, "the message is not delivered yet",
	"judge it by --viewpoint observed or predicted", NULL},
};

static const struct judge_case DISPOSITION_CASES[] = {
    {"none", "dmarc.disposition!=reject", NULL, POLICY_PASS, "not reject", "none",
	"DKIM passed for example.com", NULL, "_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"reject", "dmarc.disposition!=reject", other_signer, POLICY_FAIL, "not reject", "reject",
	"nothing is aligned",
	"sign with d=example.com: the signature of d=provider.example is not aligned with the From "
	"domain example.com; or send with a reverse-path (MAIL FROM) at example.com or a domain "
	"below it, not at bounce.provider.example, for which SPF passes",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"reject as wanted", "dmarc.disposition=reject|quarantine", other_signer, POLICY_PASS,
	"reject or quarantine", "reject", "nothing is aligned", NULL,
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"none where reject is wanted", "dmarc.disposition=reject", NULL, POLICY_FAIL, "reject", "none",
	"DKIM passed for example.com",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"no answer", "dmarc.disposition!=reject", slow_record, POLICY_UNJUDGED, "not reject",
	"temperror", "_dmarc.example.com could not be looked up",
	"try again, and see that the name servers of example.com and of the domains that sign and "
	"send answer",
	"_dmarc.example.com TXT: SERVFAIL"},
    {"a file without an address", "dmarc.disposition!=reject", file, POLICY_UNJUDGED, "not reject",
	"reject",
	"SPF was not judged, since the address that the message is sent from is not known, and "
	"DKIM alone is not aligned",
	"give --ip, --helo and --mail-from; or sign with d=example.com",
	"_dmarc.example.com TXT \"v=DMARC1; p=reject\""},
    {"delivered", "dmarc.disposition!=reject", world_delivered, POLICY_UNJUDGED, "not reject", NULL,
	"the message is not delivered yet", "judge it by --viewpoint observed or predicted", NULL},
};

START_TEST(judges_dmarc)
{
	judge_cases(DMARC_CASES, ARRAY_SIZE(DMARC_CASES));
}
END_TEST

START_TEST(judges_records)
{
	judge_cases(RECORD_CASES, ARRAY_SIZE(RECORD_CASES));
}
END_TEST

START_TEST(judges_alignment)
{
	judge_cases(ALIGNED_CASES, ARRAY_SIZE(ALIGNED_CASES));
}
END_TEST

START_TEST(judges_disposition)
{
	judge_cases(DISPOSITION_CASES, ARRAY_SIZE(DISPOSITION_CASES));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    judges_dmarc, judges_records, judges_alignment, judges_disposition, NULL};

	return unit_main("judgedmarc", tests);
}
