/*
 * SPDX-License-Identifier: ISC
 *
 * The parts of a message as the octets they are (RFC 2046), found in one pass over its lines. At
 * most MIME_PARTS_MAX parts, MIME_DEPTH_MAX deep; what lies beyond is not looked at.
 */
#ifndef MIME_TREE_H
#define MIME_TREE_H

#include "mime/content.h"
#include "mime/transfer.h"

struct mime_node {
	struct mime_part part; /* size is left 0 */
	struct span body;      /* of a part with parts: all of them; of a message: all of it */
	enum mime_encoding encoding;
	bool hidden; /* in a message that is an attachment */
};

struct mime_tree {
	struct mime_node *nodes; /* the first is the whole message */
	size_t count;
	bool cut;
};

/* Strings live in the arena, bodies in source. Clear the tree. */
void mime_tree_read(struct span source, struct arena *a, struct mime_tree *out);
void mime_tree_clear(struct mime_tree *tree);

#endif
