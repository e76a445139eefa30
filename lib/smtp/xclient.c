/*
 * SPDX-License-Identifier: ISC
 *
 * The argument of XCLIENT.
 */
#include "smtp/xclient.h"

#include "base/codec.h"
#include "smtp/command.h"

#define VALUE_MAX 255

static int take_name(struct span value, struct smtp_xclient *out, struct error *err)
{
	(void)err;
	out->name = value;
	return 0;
}

static int take_addr(struct span value, struct smtp_xclient *out, struct error *err)
{
	bool v6 = span_starts_nocase(value, SPAN("IPV6:"));
	struct span text = v6 ? span_after(value, 5) : value;

	out->has_addr = true;
	if (value.len == 0)
		return 0;
	if ((span_index(text, ':') >= 0) != v6 || ip_parse(text, &out->addr) < 0)
		return error_usage(err, "ADDR: expected an IPv4 address or IPV6:ADDRESS");
	return 0;
}

static int take_port(struct span value, struct smtp_xclient *out, struct error *err)
{
	uint64_t port = 0;

	if (value.len > 0 && span_to_uint(value, UINT16_MAX, &port) < 0)
		return error_usage(err, "PORT: expected a number up to 65535");
	out->port = (uint16_t)port;
	return 0;
}

static int take_proto(struct span value, struct smtp_xclient *out, struct error *err)
{
	if (value.len > 0 && !span_equal_nocase(value, SPAN("SMTP")) &&
	    !span_equal_nocase(value, SPAN("ESMTP")))
		return error_usage(err, "PROTO: expected SMTP or ESMTP");
	out->proto = value.len == 0 ? value : value.len == 4 ? SPAN("SMTP") : SPAN("ESMTP");
	return 0;
}

static int take_helo(struct span value, struct smtp_xclient *out, struct error *err)
{
	(void)err;
	out->helo = value;
	return 0;
}

static int take_login(struct span value, struct smtp_xclient *out, struct error *err)
{
	(void)err;
	out->login = value;
	return 0;
}

/* In the order of the EHLO line. */
static const struct row {
	const char *name;
	int (*take)(struct span value, struct smtp_xclient *out, struct error *err);
} ROWS[] = {
    {"NAME", take_name},
    {"ADDR", take_addr},
    {"PORT", take_port},
    {"PROTO", take_proto},
    {"HELO", take_helo},
    {"LOGIN", take_login},
};

void smtp_xclient_attributes(struct buffer *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : " ", ROWS[i].name);
}

/* The decoded value; empty when the proxy says that it does not know. */
static int decode(struct span value, struct arena *a, struct span *out, struct error *err)
{
	struct buffer b = BUFFER_INIT;
	int result = -1;

	*out = SPAN("");
	if (span_equal_nocase(value, SPAN("[UNAVAILABLE]")) ||
	    span_equal_nocase(value, SPAN("[TEMPUNAVAIL]")))
		return 0;
	if (value.len == 0 || xtext_decode(&b, value) < 0)
		error_usage(err, "malformed value: expected an xtext (RFC 3461 4)");
	else if (b.len > VALUE_MAX || smtp_command_has_control(buffer_span(&b), true))
		error_usage(err, "the value is too long or holds a control octet");
	else
		result = 0;
	if (result == 0)
		*out = arena_span(a, buffer_span(&b));
	buffer_clear(&b);
	return result;
}

static int take_attribute(
    struct span part, unsigned *given, struct arena *a, struct smtp_xclient *out, struct error *err)
{
	struct span value = part;
	struct span name = span_cut(&value, '=');
	struct span decoded;

	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		if (!span_equal_nocase(name, span_from(ROWS[i].name)))
			continue;
		if ((*given & 1U << i) != 0)
			return error_usage(err, "%s: given twice", ROWS[i].name);
		*given |= 1U << i;
		if (decode(value, a, &decoded, err) < 0)
			return -1;
		return ROWS[i].take(decoded, out, err);
	}
	return error_usage(err,
	    "unknown attribute: expected NAME=VALUE with NAME, ADDR, PORT, PROTO, HELO or LOGIN");
}

int smtp_xclient_parse(
    struct span argument, struct arena *a, struct smtp_xclient *out, struct error *err)
{
	unsigned given = 0;

	*out = (struct smtp_xclient){.has_addr = false};
	do {
		if (take_attribute(span_cut(&argument, ' '), &given, a, out, err) < 0)
			return -1;
	} while (argument.data != NULL);
	return 0;
}
