/*
 * SPDX-License-Identifier: ISC
 *
 * What a person finds in a message: the parts of tree.h, their text in UTF-8, its links.
 */
#include "mime/content.h"

#include <string.h>

#include "mime/charset.h"
#include "mime/html.h"
#include "mime/links.h"
#include "mime/tree.h"

/* Octets of a part whose text is read: those of UTF-16 are two for one of UTF-8. */
#define OCTETS_MAX (2 * (size_t)MIME_TEXT_MAX)

/* Text of the parts of one type. */
struct gathered {
	struct buffer text;
	bool any; /* there is such a part */
	bool cut;
};

static bool is_shown(const struct mime_node *n, const char *type)
{
	return !n->part.multipart && !n->part.attachment && !n->hidden &&
	       strcmp(n->part.type, type) == 0;
}

/* CRLF as LF. */
static void unify_lines(struct buffer *text, size_t from)
{
	size_t n = from;

	for (size_t i = from; i < text->len; i++)
		if (text->data[i] != '\r' || i + 1 == text->len || text->data[i + 1] != '\n')
			text->data[n++] = text->data[i];
	buffer_truncate(text, n);
}

static uint64_t gather(struct gathered *g, const struct mime_node *n)
{
	struct buffer octets = BUFFER_INIT;
	uint64_t size = mime_transfer_decode(n->body, n->encoding, &octets, OCTETS_MAX);
	size_t from;

	if (g->text.len > 0 && g->text.len < MIME_TEXT_MAX && g->text.data[g->text.len - 1] != '\n')
		buffer_add_char(&g->text, '\n');
	from = g->text.len;
	if (!mime_charset_decode(
		&g->text, buffer_span(&octets), span_from(n->part.charset), MIME_TEXT_MAX - from))
		g->cut = true;
	unify_lines(&g->text, from);
	g->cut = g->cut || size > octets.len;
	g->any = true;
	buffer_clear(&octets);
	return size;
}

/* The parts, and their text into plain and html. */
static void read_parts(const struct mime_tree *tree, struct mime_content *out,
    struct gathered *plain, struct gathered *html)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct mime_node *n = &tree->nodes[i];
		struct mime_part *part = &out->parts[i];

		*part = n->part;
		out->attachment_count += part->attachment;
		if (is_shown(n, "text/plain"))
			part->size = gather(plain, n);
		else if (is_shown(n, "text/html"))
			part->size = gather(html, n);
		else if (!part->multipart)
			part->size = mime_transfer_decode(n->body, n->encoding, NULL, 0);
	}
}

/* As much of it as there may be, without a part of a character. */
static size_t text_octets(const struct buffer *text)
{
	size_t n = text->len;

	if (n <= MIME_TEXT_MAX)
		return n;
	for (n = MIME_TEXT_MAX; n > 0 && ((unsigned char)text->data[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

static void read_links(struct arena *a, const struct gathered *plain, const struct gathered *html,
    struct buffer *text, struct mime_content *out)
{
	struct mime_links links = {.arena = a};

	mime_links_scan(&links, buffer_span(&plain->text));
	mime_html_read(buffer_span(&html->text), text, &links);
	out->link_count = links.count;
	out->links = arena_alloc(a, (links.count + 1) * sizeof(*out->links));
	memcpy(out->links, links.items, links.count * sizeof(*out->links));
}

void mime_content_read(struct span source, struct arena *a, struct mime_content *out)
{
	struct gathered plain = {.text = BUFFER_INIT}, html = {.text = BUFFER_INIT};
	struct buffer text = BUFFER_INIT;
	struct mime_tree tree;

	mime_tree_read(source, a, &tree);
	*out = (struct mime_content){
	    .parts = arena_alloc(a, tree.count * sizeof(*out->parts)),
	    .part_count = tree.count,
	    .parts_cut = tree.cut,
	};
	read_parts(&tree, out, &plain, &html);
	read_links(a, &plain, &html, &text, out);
	if (text.len > MIME_TEXT_MAX)
		html.cut = true;
	buffer_truncate(&text, text_octets(&text));
	/* Many programs send an empty text/plain beside the HTML. */
	out->text = arena_copy(a, span_trim(buffer_span(&plain.text)).len > 0 || !html.any
				      ? buffer_span(&plain.text)
				      : buffer_span(&text));
	out->html = html.any ? arena_copy(a, buffer_span(&html.text)) : NULL;
	out->text_cut = plain.cut || html.cut;
	buffer_clear(&plain.text);
	buffer_clear(&html.text);
	buffer_clear(&text);
	mime_tree_clear(&tree);
}

int mime_part_read(struct span source, const char *number, struct buffer *out)
{
	struct arena *a = arena_new();
	struct mime_tree tree;
	int found = 0;

	mime_tree_read(source, a, &tree);
	for (size_t i = 0; found == 0 && i < tree.count; i++) {
		const struct mime_node *n = &tree.nodes[i];

		if (strcmp(n->part.number, number) != 0)
			continue;
		mime_transfer_decode(n->body, n->encoding, out, SIZE_MAX);
		found = 1;
	}
	mime_tree_clear(&tree);
	arena_free(a);
	return found;
}

const char *mime_attachment(const struct mime_content *c, size_t n)
{
	for (size_t i = 0; i < c->part_count; i++)
		if (c->parts[i].attachment && n-- == 1)
			return c->parts[i].number;
	return NULL;
}
