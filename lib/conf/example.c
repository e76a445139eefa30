/*
 * SPDX-License-Identifier: ISC
 *
 * The example configuration: every option of the table with its sentence and its default. The
 * defaults stand as comments, so that the file as it is changes nothing.
 */
#include <string.h>

#include "base/buffer.h"
#include "conf/options.h"

#define WIDTH 78

static const char HEAD[] =
    "# mailassay.conf: the configuration of mailassay; see mailassay.conf(5).\n"
    "#\n"
    "# Every option stands here with its default, or with an example where its default\n"
    "# depends on others. Remove the \"#\" before a name to set it. Strings with anything\n"
    "# but letters, digits and -._:/@%~ stand in quotes: \"...\" with ${NAME} for an\n"
    "# environment variable, '...' as they are. Sizes take K, M, G; times ms, s, m, h, d.\n"
    "#\n"
    "# An option outside of sections may also be given in the environment, as MAILASSAY_LOG_LEVEL\n"
    "# for log-level, or to serve as an argument, as --log-level; arguments win over the\n"
    "# environment, and that over this file.\n";

/* The three listeners that stand where none is given. */
static const struct {
	const char *kind, *port;
} LISTENERS[] = {{"mx", "2525"}, {"submission", "2587"}, {"submissions", "2465"}};

/* Appends text as a comment, broken at blanks. */
static void add_comment(struct buffer *out, const char *indent, const char *text)
{
	struct span rest = span_from(text);
	size_t column = 0;

	while (rest.data != NULL) {
		struct span word = span_cut(&rest, ' ');

		if (column > 0 && column + 1 + word.len > WIDTH) {
			buffer_add_char(out, '\n');
			column = 0;
		}
		if (column == 0) {
			buffer_printf(out, "%s#", indent);
			column = 1 + 8 * (indent[0] != '\0');
		}
		buffer_printf(out, " %.*s", (int)word.len, word.data);
		column += 1 + word.len;
	}
	buffer_add_char(out, '\n');
}

static void add_list(struct buffer *out, const char *items)
{
	struct span rest = span_from(items);
	const char *comma = "{ ";

	while (rest.data != NULL) {
		struct span item = span_cut(&rest, ' ');

		buffer_printf(out, "%s\"%.*s\"", comma, (int)item.len, item.data);
		comma = ", ";
	}
	buffer_add_string(out, " }");
}

static void add_value(struct buffer *out, const struct conf_option *o)
{
	buffer_printf(out, "%s = ", o->name);
	if (o->value == NULL)
		buffer_add_string(out, o->sample);
	else if (conf_type_is_list(o->type) && strchr(o->value, ' ') != NULL)
		add_list(out, o->value);
	else
		buffer_add_string(out, o->value);
	buffer_add_char(out, '\n');
}

static void add_option(struct buffer *out, const char *indent, const struct conf_option *o)
{
	add_comment(out, indent, o->text);
	buffer_printf(out, "%s#", indent);
	add_value(out, o);
}

static void add_options(struct buffer *out, const char *indent, enum conf_section section)
{
	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		const struct conf_option *o = conf_option((enum conf_option_id)i);

		if (o->section != section || i == CONF_KIND || i == CONF_PORT || i == CONF_ROUTE)
			continue;
		buffer_add_char(out, '\n');
		add_option(out, indent, o);
	}
}

static void add_listener(struct buffer *out, size_t i)
{
	buffer_printf(out, "\nlistener %s {\n", LISTENERS[i].kind);
	if (i == 0)
		add_comment(out, "\t", conf_option(CONF_KIND)->text);
	buffer_printf(out, "\tkind = %s\n", LISTENERS[i].kind);
	if (i == 0) {
		buffer_add_char(out, '\n');
		add_comment(out, "\t", conf_option(CONF_PORT)->text);
	}
	buffer_printf(out, "\tport = %s\n", LISTENERS[i].port);
	if (i == 0)
		add_options(out, "\t", CONF_SECTION_LISTENER);
	if (i == 1) {
		buffer_add_char(out, '\n');
		add_option(out, "\t", conf_option(CONF_ROUTE));
	}
	buffer_add_string(out, "}\n");
}

/* A section that the file as it is has not. */
static void add_sample(struct buffer *out, enum conf_section section, const char *title)
{
	buffer_printf(out, "#%s %s {\n", CONF_SECTION_NAME[section], title);
	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		const struct conf_option *o = conf_option((enum conf_option_id)i);

		if (o->section != section)
			continue;
		add_comment(out, "#\t", o->text);
		buffer_add_string(out, "#\t");
		add_value(out, o);
	}
	buffer_add_string(out, "#}\n");
}

void conf_options_example(struct buffer *out)
{
	buffer_add_string(out, HEAD);
	add_options(out, "", CONF_SECTION_TOP);
	buffer_add_char(out, '\n');
	add_comment(out, "",
	    "Listeners, any number, each with a name of its own. These three stand where the file "
	    "has none and --listen is not given; --listen replaces all. The options of the first "
	    "are those of every listener, but enforce is for mx and lmtp alone, and route for "
	    "submission and submissions.");
	for (size_t i = 0; i < ARRAY_SIZE(LISTENERS); i++)
		add_listener(out, i);
	buffer_add_char(out, '\n');
	add_comment(out, "",
	    "Users that may log in, any number. As soon as there is one, auth-any is no unless a "
	    "listener says otherwise.");
	add_sample(out, CONF_SECTION_USER, "app");
	buffer_add_char(out, '\n');
	add_comment(out, "",
	    "Routes, any number: how the real provider will send, from which what its receivers "
	    "will see is predicted.");
	add_sample(out, CONF_SECTION_ROUTE, "provider");
}
