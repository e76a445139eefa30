/*
 * SPDX-License-Identifier: ISC
 *
 * The parameters of MAIL and RCPT.
 */
#include "smtp/params.h"

#include "base/codec.h"
#include "base/name.h"

#define SHOWN_MAX 60 /* octets of a client's word in an error sentence */

const char *const SMTP_BODY_NAME[] = {NULL, "7BIT", "8BITMIME"};
_Static_assert(ARRAY_SIZE(SMTP_BODY_NAME) == SMTP_BODY_COUNT, "a name for each body");

static int take_size(struct span value, struct smtp_params *out, struct error *err)
{
	for (size_t i = 0; i < value.len; i++)
		if (!ascii_digit(value.data[i]))
			return error_usage(err, "SIZE: expected a number of octets");
	if (value.len == 0 || value.len > 20)
		return error_usage(err, "SIZE: expected 1 to 20 digits");
	if (span_to_uint(value, UINT64_MAX, &out->size) < 0)
		out->size = UINT64_MAX;
	return 0;
}

static int take_body(struct span value, struct smtp_params *out, struct error *err)
{
	int body =
	    name_find(SMTP_BODY_NAME + SMTP_BODY_7BIT, SMTP_BODY_COUNT - SMTP_BODY_7BIT, value);

	if (body < 0)
		return error_usage(err, "BODY: expected 7BIT or 8BITMIME");
	out->body = (enum smtp_body)(body + SMTP_BODY_7BIT);
	return 0;
}

/* The identity is not used: a gateway that trusts no client may ignore it (RFC 4954 5). */
static int take_auth(struct span value, struct smtp_params *out, struct error *err)
{
	struct buffer decoded = BUFFER_INIT;
	int result = xtext_decode(&decoded, value);

	(void)out;
	buffer_clear(&decoded);
	if (result < 0 || value.len == 0)
		return error_usage(err, "AUTH: expected an xtext or <>");
	return 0;
}

static const struct row {
	const char *name;
	int (*take)(struct span value, struct smtp_params *out, struct error *err);
} ROWS[] = {
    [SMTP_PARAM_SIZE] = {"SIZE", take_size},
    [SMTP_PARAM_BODY] = {"BODY", take_body},
    [SMTP_PARAM_AUTH] = {"AUTH", take_auth},
};
_Static_assert(ARRAY_SIZE(ROWS) == SMTP_PARAM_COUNT, "a row for each parameter");

static int find(struct span keyword)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		if (span_equal_nocase(keyword, span_from(ROWS[i].name)))
			return (int)i;
	return -1;
}

static bool keyword_valid(struct span keyword)
{
	if (keyword.len == 0 || !ascii_alnum(keyword.data[0]))
		return false;
	for (size_t i = 1; i < keyword.len; i++)
		if (!ascii_alnum(keyword.data[i]) && keyword.data[i] != '-')
			return false;
	return true;
}

static bool value_valid(struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.data[i] < '!' || value.data[i] > '~' || value.data[i] == '=')
			return false;
	return true;
}

static int take_param(
    struct span param, unsigned allowed, struct smtp_params *out, struct error *err)
{
	struct span value = param;
	struct span keyword = span_cut(&value, '=');
	int shown = (int)span_first(keyword, SHOWN_MAX).len;
	int at = find(keyword);

	if (param.len == 0)
		error_usage(err, "two blanks in a row: expected one parameter behind each");
	else if (!keyword_valid(keyword) || !value_valid(value))
		error_usage(err, "malformed parameter: expected KEYWORD or KEYWORD=VALUE in ASCII");
	else if (at < 0 || (allowed & 1U << at) == 0) {
		error_usage(err, "%.*s: the parameter is unknown or was not offered here", shown,
		    keyword.data);
		return 555;
	} else if ((out->given & 1U << at) != 0)
		error_usage(err, "%s: given twice", ROWS[at].name);
	else if (ROWS[at].take(value, out, err) == 0) {
		out->given |= 1U << at;
		return 0;
	}
	return 501;
}

int smtp_params_parse(
    struct span text, unsigned allowed, struct smtp_params *out, struct error *err)
{
	int code = 0;

	*out = (struct smtp_params){.body = SMTP_BODY_NONE};
	while (code == 0 && text.data != NULL)
		code = take_param(span_cut(&text, ' '), allowed, out, err);
	return code;
}
