/*
 * SPDX-License-Identifier: ISC
 *
 * The server's side of a SASL exchange.
 */
#include "smtp/sasl.h"

#include <string.h>

#include "base/codec.h"
#include "base/name.h"

const char *const SMTP_MECHANISM_NAME[] = {
    [SMTP_AUTH_PLAIN] = "PLAIN",
    [SMTP_AUTH_LOGIN] = "LOGIN",
};
_Static_assert(ARRAY_SIZE(SMTP_MECHANISM_NAME) == SMTP_MECHANISM_COUNT, "a name for each");

static enum smtp_sasl_status malformed(struct error *err, const char *what)
{
	error_usage(err, "%s", what);
	return SMTP_SASL_MALFORMED;
}

/* authorization identity NUL user NUL password (RFC 4616 2) */
static enum smtp_sasl_status plain_response(struct smtp_sasl *x, struct error *err)
{
	struct span rest = buffer_span(&x->octets);
	struct span identity = span_cut(&rest, '\0');
	struct span user = span_cut(&rest, '\0');

	if (rest.data == NULL || span_index(rest, '\0') >= 0)
		return malformed(err, "PLAIN: expected two NULs: IDENTITY NUL USER NUL PASSWORD");
	if (user.len == 0 || rest.len == 0)
		return malformed(err, "PLAIN: the user or the password is empty");
	x->identity = identity;
	x->user = user;
	x->password = rest;
	return SMTP_SASL_DONE;
}

static enum smtp_sasl_status login_response(struct smtp_sasl *x, struct error *err)
{
	struct span all = buffer_span(&x->octets);

	if (span_index(all, '\0') >= 0)
		return malformed(err, "LOGIN: a NUL in the user or the password");
	if (all.len == x->mark)
		return malformed(err, "LOGIN: the user or the password is empty");
	if (x->step++ == 0) {
		x->mark = all.len;
		x->challenge = "UGFzc3dvcmQ6"; /* Password: */
		return SMTP_SASL_CHALLENGE;
	}
	x->user = span_first(all, x->mark);
	x->password = span_after(all, x->mark);
	return SMTP_SASL_DONE;
}

static const struct row {
	const char *challenge; /* asked for without an initial response */
	enum smtp_sasl_status (*response)(struct smtp_sasl *x, struct error *err);
} ROWS[] = {
    [SMTP_AUTH_PLAIN] = {"", plain_response},
    [SMTP_AUTH_LOGIN] = {"VXNlcm5hbWU6" /* Username: */, login_response},
};
_Static_assert(ARRAY_SIZE(ROWS) == SMTP_MECHANISM_COUNT, "a row for each mechanism");

int smtp_mechanism_find(struct span name)
{
	return name_find(SMTP_MECHANISM_NAME, SMTP_MECHANISM_COUNT, name);
}

static enum smtp_sasl_status take(struct smtp_sasl *x, struct span text, struct error *err)
{
	if (base64_decode(&x->octets, text) < 0)
		return malformed(err, "the response is not base64 (RFC 4648 4)");
	return ROWS[x->mechanism].response(x, err);
}

enum smtp_sasl_status smtp_sasl_begin(
    struct smtp_sasl *x, enum smtp_mechanism mechanism, struct span initial, struct error *err)
{
	smtp_sasl_clear(x);
	x->mechanism = mechanism;
	if (initial.data == NULL) {
		x->challenge = ROWS[mechanism].challenge;
		return SMTP_SASL_CHALLENGE;
	}
	return take(x, span_equal(initial, SPAN("=")) ? SPAN("") : initial, err);
}

enum smtp_sasl_status smtp_sasl_response(struct smtp_sasl *x, struct span line, struct error *err)
{
	if (span_equal(line, SPAN("*")))
		return SMTP_SASL_CANCELLED;
	return take(x, line, err);
}

void smtp_sasl_clear(struct smtp_sasl *x)
{
	if (x->octets.data != NULL)
		explicit_bzero(x->octets.data, x->octets.cap);
	buffer_clear(&x->octets);
	*x = (struct smtp_sasl){.octets = BUFFER_INIT};
}
