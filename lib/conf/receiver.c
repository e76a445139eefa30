/*
 * SPDX-License-Identifier: ISC
 *
 * Receivers' files, read with libconfuse as the configuration is (see reader.c): every option is a
 * string or a list of strings, checked in a callback while its line is known.
 */
#include "conf/receiver.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "conf/receiver_files.h"
#include "conf/reply.h"
#include "conf/text.h"

#define READER_OPTION "\001"

enum level {
	LEVEL_TOP,
	LEVEL_RECEIVER,
	LEVEL_REQUIREMENT,
	LEVEL_COUNT,
};

static const char *const SECTION[] = {NULL, "receiver", "requirement"};
_Static_assert(ARRAY_SIZE(SECTION) == LEVEL_COUNT, "section names");

struct reader;

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

/* The options of a section, the section in it, the reader and the end. */
#define ROWS_MAX (ARRAY_SIZE(OPTIONS) + 3)

struct reader {
	struct conf_receivers *out;
	struct conf_receiver receiver;                    /* being read */
	struct conf_requirement requirement;              /* being read */
	unsigned given[LEVEL_COUNT][ARRAY_SIZE(OPTIONS)]; /* the lines of what was */
	const char *file;
	bool failed;
	struct error *err;
	cfg_opt_t rows[LEVEL_COUNT][ROWS_MAX];
};

static struct reader *reader_of(const cfg_t *cfg)
{
	const cfg_opt_t *o = cfg->opts;

	while (strcmp(o->name, READER_OPTION) != 0)
		o++;
	return (struct reader *)(void *)o->simple_value.ptr;
}

__attribute__((format(printf, 3, 4))) static int fail(
    struct reader *r, unsigned line, const char *fmt, ...)
{
	char text[400];
	va_list arguments;

	if (!r->failed) {
		va_start(arguments, fmt);
		vsnprintf(text, sizeof(text), fmt, arguments);
		va_end(arguments);
		error_usage(r->err, "%.250s:%u: %s", r->file, line, text);
	}
	r->failed = true;
	return -1;
}

static enum level level_of(const char *name)
{
	for (int i = LEVEL_RECEIVER; i < LEVEL_COUNT; i++)
		if (strcmp(SECTION[i], name) == 0)
			return (enum level)i;
	return LEVEL_TOP;
}

/* What a section may hold, by its level. */
static const char *const HOLDS[] = {
    [LEVEL_TOP] = "receiver NAME { ... }",
    [LEVEL_RECEIVER] = "title, include, requirement NAME { ... }",
    [LEVEL_REQUIREMENT] = "any, when, reply, remedy, source, date",
};
_Static_assert(ARRAY_SIZE(HOLDS) == LEVEL_COUNT, "what sections hold");

/* libconfuse's own complaints: the grammar and unknown names. */
__attribute__((format(printf, 2, 0))) static void complain(
    cfg_t *cfg, const char *fmt, va_list arguments)
{
	struct reader *r = reader_of(cfg);
	struct buffer text = BUFFER_INIT;

	buffer_vprintf(&text, fmt, arguments);
	if (span_starts(buffer_span(&text), SPAN("found duplicate title")))
		fail(r, (unsigned)cfg->line, "%s; expected another name", text.data);
	else
		fail(r, (unsigned)cfg->line, "%s; expected %s", text.data,
		    HOLDS[level_of(cfg->name)]);
	buffer_clear(&text);
}

static void list_add(struct conf_list *list, const char *item, struct arena *a)
{
	const char **items = list->items;

	/* The capacity is the power of two at or above count; old arrays stay in the arena. */
	if ((list->count & (list->count - 1)) == 0) {
		items = arena_alloc(a, (list->count == 0 ? 1 : 2 * list->count) * sizeof(*items));
		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
	}
	items[list->count++] = item;
}

static size_t option_of(enum level level, const char *name)
{
	size_t i = 0;

	while (OPTIONS[i].level != level || strcmp(OPTIONS[i].name, name) != 0)
		i++;
	return i;
}

/* Keeps a checked value where its option says. */
static void keep(struct reader *r, const struct option *o, const char *value)
{
	char *section = o->level == LEVEL_RECEIVER ? (char *)&r->receiver : (char *)&r->requirement;
	const char *text = arena_string(r->out->arena, value);

	if (o->list)
		list_add((struct conf_list *)(void *)(section + o->offset), text, r->out->arena);
	else
		*(const char **)(void *)(section + o->offset) = text;
}

/* libconfuse's callback for each value, also for each item of a list. */
static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct reader *r = reader_of(cfg);
	enum level level = level_of(cfg->name);
	size_t index = option_of(level, opt->name);
	const struct option *o = &OPTIONS[index];
	unsigned line = (unsigned)cfg->line, *given = &r->given[level][index];
	const char *problem;
	struct error err;

	*(const char **)result = value;
	if (*given != 0 && !(o->list && opt->nvalues > 1))
		return fail(
		    r, line, "%s is given twice; the first time in line %u", o->name, *given);
	if (*given == 0)
		*given = line;
	if (o->list && strcmp(value, CONF_EMPTY) == 0)
		return 0;
	if (opt->nvalues > CONF_RECEIVERS_MAX)
		return fail(r, line, "%s: expected at most %d items", o->name, CONF_RECEIVERS_MAX);
	if (conf_text_check_value(value, &err) < 0)
		return fail(r, line, "%s: %s", o->name, err.text);
	problem = o->problem(value);
	if (problem != NULL)
		return fail(r, line, "%s: %s, got \"%.60s\"", o->name, problem, value);
	keep(r, o, value);
	return 0;
}

static unsigned line_of(const struct reader *r, enum level level, const char *option, int end)
{
	unsigned line = r->given[level][option_of(level, option)];

	return line == 0 ? (unsigned)end : line;
}

static const char *place(const struct reader *r, unsigned line)
{
	return arena_printf(r->out->arena, "%s:%u", r->file, line);
}

static bool title_is_plain(const char *title)
{
	static const char PLAIN[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return title != NULL && title[0] != '\0' && title[strspn(title, PLAIN)] == '\0' &&
	       strlen(title) <= 64;
}

static int end_requirement(struct reader *r, const char *title, int line)
{
	struct conf_requirement *q = &r->requirement;
	struct conf_receiver *to = &r->receiver;
	unsigned at = line_of(r, LEVEL_REQUIREMENT, "any", line);

	if (q->any.count == 0 || q->any.count > CONF_ALTERNATIVES_MAX)
		return fail(r, at,
		    "requirement \"%s\": expected any = { \"...\" } with 1 to %d texts, got %zu",
		    title, CONF_ALTERNATIVES_MAX, q->any.count);
	if (to->requirement_count == CONF_REQUIREMENTS_MAX)
		return fail(r, at, "expected at most %d requirements of one receiver",
		    CONF_REQUIREMENTS_MAX);
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
			return fail(r, line,
			    "receiver \"%s\": include: there is no receiver \"%.60s\" before it; "
			    "expected one that stands above, or comes with the program",
			    r->receiver.name, include->items[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(include->items[i], include->items[k]) == 0)
				return fail(r, line,
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

static int end_receiver(struct reader *r, const char *title, int line)
{
	struct conf_receiver *item = &r->receiver;
	size_t index = index_of(r->out, span_from(title));
	unsigned at = line_of(r, LEVEL_RECEIVER, "title", line);

	item->name = arena_string(r->out->arena, title);
	if (item->title == NULL)
		return fail(
		    r, at, "receiver \"%s\": title is missing; expected title = \"...\"", title);
	if (strlen(item->title) > 64)
		return fail(r, at, "title: expected at most 64 octets");
	if (item->requirement_count + item->include.count == 0)
		return fail(r, at,
		    "receiver \"%s\" requires nothing; expected requirement NAME { ... } or "
		    "include",
		    title);
	if (index == CONF_RECEIVERS_MAX)
		return fail(r, at, "expected at most %d receivers", CONF_RECEIVERS_MAX);
	if (check_include(r, index, line_of(r, LEVEL_RECEIVER, "include", line)) < 0)
		return -1;
	item->place = place(r, at);
	keep_requirements(item, r->out->arena);
	add(r->out, index, item);
	*item = (struct conf_receiver){.name = NULL};
	memset(r->given[LEVEL_RECEIVER], 0, sizeof(r->given[LEVEL_RECEIVER]));
	return 0;
}

/* libconfuse's callback at the end of a section. */
static int end_section(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reader *r = reader_of(cfg);
	const char *title = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1)->title;

	if (!title_is_plain(title))
		return fail(r, (unsigned)cfg->line,
		    "expected the name of a %s, at most 64 letters, digits, \".\", \"_\" and \"-\"",
		    opt->name);
	return level_of(opt->name) == LEVEL_RECEIVER ? end_receiver(r, title, cfg->line)
	                                             : end_requirement(r, title, cfg->line);
}

static void add_rows(struct reader *r, enum level level)
{
	cfg_opt_t *row = r->rows[level];

	for (size_t i = 0; i < ARRAY_SIZE(OPTIONS); i++) {
		if (OPTIONS[i].level != level)
			continue;
		row->name = OPTIONS[i].name;
		row->type = CFGT_STR;
		row->flags = OPTIONS[i].list ? CFGF_LIST : CFGF_NODEFAULT;
		row->parsecb = take_value;
		row++;
	}
	if (level + 1 < LEVEL_COUNT) {
		row->name = SECTION[level + 1];
		row->type = CFGT_SEC;
		row->flags = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
		row->subopts = r->rows[level + 1];
		row->validcb = end_section;
		row++;
	}
	row->name = READER_OPTION;
	row->type = CFGT_PTR;
	row->simple_value.ptr = (void **)(void *)r;
}

static int parse(struct reader *r, struct buffer *text)
{
	cfg_t *cfg = cfg_init(r->rows[LEVEL_TOP], CFGF_NONE);
	FILE *stream = text->len > 0 ? fmemopen(text->data, text->len, "r") : NULL;
	int failed = 0;

	if (cfg == NULL || (stream == NULL && text->len > 0))
		abort();
	cfg->filename = memory_string(r->file);
	cfg_set_error_function(cfg, complain);
	if (stream != NULL) {
		failed = cfg_parse_fp(cfg, stream);
		fclose(stream);
	}
	if (failed != 0)
		fail(r, (unsigned)cfg->line, "expected %s", HOLDS[LEVEL_TOP]);
	cfg_free(cfg);
	return r->failed ? -1 : 0;
}

int conf_receivers_parse(
    struct span text, const char *file, struct conf_receivers *r, struct error *err)
{
	struct reader *reader = memory_new(sizeof(*reader));
	struct buffer prepared = BUFFER_INIT;
	int failed;

	if (r->arena == NULL)
		r->arena = arena_new();
	reader->out = r;
	reader->file = file;
	reader->err = err;
	for (int i = 0; i < LEVEL_COUNT; i++)
		add_rows(reader, (enum level)i);
	failed = conf_text_prepare(text, file, &prepared, err);
	if (failed == 0)
		failed = parse(reader, &prepared);
	buffer_clear(&prepared);
	free(reader->receiver.requirements);
	free(reader);
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
