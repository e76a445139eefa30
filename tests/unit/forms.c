/*
 * SPDX-License-Identifier: ISC
 *
 * Records by hand.
 */
#include "forms.h"

static const struct tls_certificate CERTIFICATE = {
    .subject = "CN=client,O=Example",
    .issuer = "CN=Example CA",
    .fingerprint_sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    .not_after = 4102444800,
    .verified = false,
    .reason = "self-signed certificate in certificate chain",
};

static const struct record_session FULL_SESSION = {
    .id = "01JDCYJZ0V0000000000000001",
    .listener = "submission",
    .started_at = 1764000000000,
    .client = {.ip = {IP_V4, {203, 0, 113, 7}},
	.port = 51234,
	.helo = "app.example.com",
	.name = "app.example.com",
	.via = RECORD_VIA_XCLIENT},
    .auth = {"PLAIN", "api\"key\xff", true},
    .tls = {.mode = TLS_MODE_STARTTLS,
	.version = "TLSv1.3",
	.cipher = "TLS_AES_256_GCM_SHA384",
	.bits = 256,
	.group = "x25519",
	.sni = "localhost",
	.alpn = "smtp",
	.resumed = true,
	.client_certificate = &CERTIFICATE},
};

static const char *full_recipients[] = {"b@example.net", "c@example.net", "d\x1b@example.net"};
static const char *full_notify[] = {"SUCCESS,FAILURE", NULL, "NEVER"};
static const char *full_orcpt[] = {NULL, "rfc822;c+2Bx@example.net", NULL};
static const char *full_signed[] = {"from", "to", "subject", "date", "message-id", "from"};
static const char *full_names[] = {"mx.example.com", "other.example.com"};

static struct dkim_verdict full_signatures[] = {
    {.result = AUTH_PASS,
	.domain = "example.com",
	.selector = "s1",
	.algorithm = "rsa-sha256",
	.bits = 2048,
	.canonicalization = "relaxed/relaxed",
	.identity = "@mail.example.com",
	.signed_headers = full_signed,
	.signed_header_count = ARRAY_SIZE(full_signed),
	.body_length = 1000,
	.signed_at = 1764000000,
	.expires_at = 1764600000,
	.reason = "the signature of example.com by selector s1 verifies"},
    {.result = AUTH_PERMERROR,
	.domain = "example.org",
	.selector = "old",
	.algorithm = "rsa-sha256",
	.canonicalization = "simple/simple",
	.body_length = -1,
	.signed_at = -1,
	.expires_at = INT64_MAX,
	.reason = "there is no key at old._domainkey.example.org: the name does not exist"},
};

static const char *const full_egress[] = {"192.0.2.25", "spf:spf.example.net"};

static const struct verify_route FULL_ROUTE = {
    .name = "provider",
    .egress = full_egress,
    .egress_count = ARRAY_SIZE(full_egress),
    .return_path = "bounce.example.com",
    .dkim_domain = "example.com",
    .dkim_selector = "p1",
};

static struct dkim_verdict predicted_signatures[] = {
    {.result = AUTH_PASS,
	.domain = "example.com",
	.selector = "p1",
	.algorithm = "rsa-sha256",
	.bits = 2048,
	.body_length = -1,
	.signed_at = -1,
	.expires_at = -1,
	.reason = "the key at p1._domainkey.example.com is published and usable",
	.predicted = true},
    {.result = AUTH_PASS,
	.domain = "example.com",
	.selector = "s1",
	.algorithm = "rsa-sha256",
	.bits = 2048,
	.canonicalization = "relaxed/relaxed",
	.identity = "news@mail.example.com",
	.signed_headers = full_signed,
	.signed_header_count = ARRAY_SIZE(full_signed),
	.body_length = -1,
	.signed_at = 1764000000,
	.expires_at = -1,
	.reason = "the signature of example.com by selector s1 verifies"},
};

static const struct record_opinion full_opinions[] = {
    {"libspf2 1.2.10", "spf", "permerror", RECORD_AGREES_NO, "it stops at \"a:\x1b[31m\""},
    {"libopendmarc 1.4.2", "dmarc", "pass", RECORD_AGREES_YES, "SPF or DKIM is aligned"},
    {"libspf2 1.2.10", "spf", "unavailable", RECORD_AGREES_UNKNOWN, "it did not answer in time"},
};

static struct finding full_findings[] = {
    {FINDING_BARE_LF, "Line 7 ends with LF alone; end every line with CRLF."},
    {FINDING_NO_QUIT, "The client closed the connection without QUIT."},
    {FINDING_MISSING_FROM, "The message has no From field."},
};

static const struct record_message FULL = {
    .id = "01JDCYK0000000000000000002",
    .received_at = 1764000000123,
    .session = &FULL_SESSION,
    .envelope = {.mail_from = "a@example.com",
	.rcpt_to = full_recipients,
	.rcpt_count = ARRAY_SIZE(full_recipients),
	.smtputf8 = true,
	.body = "8BITMIME",
	.require_tls = true,
	.ret = "HDRS",
	.envid = "QQ314159",
	.notify = full_notify,
	.orcpt = full_orcpt},
    .size = 2310,
    .message_id = "<1@example.com>",
    .from = "a@example.com",
    .subject = "Gr\xc3\xbc\xc3\x9f"
	       "e \xe2\x80\xae and a \x1b[31mtrick",
    .date = "Mon, 24 Nov 2025 16:00:00 +0000",
    .observed =
	{
	    .has_client = true,
	    .spf = {.result = AUTH_PASS,
		.identity = "mailfrom",
		.domain = "example.com",
		.mechanism = "include:spf.example.net -> ip4:203.0.113.0/24",
		.lookups = 1,
		.reason =
		    "203.0.113.7 matches include:spf.example.net -> ip4:203.0.113.0/24 in the "
		    "SPF record of example.com"},
	    .spf_helo = {.result = AUTH_FAIL,
		.identity = "helo",
		.domain = "app.example.com",
		.mechanism = "-all",
		.explanation = "this host sends no mail",
		.reason = "no mechanism of app.example.com's SPF record matches 203.0.113.7 and it "
			  "ends in -all: add the sending address"},
	    .dkim = full_signatures,
	    .dkim_count = ARRAY_SIZE(full_signatures),
	    .dmarc = {.result = AUTH_PASS,
		.from_domain = "example.com",
		.organizational_domain = "example.com",
		.policy_domain = "example.com",
		.has_policy = true,
		.policy = DMARC_POLICY_REJECT,
		.disposition = DMARC_POLICY_NONE,
		.spf_aligned = true,
		.dkim_aligned = true,
		.record = "v=DMARC1; p=reject",
		.reason = "SPF passed for example.com, which is the domain of From"},
	    .rdns = {.result = AUTH_PASS,
		.ip = "203.0.113.7",
		.names = full_names,
		.name_count = ARRAY_SIZE(full_names),
		.confirmed = "mx.example.com",
		.helo_match = true,
		.reason = "203.0.113.7 has the name mx.example.com, which leads back to it, and so "
			  "does the HELO name"},
	},
    .route = &FULL_ROUTE,
    .predicted =
	{
	    .has_client = true,
	    .spf = {.result = AUTH_SOFTFAIL,
		.identity = "mailfrom",
		.domain = "bounce.example.com",
		.mechanism = "~all",
		.lookups = 1,
		.reason = "no mechanism of bounce.example.com's SPF record matches 192.0.2.25 and "
			  "it ends in ~all"},
	    .spf_helo = {.identity = "helo", .reason = "out.example.net has no SPF record"},
	    .dkim = predicted_signatures,
	    .dkim_count = ARRAY_SIZE(predicted_signatures),
	    .dmarc = {.result = AUTH_PASS,
		.from_domain = "example.com",
		.organizational_domain = "example.com",
		.policy_domain = "example.com",
		.has_policy = true,
		.policy = DMARC_POLICY_REJECT,
		.dkim_aligned = true,
		.record = "v=DMARC1; p=reject",
		.reason = "DKIM passed for example.com, which is the domain of From"},
	    .rdns = {.result = AUTH_PERMERROR,
		.ip = "192.0.2.25",
		.reason = "192.0.2.25 has no PTR record"},
	},
    .opinions = full_opinions,
    .opinion_count = ARRAY_SIZE(full_opinions),
    .findings = {full_findings, ARRAY_SIZE(full_findings)},
};

static const struct record_session PLAIN_SESSION = {
    .id = "01JDCYJZ0V0000000000000003",
    .listener = "inbound",
    .kind = "mx",
    .client = {.ip = {IP_V6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}},
	.port = 25000,
	.helo = "[IPv6:2001:db8::1]",
	.via = RECORD_VIA_DIRECT},
};

static const char *plain_recipients[] = {"b@example.net"};

/* Nothing is known of it but its name, which does no good to a terminal. */
static const struct verify_route PLAIN_ROUTE = {.name = "empty \x1b[2J"};

static const struct record_message PLAIN = {
    .id = "01JDCYK0000000000000000004",
    .received_at = 1764000001000,
    .session = &PLAIN_SESSION,
    .envelope = {.mail_from = "",
	.rcpt_to = plain_recipients,
	.rcpt_count = ARRAY_SIZE(plain_recipients)},
    .size = 12,
    .from = "a@example.com",
    .refused = "550-5.7.26 Unauthenticated email is not accepted due to the domain's DMARC "
	       "policy \x1b[31m",
    .route = &PLAIN_ROUTE,
    .predicted = {.dmarc = {.from_domain = "example.com",
		      .reason = "there is no DMARC record for example.com or a parent of it"}},
    .observed =
	{
	    .has_client = true,
	    .spf = {.identity = "mailfrom", .reason = "the HELO name is no domain name"},
	    .spf_helo = {.identity = "helo", .reason = "the HELO name is no domain name"},
	    .dmarc = {.result = AUTH_FAIL,
		.from_domain = "example.com",
		.organizational_domain = "example.com",
		.policy_domain = "example.com",
		.has_policy = true,
		.policy = DMARC_POLICY_REJECT,
		.disposition = DMARC_POLICY_QUARANTINE,
		.record = "v=DMARC1; p=reject; t=y",
		.reason =
		    "neither SPF nor DKIM passed for a domain aligned with example.com: there "
		    "is no DKIM signature; example.com asks receivers to reject, testing only "
		    "(t=y)"},
	    .rdns = {.result = AUTH_PERMERROR,
		.ip = "2001:db8::1",
		.reason = "2001:db8::1 has no PTR record: have whoever runs its network set one, "
			  "since many receivers refuse mail without it"},
	},
};

static const struct record_session CHECK_SESSION = {.client = {.helo = "mail.example.com"}};

static const struct record_message CHECK = {
    .session = &CHECK_SESSION,
    .size = 300,
    .subject = "From a file",
    .observed = {.dmarc = {.reason = "there is no DMARC record for example.com or a parent of it"}},
};

static const struct record_message BARE = {.size = 1, .observed = {.dmarc = {.reason = "no From"}}};

static const struct form FORMS[] = {
    {"full", &FULL},
    {"plain", &PLAIN},
    {"check", &CHECK},
    {"bare", &BARE},
};

const struct form *forms(size_t *count)
{
	*count = ARRAY_SIZE(FORMS);
	return FORMS;
}

/* One for each of the five places, and those that did not break. */

static const char *session_messages[] = {
    "01JDCYK0000000000000000010", "01JDCYK0000000000000000011"};

static const struct record_session GOOD_SESSION = {
    .id = "01JDCYJZ0V0000000000000010",
    .listener = "submission",
    .started_at = 1764000000000,
    .ended_at = 1764000001234,
    .client = {.ip = {IP_V4, {203, 0, 113, 7}}, .port = 51234, .helo = "app.example.com"},
    .auth = {"SCRAM-SHA-256", "apikey", true},
    .tls = {.mode = TLS_MODE_STARTTLS,
	.version = "TLSv1.3",
	.cipher = "TLS_AES_256_GCM_SHA384",
	.bits = 256,
	.group = "x25519",
	.sni = "localhost",
	.client_certificate = &CERTIFICATE},
    .stage = RECORD_STAGE_DONE,
    .end = RECORD_END_QUIT,
    .end_reason = "the client said QUIT",
    .failed_at = RECORD_STAGE_DONE,
    .timings_ms = {3, 25, 7, 900, 299},
    .messages = session_messages,
    .message_count = ARRAY_SIZE(session_messages),
    .commands = 9,
    .bytes_in = 5000000000,
    .bytes_out = 812,
    .findings = {full_findings, 2},
};

static const struct record_session EARLY_SESSION = {
    .id = "01JDCYJZ0V0000000000000011",
    .listener = "mx",
    .started_at = 1764000002000,
    .ended_at = 1764000002001,
    .client = {.ip = {IP_V6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}}, .port = 25000},
    .stage = RECORD_STAGE_CONNECTION,
    .end = RECORD_END_LIMIT,
    .end_reason = "more than 20 connections from the address",
    .failed_at = RECORD_STAGE_CONNECTION,
    .failure = "421 4.7.0 Too many connections from your address, try again later",
    .timings_ms = {1, -1, -1, -1, -1},
    .bytes_out = 69,
};

static const struct tls_failure UNKNOWN_CA = {
    .reason = "the client does not trust the certificate",
    .offered_versions = "TLSv1.3 TLSv1.2",
    .sni = "smtp.example.com",
    .alpn = "smtp \x1b[2J",
    .groups = "x25519 secp256r1",
    .by = "client",
    .alert = "unknown_ca",
};

static const struct record_session TLS_SESSION = {
    .id = "01JDCYJZ0V0000000000000012",
    .listener = "submissions",
    .started_at = 1764000003000,
    .ended_at = 1764000003100,
    .client = {.ip = {IP_V4, {127, 0, 0, 1}}, .port = 40000},
    .tls_failure = &UNKNOWN_CA,
    .stage = RECORD_STAGE_TLS,
    .end = RECORD_END_ERROR,
    .end_reason = "the TLS handshake failed",
    .failed_at = RECORD_STAGE_TLS,
    .timings_ms = {0, 100, -1, -1, -1},
    .bytes_in = 517,
};

static const struct record_session LOGIN_SESSION = {
    .id = "01JDCYJZ0V0000000000000013",
    .listener = "submission",
    .started_at = 1764000004000,
    .ended_at = 1764000004100,
    .client = {.ip = {IP_V4, {127, 0, 0, 1}},
	.port = 40001,
	.helo = "a-rather-long-name-of-a-host.staging.example.com"},
    .stage = RECORD_STAGE_AUTHENTICATION,
    .end = RECORD_END_QUIT,
    .end_reason = "the client said QUIT",
    .failed_at = RECORD_STAGE_AUTHENTICATION,
    .failure = "535 5.7.8 Authentication credentials invalid",
    .timings_ms = {1, 30, 60, -1, -1},
    .commands = 4,
    .bytes_in = 120,
    .bytes_out = 300,
};

static const struct record_session ENVELOPE_SESSION = {
    .id = "01JDCYJZ0V0000000000000014",
    .listener = "mx",
    .started_at = 1764000005000,
    .ended_at = 1764000005100,
    .client = {.ip = {IP_V4, {192, 0, 2, 25}}, .port = 25, .helo = "gr\xc3\xbc\xc3\x9f\x1b[31m"},
    .stage = RECORD_STAGE_ENVELOPE,
    .end = RECORD_END_CLIENT_CLOSED,
    .end_reason = "the client closed the connection",
    .failed_at = RECORD_STAGE_ENVELOPE,
    .failure = "553 5.6.7 Characters beyond ASCII need SMTPUTF8",
    .timings_ms = {1, -1, -1, 99, -1},
    .commands = 3,
};

static const struct record_session DATA_SESSION = {
    .id = "01JDCYJZ0V0000000000000015",
    .listener = "mx",
    .started_at = 1764000006000,
    .client = {.ip = {IP_V4, {192, 0, 2, 25}}, .port = 25, .helo = "app.example.com"},
    .stage = RECORD_STAGE_DATA,
    .failed_at = RECORD_STAGE_DATA,
    .failure = "552 5.3.4 Message too big",
    .timings_ms = {1, -1, -1, 99, 5},
    .commands = 4,
};

static const struct record_session NOTHING_SESSION = {
    .failed_at = RECORD_STAGE_DONE, .timings_ms = {-1, -1, -1, -1, -1}};

const struct record_session *const *session_forms(size_t *count)
{
	static const struct record_session *const all[] = {&GOOD_SESSION, &EARLY_SESSION,
	    &TLS_SESSION, &LOGIN_SESSION, &ENVELOPE_SESSION, &DATA_SESSION, &NOTHING_SESSION};

	*count = ARRAY_SIZE(all);
	return all;
}
