/*
 * SPDX-License-Identifier: ISC
 *
 * Values of the configuration by type: what is kept and what is refused, and how.
 */
#include "conf/value.h"

#include <string.h>

#include "unit.h"

static const struct {
	const char *text;
	int result;
	uint64_t size;
} SIZES[] = {
    {"0", 0, 0},
    {"52428800", 0, 52428800},
    {"50M", 0, 52428800},
    {"1K", 0, 1024},
    {"2G", 0, 2147483648},
    {"17179869183G", 0, 18446744072635809792ULL},
    {"17179869184G", -1, 0},
    {"18446744073709551615", 0, UINT64_MAX},
    {"18446744073709551616", -1, 0},
    {"", -1, 0},
    {"M", -1, 0},
    {"50 M", -1, 0},
    {"50m", -1, 0},
    {"50MB", -1, 0},
    {"-1", -1, 0},
    {"0x10", -1, 0},
    {"1.5M", -1, 0},
};

START_TEST(sizes)
{
	for (size_t i = 0; i < ARRAY_SIZE(SIZES); i++) {
		struct span text = unit_guard(span_from(SIZES[i].text));
		uint64_t size = 0;

		ck_assert_msg(
		    conf_size_parse(text, &size) == SIZES[i].result, "\"%s\"", SIZES[i].text);
		ck_assert_msg(
		    size == SIZES[i].size, "\"%s\": %llu", SIZES[i].text, (unsigned long long)size);
		unit_guard_free(text);
	}
}
END_TEST

/* error NULL: taken. */
static const struct {
	enum conf_option_id id;
	const char *text, *error;
} VALUES[] = {
    {CONF_DATA, "/x", NULL},
    {CONF_DATA, "", "data: expected a text, got an empty one"},
    {CONF_WORKERS, "64", NULL},
    {CONF_WORKERS, "0", "workers: expected a number from 1 to 64, got \"0\""},
    {CONF_WORKERS, "65", "workers: expected a number from 1 to 64, got \"65\""},
    {CONF_WORKERS, "four", "workers: expected a number from 1 to 64, got \"four\""},
    {CONF_PORT, "65535", NULL},
    {CONF_PORT, "65536", "port: expected a number from 0 to 65535, got \"65536\""},
    {CONF_LOG_LEVEL, "debug", NULL},
    {CONF_LOG_LEVEL, "loud",
	"log-level: expected one of error, warning, info, debug, got \"loud\""},
    {CONF_PROXY, "required", NULL},
    {CONF_PROXY, "yes", "proxy: expected no or required, got \"yes\""},
    {CONF_AUTH_ANY, "true", "auth-any: expected no or yes, got \"true\""},
    {CONF_MAX_BUFFERED, "1G", NULL},
    {CONF_MAX_BUFFERED, "0",
	"max-buffered: expected octets (with K, M, G or nothing behind) from 1 to 1024G, got "
	"\"0\""},
    {CONF_DNS_TIMEOUT, "500ms", NULL},
    {CONF_DNS_TIMEOUT, "2h",
	"dns-timeout: expected a time (with ms, s, m, h, d or, for seconds, nothing behind) from "
	"1ms to 1h, got \"2h\""},
    {CONF_DNS_TIMEOUT, "0",
	"dns-timeout: expected a time (with ms, s, m, h, d or, for seconds, nothing behind) from "
	"1ms to 1h, got \"0\""},
    {CONF_SHUTDOWN_TIMEOUT, "0", NULL},
    {CONF_RETENTION_AGE, "0", NULL},
    {CONF_RETENTION_AGE, "30d", NULL},
    {CONF_RETENTION_COUNT, "1073741824", NULL},
    {CONF_RETENTION_COUNT, "1073741825",
	"retention-count: expected a number from 0 to 1073741824, got \"1073741825\""},
    {CONF_RETENTION_SIZE, "10G", NULL},
    {CONF_RETENTION_SIZE, "much",
	"retention-size: expected octets (with K, M, G or nothing behind) from 0 to 1048576G, got "
	"\"much\""},
    {CONF_RECEIVERS, "", "receivers: expected a text, got an empty one"},
    {CONF_ENFORCE, "gmail", NULL},
    {CONF_DNS, "[::1]:53", NULL},
    {CONF_DNS, "127.0.0.1:0",
	"dns: expected an IP address, no name, and a port, as in 192.0.2.53:53 or "
	"[2001:db8::53]:53, got \"127.0.0.1:0\""},
    {CONF_TRUSTED, "10.0.0.0/8", NULL},
    {CONF_TRUSTED, "10.0.0.0/33",
	"trusted: expected an IP address or ADDRESS/BITS, got \"10.0.0.0/33\""},
    {CONF_ADDRESS, "::", NULL},
    {CONF_ADDRESS, "localhost", "address: expected an IPv4 or IPv6 address, got \"localhost\""},
    {CONF_AUTH, "login", NULL},
    {CONF_AUTH, "scram-sha-256-plus", NULL},
    {CONF_AUTH, "GSSAPI",
	"auth: expected one of PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, "
	"SCRAM-SHA-1-PLUS, SCRAM-SHA-256-PLUS, XOAUTH2, OAUTHBEARER, got \"GSSAPI\""},
    {CONF_RATE_PER_ADDRESS, "0", NULL},
    {CONF_LINE_TIMEOUT, "0",
	"line-timeout: expected a time (with ms, s, m, h, d or, for seconds, nothing behind) from "
	"1ms to 1h, got \"0\""},
    {CONF_NAMES, "*.example.com", NULL},
    {CONF_NAMES, "localhost", NULL},
    {CONF_NAMES, "2001:db8::1", NULL},
    {CONF_NAMES, "*.com",
	"names: expected an IP address or a name as in mail.example.com, got \"*.com\""},
    {CONF_NAMES, "a.*.com",
	"names: expected an IP address or a name as in mail.example.com, got \"a.*.com\""},
    {CONF_MIN_TLS, "1.0", NULL},
    {CONF_MAX_TLS, "TLSv1.3", "max-tls: expected one of 1.0, 1.1, 1.2, 1.3, got \"TLSv1.3\""},
    {CONF_ZONES, "", "zones: expected a text, got an empty one"},
    {CONF_OPINION, "off", NULL},
    {CONF_OPINION, "no", "opinion: expected off or on, got \"no\""},
    {CONF_ROUTE, "", "route: expected a text, got an empty one"},
    {CONF_EGRESS, "192.0.2.1", NULL},
    {CONF_EGRESS, "2001:db8::1", NULL},
    {CONF_EGRESS, "spf:_spf.example.net", NULL},
    {CONF_EGRESS, "", "egress: expected a text, got an empty one"},
    {CONF_EGRESS, "spf:", "egress: expected an IP address or spf:DOMAIN, got \"spf:\""},
    {CONF_EGRESS, "spf:net", "egress: expected an IP address or spf:DOMAIN, got \"spf:net\""},
    {CONF_EGRESS, "spf:a b.net",
	"egress: expected an IP address or spf:DOMAIN, got \"spf:a b.net\""},
    {CONF_EGRESS, "192.0.2.0/24",
	"egress: expected an IP address or spf:DOMAIN, got \"192.0.2.0/24\""},
    {CONF_EGRESS, "mail.example.net",
	"egress: expected an IP address or spf:DOMAIN, got \"mail.example.net\""},
    {CONF_RETURN_PATH, "bounce.example.com", NULL},
    {CONF_RETURN_PATH,
	"b\xc3\xbc"
	"cher.example",
	NULL},
    {CONF_RETURN_PATH, "a@example.com",
	"return-path: expected a domain, the part of an address behind the \"@\", got "
	"\"a@example.com\""},
    {CONF_RETURN_PATH, "com", "return-path: expected a domain as in example.com, got \"com\""},
    {CONF_RETURN_PATH, "example..com",
	"return-path: expected a domain as in example.com, got \"example..com\""},
    {CONF_RETURN_PATH, "example.com.",
	"return-path: expected a domain as in example.com, got \"example.com.\""},
    {CONF_RETURN_PATH, "", "return-path: expected a domain as in example.com, got \"\""},
    {CONF_DKIM_DOMAIN, "example.com", NULL},
    {CONF_DKIM_DOMAIN, "a b.com",
	"dkim-domain: expected a domain as in example.com, got \"a b.com\""},
    {CONF_DKIM_SELECTOR, "s1", NULL},
    {CONF_DKIM_SELECTOR, "k1.mail_2026", NULL},
    {CONF_DKIM_SELECTOR, "s 1", "dkim-selector: expected a selector as in s1, got \"s 1\""},
    {CONF_DKIM_SELECTOR, "0123456789012345678901234567890123456789012345678901234567890123",
	"dkim-selector: expected a selector as in s1, got "
	"\"012345678901234567890123456789012345678901234567890123456789...\""},
    {CONF_PASSWORD, "", "password: expected a text, got an empty one"},
    {CONF_KIND, "0123456789012345678901234567890123456789012345678901234567890123456789",
	"kind: expected one of mx, submission, submissions, lmtp, got "
	"\"012345678901234567890123456789012345678901234567890123456789...\""},
};

START_TEST(values)
{
	for (size_t i = 0; i < ARRAY_SIZE(VALUES); i++) {
		struct arena *a = arena_new();
		/* Larger than any draft, and aligned for it. */
		void *draft =
		    arena_alloc(a, sizeof(struct conf_draft) + sizeof(struct conf_listener_draft));
		struct span text = unit_guard(span_from(VALUES[i].text));
		struct error err = {.text = ""};
		int result = conf_value_set(conf_option(VALUES[i].id), text, draft, a, &err);

		ck_assert_msg(result == (VALUES[i].error == NULL ? 0 : -1), "\"%s\": %s",
		    VALUES[i].text, err.text);
		ck_assert_str_eq(err.text, VALUES[i].error == NULL ? "" : VALUES[i].error);
		unit_guard_free(text);
		arena_free(a);
	}
}
END_TEST

START_TEST(lists_grow)
{
	struct arena *a = arena_new();
	struct conf_draft *d = arena_alloc(a, sizeof(*d));
	const struct conf_option *o = conf_option(CONF_ZONES);
	struct error err;

	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(
		    conf_value_set(o, span_from(arena_printf(a, "zone%d", i)), d, a, &err), 0);
	ck_assert_uint_eq(d->settings.zones.count, 100);
	for (int i = 0; i < 100; i++)
		ck_assert_str_eq(d->settings.zones.items[i], arena_printf(a, "zone%d", i));
	conf_value_reset(o, d);
	ck_assert_uint_eq(d->settings.zones.count, 0);
	arena_free(a);
}
END_TEST

START_TEST(mechanisms_are_kept_once_in_upper_case)
{
	struct arena *a = arena_new();
	struct conf_listener_draft *d = arena_alloc(a, sizeof(*d));
	const struct conf_option *o = conf_option(CONF_AUTH);
	struct error err;

	ck_assert_int_eq(conf_value_set(o, SPAN("login"), d, a, &err), 0);
	ck_assert_str_eq(d->listener.auth.items[0], "LOGIN");
	ck_assert_int_eq(conf_value_set(o, SPAN("Login"), d, a, &err), -1);
	ck_assert_str_eq(err.text, "auth: LOGIN is given twice; give each mechanism once");
	arena_free(a);
}
END_TEST

/* As the configuration file would write it; NULL: nothing is set. */
static const struct {
	enum conf_option_id id;
	const char *items[3], *written;
} WRITTEN[] = {
    {CONF_DATA, {NULL}, NULL},
    {CONF_DATA, {"/a b"}, "\"/a b\""},
    {CONF_DATA, {"\"$\\"}, "\"\\\"\\$\\\\\""},
    {CONF_WORKERS, {NULL}, NULL},
    {CONF_WORKERS, {"4"}, "4"},
    {CONF_RATE_PER_ADDRESS, {NULL}, "0"},
    {CONF_LOG_LEVEL, {"debug"}, "debug"},
    {CONF_OPINION, {"on"}, "on"},
    {CONF_DNS, {NULL}, "{ }"},
    {CONF_DNS, {"[::1]:53", "127.0.0.1:53"}, "{ \"[::1]:53\", \"127.0.0.1:53\" }"},
    {CONF_MAX_BUFFERED, {"1024M"}, "1G"},
    {CONF_MAX_BUFFERED, {"1025"}, "1025"},
    {CONF_DNS_TIMEOUT, {"90000ms"}, "90s"},
    {CONF_DATA_TIMEOUT, {"3600"}, "1h"},
    {CONF_SHUTDOWN_TIMEOUT, {"0"}, "0"},
    {CONF_RETENTION_AGE, {"720h"}, "30d"},
    {CONF_RETENTION_COUNT, {"100000"}, "100000"},
    {CONF_RETENTION_SIZE, {"1024M"}, "1G"},
    {CONF_RECEIVERS, {"a.conf", "b"}, "{ \"a.conf\", \"b\" }"},
    {CONF_ENFORCE, {"dmarc"}, "\"dmarc\""},
    {CONF_MIN_TLS, {"1.1"}, "1.1"},
    {CONF_STRICT, {"record"}, "record"},
    {CONF_AUTH, {"plain", "cram-md5"}, "{ \"PLAIN\", \"CRAM-MD5\" }"},
    {CONF_PASSWORD, {"secret"}, "****"},
    {CONF_PASSWORD, {NULL}, NULL},
    {CONF_RETURN_PATH, {"b.example.com"}, "\"b.example.com\""},
};

START_TEST(values_are_written)
{
	for (size_t i = 0; i < ARRAY_SIZE(WRITTEN); i++) {
		const struct conf_option *o = conf_option(WRITTEN[i].id);
		struct arena *a = arena_new();
		void *draft =
		    arena_alloc(a, sizeof(struct conf_draft) + sizeof(struct conf_listener_draft));
		struct buffer text = BUFFER_INIT;
		struct error err;
		bool written;

		for (size_t k = 0; k < 3 && WRITTEN[i].items[k] != NULL; k++)
			ck_assert_int_eq(
			    conf_value_set(o, span_from(WRITTEN[i].items[k]), draft, a, &err), 0);
		written = conf_value_write(o, draft, &text);
		ck_assert_msg(written == (WRITTEN[i].written != NULL), "%s, row %zu", o->name, i);
		if (written)
			unit_span_eq(o->name, buffer_span(&text), WRITTEN[i].written);
		buffer_clear(&text);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {sizes, values, lists_grow,
	    mechanisms_are_kept_once_in_upper_case, values_are_written, NULL};

	return unit_main("confvalue", tests);
}
