/*
 * SPDX-License-Identifier: ISC
 *
 * Encoded words by gmime, which is handed nothing but well-formed words in known character sets
 * (charset.h says why). Everything else is copied and made valid UTF-8 here.
 */
#include "mime/text.h"

#include <gmime/gmime.h>
#include <string.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "mime/charset.h"

/* Octets of a character set's name with its language tag (RFC 2231 5). */
#define CHARSET_MAX 60

void mime_init(void)
{
	g_mime_init();
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool charset_known(struct span charset)
{
	ptrdiff_t language = span_index(charset, '*');

	if (charset.len > CHARSET_MAX)
		return false;
	if (language >= 0)
		charset = span_first(charset, (size_t)language);
	return mime_charset_known(charset);
}

/* The octets of the encoded word that s begins with, or 0 (RFC 2047 2). */
static size_t word_octets(struct span s)
{
	struct span in = span_after(s, 2);
	ptrdiff_t mark = span_index(span_first(in, CHARSET_MAX + 1), '?');
	size_t n;

	if (!span_starts(s, SPAN("=?")) || mark < 0 || !charset_known(span_first(in, (size_t)mark)))
		return 0;
	in = span_after(in, (size_t)mark + 1);
	if (in.len < 2 || span_index(SPAN("BbQq"), in.data[0]) < 0 || in.data[1] != '?')
		return 0;
	in = span_after(in, 2);
	for (n = 0; n < in.len && in.data[n] > ' ' && in.data[n] <= '~' && in.data[n] != '?'; n++)
		;
	if (!span_starts(span_after(in, n), SPAN("?=")))
		return 0;
	return s.len - in.len + n + 2;
}

/* The octets of the encoded words that s begins with, and the blanks between them. */
static size_t run_octets(struct span s)
{
	size_t run = 0, next = 0, n;

	while ((n = word_octets(span_after(s, next))) > 0) {
		run = next = next + n;
		while (next < s.len && is_blank(s.data[next]))
			next++;
	}
	return run;
}

static void decode_run(struct buffer *out, struct arena *a, struct span run)
{
	char *text = g_mime_utils_header_decode_text(NULL, arena_copy(a, run));

	buffer_add_string(out, text);
	g_free(text);
}

static bool is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < ' ' || s.data[i] > '~')
			return false;
		if (s.data[i] == '=' && i + 1 < s.len && s.data[i + 1] == '?')
			return false;
	}
	return true;
}

/* Whether a character of n octets is a control character (C0, DEL, C1). */
static bool is_control(const char *p, size_t n)
{
	unsigned char first = (unsigned char)p[0];

	if (n == 1)
		return first < ' ' || first == 0x7f;
	return n == 2 && first == 0xc2 && (unsigned char)p[1] < 0xa0;
}

static const char *repair(struct arena *a, struct span s, bool blank_controls)
{
	struct buffer out = BUFFER_INIT;
	const char *copy;

	while (s.len > 0) {
		size_t n = utf8_length(s);

		if (n == 0 || (!blank_controls && s.data[0] == '\0'))
			buffer_add_string(&out, "\xef\xbf\xbd");
		else if (blank_controls && is_control(s.data, n))
			buffer_add_char(&out, ' ');
		else
			buffer_add(&out, s.data, n);
		s = span_after(s, n == 0 ? 1 : n);
	}
	copy = arena_copy(a, buffer_span(&out));
	buffer_clear(&out);
	return copy;
}

const char *mime_decode_words(struct arena *a, const char *value)
{
	struct span s = span_from(value);
	struct buffer decoded = BUFFER_INIT;
	const char *out;

	if (value == NULL)
		return NULL;
	if (is_plain(s))
		return arena_copy(a, s);
	if (s.len > MIME_WORDS_MAX)
		return repair(a, s, true);
	while (s.len > 0) {
		size_t run = run_octets(s);

		if (run > 0)
			decode_run(&decoded, a, span_first(s, run));
		else
			buffer_add_char(&decoded, s.data[0]);
		s = span_after(s, run > 0 ? run : 1);
	}
	out = repair(a, buffer_span(&decoded), true);
	buffer_clear(&decoded);
	return out;
}

const char *mime_valid_utf8(struct arena *a, struct span text)
{
	return repair(a, text, false);
}

const char *mime_valid_line(struct arena *a, struct span text)
{
	return repair(a, text, true);
}
