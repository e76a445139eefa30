/*
 * SPDX-License-Identifier: ISC
 *
 * Encodings of bytes as text.
 */
#include "base/codec.h"

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buffer *out, struct span bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.data;

	buffer_reserve(out, (bytes.len + 2) / 3 * 4);
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t v = (uint32_t)p[i] << 16;

		v |= n > 1 ? (uint32_t)p[i + 1] << 8 : 0;
		v |= n > 2 ? p[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			buffer_add_char(out, k <= n ? BASE64[v >> (18 - 6 * k) & 63] : '=');
	}
}

static int base64_value(char c)
{
	ptrdiff_t at = span_index(SPAN("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789+/"),
	    c);

	return (int)at;
}

/* One group of four characters; returns the number of octets, or -1. */
static int decode_group(const char *p, bool last, unsigned char octets[3])
{
	int n = last && p[3] == '=' ? (p[2] == '=' ? 1 : 2) : 3;
	uint32_t v = 0;

	for (int k = 0; k < 4; k++) {
		int digit = k <= n ? base64_value(p[k]) : 0;

		if (digit < 0)
			return -1;
		v = v << 6 | (uint32_t)digit;
	}
	if ((n == 1 && (v & 0xffff) != 0) || (n == 2 && (v & 0xff) != 0))
		return -1;
	octets[0] = (unsigned char)(v >> 16);
	octets[1] = (unsigned char)(v >> 8);
	octets[2] = (unsigned char)v;
	return n;
}

int base64_decode(struct buffer *out, struct span text)
{
	size_t before = out->len;

	if (text.len % 4 != 0)
		return -1;
	for (size_t i = 0; i < text.len; i += 4) {
		unsigned char octets[3];
		int n = decode_group(text.data + i, i + 4 == text.len, octets);

		if (n < 0) {
			buffer_truncate(out, before);
			return -1;
		}
		buffer_add(out, octets, (size_t)n);
	}
	return 0;
}

static int hex_value(char c)
{
	if (ascii_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int xtext_decode(struct buffer *out, struct span text)
{
	size_t before = out->len;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c == '+') {
			int high = i + 2 < text.len ? hex_value(text.data[i + 1]) : -1;
			int low = i + 2 < text.len ? hex_value(text.data[i + 2]) : -1;

			if (high < 0 || low < 0)
				goto malformed;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c < '!' || c > '~' || c == '=') {
			goto malformed;
		}
		buffer_add_char(out, c);
	}
	return 0;
malformed:
	buffer_truncate(out, before);
	return -1;
}

size_t utf8_length(struct span s)
{
	/* The smallest code point that needs so many octets; a smaller one is an overlong form. */
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = s.len == 0 ? 0x80 : (unsigned char)s.data[0];
	size_t n = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t code = first & (0x7fU >> n);

	if (n < 2 || first > 0xf4 || s.len < n)
		return n == 1 ? 1 : 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.data[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)s.data[i] & 0x3fU);
	}
	if (code < smallest[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return n;
}

bool utf8_valid(struct span s)
{
	while (s.len > 0) {
		size_t n = utf8_length(s);

		if (n == 0)
			return false;
		s = span_after(s, n);
	}
	return true;
}

void ulid_format(char out[ULID_SIZE], int64_t unix_ms, const uint8_t random[10])
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t bytes[16];

	for (int i = 0; i < 6; i++)
		bytes[i] = (uint8_t)((uint64_t)unix_ms >> (40 - 8 * i));
	for (int i = 0; i < 10; i++)
		bytes[6 + i] = random[i];
	/* 128 bits in 26 digits of 5: the first digit holds only the top 3 bits. */
	for (int i = 0; i < 26; i++) {
		int bit = i * 5 - 2;
		unsigned v = 0;

		for (int k = 0; k < 5; k++) {
			int at = bit + k;

			v <<= 1;
			if (at >= 0)
				v |= bytes[at / 8] >> (7 - at % 8) & 1U;
		}
		out[i] = digits[v];
	}
	out[26] = '\0';
}
