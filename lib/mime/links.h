/*
 * SPDX-License-Identifier: ISC
 *
 * Links of http, https and mailto, each once, in the order in which they were found.
 */
#ifndef MIME_LINKS_H
#define MIME_LINKS_H

#include "mime/content.h"

/* Places of the hash table: a power of two, and never more than a quarter of it is used. */
#define MIME_LINKS_SLOTS 4096

struct mime_links {
	struct arena *arena;
	const char *items[MIME_LINKS_MAX];
	size_t sizes[MIME_LINKS_MAX]; /* octets, and the whole hash: equal ones are compared only */
	uint32_t hashes[MIME_LINKS_MAX];
	size_t count;
	uint16_t slots[MIME_LINKS_SLOTS]; /* the item's index and 1; 0 is free */
};

/* Set the arena, all else is zero. */

/*
 * Adds a link as it stands in HTML, entities decoded: blanks around it and line ends in it are
 * left out, other blanks and control characters are encoded. Any other scheme is passed over.
 */
void mime_links_add(struct mime_links *l, struct span link);
/* Adds the links in text: they end before ".", ")" and the like where these belong to the text. */
void mime_links_scan(struct mime_links *l, struct span text);
/* Whether it is a link that mime_links_add takes. */
bool mime_is_link(struct span link);

#endif
