/*
 * SPDX-License-Identifier: ISC
 *
 * The header that SCRAM and OAUTHBEARER begin with (RFC 5801 4), and names in it.
 */
#include "base/codec.h"
#include "smtp/sasl_internal.h"

bool sasl_is_text(struct span s)
{
	return utf8_valid(s) && span_index(s, '\0') < 0;
}

int sasl_name(struct smtp_sasl *x, struct span text, struct span *out, struct error *err)
{
	size_t start = x->names.len;

	if (text.len == 0 || !sasl_is_text(text))
		return error_usage(
		    err, "the identity or the user is empty or no UTF-8 text (RFC 5801 4)");
	for (size_t i = 0; i < text.len; i++) {
		struct span rest = span_after(text, i);

		if (text.data[i] != '=') {
			buffer_add_char(&x->names, text.data[i]);
			continue;
		}
		if (!span_starts(rest, SPAN("=2C")) && !span_starts(rest, SPAN("=3D")))
			return error_usage(
			    err, "\"=\" in a name is written =3D, and \",\" =2C (RFC 5801 4)");
		buffer_add_char(&x->names, rest.data[1] == '2' ? ',' : '=');
		i += 2;
	}
	*out = span_after(buffer_span(&x->names), start);
	return 0;
}

/* 1*(ALPHA / DIGIT / "." / "-") */
static bool is_binding_type(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_alnum(s.data[i]) && s.data[i] != '.' && s.data[i] != '-')
			return false;
	return s.len > 0;
}

static int parse_flag(struct smtp_sasl *x, struct span flag, struct span *type, struct error *err)
{
	*type = span_after(flag, 2);
	if (span_equal(flag, SPAN("n")) || span_equal(flag, SPAN("y")) ||
	    (span_starts(flag, SPAN("p=")) && is_binding_type(*type))) {
		x->binding_flag = flag.data[0];
		return 0;
	}
	return error_usage(
	    err, "expected \"n,\", \"y,\" or \"p=TYPE,\" at the beginning (RFC 5801 4)");
}

int sasl_gs2_parse(struct smtp_sasl *x, struct span *rest, struct span *type, struct error *err)
{
	struct span flag = span_cut(rest, ','), identity = span_cut(rest, ',');

	if (rest->data == NULL)
		return error_usage(err, "expected a header with two commas (RFC 5801 4)");
	x->gs2_size = (size_t)(rest->data - flag.data);
	if (parse_flag(x, flag, type, err) < 0)
		return -1;
	if (identity.len == 0)
		return 0;
	if (!span_starts(identity, SPAN("a=")))
		return error_usage(err, "expected \"a=\" and the authorization identity");
	return sasl_name(x, span_after(identity, 2), &x->identity, err);
}
