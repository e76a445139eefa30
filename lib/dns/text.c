/*
 * SPDX-License-Identifier: ISC
 *
 * Escapes of master files.
 */
#include "dns/text.h"

int dns_octet_read(struct span text, size_t *at, uint8_t *out)
{
	struct span rest = span_after(text, *at);
	uint64_t value;

	if (rest.len == 0 || (rest.data[0] == '\\' && rest.len == 1))
		return -1;
	if (rest.data[0] != '\\') {
		*out = (uint8_t)rest.data[0];
		*at += 1;
	} else if (!ascii_digit(rest.data[1])) {
		*out = (uint8_t)rest.data[1];
		*at += 2;
	} else {
		if (rest.len < 4 ||
		    span_to_uint(span_first(span_after(rest, 1), 3), 255, &value) < 0)
			return -1;
		*out = (uint8_t)value;
		*at += 4;
	}
	return 0;
}

const char *dns_octet_escape(uint8_t octet, char out[5])
{
	out[0] = '\\';
	out[1] = (char)('0' + octet / 100);
	out[2] = (char)('0' + octet / 10 % 10);
	out[3] = (char)('0' + octet % 10);
	out[4] = '\0';
	return out;
}
