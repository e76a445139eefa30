/*
 * SPDX-License-Identifier: ISC
 *
 * Bearer tokens: OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2. Both are lists of KEY=VALUE,
 * each ended by the octet 1, and one more at the end.
 */
#include "smtp/sasl_internal.h"

#define SEPARATOR '\x01'

/* VCHAR, blank, tab, CR and LF (RFC 7628 3.1) */
static bool is_value(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];

		if ((c < ' ' || c > '~') && c != '\t' && c != '\r' && c != '\n')
			return false;
	}
	return true;
}

static bool is_key(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_alpha(s.data[i]))
			return false;
	return s.len > 0;
}

/* "Bearer" 1*SP b64token (RFC 6750 2.1); the scheme's case does not matter. */
static int take_token(struct smtp_sasl *x, struct span value, struct error *err)
{
	if (x->password.data != NULL)
		return error_usage(err, "auth= stands twice");
	if (!span_starts_nocase(value, SPAN("Bearer ")))
		return error_usage(err, "expected auth=Bearer and the token");
	value = span_after(value, 7);
	while (value.len > 0 && value.data[0] == ' ')
		value = span_after(value, 1);
	for (size_t i = 0; i < value.len; i++)
		if (value.data[i] <= ' ')
			return error_usage(err, "a blank stands in the token");
	if (value.len == 0)
		return error_usage(err, "the token is empty");
	x->password = value;
	return 0;
}

/* The pairs up to the empty one at the end; keys that say nothing here are passed over. */
static enum smtp_sasl_status take_pairs(struct smtp_sasl *x, struct span rest, struct error *err)
{
	for (;;) {
		struct span value = span_cut(&rest, SEPARATOR), key;

		if (rest.data == NULL)
			return sasl_malformed(err, "expected the octet 1 behind each KEY=VALUE");
		if (value.len == 0)
			break;
		key = span_cut(&value, '=');
		if (value.data == NULL || !is_key(key) || !is_value(value))
			return sasl_malformed(err, "expected KEY=VALUE in printable ASCII");
		if (span_equal_nocase(key, SPAN("auth")) && take_token(x, value, err) < 0)
			return SMTP_SASL_MALFORMED;
	}
	if (rest.len > 0)
		return sasl_malformed(err, "something stands behind the last octet 1");
	if (x->password.data == NULL)
		return sasl_malformed(err, "auth= is missing");
	return SMTP_SASL_DONE;
}

enum smtp_sasl_status sasl_xoauth2_response(struct smtp_sasl *x, struct error *err)
{
	struct span rest = sasl_octets(x), user = span_cut(&rest, SEPARATOR);

	if (rest.data == NULL || !span_starts(user, SPAN("user=")) || user.len == 5)
		return sasl_malformed(err, "expected user=USER and the octet 1 at the beginning");
	x->user = span_after(user, 5);
	if (!sasl_is_text(x->user))
		return sasl_malformed(err, "the user is no UTF-8 text");
	return take_pairs(x, rest, err);
}

enum smtp_sasl_status sasl_oauthbearer_response(struct smtp_sasl *x, struct error *err)
{
	struct span rest = sasl_octets(x), type;

	buffer_reserve(&x->names, rest.len);
	if (sasl_gs2_parse(x, &rest, &type, err) < 0)
		return SMTP_SASL_MALFORMED;
	if (x->binding_flag == 'p')
		return sasl_malformed(err, "the mechanism has no channel binding (RFC 7628 3.1)");
	if (rest.len == 0 || rest.data[0] != SEPARATOR)
		return sasl_malformed(err, "expected the octet 1 behind the header");
	/* The identity is whose mail it is; the token alone says who asks (RFC 7628 3.1). */
	x->user = x->identity;
	return take_pairs(x, span_after(rest, 1), err);
}
