/*
 * SPDX-License-Identifier: ISC
 *
 * The arithmetic of SCRAM against the examples of RFC 5802 5 and RFC 7677 3.
 */
#include "smtp/scram.h"

#include "base/codec.h"
#include "unit.h"

static const struct row {
	const char *name;
	enum smtp_scram_hash hash;
	const char *salt;     /* base64 */
	const char *messages; /* AuthMessage */
	const char *proof, *signature;
} ROWS[] = {
    {"RFC 5802 5", SMTP_SCRAM_SHA_1, "QSXCR+Q6sek8bf92",
	"n=user,r=fyko+d2lbbFgONRv9qkxdawL,"
	"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096,"
	"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j",
	"v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "rmF9pqV8S7suAoZWja4dJRkFsKQ="},
    {"RFC 7677 3", SMTP_SCRAM_SHA_256, "W22ZaJ0SNY7soEsUEjb6gQ==",
	"n=user,r=rOprNGfwEbeRWgbNEkqO,"
	"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
	"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
	"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
};

START_TEST(examples)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct buffer salt = BUFFER_INIT, proof = BUFFER_INIT, signature = BUFFER_INIT;
		struct buffer text = BUFFER_INIT;
		struct span messages = unit_guard(span_from(r->messages));
		struct smtp_scram keys = {.iterations = SMTP_SCRAM_ITERATIONS};

		ck_assert_int_eq(base64_decode(&salt, span_from(r->salt)), 0);
		ck_assert_int_eq(base64_decode(&proof, span_from(r->proof)), 0);
		keys.salt = buffer_span(&salt);
		ck_assert_int_eq(smtp_scram_derive(r->hash, SPAN("pencil"), &keys), 0);
		ck_assert_uint_eq(proof.len, smtp_scram_size(r->hash));
		ck_assert_msg(
		    smtp_scram_proof(r->hash, &keys, messages, buffer_span(&proof)), "%s", r->name);
		ck_assert_int_eq(smtp_scram_signature(r->hash, &keys, messages, &signature), 0);
		base64_encode(&text, buffer_span(&signature));
		unit_span_eq(r->name, buffer_span(&text), r->signature);
		ck_assert_msg(smtp_scram_password(r->hash, &keys, SPAN("pencil")), "%s", r->name);
		ck_assert_msg(!smtp_scram_password(r->hash, &keys, SPAN("pencil2")), "%s", r->name);
		ck_assert_msg(!smtp_scram_password(r->hash, &keys, SPAN("")), "%s", r->name);
		/* Each octet of the proof counts, and its length. */
		for (size_t k = 0; k < proof.len; k++) {
			proof.data[k] ^= 1;
			ck_assert_msg(
			    !smtp_scram_proof(r->hash, &keys, messages, buffer_span(&proof)),
			    "%s: octet %zu", r->name, k);
			proof.data[k] ^= 1;
		}
		ck_assert(!smtp_scram_proof(
		    r->hash, &keys, messages, span_first(buffer_span(&proof), proof.len - 1)));
		ck_assert(!smtp_scram_proof(
		    r->hash, &keys, span_after(messages, 1), buffer_span(&proof)));
		ck_assert(!smtp_scram_proof(r->hash, &keys, messages, SPAN("")));
		unit_guard_free(messages);
		buffer_clear(&salt);
		buffer_clear(&proof);
		buffer_clear(&signature);
		buffer_clear(&text);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {examples, NULL};

	return unit_main("smtpscram", tests);
}
