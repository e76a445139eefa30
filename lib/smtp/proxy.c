/*
 * SPDX-License-Identifier: ISC
 *
 * The PROXY protocol's header (haproxy's proxy-protocol.txt), versions 1 and 2, read strictly:
 * whatever is not a whole, well-formed header of a TCP connection is refused. The TLVs of
 * version 2 are skipped.
 */
#include "smtp/proxy.h"

#include <string.h>

#define V1_MAX    107
#define V2_HEADER 16

static const struct span V1_START = {"PROXY ", 6};
static const struct span V2_START = {"\r\n\r\n\0\r\nQUIT\n", 12};

/* Whether in may become start, or begins with it. */
static bool may_start(struct span in, struct span start)
{
	return span_starts(start, span_first(in, start.len));
}

static int bad_v1(struct error *err, const char *what)
{
	return error_usage(err,
	    "PROXY header: %s: expected \"PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT\"", what);
}

static int parse_port(struct span text, uint16_t *port)
{
	uint64_t value;

	if (text.len > 1 && text.data[0] == '0')
		return -1;
	if (span_to_uint(text, UINT16_MAX, &value) < 0)
		return -1;
	*port = (uint16_t)value;
	return 0;
}

static int parse_ip(struct span text, bool v6, struct ip *ip)
{
	return (span_index(text, ':') >= 0) == v6 ? ip_parse(text, ip) : -1;
}

/* The line without "PROXY " and CRLF. */
static int parse_v1(struct span rest, struct smtp_proxy *out, struct error *err)
{
	struct span family = span_cut(&rest, ' ');
	struct span source = span_cut(&rest, ' ');
	struct span destination = span_cut(&rest, ' ');
	struct span source_port = span_cut(&rest, ' ');
	struct ip other;
	uint16_t other_port;
	bool v6 = span_equal(family, SPAN("TCP6"));

	if (span_equal(family, SPAN("UNKNOWN"))) {
		*out = (struct smtp_proxy){.local = true};
		return 0;
	}
	if (!v6 && !span_equal(family, SPAN("TCP4")))
		return bad_v1(err, "the protocol is unknown");
	if (parse_ip(source, v6, &out->client) < 0 || parse_ip(destination, v6, &other) < 0)
		return bad_v1(err, "an address is malformed");
	if (parse_port(source_port, &out->port) < 0 || parse_port(rest, &other_port) < 0)
		return bad_v1(err, "a port is malformed");
	return 0;
}

static ptrdiff_t take_v1(struct span in, struct smtp_proxy *out, struct error *err)
{
	struct span head = span_first(in, V1_MAX);
	ptrdiff_t lf = span_index(head, '\n');

	if (lf < 0 && head.len == V1_MAX)
		return bad_v1(err, "no line end within 107 octets");
	if (lf < 0)
		return 0;
	if (in.data[lf - 1] != '\r')
		return bad_v1(err, "the line end is not CRLF");
	head = span_after(span_first(in, (size_t)lf - 1), V1_START.len);
	return parse_v1(head, out, err) < 0 ? -1 : lf + 1;
}

/* The transports of version 2 that a mail connection can have. */
static const struct family {
	uint8_t octet;
	enum ip_family ip;
	size_t address; /* octets of one address */
} FAMILIES[] = {
    {0x11, IP_V4, 4},
    {0x21, IP_V6, 16},
};

static int parse_v2_addresses(
    uint8_t octet, struct span block, struct smtp_proxy *out, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(FAMILIES); i++) {
		const struct family *f = &FAMILIES[i];
		const uint8_t *p = (const uint8_t *)block.data;

		if (f->octet != octet)
			continue;
		if (block.len < 2 * f->address + 4)
			return error_usage(err,
			    "PROXY header: %zu octets of addresses: expected at least %zu",
			    block.len, 2 * f->address + 4);
		out->client.family = f->ip;
		memcpy(out->client.octets, p, f->address);
		out->client = ip_unmap(out->client);
		p += 2 * f->address;
		out->port = (uint16_t)(p[0] << 8 | p[1]);
		return 0;
	}
	if (octet == 0x00) {
		out->local = true;
		return 0;
	}
	return error_usage(err,
	    "PROXY header: transport 0x%02x: expected 0x11 (TCP over IPv4) or 0x21 (TCP over IPv6)",
	    octet);
}

static ptrdiff_t take_v2(struct span in, struct smtp_proxy *out, struct error *err)
{
	const uint8_t *p = (const uint8_t *)in.data;
	size_t len;

	if (in.len >= 13 && p[12] != 0x20 && p[12] != 0x21)
		return error_usage(err,
		    "PROXY header: version and command 0x%02x: expected 0x20 (LOCAL) or 0x21 "
		    "(PROXY)",
		    p[12]);
	if (in.len < V2_HEADER)
		return 0;
	len = (size_t)p[14] << 8 | p[15];
	if (V2_HEADER + len > SMTP_PROXY_MAX)
		return error_usage(err, "PROXY header: %zu octets: expected at most %d",
		    V2_HEADER + len, SMTP_PROXY_MAX);
	if (in.len < V2_HEADER + len)
		return 0;
	if (p[12] == 0x20)
		out->local = true;
	else if (parse_v2_addresses(p[13], span_of(in.data + V2_HEADER, len), out, err) < 0)
		return -1;
	return (ptrdiff_t)(V2_HEADER + len);
}

ptrdiff_t smtp_proxy_parse(struct span in, struct smtp_proxy *out, struct error *err)
{
	*out = (struct smtp_proxy){.local = false};
	if (in.len == 0)
		return 0;
	if (may_start(in, V1_START))
		return in.len < V1_START.len ? 0 : take_v1(in, out, err);
	if (may_start(in, V2_START))
		return in.len < V2_START.len ? 0 : take_v2(in, out, err);
	return error_usage(err,
	    "PROXY header: the connection does not begin with one: expected version 1 or 2; does "
	    "the proxy send it, or does proxy = required belong to another listener?");
}
