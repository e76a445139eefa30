/*
 * SPDX-License-Identifier: ISC
 *
 * The configuration in force as a configuration file, and as JSON Lines.
 */
#include "report/settings.h"

#include <string.h>

#include "base/arena.h"
#include "conf/text.h"
#include "report/json_internal.h"

/* Where the comment behind a value begins, if there is room. */
#define COMMENT_COLUMN 44

/* Listeners and routes have plain names; users any. */
static void add_title(struct buffer *out, const char *title)
{
	static const char PLAIN[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (title[strspn(title, PLAIN)] == '\0')
		buffer_add_string(out, title);
	else
		conf_text_quote(out, title);
}

static void add_value(struct buffer *out, const struct conf_origin *o)
{
	if (o->value == NULL)
		buffer_printf(out, "# %s: not set", o->option);
	else if (strcmp(o->value, CONF_SECRET_SHOWN) == 0)
		buffer_printf(out, "%s = \"%s\"", o->option, o->value);
	else
		buffer_printf(out, "%s = %s", o->option, o->value);
}

static void add_line(struct buffer *out, const struct conf_origin *o)
{
	size_t start, width;

	buffer_add_string(out, o->section == NULL ? "" : "\t");
	start = out->len;
	add_value(out, o);
	width = out->len - start;
	buffer_printf(out, "%*s # %s", width < COMMENT_COLUMN ? (int)(COMMENT_COLUMN - width) : 0,
	    "", CONF_SOURCE_NAME[o->source]);
	if (o->place != NULL)
		buffer_printf(out, ": %s", o->place);
	buffer_add_char(out, '\n');
}

static bool same_section(const struct conf_origin *a, const struct conf_origin *b)
{
	if (a->section == NULL || b->section == NULL)
		return a->section == b->section;
	return strcmp(a->section, b->section) == 0 && strcmp(a->title, b->title) == 0;
}

void report_settings_text(struct buffer *out, const struct conf_settings *s)
{
	if (s->file == NULL)
		buffer_add_string(out, "# in force, without a configuration file\n");
	else
		buffer_printf(out, "# in force, of %s\n", s->file);
	for (size_t i = 0; i < s->origin_count; i++) {
		const struct conf_origin *o = &s->origins[i];
		bool begins = i == 0 || !same_section(o, &s->origins[i - 1]);
		bool ends = i + 1 == s->origin_count || !same_section(o, &s->origins[i + 1]);

		if (begins && o->section != NULL) {
			buffer_printf(out, "\n%s ", o->section);
			add_title(out, o->title);
			buffer_add_string(out, " {\n");
		}
		add_line(out, o);
		if (ends && o->section != NULL)
			buffer_add_string(out, "}\n");
	}
}

void report_settings_json(struct buffer *out, const struct conf_settings *s)
{
	for (size_t i = 0; i < s->origin_count; i++) {
		const struct conf_origin *o = &s->origins[i];
		struct arena *a = arena_new();
		json_t *object = json_object();

		json_put(object, "section", json_text(a, o->section));
		json_put(object, "title", json_text(a, o->title));
		json_put(object, "option", json_text(a, o->option));
		json_put(object, "value", json_text(a, o->value));
		json_put(object, "source", json_text(a, CONF_SOURCE_NAME[o->source]));
		json_put(object, "place", json_text(a, o->place));
		json_finish(out, object, a);
		buffer_add_char(out, '\n');
	}
}
