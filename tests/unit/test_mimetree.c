/*
 * SPDX-License-Identifier: ISC
 *
 * mime/tree: which parts a message has, their numbers, and where each begins and ends.
 */
#include "unit.h"

#include <string.h>

#include "mime/text.h"
#include "mime/tree.h"

#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

/* "NUMBER TYPE [BODY]" of each part that has no parts, without the body "NUMBER TYPE", a line each;
 * "*" behind the number of an attachment. */
static const struct {
	const char *name, *message, *parts;
} ROWS[] = {
    {"empty", "", " message/rfc822\n1 text/plain []\n"},
    {"text", "Subject: a\r\n\r\nhello\r\n", " message/rfc822\n1 text/plain [hello\r\n]\n"},
    {"no body", "Subject: a\r\n", " message/rfc822\n1 text/plain []\n"},
    {"no header", "\r\nhello", " message/rfc822\n1 text/plain [hello]\n"},
    {"no header at all", "hello\r\nworld", " message/rfc822\n1 text/plain [hello\r\nworld]\n"},
    {"folded field", "Content-Type:\r\n text/html\r\n\r\nx", " message/rfc822\n1 text/html [x]\n"},
    {"malformed type", "Content-Type: html\r\n\r\nx", " message/rfc822\n1 text/plain [x]\n"},
    {"bad type", "Content-Type: te xt/html\r\n\r\nx", " message/rfc822\n1 text/plain [x]\n"},
    {"two parts", MIXED "--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n--b--\r\n",
	" multipart/mixed\n1 text/plain [one]\n2 text/html [two]\n"},
    {"preamble and epilogue", MIXED "pre\r\n--b\r\n\r\none\r\n--b--\r\nepilogue\r\n--b\r\n\r\nno",
	" multipart/mixed\n1 text/plain [one]\n"},
    {"line ends of its own", MIXED "--b\r\n\r\n\r\none\r\n\r\n--b--",
	" multipart/mixed\n1 text/plain [\r\none\r\n]\n"},
    {"bare LF", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n",
	" multipart/mixed\n1 text/plain [one]\n2 text/plain [two]\n"},
    {"no end", MIXED "--b\r\n\r\none", " multipart/mixed\n1 text/plain [one]\n"},
    {"blanks behind", MIXED "--b \t\r\n\r\none\r\n--b-- \r\n",
	" multipart/mixed\n1 text/plain [one]\n"},
    {"longer lines are none", MIXED "--b\r\n\r\n--bc\r\n--\r\n--b-\r\n--b--c\r\n--b--",
	" multipart/mixed\n1 text/plain [--bc\r\n--\r\n--b-\r\n--b--c]\n"},
    {"empty parts", MIXED "--b\r\n--b\r\n\r\n--b\r\n\r\n\r\n--b--",
	" multipart/mixed\n1 text/plain []\n2 text/plain []\n3 text/plain []\n"},
    {"header without end", MIXED "--b\r\nContent-Type: text/html\r\n--b--",
	" multipart/mixed\n1 text/html []\n"},
    {"header with a bad line", MIXED "--b\r\nContent-Type: text/html\r\nno field\r\n--b--",
	" multipart/mixed\n1 text/html [no field]\n"},
    {"no boundary", "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\none\r\n",
	" multipart/mixed\n1 text/plain [--b\r\n\r\none\r\n]\n"},
    {"boundary that never comes", MIXED "hello\r\n",
	" multipart/mixed\n1 text/plain [hello\r\n]\n"},
    {"multipart without anything", MIXED, " multipart/mixed\n"},
    {"alternative in mixed",
	MIXED "--b\r\nContent-Type: multipart/alternative; boundary=\"c d\"\r\n\r\n--c d\r\n\r\none"
	      "\r\n--c d\r\nContent-Type: text/html\r\n\r\ntwo\r\n--c d--\r\n\r\n--b\r\n"
	      "Content-Type: application/pdf\r\n\r\nthree\r\n--b--\r\n",
	" multipart/mixed\n1 multipart/alternative\n1.1 text/plain [one]\n1.2 text/html [two]\n"
	"2* application/pdf [three]\n"},
    {"outer boundary ends the inner",
	MIXED
	"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\none\r\n--b\r\n\r\n"
	"two\r\n--c\r\n\r\nno\r\n--b--",
	" multipart/mixed\n1 multipart/mixed\n1.1 text/plain [one]\n"
	"2 text/plain [two\r\n--c\r\n\r\nno]\n"},
    {"message of text",
	MIXED "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nin\r\n--b--",
	" multipart/mixed\n1 message/rfc822\n1.1 text/plain [in]\n"},
    {"message of parts",
	MIXED
	"--b\r\n\r\none\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
	"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nin\r\n--c\r\n"
	"Content-Type: multipart/mixed; boundary=d\r\n\r\n--d\r\n\r\ndeep\r\n--d--\r\n--c--\r\n"
	"--b\r\n\r\nthree\r\n--b--",
	" multipart/mixed\n1 text/plain [one]\n2 message/rfc822\n2.1 text/plain [in]\n"
	"2.2 multipart/mixed\n2.2.1 text/plain [deep]\n3 text/plain [three]\n"},
    {"message as the whole", "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nin",
	" message/rfc822\n1 message/rfc822\n1.1 text/plain [in]\n"},
    {"message in base64 is not opened",
	"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA",
	" message/rfc822\n1* message/rfc822 [AAAA]\n"},
    {"digest",
	"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: "
	"x\r\n\r\nin\r\n--b--",
	" multipart/digest\n1 message/rfc822\n1.1 text/plain [in]\n"},
    {"attachments",
	MIXED "--b\r\nContent-Disposition: attachment\r\n\r\n1\r\n--b\r\n"
	      "Content-Disposition: inline; filename=x\r\n\r\n2\r\n--b\r\n"
	      "Content-Type: text/html; name=y\r\n\r\n3\r\n--b\r\nContent-Type: image/png\r\n"
	      "Content-Disposition: inline\r\n\r\n4\r\n--b\r\nContent-Type: text/calendar\r\n\r\n5"
	      "\r\n--b\r\nContent-Disposition: inline\r\n\r\n6\r\n--b--",
	" multipart/mixed\n1* text/plain [1]\n2* text/plain [2]\n3* text/html [3]\n"
	"4* image/png [4]\n5 text/calendar [5]\n6 text/plain [6]\n"},
};

static void describe(const struct mime_tree *tree, struct buffer *out)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct mime_node *n = &tree->nodes[i];

		buffer_printf(
		    out, "%s%s %s", n->part.number, n->part.attachment ? "*" : "", n->part.type);
		if (!n->part.multipart)
			buffer_printf(out, " [%.*s]", (int)n->body.len, n->body.data);
		buffer_add_char(out, '\n');
	}
}

START_TEST(trees)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span message = unit_guard(span_from(ROWS[i].message));
		struct arena *a = arena_new();
		struct buffer got = BUFFER_INIT;
		struct mime_tree tree;

		mime_tree_read(message, a, &tree);
		describe(&tree, &got);
		unit_span_eq(ROWS[i].name, buffer_span(&got), ROWS[i].parts);
		ck_assert_msg(!tree.cut, "%s: cut", ROWS[i].name);
		ck_assert_ptr_eq(tree.nodes[0].body.data, message.data);
		mime_tree_clear(&tree);
		buffer_clear(&got);
		arena_free(a);
		unit_guard_free(message);
	}
}
END_TEST

/* What repeats; the parts that are found, the greatest depth, whether it was cut. */
static const struct {
	const char *name, *head, *piece;
	size_t count, parts;
	unsigned depth;
	bool cut;
} CAPS[] = {
    {"as many as may be", MIXED, "--b\r\n\r\nx\r\n", MIME_PARTS_MAX - 1, MIME_PARTS_MAX, 1, false},
    {"10,000 parts", MIXED, "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", 10000, MIME_PARTS_MAX,
	1, true},
    {"200,000 empty parts", MIXED, "--b\r\n\r\n", 200000, MIME_PARTS_MAX, 1, true},
    {"20,000 messages", "", "Content-Type: message/rfc822\r\n\r\n", 20000, MIME_DEPTH_MAX + 1,
	MIME_DEPTH_MAX, true},
};

START_TEST(caps)
{
	for (size_t i = 0; i < ARRAY_SIZE(CAPS); i++) {
		struct buffer message = BUFFER_INIT;
		struct arena *a = arena_new();
		struct mime_tree tree;

		buffer_add_string(&message, CAPS[i].head);
		for (size_t k = 0; k < CAPS[i].count; k++)
			buffer_add_string(&message, CAPS[i].piece);
		mime_tree_read(buffer_span(&message), a, &tree);
		ck_assert_msg(tree.count == CAPS[i].parts && tree.cut == CAPS[i].cut &&
				  tree.nodes[tree.count - 1].part.depth == CAPS[i].depth,
		    "%s: %zu parts, depth %u, cut %d", CAPS[i].name, tree.count,
		    tree.nodes[tree.count - 1].part.depth, tree.cut);
		ck_assert_uint_lt(arena_used(a), 1U << 20);
		mime_tree_clear(&tree);
		arena_free(a);
		buffer_clear(&message);
	}
}
END_TEST

START_TEST(levels)
{
	static const unsigned counts[] = {1, MIME_DEPTH_MAX, MIME_DEPTH_MAX + 1, 1025, 20000};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		unsigned depth = counts[i] < MIME_DEPTH_MAX ? counts[i] : MIME_DEPTH_MAX;
		struct buffer message = BUFFER_INIT;
		struct arena *a = arena_new();
		struct mime_tree tree;

		for (unsigned k = 0; k < counts[i]; k++)
			buffer_printf(&message,
			    "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", k, k);
		mime_tree_read(buffer_span(&message), a, &tree);
		ck_assert_uint_eq(tree.count, depth + 1);
		ck_assert_uint_eq(tree.nodes[depth].part.depth, depth);
		ck_assert(!tree.nodes[depth].part.multipart);
		ck_assert_int_eq(tree.cut, counts[i] > MIME_DEPTH_MAX);
		mime_tree_clear(&tree);
		arena_free(a);
		buffer_clear(&message);
	}
}
END_TEST

/* What is inside a message that is an attachment is not shown. */
START_TEST(hidden)
{
	static const char text[] = MIXED
	    "--b\r\n\r\nshown\r\n--b\r\nContent-Type: message/rfc822\r\n"
	    "Content-Disposition: attachment\r\n\r\nContent-Type: multipart/mixed; boundary=c"
	    "\r\n\r\n--c\r\n\r\nnot\r\n--c--\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\r\n"
	    "inline\r\n--b--";
	static const bool want[] = {false, false, false, true, false, false};
	struct arena *a = arena_new();
	struct mime_tree tree;

	mime_tree_read(span_from(text), a, &tree);
	ck_assert_uint_eq(tree.count, ARRAY_SIZE(want));
	for (size_t i = 0; i < tree.count; i++)
		ck_assert_msg(tree.nodes[i].hidden == want[i], "%s", tree.nodes[i].part.number);
	mime_tree_clear(&tree);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {trees, caps, levels, hidden, NULL};

	mime_init();
	return unit_main("mimetree", tests);
}
