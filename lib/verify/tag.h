/*
 * SPDX-License-Identifier: ISC
 *
 * Tag lists, "name=value; name=value" (RFC 6376 3.2): the form of DKIM-Signature fields and of
 * DKIM key records.
 */
#ifndef VERIFY_TAG_H
#define VERIFY_TAG_H

#include "base/arena.h"
#include "base/error.h"

struct tag {
	struct span name;
	struct span value; /* trimmed; white space and folding within it are kept */
};

struct tag_list {
	struct tag *items;
	size_t count;
};

/* A list with more tags than this is refused: comparing them all must stay cheap. */
#define TAG_LIST_MAX 100

/*
 * Parses text. Names are case-sensitive; a name that occurs twice makes the whole list invalid, as
 * does any octet but printable ASCII and white space. The spans borrow from text, the array lives
 * in the arena. 0, or -1 with err saying what is wrong, and *out as far as it was read.
 */
int tag_list_parse(struct span text, struct arena *a, struct tag_list *out, struct error *err);

/* The value of the tag, or NULL when it is not there. */
const struct span *tag_list_find(const struct tag_list *list, struct span name);

/* The value without any white space, in the arena: for base64 and lists with folding. */
struct span tag_compact(struct span value, struct arena *a);

/*
 * Cuts the next "name=value" off *rest, however wrong the list is; false at the end. Both are
 * trimmed; value.data is NULL where there is no "=". Blank ones are passed over.
 */
bool tag_next(struct span *rest, struct tag *out);

/*
 * At most max octets of the value in one line, for people to read: each run of white space, be it
 * folding, is one blank. In the arena.
 */
const char *tag_show(struct span value, size_t max, struct arena *a);

/*
 * Cuts the next item of a colon-separated value off *rest and trims it; false at the end. Empty
 * items are passed over.
 */
bool tag_item(struct span *rest, struct span *item);

#endif
