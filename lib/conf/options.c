/*
 * SPDX-License-Identifier: ISC
 *
 * The option table. An option is added by its enumerator, its row here and its paragraph in
 * mailassay.conf.5.
 */
#include "conf/options.h"

const char *const CONF_KIND_NAME[] = {
    [CONF_KIND_MX] = "mx",
    [CONF_KIND_SUBMISSION] = "submission",
    [CONF_KIND_SUBMISSIONS] = "submissions",
    [CONF_KIND_LMTP] = "lmtp",
};
_Static_assert(ARRAY_SIZE(CONF_KIND_NAME) == CONF_KIND_COUNT, "kind names");

const char *const CONF_TLS_NAME[] = {
    [CONF_TLS_NONE] = "none",
    [CONF_TLS_STARTTLS] = "starttls",
    [CONF_TLS_REQUIRED] = "required",
    [CONF_TLS_IMPLICIT] = "implicit",
};
_Static_assert(ARRAY_SIZE(CONF_TLS_NAME) == CONF_TLS_COUNT, "tls names");

const char *const CONF_CERTIFICATE_NAME[] = {
    [CONF_CERTIFICATE_DEV] = "dev",
    [CONF_CERTIFICATE_EXPIRED] = "expired",
    [CONF_CERTIFICATE_WRONG_NAME] = "wrong-name",
    [CONF_CERTIFICATE_SELF_SIGNED] = "self-signed",
    [CONF_CERTIFICATE_FILES] = NULL,
};
_Static_assert(ARRAY_SIZE(CONF_CERTIFICATE_NAME) == CONF_CERTIFICATE_COUNT, "certificate names");

const char *const CONF_CLIENT_CERTIFICATE_NAME[] = {
    [CONF_CLIENT_CERTIFICATE_NO] = "no",
    [CONF_CLIENT_CERTIFICATE_REQUEST] = "request",
    [CONF_CLIENT_CERTIFICATE_REQUIRE] = "require",
};
_Static_assert(ARRAY_SIZE(CONF_CLIENT_CERTIFICATE_NAME) == CONF_CLIENT_CERTIFICATE_COUNT,
    "client certificate names");

const char *const CONF_TLS_VERSION_NAME[] = {
    [CONF_TLS_1_0] = "1.0",
    [CONF_TLS_1_1] = "1.1",
    [CONF_TLS_1_2] = "1.2",
    [CONF_TLS_1_3] = "1.3",
};
_Static_assert(ARRAY_SIZE(CONF_TLS_VERSION_NAME) == CONF_TLS_VERSION_COUNT, "version names");

const char *const CONF_SOURCE_NAME[] = {
    [CONF_SOURCE_DEFAULT] = "default",
    [CONF_SOURCE_FILE] = "file",
    [CONF_SOURCE_ENVIRONMENT] = "environment",
    [CONF_SOURCE_ARGUMENT] = "argument",
};
_Static_assert(ARRAY_SIZE(CONF_SOURCE_NAME) == CONF_SOURCE_COUNT, "source names");

const char *const CONF_LOG_LEVEL_NAME[] = {
    [CONF_LOG_ERROR] = "error",
    [CONF_LOG_WARNING] = "warning",
    [CONF_LOG_INFO] = "info",
    [CONF_LOG_DEBUG] = "debug",
};
_Static_assert(ARRAY_SIZE(CONF_LOG_LEVEL_NAME) == CONF_LOG_LEVEL_COUNT, "log level names");

const char *const CONF_SECTION_NAME[] = {
    [CONF_SECTION_TOP] = NULL,
    [CONF_SECTION_LISTENER] = "listener",
    [CONF_SECTION_USER] = "user",
    [CONF_SECTION_ROUTE] = "route",
};
_Static_assert(ARRAY_SIZE(CONF_SECTION_NAME) == CONF_SECTION_COUNT, "section names");

static const char *const NO_YES[] = {"no", "yes"};
static const char *const OFF_ON[] = {"off", "on"};
static const char *const NO_REQUIRED[] = {"no", "required"};
static const char *const REJECT_RECORD[] = {"reject", "record"};
static const char *const MECHANISMS[] = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1",
    "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "XOAUTH2", "OAUTHBEARER"};

#define TOP(field) .section = CONF_SECTION_TOP, .offset = offsetof(struct conf_draft, field)
#define LISTENER(field)                                                                            \
	.section = CONF_SECTION_LISTENER, .offset = offsetof(struct conf_listener_draft, field)
#define USER(field) .section = CONF_SECTION_USER, .offset = offsetof(struct conf_user_draft, field)
#define ROUTE(field)                                                                               \
	.section = CONF_SECTION_ROUTE, .offset = offsetof(struct conf_route_draft, field)
#define WORDS(table)     .words = (table), .word_count = ARRAY_SIZE(table)
#define RANGE(low, high) .min = (low), .max = (high)

#define SECOND 1000ULL
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)
#define MEGA   (1ULL << 20)
#define GIGA   (1ULL << 30)
#define TERA   (1ULL << 40)

static const struct conf_option OPTIONS[] = {
    [CONF_DATA] = {TOP(settings.data), .name = "data", .type = CONF_TYPE_TEXT,
	.sample = "\"/var/lib/mailassay\"",
	.text = "The data directory. --data and MAILASSAY_DATA come first; without any of them it "
		"is /var/lib/mailassay where that can be written, else ~/.local/state/mailassay."},
    [CONF_WORKERS] = {TOP(settings.workers), .name = "workers", .type = CONF_TYPE_NUMBER,
	RANGE(1, 64), .sample = "4",
	.text = "Threads that serve connections, 1 to 64. Not set: one for each core, at most 4."},
    [CONF_LOG_LEVEL] = {TOP(settings.log_level), .name = "log-level", .type = CONF_TYPE_WORD,
	WORDS(CONF_LOG_LEVEL_NAME), .value = "info",
	.text = "What is logged on standard error: error, warning, info or debug, each with those "
		"before it."},
    [CONF_DNS] = {TOP(settings.dns), .name = "dns", .type = CONF_TYPE_SERVERS,
	.sample = "{ \"192.0.2.53:53\", \"[2001:db8::53]:53\" }",
	.text = "The DNS servers to ask, \"ADDRESS:PORT\" each. Not set: those of the system."},
    [CONF_ZONES] = {TOP(settings.zones), .name = "zones", .type = CONF_TYPE_LIST,
	.sample = "{ \"/etc/mailassay/staging.zone\" }",
	.text = "Zone files that answer before any DNS server does, for everything below their "
		"origin."},
    [CONF_DNS_TIMEOUT] = {TOP(settings.dns_timeout_ms), .name = "dns-timeout",
	.type = CONF_TYPE_DURATION, RANGE(1, HOUR), .value = "5s",
	.text = "How long all questions for one message may take together, up to 1h; what is not "
		"answered by then ends in temperror."},
    [CONF_OPINION] = {TOP(settings.opinion), .name = "opinion", .type = CONF_TYPE_FLAG,
	WORDS(OFF_ON), .value = "on",
	.text = "Whether libspf2 and libopendmarc, which many receivers run, are asked too once a "
		"message is stored: on or off."},
    [CONF_TRUSTED] = {TOP(trusted), .name = "trusted", .type = CONF_TYPE_PREFIXES,
	.value = "127.0.0.0/8 ::1",
	.text = "Peers that may give another client's address with XCLIENT: addresses or "
		"prefixes."},
    [CONF_MAX_CONNECTIONS] = {TOP(settings.max_connections), .name = "max-connections",
	.type = CONF_TYPE_NUMBER, RANGE(1, 20000), .sample = "20000",
	.text = "Connections at the same time, 1 to 20000; the next one is answered 421. Not set: "
		"as many as the limit of open files allows, at most 20000."},
    [CONF_MAX_CONNECTIONS_PER_ADDRESS] = {TOP(settings.max_connections_per_address),
	.name = "max-connections-per-address", .type = CONF_TYPE_NUMBER, RANGE(0, 20000),
	.value = "0",
	.text = "Connections at the same time from one address (of IPv6, from one /64), up to "
		"20000; the next one is answered 421. 0: no limit."},
    [CONF_RATE_PER_ADDRESS] = {TOP(settings.rate_per_address), .name = "rate-per-address",
	.type = CONF_TYPE_NUMBER, RANGE(0, 1000000), .value = "0",
	.text = "Messages a minute from one address (of IPv6, from one /64), up to 1000000; MAIL "
		"beyond that is answered 421. 0: no limit."},
    [CONF_MAX_BUFFERED] = {TOP(settings.max_buffered), .name = "max-buffered",
	.type = CONF_TYPE_SIZE, RANGE(1, TERA), .value = "512M",
	.text = "Octets of messages that all connections together may hold in memory; beyond that "
		"a new message is answered 452. No less than any max-message-size."},
    [CONF_BAD_COMMANDS] = {TOP(settings.bad_commands), .name = "bad-commands",
	.type = CONF_TYPE_NUMBER, RANGE(1, 1000000), .value = "20",
	.text = "Refused commands (answered 500 to 504) after which a session is ended with 421; "
		"refused logins (535) are counted apart."},
    [CONF_IDLE_COMMANDS] = {TOP(settings.idle_commands), .name = "idle-commands",
	.type = CONF_TYPE_NUMBER, RANGE(1, 1000000), .value = "1000",
	.text = "Commands without a message after which a session is ended with 421; RCPT is not "
		"counted."},
    [CONF_LINE_TIMEOUT] = {TOP(settings.line_timeout_ms), .name = "line-timeout",
	.type = CONF_TYPE_DURATION, RANGE(1, HOUR), .value = "60s",
	.text = "How long a command line may take from its first octet to its end, up to 1h; a TLS "
		"handshake and a PROXY header too."},
    [CONF_COMMAND_TIMEOUT] = {TOP(settings.command_timeout_ms), .name = "command-timeout",
	.type = CONF_TYPE_DURATION, RANGE(1, DAY), .value = "5m",
	.text = "How long a client may be silent between commands, up to 1d."},
    [CONF_DATA_TIMEOUT] = {TOP(settings.data_timeout_ms), .name = "data-timeout",
	.type = CONF_TYPE_DURATION, RANGE(1, DAY), .value = "10m",
	.text = "How long a client may be silent within a message, up to 1d."},
    [CONF_DATA_RATE] = {TOP(settings.data_rate), .name = "data-rate", .type = CONF_TYPE_NUMBER,
	RANGE(0, 1000000), .value = "100",
	.text = "Octets a second that a message must bring on average, up to 1000000; a slower one "
		"ends with 421. 0: any."},
    [CONF_DATA_RATE_AFTER] = {TOP(settings.data_rate_after_ms), .name = "data-rate-after",
	.type = CONF_TYPE_DURATION, RANGE(0, DAY), .value = "60s",
	.text = "From when on, since the message began, data-rate is judged, up to 1d."},
    [CONF_SESSION_TIMEOUT] = {TOP(settings.session_timeout_ms), .name = "session-timeout",
	.type = CONF_TYPE_DURATION, RANGE(1, 30 * DAY), .value = "1h",
	.text = "How long a session may last, up to 30d."},
    [CONF_SHUTDOWN_TIMEOUT] = {TOP(settings.shutdown_timeout_ms), .name = "shutdown-timeout",
	.type = CONF_TYPE_DURATION, RANGE(0, HOUR), .value = "10s",
	.text = "How long open transactions may take to finish once the gateway is told to stop, "
		"up to 1h."},
    [CONF_RETENTION_AGE] = {TOP(settings.retention_age_ms), .name = "retention-age",
	.type = CONF_TYPE_DURATION, RANGE(0, 36500 * DAY), .value = "0",
	.text = "Older messages are deleted, and sessions without messages too; up to 36500d. 0: "
		"none is too old."},
    [CONF_RETENTION_COUNT] = {TOP(settings.retention_count), .name = "retention-count",
	.type = CONF_TYPE_COUNTER, RANGE(0, GIGA), .value = "0",
	.text = "Messages that are kept, up to 1073741824; of more the oldest are deleted. 0: no "
		"limit."},
    [CONF_RETENTION_SIZE] = {TOP(settings.retention_size), .name = "retention-size",
	.type = CONF_TYPE_SIZE, RANGE(0, 1024 * TERA), .value = "0",
	.text = "Octets that the sources of all messages may have together; of more the oldest "
		"messages are deleted. 0: no limit."},
    [CONF_RECEIVERS] = {TOP(settings.receivers), .name = "receivers", .type = CONF_TYPE_LIST,
	.sample = "{ \"/etc/mailassay/receivers\" }",
	.text = "Files with receivers' profiles besides those of the program, or directories of "
		"which every *.conf is read. They are for enforce here, and for --profile of gate "
		"and check message."},
    [CONF_KIND] = {LISTENER(listener.kind), .name = "kind", .type = CONF_TYPE_WORD,
	WORDS(CONF_KIND_NAME), .sample = "mx",
	.text = "What the listener is, and so its defaults: mx takes mail as a receiving server "
		"does; submission wants STARTTLS and a login; submissions the same over implicit "
		"TLS; lmtp takes mail as a mail store does, with a reply for each recipient. Must "
		"be given."},
    [CONF_ADDRESS] = {LISTENER(addresses), .name = "address", .type = CONF_TYPE_ADDRESSES,
	.sample = "{ \"127.0.0.1\", \"::1\" }",
	.text = "One IP address or a list. Not set: both loopback addresses, or the one of them "
		"that the machine has."},
    [CONF_PORT] = {LISTENER(port), .name = "port", .type = CONF_TYPE_NUMBER, RANGE(0, 65535),
	.sample = "2525",
	.text = "One port for all its addresses; 0 takes a free one. Not set: 2525 for mx, 2587 "
		"for submission, 2465 for submissions, 2424 for lmtp."},
    [CONF_PROXY] = {LISTENER(listener.proxy), .name = "proxy", .type = CONF_TYPE_FLAG,
	WORDS(NO_REQUIRED), .value = "no",
	.text = "Whether every connection must begin with a PROXY protocol header (version 1 or "
		"2), which gives the client's address."},
    [CONF_TLS] = {LISTENER(listener.tls), .name = "tls", .type = CONF_TYPE_WORD,
	WORDS(CONF_TLS_NAME), .sample = "starttls",
	.text = "none; starttls, which is offered; required before AUTH and MAIL; implicit from "
		"the first octet. Not set: starttls for mx and lmtp, required for submission, "
		"implicit for submissions."},
    [CONF_CERTIFICATE] = {LISTENER(certificate), .name = "certificate", .type = CONF_TYPE_LIST,
	.value = "dev",
	.text = "dev: one that the development CA of the data directory issues; expired, "
		"wrong-name or self-signed: one that is wrong on purpose, which no client should "
		"accept; or a PEM file with the certificate and what it chains to. Of several "
		"files the client's SNI chooses, else the first is presented."},
    [CONF_KEY] = {LISTENER(listener.keys), .name = "key", .type = CONF_TYPE_LIST,
	.sample = "\"/etc/mailassay/key.pem\"",
	.text = "The PEM file of the certificate's key; of several certificates as many, in the "
		"same order. Given exactly when certificate is a file."},
    [CONF_NAMES] = {LISTENER(listener.names), .name = "names", .type = CONF_TYPE_HOSTS,
	.sample = "{ \"mail.staging.example\", \"192.0.2.10\" }",
	.text = "The names and addresses in the development CA's certificate. Not set: the host "
		"name, localhost, 127.0.0.1 and ::1."},
    [CONF_MIN_TLS] = {LISTENER(listener.min_tls), .name = "min-tls", .type = CONF_TYPE_WORD,
	WORDS(CONF_TLS_VERSION_NAME), .value = "1.2",
	.text = "The lowest TLS version that is taken: 1.0, 1.1, 1.2 or 1.3."},
    [CONF_MAX_TLS] = {LISTENER(listener.max_tls), .name = "max-tls", .type = CONF_TYPE_WORD,
	WORDS(CONF_TLS_VERSION_NAME), .value = "1.3",
	.text = "The highest TLS version that is taken; not below min-tls."},
    [CONF_CIPHERS] = {LISTENER(listener.ciphers), .name = "ciphers", .type = CONF_TYPE_TEXT,
	.sample = "\"ECDHE+AESGCM:ECDHE+CHACHA20\"",
	.text = "The ciphers of TLS 1.2 and before, as OpenSSL writes them. Not set: those with "
		"forward secrecy and authenticated encryption, and with a min-tls below 1.2 what "
		"that needs."},
    [CONF_CLIENT_CERTIFICATE] = {LISTENER(listener.client_certificate),
	.name = "client-certificate", .type = CONF_TYPE_WORD, WORDS(CONF_CLIENT_CERTIFICATE_NAME),
	.value = "no",
	.text =
	    "Whether clients are asked for a certificate: no; request, and it is recorded, also "
	    "when it is not trusted; require, and without a trusted one the handshake fails."},
    [CONF_CLIENT_CA] = {LISTENER(listener.client_ca), .name = "client-ca", .type = CONF_TYPE_TEXT,
	.sample = "\"/etc/mailassay/client-ca.pem\"",
	.text = "The PEM file of the CAs whose client certificates are trusted. Not set: the "
		"development CA and those of the system."},
    [CONF_STRICT] = {LISTENER(listener.record), .name = "strict", .type = CONF_TYPE_FLAG,
	WORDS(REJECT_RECORD), .value = "reject",
	.text = "What becomes of a finding against the protocol: reject refuses as a strict server "
		"would; record only notes it where there is no doubt what was meant."},
    [CONF_ENFORCE] = {LISTENER(enforce), .name = "enforce", .type = CONF_TYPE_TEXT, .value = "no",
	.text = "What is refused because of its verdict: no, nothing; dmarc, what the sender's own "
		"DMARC policy asks to reject; or the name of a receiver's profile, as in gmail, "
		"and what does not meet it is refused with that receiver's reply. A refused "
		"message is stored all the same. Only for mx and lmtp."},
    [CONF_STORE_TRANSCRIPT] = {LISTENER(listener.store_transcript), .name = "store-transcript",
	.type = CONF_TYPE_FLAG, WORDS(NO_YES), .value = "yes",
	.text = "Whether the transcript of each session is stored, with its secrets masked."},
    [CONF_AUTH] = {LISTENER(listener.auth), .name = "auth", .type = CONF_TYPE_MECHANISMS,
	WORDS(MECHANISMS), .sample = "{ \"PLAIN\", \"LOGIN\" }",
	.text = "The AUTH mechanisms that are offered, of PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, "
		"SCRAM-SHA-256, the -PLUS form of both, XOAUTH2 and OAUTHBEARER. Not set: none "
		"for mx and lmtp; else all, and under auth-any those that carry the secret: "
		"PLAIN, LOGIN, XOAUTH2, OAUTHBEARER."},
    [CONF_AUTH_ANY] = {LISTENER(listener.auth_any), .name = "auth-any", .type = CONF_TYPE_FLAG,
	WORDS(NO_YES), .sample = "no",
	.text = "Whether any user name and password are taken. Not set: yes when there is no user "
		"section and every address of the listener is a loopback address, else no."},
    [CONF_AUTH_WITHOUT_TLS] = {LISTENER(listener.auth_without_tls), .name = "auth-without-tls",
	.type = CONF_TYPE_FLAG, WORDS(NO_YES), .value = "no",
	.text = "Whether AUTH is offered on a connection without TLS."},
    [CONF_REQUIRE_AUTH] = {LISTENER(listener.require_auth), .name = "require-auth",
	.type = CONF_TYPE_FLAG, WORDS(NO_YES), .sample = "no",
	.text = "Whether MAIL is refused before a login. Not set: no for mx, for lmtp and where "
		"auth is empty, else yes."},
    [CONF_MAX_MESSAGE_SIZE] = {LISTENER(listener.max_message_size), .name = "max-message-size",
	.type = CONF_TYPE_SIZE, RANGE(1, 900 * MEGA), .value = "50M",
	.text = "The largest message, up to 900M; announced as SIZE, and a larger one is answered "
		"552."},
    [CONF_MAX_RECIPIENTS] = {LISTENER(listener.max_recipients), .name = "max-recipients",
	.type = CONF_TYPE_NUMBER, RANGE(1, 100000), .value = "1000",
	.text = "Recipients of one message; the next one is answered 452."},
    [CONF_ROUTE] = {LISTENER(route), .name = "route", .type = CONF_TYPE_TEXT, .sample = "provider",
	.text = "The route whose provider will send what this listener takes, so that the verdict "
		"of its receivers is predicted. Not set: the only route, when there is just "
		"one. Not for mx and lmtp."},
    [CONF_PASSWORD] = {USER(user.password), .name = "password", .type = CONF_TYPE_SECRET,
	.sample = "\"file:/etc/mailassay/app.password\"",
	.text = "The password; or file:PATH, a file that holds it; or scram:KEY, from which it "
		"cannot be had. Must be given."},
    [CONF_MODE] = {ROUTE(mode), .name = "mode", .type = CONF_TYPE_TEXT, .value = "none",
	.text = "none: the route only predicts, and nothing leaves."},
    [CONF_EGRESS] = {ROUTE(route.egress), .name = "egress", .type = CONF_TYPE_EGRESS,
	.sample = "{ \"192.0.2.1\", \"spf:_spf.example.net\" }",
	.text = "The addresses that the provider sends from, up to 16; spf:DOMAIN is one that the "
		"SPF record of DOMAIN lets pass. Not set: SPF and reverse DNS are not predicted."},
    [CONF_RETURN_PATH] = {ROUTE(route.return_path), .name = "return-path", .type = CONF_TYPE_DOMAIN,
	.sample = "bounce.example.com",
	.text = "The domain that the provider puts into the reverse-path (MAIL FROM). Not set: "
		"the application's stays."},
    [CONF_DKIM_DOMAIN] = {ROUTE(route.dkim_domain), .name = "dkim-domain", .type = CONF_TYPE_DOMAIN,
	.sample = "example.com",
	.text = "The domain that the provider signs for (d=). Not set: that of From."},
    [CONF_DKIM_SELECTOR] = {ROUTE(route.dkim_selector), .name = "dkim-selector",
	.type = CONF_TYPE_SELECTOR, .sample = "s1",
	.text = "The selector that the provider signs by (s=). Not set: the provider does not "
		"sign."},
};

_Static_assert(ARRAY_SIZE(OPTIONS) == CONF_OPTION_COUNT, "one row for each option");

const struct conf_option *conf_option(enum conf_option_id id)
{
	return &OPTIONS[id];
}

int conf_option_find(enum conf_section section, struct span name)
{
	for (int i = 0; i < CONF_OPTION_COUNT; i++)
		if (OPTIONS[i].section == section && span_equal(span_from(OPTIONS[i].name), name))
			return i;
	return -1;
}

void conf_option_names(enum conf_section section, struct buffer *out)
{
	const char *comma = "";

	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		if (OPTIONS[i].section != section)
			continue;
		buffer_printf(out, "%s%s", comma, OPTIONS[i].name);
		comma = ", ";
	}
	for (int i = CONF_SECTION_TOP + 1; section == CONF_SECTION_TOP && i < CONF_SECTION_COUNT;
	     i++)
		buffer_printf(out, "%s%s", comma, CONF_SECTION_NAME[i]);
}

bool conf_type_is_list(enum conf_type type)
{
	return type >= CONF_TYPE_LIST;
}

const char *conf_top_option(size_t n, bool *list)
{
	for (size_t i = 0; i < CONF_OPTION_COUNT; i++) {
		if (OPTIONS[i].section != CONF_SECTION_TOP || n-- > 0)
			continue;
		*list = conf_type_is_list(OPTIONS[i].type);
		return OPTIONS[i].name;
	}
	return NULL;
}
