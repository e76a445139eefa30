/*
 * SPDX-License-Identifier: ISC
 *
 * The script for bash: functions that need nothing but bash, and below them the tables.
 */
#include <string.h>

#include "cli/completion.h"

static const char HEAD[] =
    "# bash completion of mailassay, printed by \"mailassay completion bash\".\n"
    "# shellcheck shell=bash disable=SC2207\n"
    "\n"
    "_mailassay_offer() { # WORDS\n"
    "\tlocal IFS=$' \\t\\n'\n"
    "\tCOMPREPLY+=($(compgen -W \"$1\" -- \"$cur\"))\n"
    "}\n"
    "\n"
    "_mailassay_path() { # -f or -d\n"
    "\tlocal IFS=$'\\n'\n"
    "\tcompopt -o filenames 2>/dev/null\n"
    "\tCOMPREPLY+=($(compgen \"$1\" -- \"$cur\"))\n"
    "}\n"
    "\n"
    "# A key, or behind it a value; \"-\" in front negates.\n"
    "_mailassay_selection() {\n"
    "\tlocal cur=$cur sign=\n"
    "\tcase $cur in\n"
    "\t*:*)\n"
    "\t\tsign=${cur%%:*}\n"
    "\t\tcur=${cur#*:}\n"
    "\t\t_mailassay_value \"${sign#-}\"\n"
    "\t\treturn\n"
    "\t\t;;\n"
    "\t-*) sign=- ;;\n"
    "\tesac\n"
    "\tcur=${cur#-}\n"
    "\t_mailassay_offer \"$_mailassay_keys\"\n"
    "\tCOMPREPLY=(\"${COMPREPLY[@]/#/$sign}\")\n"
    "}\n"
    "\n";

static const char TAIL[] =
    "# bash parts words at \":\" and \"=\": here they are whole again, up to the cursor.\n"
    "_mailassay_whole() {\n"
    "\tlocal i part join=\n"
    "\twhole=()\n"
    "\tfor ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "\t\tpart=${COMP_WORDS[i]}\n"
    "\t\tif [[ $part == [:=]* && ${#whole[@]} -gt 0 ]]; then\n"
    "\t\t\twhole[${#whole[@]} - 1]+=$part\n"
    "\t\t\tjoin=1\n"
    "\t\telif [[ -n $join && -n $part ]]; then\n"
    "\t\t\twhole[${#whole[@]} - 1]+=$part\n"
    "\t\t\tjoin=\n"
    "\t\telse\n"
    "\t\t\twhole+=(\"$part\")\n"
    "\t\t\tjoin=\n"
    "\t\tfi\n"
    "\tdone\n"
    "}\n"
    "\n"
    "# The command's name and the words behind it, without options and their values.\n"
    "_mailassay_words() {\n"
    "\tlocal i\n"
    "\tgiven=\n"
    "\tfor ((i = 0; i < ${#whole[@]} - 1; i++)); do\n"
    "\t\tcase ${whole[i]} in\n"
    "\t\t--*=*) ;;\n"
    "\t\t-*) ! _mailassay_takes \"${whole[i]}\" || ((i++)) ;;\n"
    "\t\t*) given+=\" ${whole[i]}\" ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "}\n"
    "\n"
    "_mailassay() {\n"
    "\tlocal cur before='' given command i\n"
    "\tlocal -a whole\n"
    "\tCOMPREPLY=()\n"
    "\t_mailassay_whole\n"
    "\t_mailassay_words\n"
    "\t_mailassay_command\n"
    "\tcur=${whole[${#whole[@]} - 1]}\n"
    "\t[[ ${#whole[@]} -lt 2 ]] || before=${whole[${#whole[@]} - 2]}\n"
    "\tif [[ $cur == --*=* ]]; then\n"
    "\t\tbefore=${cur%%=*}\n"
    "\t\tcur=${cur#*=}\n"
    "\t\t_mailassay_argument\n"
    "\telif [[ $before == -* && $before != *=* ]] && _mailassay_takes \"$before\"; then\n"
    "\t\t_mailassay_argument\n"
    "\telif [[ $cur == -* ]]; then\n"
    "\t\t_mailassay_positional\n"
    "\t\t_mailassay_options\n"
    "\telse\n"
    "\t\t_mailassay_positional\n"
    "\tfi\n"
    "\t[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *: ]] || compopt -o nospace 2>/dev/null\n"
    "\t# What stands before the last part of the word stays on the line as it is.\n"
    "\tcur=${whole[${#whole[@]} - 1]}\n"
    "\tcase $cur in\n"
    "\t*[:=]*)\n"
    "\t\tbefore=${cur%\"${cur##*[:=]}\"}\n"
    "\t\tfor i in \"${!COMPREPLY[@]}\"; do\n"
    "\t\t\tCOMPREPLY[i]=${COMPREPLY[i]#\"$before\"}\n"
    "\t\tdone\n"
    "\t\t;;\n"
    "\tesac\n"
    "}\n"
    "\n"
    "complete -F _mailassay mailassay\n";

static void add_keys(struct buffer *out)
{
	buffer_add_string(out, "_mailassay_keys='");
	for (int i = 0; i < SELECTION_WORD; i++)
		buffer_printf(out, "%s%s:", i == 0 ? "" : " ", SELECTION_KEY_NAME[i]);
	buffer_add_string(out, "'\n\n_mailassay_value() { # KEY\n\tcase $1 in\n");
	for (size_t i = 0; i < SELECTION_WORD; i++) {
		struct buffer words = BUFFER_INIT;

		completion_of_key(i, &words);
		if (words.len > 0)
			buffer_printf(out, "\t%s) _mailassay_offer '%s' ;;\n",
			    SELECTION_KEY_NAME[i], words.data);
		buffer_clear(&words);
	}
	buffer_add_string(out, "\tesac\n}\n\n");
}

/* No option takes a value in one command and none in another. */
static void add_takes(struct buffer *out)
{
	buffer_add_string(out, "_mailassay_takes() { # OPTION: whether a value stands behind it\n"
			       "\tcase $1 in\n\t-c");
	completion_takes(out, " | --");
	buffer_add_string(out, ") return 0 ;;\n\tesac\n\treturn 1\n}\n\n");
}

static void add_command(struct buffer *out, const char *name)
{
	buffer_printf(out, "\t' %s '*) command='%s' ;;\n", name, name);
}

/* Those of two words first: "config check" is no "config". */
static void add_commands(struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();

	buffer_add_string(out, "_mailassay_command() {\n\tcommand=\n\tcase \"$given \" in\n");
	for (int two = 1; two >= 0; two--)
		for (size_t i = 0; commands[i] != NULL; i++)
			if ((strchr(commands[i]->name, ' ') != NULL) == two)
				add_command(out, commands[i]->name);
	add_command(out, "help");
	buffer_add_string(out, "\tesac\n}\n\n");
}

static void add_places(struct buffer *out, const char *indent, const struct completion *c)
{
	if (c->words.len > 0)
		buffer_printf(out, "%s_mailassay_offer '%s'\n", indent, c->words.data);
	if (c->files)
		buffer_printf(out, "%s_mailassay_path -f\n", indent);
	if (c->directories)
		buffer_printf(out, "%s_mailassay_path -d\n", indent);
	if (c->selection)
		buffer_printf(out, "%s_mailassay_selection\n", indent);
}

static void add_option_names(struct buffer *out, const struct cli_command *command)
{
	struct cli cli = {.command = command};

	cli_collect_options(&cli);
	buffer_printf(out, "\t'%s')\n\t\t_mailassay_offer '", command->name);
	for (size_t i = 0; i < cli.option_count; i++)
		buffer_printf(out, "%s--%s", i == 0 ? "" : " ", cli.options[i].name);
	buffer_add_string(out, "'\n\t\t;;\n");
	cli_clear(&cli);
}

static void add_options(struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();

	buffer_add_string(out, "_mailassay_options() {\n\tcase $command in\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		add_option_names(out, commands[i]);
	buffer_add_string(out, "\t*)\n\t\t_mailassay_offer '");
	for (const struct cli_option *o = CLI_GLOBAL_OPTIONS; o->name != NULL; o++)
		buffer_printf(out, "%s--%s", o == CLI_GLOBAL_OPTIONS ? "" : " ", o->name);
	buffer_add_string(out, "'\n\t\t;;\n\tesac\n}\n\n");
}

static void add_argument(struct buffer *out, const char *pattern, const struct cli_option *option)
{
	struct completion c;

	completion_of_option(option, &c);
	if (c.words.len > 0 || c.files || c.directories) {
		buffer_printf(out, "\t%s)\n", pattern);
		add_places(out, "\t\t", &c);
		buffer_add_string(out, "\t\t;;\n");
	}
	completion_clear(&c);
}

static void add_arguments(struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();
	struct buffer pattern = BUFFER_INIT;

	buffer_add_string(out, "_mailassay_argument() {\n\tcase $command:$before in\n");
	for (const struct cli_option *o = CLI_GLOBAL_OPTIONS; o->name != NULL; o++) {
		buffer_reset(&pattern);
		buffer_printf(
		    &pattern, "*:--%s%s", o->name, strcmp(o->name, "config") == 0 ? " | *:-c" : "");
		add_argument(out, pattern.data, o);
	}
	for (size_t i = 0; commands[i] != NULL; i++)
		for (const struct cli_option *o = commands[i]->options; o->name != NULL; o++) {
			buffer_reset(&pattern);
			buffer_printf(&pattern, "'%s:--%s'", commands[i]->name, o->name);
			add_argument(out, pattern.data, o);
		}
	buffer_add_string(out, "\tesac\n}\n\n");
	buffer_clear(&pattern);
}

static void add_words(struct buffer *out, const struct cli_command *command)
{
	struct completion c;

	completion_of_words(command, &c);
	if (c.words.len > 0 || c.files || c.directories || c.selection) {
		buffer_printf(out, "\t'%s')\n", command->name);
		add_places(out, "\t\t", &c);
		buffer_add_string(out, "\t\t;;\n");
	}
	completion_clear(&c);
}

static void add_first_words(struct buffer *out)
{
	struct buffer first = BUFFER_INIT;

	for (size_t i = 0; completion_first(i, &first) != NULL; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : " ", first.data);
	buffer_clear(&first);
}

/* The second words of commands, also where the first alone is one too. */
static void add_seconds(struct buffer *out, const char *before)
{
	struct buffer first = BUFFER_INIT, seconds = BUFFER_INIT;

	for (size_t i = 0; completion_first(i, &first) != NULL; i++) {
		buffer_reset(&seconds);
		completion_seconds(first.data, &seconds);
		if (seconds.len > 0)
			buffer_printf(out, "\t'%s%s') _mailassay_offer '%s' ;;\n", before,
			    first.data, seconds.data);
	}
	buffer_clear(&first);
	buffer_clear(&seconds);
}

static void add_positional(struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();

	buffer_add_string(out, "_mailassay_positional() {\n\tcase $given in\n\t'' | ' help') "
			       "_mailassay_offer '");
	add_first_words(out);
	buffer_add_string(out, "' ;;\n");
	add_seconds(out, " ");
	add_seconds(out, " help ");
	buffer_add_string(out, "\tesac\n\tcase $command in\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		add_words(out, commands[i]);
	buffer_add_string(out, "\tesac\n}\n\n");
}

void completion_bash(struct buffer *out)
{
	buffer_add_string(out, HEAD);
	add_keys(out);
	add_takes(out);
	add_commands(out);
	add_options(out);
	add_arguments(out);
	add_positional(out);
	buffer_add_string(out, TAIL);
}
