/*
 * SPDX-License-Identifier: ISC
 *
 * What a configuration file may not say: each refusal with its line and its sentence.
 */
#include <string.h>

#include "conf/settings.h"
#include "unit.h"

static const struct {
	const char *text, *error;
} REFUSED[] = {
    {"nonsense = 1", "f.conf:1: no such option 'nonsense'; expected one of: data, workers"},
    {"\n\nroutes x { mode = none }", "f.conf:3: no such option 'routes'; expected one of: data"},
    {"opinion = maybe", "f.conf:1: opinion: expected off or on, got \"maybe\""},
    {"route x {\nmode = queue\n}",
	"f.conf:2: route \"x\": mode = queue would send mail, and this version only predicts; "
	"expected mode = none"},
    {"route x { mode = live }", "f.conf:1: route \"x\": mode = live would send mail"},
    {"route x { mode = manual }", "f.conf:1: route \"x\": mode = manual would send mail"},
    {"route x { mode = relay }", "f.conf:1: route \"x\": expected mode = none, got \"relay\""},
    {"route x { host = mx }", "f.conf:1: no such option 'host'; expected one of: mode, egress"},
    {"route x {\negress = 192.0.2.0/24 }",
	"f.conf:2: egress: expected an IP address or spf:DOMAIN, got \"192.0.2.0/24\""},
    {"route x {\nreturn-path = \"a@example.com\" }",
	"f.conf:2: return-path: expected a domain, the part of an address behind the \"@\""},
    {"route x {\n\ndkim-domain = example.com\n}",
	"f.conf:3: route \"x\": dkim-domain is given without dkim-selector"},
    {"route x {\negress = { 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6,\n"
     "10.0.0.7, 10.0.0.8, 10.0.0.9, 10.0.0.10, 10.0.0.11, 10.0.0.12, 10.0.0.13, 10.0.0.14,\n"
     "10.0.0.15, 10.0.0.16, 10.0.0.17 } }",
	"f.conf:4: route \"x\": expected at most 16 entries in egress, got 17"},
    {"route { }", "f.conf:1: missing title for section 'route'"},
    {"route \"\" { }", "f.conf:1: a section without a title; expected listener NAME {, user"},
    {"route \"a b\" { }", "f.conf:1: expected the name of a route, at most 64 letters"},
    {"route a { }\nroute a { }", "f.conf:2: found duplicate title 'a'; expected another name"},
    {"listener x { kind = submission\nroute = b }\nroute a { } route c { }",
	"f.conf:2: listener \"x\": there is no route \"b\"; expected one of: a, c"},
    {"listener x { kind = submission\n\nroute = b }",
	"f.conf:3: listener \"x\": there is no route \"b\"; expected a section route NAME { "},
    {"listener x { kind = mx\nroute = a }\nroute a { }",
	"f.conf:2: listener \"x\": kind = mx never relays, so it has no route"},
    {"listener x { kind = lmtp\nroute = a }\nroute a { }",
	"f.conf:2: listener \"x\": kind = lmtp never relays, so it has no route"},
    {"include('/etc/passwd')", "f.conf:1: unexpected \"(\""},
    {"include = x", "f.conf:1: no such option 'include'"},
    {"listener x { kind = submission\n\tenforce = dmarc\n}",
	"f.conf:2: listener \"x\": enforce is for kind = mx and lmtp, which judge mail as a "},
    {"listener x {\nenforce = gmail\nkind = submissions }",
	"f.conf:2: listener \"x\": enforce is for kind = mx and lmtp"},
    {"listener x { kind = mx\nenforce = \"\" }", "f.conf:2: enforce: expected a text"},
    {"retention-age = 36501d", "f.conf:1: retention-age: expected a time (with ms, s, m, h, d"},
    {"\nretention-count = 10K",
	"f.conf:2: retention-count: expected a number from 0 to 1073741824, got \"10K\""},
    {"retention-size = -1", "f.conf:1: retention-size: expected octets (with K, M, G or"},
    {"receivers = { a.conf, \"\" }", "f.conf:1: receivers: expected a text, got an empty one"},
    {"listener x {\n\tstrict = no\n}", "f.conf:2: strict: expected reject or record, got \"no\""},
    {"listener x { kind = mx\nmin-tls = 1.3\nmax-tls = 1.2\n}",
	"f.conf:3: listener \"x\": max-tls is below min-tls"},
    {"listener x { kind = mx\nmax-tls = 1.1\n}",
	"f.conf:2: listener \"x\": max-tls is below min-tls"},
    {"listener x { kind = mx\nmin-tls = 1.4\n}",
	"f.conf:2: min-tls: expected one of 1.0, 1.1, 1.2, 1.3, got \"1.4\""},
    {"listener x { kind = mx\ntls = none client-certificate = request }",
	"f.conf:2: listener \"x\": tls = none, so that no client can show a certificate"},
    {"listener x { kind = mx\nclient-ca = /c }",
	"f.conf:2: listener \"x\": client-ca is given, but clients are not asked"},
    {"listener x { kind = mx\nnames = { 'a b' } }",
	"f.conf:2: names: expected an IP address or a name as in mail.example.com, got \"a b\""},
    {"listener x { kind = mx\ncertificate = { a, b }\nkey = { a }\n}",
	"f.conf:3: listener \"x\": key does not name as many files as certificate"},
    {"listener x { kind = mx\ncertificate = { a, dev }\n}",
	"f.conf:2: listener \"x\": certificate: expected one of dev, expired, wrong-name, "
	"self-signed, or files alone, got a list of both"},
    {"listener x { kind = mx\ncertificate = { }\n}",
	"f.conf:2: listener \"x\": certificate: expected one of dev, expired"},
    {"listener x { kind = mx certificate = a key = a\nnames = { b }\n}",
	"f.conf:2: listener \"x\": names is for certificates of the development CA"},
    {"listener x { kind = submission\nauth = { PLAIN, CRAM-MD5 }\nauth-any = yes }",
	"f.conf:2: listener \"x\": CRAM-MD5 proves a password that must be known"},
    {"listener x { kind = mx\nauth = scram-sha-1\n}",
	"f.conf:2: listener \"x\": SCRAM-SHA-1 proves a password that must be known"},
    {"listener x { kind = mx tls = none auth-without-tls = yes\nauth = scram-sha-1-plus\n}\n"
     "user u { password = x }",
	"f.conf:2: listener \"x\": SCRAM-SHA-1-PLUS binds to the TLS channel, and tls = none; "
	"expected SCRAM-SHA-1, or another tls"},
    {"user x { kind = mx }", "f.conf:1: no such option 'kind'; expected one of: password"},
    {"port = 25", "f.conf:1: no such option 'port'"},
    {"data", "f.conf:1: premature end of file; expected NAME = VALUE"},
    {"data = ", "f.conf:1: premature end of file"},
    {"data = { x }", "f.conf:1: unexpected token '{'"},
    {"data x", "f.conf:1: missing equal sign after option 'data'"},
    {"listener { kind = mx }", "f.conf:1: missing title for section 'listener'"},
    {"listener \"\" {\n kind = mx }", "f.conf:2: a section without a title"},
    {"listener \"a b\" { kind = mx }", "f.conf:1: expected the name of a listener"},
    {"user { password = x }", "f.conf:1: missing title for section 'user'"},
    {"listener x {\n", "f.conf:1: the \"{\" of this line is not closed"},
    {"listener x = mx", "f.conf:1: missing opening brace for section 'listener'"},
    {"listener x { kind = mx }\nlistener x { kind = mx }",
	"f.conf:2: found duplicate title 'x'; expected another name"},
    {"workers = 1\nworkers = 1", "f.conf:2: workers is given twice; the first time in line 1"},
    {"data = { }", "f.conf:1: unexpected token '{'"},
    {"trusted = { }\n\ntrusted = { }",
	"f.conf:3: trusted is given twice; the first time in line 1"},
    {"zones = { a }\n\nzones = { b }", "f.conf:3: zones is given twice; the first time in line 1"},
    {"workers = 0", "f.conf:1: workers: expected a number from 1 to 64, got \"0\""},
    {"data = \"${NO_SUCH_NAME}\"", "f.conf:1: the environment variable NO_SUCH_NAME is not set"},
    {"user \"${NO_SUCH_NAME}\" { password = x }",
	"f.conf:1: the environment variable NO_SUCH_NAME is not set"},
    {"listener x {\n}", "f.conf:2: listener \"x\": kind is missing"},
    {"listener x { kind = smtp }",
	"f.conf:1: kind: expected one of mx, submission, submissions, lmtp, got"},
    {"listener x { kind = mx\naddress = { } }",
	"f.conf:2: listener \"x\": expected 1 to 100 addresses, got 0"},
    {"listener x { kind = mx\ncertificate = /c }",
	"f.conf:2: listener \"x\": certificate is a file without its key"},
    {"listener x { kind = mx\n\nkey = /c }",
	"f.conf:3: listener \"x\": key is given without a certificate"},
    {"listener x { kind = mx\ncertificate = dev key = /c }",
	"f.conf:2: listener \"x\": key is given without a certificate"},
    {"listener x { kind = submission\ntls = implicit }",
	"f.conf:2: listener \"x\": kind = submission begins without TLS"},
    {"listener x { kind = submissions\ntls = required }",
	"f.conf:2: listener \"x\": kind = submissions is TLS from the start"},
    {"listener x { kind = submission tls = none\n}",
	"f.conf:2: listener \"x\": with tls = none and auth-without-tls = no"},
    {"listener x { kind = mx tls = none\nauth = PLAIN }",
	"f.conf:2: listener \"x\": with tls = none and auth-without-tls = no"},
    {"listener x { kind = mx\nrequire-auth = yes }",
	"f.conf:2: listener \"x\": require-auth = yes, but auth names no mechanism"},
    {"listener x { kind = mx auth = GSSAPI }",
	"f.conf:1: auth: expected one of PLAIN, LOGIN, CRAM-MD5"},
    {"listener a { kind = mx }\nlistener b { kind = mx\nport = 2525 }",
	"f.conf:3: listener \"b\": 127.0.0.1 port 2525 is already taken by listener \"a\""},
    {"listener a { kind = mx\naddress = { ::1, 0::1 } }",
	"f.conf:2: listener \"a\": ::1 port 2525 is already taken by listener \"a\""},
    {"max-buffered = 1M", "f.conf:1: listener \"mx\": max-message-size is 52428800 octets"},
    {"max-buffered = 1M\nlistener x { kind = mx\nmax-message-size = 2M }",
	"f.conf:3: listener \"x\": max-message-size is 2097152 octets and max-buffered only"},
    {"user x {\n}", "f.conf:2: user \"x\": password is missing"},
    {"user x { password = 'file:' }", "f.conf:1: user \"x\": expected the path of a file"},
    {"user x { password = 'scram:x' }", "f.conf:1: user \"x\": "},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
		struct span text = unit_guard(span_from(REFUSED[i].text));
		struct error err = {.kind = ERROR_CANNOT, .text = ""};
		struct conf_settings s;

		ck_assert_msg(conf_settings_parse(text, "f.conf", &s, &err) == -1,
		    "\"%s\" was taken", REFUSED[i].text);
		ck_assert_msg(span_starts(span_from(err.text), span_from(REFUSED[i].error)),
		    "\"%s\": got \"%s\", expected \"%s\"", REFUSED[i].text, err.text,
		    REFUSED[i].error);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_ptr_null(s.arena);
		unit_guard_free(text);
	}
}
END_TEST

/* A password in a refused file is not repeated. */
START_TEST(passwords_stay_out_of_messages)
{
	struct conf_settings s;
	struct error err;

	ck_assert_int_eq(
	    conf_settings_parse(SPAN("user x { password = 'scram:secret' }"), "f.conf", &s, &err),
	    -1);
	ck_assert_ptr_null(strstr(err.text, "secret"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {refused, passwords_stay_out_of_messages, NULL};

	return unit_main("confrefused", tests);
}
