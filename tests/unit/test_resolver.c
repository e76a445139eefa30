/*
 * SPDX-License-Identifier: ISC
 *
 * src/dns/resolver against a name server on the same loop: what it answers, how often it is
 * asked, deadlines and cancelling. The server counts the questions.
 */
#include "dns/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns.h"
#include "nameserver.h"
#include "run/clock.h"
#include "unit.h"

#define TYPE_A   1
#define TYPE_PTR 12
#define TYPE_MX  15
#define TYPE_TXT 16

static const char long_text[] = "\377aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#define LONG_TEXT                                                                                  \
	{                                                                                          \
		"big.test", TYPE_TXT, 9, NULL,                                                     \
		{                                                                                  \
			long_text, 256                                                             \
		}                                                                                  \
	}

static const struct nameserver_record records[] = {
    {"a.test", TYPE_A, 20, NULL, {"\300\0\2\1", 4}},
    {"a.test", TYPE_A, 10, NULL, {"\300\0\2\2", 4}},
    {"six.test", 28, 20, NULL, {"\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16}},
    {"t.test", TYPE_TXT, 20, NULL, {"\7v=spf1 \4-all", 13}},
    {"t.test", TYPE_TXT, 20, NULL, {"\5other", 6}},
    {"m.test", TYPE_MX, 20, NULL, {"\0\12\2mx\4test\0", 11}},
    {"1.2.0.192.in-addr.arpa", TYPE_PTR, 20, "mx.test", {NULL, 0}},
    {"alias.test", 5, 5, "a.test", {NULL, 0}},
    {"zero.test", TYPE_A, 0, NULL, {"\300\0\2\3", 4}},
    {"back.test", 5, 5, "in.zone", {NULL, 0}},
    LONG_TEXT,
    LONG_TEXT,
    LONG_TEXT,
    LONG_TEXT,
    LONG_TEXT,
    LONG_TEXT,
    LONG_TEXT,
    {NULL, 0, 0, NULL, {NULL, 0}},
};

/* The loop, the server and the resolver of one test. */
static struct loop *loop;
static struct nameserver server;
static struct resolver *resolver;

static void open_resolver(const char *address)
{
	const char *items[] = {address};
	struct conf_list list = {items, 1};
	struct error err;

	resolver = resolver_new(loop, &list, &err);
	ck_assert_msg(resolver != NULL, "%s", err.text);
}

static void set_up(void)
{
	loop = loop_new();
	nameserver_open(&server, loop, records);
	open_resolver(server.address);
}

static void tear_down(void)
{
	resolver_free(resolver);
	nameserver_close(&server);
	loop_free(loop);
}

/* One resolution: it asks for the name, or for one more each round when it is endless. */
struct job {
	struct dns_view *view;
	const char *name;
	enum dns_type type;
	bool endless;
	int judged, done;
	struct job *cancels; /* when it is done */
	struct resolution *resolution;
};

static enum verify_status judge(void *arg)
{
	struct job *j = arg;
	char name[32];

	ck_assert_int_eq(j->done, 0);
	j->judged++;
	if (!j->endless)
		return dns_view_lookup(j->view, span_from(j->name), j->type) == NULL
		           ? VERIFY_NEEDS_DNS
		           : VERIFY_DONE;
	for (int i = 0; i < 25; i++) {
		const struct dns_answer *a;

		snprintf(name, sizeof(name), "n%d.test", i);
		a = dns_view_lookup(j->view, span_from(name), j->type);
		if (a == NULL)
			return VERIFY_NEEDS_DNS;
		if (a->status == DNS_TIMEOUT)
			return VERIFY_DONE;
	}
	return VERIFY_DONE;
}

static void done(void *arg)
{
	struct job *j = arg;

	j->done++;
	j->resolution = NULL;
	if (j->cancels == NULL)
		return;
	resolution_cancel(j->cancels->resolution);
	j->cancels->resolution = NULL;
}

static void start(struct job *j, const char *name, enum dns_type type, int64_t timeout_ms)
{
	j->view = dns_view_new(NULL);
	j->name = name;
	j->type = type;
	j->resolution = resolver_judge(resolver, j->view, timeout_ms, judge, done, j);
	ck_assert((j->resolution == NULL) == (j->done == 1));
}

static void finish(struct job *j)
{
	while (!j->done)
		loop_once(loop);
	ck_assert_int_eq(j->done, 1);
}

static void end(struct job *j, const char *want)
{
	struct buffer out = BUFFER_INIT;
	const char *got =
	    unit_answer(&out, dns_view_lookup(j->view, span_from(j->name), j->type), j->type);

	ck_assert_msg(
	    strcmp(got, want) == 0, "%s: got \"%s\", expected \"%s\"", j->name, got, want);
	buffer_clear(&out);
	dns_view_free(j->view);
}

static void check(const char *name, enum dns_type type, const char *want)
{
	struct job j = {.judged = 0};

	start(&j, name, type, 5000);
	finish(&j);
	end(&j, want);
}

/*
 * c-ares of 1.28 and later reads and writes DNS messages by the letter: it does not ask for names
 * that are no host names, and refuses a reply that is cut amid a record.
 */
static bool strict_library(void)
{
	int version;

	ares_version(&version);
	return version >= 0x011c00;
}

START_TEST(answers)
{
	static const struct {
		const char *name;
		enum dns_type type;
		const char *want;
	} rows[] = {
	    {"a.test", DNS_A, "NOERROR [192.0.2.1] [192.0.2.2] ttl 10"},
	    {"six.test", DNS_AAAA, "NOERROR [2001:db8::1] ttl 20"},
	    {"t.test", DNS_TXT, "NOERROR [\"v=spf1 -all\"] [\"other\"] ttl 20"},
	    {"m.test", DNS_MX, "NOERROR [10 mx.test.] ttl 20"},
	    {"1.2.0.192.in-addr.arpa", DNS_PTR, "NOERROR [mx.test.] ttl 20"},
	    {"alias.test", DNS_A, "NOERROR -> a.test. [192.0.2.1] [192.0.2.2] ttl 5"},
	    {"alias.test", DNS_CNAME, "NOERROR [a.test.] ttl 5"},
	    {"m.test", DNS_A, "NODATA ttl 33"},
	    {"none.test", DNS_A, "NXDOMAIN ttl 33"},
	    {"x.servfail.test", DNS_A, "SERVFAIL ttl 0"},
	};

	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(rows[i].name, rows[i].type, rows[i].want);
	tear_down();
}
END_TEST

START_TEST(odd_names)
{
	static const char *const names[] = {"a+b_c=d.test", "a b.test", "\303\244\1\\\\.test"};

	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		check(names[i], DNS_A, strict_library() ? "SERVFAIL ttl 0" : "NXDOMAIN ttl 33");
	tear_down();
}
END_TEST

START_TEST(truncated_goes_to_tcp)
{
	struct job j = {.judged = 0};

	/* evdns cuts amid a record; tests/system/dns.sh has the case with a server that does not.
	 */
	if (strict_library())
		return;
	set_up();
	start(&j, "big.test", DNS_TXT, 5000);
	finish(&j);
	ck_assert_uint_eq(dns_view_lookup(j.view, SPAN("big.test"), DNS_TXT)->count, 7);
	ck_assert_uint_ge(server.udp_questions, 1);
	ck_assert_uint_eq(server.tcp_questions, 1);
	dns_view_free(j.view);
	tear_down();
}
END_TEST

START_TEST(cached)
{
	static const struct {
		const char *name;
		unsigned questions; /* for two resolutions */
	} rows[] = {{"a.test", 1}, {"alias.test", 1}, {"none.test", 1}, {"zero.test", 2}};

	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct job first = {.judged = 0}, second = {.judged = 0};

		server.udp_questions = 0;
		start(&first, rows[i].name, DNS_A, 5000);
		ck_assert_ptr_nonnull(first.resolution);
		finish(&first);
		start(&second, rows[i].name, DNS_A, 5000);
		ck_assert_msg(
		    (second.resolution == NULL) == (rows[i].questions == 1), "%s", rows[i].name);
		finish(&second);
		ck_assert_uint_eq(server.udp_questions, rows[i].questions);
		dns_view_free(first.view);
		dns_view_free(second.view);
	}
	tear_down();
}
END_TEST

START_TEST(failures_are_not_cached)
{
	unsigned first;

	set_up();
	check("x.servfail.test", DNS_A, "SERVFAIL ttl 0");
	first = server.udp_questions;
	ck_assert_uint_ge(first, 1);
	check("x.servfail.test", DNS_A, "SERVFAIL ttl 0");
	ck_assert_uint_gt(server.udp_questions, first);
	tear_down();
}
END_TEST

START_TEST(one_in_flight)
{
	struct job jobs[50] = {{.judged = 0}};

	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		start(&jobs[i], "a.test", DNS_A, 5000);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		finish(&jobs[i]);
		ck_assert_int_eq(jobs[i].judged, 2);
		end(&jobs[i], "NOERROR [192.0.2.1] [192.0.2.2] ttl 10");
	}
	ck_assert_uint_eq(server.udp_questions, 1);
	tear_down();
}
END_TEST

START_TEST(zones_are_not_asked_for)
{
	struct dns_zones *z = dns_zones_new();
	struct job j = {.name = "in.zone"};
	struct error err;

	set_up();
	ck_assert_int_eq(dns_zones_add(z, "z", SPAN("$ORIGIN zone.\nin 7 A 192.0.2.8\n"), &err), 0);
	j.view = dns_view_new(z);
	ck_assert_ptr_null(resolver_judge(resolver, j.view, 5000, judge, done, &j));
	ck_assert_int_eq(j.judged, 1);
	end(&j, "NOERROR [192.0.2.8] ttl 7");
	j = (struct job){.name = "back.test", .view = dns_view_new(z)};
	resolver_judge(resolver, j.view, 5000, judge, done, &j);
	finish(&j);
	end(&j, "NOERROR -> in.zone. [192.0.2.8] ttl 5");
	ck_assert_uint_eq(server.udp_questions, 1);
	dns_zones_free(z);
	tear_down();
}
END_TEST

/* A question that is never answered ends at the deadline, and with it what waits for it alone. */
START_TEST(deadline)
{
	struct job lost = {.judged = 0}, patient = {.judged = 0};
	int64_t before = clock_steady_us();

	set_up();
	start(&patient, "x.drop.test", DNS_A, 60000);
	start(&lost, "x.drop.test", DNS_A, 150);
	finish(&lost);
	ck_assert_int_ge(clock_steady_us() - before, 150 * 1000);
	ck_assert_int_lt(clock_steady_us() - before, 950 * 1000);
	end(&lost, "TIMEOUT ttl 0");
	ck_assert_int_eq(patient.done, 0);
	ck_assert_uint_eq(server.udp_questions, 1);
	resolution_cancel(patient.resolution);
	dns_view_free(patient.view);
	lost = (struct job){.judged = 0};
	start(&lost, "x.drop.test", DNS_A, 0);
	finish(&lost);
	end(&lost, "TIMEOUT ttl 0");
	tear_down();
}
END_TEST

START_TEST(rounds_are_bounded)
{
	struct job j = {.endless = true};

	set_up();
	start(&j, "n0.test", DNS_A, 60000);
	finish(&j);
	ck_assert_uint_eq(server.udp_questions, VERIFY_ROUNDS_MAX);
	ck_assert_int_eq(j.judged, VERIFY_ROUNDS_MAX + 2);
	ck_assert_int_eq(dns_view_lookup(j.view, SPAN("n19.test"), DNS_A)->status, DNS_NXDOMAIN);
	ck_assert_int_eq(dns_view_lookup(j.view, SPAN("n20.test"), DNS_A)->status, DNS_TIMEOUT);
	dns_view_free(j.view);
	tear_down();
}
END_TEST

START_TEST(cancelled)
{
	struct job gone = {.judged = 0}, other = {.judged = 0};

	set_up();
	start(&gone, "a.test", DNS_A, 5000);
	resolution_cancel(gone.resolution);
	dns_view_free(gone.view);
	resolution_cancel(NULL);
	/* The question went on: its answer serves the next one. */
	start(&other, "a.test", DNS_A, 5000);
	finish(&other);
	end(&other, "NOERROR [192.0.2.1] [192.0.2.2] ttl 10");
	ck_assert_uint_eq(server.udp_questions, 1);
	ck_assert_int_eq(gone.done, 0);
	ck_assert_int_eq(gone.judged, 1);
	tear_down();
}
END_TEST

/* One that is done cancels another that was ready too. */
START_TEST(cancelled_when_ready)
{
	struct job one = {.judged = 0}, two = {.judged = 0};

	set_up();
	start(&one, "a.test", DNS_A, 5000);
	start(&two, "a.test", DNS_A, 5000);
	one.cancels = &two;
	two.cancels = &one;
	while (one.done + two.done == 0)
		loop_once(loop);
	check("m.test", DNS_MX, "NOERROR [10 mx.test.] ttl 20");
	ck_assert_int_eq(one.done + two.done, 1);
	dns_view_free(one.view);
	dns_view_free(two.view);
	tear_down();
}
END_TEST

START_TEST(freed_under_way)
{
	struct job one = {.judged = 0}, two = {.judged = 0};

	set_up();
	start(&one, "a.test", DNS_A, 5000);
	start(&two, "x.drop.test", DNS_A, 5000);
	tear_down();
	ck_assert_int_eq(one.done + two.done, 0);
	dns_view_free(one.view);
	dns_view_free(two.view);
}
END_TEST

/* Nothing listens: it ends by the refusal, or by the deadline where that is not told. */
START_TEST(nobody_listens)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	struct sockaddr *sa = (struct sockaddr *)(void *)&sin;
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct job j = {.judged = 0};
	char address[32];

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert(bind(fd, sa, len) == 0 && getsockname(fd, sa, &len) == 0);
	close(fd);
	snprintf(address, sizeof(address), "127.0.0.1:%u", ntohs(sin.sin_port));
	loop = loop_new();
	open_resolver(address);
	start(&j, "a.test", DNS_A, 2000);
	finish(&j);
	ck_assert(dns_failed(dns_view_lookup(j.view, SPAN("a.test"), DNS_A)));
	dns_view_free(j.view);
	resolver_free(resolver);
	loop_free(loop);
}
END_TEST

/* A socket that cannot even be connected: every answer comes within the call that asks. */
START_TEST(fails_within_the_call)
{
	struct job j = {.judged = 0}, rounds = {.endless = true};

	loop = loop_new();
	open_resolver("255.255.255.255:53");
	start(&j, "a.test", DNS_A, 5000);
	ck_assert_ptr_null(j.resolution);
	end(&j, "SERVFAIL ttl 0");
	start(&rounds, "n0.test", DNS_A, 5000);
	ck_assert_ptr_null(rounds.resolution);
	ck_assert_int_eq(rounds.judged, VERIFY_ROUNDS_MAX + 2);
	end(&rounds, "SERVFAIL ttl 0");
	resolver_free(resolver);
	loop_free(loop);
}
END_TEST

START_TEST(servers)
{
	static const struct {
		const char *server, *want; /* NULL: taken */
	} rows[] = {
	    {"127.0.0.1:53", NULL},
	    {"[::1]:5353", NULL},
	    {"127.0.0.1", "dns: \"127.0.0.1\": expected ADDRESS:PORT, such as 127.0.0.1:53 or "
			  "[::1]:53"},
	    {"localhost:53",
		"dns: \"localhost:53\": expected ADDRESS:PORT, such as 127.0.0.1:53 or "
		"[::1]:53"},
	    {"127.0.0.1:0", "dns: \"127.0.0.1:0\": expected ADDRESS:PORT, such as 127.0.0.1:53 or "
			    "[::1]:53"},
	};
	struct conf_list none = {NULL, 0};
	struct error err;

	loop = loop_new();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *items[] = {rows[i].server};
		struct conf_list list = {items, 1};
		struct resolver *r = resolver_new(loop, &list, &err);

		ck_assert_msg((r != NULL) == (rows[i].want == NULL), "%s", rows[i].server);
		if (r == NULL)
			ck_assert_str_eq(err.text, rows[i].want);
		resolver_free(r);
	}
	resolver = resolver_new(loop, &none, &err);
	ck_assert_msg(resolver != NULL, "%s", err.text);
	resolver_free(resolver);
	resolver_free(NULL);
	loop_free(loop);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {answers, odd_names, truncated_goes_to_tcp, cached,
	    failures_are_not_cached, one_in_flight, zones_are_not_asked_for, deadline,
	    rounds_are_bounded, cancelled, cancelled_when_ready, freed_under_way, nobody_listens,
	    fails_within_the_call, servers, NULL};

	return unit_main("resolver", tests);
}
