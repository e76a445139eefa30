/*
 * SPDX-License-Identifier: ISC
 *
 * The callbacks of libconfuse. They find their grammar in an option that no file can name, since
 * libconfuse has no place for it and lib has no globals.
 */
#include "conf/grammar.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "conf/text.h"

#define GRAMMAR_OPTION "\001"

static struct grammar *grammar_of(const cfg_t *cfg)
{
	const cfg_opt_t *o = cfg->opts;

	while (strcmp(o->name, GRAMMAR_OPTION) != 0)
		o++;
	return (struct grammar *)(void *)o->simple_value.ptr;
}

int grammar_fail(struct grammar *g, unsigned line, const char *fmt, ...)
{
	struct buffer text = BUFFER_INIT;
	va_list arguments;

	if (g->failed)
		return -1;
	va_start(arguments, fmt);
	buffer_vprintf(&text, fmt, arguments);
	va_end(arguments);
	error_usage(g->err, "%.250s:%u: %s", g->file, line, text.data);
	buffer_clear(&text);
	g->failed = true;
	return -1;
}

int grammar_given_twice(
    struct grammar *g, const struct grammar_value *v, const char *name, unsigned first)
{
	return grammar_fail(
	    g, v->line, "%s is given twice; the first time in line %u", name, first);
}

bool grammar_title_is_plain(const char *title)
{
	static const char PLAIN[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return title != NULL && title[0] != '\0' && title[strspn(title, PLAIN)] == '\0' &&
	       strlen(title) <= 64;
}

/* The index of the section, 0 for the top: libconfuse names that one itself. */
static size_t section_of(const struct grammar *g, const char *name)
{
	for (size_t i = 1; i < g->section_count; i++)
		if (strcmp(g->sections[i].name, name) == 0)
			return i;
	return 0;
}

static enum grammar_complaint complaint_of(struct span text)
{
	if (span_starts(text, SPAN("no such option")))
		return GRAMMAR_UNKNOWN_NAME;
	if (span_starts(text, SPAN("missing title")))
		return GRAMMAR_NO_TITLE;
	if (span_starts(text, SPAN("found duplicate title")))
		return GRAMMAR_TITLE_TWICE;
	return GRAMMAR_OTHER;
}

/* libconfuse's own complaints: the syntax and unknown names. */
__attribute__((format(printf, 2, 0))) static void complain(
    cfg_t *cfg, const char *fmt, va_list arguments)
{
	struct grammar *g = grammar_of(cfg);
	struct buffer text = BUFFER_INIT;
	enum grammar_complaint complaint;

	buffer_vprintf(&text, fmt, arguments);
	complaint = complaint_of(buffer_span(&text));
	buffer_add_string(&text, "; expected ");
	g->expected(section_of(g, cfg->name), complaint, &text);
	grammar_fail(g, (unsigned)cfg->line, "%s", text.data);
	buffer_clear(&text);
}

static size_t option_of(const struct grammar *g, size_t section, const char *name)
{
	size_t i = 0;

	while (g->options[i].section != section || strcmp(g->options[i].name, name) != 0)
		i++;
	return i;
}

/* libconfuse's callback for each value, also for each item of a list. */
static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct grammar *g = grammar_of(cfg);
	struct grammar_value v = {
	    .option = option_of(g, section_of(g, cfg->name), opt->name),
	    .title = cfg->title,
	    .text = value,
	    .line = (unsigned)cfg->line,
	};
	bool list = g->options[v.option].list;
	struct error err;

	*(const char **)result = value;
	v.further = list && opt->nvalues > 1;
	v.empty = list && strcmp(value, CONF_EMPTY) == 0;
	if (g->begin(g, &v) < 0)
		return -1;
	if (v.empty || g->take(g, &v, &err) == 0)
		return 0;
	return grammar_fail(g, v.line, "%s", err.text);
}

/* libconfuse's callback at the end of a section. */
static int end_section(cfg_t *cfg, cfg_opt_t *opt)
{
	struct grammar *g = grammar_of(cfg);
	const char *title = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1)->title;

	return g->end(g, section_of(g, opt->name), title, (unsigned)cfg->line);
}

/* The rows of a section: its options, the sections in it, the grammar and the end. */
static void fill_rows(struct grammar *g, cfg_opt_t **rows, size_t section)
{
	cfg_opt_t *row = rows[section];

	for (size_t i = 0; i < g->option_count; i++) {
		if (g->options[i].section != section)
			continue;
		row->name = g->options[i].name;
		row->type = CFGT_STR;
		row->flags = g->options[i].list ? CFGF_LIST : CFGF_NODEFAULT;
		row->parsecb = take_value;
		row++;
	}
	for (size_t i = section + 1; i < g->section_count; i++) {
		if (g->sections[i].parent != section)
			continue;
		row->name = g->sections[i].name;
		row->type = CFGT_SEC;
		row->flags = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
		row->subopts = rows[i];
		row->validcb = end_section;
		row++;
	}
	row->name = GRAMMAR_OPTION;
	row->type = CFGT_PTR;
	row->simple_value.ptr = (void **)(void *)g;
}

static void parse(struct grammar *g, cfg_opt_t *top, struct buffer *text)
{
	cfg_t *cfg = cfg_init(top, CFGF_NONE);
	FILE *stream = text->len > 0 ? fmemopen(text->data, text->len, "r") : NULL;

	if (cfg == NULL || (stream == NULL && text->len > 0))
		abort();
	cfg->filename = memory_string(g->file);
	cfg_set_error_function(cfg, complain);
	if (stream != NULL) {
		if (cfg_parse_fp(cfg, stream) != 0)
			grammar_fail(g, (unsigned)cfg->line,
			    "cannot be read; expected options and sections");
		fclose(stream);
	}
	cfg_free(cfg);
}

int grammar_read(struct grammar *g, struct span text)
{
	size_t count = g->option_count + g->section_count + 2;
	cfg_opt_t *all = memory_new(g->section_count * count * sizeof(*all));
	cfg_opt_t **rows = memory_new(g->section_count * sizeof(cfg_opt_t *));
	struct buffer prepared = BUFFER_INIT;

	g->failed = false;
	for (size_t i = 0; i < g->section_count; i++)
		rows[i] = all + i * count;
	for (size_t i = 0; i < g->section_count; i++)
		fill_rows(g, rows, i);
	if (conf_text_prepare(text, g->file, &prepared, g->err) < 0)
		g->failed = true;
	else
		parse(g, rows[0], &prepared);
	buffer_clear(&prepared);
	free(rows);
	free(all);
	return g->failed ? -1 : 0;
}
