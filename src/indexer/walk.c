/*
 * SPDX-License-Identifier: ISC
 *
 * One message for the index: its subject, the addresses of envelope and header with the names that
 * are written beside them, the text that a mail program shows, and what it holds.
 */
#include "indexer/walk.h"

#include <string.h>

#include "base/name.h"
#include "mail/header.h"
#include "mime/content.h"
#include "mime/text.h"

/* Octets of all addresses. */
#define ADDRESSES_MAX ((size_t)32 << 10)
/* Octets of the fields that they are looked for in: encoded words are several times as long. */
#define FIELDS_MAX (8 * ADDRESSES_MAX)

static const char *const FIELDS[] = {"From", "Sender", "Reply-To", "To", "Cc", "Bcc"};

static void add_address(struct buffer *out, const char *text)
{
	if (text == NULL || *text == '\0' || out->len + strlen(text) > ADDRESSES_MAX)
		return;
	if (out->len > 0)
		buffer_add_char(out, '\n');
	buffer_add_string(out, text);
}

/* Fields as they are read, with encoded words decoded: names and addresses. */
static void add_fields(struct buffer *out, struct span source, struct arena *a)
{
	size_t left = FIELDS_MAX;
	struct mail_header header;

	mail_header_parse(source, a, &header);
	for (size_t i = 0; i < header.count; i++) {
		const struct mail_field *f = &header.fields[i];

		if (name_find(FIELDS, ARRAY_SIZE(FIELDS), f->name) < 0 || f->value.len > left)
			continue;
		left -= f->value.len;
		add_address(out, mime_decode_words(a, arena_copy(a, mail_field_unfold(f, a))));
	}
}

static const char *addresses(const struct record_message *m, struct span source, struct arena *a)
{
	struct buffer list = BUFFER_INIT;
	const char *all;

	add_address(&list, m->envelope.mail_from);
	for (size_t i = 0; i < m->envelope.rcpt_count; i++)
		add_address(&list, m->envelope.rcpt_to[i]);
	add_fields(&list, source, a);
	all = mime_valid_utf8(a, buffer_span(&list));
	buffer_clear(&list);
	return all;
}

/* The first octets, without a character cut in two. */
static const char *cut(struct arena *a, const char *text)
{
	size_t len = strlen(text);

	if (len <= WALK_TEXT_MAX)
		return text;
	len = WALK_TEXT_MAX;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return arena_copy(a, span_of(text, len));
}

static bool has_plain(const struct mime_content *c)
{
	for (size_t i = 0; i < c->part_count; i++)
		if (!c->parts[i].attachment && strcmp(c->parts[i].type, "text/plain") == 0)
			return true;
	return false;
}

void walk_read(
    const struct record_message *m, struct span source, struct arena *a, struct store_walk *out)
{
	struct arena *own = arena_new();
	struct mime_content content;

	/* its text may be much more than what is kept of it */
	mime_content_read(source, own, &content);
	*out = (struct store_walk){
	    .subject = arena_string(a, m->subject),
	    .addresses = arena_string(a, addresses(m, source, own)),
	    .text = content.text == NULL ? NULL : arena_string(a, cut(own, content.text)),
	    .attachments = (unsigned)content.attachment_count,
	    .links = (unsigned)content.link_count,
	    .html = content.html != NULL,
	    .plain = has_plain(&content),
	};
	arena_free(own);
}
