/*
 * SPDX-License-Identifier: ISC
 *
 * Receivers' profiles, for people and as JSON.
 */
#include "report/receiver.h"

#include <stdio.h>
#include <string.h>

#include "report/json_internal.h"
#include "report/text_internal.h"

/* What is done with each row of a profile. */
struct walk {
	const struct conf_receivers *all;
	bool *seen;
	void (*row)(
	    void *arg, const struct conf_receiver *of, const struct conf_requirement *requirement);
	void *arg;
};

/* What is included stands before what includes it, so this ends; each is walked once. */
static void walk_receiver(const struct walk *w, const struct conf_receiver *r)
{
	bool *seen = &w->seen[r - w->all->items];

	if (*seen)
		return;
	*seen = true;
	for (size_t i = 0; i < r->include.count; i++)
		walk_receiver(w, conf_receiver_find(w->all, span_from(r->include.items[i])));
	for (size_t i = 0; i < r->requirement_count; i++)
		w->row(w->arg, r, &r->requirements[i]);
}

static void walk(const struct conf_receivers *all, const struct conf_receiver *r,
    void (*row)(void *, const struct conf_receiver *, const struct conf_requirement *), void *arg)
{
	struct arena *a = arena_new();
	struct walk w = {.all = all, .row = row, .arg = arg};

	w.seen = arena_alloc(a, all->count * sizeof(*w.seen));
	walk_receiver(&w, r);
	arena_free(a);
}

static void count_row(void *arg, const struct conf_receiver *of, const struct conf_requirement *q)
{
	size_t *count = arg;

	(void)of;
	(void)q;
	(*count)++;
}

static size_t name_width(const struct conf_receivers *all)
{
	size_t width = strlen("NAME");

	for (size_t i = 0; i < all->count; i++)
		if (strlen(all->items[i].name) > width)
			width = strlen(all->items[i].name);
	return width;
}

void report_receivers_text(
    struct buffer *out, const struct conf_receivers *all, const struct report_style *style)
{
	struct page p = {out, style};
	size_t width = name_width(all);

	page_cell(&p, "NAME", width);
	buffer_add_string(out, "ROWS  TITLE\n");
	for (size_t i = 0; i < all->count; i++) {
		size_t rows = 0;

		walk(all, &all->items[i], count_row, &rows);
		page_cell(&p, all->items[i].name, width);
		buffer_printf(out, "%4zu  ", rows);
		page_escape(out, span_from(all->items[i].title));
		buffer_add_char(out, '\n');
	}
}

static void optional(struct page *p, const char *label, const char *text)
{
	if (text != NULL)
		page_row(p, label, "%s", text);
}

static void write_row(void *arg, const struct conf_receiver *of, const struct conf_requirement *q)
{
	struct page *p = arg;
	struct buffer title = BUFFER_INIT;

	buffer_printf(&title, "%s (%s)", q->name, of->name);
	page_title(p, title.data);
	for (size_t i = 0; i < q->any.count; i++)
		page_row(p, i == 0 ? "requires" : "or", "%s", q->any.items[i]);
	optional(p, "when", q->when);
	page_row(p, "reply", "%s", q->reply == NULL ? "none: the spam folder" : q->reply);
	optional(p, "remedy", q->remedy);
	optional(p, "source", q->source);
	optional(p, "date", q->date);
	buffer_clear(&title);
}

void report_receiver_text(struct buffer *out, const struct conf_receivers *all,
    const struct conf_receiver *r, const struct report_style *style)
{
	struct page p = {out, style};

	buffer_printf(out, "%s: ", r->name);
	page_escape(out, span_from(r->title));
	buffer_add_char(out, '\n');
	walk(all, r, write_row, &p);
}

/* What a row of JSON is put into. */
struct rows {
	struct arena *arena;
	json_t *list;
};

static void put_row(void *arg, const struct conf_receiver *of, const struct conf_requirement *q)
{
	struct rows *rows = arg;
	json_t *row = json_object();

	json_put(row, "name", json_text(rows->arena, q->name));
	json_put(row, "receiver", json_text(rows->arena, of->name));
	json_put(row, "any", json_texts(rows->arena, q->any.items, q->any.count));
	json_put(row, "when", json_text(rows->arena, q->when));
	json_put(row, "reply", json_text(rows->arena, q->reply));
	json_put(row, "remedy", json_text(rows->arena, q->remedy));
	json_put(row, "source", json_text(rows->arena, q->source));
	json_put(row, "date", json_text(rows->arena, q->date));
	json_array_append_new(rows->list, row);
}

void report_receiver_json(
    struct buffer *out, const struct conf_receivers *all, const struct conf_receiver *r)
{
	struct rows rows = {arena_new(), json_array()};
	json_t *object = json_object();

	json_put(object, "name", json_text(rows.arena, r->name));
	json_put(object, "title", json_text(rows.arena, r->title));
	json_put(object, "include", json_texts(rows.arena, r->include.items, r->include.count));
	walk(all, r, put_row, &rows);
	json_put(object, "requirements", rows.list);
	json_finish(out, object, rows.arena);
}
