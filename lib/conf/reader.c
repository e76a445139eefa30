/*
 * SPDX-License-Identifier: ISC
 *
 * Reading a configuration file with libconfuse. To libconfuse every option is a string or a list
 * of strings; a callback that it runs for each value, while the line is known, checks the value
 * and keeps it. The callbacks find their reader in an option that no file can name, since
 * libconfuse has no place for it and lib has no globals.
 */
#include "conf/reader.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "conf/listener.h"
#include "conf/route.h"
#include "conf/text.h"
#include "conf/value.h"

#define READER_OPTION "\001"

/* The options of a section, the sections of the top, the reader and the end. */
#define ROWS_MAX (CONF_OPTION_COUNT + CONF_SECTION_COUNT + 2)

struct reader {
	struct conf_draft *draft;
	struct conf_listener_draft *listener; /* being read, else NULL */
	struct conf_user_draft *user;         /* being read, else NULL */
	struct conf_route_draft *route;       /* being read, else NULL */
	const char *file;
	bool failed;
	struct error *err;
	cfg_opt_t rows[CONF_SECTION_COUNT][ROWS_MAX];
};

static struct reader *reader_of(const cfg_t *cfg)
{
	const cfg_opt_t *o = cfg->opts;

	while (strcmp(o->name, READER_OPTION) != 0)
		o++;
	return (struct reader *)(void *)o->simple_value.ptr;
}

static int fail(struct reader *r, int line, const char *text)
{
	if (!r->failed)
		error_usage(r->err, "%s:%d: %s", r->file, line, text);
	r->failed = true;
	return -1;
}

static enum conf_section section_of(const char *name)
{
	for (int i = CONF_SECTION_TOP + 1; i < CONF_SECTION_COUNT; i++)
		if (strcmp(CONF_SECTION_NAME[i], name) == 0)
			return (enum conf_section)i;
	return CONF_SECTION_TOP;
}

#define TITLED "listener NAME {, user NAME { or route NAME {"

/* What libconfuse complains of, by how it begins, and what it does not say: what was expected. */
static const struct {
	struct span begins;
	const char *expected; /* NULL: the names that the section takes */
} COMPLAINTS[] = {
    {{"no such option", 14}, NULL},
    {{"missing title", 13}, TITLED},
    {{"found duplicate title", 21}, "another name; each section has its own"},
    {{"", 0}, "NAME = VALUE, NAME = { VALUE, ... } for a list, or a section NAME TITLE { ... }"},
};

static void add_expected(struct buffer *text, enum conf_section section)
{
	size_t i = 0;

	while (!span_starts(buffer_span(text), COMPLAINTS[i].begins))
		i++;
	if (COMPLAINTS[i].expected != NULL) {
		buffer_printf(text, "; expected %s", COMPLAINTS[i].expected);
		return;
	}
	buffer_add_string(text, "; expected one of: ");
	conf_option_names(section, text);
}

/* libconfuse's own complaints: the grammar and unknown names. */
__attribute__((format(printf, 2, 0))) static void complain(
    cfg_t *cfg, const char *fmt, va_list arguments)
{
	struct reader *r = reader_of(cfg);
	struct buffer text = BUFFER_INIT;

	buffer_vprintf(&text, fmt, arguments);
	add_expected(&text, section_of(cfg->name));
	fail(r, cfg->line, text.data);
	buffer_clear(&text);
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

static int given_twice(struct reader *r, int line, const char *name, unsigned first)
{
	char text[200];

	snprintf(text, sizeof(text), "%s is given twice; the first time in line %u", name, first);
	return fail(r, line, text);
}

/* libconfuse's callback for each value, also for each item of a list. */
static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct reader *r = reader_of(cfg);
	enum conf_section section = section_of(cfg->name);
	int id = conf_option_find(section, span_from(opt->name));
	const struct conf_option *o = conf_option((enum conf_option_id)id);
	struct conf_lines *lines;
	void *draft = draft_of(r, section, cfg->title, &lines);
	bool more = conf_type_is_list(o->type) && opt->nvalues > 1;
	struct error err;

	*(const char **)result = value;
	if (lines->of[id] != 0 && !more)
		return given_twice(r, cfg->line, o->name, lines->of[id]);
	if (conf_type_is_list(o->type) && !more)
		conf_value_reset(o, draft);
	lines->of[id] = (unsigned)cfg->line;
	if (conf_type_is_list(o->type) && strcmp(value, CONF_EMPTY) == 0)
		return 0;
	if (conf_text_check_value(value, &err) < 0 ||
	    conf_value_set(o, span_from(value), draft, r->draft->settings.arena, &err) < 0)
		return fail(r, cfg->line, err.text);
	return 0;
}

#define PLAINLY ", at most 64 letters, digits, \".\", \"_\" and \"-\""

/* A title names a listener or a route in logs, files and commands, or is a user's name. */
static const char *title_problem(enum conf_section section, const char *title)
{
	static const char PLAIN[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (title == NULL || title[0] == '\0')
		return "a section without a title; expected " TITLED;
	if (section == CONF_SECTION_USER)
		return NULL;
	if (title[strspn(title, PLAIN)] != '\0' || strlen(title) > 64)
		return section == CONF_SECTION_LISTENER ? "expected the name of a listener" PLAINLY
		                                        : "expected the name of a route" PLAINLY;
	return NULL;
}

/* libconfuse's callback at the end of a section. */
static int end_section(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reader *r = reader_of(cfg);
	enum conf_section section = section_of(opt->name);
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	const char *problem = title_problem(section, sec->title);
	struct conf_lines *lines;
	struct error err;

	if (problem != NULL)
		return fail(r, cfg->line, problem);
	if (conf_text_check_value(sec->title, &err) < 0)
		return fail(r, cfg->line, err.text);
	draft_of(r, section, sec->title, &lines);
	lines->line = (unsigned)cfg->line;
	r->listener = NULL;
	r->user = NULL;
	r->route = NULL;
	return 0;
}

static void add_option_rows(struct reader *r, enum conf_section section)
{
	cfg_opt_t *row = r->rows[section];

	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		const struct conf_option *o = conf_option((enum conf_option_id)i);

		if (o->section != section)
			continue;
		row->name = o->name;
		row->type = CFGT_STR;
		row->flags = conf_type_is_list(o->type) ? CFGF_LIST : CFGF_NODEFAULT;
		row->parsecb = take_value;
		row++;
	}
	for (int i = CONF_SECTION_TOP + 1; section == CONF_SECTION_TOP && i < CONF_SECTION_COUNT;
	     i++) {
		row->name = CONF_SECTION_NAME[i];
		row->type = CFGT_SEC;
		row->flags = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
		row->subopts = r->rows[i];
		row->validcb = end_section;
		row++;
	}
	row->name = READER_OPTION;
	row->type = CFGT_PTR;
	row->simple_value.ptr = (void **)(void *)r;
}

static int parse(struct reader *r, struct buffer *text)
{
	cfg_t *cfg = cfg_init(r->rows[CONF_SECTION_TOP], CFGF_NONE);
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
		fail(r, cfg->line, "expected NAME = VALUE, or a section NAME TITLE { ... }");
	cfg_free(cfg);
	return r->failed ? -1 : 0;
}

int conf_read(struct span text, const char *file, struct conf_draft *draft, struct error *err)
{
	struct reader *r = memory_new(sizeof(*r));
	struct buffer prepared = BUFFER_INIT;
	int failed;

	r->draft = draft;
	r->file = file;
	r->err = err;
	for (int i = 0; i < CONF_SECTION_COUNT; i++)
		add_option_rows(r, (enum conf_section)i);
	conf_value_defaults(CONF_SECTION_TOP, draft, draft->settings.arena);
	failed = conf_text_prepare(text, file, &prepared, err);
	if (failed == 0)
		failed = parse(r, &prepared);
	buffer_clear(&prepared);
	free(r);
	return failed;
}
