/*
 * SPDX-License-Identifier: ISC
 *
 * What is in a message, for a person: the tree of its parts, its links.
 */
#include "report/text.h"

#include "report/text_internal.h"

#define PARTS_SHOWN   100
#define LINKS_SHOWN   50
#define NUMBER_COLUMN 12

static void add_part(struct buffer *out, const struct mime_part *part)
{
	buffer_add_string(out, part->type);
	if (part->charset != NULL)
		buffer_printf(out, ", %s", part->charset);
	if (part->filename != NULL)
		buffer_printf(out, ", \"%s\"", part->filename);
	if (part->attachment)
		buffer_add_string(out, ", attachment");
	if (!part->multipart)
		buffer_printf(out, ", %llu octet%s", (unsigned long long)part->size,
		    part->size == 1 ? "" : "s");
}

/* The number, below that of the part that it belongs to; where it is too long, in the text. */
static void page_part(struct page *p, const struct mime_part *part)
{
	struct buffer label = BUFFER_INIT, text = BUFFER_INIT;

	for (unsigned i = 1; i < part->depth; i++)
		buffer_add_string(&label, "  ");
	buffer_add_string(&label, part->number);
	if (label.len > NUMBER_COLUMN) {
		buffer_reset(&label);
		buffer_printf(&text, "%s ", part->number);
	}
	add_part(&text, part);
	page_row(p, label.data, "%s", text.data);
	buffer_clear(&label);
	buffer_clear(&text);
}

static void page_parts(struct page *p, const struct mime_content *content)
{
	size_t shown = content->part_count < PARTS_SHOWN ? content->part_count : PARTS_SHOWN;

	page_title(p, "Parts");
	for (size_t i = 0; i < shown; i++)
		page_part(p, &content->parts[i]);
	if (content->part_count > shown)
		page_row(p, "", "and %zu more", content->part_count - shown);
	if (content->parts_cut)
		page_row(p, "", "others were not looked at: expected at most %d, %d levels deep",
		    MIME_PARTS_MAX, MIME_DEPTH_MAX);
}

static void page_links(struct page *p, const struct mime_content *content)
{
	if (content->link_count == 0)
		return;
	page_title(p, "Links");
	for (size_t i = 0; i < content->link_count && i < LINKS_SHOWN; i++)
		page_text(p, content->links[i]);
	if (content->link_count > LINKS_SHOWN)
		page_row(p, "", "and %zu more", content->link_count - LINKS_SHOWN);
}

void report_content_text(
    struct buffer *out, const struct mime_content *content, const struct report_style *style)
{
	struct page p = {out, style};

	page_parts(&p, content);
	page_links(&p, content);
}

void report_escape_lines(struct buffer *out, struct span text)
{
	while (text.data != NULL) {
		struct span line = span_cut(&text, '\n');
		bool ended = text.data != NULL;

		if (ended && line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		while (line.data != NULL) {
			page_escape(out, span_cut(&line, '\t'));
			if (line.data != NULL)
				buffer_add_char(out, '\t');
		}
		if (ended)
			buffer_add_char(out, '\n');
	}
}
