/*
 * SPDX-License-Identifier: ISC
 *
 * The walk over a message's lines: a stack of the parts that are open, each with the boundary that
 * ends its own parts. gmime's parser reads a whole message before anything can be capped, and lets
 * the message choose names of character sets (charset.h), so it is not asked.
 */
#include "mime/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mime/head.h"

enum state {
	STATE_HEAD, /* of the part that begins at "begun" */
	STATE_BODY, /* of the node "leaf", from "begun" on */
	STATE_SKIP, /* before the first part and behind the last */
	STATE_DONE, /* as many parts as there may be */
};

/* A part with parts of its own, which are still coming. */
struct open {
	size_t node;
	struct span boundary; /* data is NULL: it has none, or its last part was there */
	const char *usual;    /* the type of a part that names none */
	size_t begun;         /* its body */
	unsigned children;
	bool message; /* its content is to come, which may be a multipart in its place */
};

struct walk {
	struct span source;
	struct arena *arena;
	struct mime_tree *tree;
	struct open stack[MIME_DEPTH_MAX + 1];
	size_t depth, boundaries; /* how many are open; and have a boundary that may come */
	enum state state;
	size_t begun, leaf;
};

static struct open *top(struct walk *w)
{
	return &w->stack[w->depth - 1];
}

static void push(struct walk *w, size_t node, bool message, size_t begun)
{
	w->stack[w->depth++] = (struct open){
	    .node = node,
	    .message = message,
	    .usual = "text/plain",
	    .begun = begun,
	};
}

static bool is_text(const char *type)
{
	return strncmp(type, "text/", 5) == 0;
}

static bool is_multipart(const char *type)
{
	return strncmp(type, "multipart/", 10) == 0;
}

static bool is_message(const struct mime_head *h)
{
	return h->encoding == MIME_ENCODING_NONE &&
	       (strcmp(h->type, "message/rfc822") == 0 || strcmp(h->type, "message/global") == 0);
}

static bool is_attachment(const struct mime_head *h)
{
	bool attached = h->disposition != NULL && strcmp(h->disposition, "attachment") == 0;

	return attached || h->filename != NULL ||
	       !(is_text(h->type) || is_multipart(h->type) || is_message(h));
}

/* Adds a part to the one that is open. Its index, or -1 when there are too many. */
static ptrdiff_t add_node(struct walk *w, const struct mime_head *h)
{
	struct mime_tree *tree = w->tree;
	const struct mime_node *parent;
	struct mime_node *node;

	if (tree->count == MIME_PARTS_MAX) {
		tree->cut = true;
		w->state = STATE_DONE;
		return -1;
	}
	array_grow(&tree->nodes, tree->count, sizeof(*tree->nodes));
	parent = &tree->nodes[top(w)->node];
	node = &tree->nodes[tree->count];
	*node = (struct mime_node){
	    .part.number = arena_printf(w->arena, "%s%s%u", parent->part.number,
		parent->part.number[0] == '\0' ? "" : ".", ++top(w)->children),
	    .part.depth = parent->part.depth + 1,
	    .part.type = h->type,
	    .part.charset = h->charset,
	    .part.disposition = h->disposition,
	    .part.filename = h->filename,
	    .part.content_id = h->content_id,
	    .part.attachment = is_attachment(h),
	    .encoding = h->encoding,
	    .hidden = parent->hidden || (top(w)->node > 0 && parent->part.attachment),
	};
	return (ptrdiff_t)tree->count++;
}

/* Whether a part may have parts of its own. */
static bool may_open(struct walk *w)
{
	if (w->depth < MIME_DEPTH_MAX)
		return true;
	w->tree->cut = true;
	return false;
}

static void begin_leaf(struct walk *w, const struct mime_head *h, size_t at)
{
	ptrdiff_t node = add_node(w, h);

	if (node < 0)
		return;
	w->leaf = (size_t)node;
	w->begun = at;
	w->state = STATE_BODY;
}

static void begin_open(struct walk *w, const struct mime_head *h, size_t at)
{
	ptrdiff_t node = add_node(w, h);

	if (node < 0)
		return;
	w->tree->nodes[node].part.multipart = true;
	w->tree->nodes[node].part.attachment &= !is_multipart(h->type);
	w->tree->nodes[node].encoding = MIME_ENCODING_NONE;
	push(w, (size_t)node, !is_multipart(h->type), at);
}

/* The parts of a message that is a multipart are its own: "2.1" and not "2.1.1" (RFC 9051 6.4.5).
 */
static void begin_multipart(struct walk *w, const struct mime_head *h, size_t at)
{
	if (!top(w)->message)
		begin_open(w, h, at);
	if (w->state == STATE_DONE)
		return;
	if (top(w)->node == 0)
		w->tree->nodes[0].part.type = h->type;
	top(w)->message = false;
	top(w)->begun = at;
	if (h->boundary.len > 0) {
		top(w)->boundary = h->boundary;
		w->boundaries++;
	}
	if (strcmp(h->type, "multipart/digest") == 0)
		top(w)->usual = "message/rfc822";
	w->state = STATE_SKIP;
}

/* The header ended: the body begins at this octet. */
static void begin_part(struct walk *w, size_t head_end, size_t at)
{
	struct mime_head h;

	mime_head_read(span_first(span_after(w->source, w->begun), head_end - w->begun),
	    top(w)->usual, w->arena, &h);
	if (is_multipart(h.type) && (top(w)->message || may_open(w))) {
		begin_multipart(w, &h, at);
	} else if (is_message(&h) && may_open(w)) {
		top(w)->message = false;
		begin_open(w, &h, at);
		w->begun = at;
	} else {
		top(w)->message = false;
		begin_leaf(w, &h, at);
	}
}

/* All that is open below the depth ends before this octet. */
static void close_parts(struct walk *w, size_t depth, size_t end)
{
	static const struct mime_head text = {.type = "text/plain"};

	if (w->state == STATE_HEAD)
		begin_part(w, end, end);
	if (w->state == STATE_BODY)
		w->tree->nodes[w->leaf].body =
		    span_first(span_after(w->source, w->begun), end - w->begun);
	if (w->state != STATE_DONE)
		w->state = STATE_SKIP;
	while (w->depth > depth) {
		struct open *open = top(w);
		struct span body = span_first(span_after(w->source, open->begun), 0);
		ptrdiff_t node = -1;

		if (end > open->begun)
			body.len = end - open->begun;
		/* Without a part, for want of a boundary, it is text. */
		if (open->children == 0 && body.len > 0 && w->state != STATE_DONE)
			node = add_node(w, &text);
		if (node >= 0)
			w->tree->nodes[node].body = body;
		w->tree->nodes[open->node].body = body;
		w->boundaries -= open->boundary.data != NULL;
		w->depth--;
	}
}

/* The line without its end. */
static struct span line_of(struct span line)
{
	while (line.len > 0 && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
		line.len--;
	return line;
}

/* The depth of the part that the line is a boundary of, from 1, or 0 (RFC 2046 5.1.1). */
static size_t boundary_of(const struct walk *w, struct span line, bool *last)
{
	struct span s = span_after(line, 2);

	while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
		s.len--;
	for (size_t i = w->depth; i > 0; i--) {
		struct span boundary = w->stack[i - 1].boundary;

		if (boundary.data == NULL || s.len < boundary.len || s.len > boundary.len + 2 ||
		    !span_starts(s, boundary))
			continue;
		*last = s.len == boundary.len + 2 && s.data[s.len - 1] == '-' &&
		        s.data[s.len - 2] == '-';
		if (*last || s.len == boundary.len)
			return i;
	}
	return 0;
}

/* Where the part in front of a boundary ends: the line end before that belongs to the boundary. */
static size_t before_boundary(const struct walk *w, size_t at)
{
	size_t end = at;

	if (end > 0 && w->source.data[end - 1] == '\n')
		end--;
	if (end < at && end > 0 && w->source.data[end - 1] == '\r')
		end--;
	return end < w->begun ? w->begun : end;
}

static bool at_boundary(struct walk *w, struct span line, size_t at, size_t next)
{
	bool last = false;
	size_t depth = 0;

	if (span_starts(line, SPAN("--")))
		depth = boundary_of(w, line, &last);
	if (depth == 0)
		return false;
	close_parts(w, depth, w->state == STATE_HEAD ? at : before_boundary(w, at));
	if (w->state == STATE_DONE)
		return true;
	w->state = last ? STATE_SKIP : STATE_HEAD;
	w->begun = next;
	if (last) {
		top(w)->boundary.data = NULL;
		w->boundaries--;
	}
	return true;
}

static bool is_field(struct span line, bool first)
{
	ptrdiff_t colon = span_index(line, ':');

	if (line.len > 0 && (line.data[0] == ' ' || line.data[0] == '\t'))
		return !first;
	if (colon <= 0)
		return false;
	for (ptrdiff_t i = 0; i < colon; i++)
		if (line.data[i] < ' ' || line.data[i] > '~')
			return false;
	return true;
}

/* Where the next line begins that may be a boundary. */
static size_t next_boundary(const struct walk *w, size_t at)
{
	struct span rest = span_after(w->source, at);
	const char *found = NULL;

	if (w->boundaries == 0)
		return w->source.len;
	if (span_starts(rest, SPAN("--")))
		return at;
	if (rest.len > 0)
		found = memmem(rest.data, rest.len, "\n--", 3);
	return found == NULL ? w->source.len : (size_t)(found - w->source.data) + 1;
}

static size_t line_end(const struct walk *w, size_t at)
{
	ptrdiff_t end = span_index(span_after(w->source, at), '\n');

	return end < 0 ? w->source.len : at + (size_t)end + 1;
}

static void walk_lines(struct walk *w)
{
	size_t at = 0;

	while (at < w->source.len && w->state != STATE_DONE) {
		size_t next;
		struct span line;

		if (w->state != STATE_HEAD)
			at = next_boundary(w, at);
		next = line_end(w, at);
		line = line_of(span_first(span_after(w->source, at), next - at));
		if (!at_boundary(w, line, at, next) && w->state == STATE_HEAD) {
			if (line.len == 0)
				begin_part(w, at, next);
			else if (!is_field(line, at == w->begun))
				begin_part(w, at, next = at);
		}
		at = next;
	}
}

void mime_tree_read(struct span source, struct arena *a, struct mime_tree *out)
{
	struct walk w = {.source = source, .arena = a, .tree = out};

	*out = (struct mime_tree){NULL, 0, false};
	array_grow(&out->nodes, 0, sizeof(*out->nodes));
	out->nodes[out->count++] = (struct mime_node){
	    .part = {.number = "", .type = "message/rfc822", .multipart = true},
	};
	push(&w, 0, true, 0);
	walk_lines(&w);
	close_parts(&w, 0, source.len);
	out->nodes[0].body = source;
}

void mime_tree_clear(struct mime_tree *tree)
{
	free(tree->nodes);
	*tree = (struct mime_tree){NULL, 0, false};
}
