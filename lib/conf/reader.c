/*
 * SPDX-License-Identifier: ISC
 *
 * Reading a configuration file: each value is checked by the option table and kept in the draft of
 * its section.
 */
#include "conf/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "conf/grammar.h"
#include "conf/listener.h"
#include "conf/route.h"
#include "conf/text.h"
#include "conf/value.h"

struct reader {
	struct grammar grammar; /* the first member, so that callbacks find the rest */
	struct conf_draft *draft;
	struct conf_listener_draft *listener; /* being read, else NULL */
	struct conf_user_draft *user;         /* being read, else NULL */
	struct conf_route_draft *route;       /* being read, else NULL */
};

#define TITLED "listener NAME {, user NAME { or route NAME {"

static void add_expected(size_t section, enum grammar_complaint complaint, struct buffer *out)
{
	switch (complaint) {
	case GRAMMAR_UNKNOWN_NAME:
		buffer_add_string(out, "one of: ");
		conf_option_names((enum conf_section)section, out);
		return;
	case GRAMMAR_NO_TITLE:
		buffer_add_string(out, TITLED);
		return;
	case GRAMMAR_TITLE_TWICE:
		buffer_add_string(out, "another name; each section has its own");
		return;
	case GRAMMAR_OTHER:
		buffer_add_string(out, "NAME = VALUE, NAME = { VALUE, ... } for a list, or a "
				       "section NAME TITLE { ... }");
		return;
	}
}

static struct conf_user_draft *begin_user(struct conf_draft *d, const char *title)
{
	struct conf_user_draft *u;

	array_grow(&d->users, d->user_count, sizeof(*d->users));
	u = &d->users[d->user_count++];
	memset(u, 0, sizeof(*u));
	u->user.name = arena_string(d->settings.arena, title);
	return u;
}

/* The draft of the section that cfg stands for, and its lines. */
static void *draft_of(
    struct reader *r, enum conf_section section, const char *title, struct conf_lines **lines)
{
	switch (section) {
	case CONF_SECTION_LISTENER:
		if (r->listener == NULL)
			r->listener = conf_listener_add(r->draft, title);
		*lines = &r->listener->lines;
		return r->listener;
	case CONF_SECTION_USER:
		if (r->user == NULL)
			r->user = begin_user(r->draft, title);
		*lines = &r->user->lines;
		return r->user;
	case CONF_SECTION_ROUTE:
		if (r->route == NULL)
			r->route = conf_route_add(r->draft, title);
		*lines = &r->route->lines;
		return r->route;
	case CONF_SECTION_TOP:
	case CONF_SECTION_COUNT:
		break;
	}
	*lines = &r->draft->lines;
	return r->draft;
}

/* Where the value belongs. */
static void *draft_of_value(
    struct grammar *g, const struct grammar_value *v, struct conf_lines **lines)
{
	const struct conf_option *o = conf_option((enum conf_option_id)v->option);

	return draft_of((struct reader *)(void *)g, o->section, v->title, lines);
}

static int begin_value(struct grammar *g, const struct grammar_value *v)
{
	const struct conf_option *o = conf_option((enum conf_option_id)v->option);
	struct conf_lines *lines;
	void *draft = draft_of_value(g, v, &lines);

	if (lines->of[v->option] != 0 && !v->further)
		return grammar_given_twice(g, v, o->name, lines->of[v->option]);
	if (conf_type_is_list(o->type) && !v->further)
		conf_value_reset(o, draft);
	lines->of[v->option] = v->line;
	return 0;
}

static int take_value(struct grammar *g, const struct grammar_value *v, struct error *err)
{
	const struct conf_option *o = conf_option((enum conf_option_id)v->option);
	struct reader *r = (struct reader *)(void *)g;
	struct conf_lines *lines;
	void *draft = draft_of_value(g, v, &lines);

	if (conf_text_check_value(v->text, err) < 0)
		return -1;
	return conf_value_set(o, span_from(v->text), draft, r->draft->settings.arena, err);
}

/* A title names a listener or a route in logs, files and commands, or is a user's name. */
static const char *title_problem(enum conf_section section, const char *title)
{
	if (title == NULL || title[0] == '\0')
		return "a section without a title; expected " TITLED;
	if (section == CONF_SECTION_USER || grammar_title_is_plain(title))
		return NULL;
	return section == CONF_SECTION_LISTENER ? "expected the name of a listener" GRAMMAR_PLAIN
	                                        : "expected the name of a route" GRAMMAR_PLAIN;
}

static int end_section(struct grammar *g, size_t section, const char *title, unsigned line)
{
	struct reader *r = (struct reader *)(void *)g;
	const char *problem = title_problem((enum conf_section)section, title);
	struct conf_lines *lines;
	struct error err;

	if (problem != NULL)
		return grammar_fail(g, line, "%s", problem);
	if (conf_text_check_value(title, &err) < 0)
		return grammar_fail(g, line, "%s", err.text);
	draft_of(r, (enum conf_section)section, title, &lines);
	lines->line = line;
	r->listener = NULL;
	r->user = NULL;
	r->route = NULL;
	return 0;
}

int conf_read(struct span text, const char *file, struct conf_draft *draft, struct error *err)
{
	struct grammar_section sections[CONF_SECTION_COUNT];
	struct grammar_option options[CONF_OPTION_COUNT];
	struct reader r = {
	    .grammar = {sections, CONF_SECTION_COUNT, options, CONF_OPTION_COUNT, add_expected,
		begin_value, take_value, end_section, file, err, false},
	    .draft = draft,
	};

	for (int i = 0; i < CONF_SECTION_COUNT; i++)
		sections[i] = (struct grammar_section){CONF_SECTION_NAME[i], CONF_SECTION_TOP};
	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		const struct conf_option *o = conf_option((enum conf_option_id)i);

		options[i] =
		    (struct grammar_option){o->section, o->name, conf_type_is_list(o->type)};
	}
	conf_value_defaults(CONF_SECTION_TOP, draft, draft->settings.arena);
	return grammar_read(&r.grammar, text);
}
