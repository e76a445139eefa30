/*
 * SPDX-License-Identifier: ISC
 *
 * The data of records as text, in the form of master files (RFC 1035 5.1), for the evidence.
 */
#include "base/buffer.h"
#include "dns/name.h"
#include "dns/record.h"
#include "dns/text.h"

#define STRING_MAX 255

static void write_string(struct buffer *out, struct span s)
{
	char escape[5];

	buffer_add_char(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.data[i];

		if (c >= ' ' && c < 0x7f && c != '"' && c != '\\')
			buffer_add_char(out, (char)c);
		else
			buffer_add_string(out, dns_octet_escape(c, escape));
	}
	buffer_add_char(out, '"');
}

static void write_text(struct buffer *out, struct span text)
{
	write_string(out, span_first(text, STRING_MAX));
	while (text.len > STRING_MAX) {
		text = span_after(text, STRING_MAX);
		buffer_add_char(out, ' ');
		write_string(out, span_first(text, STRING_MAX));
	}
}

void dns_rdata_write(struct buffer *out, enum dns_type type, const struct dns_record *r)
{
	char ip[IP_TEXT_SIZE];

	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		buffer_add_string(out, ip_format(&r->ip, ip));
		break;
	case DNS_MX:
		buffer_printf(out, "%u %s.", r->preference, r->name);
		break;
	case DNS_TXT:
		write_text(out, r->text);
		break;
	case DNS_PTR:
	case DNS_CNAME:
		buffer_printf(out, "%s.", r->name);
		break;
	case DNS_TYPE_COUNT:
		break;
	}
}

/* An AAAA record may hold an IPv4-mapped address, which ip_parse gives as IPv4. */
static struct ip mapped(struct ip v4)
{
	struct ip ip = {.family = IP_V6, .octets = {[10] = 0xff, [11] = 0xff}};

	for (size_t i = 0; i < 4; i++)
		ip.octets[12 + i] = v4.octets[i];
	return ip;
}

static int read_ip(enum dns_type type, struct span text, struct ip *out)
{
	if (ip_parse(text, out) < 0)
		return -1;
	if ((type == DNS_AAAA) != (span_index(text, ':') >= 0))
		return -1;
	if (type == DNS_AAAA && out->family == IP_V4)
		*out = mapped(*out);
	return 0;
}

static int read_name(struct arena *a, struct span text, struct dns_record *out)
{
	char name[DNS_NAME_SIZE];

	if (dns_name_read(text, name) < 0)
		return -1;
	out->name = arena_string(a, name);
	return 0;
}

static int read_mx(struct arena *a, struct span text, struct dns_record *out)
{
	uint64_t preference;

	if (span_to_uint(span_cut(&text, ' '), UINT16_MAX, &preference) < 0)
		return -1;
	out->preference = (uint16_t)preference;
	return read_name(a, text, out);
}

/* One quoted string at *at, appended to out. */
static int read_string(struct span text, size_t *at, struct buffer *out)
{
	uint8_t octet;

	if (*at >= text.len || text.data[(*at)++] != '"')
		return -1;
	while (*at < text.len && text.data[*at] != '"') {
		if (dns_octet_read(text, at, &octet) < 0)
			return -1;
		buffer_add_char(out, (char)octet);
	}
	return *at < text.len && text.data[(*at)++] == '"' ? 0 : -1;
}

static int read_text(struct arena *a, struct span text, struct dns_record *out)
{
	struct buffer joined = BUFFER_INIT;
	size_t at = 0;
	int failed = read_string(text, &at, &joined);

	while (failed == 0 && at < text.len)
		failed = text.data[at++] == ' ' ? read_string(text, &at, &joined) : -1;
	if (failed == 0)
		out->text = arena_span(a, buffer_span(&joined));
	buffer_clear(&joined);
	return failed;
}

int dns_rdata_read(struct arena *a, enum dns_type type, struct span text, struct dns_record *out)
{
	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		return read_ip(type, text, &out->ip);
	case DNS_MX:
		return read_mx(a, text, out);
	case DNS_TXT:
		return read_text(a, text, out);
	case DNS_PTR:
	case DNS_CNAME:
		return read_name(a, text, out);
	case DNS_TYPE_COUNT:
		break;
	}
	return -1;
}
