/*
 * SPDX-License-Identifier: ISC
 *
 * What the message says: subject, from, to, link, header.FIELD, size, attachment.
 */
#include <string.h>

#include "mime/text.h"
#include "policy/judge.h"
#include "policy/list.h"
#include "policy/match.h"

/* Octets of a field that a line of evidence has room for. */
#define FIELD_SHOWN 200

/* One text that the message has, or none. */
static void judge_text(const struct judge *j, const struct requirement *r, const char *text,
    const struct judge_texts *t, struct policy_result *out)
{
	struct judge_texts texts = *t;

	texts.items = &text;
	texts.count = 1;
	judge_texts(j, r, &texts, out);
	if (text != NULL)
		out->evidence = arena_printf(
		    j->arena, "%s: %s", t->noun, judge_quote(j->arena, text, FIELD_SHOWN));
	if (out->outcome == POLICY_FAIL)
		out->remedy = judge_texts_remedy(j, r, t);
}

void judge_subject(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	static const struct judge_texts t = {
	    .noun = "subject", .nothing = "no subject", .send = "send a subject"};

	judge_text(j, r, j->facts->message->subject, &t, out);
}

void judge_from(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	static const struct judge_texts t = {.noun = "From address",
	    .nothing = "no From address",
	    .send = "send with a From address"};

	judge_text(j, r, j->facts->message->from, &t, out);
}

void judge_to(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct record_envelope *e = &j->facts->message->envelope;
	const struct judge_texts t = {
	    .items = e->rcpt_to,
	    .count = e->rcpt_count,
	    .noun = "recipient",
	    .several = true,
	    .nothing = "no recipient",
	    .send = "send to a recipient",
	};

	if (j->facts->file && e->rcpt_count == 0) {
		out->expected = judge_expected_text(j, r);
		judge_missing(out, "the recipients are not known", "give them by --rcpt ADDRESS");
		return;
	}
	judge_texts(j, r, &t, out);
	if (out->outcome == POLICY_FAIL)
		out->remedy = judge_texts_remedy(j, r, &t);
}

void judge_link(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct mime_content *c = j->facts->content;
	struct judge_texts t = {
	    .noun = "link", .several = true, .nothing = "no link", .send = "send a link"};

	out->expected = judge_expected_text(j, r);
	if (c == NULL) {
		judge_missing(out, "the message's links were not read", "judge it again");
		return;
	}
	t.items = c->links;
	t.count = c->link_count;
	t.cut = c->parts_cut || c->text_cut || c->link_count >= MIME_LINKS_MAX;
	judge_texts(j, r, &t, out);
	if (out->outcome == POLICY_FAIL)
		out->remedy = judge_texts_remedy(j, r, &t);
}

/* A field's value as a person reads it. */
static const char *decoded(const struct judge *j, const struct mail_field *f)
{
	struct span value = mail_field_unfold(f, j->arena);
	char *text = arena_copy(j->arena, value);

	for (size_t i = 0; i < value.len; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	return mime_decode_words(j->arena, text);
}

void judge_header(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct mail_header *h = j->facts->header;
	struct span name = span_from(r->detail);
	const char **values = NULL, *first;
	struct judge_texts t = {
	    .noun = arena_printf(j->arena, "%s field", r->detail),
	    .several = true,
	    .nothing = arena_printf(j->arena, "no %s field", r->detail),
	    .send = arena_printf(j->arena, "add a %s field", r->detail),
	};

	for (size_t i = 0; h != NULL && i < h->count; i++) {
		if (!span_equal_nocase(h->fields[i].name, name))
			continue;
		values = policy_grow(j->arena, values, t.count, sizeof(*values));
		values[t.count++] = decoded(j, &h->fields[i]);
	}
	t.items = values;
	t.cut = h != NULL && h->count >= MAIL_FIELD_MAX;
	judge_texts(j, r, &t, out);
	first = t.count == 0 ? NULL : judge_quote(j->arena, values[0], FIELD_SHOWN);
	if (first != NULL)
		out->evidence = arena_printf(j->arena, "%s: %s", r->detail, first);
	if (out->outcome == POLICY_FAIL)
		out->remedy = judge_texts_remedy(j, r, &t);
}

void judge_size(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	bool most = r->op == REQUIREMENT_AT_MOST;
	uint64_t size = j->facts->message->size;

	out->expected = arena_printf(
	    j->arena, "at %s %llu octets", most ? "most" : "least", (unsigned long long)r->number);
	judge_hold(out, most ? size <= r->number : size >= r->number);
	out->got = arena_printf(j->arena, "%llu octets", (unsigned long long)size);
	out->reason = arena_printf(j->arena, "the message has %s", out->got);
	if (out->outcome != POLICY_FAIL)
		return;
	out->remedy = most ? "send images and documents as links instead of attachments, and leave "
	                     "out what the HTML does not need"
	                   : JUDGE_NOTHING_WRONG;
}

/* The names of attachments; those without one are not in the list. */
static void attachment_names(
    const struct judge *j, const struct mime_content *c, struct judge_texts *t)
{
	const char **names = arena_alloc(j->arena, (c->part_count + 1) * sizeof(*names));

	for (size_t i = 0; i < c->part_count; i++)
		if (c->parts[i].attachment)
			names[t->count++] =
			    c->parts[i].filename == NULL ? "" : c->parts[i].filename;
	t->items = names;
	t->cut = c->parts_cut;
}

static void count_attachments(const struct judge *j, const struct requirement *r,
    const struct mime_content *c, struct policy_result *out)
{
	bool most = r->op == REQUIREMENT_AT_MOST;

	judge_hold(out, most ? c->attachment_count <= r->number : c->attachment_count >= r->number);
	out->got = arena_printf(j->arena, "%zu", c->attachment_count);
	out->reason = arena_printf(j->arena, "the message has %zu attachment%s",
	    c->attachment_count, c->attachment_count == 1 ? "" : "s");
	/* More would only be more. */
	if (c->parts_cut && (out->outcome == POLICY_PASS) == most)
		judge_missing(
		    out, "the message has more parts than are read", "send a smaller message");
}

void judge_attachment(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct mime_content *c = j->facts->content;
	struct judge_texts t = {
	    .noun = "attachment",
	    .several = true,
	    .nothing = "no attachment",
	    .send = "add an attachment",
	};
	bool counts = r->op == REQUIREMENT_AT_LEAST || r->op == REQUIREMENT_AT_MOST;

	out->expected = counts ? arena_printf(j->arena, "at %s %llu",
				     r->op == REQUIREMENT_AT_MOST ? "most" : "least",
				     (unsigned long long)r->number)
	                       : judge_expected_text(j, r);
	if (c == NULL) {
		judge_missing(out, "the message's attachments were not read", "judge it again");
		return;
	}
	attachment_names(j, c, &t);
	if (counts)
		count_attachments(j, r, c, out);
	else
		judge_texts(j, r, &t, out);
	if (out->outcome == POLICY_FAIL)
		out->remedy = counts ? arena_printf(j->arena,
					   "have the application attach %s files", out->expected)
		                     : judge_texts_remedy(j, r, &t);
}
