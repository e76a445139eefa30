/*
 * SPDX-License-Identifier: ISC
 *
 * The parameters of MAIL and RCPT.
 */
#include "smtp/params.h"

#include "base/codec.h"
#include "base/name.h"
#include "mail/grammar.h"

#define SHOWN_MAX 60 /* octets of a client's word in an error sentence */
/* RFC 3461 4.4 and 4.2 */
#define ENVID_MAX 100
#define ORCPT_MAX 500

const char *const SMTP_BODY_NAME[] = {NULL, "7BIT", "8BITMIME", "BINARYMIME"};
_Static_assert(ARRAY_SIZE(SMTP_BODY_NAME) == SMTP_BODY_COUNT, "a name for each body");

const char *const SMTP_RET_NAME[] = {NULL, "FULL", "HDRS"};
_Static_assert(ARRAY_SIZE(SMTP_RET_NAME) == SMTP_RET_COUNT, "a name for each value of RET");

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
		return error_usage(err, "BODY: expected 7BIT, 8BITMIME or BINARYMIME");
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

static int take_smtputf8(struct span value, struct smtp_params *out, struct error *err)
{
	(void)out;
	return value.data == NULL ? 0 : error_usage(err, "SMTPUTF8: expected no value");
}

static int take_requiretls(struct span value, struct smtp_params *out, struct error *err)
{
	(void)out;
	return value.data == NULL ? 0 : error_usage(err, "REQUIRETLS: expected no value");
}

static int take_ret(struct span value, struct smtp_params *out, struct error *err)
{
	int ret = name_find(SMTP_RET_NAME + SMTP_RET_FULL, SMTP_RET_COUNT - SMTP_RET_FULL, value);

	if (ret < 0)
		return error_usage(err, "RET: expected FULL or HDRS");
	out->ret = (enum smtp_ret)(ret + SMTP_RET_FULL);
	return 0;
}

/* The characters that an xtext stands for when all are printable, or -1. */
static int printable_xtext(struct span text)
{
	struct buffer decoded = BUFFER_INIT;
	int n = xtext_decode(&decoded, text) < 0 ? -1 : (int)decoded.len;

	for (size_t i = 0; n >= 0 && i < decoded.len; i++)
		if (decoded.data[i] < ' ' || decoded.data[i] > '~')
			n = -1;
	buffer_clear(&decoded);
	return n;
}

static int take_envid(struct span value, struct smtp_params *out, struct error *err)
{
	int n = value.len > (size_t)3 * ENVID_MAX ? -1 : printable_xtext(value);

	if (n < 1 || n > ENVID_MAX)
		return error_usage(
		    err, "ENVID: expected 1 to %d printable characters as an xtext", ENVID_MAX);
	out->envid = value;
	return 0;
}

static int take_notify(struct span value, struct smtp_params *out, struct error *err)
{
	static const char *const words[] = {"NEVER", "SUCCESS", "FAILURE", "DELAY"};
	unsigned set = 0;

	do {
		int at = name_find(words, ARRAY_SIZE(words), span_cut(&value, ','));

		if (at < 0)
			return error_usage(err,
			    "NOTIFY: expected NEVER, or SUCCESS, FAILURE and DELAY parted by "
			    "commas");
		set |= 1U << at;
	} while (value.data != NULL);
	if ((set & SMTP_NOTIFY_NEVER) != 0 && set != SMTP_NOTIFY_NEVER)
		return error_usage(err, "NOTIFY: expected NEVER alone, or without it the others");
	out->notify = set;
	return 0;
}

static bool atom_valid(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!mail_is_atext(s.data[i]))
			return false;
	return s.len > 0;
}

/* Addresses of the type utf-8 may be written as they are (RFC 6533 3); others are xtext. */
static int take_orcpt(struct span value, struct smtp_params *out, struct error *err)
{
	struct span address = value;
	struct span type = span_cut(&address, ';');
	bool utf8 = span_equal_nocase(type, SPAN("utf-8")) && utf8_valid(address);

	if (value.len > ORCPT_MAX)
		return error_usage(err, "ORCPT: expected at most %d characters", ORCPT_MAX);
	if (!atom_valid(type) || address.len == 0 || (!utf8 && printable_xtext(address) < 0))
		return error_usage(
		    err, "ORCPT: expected TYPE;ADDRESS with the address as an xtext");
	out->orcpt = value;
	return 0;
}

static const struct row {
	const char *name;
	int (*take)(struct span value, struct smtp_params *out, struct error *err);
} ROWS[] = {
    [SMTP_PARAM_SIZE] = {"SIZE", take_size},
    [SMTP_PARAM_BODY] = {"BODY", take_body},
    [SMTP_PARAM_AUTH] = {"AUTH", take_auth},
    [SMTP_PARAM_SMTPUTF8] = {"SMTPUTF8", take_smtputf8},
    [SMTP_PARAM_REQUIRETLS] = {"REQUIRETLS", take_requiretls},
    [SMTP_PARAM_RET] = {"RET", take_ret},
    [SMTP_PARAM_ENVID] = {"ENVID", take_envid},
    [SMTP_PARAM_NOTIFY] = {"NOTIFY", take_notify},
    [SMTP_PARAM_ORCPT] = {"ORCPT", take_orcpt},
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

static bool value_valid(struct span value, bool utf8)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.data[i];

		if (c < '!' || c == '=' || c == 0x7f || (c > 0x7f && !utf8))
			return false;
	}
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
	else if (!keyword_valid(keyword) || !value_valid(value, (allowed & SMTP_PARAMS_UTF8) != 0))
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
