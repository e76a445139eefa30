/*
 * SPDX-License-Identifier: ISC
 *
 * The transcript of a session. Octets that would change a terminal, or are no UTF-8, are written
 * as \xNN.
 */
#include "gateway/transcript.h"

#include <stdarg.h>

#include "base/codec.h"
#include "run/clock.h"
#include "smtp/mask.h"

/* U+0080 to U+009F are controls to a terminal too; their second octet is no UTF-8 by itself. */
static bool is_control(struct span s)
{
	unsigned char c = (unsigned char)s.data[0];

	return c < ' ' || c == 127 || (c == 0xc2 && s.len > 1 && (unsigned char)s.data[1] < 0xa0);
}

static void add_text(struct buffer *out, struct span line)
{
	while (line.len > 0) {
		unsigned char c = (unsigned char)line.data[0];
		size_t n = utf8_length(line);

		if (n > 0 && !is_control(line) && c != '\\') {
			buffer_add(out, line.data, n);
		} else {
			buffer_printf(out, "\\x%02x", c);
			n = 1;
		}
		line = span_after(line, n);
	}
}

static void add_line(struct transcript *t, const char *who, struct span line)
{
	int64_t ms = (clock_steady_us() - t->started_us) / 1000;
	size_t before = t->text.len;

	if (t->off || t->written >= TRANSCRIPT_MAX)
		return;
	buffer_printf(
	    &t->text, "%4lld.%03lld %s ", (long long)ms / 1000, (long long)ms % 1000, who);
	add_text(&t->text, line);
	buffer_add_char(&t->text, '\n');
	t->written += t->text.len - before;
	if (t->written >= TRANSCRIPT_MAX)
		buffer_add_string(&t->text, "         -- the transcript ends here: it is full\n");
}

void transcript_client(struct transcript *t, struct span line)
{
	add_line(t, "C:", line);
}

void transcript_server(struct transcript *t, struct span lines)
{
	while (lines.len > 0) {
		struct span line = span_cut(&lines, '\n');

		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		if (smtp_mask_hides_reply(line))
			line = SPAN("334 ****");
		add_line(t, "S:", line);
	}
}

void transcript_note(struct transcript *t, const char *fmt, ...)
{
	struct buffer text = BUFFER_INIT;
	va_list ap;

	va_start(ap, fmt);
	buffer_vprintf(&text, fmt, ap);
	va_end(ap);
	add_line(t, "--", buffer_span(&text));
	buffer_clear(&text);
}
