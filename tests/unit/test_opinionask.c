/*
 * SPDX-License-Identifier: ISC
 *
 * What libspf2 and libopendmarc say over a view, with their known differences from the standard;
 * what is missing is asked for; and the sandbox that they run in.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "opinion/ask_dmarc.h"
#include "opinion/ask_spf.h"
#include "opinion/sandbox.h"
#include "unit.h"

static const char ZONE[] =
    "$ORIGIN .\n$TTL 60\n"
    "pass.example. TXT \"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all\"\n"
    "soft.example. TXT \"v=spf1 ~all\"\n"
    "neutral.example. TXT \"v=spf1 ?all\"\n"
    "text.example. TXT \"no record of this kind\"\n"
    "address.example. A 192.0.2.9\n"
    "two.example. TXT \"v=spf1 -all\"\ntwo.example. TXT \"v=spf1 +all\"\n"
    "syntax.example. TXT \"v=spf1 ip4:192.0.2.1 bogus! -all\"\n"
    "zero.example. TXT \"v=spf1 a:address.example/0 -all\"\n"
    "voids.example. TXT \"v=spf1 a:v1.example a:v2.example a:v3.example ip4:192.0.2.1 -all\"\n"
    "mx.example. TXT \"v=spf1 mx -all\"\nmx.example. MX 10 mx1.example.\n"
    "mx1.example. A 192.0.2.1\nmx1.example. AAAA 2001:db8::1\n"
    "a.example. TXT \"v=spf1 a:mx1.example -all\"\n"
    "ptr.example. TXT \"v=spf1 ptr -all\"\n"
    "1.2.0.192.in-addr.arpa. PTR host.ptr.example.\nhost.ptr.example. A 192.0.2.1\n"
    "exp.example. TXT \"v=spf1 -all exp=why.exp.example\"\nwhy.exp.example. TXT \"go %{i}\"\n"
    "include.example. TXT \"v=spf1 include:pass.example -all\"\n"
    "redirect.example. TXT \"v=spf1 redirect=soft.example\"\n"
    "nul.example. TXT \"v=spf1 ip4:192.0.2.1\\000 -all\"\n"
    "lost.example. TXT \"v=spf1 include:fail.example -all\"\n"
    "loop.example. TXT \"v=spf1 include:loop.example -all\"\n"
    "$MAILASSAY SERVFAIL fail.example\n$MAILASSAY TIMEOUT late.example\n"
    "_dmarc.example.com. TXT \"v=DMARC1; p=reject\"\n"
    "_dmarc.example.fr. TXT \"v=DMARC1; p=none\"\n"
    "_dmarc.example.de. TXT \"v=DMARC1; p=none; sp=quarantine\"\n"
    "_dmarc.example.it. TXT \"v=DMARC1; p=monitor\"\n"
    "_dmarc.example.at. TXT \"v=DMARC1; p=r\"\n"
    "_dmarc.example.nl. TXT \"something else\"\n"
    "_dmarc.example.co.uk. TXT \"v=DMARC1; p=reject\"\n"
    "$MAILASSAY TIMEOUT _dmarc.example.se\n";

static struct dns_zones *zones;
static struct arena *arena;
static struct ask_spf *spf;

static void set_up(void)
{
	struct error err = {.text = ""};

	zones = dns_zones_new();
	ck_assert_msg(
	    dns_zones_add(zones, "test.zone", span_from(ZONE), &err) == 0, "%s", err.text);
	arena = arena_new();
	spf = ask_spf_new();
	ck_assert_ptr_nonnull(spf);
}

static void tear_down(void)
{
	ask_spf_free(spf);
	arena_free(arena);
	dns_zones_free(zones);
}

static const struct spf_row {
	const char *name, *client, *helo, *from;
	enum auth_result result;
	const char *reason; /* a part of it */
} SPF_ROWS[] = {
    {"pass", "192.0.2.1", "h.example", "a@pass.example", AUTH_PASS, "designates 192.0.2.1"},
    {"pass over IPv6", "2001:db8::1", "h.example", "a@pass.example", AUTH_PASS, "2001:db8::1"},
    {"fail", "198.51.100.1", "h.example", "a@pass.example", AUTH_FAIL, "does not designate"},
    {"softfail", "192.0.2.1", "h.example", "a@soft.example", AUTH_SOFTFAIL, "transitioning"},
    {"neutral", "192.0.2.1", "h.example", "a@neutral.example", AUTH_NEUTRAL, "neither"},
    {"no record", "192.0.2.1", "h.example", "a@text.example", AUTH_NONE, "text.example"},
    {"no text", "192.0.2.1", "h.example", "a@address.example", AUTH_NONE, "address.example"},
    {"no such name", "192.0.2.1", "h.example", "a@nowhere.example", AUTH_NONE, "nowhere"},
    {"one label", "192.0.2.1", "h.example", "a@localhost", AUTH_NONE, "localhost"},
    {"an address literal", "192.0.2.1", "[192.0.2.1]", "", AUTH_NONE, "[192.0.2.1]"},
    {"the null reverse-path", "192.0.2.1", "pass.example", "", AUTH_PASS, "pass.example"},
    {"two records", "192.0.2.1", "h.example", "a@two.example", AUTH_PERMERROR, "Multiple"},
    {"a syntax error", "192.0.2.1", "h.example", "a@syntax.example", AUTH_PERMERROR,
	"Invalid character"},
    {"mx", "192.0.2.1", "h.example", "a@mx.example", AUTH_PASS, "designates"},
    {"a over IPv6", "2001:db8::1", "h.example", "a@a.example", AUTH_PASS, "designates"},
    {"ptr", "192.0.2.1", "h.example", "a@ptr.example", AUTH_PASS, "designates"},
    {"include", "192.0.2.1", "h.example", "a@include.example", AUTH_PASS, "designates"},
    {"redirect", "192.0.2.1", "h.example", "a@redirect.example", AUTH_SOFTFAIL, ""},
    {"explanation", "192.0.2.1", "h.example", "a@exp.example", AUTH_FAIL, "does not designate"},
    {"a failing include", "192.0.2.1", "h.example", "a@lost.example", AUTH_TEMPERROR, ""},
    {"a failing domain", "192.0.2.1", "h.example", "a@fail.example", AUTH_TEMPERROR, ""},
    {"a late domain", "192.0.2.1", "h.example", "a@late.example", AUTH_TEMPERROR, ""},
    {"an include loop", "192.0.2.1", "h.example", "a@loop.example", AUTH_PERMERROR, ""},
    {"a loopback address", "127.0.0.1", "h.example", "a@pass.example", AUTH_FAIL, "designate"},
    {"an IPv6 loopback address", "::1", "h.example", "a@soft.example", AUTH_SOFTFAIL, ""},
    /* where it differs from RFC 7208 */
    {"three void lookups", "192.0.2.1", "h.example", "a@voids.example", AUTH_PASS, "designates"},
    {"a prefix of 0", "192.0.2.1", "h.example", "a@zero.example", AUTH_PERMERROR, "netmask"},
    {"NUL in the record", "192.0.2.1", "h.example", "a@nul.example", AUTH_PASS, "designates"},
};

static void expect(
    const char *name, const struct opinion_says *got, enum auth_result result, const char *reason)
{
	ck_assert_msg(got->state == OPINION_GIVEN, "%s: state %d", name, (int)got->state);
	ck_assert_msg(
	    got->result == result, "%s: %s, %s", name, AUTH_RESULT_NAME[got->result], got->reason);
	ck_assert_msg(strstr(got->reason, reason) != NULL, "%s: %s", name, got->reason);
	ck_assert_msg(strcmp(reply_clean(arena, span_from(got->reason)), got->reason) == 0,
	    "%s: not clean", name);
}

static struct opinion_question spf_question(const struct spf_row *r)
{
	return (struct opinion_question){.client = span_from(r->client),
	    .helo = span_from(r->helo),
	    .mail_from = span_from(r->from)};
}

START_TEST(asks_libspf2)
{
	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(SPF_ROWS); i++) {
		const struct spf_row *r = &SPF_ROWS[i];
		const struct opinion_question q = spf_question(r);
		struct dns_view *view = dns_view_new(zones);
		struct opinion_says says;

		ask_spf(spf, &q, view, arena, &says);
		expect(r->name, &says, r->result, r->reason);
		dns_view_free(view);
	}
	tear_down();
}
END_TEST

/* Name by name from an empty view, as the process does it: the same results. */
START_TEST(asks_for_what_is_missing)
{
	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(SPF_ROWS); i++) {
		const struct spf_row *r = &SPF_ROWS[i];
		const struct opinion_question q = spf_question(r);
		struct dns_view *view = dns_view_new(NULL);
		const struct dns_question *missing;
		struct opinion_says says;
		unsigned rounds = 0;

		for (ask_spf(spf, &q, view, arena, &says); dns_view_missing(view, &missing) > 0;
		     ask_spf(spf, &q, view, arena, &says)) {
			struct span name = span_from(missing->name);

			ck_assert_msg(
			    dns_view_missing(view, &missing) == 1, "%s: several", r->name);
			ck_assert_msg(says.state == OPINION_UNAVAILABLE, "%s: says", r->name);
			ck_assert_msg(++rounds < 20, "%s: rounds", r->name);
			dns_view_put(view, name, missing->type,
			    dns_zones_answer(zones, arena, name, missing->type));
		}
		expect(r->name, &says, r->result, r->reason);
		dns_view_free(view);
	}
	tear_down();
}
END_TEST

static const struct dmarc_row {
	const char *name, *from, *spf_domain;
	enum auth_result spf;
	const char *dkim_domain; /* NULL: unsigned */
	enum auth_result dkim;
	enum auth_result result;
	const char *reason;
} DMARC_ROWS[] = {
    {"SPF aligned", "example.com", "example.com", AUTH_PASS, NULL, AUTH_NONE, AUTH_PASS,
	"SPF is aligned and DKIM is not aligned"},
    {"SPF of a subdomain", "example.com", "b.example.com", AUTH_PASS, NULL, AUTH_NONE, AUTH_PASS,
	"_dmarc.example.com"},
    {"DKIM aligned", "example.com", "example.net", AUTH_FAIL, "example.com", AUTH_PASS, AUTH_PASS,
	"DKIM is aligned"},
    {"nothing aligned", "example.com", "example.net", AUTH_PASS, "example.org", AUTH_PASS,
	AUTH_FAIL, "reject"},
    {"aligned, failed", "example.com", "example.com", AUTH_SOFTFAIL, "example.com", AUTH_POLICY,
	AUTH_FAIL, "reject"},
    {"no SPF at all", "example.com", "", AUTH_NONE, NULL, AUTH_NONE, AUTH_FAIL, "reject"},
    {"p=none", "example.fr", "example.net", AUTH_PASS, NULL, AUTH_NONE, AUTH_FAIL, "applies: none"},
    {"sp", "deep.below.example.de", "example.net", AUTH_PASS, NULL, AUTH_NONE, AUTH_FAIL,
	"quarantine, by the record at _dmarc.example.de"},
    {"a suffix of two labels", "mail.example.co.uk", "other.co.uk", AUTH_PASS, NULL, AUTH_NONE,
	AUTH_FAIL, "_dmarc.example.co.uk"},
    {"no record", "example.ch", "example.ch", AUTH_PASS, NULL, AUTH_NONE, AUTH_NONE,
	"no DMARC record"},
    {"another record", "example.nl", "example.nl", AUTH_PASS, NULL, AUTH_NONE, AUTH_NONE,
	"no DMARC record"},
    {"a bad policy", "example.it", "example.it", AUTH_PASS, NULL, AUTH_NONE, AUTH_PERMERROR, ""},
    {"a late record", "example.se", "example.se", AUTH_PASS, NULL, AUTH_NONE, AUTH_TEMPERROR,
	"lookup"},
    /* where it differs from RFC 9989 */
    {"an abbreviated policy", "example.at", "example.at", AUTH_PASS, NULL, AUTH_NONE, AUTH_PASS,
	""},
};

static struct opinion_question dmarc_question(const struct dmarc_row *r)
{
	struct opinion_question q = {.client = SPAN("192.0.2.1"),
	    .from_domain = span_from(r->from),
	    .spf = r->spf,
	    .spf_domain = span_from(r->spf_domain)};

	if (r->dkim_domain != NULL)
		q.signatures[q.signature_count++] =
		    (struct opinion_signature){r->dkim, span_from(r->dkim_domain), SPAN("s1")};
	return q;
}

START_TEST(asks_libopendmarc)
{
	struct error err = {.text = ""};

	set_up();
	ck_assert_msg(ask_dmarc_load(&err) == 0, "%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(DMARC_ROWS); i++) {
		const struct dmarc_row *r = &DMARC_ROWS[i];
		const struct opinion_question q = dmarc_question(r);
		struct dns_view *view = dns_view_new(zones);
		struct opinion_says says;

		ask_dmarc(&q, view, arena, &says);
		expect(r->name, &says, r->result, r->reason);
		dns_view_free(view);
	}
	tear_down();
}
END_TEST

START_TEST(asks_for_the_record)
{
	static const char *const wanted[] = {"_dmarc.deep.below.example.de", "_dmarc.example.de"};
	const struct opinion_question q = {.from_domain = SPAN("deep.below.example.de")};
	struct dns_view *view = dns_view_new(NULL);
	const struct dns_question *missing;
	struct opinion_says says;

	set_up();
	ck_assert_int_eq(ask_dmarc_load(NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		struct span name = span_from(wanted[i]);

		ask_dmarc(&q, view, arena, &says);
		ck_assert_int_eq(says.state, OPINION_UNAVAILABLE);
		ck_assert_uint_eq(dns_view_missing(view, &missing), 1);
		ck_assert_str_eq(missing->name, wanted[i]);
		dns_view_put(view, name, DNS_TXT, dns_zones_answer(zones, arena, name, DNS_TXT));
	}
	ask_dmarc(&q, view, arena, &says);
	expect("the record", &says, AUTH_FAIL, "quarantine");
	dns_view_free(view);
	tear_down();
}
END_TEST

START_TEST(names_the_libraries)
{
	char name[LIBRARY_NAME_SIZE];

	ck_assert_msg(strncmp(ask_spf_library(name), "libspf2 1.", 10) == 0, "%s", name);
	ck_assert_msg(strncmp(ask_dmarc_library(name), "libopendmarc", 12) == 0, "%s", name);
}
END_TEST

static void no_more(void)
{
	_exit(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1);
}

static void open_file(void)
{
	_exit(open("/dev/null", O_RDONLY) < 0);
}

static void make_process(void)
{
	_exit(fork() < 0);
}

static void make_socket(void)
{
	_exit(socket(AF_INET, SOCK_DGRAM, 0) < 0);
}

static void run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	_exit(1);
}

static void signal_parent(void)
{
	_exit(kill(getppid(), 0) != 0);
}

static void ask_inside(void)
{
	const struct opinion_question q = spf_question(&SPF_ROWS[0]);
	struct dns_view *view = dns_view_new(zones);
	struct opinion_says says;

	ask_spf(spf, &q, view, arena, &says);
	_exit(says.result == AUTH_PASS ? 7 : 1);
}

static const struct {
	const char *name;
	void (*act)(void);
	int status; /* its exit code; -1: it was killed by the sandbox */
} ACTS[] = {
    {"prctl", no_more, -1},
    {"open", open_file, -1},
    {"fork", make_process, -1},
    {"socket", make_socket, -1},
    {"exec", run_program, -1},
    {"kill", signal_parent, -1},
    {"libspf2", ask_inside, 7},
};

START_TEST(locks_itself_in)
{
	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(ACTS); i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			if (sandbox_close(NULL) < 0)
				_exit(2);
			ACTS[i].act();
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		if (ACTS[i].status < 0)
			ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
			    "%s: status %#x", ACTS[i].name, (unsigned)status);
		else
			ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == ACTS[i].status,
			    "%s: status %#x", ACTS[i].name, (unsigned)status);
	}
	tear_down();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {asks_libspf2, asks_for_what_is_missing, asks_libopendmarc,
	    asks_for_the_record, names_the_libraries, locks_itself_in, NULL};

	return unit_main("opinionask", tests);
}
