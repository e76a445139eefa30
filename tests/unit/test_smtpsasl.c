/*
 * SPDX-License-Identifier: ISC
 *
 * SASL exchanges but SCRAM's: what the client sends, step by step, and what comes of it. The
 * examples of RFC 2195, RFC 7628 and of Google's XOAUTH2 give the same octets here.
 */
#include "smtp/sasl.h"

#include <string.h>

#include "saslcase.h"

static const struct row {
	const char *name;
	enum smtp_mechanism mechanism;
	const char *initial; /* NULL: none */
	const char *lines[3];
	enum smtp_sasl_status status; /* of the last step */
	const char *identity, *user, *password;
} ROWS[] = {
    {"PLAIN initial", SMTP_AUTH_PLAIN, "AGFsaWNlAHNlY3JldA==", {NULL}, SMTP_SASL_DONE, "", "alice",
	"secret"},
    {"PLAIN with identity", SMTP_AUTH_PLAIN, NULL, {"Ym9iAGFsaWNlAHNlY3JldA=="}, SMTP_SASL_DONE,
	"bob", "alice", "secret"},
    {"PLAIN cancelled", SMTP_AUTH_PLAIN, NULL, {"*"}, SMTP_SASL_CANCELLED, NULL, NULL, NULL},
    {"PLAIN not base64", SMTP_AUTH_PLAIN, "AGFs*", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL, NULL},
    {"PLAIN empty", SMTP_AUTH_PLAIN, "=", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL, NULL},
    {"PLAIN one NUL", SMTP_AUTH_PLAIN, "YQBi", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL, NULL},
    {"PLAIN three NULs", SMTP_AUTH_PLAIN, "AGEAYgBj", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL,
	NULL},
    {"PLAIN no user", SMTP_AUTH_PLAIN, "AABi", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL, NULL},
    {"PLAIN no password", SMTP_AUTH_PLAIN, "AGEA", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL, NULL},
    {"LOGIN", SMTP_AUTH_LOGIN, NULL, {"YWxpY2U=", "c2VjcmV0"}, SMTP_SASL_DONE, "", "alice",
	"secret"},
    {"LOGIN initial", SMTP_AUTH_LOGIN, "YWxpY2U=", {"c2VjcmV0"}, SMTP_SASL_DONE, "", "alice",
	"secret"},
    {"LOGIN asks twice", SMTP_AUTH_LOGIN, NULL, {"YWxpY2U="}, SMTP_SASL_CHALLENGE, NULL, NULL,
	NULL},
    {"LOGIN cancelled", SMTP_AUTH_LOGIN, NULL, {"YWxpY2U=", "*"}, SMTP_SASL_CANCELLED, NULL, NULL,
	NULL},
    {"LOGIN empty user", SMTP_AUTH_LOGIN, NULL, {""}, SMTP_SASL_MALFORMED, NULL, NULL, NULL},
    {"LOGIN empty password", SMTP_AUTH_LOGIN, NULL, {"YWxpY2U=", ""}, SMTP_SASL_MALFORMED, NULL,
	NULL, NULL},
    {"LOGIN with NUL", SMTP_AUTH_LOGIN, "YQBi", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL, NULL},
    {"CRAM-MD5 initial", SMTP_AUTH_CRAM_MD5, "dGlt", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL, NULL},
    {"CRAM-MD5 cancelled", SMTP_AUTH_CRAM_MD5, NULL, {"*"}, SMTP_SASL_CANCELLED, NULL, NULL, NULL},
    {"SCRAM cancelled", SMTP_AUTH_SCRAM_SHA_256, NULL, {"*"}, SMTP_SASL_CANCELLED, NULL, NULL,
	NULL},
    {"SCRAM not base64", SMTP_AUTH_SCRAM_SHA_256, "biws", {NULL}, SMTP_SASL_MALFORMED, NULL, NULL,
	NULL},
    {"XOAUTH2 as Google shows it", SMTP_AUTH_XOAUTH2,
	"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhk"
	"SFJoZG1semRHRXVZMjl0Q2cBAQ==",
	{NULL}, SMTP_SASL_DONE, "", "someuser@example.com",
	"ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"},
    {"OAUTHBEARER of RFC 7628 4.1", SMTP_AUTH_OAUTHBEARER,
	"bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVy"
	"IHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
	{NULL}, SMTP_SASL_DONE, "user@example.com", "user@example.com",
	"vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="},
};

START_TEST(exchanges)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct smtp_sasl x = {.step = 0};
		struct error err = {.text = ""};
		struct span initial =
		    r->initial == NULL ? span_from(NULL) : unit_guard(span_from(r->initial));
		enum smtp_sasl_status status =
		    smtp_sasl_begin(&x, r->mechanism, &SASL_PLAIN, initial, &err);

		if (r->initial != NULL)
			unit_guard_free(initial);
		for (size_t k = 0; k < ARRAY_SIZE(r->lines) && r->lines[k] != NULL; k++) {
			ck_assert_msg(status == SMTP_SASL_CHALLENGE, "%s: step %zu", r->name, k);
			ck_assert_msg(x.challenge != NULL, "%s: challenge", r->name);
			status = smtp_sasl_response(&x, span_from(r->lines[k]), &err);
		}
		ck_assert_msg(status == r->status, "%s: status %d", r->name, (int)status);
		ck_assert_msg((status == SMTP_SASL_MALFORMED) == (err.text[0] != '\0'),
		    "%s: sentence", r->name);
		if (status == SMTP_SASL_DONE) {
			unit_span_eq(r->name, x.identity, r->identity);
			unit_span_eq(r->name, x.user, r->user);
			unit_span_eq(r->name, x.password, r->password);
			ck_assert_msg(!x.proven, "%s: proven", r->name);
		}
		smtp_sasl_clear(&x);
	}
}
END_TEST

START_TEST(cram_example)
{
	static const struct smtp_sasl_session session = {.random = SASL_RANDOM,
	    .channel = &SASL_NO_CHANNEL,
	    .hostname = "postoffice.reston.mci.net"};
	static const struct cram {
		const char *name, *text;
		struct smtp_secret secret;
		bool proven;
	} rows[] = {
	    {"right", "tim b913a602c7eda7a495b4e6e7334d3890",
		{.password = {"tanstaaftanstaaf", 16}}, true},
	    {"last digit", "tim b913a602c7eda7a495b4e6e7334d3891",
		{.password = {"tanstaaftanstaaf", 16}}, false},
	    {"password", "tim b913a602c7eda7a495b4e6e7334d3890",
		{.password = {"tanstaaftanstaag", 16}}, false},
	    {"no password known", "tim b913a602c7eda7a495b4e6e7334d3890", {.password = {NULL, 0}},
		false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct smtp_sasl x;

		sasl_begin_with(&x, SMTP_AUTH_CRAM_MD5, &session, "1896.697170952");
		ck_assert_int_eq(sasl_send(&x, rows[i].text, NULL), SMTP_SASL_SECRET);
		unit_span_eq(rows[i].name, x.user, "tim");
		ck_assert_int_eq(smtp_sasl_secret(&x, &rows[i].secret), SMTP_SASL_DONE);
		ck_assert_msg(x.proven == rows[i].proven, "%s", rows[i].name);
		unit_span_eq(rows[i].name, x.password, "");
		smtp_sasl_clear(&x);
	}
}
END_TEST

/* Each exchange has a nonce of its own, and each session's random octets give others. */
START_TEST(nonces_differ)
{
	unsigned char other[SMTP_RANDOM_SIZE] = "other";
	struct smtp_sasl_session session = SASL_PLAIN;
	struct smtp_sasl a = {.step = 0}, b = {.step = 0}, c = {.step = 0};

	smtp_sasl_begin(&a, SMTP_AUTH_CRAM_MD5, &session, span_from(NULL), NULL);
	session.exchange++;
	smtp_sasl_begin(&b, SMTP_AUTH_CRAM_MD5, &session, span_from(NULL), NULL);
	session.exchange--;
	session.random = other;
	smtp_sasl_begin(&c, SMTP_AUTH_CRAM_MD5, &session, span_from(NULL), NULL);
	ck_assert_str_ne(a.challenge, b.challenge);
	ck_assert_str_ne(a.challenge, c.challenge);
	ck_assert_uint_eq(strlen(a.nonce), sizeof(a.nonce) - 1);
	smtp_sasl_clear(&a);
	smtp_sasl_clear(&b);
	smtp_sasl_clear(&c);
}
END_TEST

static const struct malformed {
	const char *name;
	enum smtp_mechanism mechanism;
	const char *text; /* the first response in plain text */
} MALFORMED[] = {
    {"CRAM-MD5 empty", SMTP_AUTH_CRAM_MD5, ""},
    {"CRAM-MD5 no digest", SMTP_AUTH_CRAM_MD5, "tim"},
    {"CRAM-MD5 no user", SMTP_AUTH_CRAM_MD5, " b913a602c7eda7a495b4e6e7334d3890"},
    {"CRAM-MD5 short", SMTP_AUTH_CRAM_MD5, "tim b913a602c7eda7a495b4e6e7334d389"},
    {"CRAM-MD5 long", SMTP_AUTH_CRAM_MD5, "tim b913a602c7eda7a495b4e6e7334d38900"},
    {"CRAM-MD5 upper case", SMTP_AUTH_CRAM_MD5, "tim B913A602C7EDA7A495B4E6E7334D3890"},
    {"CRAM-MD5 not UTF-8", SMTP_AUTH_CRAM_MD5, "t\xffm b913a602c7eda7a495b4e6e7334d3890"},
    {"SCRAM empty", SMTP_AUTH_SCRAM_SHA_256, ""},
    {"SCRAM no header", SMTP_AUTH_SCRAM_SHA_256, "n=user,r=abc"},
    {"SCRAM one comma", SMTP_AUTH_SCRAM_SHA_256, "n,"},
    {"SCRAM header alone", SMTP_AUTH_SCRAM_SHA_256, "n,,"},
    {"SCRAM other flag", SMTP_AUTH_SCRAM_SHA_256, "x,,n=user,r=abc"},
    {"SCRAM flag N", SMTP_AUTH_SCRAM_SHA_256, "N,,n=user,r=abc"},
    {"SCRAM empty type", SMTP_AUTH_SCRAM_SHA_256, "p=,,n=user,r=abc"},
    {"SCRAM type with blank", SMTP_AUTH_SCRAM_SHA_256, "p=a b,,n=user,r=abc"},
    {"SCRAM identity without a=", SMTP_AUTH_SCRAM_SHA_256, "n,user,n=user,r=abc"},
    {"SCRAM empty identity", SMTP_AUTH_SCRAM_SHA_256, "n,a=,n=user,r=abc"},
    {"SCRAM demanded extension", SMTP_AUTH_SCRAM_SHA_256, "n,,m=x,n=user,r=abc"},
    {"SCRAM no user", SMTP_AUTH_SCRAM_SHA_256, "n,,n=,r=abc"},
    {"SCRAM no nonce", SMTP_AUTH_SCRAM_SHA_256, "n,,n=user"},
    {"SCRAM empty nonce", SMTP_AUTH_SCRAM_SHA_256, "n,,n=user,r="},
    {"SCRAM nonce with blank", SMTP_AUTH_SCRAM_SHA_256, "n,,n=user,r=a c"},
    {"SCRAM nonce not ASCII", SMTP_AUTH_SCRAM_SHA_256, "n,,n=user,r=a\xc3\xa4"},
    {"SCRAM nonce too long", SMTP_AUTH_SCRAM_SHA_256,
	"n,,n=user,r="
	"0123456789012345678901234567890123456789012345678901234567890123456789"
	"0123456789012345678901234567890123456789012345678901234567890123456789"
	"0123456789012345678901234567890123456789012345678901234567890"},
    {"SCRAM order", SMTP_AUTH_SCRAM_SHA_256, "n,,r=abc,n=user"},
    {"SCRAM name with =", SMTP_AUTH_SCRAM_SHA_256, "n,,n=us=er,r=abc"},
    {"SCRAM name with =2c", SMTP_AUTH_SCRAM_SHA_256, "n,,n=us=2cer,r=abc"},
    {"SCRAM name ends with =", SMTP_AUTH_SCRAM_SHA_256, "n,,n=user=,r=abc"},
    {"SCRAM name not UTF-8", SMTP_AUTH_SCRAM_SHA_256, "n,,n=us\xffr,r=abc"},
    {"SCRAM bad extension", SMTP_AUTH_SCRAM_SHA_256, "n,,n=user,r=abc,x"},
    {"SCRAM comma at the end", SMTP_AUTH_SCRAM_SHA_256, "n,,n=user,r=abc,"},
    {"XOAUTH2 empty", SMTP_AUTH_XOAUTH2, ""},
    {"XOAUTH2 no user", SMTP_AUTH_XOAUTH2, "auth=Bearer t\001\001"},
    {"XOAUTH2 empty user", SMTP_AUTH_XOAUTH2, "user=\001auth=Bearer t\001\001"},
    {"XOAUTH2 no token", SMTP_AUTH_XOAUTH2, "user=u\001\001"},
    {"XOAUTH2 empty token", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer \001\001"},
    {"XOAUTH2 other scheme", SMTP_AUTH_XOAUTH2, "user=u\001auth=Basic t\001\001"},
    {"XOAUTH2 blank in token", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer a b\001\001"},
    {"XOAUTH2 one end", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer t\001"},
    {"XOAUTH2 no end", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer t"},
    {"XOAUTH2 something behind", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer t\001\001x"},
    {"XOAUTH2 two tokens", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer t\001auth=Bearer t\001\001"},
    {"XOAUTH2 not UTF-8", SMTP_AUTH_XOAUTH2, "user=\xff\001auth=Bearer t\001\001"},
    {"OAUTHBEARER empty", SMTP_AUTH_OAUTHBEARER, ""},
    {"OAUTHBEARER no header", SMTP_AUTH_OAUTHBEARER, "\001auth=Bearer t\001\001"},
    {"OAUTHBEARER binding", SMTP_AUTH_OAUTHBEARER, "p=tls-exporter,a=u,\001auth=Bearer t\001\001"},
    {"OAUTHBEARER no separator", SMTP_AUTH_OAUTHBEARER, "n,a=u,auth=Bearer t\001\001"},
    {"OAUTHBEARER no token", SMTP_AUTH_OAUTHBEARER, "n,a=u,\001host=h\001\001"},
    {"OAUTHBEARER key with digit", SMTP_AUTH_OAUTHBEARER,
	"n,a=u,\001h1=h\001auth=Bearer t\001\001"},
    {"OAUTHBEARER no value", SMTP_AUTH_OAUTHBEARER, "n,a=u,\001host\001auth=Bearer t\001\001"},
    {"OAUTHBEARER control in value", SMTP_AUTH_OAUTHBEARER,
	"n,a=u,\001host=\002\001auth=Bearer t\001\001"},
    {"OAUTHBEARER one end", SMTP_AUTH_OAUTHBEARER, "n,a=u,\001auth=Bearer t\001"},
};

START_TEST(malformed_responses)
{
	for (size_t i = 0; i < ARRAY_SIZE(MALFORMED); i++) {
		struct smtp_sasl x = {.step = 0};
		struct error err = {.text = ""};

		ck_assert_int_eq(
		    smtp_sasl_begin(&x, MALFORMED[i].mechanism, &SASL_PLAIN, span_from(NULL), &err),
		    SMTP_SASL_CHALLENGE);
		ck_assert_msg(sasl_send(&x, MALFORMED[i].text, &err) == SMTP_SASL_MALFORMED, "%s",
		    MALFORMED[i].name);
		ck_assert_msg(err.text[0] != '\0', "%s: sentence", MALFORMED[i].name);
		smtp_sasl_clear(&x);
	}
}
END_TEST

/* The error object, the client's notice of it, and the refusal (RFC 7628 3.2.2, 3.2.3). */
START_TEST(error_objects)
{
	static const struct {
		const char *name;
		enum smtp_mechanism mechanism;
		const char *first, *object, *line;
		enum smtp_sasl_status status;
	} rows[] = {
	    {"OAUTHBEARER", SMTP_AUTH_OAUTHBEARER, "n,a=u,\001auth=Bearer t\001\001",
		"{\"status\":\"invalid_token\"}", "AQ==", SMTP_SASL_REFUSED},
	    {"XOAUTH2", SMTP_AUTH_XOAUTH2, "user=u\001auth=bearer t\001\001",
		"{\"status\":\"401\",\"schemes\":\"bearer\"}", "", SMTP_SASL_REFUSED},
	    {"cancelled", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer  t\001\001",
		"{\"status\":\"401\",\"schemes\":\"bearer\"}", "*", SMTP_SASL_CANCELLED},
	    {"another response", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer t\001\001",
		"{\"status\":\"401\",\"schemes\":\"bearer\"}", "dA==", SMTP_SASL_MALFORMED},
	    {"not base64", SMTP_AUTH_XOAUTH2, "user=u\001auth=Bearer t\001\001",
		"{\"status\":\"401\",\"schemes\":\"bearer\"}", "!", SMTP_SASL_MALFORMED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct smtp_sasl x = {.step = 0};
		struct error err = {.text = ""};

		smtp_sasl_begin(&x, rows[i].mechanism, &SASL_PLAIN, span_from(NULL), &err);
		ck_assert_msg(
		    sasl_send(&x, rows[i].first, &err) == SMTP_SASL_DONE, "%s", rows[i].name);
		unit_span_eq(rows[i].name, x.user, "u");
		unit_span_eq(rows[i].name, x.password, "t");
		ck_assert(smtp_sasl_refuse(&x, SMTP_REPLY(535, "5.7.8", "No")));
		sasl_asked(rows[i].name, &x, rows[i].object);
		ck_assert_msg(
		    smtp_sasl_response(&x, span_from(rows[i].line), &err) == rows[i].status, "%s",
		    rows[i].name);
		ck_assert_int_eq(smtp_sasl_refusal(&x).code, 535);
		ck_assert_str_eq(smtp_sasl_refusal(&x).status, "5.7.8");
		ck_assert_str_eq(smtp_sasl_refusal(&x).text, "No");
		smtp_sasl_clear(&x);
	}
}
END_TEST

START_TEST(finds_mechanisms)
{
	static const struct {
		const char *name;
		int mechanism;
		bool begins, binds, shows;
	} rows[] = {
	    {"plain", SMTP_AUTH_PLAIN, false, false, true},
	    {"LOGIN", SMTP_AUTH_LOGIN, false, false, true},
	    {"Cram-Md5", SMTP_AUTH_CRAM_MD5, true, false, false},
	    {"SCRAM-SHA-1", SMTP_AUTH_SCRAM_SHA_1, false, false, false},
	    {"scram-sha-1-plus", SMTP_AUTH_SCRAM_SHA_1_PLUS, false, true, false},
	    {"SCRAM-SHA-256", SMTP_AUTH_SCRAM_SHA_256, false, false, false},
	    {"SCRAM-SHA-256-PLUS", SMTP_AUTH_SCRAM_SHA_256_PLUS, false, true, false},
	    {"XOAUTH2", SMTP_AUTH_XOAUTH2, false, false, true},
	    {"OAuthBearer", SMTP_AUTH_OAUTHBEARER, false, false, true},
	    {"GSSAPI", -1, false, false, false},
	    {"SCRAM-SHA-512", -1, false, false, false},
	    {"", -1, false, false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int m = smtp_mechanism_find(span_from(rows[i].name));

		ck_assert_msg(m == rows[i].mechanism, "%s", rows[i].name);
		if (m < 0)
			continue;
		ck_assert_msg(
		    smtp_mechanism_server_begins((enum smtp_mechanism)m) == rows[i].begins, "%s",
		    rows[i].name);
		ck_assert_msg(smtp_mechanism_binds((enum smtp_mechanism)m) == rows[i].binds, "%s",
		    rows[i].name);
		ck_assert_msg(smtp_mechanism_shows_secret((enum smtp_mechanism)m) == rows[i].shows,
		    "%s", rows[i].name);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {exchanges, cram_example, nonces_differ, malformed_responses,
	    error_objects, finds_mechanisms, NULL};

	return unit_main("smtpsasl", tests);
}
