/*
 * SPDX-License-Identifier: ISC
 *
 * The configuration as settings: what each option becomes, and the defaults by kind. What is
 * refused is in test_confrefused.c, --listen in test_conflisten.c.
 */
#include "conf/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "unit.h"

static void parse(const char *text, struct conf_settings *s)
{
	struct error err = {.text = ""};

	ck_assert_msg(
	    conf_settings_parse(span_from(text), "f.conf", s, &err) == 0, "%s: %s", text, err.text);
}

/* What the three default listeners have of their own, and what they share. */
static void check_default_listeners(const struct conf_settings *s)
{
	static const struct {
		const char *name;
		uint16_t port;
		enum conf_tls tls;
		size_t auth;
	} want[] = {
	    {"mx", 2525, CONF_TLS_STARTTLS, 0},
	    {"submission", 2587, CONF_TLS_REQUIRED, 4},
	    {"submissions", 2465, CONF_TLS_IMPLICIT, 4},
	};

	ck_assert_uint_eq(s->listener_count, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const struct conf_listener *l = &s->listeners[i];

		ck_assert_str_eq(l->name, want[i].name);
		ck_assert_int_eq(l->kind, i);
		ck_assert_uint_eq(l->address_count, 2);
		ck_assert(ip_is_loopback(&l->addresses[0].ip));
		ck_assert_int_eq(l->addresses[0].ip.family, IP_V4);
		ck_assert_int_eq(l->addresses[1].ip.family, IP_V6);
		ck_assert_uint_eq(l->addresses[1].port, want[i].port);
		ck_assert(l->optional_family);
		ck_assert(!l->proxy);
		ck_assert_int_eq(l->tls, want[i].tls);
		ck_assert_int_eq(l->certificate, CONF_CERTIFICATE_DEV);
		ck_assert_uint_eq(l->certificates.count + l->keys.count + l->names.count, 0);
		ck_assert_int_eq(l->min_tls, CONF_TLS_1_2);
		ck_assert_int_eq(l->max_tls, CONF_TLS_1_3);
		ck_assert_ptr_null(l->ciphers);
		ck_assert_int_eq(l->client_certificate, CONF_CLIENT_CERTIFICATE_NO);
		ck_assert_ptr_null(l->client_ca);
		ck_assert(!l->record);
		ck_assert(l->store_transcript);
		ck_assert_uint_eq(l->auth.count, want[i].auth);
		ck_assert(l->auth_any);
		ck_assert(!l->auth_without_tls);
		ck_assert_int_eq(l->require_auth, want[i].auth > 0);
		ck_assert_uint_eq(l->max_message_size, 52428800);
		ck_assert_uint_eq(l->max_recipients, 1000);
		ck_assert_ptr_null(l->route);
		ck_assert_ptr_null(l->enforce);
	}
}

START_TEST(defaults)
{
	struct conf_settings s;
	struct error err;

	ck_assert_int_eq(conf_settings_parse(SPAN(""), NULL, &s, &err), 0);
	ck_assert_ptr_null(s.file);
	ck_assert_ptr_null(s.data);
	ck_assert_uint_eq(s.workers, 0);
	ck_assert_int_eq(s.log_level, CONF_LOG_INFO);
	ck_assert_uint_eq(s.dns.count, 0);
	ck_assert_int_eq(s.dns_timeout_ms, 5000);
	ck_assert(s.opinion);
	ck_assert_uint_eq(s.route_count, 0);
	ck_assert_uint_eq(s.trusted_count, 2);
	ck_assert_uint_eq(s.trusted[0].bits, 8);
	ck_assert_uint_eq(s.trusted[1].bits, 128);
	ck_assert_uint_eq(s.max_connections, 0);
	ck_assert_uint_eq(s.max_connections_per_address, 0);
	ck_assert_uint_eq(s.rate_per_address, 0);
	ck_assert_int_eq(s.line_timeout_ms, 60000);
	ck_assert_uint_eq(s.data_rate, 100);
	ck_assert_int_eq(s.data_rate_after_ms, 60000);
	ck_assert_uint_eq(s.max_buffered, 512ULL << 20);
	ck_assert_uint_eq(s.bad_commands, 20);
	ck_assert_uint_eq(s.idle_commands, 1000);
	ck_assert_int_eq(s.command_timeout_ms, 300000);
	ck_assert_int_eq(s.data_timeout_ms, 600000);
	ck_assert_int_eq(s.session_timeout_ms, 3600000);
	ck_assert_int_eq(s.shutdown_timeout_ms, 10000);
	ck_assert_int_eq(s.retention_age_ms, 0);
	ck_assert_uint_eq(s.retention_count, 0);
	ck_assert_uint_eq(s.retention_size, 0);
	ck_assert_uint_eq(s.receivers.count, 0);
	check_default_listeners(&s);
	conf_settings_clear(&s);
	ck_assert_ptr_null(s.arena);
}
END_TEST

static const char ALL[] =
    "data = \"${CONF_TEST_DIR}/data\"\n"
    "workers = 2\nlog-level = debug # the comment\n"
    "dns = { \"127.0.0.1:53\", \"[::1]:5353\" }\n"
    "zones = a.zone\n"
    "dns-timeout = 2s\nopinion = off\ntrusted = { }\nmax-connections = 100\nmax-buffered = 1G\n"
    "max-connections-per-address = 7\nrate-per-address = 8\nline-timeout = 9s\n"
    "data-rate = 10\ndata-rate-after = 11s\n"
    "bad-commands = 3\nidle-commands = 4\n"
    "command-timeout = 1m\ndata-timeout = 120\nsession-timeout = 1d\nshutdown-timeout = 0\n"
    "retention-age = 90d\nretention-count = 12\nretention-size = 13G\nreceivers = /etc/r\n"
    "listener edge {\n\tkind = mx\n\taddress = \"192.0.2.1\"\n\tport = 25\n\tproxy = required\n"
    "\ttls = none\n\tmax-message-size = 1K\n\tmax-recipients = 5\n"
    "\tenforce = gmail\n}\n"
    "listener 'app-1.x' {\n\tkind = submission\n\taddress = { 127.0.0.1, ::1 }\n\tport = 0\n"
    "\tcertificate = { '/c.pem', '/d.pem' }\n\tkey = { '/k.pem', '/l.pem' }\n"
    "\tmin-tls = 1.0\n\tmax-tls = 1.2\n\tciphers = 'ALL:@SECLEVEL=0'\n"
    "\tclient-certificate = require\n\tclient-ca = '/ca.pem'\n\tstrict = record\n"
    "\tstore-transcript = no\n\tauth = { login, xoauth2 }\n\tauth-without-tls = yes\n"
    "\tauth-any = yes\n\trequire-auth = no\n\ttls = starttls\n\troute = r2\n\tenforce = no\n}\n"
    "user app { password = 'p\\'w${X}' }\nuser \"a b@x\" { password = \"file:/p\" }\n"
    "route r1 { }\n"
    "route r2 {\n\tmode = none\n\tegress = { 192.0.2.1, \"spf:example.net\", \"::1\" }\n"
    "\treturn-path = b.example.com\n\tdkim-domain = example.com\n\tdkim-selector = s1\n}\n";

static void check_routes(const struct conf_settings *s)
{
	const struct conf_route *r = &s->routes[0];
	struct buffer names = BUFFER_INIT;

	ck_assert_uint_eq(s->route_count, 2);
	ck_assert_str_eq(r->name, "r1");
	ck_assert_uint_eq(r->egress.count, 0);
	ck_assert_ptr_null(r->return_path);
	ck_assert_ptr_null(r->dkim_domain);
	ck_assert_ptr_null(r->dkim_selector);
	r = &s->routes[1];
	ck_assert_str_eq(r->name, "r2");
	ck_assert_uint_eq(r->egress.count, 3);
	ck_assert_str_eq(r->egress.items[1], "spf:example.net");
	ck_assert_str_eq(r->return_path, "b.example.com");
	ck_assert_str_eq(r->dkim_domain, "example.com");
	ck_assert_str_eq(r->dkim_selector, "s1");
	ck_assert_ptr_null(s->listeners[0].route);
	ck_assert_ptr_eq(s->listeners[1].route, r);
	ck_assert_ptr_eq(conf_route_find(s, SPAN("r2")), r);
	ck_assert_ptr_null(conf_route_find(s, SPAN("r")));
	conf_route_names(s, &names);
	ck_assert_str_eq(names.data, "r1, r2");
	buffer_clear(&names);
}

static void check_tls(const struct conf_listener *l)
{
	ck_assert_int_eq(l->certificate, CONF_CERTIFICATE_FILES);
	ck_assert_uint_eq(l->certificates.count, 2);
	ck_assert_str_eq(l->certificates.items[1], "/d.pem");
	ck_assert_uint_eq(l->keys.count, 2);
	ck_assert_str_eq(l->keys.items[0], "/k.pem");
	ck_assert_int_eq(l->min_tls, CONF_TLS_1_0);
	ck_assert_int_eq(l->max_tls, CONF_TLS_1_2);
	ck_assert_str_eq(l->ciphers, "ALL:@SECLEVEL=0");
	ck_assert_int_eq(l->client_certificate, CONF_CLIENT_CERTIFICATE_REQUIRE);
	ck_assert_str_eq(l->client_ca, "/ca.pem");
}

static void check_listeners(const struct conf_settings *s)
{
	const struct conf_listener *l = &s->listeners[0];

	ck_assert_uint_eq(s->listener_count, 2);
	ck_assert_str_eq(l->name, "edge");
	ck_assert_uint_eq(l->address_count, 1);
	ck_assert_uint_eq(l->addresses[0].port, 25);
	ck_assert(!l->optional_family);
	ck_assert(l->proxy);
	ck_assert_int_eq(l->tls, CONF_TLS_NONE);
	ck_assert(!l->auth_any);
	ck_assert_uint_eq(l->max_message_size, 1024);
	ck_assert_uint_eq(l->max_recipients, 5);
	ck_assert_str_eq(l->enforce, "gmail");
	l = &s->listeners[1];
	ck_assert_str_eq(l->name, "app-1.x");
	ck_assert_uint_eq(l->address_count, 2);
	check_tls(l);
	ck_assert(l->record);
	ck_assert(!l->store_transcript);
	ck_assert_uint_eq(l->auth.count, 2);
	ck_assert_str_eq(l->auth.items[0], "LOGIN");
	ck_assert_str_eq(l->auth.items[1], "XOAUTH2");
	ck_assert(l->auth_without_tls);
	ck_assert(l->auth_any);
	ck_assert(!l->require_auth);
	ck_assert_int_eq(l->tls, CONF_TLS_STARTTLS);
	ck_assert_ptr_null(l->enforce);
}

START_TEST(every_option)
{
	struct conf_settings s;

	setenv("CONF_TEST_DIR", "/var", 1);
	parse(ALL, &s);
	ck_assert_str_eq(s.file, "f.conf");
	ck_assert_str_eq(s.data, "/var/data");
	ck_assert_uint_eq(s.workers, 2);
	ck_assert_int_eq(s.log_level, CONF_LOG_DEBUG);
	ck_assert_uint_eq(s.dns.count, 2);
	ck_assert_str_eq(s.dns.items[1], "[::1]:5353");
	ck_assert_uint_eq(s.zones.count, 1);
	ck_assert_str_eq(s.zones.items[0], "a.zone");
	ck_assert_int_eq(s.dns_timeout_ms, 2000);
	ck_assert(!s.opinion);
	ck_assert_uint_eq(s.trusted_count, 0);
	ck_assert_uint_eq(s.max_connections, 100);
	ck_assert_uint_eq(s.max_connections_per_address, 7);
	ck_assert_uint_eq(s.rate_per_address, 8);
	ck_assert_int_eq(s.line_timeout_ms, 9000);
	ck_assert_uint_eq(s.data_rate, 10);
	ck_assert_int_eq(s.data_rate_after_ms, 11000);
	ck_assert_uint_eq(s.max_buffered, 1U << 30);
	ck_assert_uint_eq(s.bad_commands, 3);
	ck_assert_uint_eq(s.idle_commands, 4);
	ck_assert_int_eq(s.command_timeout_ms, 60000);
	ck_assert_int_eq(s.data_timeout_ms, 120000);
	ck_assert_int_eq(s.session_timeout_ms, 86400000);
	ck_assert_int_eq(s.shutdown_timeout_ms, 0);
	ck_assert_int_eq(s.retention_age_ms, 90LL * 86400000);
	ck_assert_uint_eq(s.retention_count, 12);
	ck_assert_uint_eq(s.retention_size, 13ULL << 30);
	ck_assert_uint_eq(s.receivers.count, 1);
	ck_assert_str_eq(s.receivers.items[0], "/etc/r");
	check_listeners(&s);
	ck_assert_uint_eq(s.user_count, 2);
	ck_assert_str_eq(s.users[0].name, "app");
	ck_assert_str_eq(s.users[0].password, "p'w${X}");
	ck_assert_str_eq(s.users[1].name, "a b@x");
	check_routes(&s);
	conf_settings_clear(&s);
}
END_TEST

/* auth-any: no users, and loopback alone. */
START_TEST(auth_any)
{
	static const struct {
		const char *text;
		bool any;
	} rows[] = {
	    {"listener x { kind = mx }", true},
	    {"listener x { kind = mx address = { 127.0.0.1, 127.1.2.3 } }", true},
	    {"listener x { kind = mx address = { 127.0.0.1, 0.0.0.0 } }", false},
	    {"listener x { kind = mx address = 192.0.2.1 auth-any = yes }", true},
	    {"listener x { kind = mx auth-any = no }", false},
	    {"listener x { kind = mx } user u { password = x }", false},
	    {"user u { password = x } listener x { kind = mx auth-any = yes }", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct conf_settings s;

		parse(rows[i].text, &s);
		ck_assert_msg(s.listeners[0].auth_any == rows[i].any, "%s", rows[i].text);
		conf_settings_clear(&s);
	}
}
END_TEST

/* Each word of certificate, and the names that the development CA puts into its own. */
START_TEST(certificates)
{
	static const struct {
		const char *value;
		enum conf_certificate want;
	} rows[] = {
	    {"dev", CONF_CERTIFICATE_DEV},
	    {"expired", CONF_CERTIFICATE_EXPIRED},
	    {"wrong-name", CONF_CERTIFICATE_WRONG_NAME},
	    {"{ self-signed }", CONF_CERTIFICATE_SELF_SIGNED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct conf_settings s;
		char text[200];

		snprintf(text, sizeof(text),
		    "listener x { kind = mx certificate = %s names = { a.example, localhost, ::1, "
		    "'*.b.example' } }",
		    rows[i].value);
		parse(text, &s);
		ck_assert_int_eq(s.listeners[0].certificate, rows[i].want);
		ck_assert_uint_eq(s.listeners[0].certificates.count, 0);
		ck_assert_uint_eq(s.listeners[0].names.count, 4);
		conf_settings_clear(&s);
	}
}
END_TEST

/* What is offered where auth is not given. */
START_TEST(mechanisms)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"listener x { kind = mx }", ""},
	    {"listener x { kind = lmtp }", ""},
	    {"listener x { kind = submission }", "PLAIN LOGIN XOAUTH2 OAUTHBEARER "},
	    {"listener x { kind = submission } user u { password = x }",
		"PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-1-PLUS "
		"SCRAM-SHA-256-PLUS XOAUTH2 OAUTHBEARER "},
	    {"listener x { kind = submission tls = none auth-without-tls = yes } user u { password "
	     "= x }",
		"PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER "},
	    {"listener x { kind = mx auth = { scram-sha-256-plus } auth-any = no }",
		"SCRAM-SHA-256-PLUS "},
	    {"listener x { kind = submission auth = { } }", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer got = BUFFER_INIT;
		struct conf_settings s;

		parse(rows[i].text, &s);
		buffer_add_string(&got, "");
		for (size_t k = 0; k < s.listeners[0].auth.count; k++)
			buffer_printf(&got, "%s ", s.listeners[0].auth.items[k]);
		unit_span_eq(rows[i].text, buffer_span(&got), rows[i].want);
		buffer_clear(&got);
		conf_settings_clear(&s);
	}
}
END_TEST

/* Which route each listener has: one letter a listener, "-" for none. */
START_TEST(routes_of_listeners)
{
	static const struct {
		const char *text, *routes;
	} rows[] = {
	    {"", "---"},
	    {"route a { }", "-aa"},
	    {"route a { } route b { }", "---"},
	    {"listener x { kind = submission } route a { }", "a"},
	    {"listener x { kind = submission } route a { } route b { }", "-"},
	    {"listener x { kind = submission route = b } route a { } route b { }", "b"},
	    {"route b { } listener x { kind = submissions route = b }", "b"},
	    {"listener x { kind = mx } route a { }", "-"},
	    {"listener x { kind = lmtp } route a { }", "-"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct conf_settings s;

		parse(rows[i].text, &s);
		ck_assert_uint_eq(s.listener_count, strlen(rows[i].routes));
		for (size_t k = 0; k < s.listener_count; k++) {
			const struct conf_route *r = s.listeners[k].route;

			ck_assert_msg((r == NULL ? '-' : r->name[0]) == rows[i].routes[k],
			    "\"%s\": listener %zu", rows[i].text, k);
		}
		conf_settings_clear(&s);
	}
}
END_TEST

/* Where the gateway names a listener whose files it cannot use. */
START_TEST(lines_of_listeners)
{
	static const struct {
		const char *text;
		unsigned line;
	} rows[] = {
	    {"", 0},
	    {"listener x {\n kind = mx\n}", 2},
	    {"listener x {\n kind = mx\n certificate = c\n key = k\n}", 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct conf_settings s;

		parse(rows[i].text, &s);
		ck_assert_msg(s.listeners[0].line == rows[i].line, "\"%s\": got %u, expected %u",
		    rows[i].text, s.listeners[0].line, rows[i].line);
		conf_settings_clear(&s);
	}
}
END_TEST

/* A parse that failed amid a string or a section leaves nothing behind in libconfuse. */
START_TEST(after_a_failure)
{
	struct conf_settings s;
	struct error err;

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(
		    conf_settings_parse(SPAN("listener x { kind = 'mx"), "f", &s, &err), -1);
		ck_assert_int_eq(
		    conf_settings_parse(SPAN("listener x { kind = { mx } }"), "f", &s, &err), -1);
		parse("workers = 3", &s);
		ck_assert_uint_eq(s.workers, 3);
		conf_settings_clear(&s);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {defaults, every_option, auth_any, certificates, mechanisms,
	    routes_of_listeners, lines_of_listeners, after_a_failure, NULL};

	return unit_main("settings", tests);
}
