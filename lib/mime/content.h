/*
 * SPDX-License-Identifier: ISC
 *
 * A stored message as a mail program shows it: the tree of its parts (RFC 2045, 2046), text, HTML,
 * links and attachments. Everything is bounded, whatever the message says.
 */
#ifndef MIME_CONTENT_H
#define MIME_CONTENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"

/* Parts, links and octets of decoded text beyond these are left out; see the flags. */
#define MIME_PARTS_MAX 1000
#define MIME_DEPTH_MAX 50
#define MIME_LINKS_MAX 1000
#define MIME_TEXT_MAX  (1U << 20)

struct mime_part {
	/*
	 * "1", "1.2": as in IMAP (RFC 9051 6.4.5). The first part is the whole message, "", of the
	 * type of its multipart, or message/rfc822 where it is none: its content is then "1".
	 */
	const char *number;
	unsigned depth;   /* 0: the whole message */
	const char *type; /* "text/plain", lower case */
	/* Decoded, without control characters; content_id without its brackets. NULL: not given. */
	const char *charset, *disposition, *filename, *content_id;
	uint64_t size;   /* octets once decoded; 0 for one that has parts */
	bool multipart;  /* also message/rfc822: it has parts of its own */
	bool attachment; /* disposition attachment, or has a file name, or is neither text nor
	                    message nor multipart */
};

struct mime_content {
	struct mime_part *parts; /* in the order of the message, a part before its own parts */
	size_t part_count;
	/*
	 * Of the text/plain parts shown, or of the HTML when there is none; "" when there is
	 * neither. Of the text/html parts shown; NULL when there is none. UTF-8, lines end with LF.
	 * Shown are those that are no attachment, nor part of a message that is one.
	 */
	const char *text, *html;
	const char **links; /* http, https and mailto, each once, in order; from text and HTML */
	size_t link_count;
	size_t attachment_count;
	bool parts_cut, text_cut; /* there was more */
};

/* Reads the message; strings live in the arena. Cannot fail: what is malformed is text. */
void mime_content_read(struct span source, struct arena *a, struct mime_content *out);

/*
 * Appends the part of the number, decoded from its transfer encoding, octets as they are. 1; 0
 * there is no such part. "" is the whole message as it stands.
 */
int mime_part_read(struct span source, const char *number, struct buffer *out);
/* The number of the n-th attachment, from 1; NULL: there are fewer. */
const char *mime_attachment(const struct mime_content *c, size_t n);

/*
 * A one-time code in the subject or the text: 4 to 8 digits, or groups of them parted by "-" or a
 * blank ("123-456"), or 6 to 8 upper-case letters and digits mixed, nearest to a word such as
 * "code". As it is typed: without what parts the groups, and of "G-123456" the digits. The
 * arena's; NULL: none. subject may be NULL.
 */
const char *mime_code(const struct mime_content *c, const char *subject, struct arena *a);

#endif
