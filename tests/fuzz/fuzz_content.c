/*
 * SPDX-License-Identifier: ISC
 *
 * Fuzzes the content of a message. Its parts must be numbered as in IMAP, in order and once each,
 * and be there when they are asked for; everything is valid UTF-8 within its bounds.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "mime/content.h"
#include "mime/text.h"

#define PARTS_READ 30

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_text(const char *text, size_t max)
{
	struct span s = span_from(text);

	require(text != NULL && s.len <= max && utf8_valid(s));
}

static void check_line(const char *text)
{
	if (text == NULL)
		return;
	require(utf8_valid(span_from(text)));
	for (; *text != '\0'; text++)
		require((unsigned char)*text >= ' ' && *text != 0x7f);
}

/* "1.2" comes behind "1.1.9" and before "1.2.1" and "1.10". */
static bool comes_behind(const char *number, const char *before)
{
	struct span a = span_from(before), b = span_from(number);

	while (a.data != NULL && a.len > 0) {
		uint64_t x, y;

		require(span_to_uint(span_cut(&a, '.'), MIME_PARTS_MAX, &x) == 0);
		if (b.data == NULL || b.len == 0)
			return false;
		require(span_to_uint(span_cut(&b, '.'), MIME_PARTS_MAX, &y) == 0);
		if (x != y)
			return y > x;
	}
	return b.data != NULL && b.len > 0;
}

static unsigned depth_of(const char *number)
{
	unsigned depth = number[0] != '\0';

	for (; *number != '\0'; number++)
		depth += *number == '.';
	return depth;
}

static void check_part(const struct mime_content *c, size_t i, struct span source)
{
	const struct mime_part *p = &c->parts[i];
	struct buffer octets = BUFFER_INIT;

	require(i == 0 ? p->number[0] == '\0' : comes_behind(p->number, c->parts[i - 1].number));
	require(p->depth == depth_of(p->number) && p->depth <= MIME_DEPTH_MAX);
	require(!p->multipart || p->size == 0);
	require(p->size <= source.len);
	check_line(p->type);
	check_line(p->charset);
	check_line(p->disposition);
	check_line(p->filename);
	check_line(p->content_id);
	if (i < PARTS_READ) {
		require(mime_part_read(source, p->number, &octets) == 1);
		require(octets.len <= source.len);
		require(p->multipart || octets.len == p->size);
	}
	buffer_clear(&octets);
}

static void check_parts(const struct mime_content *c, struct span source)
{
	size_t attachments = 0;

	require(c->part_count >= 1 && c->part_count <= MIME_PARTS_MAX);
	require(c->parts[0].multipart);
	for (size_t i = 0; i < c->part_count; i++) {
		check_part(c, i, source);
		if (!c->parts[i].attachment)
			continue;
		require(strcmp(mime_attachment(c, ++attachments), c->parts[i].number) == 0);
	}
	require(attachments == c->attachment_count);
	require(mime_attachment(c, attachments + 1) == NULL);
}

static void check_links(const struct mime_content *c)
{
	require(c->link_count <= MIME_LINKS_MAX);
	for (size_t i = 0; i < c->link_count; i++) {
		struct span link = span_from(c->links[i]);

		check_line(c->links[i]);
		require(span_index(link, ' ') < 0);
		require(span_starts_nocase(link, SPAN("http://")) ||
			span_starts_nocase(link, SPAN("https://")) ||
			span_starts_nocase(link, SPAN("mailto:")));
		for (size_t k = 0; k < i && i < 100; k++)
			require(strcmp(c->links[i], c->links[k]) != 0);
	}
}

static void check_code(const char *code)
{
	size_t n = code == NULL ? 0 : strlen(code);

	require(code == NULL || (n >= 4 && n <= 8));
	for (size_t i = 0; i < n; i++)
		require(ascii_digit(code[i]) || (code[i] >= 'A' && code[i] <= 'Z'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span source = span_of(data, size);
	struct arena *a = arena_new();
	struct buffer octets = BUFFER_INIT;
	struct mime_content c;

	mime_init();
	mime_content_read(source, a, &c);
	check_parts(&c, source);
	check_links(&c);
	check_text(c.text, MIME_TEXT_MAX);
	if (c.html != NULL)
		check_text(c.html, MIME_TEXT_MAX);
	check_code(mime_code(&c, NULL, a));
	check_code(mime_code(&c, c.html, a));
	require(mime_part_read(source, "0", &octets) == 0);
	buffer_clear(&octets);
	arena_free(a);
	return 0;
}
