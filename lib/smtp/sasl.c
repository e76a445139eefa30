/*
 * SPDX-License-Identifier: ISC
 *
 * The server's side of a SASL exchange: what all mechanisms share, PLAIN and LOGIN.
 */
#include "smtp/sasl.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/memory.h"
#include "base/name.h"
#include "smtp/sasl_internal.h"

const char *const SMTP_MECHANISM_NAME[] = {
    [SMTP_AUTH_PLAIN] = "PLAIN",
    [SMTP_AUTH_LOGIN] = "LOGIN",
    [SMTP_AUTH_CRAM_MD5] = "CRAM-MD5",
    [SMTP_AUTH_SCRAM_SHA_1] = "SCRAM-SHA-1",
    [SMTP_AUTH_SCRAM_SHA_1_PLUS] = "SCRAM-SHA-1-PLUS",
    [SMTP_AUTH_SCRAM_SHA_256] = "SCRAM-SHA-256",
    [SMTP_AUTH_SCRAM_SHA_256_PLUS] = "SCRAM-SHA-256-PLUS",
    [SMTP_AUTH_XOAUTH2] = "XOAUTH2",
    [SMTP_AUTH_OAUTHBEARER] = "OAUTHBEARER",
};
_Static_assert(ARRAY_SIZE(SMTP_MECHANISM_NAME) == SMTP_MECHANISM_COUNT, "a name for each");

struct span sasl_octets(const struct smtp_sasl *x)
{
	return buffer_span(&x->octets[x->step]);
}

enum smtp_sasl_status sasl_malformed(struct error *err, const char *what)
{
	error_usage(err, "%s", what);
	return SMTP_SASL_MALFORMED;
}

void sasl_wipe(struct buffer *b)
{
	if (b->data != NULL)
		OPENSSL_cleanse(b->data, b->cap);
	buffer_clear(b);
}

static enum smtp_sasl_status ask(struct smtp_sasl *x, struct span text)
{
	sasl_wipe(&x->text);
	base64_encode(&x->text, text);
	x->challenge = x->text.data == NULL ? "" : x->text.data;
	return SMTP_SASL_CHALLENGE;
}

enum smtp_sasl_status sasl_challenge(struct smtp_sasl *x, struct span text)
{
	x->step++;
	return ask(x, text);
}

void sasl_derive(const struct smtp_sasl *x, const char *label, struct span text,
    unsigned char out[SMTP_RANDOM_SIZE])
{
	struct buffer input = BUFFER_INIT;

	buffer_printf(&input, "%s %s ", label, SMTP_MECHANISM_NAME[x->mechanism]);
	buffer_add_span(&input, text);
	if (HMAC(EVP_sha256(), x->session.random, SMTP_RANDOM_SIZE,
		(const unsigned char *)input.data, input.len, out, NULL) == NULL)
		memset(out, 0, SMTP_RANDOM_SIZE);
	buffer_clear(&input);
}

static void make_nonce(struct smtp_sasl *x)
{
	unsigned char octets[SMTP_RANDOM_SIZE];
	struct buffer text = BUFFER_INIT;
	char number[16];

	snprintf(number, sizeof(number), "%u", x->session.exchange);
	sasl_derive(x, "nonce", span_from(number), octets);
	base64_encode(&text, span_of(octets, 30));
	memcpy(x->nonce, text.data, sizeof(x->nonce));
	buffer_clear(&text);
}

/* authorization identity NUL user NUL password (RFC 4616 2) */
static enum smtp_sasl_status plain_response(struct smtp_sasl *x, struct error *err)
{
	struct span rest = sasl_octets(x);
	struct span identity = span_cut(&rest, '\0');
	struct span user = span_cut(&rest, '\0');

	if (rest.data == NULL || span_index(rest, '\0') >= 0)
		return sasl_malformed(
		    err, "PLAIN: expected two NULs: IDENTITY NUL USER NUL PASSWORD");
	if (user.len == 0 || rest.len == 0)
		return sasl_malformed(err, "PLAIN: the user or the password is empty");
	x->identity = identity;
	x->user = user;
	x->password = rest;
	return SMTP_SASL_DONE;
}

static enum smtp_sasl_status login_response(struct smtp_sasl *x, struct error *err)
{
	struct span text = sasl_octets(x);

	if (span_index(text, '\0') >= 0)
		return sasl_malformed(err, "LOGIN: a NUL in the user or the password");
	if (text.len == 0)
		return sasl_malformed(err, "LOGIN: the user or the password is empty");
	if (x->step == 0) {
		x->user = text;
		return sasl_challenge(x, SPAN("Password:"));
	}
	x->password = text;
	return SMTP_SASL_DONE;
}

static enum smtp_sasl_status ask_nothing(struct smtp_sasl *x)
{
	return ask(x, SPAN(""));
}

static enum smtp_sasl_status login_begin(struct smtp_sasl *x)
{
	return ask(x, SPAN("Username:"));
}

static const struct row {
	enum smtp_sasl_status (*begin)(struct smtp_sasl *x); /* without an initial response */
	enum smtp_sasl_status (*response)(struct smtp_sasl *x, struct error *err);
	/* NULL: the client shows its secret. */
	enum smtp_sasl_status (*secret)(struct smtp_sasl *x, const struct smtp_secret *secret);
	const char *object; /* given before a refusal; NULL: none */
	bool server_begins;
	bool binds;
} ROWS[] = {
    [SMTP_AUTH_PLAIN] = {ask_nothing, plain_response, NULL, NULL, false, false},
    [SMTP_AUTH_LOGIN] = {login_begin, login_response, NULL, NULL, false, false},
    [SMTP_AUTH_CRAM_MD5] = {sasl_cram_begin, sasl_cram_response, sasl_cram_secret, NULL, true,
	false},
    [SMTP_AUTH_SCRAM_SHA_1] = {ask_nothing, sasl_scram_response, sasl_scram_secret, NULL, false,
	false},
    [SMTP_AUTH_SCRAM_SHA_1_PLUS] = {ask_nothing, sasl_scram_response, sasl_scram_secret, NULL,
	false, true},
    [SMTP_AUTH_SCRAM_SHA_256] = {ask_nothing, sasl_scram_response, sasl_scram_secret, NULL, false,
	false},
    [SMTP_AUTH_SCRAM_SHA_256_PLUS] = {ask_nothing, sasl_scram_response, sasl_scram_secret, NULL,
	false, true},
    [SMTP_AUTH_XOAUTH2] = {ask_nothing, sasl_xoauth2_response, NULL,
	"{\"status\":\"401\",\"schemes\":\"bearer\"}", false, false},
    [SMTP_AUTH_OAUTHBEARER] = {ask_nothing, sasl_oauthbearer_response, NULL,
	"{\"status\":\"invalid_token\"}", false, false},
};
_Static_assert(ARRAY_SIZE(ROWS) == SMTP_MECHANISM_COUNT, "a row for each mechanism");

int smtp_mechanism_find(struct span name)
{
	return name_find(SMTP_MECHANISM_NAME, SMTP_MECHANISM_COUNT, name);
}

bool smtp_mechanism_binds(enum smtp_mechanism mechanism)
{
	return ROWS[mechanism].binds;
}

bool smtp_mechanism_server_begins(enum smtp_mechanism mechanism)
{
	return ROWS[mechanism].server_begins;
}

bool smtp_mechanism_shows_secret(enum smtp_mechanism mechanism)
{
	return ROWS[mechanism].secret == NULL;
}

/* The client's answer to the error object: empty, or the octet 1 (RFC 7628 3.2.3). */
static enum smtp_sasl_status object_response(struct smtp_sasl *x, struct error *err)
{
	struct span text = sasl_octets(x);

	if (text.len > 0 && !span_equal(text, SPAN("\x01")))
		return sasl_malformed(err,
		    "expected an empty response, or the octet 1, to the error object "
		    "(RFC 7628 3.2.3)");
	return SMTP_SASL_REFUSED;
}

static enum smtp_sasl_status take(struct smtp_sasl *x, struct span text, struct error *err)
{
	struct buffer *octets = &x->octets[x->step];

	/* Room for all of it, so that no octet is left behind where a buffer has grown. */
	buffer_reserve(octets, text.len / 4 * 3 + 4);
	if (base64_decode(octets, text) < 0)
		return sasl_malformed(err, "the response is not base64 (RFC 4648 4)");
	if (x->refusal_code != 0)
		return object_response(x, err);
	return ROWS[x->mechanism].response(x, err);
}

enum smtp_sasl_status smtp_sasl_begin(struct smtp_sasl *x, enum smtp_mechanism mechanism,
    const struct smtp_sasl_session *session, struct span initial, struct error *err)
{
	smtp_sasl_clear(x);
	x->mechanism = mechanism;
	x->session = *session;
	make_nonce(x);
	if (initial.data == NULL)
		return ROWS[mechanism].begin(x);
	if (ROWS[mechanism].server_begins)
		return sasl_malformed(err, "the mechanism takes no initial response");
	return take(x, span_equal(initial, SPAN("=")) ? SPAN("") : initial, err);
}

enum smtp_sasl_status smtp_sasl_response(struct smtp_sasl *x, struct span line, struct error *err)
{
	if (span_equal(line, SPAN("*")))
		return SMTP_SASL_CANCELLED;
	return take(x, line, err);
}

enum smtp_sasl_status smtp_sasl_secret(struct smtp_sasl *x, const struct smtp_secret *secret)
{
	return ROWS[x->mechanism].secret(x, secret);
}

bool smtp_sasl_refuse(struct smtp_sasl *x, const struct smtp_reply *reply)
{
	const char *object = ROWS[x->mechanism].object;

	if (object == NULL)
		return false;
	x->refusal_code = reply->code;
	x->refusal_status = memory_string(reply->status);
	x->refusal_text = memory_string(reply->text);
	sasl_challenge(x, span_from(object));
	return true;
}

struct smtp_reply smtp_sasl_refusal(const struct smtp_sasl *x)
{
	return (struct smtp_reply){x->refusal_code, x->refusal_status, x->refusal_text};
}

void smtp_sasl_clear(struct smtp_sasl *x)
{
	for (size_t i = 0; i < SMTP_SASL_RESPONSES; i++)
		sasl_wipe(&x->octets[i]);
	sasl_wipe(&x->names);
	sasl_wipe(&x->text);
	sasl_wipe(&x->messages);
	free(x->refusal_status);
	free(x->refusal_text);
	OPENSSL_cleanse(x, sizeof(*x));
}
