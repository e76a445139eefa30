/*
 * SPDX-License-Identifier: ISC
 *
 * Replies explained: providers' known texts, then the enhanced code, then the reply code, then
 * which findings and which receivers answer so.
 */
#include <string.h>

#include "report/explain_internal.h"
#include "report/text_internal.h"

static struct explain_entry begin_code(const struct explain_out *o, int code)
{
	const struct smtp_code_entry *entry = smtp_code_find(code);
	struct explain_entry e = explain_begin(o, "reply");
	const char *group = smtp_code_group(code);

	if (e.object != NULL)
		json_put(e.object, "code", json_integer(code));
	e.title = e.cells[0] = arena_printf(e.arena, "%d", code);
	e.retry = smtp_retry_of((unsigned)code / 100);
	if (entry != NULL) {
		e.meaning = entry->meaning;
		e.action = entry->action;
		e.cells[1] = e.reference = entry->reference;
		return e;
	}
	e.meaning = arena_printf(e.arena, "No standard has this code; by its digits, %s%s%s.",
	    smtp_code_class(code), group == NULL ? "" : "; ", group == NULL ? "" : group);
	e.action = "Read the enhanced code and the text behind it.";
	e.reference = "RFC 5321 4.2.1";
	return e;
}

static void set_status(struct explain_entry *e, const char *text)
{
	if (e->object != NULL)
		json_put(e->object, "status", json_text(e->arena, text));
	e->title = e->cells[0] = text;
}

static struct explain_entry begin_status(const struct explain_out *o, const struct smtp_status *s)
{
	const struct smtp_status_entry *entry = smtp_status_find(s);
	struct explain_entry e = explain_begin(o, "status");
	const char *subject = smtp_status_subject(s->subject);

	set_status(&e, arena_printf(e.arena, "%u.%u.%u", s->class, s->subject, s->detail));
	e.retry = smtp_retry_of(s->class);
	if (entry != NULL) {
		e.meaning = entry->meaning;
		e.action = entry->action;
		e.reference = entry->reference;
		return e;
	}
	e.meaning = arena_printf(e.arena,
	    "The registry has no such code: it is somebody's own. By its numbers: %s%s%s.",
	    smtp_status_class(s->class), subject == NULL ? "" : "; ",
	    subject == NULL ? "" : subject);
	e.action = "Read the text behind it, and look for it in the provider's pages.";
	e.reference = "RFC 3463 2";
	return e;
}

/* "550 5.7.26, 421 4.7.26" */
static const char *forms_text(struct arena *a, const char *forms)
{
	struct span rest = span_from(forms);
	struct buffer text = BUFFER_INIT;
	const char *result;

	while (rest.data != NULL) {
		buffer_add_string(&text, text.len == 0 ? "" : ", ");
		buffer_add_span(&text, span_cut(&rest, '|'));
	}
	result = arena_copy(a, buffer_span(&text));
	buffer_clear(&text);
	return result;
}

static struct explain_entry begin_known(
    const struct explain_out *o, const struct known_reply *k, const struct known_query *q)
{
	struct explain_entry e = explain_begin(o, "provider");

	if (e.object != NULL) {
		json_put(e.object, "provider", json_text(e.arena, k->provider));
		json_put(e.object, "replies", json_words(e.arena, k->forms, '|'));
		json_put(e.object, "part", json_text(e.arena, k->part));
	}
	e.cells[0] = k->provider;
	e.cells[1] = forms_text(e.arena, k->forms);
	e.title = arena_printf(e.arena, "%s: %s%s%s", k->provider, e.cells[1],
	    k->part == NULL ? "" : " ... ", k->part == NULL ? "" : k->part);
	e.meaning = k->meaning;
	e.action = k->action;
	e.retry = known_retry(k, q);
	return e;
}

/* Those that match so, each in full; of texts the closest of each provider. */
static bool add_known(
    const struct explain_out *o, const struct known_query *q, enum known_match want)
{
	const char *provider = "";
	const struct known_reply *k;

	for (size_t i = 0; (k = known_reply(i)) != NULL; i++) {
		struct explain_entry e;

		if (known_match(k, q) != want ||
		    (want == KNOWN_TEXT && strcmp(k->provider, provider) == 0))
			continue;
		e = begin_known(o, k, q);
		explain_end(o, &e);
		provider = k->provider;
	}
	return provider[0] != '\0';
}

/* Those with these codes whose name the text says, such as "... Gmail requires ...". */
static bool add_named(const struct explain_out *o, const struct known_query *q)
{
	const struct known_reply *k;
	bool any = false;

	for (size_t i = 0; (k = known_reply(i)) != NULL; i++) {
		struct explain_entry e;

		if (known_match(k, q) != KNOWN_CODE ||
		    !span_holds_nocase(q->text, span_from(k->provider)))
			continue;
		e = begin_known(o, k, q);
		explain_end(o, &e);
		any = true;
	}
	return any;
}

/* The same in a line or two each, where only the codes tell. */
static void list_known(const struct explain_out *o, const struct known_query *q)
{
	struct page p = {o->out, o->style};
	const struct known_reply *k;
	bool any = false;

	for (size_t i = 0; (k = known_reply(i)) != NULL; i++) {
		struct explain_entry e;

		if (known_match(k, q) != KNOWN_CODE)
			continue;
		if (!any)
			page_title(&p, "Providers that answer so");
		any = true;
		e = begin_known(o, k, q);
		page_named_text(&p, e.title, PAGE_PLAIN, "%s %s", k->meaning, k->action);
		arena_free(e.arena);
	}
}

static void add_codes(const struct explain_out *o, const struct known_query *q)
{
	struct explain_entry e;

	if (q->status.class != 0) {
		e = begin_status(o, &q->status);
		explain_end(o, &e);
	}
	if (q->code != 0) {
		e = begin_code(o, q->code);
		explain_end(o, &e);
	}
}

/* A code of nobody else's comes first, as a text does. */
static bool is_own(const struct smtp_status *s)
{
	return s->class != 0 && smtp_status_find(s) == NULL;
}

bool explain_reply(const struct explain_out *o, const struct explain_query *q,
    const struct conf_receivers *receivers)
{
	const struct known_query *reply = &q->reply;
	bool known = add_known(o, reply, KNOWN_TEXT);

	if (!known)
		known = add_named(o, reply);
	if (!known && is_own(&reply->status))
		known = add_known(o, reply, KNOWN_CODE);
	if (reply->status.class == 0 && reply->code == 0)
		return known;
	add_codes(o, reply);
	if (!known && o->style == NULL)
		add_known(o, reply, KNOWN_CODE);
	else if (!known)
		list_known(o, reply);
	explain_findings(o, reply);
	if (receivers != NULL)
		explain_receivers(o, receivers, reply);
	return true;
}

void explain_replies_rows(const struct explain_out *o, const unsigned widths[EXPLAIN_CELLS])
{
	const struct smtp_code_entry *entry;

	for (size_t i = 0; (entry = smtp_code_entry(i)) != NULL; i++) {
		struct explain_entry e = begin_code(o, entry->code);

		explain_end_row(o, &e, widths);
	}
}

/* Without a class: 4 and 5 say whether to send it again. */
void explain_status_rows(const struct explain_out *o, const unsigned widths[EXPLAIN_CELLS])
{
	const struct smtp_status_entry *entry;

	for (size_t i = 0; (entry = smtp_status_entry(i)) != NULL; i++) {
		struct explain_entry e = explain_begin(o, "status");

		set_status(&e, arena_printf(e.arena, "X.%u.%u", entry->subject, entry->detail));
		e.cells[1] = e.reference = entry->reference;
		e.meaning = entry->meaning;
		e.action = entry->action;
		explain_end_row(o, &e, widths);
	}
}

/* A row has no room for what is looked for in the text, and it tells rows apart. */
static void quote_part(struct explain_entry *e, const struct known_reply *k)
{
	if (k->part != NULL && e->object == NULL)
		e->meaning = arena_printf(e->arena, "\"%s\": %s", k->part, e->meaning);
}

void explain_provider_rows(const struct explain_out *o, const unsigned widths[EXPLAIN_CELLS])
{
	static const struct known_query any;
	const struct known_reply *k;

	for (size_t i = 0; (k = known_reply(i)) != NULL; i++) {
		struct explain_entry e = begin_known(o, k, &any);

		quote_part(&e, k);
		explain_end_row(o, &e, widths);
	}
}
