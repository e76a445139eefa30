/*
 * SPDX-License-Identifier: ISC
 *
 * The requirements of receivers, and which of them, and which findings, are answered by a reply.
 */
#include "report/explain_internal.h"
#include "report/text_internal.h"

/* "spf=pass, or dkim=pass" */
static const char *asked(struct arena *a, const struct conf_requirement *r)
{
	struct buffer text = BUFFER_INIT;
	const char *result;

	for (size_t i = 0; i < r->any.count; i++)
		buffer_printf(&text, "%s%s", i == 0 ? "" : ", or ", r->any.items[i]);
	if (r->when != NULL)
		buffer_printf(&text, "; where %s", r->when);
	result = arena_copy(a, buffer_span(&text));
	buffer_clear(&text);
	return result;
}

static void put_names(
    struct explain_entry *e, const struct conf_receiver *receiver, const struct conf_requirement *r)
{
	json_put(e->object, "receiver", json_text(e->arena, receiver->name));
	json_put(e->object, "title", json_text(e->arena, receiver->title));
	json_put(e->object, "requirement", json_text(e->arena, r->name));
	json_put(e->object, "any", json_texts(e->arena, r->any.items, r->any.count));
	json_put(e->object, "when", json_text(e->arena, r->when));
	json_put(e->object, "reply", json_text(e->arena, r->reply));
	json_put(e->object, "date", json_text(e->arena, r->date));
}

static struct explain_entry begin(const struct explain_out *o, const struct conf_receiver *receiver,
    const struct conf_requirement *r)
{
	struct explain_entry e = explain_begin(o, "receiver");

	if (e.object != NULL)
		put_names(&e, receiver, r);
	e.cells[0] = receiver->name;
	e.cells[1] = r->name;
	e.title = arena_printf(e.arena, "%s: %s", receiver->title, r->name);
	e.meaning = asked(e.arena, r);
	if (e.object == NULL)
		e.meaning = r->reply == NULL
		                ? arena_printf(e.arena, "%s.", e.meaning)
		                : arena_printf(e.arena, "%s; else \"%s\".", e.meaning, r->reply);
	e.action = r->remedy;
	e.reference = r->source;
	if (r->reply != NULL)
		e.retry = smtp_retry_of((unsigned)(r->reply[0] - '0'));
	return e;
}

void explain_receiver_rows(const struct explain_out *o, const struct conf_receivers *receivers,
    const unsigned widths[EXPLAIN_CELLS])
{
	for (size_t i = 0; i < receivers->count; i++)
		for (size_t k = 0; k < receivers->items[i].requirement_count; k++) {
			const struct conf_receiver *r = &receivers->items[i];
			struct explain_entry e = begin(o, r, &r->requirements[k]);

			explain_end_row(o, &e, widths);
		}
}

/* Whether a reply in full has the codes that are asked for. */
static bool answers(const char *reply, const struct known_query *q)
{
	struct explain_query own;
	bool same;

	explain_read(span_from(reply), &own);
	same = (q->code == 0 || own.reply.code == q->code) &&
	       (q->status.class == 0 || (own.reply.status.class == q->status.class &&
					    own.reply.status.subject == q->status.subject &&
					    own.reply.status.detail == q->status.detail));
	buffer_clear(&own.text);
	return same;
}

void explain_receivers(const struct explain_out *o, const struct conf_receivers *receivers,
    const struct known_query *q)
{
	struct page p = {o->out, o->style};
	bool any = false;

	for (size_t i = 0; i < receivers->count; i++)
		for (size_t k = 0; k < receivers->items[i].requirement_count; k++) {
			const struct conf_receiver *r = &receivers->items[i];
			struct explain_entry e;

			if (r->requirements[k].reply == NULL ||
			    !answers(r->requirements[k].reply, q))
				continue;
			e = begin(o, r, &r->requirements[k]);
			if (o->style == NULL) {
				explain_end(o, &e);
				continue;
			}
			if (!any)
				page_title(&p, "Receivers' profiles that answer so");
			any = true;
			page_named_text(&p, e.title, PAGE_PLAIN, "%s", e.meaning);
			arena_free(e.arena);
		}
}

static void add_finding(const struct explain_out *o, const struct finding_entry *entry, bool *any)
{
	struct page p = {o->out, o->style};

	if (o->style == NULL) {
		report_explain_json(o->out, entry);
		buffer_add_char(o->out, '\n');
		return;
	}
	if (!*any)
		page_title(&p, "Findings that mailassay answers so");
	*any = true;
	page_named_text(&p, entry->id, PAGE_PLAIN, "%s", entry->text);
}

void explain_findings(const struct explain_out *o, const struct known_query *q)
{
	bool any = false;

	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *entry = finding_entry((enum finding_id)i);
		struct buffer reply = BUFFER_INIT;

		if (entry->reply_code == 0)
			continue;
		buffer_printf(&reply, "%d %s", entry->reply_code, entry->reply_status);
		if (answers(reply.data, q))
			add_finding(o, entry, &any);
		buffer_clear(&reply);
	}
}
