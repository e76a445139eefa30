/*
 * SPDX-License-Identifier: ISC
 *
 * Reply lines as a hostile server may send them; and what is written can be read again.
 */
#include <stdlib.h>
#include <string.h>

#include "smtp/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void read_all(struct span in)
{
	struct smtp_reply_line line;
	struct error err = {.text = ""};
	ptrdiff_t n;

	while ((n = smtp_reply_line_parse(in, &line, &err)) > 0) {
		require((size_t)n <= in.len && in.data[n - 1] == '\n');
		require(line.code >= 200 && line.code <= 599);
		require(line.text.data >= in.data && line.text.data + line.text.len < in.data + n);
		require(span_index(line.text, '\n') < 0);
		/* A beginning of a good line is never refused. */
		require(smtp_reply_line_parse(span_first(in, (size_t)n / 2), &line, &err) == 0);
		in = span_after(in, (size_t)n);
	}
	require(n == 0 || err.text[0] != '\0');
}

static void write_and_read(struct span text)
{
	char *copy = strndup(text.data == NULL ? "" : text.data, text.len);
	struct buffer out = BUFFER_INIT;
	struct smtp_reply_line line = {.last = false};
	struct span rest;

	smtp_reply_write(&out, SMTP_REPLY(250, "2.0.0", copy));
	rest = buffer_span(&out);
	while (rest.len > 0) {
		ptrdiff_t n = smtp_reply_line_parse(rest, &line, NULL);

		require(n > 0 && n <= 512 && line.code == 250);
		require(rest.data[n - 2] == '\r' && memchr(rest.data, '\r', (size_t)n - 2) == NULL);
		rest = span_after(rest, (size_t)n);
		require(line.last == (rest.len == 0));
	}
	require(line.last);
	buffer_clear(&out);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_all(span_of(data, size));
	write_and_read(span_of(data, size));
	return 0;
}
