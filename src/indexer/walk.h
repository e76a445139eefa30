/*
 * SPDX-License-Identifier: ISC
 *
 * What the index keeps of one message.
 */
#ifndef INDEXER_WALK_H
#define INDEXER_WALK_H

#include "base/arena.h"
#include "store/writer.h"

/* More octets of text are not looked for. */
#define WALK_TEXT_MAX ((size_t)256 << 10)

/*
 * Walks the message, whose source is given. Strings live in the arena. Cannot fail: what is
 * malformed is text.
 */
void walk_read(
    const struct record_message *m, struct span source, struct arena *a, struct store_walk *out);

#endif
