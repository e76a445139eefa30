/*
 * SPDX-License-Identifier: ISC
 *
 * SASL exchanges: a hostile client's responses to every mechanism.
 *
 * Input: an octet that picks the mechanism, an octet of flags (1: the channel binds, 2: the user is
 * known, 4: the responses are given in plain text and encoded here, 8: there is an initial
 * response, 16: the credentials are refused), then the responses, each ended by LF.
 */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "smtp/sasl.h"
#include "smtp/scram.h"

enum flags { BOUND = 1, KNOWN = 2, PLAIN_TEXT = 4, INITIAL = 8, REFUSED = 16 };

#define RESPONSES_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

struct run {
	struct smtp_sasl sasl;
	unsigned flags;
	struct smtp_secret secret;
	struct buffer log; /* of what came out */
};

static void check_challenge(struct run *r)
{
	struct span challenge = span_from(r->sasl.challenge);
	struct buffer text = BUFFER_INIT;

	/* With "334 " and CRLF it is one reply line. */
	require(challenge.len <= 506);
	require(base64_decode(&text, challenge) == 0);
	buffer_printf(&r->log, "challenge %s\n", r->sasl.challenge);
	buffer_clear(&text);
}

static void check_done(struct run *r)
{
	const struct smtp_sasl *x = &r->sasl;
	bool shows = smtp_mechanism_shows_secret(x->mechanism);

	require(x->user.len > 0 || x->mechanism == SMTP_AUTH_OAUTHBEARER);
	require(span_index(x->user, '\0') < 0 && span_index(x->identity, '\0') < 0);
	require(shows == (x->password.len > 0));
	/* Who showed it proved nothing yet, and nobody proves what is not known. */
	require(!x->proven || (!shows && (r->flags & KNOWN) != 0 && x->why == NULL));
	buffer_printf(&r->log, "done %.*s/%.*s %d\n", (int)x->user.len,
	    x->user.len > 0 ? x->user.data : "", (int)x->identity.len,
	    x->identity.len > 0 ? x->identity.data : "", x->proven);
}

/* Whether the exchange goes on. */
static bool take(struct run *r, enum smtp_sasl_status status, const struct error *err)
{
	switch (status) {
	case SMTP_SASL_CHALLENGE:
		check_challenge(r);
		return true;
	case SMTP_SASL_SECRET:
		require(!smtp_mechanism_shows_secret(r->sasl.mechanism));
		require(r->sasl.user.len > 0 && utf8_valid(r->sasl.user));
		status = smtp_sasl_secret(&r->sasl, (r->flags & KNOWN) != 0 ? &r->secret : NULL);
		require(status == SMTP_SASL_CHALLENGE || status == SMTP_SASL_DONE);
		return take(r, status, err);
	case SMTP_SASL_DONE:
		check_done(r);
		if ((r->flags & REFUSED) == 0 ||
		    !smtp_sasl_refuse(&r->sasl, SMTP_REPLY(535, "5.7.8", "No")))
			return false;
		check_challenge(r);
		return true;
	case SMTP_SASL_REFUSED:
		require((r->flags & REFUSED) != 0);
		require(smtp_sasl_refusal(&r->sasl).code == 535);
		return false;
	case SMTP_SASL_CANCELLED:
		return false;
	case SMTP_SASL_MALFORMED:
		require(err->text[0] != '\0');
		return false;
	}
	return false;
}

static enum smtp_sasl_status give(struct run *r, struct span line, bool initial,
    const struct smtp_sasl_session *session, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	enum smtp_sasl_status status;

	if ((r->flags & PLAIN_TEXT) == 0 || span_equal(line, SPAN("*")))
		buffer_add_span(&text, line);
	else
		base64_encode(&text, line);
	if (text.data == NULL)
		buffer_add_string(&text, "");
	status = initial ? smtp_sasl_begin(&r->sasl, r->sasl.mechanism, session,
			       span_of(text.data, text.len), err)
	                 : smtp_sasl_response(&r->sasl, buffer_span(&text), err);
	/* What was given may go away at once. */
	memset(text.data, 'x', text.len);
	buffer_clear(&text);
	return status;
}

static void run(struct run *r, struct span in, enum smtp_mechanism mechanism)
{
	static const unsigned char random[SMTP_RANDOM_SIZE];
	struct smtp_channel channel = {.has_exporter = (r->flags & BOUND) != 0};
	const struct smtp_sasl_session session = {
	    .random = random,
	    .channel = &channel,
	    .hostname = "mail.example.org",
	    .plus_offered = channel.has_exporter,
	};
	struct error err = {.text = ""};
	bool initial = (r->flags & INITIAL) != 0;
	bool more = true;

	r->sasl.mechanism = mechanism;
	if (!initial)
		more = take(
		    r, smtp_sasl_begin(&r->sasl, mechanism, &session, span_from(NULL), &err), &err);
	for (unsigned i = 0; more && in.data != NULL; i++) {
		struct span line = span_cut(&in, '\n');

		require(i < RESPONSES_MAX);
		more = take(r, give(r, line, initial && i == 0, &session, &err), &err);
	}
	smtp_sasl_clear(&r->sasl);
}

static void derive(struct smtp_secret *out)
{
	*out = (struct smtp_secret){.password = SPAN("pencil")};
	out->sha1 = out->sha256 = (struct smtp_scram){.iterations = 1, .salt = SPAN("salt")};
	require(smtp_scram_derive(SMTP_SCRAM_SHA_1, out->password, &out->sha1) == 0);
	require(smtp_scram_derive(SMTP_SCRAM_SHA_256, out->password, &out->sha256) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run first = {.log = BUFFER_INIT}, second = {.log = BUFFER_INIT};
	struct span in;

	if (size < 2)
		return 0;
	in = span_of(data + 2, size - 2);
	first.flags = second.flags = data[1];
	derive(&first.secret);
	derive(&second.secret);
	run(&first, in, (enum smtp_mechanism)(data[0] % SMTP_MECHANISM_COUNT));
	run(&second, in, (enum smtp_mechanism)(data[0] % SMTP_MECHANISM_COUNT));
	require(span_equal(buffer_span(&first.log), buffer_span(&second.log)));
	buffer_clear(&first.log);
	buffer_clear(&second.log);
	return 0;
}
