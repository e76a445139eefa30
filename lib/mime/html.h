/*
 * SPDX-License-Identifier: ISC
 *
 * HTML as text, by a tokenizer that follows the HTML standard (13.2.5) as far as mail needs it.
 */
#ifndef MIME_HTML_H
#define MIME_HTML_H

#include "mime/links.h"

/*
 * Appends the text: without tags, comments, script, style and title, entities decoded, block
 * elements as line ends, the target of a link in angle brackets behind its text. Adds the links in
 * their order, from href and from text. html is valid UTF-8, and so is what is appended, which is
 * not much longer.
 */
void mime_html_read(struct span html, struct buffer *text, struct mime_links *links);

/*
 * Appends the character reference that s begins with, "&amp;", as UTF-8. The octets that it has in
 * s; 0: there is none.
 */
size_t mime_html_entity(struct span s, struct buffer *out);

#endif
