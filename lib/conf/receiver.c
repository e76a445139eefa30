/*
 * SPDX-License-Identifier: ISC
 *
 * Receivers' files: each value is checked by its row and kept in the receiver or the requirement
 * that is being read.
 */
#include "conf/receiver.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "conf/grammar.h"
#include "conf/receiver_files.h"
#include "conf/reply.h"
#include "conf/text.h"
#include "conf/value.h"

enum level {
	LEVEL_TOP,
	LEVEL_RECEIVER,
	LEVEL_REQUIREMENT,
	LEVEL_COUNT,
};

static const struct grammar_section SECTIONS[] = {
    [LEVEL_TOP] = {NULL, LEVEL_TOP},
    [LEVEL_RECEIVER] = {"receiver", LEVEL_TOP},
    [LEVEL_REQUIREMENT] = {"requirement", LEVEL_RECEIVER},
};
_Static_assert(ARRAY_SIZE(SECTIONS) == LEVEL_COUNT, "sections");

struct option {
	enum level level;
	const char *name;
	bool list;
	size_t offset; /* in its struct: const char *, or struct conf_list */
	const char *(*problem)(const char *value); /* what is wrong with a value, or NULL */
};

#define RECEIVER(field) LEVEL_RECEIVER, #field, false, offsetof(struct conf_receiver, field)
#define REQUIREMENT(field)                                                                         \
	LEVEL_REQUIREMENT, #field, false, offsetof(struct conf_requirement, field)

static const char *any_text(const char *value)
{
	return value[0] == '\0' ? "expected a text, got an empty one" : NULL;
}

static const char *date(const char *value)
{
	static const char FORM[] = "0000-00-00";

	for (size_t i = 0; i < sizeof(FORM); i++)
		if (FORM[i] == '0' ? !ascii_digit(value[i]) : value[i] != FORM[i])
			return "expected a date as in 2026-03-11";
	return NULL;
}

static const struct option OPTIONS[] = {
    {RECEIVER(title), any_text},
    {LEVEL_RECEIVER, "include", true, offsetof(struct conf_receiver, include), any_text},
    {LEVEL_REQUIREMENT, "any", true, offsetof(struct conf_requirement, any), any_text},
    {REQUIREMENT(when), any_text},
    {REQUIREMENT(reply), conf_reply_problem},
    {REQUIREMENT(remedy), any_text},
    {REQUIREMENT(source), any_text},
    {REQUIREMENT(date), date},
};

struct reader {
	struct grammar grammar; /* the first member, so that callbacks find the rest */
	struct conf_receivers *out;
	struct conf_receiver receiver;                    /* being read */
	struct conf_requirement requirement;              /* being read */
	unsigned given[LEVEL_COUNT][ARRAY_SIZE(OPTIONS)]; /* the lines of what was */
};

/* What a section may hold, by its level. */
static const char *const HOLDS[] = {
    [LEVEL_TOP] = "receiver NAME { ... }",
    [LEVEL_RECEIVER] = "title, include, requirement NAME { ... }",
    [LEVEL_REQUIREMENT] = "any, when, reply, remedy, source, date",
};
_Static_assert(ARRAY_SIZE(HOLDS) == LEVEL_COUNT, "what sections hold");

static void add_expected(size_t section, enum grammar_complaint complaint, struct buffer *out)
{
	buffer_add_string(out, complaint == GRAMMAR_TITLE_TWICE ? "another name" : HOLDS[section]);
}

static size_t option_of(enum level level, const char *name)
{
	size_t i = 0;

	while (OPTIONS[i].level != level || strcmp(OPTIONS[i].name, name) != 0)
		i++;
	return i;
}

/* Keeps a checked value where its option says. */
static int keep(struct reader *r, const struct option *o, const char *value, struct error *err)
{
	char *section = o->level == LEVEL_RECEIVER ? (char *)&r->receiver : (char *)&r->requirement;
	struct conf_list *list = (struct conf_list *)(void *)(section + o->offset);

	if (!o->list) {
		*(const char **)(void *)(section + o->offset) = arena_string(r->out->arena, value);
		return 0;
	}
	if (list->count == CONF_RECEIVERS_MAX)
		return error_usage(
		    err, "%s: expected at most %d items", o->name, CONF_RECEIVERS_MAX);
	conf_list_add(list, span_from(value), r->out->arena);
	return 0;
}

static int begin_value(struct grammar *g, const struct grammar_value *v)
{
	struct reader *r = (struct reader *)(void *)g;
	const struct option *o = &OPTIONS[v->option];
	unsigned *given = &r->given[o->level][v->option];

	if (*given != 0 && !v->further)
		return grammar_given_twice(g, v, o->name, *given);
	if (*given == 0)
		*given = v->line;
	return 0;
}

static int take_value(struct grammar *g, const struct grammar_value *v, struct error *err)
{
	const struct option *o = &OPTIONS[v->option];
	const char *problem;
	struct error why;

	if (conf_text_check_value(v->text, &why) < 0)
		return error_usage(err, "%s: %s", o->name, why.text);
	problem = o->problem(v->text);
	if (problem != NULL)
		return error_usage(err, "%s: %s, got \"%.60s\"", o->name, problem, v->text);
	return keep((struct reader *)(void *)g, o, v->text, err);
}

static unsigned line_of(const struct reader *r, enum level level, const char *option, unsigned end)
{
	unsigned line = r->given[level][option_of(level, option)];

	return line == 0 ? end : line;
}

static const char *place(const struct reader *r, unsigned line)
{
	return arena_printf(r->out->arena, "%s:%u", r->grammar.file, line);
}

static int end_requirement(struct reader *r, const char *title, unsigned line)
{
	struct conf_requirement *q = &r->requirement;
	struct conf_receiver *to = &r->receiver;
	unsigned at = line_of(r, LEVEL_REQUIREMENT, "any", line);

	if (q->any.count == 0 || q->any.count > CONF_ALTERNATIVES_MAX)
		return grammar_fail(&r->grammar, at,
		    "requirement \"%s\": expected any = { \"...\" } with 1 to %d texts, got %zu",
		    title, CONF_ALTERNATIVES_MAX, q->any.count);
	if (to->requirement_count == CONF_REQUIREMENTS_MAX)
		return grammar_fail(&r->grammar, at,
		    "expected at most %d requirements of one receiver", CONF_REQUIREMENTS_MAX);
	q->name = arena_string(r->out->arena, title);
	q->place = place(r, at);
	array_grow(&to->requirements, to->requirement_count, sizeof(*to->requirements));
	to->requirements[to->requirement_count++] = *q;
	*q = (struct conf_requirement){.name = NULL};
	memset(r->given[LEVEL_REQUIREMENT], 0, sizeof(r->given[LEVEL_REQUIREMENT]));
	return 0;
}

/* The index of a receiver, or how many there are. */
static size_t index_of(const struct conf_receivers *all, struct span name)
{
	size_t i = 0;

	while (i < all->count && !span_equal(span_from(all->items[i].name), name))
		i++;
	return i;
}

/* Only what stands before it, so that nothing can include itself. */
static int check_include(struct reader *r, size_t index, unsigned line)
{
	const struct conf_list *include = &r->receiver.include;

	for (size_t i = 0; i < include->count; i++) {
		if (index_of(r->out, span_from(include->items[i])) >= index)
			return grammar_fail(&r->grammar, line,
			    "receiver \"%s\": include: there is no receiver \"%.60s\" before it; "
			    "expected one that stands above, or comes with the program",
			    r->receiver.name, include->items[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(include->items[i], include->items[k]) == 0)
				return grammar_fail(&r->grammar, line,
				    "receiver \"%s\": include: \"%s\" stands twice",
				    r->receiver.name, include->items[i]);
	}
	return 0;
}

/* From memory that grew to the arena. */
static void keep_requirements(struct conf_receiver *to, struct arena *a)
{
	size_t octets = to->requirement_count * sizeof(*to->requirements);
	struct conf_requirement *grown = to->requirements;

	to->requirements = arena_alloc(a, octets);
	if (octets > 0)
		memcpy(to->requirements, grown, octets);
	free(grown);
}

static void add(struct conf_receivers *out, size_t index, const struct conf_receiver *item)
{
	/* Doubled, as a list is; old arrays stay in the arena. */
	if (index == out->count && (out->count & (out->count - 1)) == 0) {
		size_t room = out->count == 0 ? 1 : 2 * out->count;
		struct conf_receiver *items = arena_alloc(out->arena, room * sizeof(*items));

		if (out->count > 0)
			memcpy(items, out->items, out->count * sizeof(*items));
		out->items = items;
	}
	out->items[index] = *item;
	out->count += index == out->count;
}

static int end_receiver(struct reader *r, const char *title, unsigned line)
{
	struct conf_receiver *item = &r->receiver;
	size_t index = index_of(r->out, span_from(title));
	unsigned at = line_of(r, LEVEL_RECEIVER, "title", line);

	item->name = arena_string(r->out->arena, title);
	if (item->title == NULL)
		return grammar_fail(&r->grammar, at,
		    "receiver \"%s\": title is missing; expected title = \"...\"", title);
	if (strlen(item->title) > 64)
		return grammar_fail(&r->grammar, at, "title: expected at most 64 octets");
	if (item->requirement_count + item->include.count == 0)
		return grammar_fail(&r->grammar, at,
		    "receiver \"%s\" requires nothing; expected requirement NAME { ... } or "
		    "include",
		    title);
	if (index == CONF_RECEIVERS_MAX)
		return grammar_fail(
		    &r->grammar, at, "expected at most %d receivers", CONF_RECEIVERS_MAX);
	if (check_include(r, index, line_of(r, LEVEL_RECEIVER, "include", line)) < 0)
		return -1;
	item->place = place(r, at);
	keep_requirements(item, r->out->arena);
	add(r->out, index, item);
	*item = (struct conf_receiver){.name = NULL};
	memset(r->given[LEVEL_RECEIVER], 0, sizeof(r->given[LEVEL_RECEIVER]));
	return 0;
}

static int end_section(struct grammar *g, size_t section, const char *title, unsigned line)
{
	struct reader *r = (struct reader *)(void *)g;

	if (!grammar_title_is_plain(title))
		return grammar_fail(
		    g, line, "expected the name of a %s" GRAMMAR_PLAIN, SECTIONS[section].name);
	return section == LEVEL_RECEIVER ? end_receiver(r, title, line)
	                                 : end_requirement(r, title, line);
}

int conf_receivers_parse(
    struct span text, const char *file, struct conf_receivers *r, struct error *err)
{
	struct grammar_option options[ARRAY_SIZE(OPTIONS)];
	struct reader reader = {
	    .grammar = {SECTIONS, ARRAY_SIZE(SECTIONS), options, ARRAY_SIZE(options), add_expected,
		begin_value, take_value, end_section, file, err, false},
	    .out = r,
	};
	int failed;

	if (r->arena == NULL)
		r->arena = arena_new();
	for (size_t i = 0; i < ARRAY_SIZE(OPTIONS); i++)
		options[i] =
		    (struct grammar_option){OPTIONS[i].level, OPTIONS[i].name, OPTIONS[i].list};
	failed = grammar_read(&reader.grammar, text);
	free(reader.receiver.requirements);
	return failed;
}

void conf_receivers_builtin(struct conf_receivers *out)
{
	*out = (struct conf_receivers){.arena = arena_new()};
	for (size_t i = 0; i < CONF_RECEIVER_FILE_COUNT; i++) {
		const struct conf_receiver_file *f = &CONF_RECEIVER_FILES[i];

		/* A test reads them all. */
		if (conf_receivers_parse(span_from(f->text), f->name, out, NULL) < 0)
			abort();
	}
}

void conf_receivers_clear(struct conf_receivers *r)
{
	arena_free(r->arena);
	*r = (struct conf_receivers){.arena = NULL};
}

const struct conf_receiver *conf_receiver_find(const struct conf_receivers *r, struct span name)
{
	size_t i = index_of(r, name);

	return i < r->count ? &r->items[i] : NULL;
}

void conf_receiver_names(const struct conf_receivers *r, struct buffer *out)
{
	for (size_t i = 0; i < r->count; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : ", ", r->items[i].name);
}
