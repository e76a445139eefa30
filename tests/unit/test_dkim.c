/*
 * SPDX-License-Identifier: ISC
 *
 * DKIM: signed messages, changed messages, keys of every kind. The examples of the standards are
 * scenarios.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "dkimrun.h"
#include "records.h"
#include "unit.h"

/* A message changed by replacing the first occurrence of a text by another; free() it. */
static char *changed(const char *message, const char *from, const char *to)
{
	const char *at = strstr(message, from);
	char *out;

	ck_assert_ptr_nonnull(at);
	ck_assert_int_gt(
	    asprintf(&out, "%.*s%s%s", (int)(at - message), message, to, at + strlen(from)), 0);
	return out;
}

static const struct {
	const char *name;
	struct signing how;
	const char *from, *to; /* the change after signing; or NULL */
	enum auth_result result;
	unsigned bits;
	const char *reason; /* its beginning */
} rows[] = {
    {"RSA 2048 relaxed", {.key = SIGN_RSA_2048, .relaxed_header = 1, .relaxed_body = 1}, NULL, NULL,
	AUTH_PASS, 2048, "the signature of example.com is valid"},
    {"RSA 2048 simple", {.key = SIGN_RSA_2048}, NULL, NULL, AUTH_PASS, 2048,
	"the signature of example.com is valid"},
    {"simple header, relaxed body", {.key = SIGN_RSA_2048, .relaxed_body = 1}, NULL, NULL,
	AUTH_PASS, 2048, "the signature of example.com is valid"},
    {"RSA 1024", {.key = SIGN_RSA_1024}, NULL, NULL, AUTH_PASS, 1024, "the signature"},
    {"RSA 512", {.key = SIGN_RSA_512, .algorithm = SIGN_BY_RSA_SHA1}, NULL, NULL, AUTH_POLICY, 512,
	"rsa-sha1 is no longer accepted (RFC 8301 3.1): sign with rsa-sha256"},
    {"RSA 512 with sha256", {.key = SIGN_RSA_512}, NULL, NULL, AUTH_POLICY, 512,
	"the RSA key at s1._domainkey.example.com has 512 bits, and less than 1024 are not "
	"accepted "
	"(RFC 8301 3.2): use 2048"},
    {"Ed25519", {.key = SIGN_ED25519, .relaxed_header = 1}, NULL, NULL, AUTH_PASS, 256,
	"the signature of example.com is valid"},
    {"rsa-sha1", {.key = SIGN_RSA_2048, .algorithm = SIGN_BY_RSA_SHA1}, NULL, NULL, AUTH_POLICY,
	2048, "rsa-sha1 is no longer accepted"},
    {"body changed", {.key = SIGN_RSA_2048}, "line two", "line 2", AUTH_FAIL, 2048,
	"the body hash differs: the body was changed after signing"},
    {"body changed, Ed25519", {.key = SIGN_ED25519}, "line two", "line 2", AUTH_FAIL, 256,
	"the body hash differs: the body was changed after signing"},
    {"blanks at line ends, relaxed", {.key = SIGN_RSA_2048, .relaxed_body = 1}, "world \r\n",
	"world\t \r\n", AUTH_PASS, 2048, ""},
    {"blanks at line ends, simple", {.key = SIGN_RSA_2048}, "world \r\n", "world\r\n", AUTH_FAIL,
	2048, "the body hash differs"},
    {"empty lines at the end", {.key = SIGN_RSA_2048}, "two\r\n\r\n\r\n", "two\r\n", AUTH_PASS,
	2048, ""},
    {"subject changed", {.key = SIGN_RSA_2048}, "Hello\r\n there", "Hallo\r\n there", AUTH_FAIL,
	2048, "the signature does not match the header: "},
    {"subject unfolded, relaxed", {.key = SIGN_RSA_2048, .relaxed_header = 1}, "Hello\r\n there",
	"Hello there", AUTH_PASS, 2048, ""},
    {"subject unfolded, simple", {.key = SIGN_RSA_2048}, "Hello\r\n there", "Hello there",
	AUTH_FAIL, 2048, "the signature does not match the header: "},
    {"field name's case, relaxed", {.key = SIGN_RSA_2048, .relaxed_header = 1},
	"\nSubject:", "\nSUBJECT :", AUTH_PASS, 2048, ""},
    {"body and header changed", {.key = SIGN_RSA_2048}, "<1@example.com>\r\n\r\nHello",
	"<2@example.com>\r\n\r\nHallo", AUTH_FAIL, 2048,
	"the body hash differs, and the signature does not match the header: "},
    {"a field added below", {.key = SIGN_RSA_2048}, "\r\n\r\n", "\r\nTo: eve@example.org\r\n\r\n",
	AUTH_FAIL, 2048, "the signature does not match the header: "},
    {"expired", {.key = SIGN_RSA_2048, .lifetime = 99}, NULL, NULL, AUTH_FAIL, 0,
	"the signature expired at 2027-01-15T07:59:59.000Z (its x=)"},
    {"expires now", {.key = SIGN_RSA_2048, .lifetime = 100}, NULL, NULL, AUTH_PASS, 2048, ""},
    {"length", {.key = SIGN_RSA_2048, .body_length = 10}, NULL, NULL, AUTH_PASS, 2048, ""},
    {"text behind the length", {.key = SIGN_RSA_2048, .body_length = 28, .relaxed_body = 1},
	"line two\r\n\r\n\r\n", "line two\r\nmore\r\n", AUTH_PASS, 2048, ""},
    {"identity", {.key = SIGN_RSA_2048, .signer = "a@mail.example.com"}, NULL, NULL, AUTH_PASS,
	2048, ""},
    {"b= malformed", {.key = SIGN_RSA_2048}, "\tb=", "\tb=!", AUTH_PERMERROR, 0,
	"the signature is malformed: b= is not base64"},
    {"8-bit in the field", {.key = SIGN_RSA_2048}, "\tb=", "\tn=\xe4; b=", AUTH_PERMERROR, 0,
	"the signature is malformed: octet 0xe4 at offset "},
};

static struct signing filled(struct signing s)
{
	s.domain = "example.com";
	s.selector = "s1";
	s.signed_at = NOW - 100;
	return s;
}

START_TEST(results)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct signing how = filled(rows[i].how);
		char *message = sign_message(&how, MESSAGE);
		char *records = key_record(how.key, "");
		struct run r;

		if (rows[i].from != NULL) {
			char *other = changed(message, rows[i].from, rows[i].to);

			free(message);
			message = other;
		}
		run(&r, message, records);
		ck_assert_uint_eq(r.verdict.dkim_count, 1);
		ck_assert_msg(r.verdict.dkim[0].result == rows[i].result, "%s: %s (%s)",
		    rows[i].name, AUTH_RESULT_NAME[r.verdict.dkim[0].result],
		    r.verdict.dkim[0].reason);
		ck_assert_msg(r.verdict.dkim[0].bits == rows[i].bits, "%s: %u bits", rows[i].name,
		    r.verdict.dkim[0].bits);
		ck_assert_msg(
		    strncmp(r.verdict.dkim[0].reason, rows[i].reason, strlen(rows[i].reason)) == 0,
		    "%s: %s", rows[i].name, r.verdict.dkim[0].reason);
		run_clear(&r);
		free(message);
		free(records);
	}
}
END_TEST

#define NAME "s1._domainkey.example.com"

static const struct {
	const char *name, *records; /* NULL: the right key with these tags */
	const char *tags;
	enum auth_result result;
	const char *reason;
} keys[] = {
    {"none", "", NULL, AUTH_PERMERROR, "there is no key at " NAME ": the name does not exist"},
    {"no TXT", NAME " A 192.0.2.1", NULL, AUTH_PERMERROR,
	"there is no key at " NAME ": the name has no TXT record"},
    {"failure", NAME " SERVFAIL", NULL, AUTH_TEMPERROR,
	"the key at " NAME " could not be looked up: SERVFAIL"},
    {"no answer", NAME " TIMEOUT", NULL, AUTH_TEMPERROR,
	"the key at " NAME " could not be looked up: TIMEOUT"},
    {"revoked", NAME " TXT v=DKIM1; p=", NULL, AUTH_PERMERROR,
	"the key at " NAME " is revoked: its p= is empty"},
    {"malformed", NAME " TXT hello", NULL, AUTH_PERMERROR,
	"the key at " NAME " is malformed: \"hello\" has no \"=\""},
    {"other type", NAME " TXT k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", NULL,
	AUTH_PERMERROR, "the key at " NAME " is of type ed25519, which a=rsa-sha256 cannot use"},
    {"right", NULL, "", AUTH_PASS, "the signature of example.com is valid"},
    {"testing", NULL, "t=y; ", AUTH_PASS,
	"the signature of example.com is valid; its key says that it is a test (t=y)"},
    {"hash allowed", NULL, "h=sha1:sha256; ", AUTH_PASS, "the signature of example.com is valid"},
    {"hash forbidden", NULL, "h=sha1; ", AUTH_PERMERROR,
	"the key at " NAME " does not allow the hash of a=rsa-sha256 (its h=)"},
    {"not for mail", NULL, "s=tlsrpt; ", AUTH_PERMERROR,
	"the key at " NAME " is not for mail (its s=)"},
    {"strict domain", NULL, "t=s; ", AUTH_PERMERROR,
	"the key at " NAME " has t=s, and the domain of i=a@mail.example.com is not d=example.com"},
};

START_TEST(key_records)
{
	struct signing how = plain;
	char *message;

	how.signer = "a@mail.example.com";
	message = sign_message(&how, MESSAGE);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		char *records = keys[i].records != NULL ? strdup(keys[i].records)
		                                        : key_record(SIGN_RSA_2048, keys[i].tags);
		struct run r;

		run(&r, message, records);
		ck_assert_msg(r.verdict.dkim[0].result == keys[i].result, "%s: %s", keys[i].name,
		    AUTH_RESULT_NAME[r.verdict.dkim[0].result]);
		ck_assert_str_eq(r.verdict.dkim[0].reason, keys[i].reason);
		ck_assert_uint_eq(r.rounds, 1);
		run_clear(&r);
		free(records);
	}
	free(message);
}
END_TEST

#define SEVERAL ", of which a verifier may take any (RFC 6376 3.6.2.2): leave one"

/* The first record that this signature can use. */
START_TEST(several_key_records)
{
	char *message = sign_message(&plain, MESSAGE), *records,
	     *good = key_record(SIGN_RSA_2048, "");
	struct run r;

	ck_assert_int_gt(
	    asprintf(&records,
		NAME " TXT some other text\n" NAME " TXT v=DKIM1; p=\n" NAME
		     " TXT k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n%s",
		good),
	    0);
	run(&r, message, records);
	ck_assert_str_eq(r.verdict.dkim[0].reason,
	    "the signature of example.com is valid; " NAME " has 4 TXT records" SEVERAL);
	run_clear(&r);
	run(&r, message, NAME " TXT some other text\n" NAME " TXT v=DKIM1; p=\n");
	ck_assert_str_eq(r.verdict.dkim[0].reason,
	    "the key at " NAME " is malformed: \"some other text\" has no \"=\"; " NAME
	    " has 2 TXT records" SEVERAL);
	run_clear(&r);
	free(records);
	free(good);
	free(message);
}
END_TEST

START_TEST(facts)
{
	struct signing how = plain;
	const char *over[] = {"from", "subject", NULL};
	char *message, *records = key_record(SIGN_RSA_2048, "");
	const struct dkim_verdict *v;
	struct run r;

	how.relaxed_body = 0;
	how.oversigned = over;
	how.lifetime = 1000;
	how.body_length = 5;
	message = sign_message(&how, MESSAGE);
	run(&r, message, records);
	v = &r.verdict.dkim[0];
	ck_assert_int_eq(v->result, AUTH_PASS);
	ck_assert_str_eq(v->selector, "s1");
	ck_assert_str_eq(v->canonicalization, "relaxed/simple");
	ck_assert_str_eq(v->identity, "@example.com");
	ck_assert(v->signed_at == NOW - 100 && v->expires_at == NOW + 900);
	ck_assert_int_eq(v->body_length, 5);
	ck_assert_uint_eq(v->signed_header_count, 7);
	ck_assert_str_eq(v->signed_headers[0], "from");
	ck_assert_str_eq(v->signed_headers[5], "from");
	ck_assert_str_eq(v->signed_headers[6], "subject");
	ck_assert(has_finding(&r, FINDING_DKIM_BODY_LENGTH));
	ck_assert(!has_finding(&r, FINDING_DKIM_WEAK_KEY));
	run_clear(&r);
	free(message);
	free(records);
}
END_TEST

/* Every signature for itself, in header order, in whatever order they come. */
START_TEST(several_signatures)
{
	static const char *const order[][3] = {
	    {"good", "bad", "none"}, {"none", "good", "bad"}, {"bad", "none", "good"}};
	char *p = sign_public_key(SIGN_RSA_2048), *q = sign_public_key(SIGN_RSA_1024), *records;

	ck_assert_int_gt(asprintf(&records,
			     "good._domainkey.example.com TXT p=%s\n"
			     "bad._domainkey.example.com TXT p=%s\n",
			     p, q),
	    0);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		char *message = strdup(MESSAGE);
		struct run r;

		for (size_t k = 3; k-- > 0;) {
			struct signing how = plain;
			char *next;

			how.selector = order[i][k];
			next = sign_message(&how, message);
			free(message);
			message = next;
		}
		run(&r, message, records);
		ck_assert_uint_eq(r.verdict.dkim_count, 3);
		for (size_t k = 0; k < 3; k++) {
			const struct dkim_verdict *v = &r.verdict.dkim[k];
			enum auth_result want = strcmp(v->selector, "good") == 0  ? AUTH_PASS
			                        : strcmp(v->selector, "bad") == 0 ? AUTH_FAIL
			                                                          : AUTH_PERMERROR;

			ck_assert_str_eq(v->selector, order[i][k]);
			ck_assert_msg(v->result == want, "%s: %s", v->selector, v->reason);
		}
		run_clear(&r);
		free(message);
	}
	free(records);
	free(p);
	free(q);
}
END_TEST

START_TEST(unsigned_message)
{
	struct run r;

	run(&r, MESSAGE, "");
	ck_assert(r.check == NULL && r.verdict.dkim_count == 0 && r.rounds == 0);
	run_clear(&r);
}
END_TEST

/* However the body is cut, the same verdict; also for bodies without a line end at their end. */
START_TEST(cuts)
{
	static const char *const bodies[] = {"", "\r\n", "\r\n\r\n", "x", "x\r", "x\r\n", BODY,
	    "a\r\n\r\n b \t\r\n", "no line end", " \t\r\n \r\n"};

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		for (int relaxed = 0; relaxed < 2; relaxed++) {
			struct signing how = plain;
			char *whole, *message, *records = key_record(SIGN_ED25519, "");

			how.key = SIGN_ED25519;
			how.relaxed_body = relaxed;
			/* The signer's library wants the line end that the standard adds. */
			ck_assert_int_gt(asprintf(&whole, HEADER "\r\n%s%s", bodies[i],
					     bodies[i][0] == '\0' ||
						     (strlen(bodies[i]) > 1 &&
							 bodies[i][strlen(bodies[i]) - 1] == '\n')
						 ? ""
						 : "\r\n"),
			    0);
			message = sign_message(&how, whole);
			message[strlen(message) -
				(strlen(whole) - strlen(HEADER "\r\n") - strlen(bodies[i]))] = '\0';
			for (size_t chunk = 1; chunk < 5; chunk++) {
				struct run r;

				run_span(&r, span_from(message), records, chunk);
				ck_assert_msg(r.verdict.dkim[0].result == AUTH_PASS,
				    "body %zu, relaxed %d, chunks of %zu: %s", i, relaxed, chunk,
				    r.verdict.dkim[0].reason);
				run_clear(&r);
			}
			free(whole);
			free(message);
			free(records);
		}
	}
}
END_TEST

/* A bare LF is no line end, so that it is no empty line at the end of the body either. */
static const struct {
	const char *end; /* behind the text of the body, which was signed with CRLF there */
	long length;     /* l= */
	bool pass;
} ENDS[] = {
    {"\r\n", 0, true},
    {"", 0, true},
    {"\r\n\r\n", 0, true},
    {"\n", 0, false},
    {"\r", 0, false},
    {"\r\r\n", 0, false},
    {"\n\r\n", 0, false},
    {"\r\n\n", 0, false},
    {"\r\n\n\n\r\n", 0, false},
    {"\r\n\r\n\n", 0, false},
    {"\r\n\n", 5, true},
    {"\nx\r\n", 5, true},
    {"\r\n\n", 15, true},
};

START_TEST(ends_of_bodies)
{
	char *records = key_record(SIGN_ED25519, "");

	for (size_t i = 0; i < ARRAY_SIZE(ENDS); i++) {
		for (int relaxed = 0; relaxed < 2; relaxed++) {
			struct signing how = plain;
			char *signed_message, *message;

			how.key = SIGN_ED25519;
			how.relaxed_body = relaxed;
			how.body_length = ENDS[i].length;
			signed_message = sign_message(&how, HEADER "\r\nfirst\r\nsecond\r\n");
			ck_assert_int_gt(
			    asprintf(&message, "%.*s%s", (int)strlen(signed_message) - 2,
				signed_message, ENDS[i].end),
			    0);
			for (size_t chunk = 1; chunk < 5; chunk++) {
				struct run r;

				run_span(&r, span_from(message), records, chunk);
				ck_assert_msg(
				    (r.verdict.dkim[0].result == AUTH_PASS) == ENDS[i].pass,
				    "row %zu, relaxed %d, chunks of %zu: %s", i, relaxed, chunk,
				    r.verdict.dkim[0].reason);
				run_clear(&r);
			}
			free(signed_message);
			free(message);
		}
	}
	free(records);
}
END_TEST

/* No public-key operation before all keys are there, and none again afterwards. */
START_TEST(rounds)
{
	char *message = sign_message(&plain, MESSAGE), *records = key_record(SIGN_RSA_2048, "");
	struct arena *other = arena_new();
	struct verdict again;
	struct run r;

	run(&r, message, records);
	ck_assert_uint_eq(r.rounds, 1);
	ck_assert_uint_eq(dns_view_answered(r.view), 1);
	ck_assert_int_eq(dkim_check_end(r.check, r.view, other, &again, NULL), VERIFY_DONE);
	ck_assert_int_eq(again.dkim[0].result, AUTH_PASS);
	ck_assert_str_eq(again.dkim[0].reason, r.verdict.dkim[0].reason);
	ck_assert_ptr_ne(again.dkim[0].reason, r.verdict.dkim[0].reason);
	run_clear(&r);
	ck_assert_str_eq(again.dkim[0].domain, "example.com");
	arena_free(other);
	free(message);
	free(records);
}
END_TEST

/* The time is the one given, never the clock: long expired by the clock, and long before it. */
START_TEST(given_time)
{
	static const int64_t times[] = {1100000000, 1600000000, 4000000000};
	char *records = key_record(SIGN_RSA_2048, "");

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		for (int64_t offset = -1; offset <= 1; offset++) {
			struct signing how = plain;
			struct run r = {.arena = arena_new(), .view = dns_view_new(NULL)};
			char *message;

			how.signed_at = (uint64_t)times[i];
			how.lifetime = 50;
			message = sign_message(&how, MESSAGE);
			mail_header_parse(span_from(message), r.arena, &r.header);
			r.check = dkim_check_new(&r.header, times[i] + 50 + offset);
			dkim_check_body(
			    r.check, message + r.header.body, strlen(message) - r.header.body);
			while (dkim_check_end(r.check, r.view, r.arena, &r.verdict, NULL) ==
			       VERIFY_NEEDS_DNS)
				records_answer(r.view, records);
			ck_assert_msg(
			    r.verdict.dkim[0].result == (offset > 0 ? AUTH_FAIL : AUTH_PASS),
			    "%lld %+d: %s", (long long)times[i], (int)offset,
			    r.verdict.dkim[0].reason);
			run_clear(&r);
			free(message);
		}
	}
	free(records);
}
END_TEST

/* A t= to come changes no result, but is said once it is more than a clock that goes wrong. */
START_TEST(future_time)
{
	static const struct {
		uint64_t signed_at;
		const char *reason;
	} times[] = {
	    {NOW, "the signature of example.com is valid"},
	    {NOW + 300, "the signature of example.com is valid"},
	    {NOW + 301,
		"the signature of example.com is valid; its t= is in the future "
		"(2027-01-15T08:05:01.000Z), and some verifiers ignore such signatures: check the "
		"signer's clock"},
	};
	char *records = key_record(SIGN_ED25519, "");

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct signing how = plain;
		char *message;
		struct run r;

		how.key = SIGN_ED25519;
		how.signed_at = times[i].signed_at;
		message = sign_message(&how, MESSAGE);
		run(&r, message, records);
		ck_assert_int_eq(r.verdict.dkim[0].result, AUTH_PASS);
		ck_assert_str_eq(r.verdict.dkim[0].reason, times[i].reason);
		run_clear(&r);
		free(message);
	}
	free(records);
}
END_TEST

/* A NUL must not hide what follows it from the signature. */
START_TEST(nul_in_header)
{
	char *signed_message = sign_message(&plain, MESSAGE),
	     *records = key_record(SIGN_RSA_2048, "");
	char *marked = changed(
	    signed_message, "Subject: Hello\r\n there", "Subject: Hello\r\n there\x01 evil");
	size_t len = strlen(marked);
	struct run r;

	*strchr(marked, '\x01') = '\0';
	run_span(&r, span_of(marked, len), records, len);
	ck_assert_int_eq(r.verdict.dkim[0].result, AUTH_FAIL);
	run_clear(&r);
	free(marked);
	free(signed_message);
	free(records);
}
END_TEST

/* More names than fields in h=, which makes the library count one too far. */
START_TEST(all_fields_signed_and_more)
{
	static const char *const headers[] = {"From: a@example.com\r\n",
	    "From: a@example.com\r\nTo: b@example.org\r\n",
	    "From: a@example.com\r\nTo: b@example.org\r\nCc: c@example.org\r\n"};
	const char *over[] = {"dkim-signature", "from", "to", "cc", "subject", "date", NULL};
	char *records = key_record(SIGN_RSA_1024, "");

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		struct signing how = plain;
		char *message, *whole;
		struct run r;

		how.key = SIGN_RSA_1024;
		how.oversigned = over;
		ck_assert_int_gt(asprintf(&whole, "%s\r\nx\r\n", headers[i]), 0);
		message = sign_message(&how, whole);
		run(&r, message, records);
		ck_assert_uint_eq(r.verdict.dkim_count, 1);
		ck_assert_uint_eq(r.verdict.dkim[0].signed_header_count, 7 + i);
		run_clear(&r);
		free(message);
		free(whole);
	}
	free(records);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {results, key_records, several_key_records, facts,
	    several_signatures, unsigned_message, cuts, ends_of_bodies, rounds, given_time,
	    future_time, nul_in_header, all_fields_signed_and_more, NULL};

	return unit_main("dkim", tests);
}
