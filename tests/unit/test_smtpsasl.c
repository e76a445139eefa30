/*
 * SPDX-License-Identifier: ISC
 *
 * SASL exchanges: what the client sends, step by step, and what comes of it.
 */
#include "smtp/sasl.h"

#include "unit.h"

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
};

START_TEST(exchanges)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct smtp_sasl x = {.octets = BUFFER_INIT};
		struct error err = {.text = ""};
		enum smtp_sasl_status status =
		    smtp_sasl_begin(&x, r->mechanism, span_from(r->initial), &err);

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
		}
		smtp_sasl_clear(&x);
	}
}
END_TEST

START_TEST(finds_mechanisms)
{
	ck_assert_int_eq(smtp_mechanism_find(SPAN("plain")), SMTP_AUTH_PLAIN);
	ck_assert_int_eq(smtp_mechanism_find(SPAN("LOGIN")), SMTP_AUTH_LOGIN);
	ck_assert_int_eq(smtp_mechanism_find(SPAN("GSSAPI")), -1);
	ck_assert_int_eq(smtp_mechanism_find(SPAN("")), -1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {exchanges, finds_mechanisms, NULL};

	return unit_main("smtpsasl", tests);
}
