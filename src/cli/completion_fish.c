/*
 * SPDX-License-Identifier: ISC
 *
 * The script for fish: a line for each command, option and word.
 */
#include <string.h>

#include "cli/completion.h"

static const char HEAD[] =
    "# fish completion of mailassay, printed by \"mailassay completion fish\".\n"
    "\n"
    "# The words so far, without options and their values.\n"
    "function __mailassay_words\n"
    "\tset -l skip 0\n"
    "\tfor word in (commandline -opc)[2..-1]\n"
    "\t\tif test $skip = 1\n"
    "\t\t\tset skip 0\n"
    "\t\telse if contains -- $word $__mailassay_takes\n"
    "\t\t\tset skip 1\n"
    "\t\telse if not string match -q -- '-*' $word\n"
    "\t\t\techo $word\n"
    "\t\tend\n"
    "\tend\n"
    "end\n"
    "\n"
    "# Whether they are these, and no others.\n"
    "function __mailassay_at\n"
    "\tset -l words (__mailassay_words)\n"
    "\ttest \"$words\" = \"$argv\"\n"
    "end\n"
    "\n"
    "# Whether they begin with this command; of two that do the longer one counts.\n"
    "function __mailassay_in\n"
    "\tset -l words (__mailassay_words)\n"
    "\tset -l name (string join ' ' -- $words[1..2])\n"
    "\tcontains -- $name $__mailassay_pairs; or set name $words[1]\n"
    "\ttest \"$name\" = \"$argv\"\n"
    "end\n"
    "\n"
    "# The keys of a selection, and behind a key its values; \"-\" in front negates.\n"
    "function __mailassay_selection\n"
    "\tset -l sign ''\n"
    "\tstring match -q -- '-*' (commandline -ct); and set sign -\n"
    "\tfor key in $__mailassay_keys\n"
    "\t\techo $sign$key:\n"
    "\tend\n"
    "\tfor value in $__mailassay_values\n"
    "\t\techo $sign$value\n"
    "\tend\n"
    "end\n"
    "\n"
    "complete -c mailassay -f\n";

static void add_quoted(struct buffer *out, const char *text)
{
	buffer_add_char(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buffer_add_char(out, '\\');
		buffer_add_char(out, *text);
	}
	buffer_add_char(out, '\'');
}

static void add_values_of(struct buffer *out, size_t key)
{
	struct buffer words = BUFFER_INIT;
	struct span rest;

	completion_of_key(key, &words);
	rest = buffer_span(&words);
	while (rest.data != NULL) {
		struct span word = span_cut(&rest, ' ');

		buffer_printf(out, " %s:%.*s", SELECTION_KEY_NAME[key], (int)word.len, word.data);
	}
	buffer_clear(&words);
}

static void add_lists(struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();

	buffer_add_string(out, "set -g __mailassay_keys");
	for (int i = 0; i < SELECTION_WORD; i++)
		buffer_printf(out, " %s", SELECTION_KEY_NAME[i]);
	buffer_add_string(out, "\nset -g __mailassay_values");
	for (size_t i = 0; i < SELECTION_WORD; i++)
		add_values_of(out, i);
	buffer_add_string(out, "\nset -g __mailassay_pairs");
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strchr(commands[i]->name, ' ') != NULL)
			buffer_printf(out, " '%s'", commands[i]->name);
	buffer_add_string(out, "\nset -g __mailassay_takes -c");
	completion_takes(out, " --");
	buffer_add_string(out, "\n\n");
}

static void add_option(struct buffer *out, const char *command, const struct cli_option *option)
{
	struct completion c;

	completion_of_option(option, &c);
	buffer_add_string(out, "complete -c mailassay");
	if (command != NULL)
		buffer_printf(out, " -n \"__mailassay_in %s\"", command);
	buffer_printf(out, " -l %s", option->name);
	if (strcmp(option->name, "config") == 0)
		buffer_add_string(out, " -s c");
	if (option->argument != NULL)
		buffer_add_string(out, c.files ? " -r -F" : " -x");
	if (c.directories)
		buffer_add_string(out, " -a '(__fish_complete_directories)'");
	if (c.words.len > 0)
		buffer_printf(out, " -a '%s'", c.words.data);
	buffer_add_string(out, " -d ");
	add_quoted(out, option->text == NULL ? "see mailassay.conf(5)" : option->text);
	buffer_add_char(out, '\n');
	completion_clear(&c);
}

/* Those that every command takes stand before, once. */
static bool is_global(const struct cli_option *option)
{
	for (const struct cli_option *o = CLI_GLOBAL_OPTIONS; o->name != NULL; o++)
		if (strcmp(o->name, option->name) == 0)
			return true;
	return false;
}

static void add_options(struct buffer *out, const struct cli_command *command)
{
	struct cli cli = {.command = command};

	cli_collect_options(&cli);
	for (size_t i = 0; i < cli.option_count; i++)
		if (!is_global(&cli.options[i]))
			add_option(out, command->name, &cli.options[i]);
	cli_clear(&cli);
}

static void add_words(struct buffer *out, const struct cli_command *command)
{
	struct completion c;

	completion_of_words(command, &c);
	if (c.files)
		buffer_printf(
		    out, "complete -c mailassay -n \"__mailassay_in %s\" -F\n", command->name);
	if (c.words.len > 0)
		buffer_printf(out, "complete -c mailassay -n \"__mailassay_in %s\" -a '%s'\n",
		    command->name, c.words.data);
	if (c.selection)
		buffer_printf(out,
		    "complete -c mailassay -n \"__mailassay_in %s\" -a '(__mailassay_selection)'\n",
		    command->name);
	completion_clear(&c);
}

/* The words that lead to the command, each where those before it stand. */
static void add_name(struct buffer *out, const struct cli_command *command)
{
	const char *second = strchr(command->name, ' ');
	int first = second == NULL ? 0 : (int)(second - command->name);

	buffer_printf(out, "complete -c mailassay -n \"__mailassay_at %.*s\" -a '%s' -d ", first,
	    command->name, second == NULL ? command->name : second + 1);
	add_quoted(out, command->summary);
	buffer_add_char(out, '\n');
	if (second != NULL)
		buffer_printf(out,
		    "complete -c mailassay -n \"__mailassay_at help %.*s\" -a '%s'\n", first,
		    command->name, second + 1);
}

static void add_firsts(struct buffer *out, const char *where)
{
	struct buffer first = BUFFER_INIT;

	buffer_printf(out, "complete -c mailassay -n \"__mailassay_at %s\" -a '", where);
	for (size_t i = 0; completion_first(i, &first) != NULL; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : " ", first.data);
	buffer_add_string(out, "'\n");
	buffer_clear(&first);
}

void completion_fish(struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();

	buffer_add_string(out, HEAD);
	add_lists(out);
	for (const struct cli_option *o = CLI_GLOBAL_OPTIONS; o->name != NULL; o++)
		add_option(out, NULL, o);
	add_firsts(out, "");
	add_firsts(out, "help");
	for (size_t i = 0; commands[i] != NULL; i++) {
		add_name(out, commands[i]);
		add_options(out, commands[i]);
		add_words(out, commands[i]);
	}
}
