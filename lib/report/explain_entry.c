/*
 * SPDX-License-Identifier: ISC
 *
 * One explanation as a page, as a row of a table, as JSON.
 */
#include "report/explain_internal.h"
#include "report/text_internal.h"

struct explain_entry explain_begin(const struct explain_out *o, const char *kind)
{
	struct explain_entry e = {.arena = arena_new(), .retry = SMTP_RETRY_COUNT};

	if (o->style == NULL) {
		e.object = json_object();
		json_put(e.object, "kind", json_string(kind));
	}
	return e;
}

static json_t *retry_json(enum smtp_retry retry)
{
	if (retry == SMTP_RETRY_LATER || retry == SMTP_RETRY_NEVER)
		return json_boolean(retry == SMTP_RETRY_LATER);
	return json_null();
}

static void end_json(const struct explain_out *o, struct explain_entry *e)
{
	json_put(e->object, "meaning", json_text(e->arena, e->meaning));
	json_put(e->object, "retry", retry_json(e->retry));
	json_put(e->object, "action", json_text(e->arena, e->action));
	json_put(e->object, "reference", json_text(e->arena, e->reference));
	json_finish(o->out, e->object, e->arena);
	buffer_add_char(o->out, '\n');
}

void explain_end(const struct explain_out *o, struct explain_entry *e)
{
	struct page p = {o->out, o->style};

	if (o->style == NULL) {
		end_json(o, e);
		return;
	}
	if (o->out->len > 0)
		buffer_add_char(o->out, '\n');
	page_column(&p, e->title, 0, PAGE_BOLD);
	buffer_add_char(o->out, '\n');
	page_text(&p, e->meaning);
	if (e->action != NULL)
		page_row(&p, "what to do", "%s", e->action);
	if (e->retry != SMTP_RETRY_COUNT)
		page_row(&p, "again", "%s", SMTP_RETRY_TEXT[e->retry]);
	if (e->reference != NULL)
		page_row(&p, "reference", "%s", e->reference);
	arena_free(e->arena);
}

void explain_end_row(
    const struct explain_out *o, struct explain_entry *e, const unsigned widths[EXPLAIN_CELLS])
{
	struct page p = {o->out, o->style};
	const char *text;

	if (o->style == NULL) {
		end_json(o, e);
		return;
	}
	text =
	    e->action == NULL ? e->meaning : arena_printf(e->arena, "%s %s", e->meaning, e->action);
	for (size_t i = 0; i < EXPLAIN_CELLS && e->cells[i] != NULL; i++) {
		page_column(&p, e->cells[i], widths[i], i == 0 ? PAGE_BOLD : PAGE_PLAIN);
		buffer_add_char(o->out, ' ');
	}
	if (o->style->width == 0) {
		page_column(&p, text, 0, PAGE_PLAIN);
	} else {
		while (o->out->data[o->out->len - 1] == ' ')
			buffer_truncate(o->out, o->out->len - 1);
	}
	buffer_add_char(o->out, '\n');
	if (o->style->width > 0)
		page_text(&p, text);
	arena_free(e->arena);
}
