/*
 * SPDX-License-Identifier: ISC
 *
 * IP addresses and prefixes as plain values.
 */
#include "base/ip.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

int ip_parse(struct span text, struct ip *out)
{
	char buf[IP_TEXT_SIZE];

	if (text.len == 0 || text.len >= sizeof(buf) || memchr(text.data, '\0', text.len) != NULL)
		return -1;
	memcpy(buf, text.data, text.len);
	buf[text.len] = '\0';
	*out = (struct ip){.family = IP_V4};
	if (inet_pton(AF_INET, buf, out->octets) == 1)
		return 0;
	*out = (struct ip){.family = IP_V6};
	if (inet_pton(AF_INET6, buf, out->octets) != 1)
		return -1;
	*out = ip_unmap(*out);
	return 0;
}

int ip_prefix_parse(struct span text, struct ip_prefix *out)
{
	ptrdiff_t slash = span_index(text, '/');
	struct span address = slash < 0 ? text : span_first(text, (size_t)slash);
	/* Of a mapped address, the first 96 bits say only that it is IPv4. */
	bool mapped = span_index(address, ':') >= 0;
	uint64_t bits;

	if (ip_parse(address, &out->ip) < 0)
		return -1;
	mapped = mapped && out->ip.family == IP_V4;
	out->bits = out->ip.family == IP_V4 ? 32 : 128;
	if (slash < 0)
		return 0;
	if (span_to_uint(span_after(text, (size_t)slash + 1), mapped ? 128 : out->bits, &bits) <
		0 ||
	    (mapped && bits < 96))
		return -1;
	out->bits = (unsigned)(mapped ? bits - 96 : bits);
	return 0;
}

struct ip ip_unmap(struct ip ip)
{
	struct ip v4 = {.family = IP_V4};

	if (ip.family != IP_V6 || memcmp(ip.octets, MAPPED, sizeof(MAPPED)) != 0)
		return ip;
	memcpy(v4.octets, ip.octets + sizeof(MAPPED), 4);
	return v4;
}

const char *ip_format(const struct ip *ip, char out[IP_TEXT_SIZE])
{
	out[0] = '\0';
	if (ip->family != IP_NONE)
		inet_ntop(ip->family == IP_V4 ? AF_INET : AF_INET6, ip->octets, out, IP_TEXT_SIZE);
	return out;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family == b->family && memcmp(a->octets, b->octets, sizeof(a->octets)) == 0;
}

bool ip_in_prefix(const struct ip *ip, const struct ip_prefix *prefix)
{
	unsigned all = ip->family == IP_V4 ? 32 : 128;
	unsigned bits = prefix->bits < all ? prefix->bits : all;
	unsigned whole = bits / 8, rest = bits % 8;

	if (ip->family != prefix->ip.family || ip->family == IP_NONE)
		return false;
	if (memcmp(ip->octets, prefix->ip.octets, whole) != 0)
		return false;
	return rest == 0 || (ip->octets[whole] ^ prefix->ip.octets[whole]) >> (8 - rest) == 0;
}

const char *ip_reverse_name(const struct ip *ip, char out[IP_REVERSE_SIZE])
{
	const uint8_t *o = ip->octets;
	size_t n = 0;

	out[0] = '\0';
	if (ip->family == IP_V4)
		snprintf(out, IP_REVERSE_SIZE, "%u.%u.%u.%u.in-addr.arpa", o[3], o[2], o[1], o[0]);
	if (ip->family != IP_V6)
		return out;
	for (int i = 15; i >= 0; i--)
		n += (size_t)snprintf(
		    out + n, IP_REVERSE_SIZE - n, "%x.%x.", o[i] & 15U, (unsigned)o[i] >> 4);
	snprintf(out + n, IP_REVERSE_SIZE - n, "ip6.arpa");
	return out;
}

bool ip_is_loopback(const struct ip *ip)
{
	static const uint8_t one[16] = {[15] = 1};

	if (ip->family == IP_V4)
		return ip->octets[0] == 127;
	return ip->family == IP_V6 && memcmp(ip->octets, one, sizeof(one)) == 0;
}

bool ip_is_private(const struct ip *ip)
{
	static const struct ip_prefix PRIVATE[] = {
	    {{IP_V4, {10}}, 8},
	    {{IP_V4, {172, 16}}, 12},
	    {{IP_V4, {192, 168}}, 16},
	    {{IP_V4, {169, 254}}, 16},
	    {{IP_V4, {100, 64}}, 10},
	    {{IP_V6, {0xfc}}, 7},
	    {{IP_V6, {0xfe, 0x80}}, 10},
	};

	for (size_t i = 0; i < ARRAY_SIZE(PRIVATE); i++)
		if (ip_in_prefix(ip, &PRIVATE[i]))
			return true;
	return ip_is_loopback(ip);
}
