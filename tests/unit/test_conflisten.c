/*
 * SPDX-License-Identifier: ISC
 *
 * Addresses with a port, and the listeners of --listen: their names, what they replace, and what
 * is refused.
 */
#include "conf/settings.h"
#include "unit.h"

static const struct {
	const char *text, *ip;
	unsigned port;
	int result;
} ADDRESSES[] = {
    {"127.0.0.1:25", "127.0.0.1", 25, 0},
    {"[::1]:0", "::1", 0, 0},
    {"[2001:db8::1]:65535", "2001:db8::1", 65535, 0},
    {"[127.0.0.1]:25", "127.0.0.1", 25, 0},
    {"::1:25", NULL, 0, -1},
    {"127.0.0.1", NULL, 0, -1},
    {"127.0.0.1:", NULL, 0, -1},
    {"127.0.0.1:65536", NULL, 0, -1},
    {"127.0.0.1:-1", NULL, 0, -1},
    {"[::1]", NULL, 0, -1},
    {"[]:25", NULL, 0, -1},
    {"[::1:25", NULL, 0, -1},
    {":25", NULL, 0, -1},
    {"localhost:25", NULL, 0, -1},
    {"", NULL, 0, -1},
};

START_TEST(addresses)
{
	for (size_t i = 0; i < ARRAY_SIZE(ADDRESSES); i++) {
		struct span text = unit_guard(span_from(ADDRESSES[i].text));
		struct conf_address a;
		char ip[IP_TEXT_SIZE];

		ck_assert_msg(conf_address_parse(text, &a) == ADDRESSES[i].result, "\"%s\"",
		    ADDRESSES[i].text);
		if (ADDRESSES[i].result == 0) {
			ck_assert_str_eq(ip_format(&a.ip, ip), ADDRESSES[i].ip);
			ck_assert_uint_eq(a.port, ADDRESSES[i].port);
		}
		unit_guard_free(text);
	}
}
END_TEST

START_TEST(listen_arguments)
{
	static const char *const arguments[] = {"mx=127.0.0.1:0", "submission=[::1]:2000",
	    "mx=192.0.2.1:25", "mx=127.0.0.1:0", "lmtp=127.0.0.1:24"};
	static const char *const names[] = {"mx", "submission", "mx2", "mx3", "lmtp"};
	const struct conf_input in = {
	    .text = SPAN("listener mx { kind = submissions } user u { password = x } route r { }"),
	    .file = "f.conf",
	    .listen = arguments,
	    .listen_count = ARRAY_SIZE(arguments),
	};
	struct conf_settings s;
	struct error err = {.text = ""};

	ck_assert_msg(conf_settings_read(&in, &s, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(s.listener_count, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		ck_assert_str_eq(s.listeners[i].name, names[i]);
		ck_assert_uint_eq(s.listeners[i].address_count, 1);
		ck_assert(!s.listeners[i].optional_family);
		ck_assert(!s.listeners[i].auth_any);
	}
	ck_assert_int_eq(s.listeners[1].tls, CONF_TLS_REQUIRED);
	ck_assert(s.listeners[1].require_auth);
	ck_assert_uint_eq(s.listeners[1].addresses[0].port, 2000);
	ck_assert_int_eq(s.listeners[4].kind, CONF_KIND_LMTP);
	ck_assert_ptr_null(s.listeners[0].route);
	ck_assert_ptr_eq(s.listeners[1].route, &s.routes[0]);
	ck_assert_uint_eq(s.users[0].password[0], 'x');
	conf_settings_clear(&s);
}
END_TEST

static const struct {
	const char *arguments[2], *error;
} LISTEN_REFUSED[] = {
    {{"mx=127.0.0.1:1", "smtp=127.0.0.1:2"}, "--listen smtp=127.0.0.1:2: expected KIND="},
    {{"127.0.0.1:1", "mx=127.0.0.1:2"}, "--listen 127.0.0.1:1: expected KIND="},
    {{"mx=127.0.0.1", "mx=127.0.0.1:2"}, "--listen mx=127.0.0.1: expected an IP address and"},
    {{"mx=::1:25", "mx=127.0.0.1:2"}, "--listen mx=::1:25: expected an IP address and a port"},
    {{"mx=127.0.0.1:1", "submission=127.0.0.1:1"},
	"--listen: listener \"submission\": 127.0.0.1 port 1 is already taken by listener \"mx\""},
};

START_TEST(listen_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(LISTEN_REFUSED); i++) {
		const struct conf_input in = {
		    .text = SPAN(""), .listen = LISTEN_REFUSED[i].arguments, .listen_count = 2};
		struct conf_settings s;
		struct error err;

		ck_assert_int_eq(conf_settings_read(&in, &s, &err), -1);
		ck_assert_msg(span_starts(span_from(err.text), span_from(LISTEN_REFUSED[i].error)),
		    "got \"%s\", expected \"%s\"", err.text, LISTEN_REFUSED[i].error);
		ck_assert_ptr_null(s.arena);
	}
}
END_TEST

/* What --listen replaces must be possible all the same. */
START_TEST(listen_checks_the_file_too)
{
	static const char *const arguments[] = {"mx=127.0.0.1:0"};
	const struct conf_input in = {
	    .text = SPAN("listener x { kind = mx\ncertificate = c }"),
	    .file = "f.conf",
	    .listen = arguments,
	    .listen_count = 1,
	};
	struct conf_settings s;
	struct error err;

	ck_assert_int_eq(conf_settings_read(&in, &s, &err), -1);
	ck_assert_msg(span_starts(span_from(err.text), SPAN("f.conf:2: ")), "%s", err.text);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    addresses, listen_arguments, listen_refused, listen_checks_the_file_too, NULL};

	return unit_main("conflisten", tests);
}
