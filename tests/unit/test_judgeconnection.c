/*
 * SPDX-License-Identifier: ISC
 *
 * tls, auth, user, mechanism: how the message came; and what was found: findings, finding.ID,
 * opinion.
 */
#include "judgecase.h"
#include "unit.h"

static const struct tls_failure FAILURE = {.reason = "the client does not trust the certificate"};

static void plain(struct world *w)
{
	w->session.tls = (struct tls_facts){.mode = TLS_MODE_NONE};
}

static void plain_after_failure(struct world *w)
{
	plain(w);
	w->session.tls_failure = &FAILURE;
}

static void old_tls(struct world *w)
{
	w->session.tls.version = "TLSv1.1";
	w->session.tls.cipher = "ECDHE-RSA-AES128-SHA";
	w->session.tls.bits = 128;
}

static void oldest_tls(struct world *w)
{
	w->session.tls.version = "TLSv1";
}

static void no_login(struct world *w)
{
	w->session.auth = (struct record_auth){.mechanism = NULL};
}

static void login_in_clear(struct world *w)
{
	w->session.auth.over_tls = false;
}

static void no_session(struct world *w)
{
	w->message.session = NULL;
}

static const struct judge_case CONNECTION_CASES[] = {
    {"TLS", "tls", NULL, POLICY_PASS, "TLS", "TLS 1.3 (starttls)", "the message came over TLS 1.3",
	NULL, "starttls TLSv1.3 TLS_AES_256_GCM_SHA384, 256 bits"},
    {"TLS whatever the viewpoint", "tls>=1.2", world_delivered, POLICY_PASS, "at least TLS 1.2",
	"TLS 1.3 (starttls)", "the message came over TLS 1.3", NULL,
	"starttls TLSv1.3 TLS_AES_256_GCM_SHA384, 256 bits"},
    {"plain", "tls", plain, POLICY_FAIL, "TLS", "plain text", "the message came without TLS",
	"turn STARTTLS on in the mail settings of the application, so that it refuses to send "
	"without, or connect to a submissions listener with TLS from the start",
	"a plain connection from 203.0.113.7 to listener mx"},
    {"plain for a version", "tls>=1.2", plain_after_failure, POLICY_FAIL, "at least TLS 1.2",
	"plain text",
	"the message came without TLS, after a handshake that failed: the client does not trust "
	"the certificate",
	"turn STARTTLS on in the mail settings of the application, so that it refuses to send "
	"without, or connect to a submissions listener with TLS from the start",
	"a plain connection from 203.0.113.7 to listener mx"},
    {"plain as wanted", "!tls", plain, POLICY_PASS, "no TLS", "plain text",
	"the message came without TLS", NULL, "a plain connection from 203.0.113.7 to listener mx"},
    {"TLS not wanted", "!tls", NULL, POLICY_FAIL, "no TLS", "TLS 1.3 (starttls)",
	"the message came over TLS 1.3",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"starttls TLSv1.3 TLS_AES_256_GCM_SHA384, 256 bits"},
    {"old", "tls>=1.2", old_tls, POLICY_FAIL, "at least TLS 1.2", "TLS 1.1 (starttls)",
	"the message came over TLS 1.1",
	"let the client speak TLS 1.2: bring its TLS library up to date, or raise the highest "
	"version that it is set to",
	"starttls TLSv1.1 ECDHE-RSA-AES128-SHA, 128 bits"},
    {"oldest", "tls>=1.1", oldest_tls, POLICY_FAIL, "at least TLS 1.1", "TLS 1.0 (starttls)",
	"the message came over TLS 1.0",
	"let the client speak TLS 1.1: bring its TLS library up to date, or raise the highest "
	"version that it is set to",
	"starttls TLSv1 TLS_AES_256_GCM_SHA384, 256 bits"},
    {"old at most", "tls<=1.2", old_tls, POLICY_PASS, "at most TLS 1.2", "TLS 1.1 (starttls)",
	"the message came over TLS 1.1", NULL, "starttls TLSv1.1 ECDHE-RSA-AES128-SHA, 128 bits"},
    {"new at most", "tls<=1.2", NULL, POLICY_FAIL, "at most TLS 1.2", "TLS 1.3 (starttls)",
	"the message came over TLS 1.3",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"starttls TLSv1.3 TLS_AES_256_GCM_SHA384, 256 bits"},
    {"one of the versions", "tls=1.2|TLSv1.3", NULL, POLICY_PASS, "TLSv1.2 or TLSv1.3",
	"TLS 1.3 (starttls)", "the message came over TLS 1.3", NULL,
	"starttls TLSv1.3 TLS_AES_256_GCM_SHA384, 256 bits"},
    {"none of the versions", "tls!=1.3", NULL, POLICY_FAIL, "not TLSv1.3", "TLS 1.3 (starttls)",
	"the message came over TLS 1.3",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"starttls TLSv1.3 TLS_AES_256_GCM_SHA384, 256 bits"},
    {"mode", "tls=implicit", NULL, POLICY_FAIL, "implicit", "TLS 1.3 (starttls)",
	"the message came over TLS 1.3", "set the client's TLS to implicit",
	"starttls TLSv1.3 TLS_AES_256_GCM_SHA384, 256 bits"},
    {"none", "tls=none", plain, POLICY_PASS, "none", "plain text", "the message came without TLS",
	NULL, "a plain connection from 203.0.113.7 to listener mx"},
    {"a file", "tls", world_file, POLICY_NOT_APPLICABLE, "TLS", NULL,
	"a file does not tell of the connection that brings it",
	"send the message to a listener, and judge it by \"mailassay gate\"", NULL},
    {"no session", "tls", no_session, POLICY_NOT_APPLICABLE, "TLS", NULL,
	"a file does not tell of the connection that brings it",
	"send the message to a listener, and judge it by \"mailassay gate\"", NULL},
    {"login", "auth", NULL, POLICY_PASS, "a login", "PLAIN as \"shop\"", "the client logged in",
	NULL, "PLAIN as \"shop\""},
    {"login as a word", "auth=yes", NULL, POLICY_PASS, "a login", "PLAIN as \"shop\"",
	"the client logged in", NULL, "PLAIN as \"shop\""},
    {"no login", "auth", no_login, POLICY_FAIL, "a login", "no login", "the client did not log in",
	"give the application the name and password of a user of the listener, and let it log in",
	"no login"},
    {"no login as a word", "auth!=no", no_login, POLICY_FAIL, "a login", "no login",
	"the client did not log in",
	"give the application the name and password of a user of the listener, and let it log in",
	"no login"},
    {"no login as wanted", "auth=no", no_login, POLICY_PASS, "no login", "no login",
	"the client did not log in", NULL, "no login"},
    {"login not wanted", "!auth", login_in_clear, POLICY_FAIL, "no login",
	"PLAIN as \"shop\", without TLS", "the client logged in", "send without a login",
	"PLAIN as \"shop\", without TLS"},
    {"login of a file", "auth", world_file, POLICY_NOT_APPLICABLE, "a login", NULL,
	"a file does not tell of the connection that brings it",
	"send the message to a listener, and judge it by \"mailassay gate\"", NULL},
    {"user", "user=shop|mail", NULL, POLICY_PASS, "\"shop\" or \"mail\"", "\"shop\"",
	"the user is \"shop\" or \"mail\"", NULL, "PLAIN as \"shop\""},
    {"another user", "user=Shop", NULL, POLICY_FAIL, "\"Shop\"", "\"shop\"",
	"the user is not \"Shop\"", "change the login in the mail settings of the application",
	"PLAIN as \"shop\""},
    {"user there", "user", NULL, POLICY_PASS, "present", "\"shop\"", "the user is there", NULL,
	"PLAIN as \"shop\""},
    {"no user", "user", no_login, POLICY_FAIL, "present", "no login", "there is no login",
	"give the application the name and password of a user of the listener, and let it log in",
	"no login"},
    {"user of a file", "user=shop", world_file, POLICY_NOT_APPLICABLE, "\"shop\"", NULL,
	"a file does not tell of the connection that brings it",
	"send the message to a listener, and judge it by \"mailassay gate\"", NULL},
    {"mechanism in any case", "mechanism=plain", NULL, POLICY_PASS, "\"plain\"", "\"PLAIN\"",
	"the mechanism is \"plain\"", NULL, "PLAIN as \"shop\""},
    {"another mechanism", "mechanism~SCRAM", NULL, POLICY_FAIL, "holds \"SCRAM\"", "\"PLAIN\"",
	"the mechanism does not hold \"SCRAM\"",
	"change the login in the mail settings of the application", "PLAIN as \"shop\""},
    {"mechanism of a file", "mechanism", world_file, POLICY_NOT_APPLICABLE, "present", NULL,
	"a file does not tell of the connection that brings it",
	"send the message to a listener, and judge it by \"mailassay gate\"", NULL},
};

static void find(struct world *w, enum finding_id id, const char *text)
{
	finding_add(&w->message.findings, w->arena, id, text);
}

static void found(struct world *w)
{
	find(w, FINDING_NO_CLOSE_NOTIFY, NULL);
	find(w, FINDING_BARE_LF, "line 3 ends with a bare LF");
	find(w, FINDING_NO_QUIT, "the client closed without QUIT");
}

static void found_little(struct world *w)
{
	find(w, FINDING_NO_CLOSE_NOTIFY, "no close_notify came");
}

static const struct judge_case FINDING_CASES[] = {
    {"none", "findings=none", NULL, POLICY_PASS, "none", "none", "nothing was found", NULL, NULL},
    {"at most", "findings<=warning", found_little, POLICY_PASS, "at most warning", "info",
	"no close_notify came", NULL, "no-close-notify (info)"},
    {"too much", "findings<=info", found, POLICY_FAIL, "at most info", "warning",
	"line 3 ends with a bare LF",
	"mend bare-lf (RFC 5321 2.3.8); \"mailassay explain bare-lf\" says how",
	"no-close-notify (info), bare-lf (warning), no-quit (warning)"},
    {"anything at all", "findings<=none", found_little, POLICY_FAIL, "none", "info",
	"no close_notify came",
	"mend no-close-notify (RFC 8446 6.1); \"mailassay explain no-close-notify\" says how",
	"no-close-notify (info)"},
    {"at least", "findings>=warning", found_little, POLICY_FAIL, "at least warning", "info",
	"no close_notify came",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"no-close-notify (info)"},
    {"exactly", "findings=info|none", found, POLICY_FAIL, "info or none", "warning",
	"line 3 ends with a bare LF",
	"mend bare-lf (RFC 5321 2.3.8); \"mailassay explain bare-lf\" says how",
	"no-close-notify (info), bare-lf (warning), no-quit (warning)"},
    {"there", "findings", found, POLICY_PASS, "findings", "warning", "line 3 ends with a bare LF",
	NULL, "no-close-notify (info), bare-lf (warning), no-quit (warning)"},
    {"none where some are wanted", "findings", NULL, POLICY_FAIL, "findings", "none",
	"nothing was found",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	NULL},
    {"not wanted", "!findings", found, POLICY_FAIL, "no findings", "warning",
	"line 3 ends with a bare LF",
	"mend bare-lf (RFC 5321 2.3.8); \"mailassay explain bare-lf\" says how",
	"no-close-notify (info), bare-lf (warning), no-quit (warning)"},
    {"an id", "findings~bare", found, POLICY_PASS, "holds \"bare\"", "\"bare-lf\"",
	"one finding holds \"bare\"", NULL,
	"no-close-notify (info), bare-lf (warning), no-quit (warning)"},
    {"an id that must not be", "findings!~/^bare-/", found, POLICY_FAIL, "does not match /^bare-/",
	"\"bare-lf\"", "one finding matches /^bare-/",
	"mend bare-lf (RFC 5321 2.3.8); \"mailassay explain bare-lf\" says how",
	"no-close-notify (info), bare-lf (warning), no-quit (warning)"},
    {"no such id", "findings~dkim", found, POLICY_FAIL, "holds \"dkim\"",
	"\"no-close-notify\", \"bare-lf\", \"no-quit\"", "no finding holds \"dkim\"",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	"no-close-notify (info), bare-lf (warning), no-quit (warning)"},
    {"raised", "finding.bare-lf", found, POLICY_PASS, "bare-lf", "bare-lf",
	"line 3 ends with a bare LF", NULL, "bare-lf (warning), RFC 5321 2.3.8"},
    {"not raised", "finding.bare-lf", NULL, POLICY_FAIL, "bare-lf", "no bare-lf",
	"bare-lf was not found",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	NULL},
    {"raised, not wanted", "!finding.bare-lf", found, POLICY_FAIL, "no bare-lf", "bare-lf",
	"line 3 ends with a bare LF",
	"mend bare-lf (RFC 5321 2.3.8); \"mailassay explain bare-lf\" says how",
	"bare-lf (warning), RFC 5321 2.3.8"},
    {"not raised as wanted", "!finding.bare-lf", found_little, POLICY_PASS, "no bare-lf",
	"no bare-lf", "bare-lf was not found", NULL, NULL},
};

static const struct record_opinion AGREE = {
    .library = "libspf2 1.2.10", .check = "spf", .result = "pass", .agrees = RECORD_AGREES_YES};
static const struct record_opinion OPINIONS[] = {
    {.library = "libspf2 1.2.10",
	.check = "spf",
	.result = "unavailable",
	.agrees = RECORD_AGREES_UNKNOWN,
	.reason = "it gave no answer"},
    {.library = "libopendmarc 1.4.2",
	.check = "dmarc",
	.result = "fail",
	.agrees = RECORD_AGREES_NO,
	.reason = "libopendmarc sees no alignment"},
};

static void agree(struct world *w)
{
	w->message.opinions = &AGREE;
	w->message.opinion_count = 1;
}

static void unavailable(struct world *w)
{
	w->message.opinions = OPINIONS;
	w->message.opinion_count = 1;
}

static void disagree(struct world *w)
{
	unavailable(w);
	w->message.opinion_count = 2;
}

static const struct judge_case OPINION_CASES[] = {
    {"agree", "opinion", agree, POLICY_PASS, "second opinions that agree", "all agree",
	"the second opinions agree with the verdicts", NULL, NULL},
    {"disagree", "opinion", disagree, POLICY_FAIL, "second opinions that agree",
	"libopendmarc 1.4.2: dmarc fail", "libopendmarc sees no alignment",
	"write the record so that all read it alike: \"mailassay check domain DOMAIN\" shows what "
	"is ambiguous in it",
	"libopendmarc 1.4.2: dmarc fail"},
    {"disagree as wanted", "!opinion", disagree, POLICY_PASS, "a second opinion that disagrees",
	"libopendmarc 1.4.2: dmarc fail", "libopendmarc sees no alignment", NULL,
	"libopendmarc 1.4.2: dmarc fail"},
    {"agree where not wanted", "!opinion", agree, POLICY_FAIL, "a second opinion that disagrees",
	"all agree", "the second opinions agree with the verdicts",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	NULL},
    {"unavailable", "opinion", unavailable, POLICY_UNJUDGED, "second opinions that agree",
	"libspf2 1.2.10: spf unavailable", "it gave no answer",
	"judge the message again by \"mailassay check again\", or send it again",
	"libspf2 1.2.10: spf unavailable"},
    {"not asked", "opinion", NULL, POLICY_UNJUDGED, "second opinions that agree", NULL,
	"no second opinion was asked yet",
	"try again when the gateway has asked, and see that the setting opinion is on", NULL},
    {"a file", "opinion", world_file, POLICY_UNJUDGED, "second opinions that agree", NULL,
	"no second opinion was asked yet",
	"send the message to a listener: only the gateway asks for opinions", NULL},
};

START_TEST(judges_connections)
{
	judge_cases(CONNECTION_CASES, ARRAY_SIZE(CONNECTION_CASES));
}
END_TEST

START_TEST(judges_findings)
{
	judge_cases(FINDING_CASES, ARRAY_SIZE(FINDING_CASES));
}
END_TEST

START_TEST(judges_opinions)
{
	judge_cases(OPINION_CASES, ARRAY_SIZE(OPINION_CASES));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {judges_connections, judges_findings, judges_opinions, NULL};

	return unit_main("judgeconnection", tests);
}
