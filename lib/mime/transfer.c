/*
 * SPDX-License-Identifier: ISC
 *
 * Content transfer encodings by gmime's decoders, piece by piece, so that memory does not grow
 * with what is only counted.
 */
#include "mime/transfer.h"

#include <gmime/gmime.h>
#include <stdlib.h>

#include "base/memory.h"

#define PIECE 65536

static const GMimeContentEncoding ENCODINGS[] = {
    [MIME_ENCODING_NONE] = GMIME_CONTENT_ENCODING_BINARY,
    [MIME_ENCODING_QUOTED] = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
    [MIME_ENCODING_BASE64] = GMIME_CONTENT_ENCODING_BASE64,
    [MIME_ENCODING_UU] = GMIME_CONTENT_ENCODING_UUENCODE,
};
_Static_assert(ARRAY_SIZE(ENCODINGS) == MIME_ENCODING_COUNT, "one decoder for each");

static const struct {
	struct span name;
	enum mime_encoding encoding;
} NAMES[] = {
    {{"quoted-printable", 16}, MIME_ENCODING_QUOTED},
    {{"base64", 6}, MIME_ENCODING_BASE64},
    {{"x-uuencode", 10}, MIME_ENCODING_UU},
    {{"uuencode", 8}, MIME_ENCODING_UU},
    {{"x-uue", 5}, MIME_ENCODING_UU},
};

enum mime_encoding mime_encoding_of(struct span value)
{
	size_t n = 0;

	value = span_trim(value);
	while (n < value.len && span_index(SPAN(" \t;("), value.data[n]) < 0)
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(NAMES); i++)
		if (span_equal_nocase(span_first(value, n), NAMES[i].name))
			return NAMES[i].encoding;
	return MIME_ENCODING_NONE;
}

/* Behind the line "begin MODE NAME", which the decoder does not know; empty without one. */
static struct span uu_data(struct span body)
{
	while (body.data != NULL) {
		struct span line = span_cut(&body, '\n');

		if (span_starts(line, SPAN("begin ")))
			return body;
	}
	return body;
}

static void keep(struct buffer *out, size_t *left, struct span octets)
{
	octets = span_first(octets, *left);
	if (octets.len > 0)
		buffer_add_span(out, octets);
	*left -= octets.len;
}

static uint64_t decode(
    struct span body, GMimeContentEncoding encoding, struct buffer *out, size_t left)
{
	GMimeEncoding state;
	uint64_t total = 0;
	char *piece;
	size_t n;

	g_mime_encoding_init_decode(&state, encoding);
	if (encoding == GMIME_CONTENT_ENCODING_UUENCODE)
		state.state |= GMIME_UUDECODE_STATE_BEGIN;
	piece = memory_new(g_mime_encoding_outlen(&state, PIECE));
	while (body.len > 0) {
		struct span in = span_first(body, PIECE);

		n = g_mime_encoding_step(&state, in.data, in.len, piece);
		keep(out, &left, span_of(piece, n));
		total += n;
		body = span_after(body, in.len);
	}
	n = g_mime_encoding_flush(&state, "", 0, piece);
	keep(out, &left, span_of(piece, n));
	free(piece);
	return total + n;
}

uint64_t mime_transfer_decode(
    struct span body, enum mime_encoding encoding, struct buffer *out, size_t max)
{
	if (encoding == MIME_ENCODING_UU)
		body = uu_data(body);
	if (encoding != MIME_ENCODING_NONE)
		return decode(body, ENCODINGS[encoding], out, max);
	keep(out, &max, body);
	return body.len;
}
