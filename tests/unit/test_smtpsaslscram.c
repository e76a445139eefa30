/*
 * SPDX-License-Identifier: ISC
 *
 * The messages of SCRAM. The examples of RFC 5802 5 and RFC 7677 3 give the same octets here.
 */
#include "smtp/scram.h"

#include <string.h>

#include "base/codec.h"
#include "saslcase.h"

static const struct scram {
	const char *name;
	enum smtp_mechanism mechanism;
	const char *first, *nonce, *salt, *server_first, *final, *server_final;
} SCRAMS[] = {
    {"RFC 5802 5", SMTP_AUTH_SCRAM_SHA_1, "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
	"3rfcNHYJY1ZVvWVs7j", "QSXCR+Q6sek8bf92",
	"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
	"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
	"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
    {"RFC 7677 3", SMTP_AUTH_SCRAM_SHA_256, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
	"%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "W22ZaJ0SNY7soEsUEjb6gQ==",
	"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
};

START_TEST(scram_examples)
{
	for (size_t i = 0; i < ARRAY_SIZE(SCRAMS); i++) {
		const struct scram *r = &SCRAMS[i];
		struct buffer salt = BUFFER_INIT;
		struct smtp_secret secret = {.password = {NULL, 0}};
		struct smtp_sasl x;

		ck_assert_int_eq(base64_decode(&salt, span_from(r->salt)), 0);
		secret.sha1 = secret.sha256 =
		    (struct smtp_scram){.iterations = 4096, .salt = buffer_span(&salt)};
		smtp_scram_derive(SMTP_SCRAM_SHA_1, SPAN("pencil"), &secret.sha1);
		smtp_scram_derive(SMTP_SCRAM_SHA_256, SPAN("pencil"), &secret.sha256);
		sasl_begin_with(&x, r->mechanism, &SASL_PLAIN, r->nonce);
		ck_assert_int_eq(sasl_send(&x, r->first, NULL), SMTP_SASL_SECRET);
		unit_span_eq(r->name, x.user, "user");
		ck_assert_int_eq(smtp_sasl_secret(&x, &secret), SMTP_SASL_CHALLENGE);
		sasl_asked(r->name, &x, r->server_first);
		ck_assert_int_eq(sasl_send(&x, r->final, NULL), SMTP_SASL_CHALLENGE);
		sasl_asked(r->name, &x, r->server_final);
		ck_assert_int_eq(sasl_send(&x, "", NULL), SMTP_SASL_DONE);
		ck_assert_msg(x.proven && x.why == NULL, "%s", r->name);
		smtp_sasl_clear(&x);
		buffer_clear(&salt);
	}
}
END_TEST

/* The client's side, for what no example shows. */
static void finish(const char *name, struct smtp_sasl *x, const char *first_bare, struct span bound)
{
	enum smtp_scram_hash hash =
	    x->mechanism >= SMTP_AUTH_SCRAM_SHA_256 ? SMTP_SCRAM_SHA_256 : SMTP_SCRAM_SHA_1;
	struct buffer server = BUFFER_INIT, text = BUFFER_INIT, signature = BUFFER_INIT;
	struct span rest, nonce;
	struct smtp_scram client = {.iterations = 1};

	ck_assert_int_eq(base64_decode(&server, span_from(x->challenge)), 0);
	rest = buffer_span(&server);
	nonce = span_cut(&rest, ',');
	buffer_printf(&text, "%s,%s,c=", first_bare, server.data);
	base64_encode(&text, bound);
	buffer_printf(&text, ",%.*s", (int)nonce.len, nonce.data);
	/* The salted password is unknown here; the proof is made wrong on purpose. */
	memset(client.server_key, 1, sizeof(client.server_key));
	ck_assert_int_eq(smtp_scram_signature(hash, &client, buffer_span(&text), &signature), 0);
	buffer_reset(&text);
	buffer_add_string(&text, "c=");
	base64_encode(&text, bound);
	buffer_printf(&text, ",%.*s,p=", (int)nonce.len, nonce.data);
	base64_encode(&text, buffer_span(&signature));
	ck_assert_msg(sasl_send(x, text.data, NULL) == SMTP_SASL_DONE, "%s", name);
	ck_assert_msg(!x->proven, "%s", name);
	buffer_clear(&server);
	buffer_clear(&text);
	buffer_clear(&signature);
}

/* Of unknown users nobody can tell that they are: the salt stays, and the proof fails at the end.
 */
START_TEST(scram_unknown_user)
{
	struct buffer salts[4] = {BUFFER_INIT, BUFFER_INIT, BUFFER_INIT, BUFFER_INIT};
	static const char *const users[] = {"nobody", "nobody", "noone", "nobody"};

	for (size_t i = 0; i < ARRAY_SIZE(salts); i++) {
		struct smtp_sasl_session session = SASL_PLAIN;
		struct buffer first = BUFFER_INIT, bare = BUFFER_INIT, text = BUFFER_INIT;
		struct span rest;
		struct smtp_sasl x = {.step = 0};

		session.exchange = (unsigned)i;
		buffer_printf(&bare, "n=%s,r=abc", users[i]);
		buffer_printf(&first, "n,,%s", bare.data);
		smtp_sasl_begin(&x, i == 3 ? SMTP_AUTH_SCRAM_SHA_1 : SMTP_AUTH_SCRAM_SHA_256,
		    &session, span_from(NULL), NULL);
		ck_assert_int_eq(sasl_send(&x, first.data, NULL), SMTP_SASL_SECRET);
		ck_assert_int_eq(smtp_sasl_secret(&x, NULL), SMTP_SASL_CHALLENGE);
		base64_decode(&text, span_from(x.challenge));
		rest = buffer_span(&text);
		ck_assert_uint_ge(span_cut(&rest, ',').len, 5 + 24);
		buffer_add_span(&salts[i], rest);
		finish(users[i], &x, bare.data, SPAN("n,,"));
		ck_assert_ptr_null(x.why);
		smtp_sasl_clear(&x);
		buffer_clear(&first);
		buffer_clear(&bare);
		buffer_clear(&text);
	}
	ck_assert(span_ends_nocase(buffer_span(&salts[0]), SPAN(",i=4096")));
	ck_assert(span_equal(buffer_span(&salts[0]), buffer_span(&salts[1])));
	ck_assert(!span_equal(buffer_span(&salts[0]), buffer_span(&salts[2])));
	ck_assert(!span_equal(buffer_span(&salts[0]), buffer_span(&salts[3])));
	for (size_t i = 0; i < ARRAY_SIZE(salts); i++)
		buffer_clear(&salts[i]);
}
END_TEST

/* Client's first messages of SCRAM that are well-formed: what they say, or why they end it. */
static const struct first {
	const char *name;
	enum smtp_mechanism mechanism;
	bool bound; /* with SASL_BOUND */
	const char *text;
	const char *identity, *user;
	const char *why; /* a part of the sentence; NULL: the exchange goes on */
} FIRSTS[] = {
    {"no binding", SMTP_AUTH_SCRAM_SHA_256, false, "n,,n=user,r=abc", "", "user", NULL},
    {"no binding, though offered", SMTP_AUTH_SCRAM_SHA_256, true, "n,,n=user,r=abc", "", "user",
	NULL},
    {"identity", SMTP_AUTH_SCRAM_SHA_1, false, "n,a=bob,n=user,r=abc", "bob", "user", NULL},
    {"escapes", SMTP_AUTH_SCRAM_SHA_1, false, "n,a=b=2Cb,n=u=3Ds=2C=2Cer,r=abc", "b,b", "u=s,,er",
	NULL},
    {"UTF-8", SMTP_AUTH_SCRAM_SHA_1, false, "n,,n=\xc3\xa4,r=abc", "", "\xc3\xa4", NULL},
    {"extension", SMTP_AUTH_SCRAM_SHA_1, false, "n,,n=user,r=abc,x=1,y=2", "", "user", NULL},
    {"y without -PLUS offered", SMTP_AUTH_SCRAM_SHA_256, false, "y,,n=user,r=abc", "", "user",
	NULL},
    {"y with -PLUS offered", SMTP_AUTH_SCRAM_SHA_256, true, "y,,n=user,r=abc", "", "user",
	"RFC 5802 6"},
    {"y and -PLUS", SMTP_AUTH_SCRAM_SHA_256_PLUS, true, "y,,n=user,r=abc", "", "user", "RFC 5802"},
    {"n and -PLUS", SMTP_AUTH_SCRAM_SHA_256_PLUS, true, "n,,n=user,r=abc", "", "user", "-PLUS"},
    {"p without -PLUS", SMTP_AUTH_SCRAM_SHA_256, true, "p=tls-exporter,,n=user,r=abc", "", "user",
	"-PLUS"},
    {"exporter", SMTP_AUTH_SCRAM_SHA_256_PLUS, true, "p=tls-exporter,,n=user,r=abc", "", "user",
	NULL},
    {"end point", SMTP_AUTH_SCRAM_SHA_1_PLUS, true, "p=tls-server-end-point,,n=user,r=abc", "",
	"user", NULL},
    {"unique", SMTP_AUTH_SCRAM_SHA_256_PLUS, true, "p=tls-unique,,n=user,r=abc", "", "user",
	"not supported"},
    {"exporter missing", SMTP_AUTH_SCRAM_SHA_256_PLUS, false, "p=tls-exporter,,n=user,r=abc", "",
	"user", "not supported"},
};

START_TEST(scram_firsts)
{
	for (size_t i = 0; i < ARRAY_SIZE(FIRSTS); i++) {
		const struct first *r = &FIRSTS[i];
		struct smtp_sasl x = {.step = 0};
		struct error err = {.text = ""};
		enum smtp_sasl_status status;

		smtp_sasl_begin(
		    &x, r->mechanism, r->bound ? &SASL_BOUND : &SASL_PLAIN, span_from(NULL), &err);
		status = sasl_send(&x, r->text, &err);
		ck_assert_msg(status == (r->why == NULL ? SMTP_SASL_SECRET : SMTP_SASL_DONE),
		    "%s: %d %s", r->name, (int)status, err.text);
		unit_span_eq(r->name, x.identity, r->identity);
		unit_span_eq(r->name, x.user, r->user);
		ck_assert_msg(!x.proven, "%s", r->name);
		if (r->why != NULL)
			ck_assert_msg(
			    x.why != NULL && strstr(x.why, r->why) != NULL, "%s", r->name);
		smtp_sasl_clear(&x);
	}
}
END_TEST

#define NONCE_7677 "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define PROOF_7677 "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="

/* Client's final messages in the exchange of RFC 7677. */
static const struct last {
	const char *name, *text;
	enum smtp_sasl_status status;
	const char *why;
} LASTS[] = {
    {"right", "c=biws,r=" NONCE_7677 ",p=" PROOF_7677, SMTP_SASL_CHALLENGE, NULL},
    {"proof of zeros", "c=biws,r=" NONCE_7677 ",p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	SMTP_SASL_DONE, NULL},
    {"extension that was not signed", "c=biws,r=" NONCE_7677 ",x=1,p=" PROOF_7677, SMTP_SASL_DONE,
	NULL},
    {"other binding", "c=eSws,r=" NONCE_7677 ",p=" PROOF_7677, SMTP_SASL_DONE, "binding"},
    {"empty binding", "c=,r=" NONCE_7677 ",p=" PROOF_7677, SMTP_SASL_DONE, "binding"},
    {"other nonce", "c=biws,r=" NONCE_7677 "x,p=" PROOF_7677, SMTP_SASL_DONE, "nonce"},
    {"client's nonce alone", "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=" PROOF_7677, SMTP_SASL_DONE,
	"nonce"},
    {"empty", "", SMTP_SASL_MALFORMED, NULL},
    {"no proof", "c=biws,r=" NONCE_7677, SMTP_SASL_MALFORMED, NULL},
    {"proof of 20 octets",
	"c=biws,r=" NONCE_7677 ",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", SMTP_SASL_MALFORMED, NULL},
    {"proof not base64", "c=biws,r=" NONCE_7677 ",p=*", SMTP_SASL_MALFORMED, NULL},
    {"binding not base64", "c=biw,r=" NONCE_7677 ",p=" PROOF_7677, SMTP_SASL_MALFORMED, NULL},
    {"order", "r=" NONCE_7677 ",c=biws,p=" PROOF_7677, SMTP_SASL_MALFORMED, NULL},
    {"proof not last", "c=biws,r=" NONCE_7677 ",p=" PROOF_7677 ",x=1", SMTP_SASL_MALFORMED, NULL},
};

static void to_the_end(struct smtp_sasl *x, struct buffer *salt)
{
	struct smtp_secret secret = {.password = {NULL, 0}};

	base64_decode(salt, SPAN("W22ZaJ0SNY7soEsUEjb6gQ=="));
	secret.sha256 = (struct smtp_scram){.iterations = 4096, .salt = buffer_span(salt)};
	smtp_scram_derive(SMTP_SCRAM_SHA_256, SPAN("pencil"), &secret.sha256);
	sasl_begin_with(x, SMTP_AUTH_SCRAM_SHA_256, &SASL_PLAIN, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
	ck_assert_int_eq(sasl_send(x, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", NULL), SMTP_SASL_SECRET);
	ck_assert_int_eq(smtp_sasl_secret(x, &secret), SMTP_SASL_CHALLENGE);
}

START_TEST(scram_lasts)
{
	for (size_t i = 0; i < ARRAY_SIZE(LASTS); i++) {
		const struct last *r = &LASTS[i];
		struct buffer salt = BUFFER_INIT;
		struct error err = {.text = ""};
		struct smtp_sasl x;
		enum smtp_sasl_status status;

		to_the_end(&x, &salt);
		status = sasl_send(&x, r->text, &err);
		ck_assert_msg(status == r->status, "%s: %d", r->name, (int)status);
		ck_assert_msg(x.proven == (status == SMTP_SASL_CHALLENGE), "%s", r->name);
		ck_assert_msg((r->why != NULL) == (x.why != NULL) &&
				  (r->why == NULL || strstr(x.why, r->why) != NULL),
		    "%s: why", r->name);
		ck_assert_msg((status == SMTP_SASL_MALFORMED) == (err.text[0] != '\0'),
		    "%s: sentence", r->name);
		smtp_sasl_clear(&x);
		buffer_clear(&salt);
	}
}
END_TEST

/* The answer to the server's signature is empty, or the exchange is off. */
START_TEST(scram_ends)
{
	static const struct {
		const char *line;
		enum smtp_sasl_status status;
	} rows[] = {
	    {"", SMTP_SASL_DONE},
	    {"*", SMTP_SASL_CANCELLED},
	    {"YQ==", SMTP_SASL_MALFORMED},
	    {"=", SMTP_SASL_MALFORMED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer salt = BUFFER_INIT;
		struct smtp_sasl x;

		to_the_end(&x, &salt);
		ck_assert_int_eq(sasl_send(&x, "c=biws,r=" NONCE_7677 ",p=" PROOF_7677, NULL),
		    SMTP_SASL_CHALLENGE);
		ck_assert_msg(
		    smtp_sasl_response(&x, span_from(rows[i].line), NULL) == rows[i].status,
		    "\"%s\"", rows[i].line);
		smtp_sasl_clear(&x);
		buffer_clear(&salt);
	}
}
END_TEST

/* Another connection's binding does not pass: what the client saw is not what stands here. */
START_TEST(scram_binds)
{
	static const struct {
		const char *name, *type;
		const char *bound;
		size_t size;
		bool good;
	} rows[] = {
	    {"exporter", "tls-exporter", (const char *)SASL_CHANNEL.exporter, 32, true},
	    {"end point", "tls-server-end-point", (const char *)SASL_CHANNEL.end_point, 9, true},
	    {"the other one's", "tls-exporter", (const char *)SASL_CHANNEL.end_point, 9, false},
	    {"none", "tls-exporter", "", 0, false},
	    {"cut", "tls-server-end-point", (const char *)SASL_CHANNEL.end_point, 8, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer first = BUFFER_INIT, bound = BUFFER_INIT;
		struct smtp_sasl x = {.step = 0};

		buffer_printf(&bound, "p=%s,,", rows[i].type);
		buffer_printf(&first, "%sn=user,r=abc", bound.data);
		buffer_add(&bound, rows[i].bound, rows[i].size);
		smtp_sasl_begin(
		    &x, SMTP_AUTH_SCRAM_SHA_256_PLUS, &SASL_BOUND, span_from(NULL), NULL);
		ck_assert_int_eq(sasl_send(&x, first.data, NULL), SMTP_SASL_SECRET);
		ck_assert_int_eq(smtp_sasl_secret(&x, NULL), SMTP_SASL_CHALLENGE);
		finish(rows[i].name, &x, "n=user,r=abc", buffer_span(&bound));
		ck_assert_msg((x.why == NULL) == rows[i].good, "%s", rows[i].name);
		smtp_sasl_clear(&x);
		buffer_clear(&first);
		buffer_clear(&bound);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {scram_examples, scram_unknown_user, scram_firsts, scram_lasts,
	    scram_ends, scram_binds, NULL};

	return unit_main("smtpsaslscram", tests);
}
