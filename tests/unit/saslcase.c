/*
 * SPDX-License-Identifier: ISC
 *
 * What the tests of SASL exchanges share.
 */
#include "saslcase.h"

#include <string.h>

#include "base/codec.h"

const unsigned char SASL_RANDOM[SMTP_RANDOM_SIZE] = "random";
const struct smtp_channel SASL_CHANNEL = {
    .has_exporter = true, .exporter = "exporter", .end_point = "end-point", .end_point_size = 9};
const struct smtp_channel SASL_NO_CHANNEL = {.has_exporter = false};

const struct smtp_sasl_session SASL_PLAIN = {
    .random = SASL_RANDOM, .channel = &SASL_NO_CHANNEL, .hostname = "mail.example.org"};
const struct smtp_sasl_session SASL_BOUND = {.random = SASL_RANDOM,
    .channel = &SASL_CHANNEL,
    .hostname = "mail.example.org",
    .plus_offered = true};

enum smtp_sasl_status sasl_send(struct smtp_sasl *x, const char *text, struct error *err)
{
	struct buffer line = BUFFER_INIT;
	enum smtp_sasl_status status;
	struct span guarded;

	base64_encode(&line, span_from(text));
	guarded = unit_guard(buffer_span(&line));
	status = smtp_sasl_response(x, guarded, err);
	unit_guard_free(guarded);
	buffer_clear(&line);
	return status;
}

void sasl_asked(const char *name, const struct smtp_sasl *x, const char *want)
{
	struct buffer text = BUFFER_INIT;

	ck_assert_msg(base64_decode(&text, span_from(x->challenge)) == 0, "%s", name);
	unit_span_eq(name, buffer_span(&text), want);
	buffer_clear(&text);
}

void sasl_begin_with(struct smtp_sasl *x, enum smtp_mechanism mechanism,
    const struct smtp_sasl_session *session, const char *nonce)
{
	*x = (struct smtp_sasl){.step = 0};
	ck_assert_int_eq(
	    smtp_sasl_begin(x, mechanism, session, span_from(NULL), NULL), SMTP_SASL_CHALLENGE);
	ck_assert_uint_lt(strlen(nonce), sizeof(x->nonce));
	strcpy(x->nonce, nonce);
}
