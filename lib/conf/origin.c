/*
 * SPDX-License-Identifier: ISC
 *
 * Origins: where each option in force comes from.
 */
#include "conf/origin.h"

#include <string.h>

#include "base/arena.h"
#include "conf/listener.h"
#include "conf/value.h"

static const struct conf_given *last_given(const struct conf_draft *draft, const char *option)
{
	for (size_t i = draft->given_count; i > 0; i--)
		if (strcmp(draft->given[i - 1].option, option) == 0)
			return &draft->given[i - 1];
	return NULL;
}

const char *conf_place(const struct conf_draft *draft, const struct conf_lines *lines,
    enum conf_option_id id, enum conf_source *source)
{
	const struct conf_option *o = conf_option(id);
	const struct conf_given *given;

	*source = CONF_SOURCE_DEFAULT;
	if (lines->of[id] == 0)
		return NULL;
	if (lines->of[id] != CONF_LINE_ELSEWHERE) {
		*source = CONF_SOURCE_FILE;
		return arena_printf(draft->settings.arena, "%s:%u", draft->file, lines->of[id]);
	}
	given = o->section == CONF_SECTION_TOP ? last_given(draft, o->name) : NULL;
	if (given != NULL) {
		*source = given->source;
		return arena_string(draft->settings.arena, given->place);
	}
	if (o->section != CONF_SECTION_LISTENER || !draft->listening)
		return NULL;
	*source = CONF_SOURCE_ARGUMENT;
	return "--listen";
}

/* An empty list that nobody gave is none, but for mechanisms: there it says that none is offered.
 */
static bool is_none(const struct conf_option *o, const struct conf_lines *lines,
    enum conf_option_id id, const void *section)
{
	const struct conf_list *list = (const void *)((const char *)section + o->offset);

	return conf_type_is_list(o->type) && o->type != CONF_TYPE_MECHANISMS &&
	       lines->of[id] == 0 && list->count == 0;
}

/* Adds the options of one section. */
static void add(struct conf_draft *draft, enum conf_section section, const char *title,
    const void *values, const struct conf_lines *lines)
{
	struct conf_settings *s = &draft->settings;
	struct buffer text = BUFFER_INIT;

	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		enum conf_option_id id = (enum conf_option_id)i;
		const struct conf_option *o = conf_option(id);
		struct conf_origin *origin;

		if (o->section != section)
			continue;
		origin = &s->origins[s->origin_count++];
		origin->section = CONF_SECTION_NAME[section];
		origin->title = title;
		origin->option = o->name;
		origin->place = conf_place(draft, lines, id, &origin->source);
		buffer_reset(&text);
		if (conf_value_write(o, values, &text) && !is_none(o, lines, id, values))
			origin->value = arena_copy(s->arena, buffer_span(&text));
	}
	buffer_clear(&text);
}

/* How many options the sections of the draft have together. */
static size_t count_all(const struct conf_draft *draft)
{
	const size_t sections[CONF_SECTION_COUNT] = {
	    [CONF_SECTION_TOP] = 1,
	    [CONF_SECTION_LISTENER] = draft->listener_count,
	    [CONF_SECTION_USER] = draft->user_count,
	    [CONF_SECTION_ROUTE] = draft->route_count,
	};
	size_t count = 0;

	for (int i = 0; i < CONF_OPTION_COUNT; i++)
		count += sections[conf_option((enum conf_option_id)i)->section];
	return count;
}

void conf_origins_finish(struct conf_draft *draft)
{
	struct conf_settings *s = &draft->settings;

	s->origins = arena_alloc(s->arena, count_all(draft) * sizeof(*s->origins));
	add(draft, CONF_SECTION_TOP, NULL, draft, &draft->lines);
	for (size_t i = 0; i < draft->listener_count; i++) {
		const struct conf_listener_draft *l = &draft->listeners[i];

		add(draft, CONF_SECTION_LISTENER, l->listener.name, l, &l->lines);
	}
	for (size_t i = 0; i < draft->user_count; i++) {
		const struct conf_user_draft *u = &draft->users[i];

		add(draft, CONF_SECTION_USER, u->user.name, u, &u->lines);
	}
	for (size_t i = 0; i < draft->route_count; i++) {
		const struct conf_route_draft *r = &draft->routes[i];

		add(draft, CONF_SECTION_ROUTE, r->route.name, r, &r->lines);
	}
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

const struct conf_origin *conf_origin_find(
    const struct conf_settings *s, const char *section, const char *title, const char *option)
{
	for (size_t i = 0; i < s->origin_count; i++) {
		const struct conf_origin *o = &s->origins[i];

		if (same(o->section, section) && same(o->title, title) &&
		    strcmp(o->option, option) == 0)
			return o;
	}
	return NULL;
}
