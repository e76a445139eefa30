/*
 * SPDX-License-Identifier: ISC
 *
 * IPv4 and IPv6 addresses and prefixes as plain values, in network byte order. IPv4-mapped IPv6
 * addresses (::ffff:a.b.c.d) are turned into IPv4 by ip_parse and ip_unmap, since mail standards
 * judge them as IPv4 (RFC 7208 5).
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum ip_family {
	IP_NONE, /* no address known */
	IP_V4,
	IP_V6,
};

struct ip {
	enum ip_family family;
	uint8_t octets[16]; /* the first 4 for IPv4; the rest is zero */
};

struct ip_prefix {
	struct ip ip;
	unsigned bits; /* 0-32 or 0-128 */
};

#define IP_TEXT_SIZE 46
/* Longest reverse name: 32 nibbles with dots and "ip6.arpa". */
#define IP_REVERSE_SIZE 74

/* Dotted quad or RFC 4291 text, nothing around it; 0 or -1. */
int ip_parse(struct span text, struct ip *out);
/*
 * ADDRESS or ADDRESS/BITS; bits beyond the prefix may be set. A mapped address with 96 to 128 bits
 * is an IPv4 prefix, with fewer it is none. 0 or -1.
 */
int ip_prefix_parse(struct span text, struct ip_prefix *out);
struct ip ip_unmap(struct ip ip);
/* Canonical text (RFC 5952); "" for IP_NONE. Returns out. */
const char *ip_format(const struct ip *ip, char out[IP_TEXT_SIZE]);
bool ip_equal(const struct ip *a, const struct ip *b);
/* Whether ip lies in the prefix; never across families. bits above the family's are its all. */
bool ip_in_prefix(const struct ip *ip, const struct ip_prefix *prefix);
/* The name a PTR record is asked at (RFC 1035 3.5, RFC 3596 2.5), without a final dot. */
const char *ip_reverse_name(const struct ip *ip, char out[IP_REVERSE_SIZE]);
bool ip_is_loopback(const struct ip *ip);
/* Whether it can be no sender's on the Internet: loopback, private, link-local, a carrier's NAT. */
bool ip_is_private(const struct ip *ip);

#endif
