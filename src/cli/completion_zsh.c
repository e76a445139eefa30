/*
 * SPDX-License-Identifier: ISC
 *
 * The script for zsh: a call of _arguments for each command.
 */
#include <string.h>

#include "cli/completion.h"

static const char HEAD[] =
    "#compdef mailassay\n"
    "# zsh completion of mailassay, printed by \"mailassay completion zsh\".\n"
    "\n"
    "# A key, or behind it a value; \"-\" in front negates.\n"
    "_mailassay_selection() {\n"
    "\tlocal key=${${PREFIX%%:*}#-}\n"
    "\tif [[ $PREFIX == *:* ]]; then\n"
    "\t\tcompset -P '*:'\n"
    "\t\t_mailassay_value $key\n"
    "\telse\n"
    "\t\tcompset -P -\n"
    "\t\tcompadd -S '' -- $_mailassay_keys\n"
    "\tfi\n"
    "}\n"
    "\n";

static const char TAIL[] =
    "_mailassay() {\n"
    "\tlocal context state line given=' ' command='' i last=1\n"
    "\tlocal -A opt_args\n"
    "\t# The command's name, behind the options before it.\n"
    "\tfor ((i = 2; i < CURRENT; i++)); do\n"
    "\t\tcase $words[i] in\n"
    "\t\t--*=*) ;;\n"
    "\t\t-c | --config | --data) ((i++)) ;;\n"
    "\t\t-*) ;;\n"
    "\t\t*)\n"
    "\t\t\tgiven+=\"$words[i] \"\n"
    "\t\t\t_mailassay_command \"$given\" && last=$i\n"
    "\t\t\t(( ${#${=given}} < 2 )) || break\n"
    "\t\t\t;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tif [[ -z $command || ( $last -eq $((CURRENT - 1)) && $words[CURRENT] != -* ) ]]; then\n"
    "\t\t_mailassay_names \"$given\"\n"
    "\tfi\n"
    "\tif [[ -z $command ]]; then\n"
    "\t\t[[ $words[CURRENT] != -* && $words[CURRENT-1] != (-c|--config|--data) ]] ||\n"
    "\t\t\t_mailassay_global\n"
    "\t\treturn\n"
    "\tfi\n"
    "\twords=(\"${(@)words[last,-1]}\")\n"
    "\t((CURRENT -= last - 1))\n"
    "\t_mailassay_arguments\n"
    "}\n"
    "\n"
    "_mailassay \"$@\"\n";

static void add_quoted(struct buffer *out, const char *text, const char *escaped)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buffer_add_string(out, "'\\'");
		else if (strchr(escaped, *text) != NULL)
			buffer_add_char(out, '\\');
		buffer_add_char(out, *text);
	}
}

static void add_keys(struct buffer *out)
{
	buffer_add_string(out, "_mailassay_keys=(");
	for (int i = 0; i < SELECTION_WORD; i++)
		buffer_printf(out, "%s%s:", i == 0 ? "" : " ", SELECTION_KEY_NAME[i]);
	buffer_add_string(out, ")\n\n_mailassay_value() { # KEY\n\tcase $1 in\n");
	for (size_t i = 0; i < SELECTION_WORD; i++) {
		struct buffer words = BUFFER_INIT;

		completion_of_key(i, &words);
		if (words.len > 0)
			buffer_printf(
			    out, "\t%s) compadd -- %s ;;\n", SELECTION_KEY_NAME[i], words.data);
		buffer_clear(&words);
	}
	buffer_add_string(out, "\tesac\n}\n\n");
}

/* ":NAME:ACTION" */
static void add_action(struct buffer *out, const char *name, const struct completion *c)
{
	buffer_add_char(out, ':');
	add_quoted(out, name, ":\\");
	buffer_add_char(out, ':');
	if (c->selection)
		buffer_add_string(out, "_mailassay_selection");
	else if (c->files)
		buffer_add_string(out, "_files");
	else if (c->directories)
		buffer_add_string(out, "_files -/");
	else if (c->words.len > 0)
		buffer_printf(out, "(%s)", c->words.data);
	else
		buffer_add_char(out, ' ');
}

static void add_option(struct buffer *out, const struct cli_option *option)
{
	bool again = option->text != NULL && strstr(option->text, "(repeatable)") != NULL;
	struct completion c;

	completion_of_option(option, &c);
	buffer_printf(out, " \\\n\t\t\t'%s--%s%s[", again ? "*" : "", option->name,
	    option->argument == NULL ? "" : "=");
	add_quoted(out, option->text == NULL ? "see mailassay.conf(5)" : option->text, "[]\\");
	buffer_add_char(out, ']');
	if (option->argument != NULL)
		add_action(out, option->argument, &c);
	buffer_add_char(out, '\'');
	completion_clear(&c);
}

static void add_arguments(struct buffer *out, const struct cli_command *command)
{
	struct cli cli = {.command = command};
	struct completion c;

	cli_collect_options(&cli);
	completion_of_words(command, &c);
	buffer_printf(out, "\t'%s')\n\t\t_arguments", command->name);
	for (size_t i = 0; i < cli.option_count; i++)
		add_option(out, &cli.options[i]);
	if (command->words_max > 0) {
		buffer_add_string(out, " \\\n\t\t\t'*");
		add_action(out, command->words, &c);
		buffer_add_char(out, '\'');
	}
	buffer_add_string(out, "\n\t\t;;\n");
	completion_clear(&c);
	cli_clear(&cli);
}

static void add_command(struct buffer *out, const char *name)
{
	buffer_printf(out, "\t' %s ') command='%s' ;;\n", name, name);
}

static void add_commands(struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();

	buffer_add_string(
	    out, "_mailassay_command() { # WORDS: whether they are a command\n\tcase $1 in\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		add_command(out, commands[i]->name);
	add_command(out, "help");
	buffer_add_string(out, "\t*) return 1 ;;\n\tesac\n}\n\n");
}

/* The summary of a command that is one word; of a family none. */
static const char *summary_of(const char *first)
{
	const struct cli_command *const *commands = cli_commands();

	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, first) == 0)
			return commands[i]->summary;
	return strcmp(first, "help") == 0 ? "options and examples of a command" : NULL;
}

static void add_described(struct buffer *out, const char *word, const char *summary)
{
	buffer_printf(out, " \\\n\t\t\t'%s", word);
	if (summary != NULL) {
		buffer_add_char(out, ':');
		add_quoted(out, summary, "\\");
	}
	buffer_add_char(out, '\'');
}

static void add_firsts(struct buffer *out)
{
	struct buffer first = BUFFER_INIT;

	buffer_add_string(out, "\t' ' | ' help ')\n\t\tnames=(");
	for (size_t i = 0; completion_first(i, &first) != NULL; i++)
		add_described(out, first.data, summary_of(first.data));
	buffer_add_string(out, ")\n\t\t;;\n");
	buffer_clear(&first);
}

static void add_seconds(struct buffer *out, const char *first)
{
	const struct cli_command *const *commands = cli_commands();
	struct buffer seconds = BUFFER_INIT;
	size_t len = strlen(first);

	completion_seconds(first, &seconds);
	if (seconds.len > 0) {
		buffer_printf(out, "\t' %s ' | ' help %s ')\n\t\tnames=(", first, first);
		for (size_t i = 0; commands[i] != NULL; i++)
			if (strncmp(commands[i]->name, first, len) == 0 &&
			    commands[i]->name[len] == ' ')
				add_described(
				    out, commands[i]->name + len + 1, commands[i]->summary);
		buffer_add_string(out, ")\n\t\t;;\n");
	}
	buffer_clear(&seconds);
}

static void add_names(struct buffer *out)
{
	struct buffer first = BUFFER_INIT;

	buffer_add_string(out, "_mailassay_names() { # WORDS\n\tlocal -a names\n\tcase $1 in\n");
	add_firsts(out);
	for (size_t i = 0; completion_first(i, &first) != NULL; i++)
		add_seconds(out, first.data);
	buffer_add_string(out, "\tesac\n\t(( ! $#names )) || _describe command names\n}\n\n");
	buffer_clear(&first);
}

void completion_zsh(struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();

	buffer_add_string(out, HEAD);
	add_keys(out);
	add_commands(out);
	add_names(out);
	buffer_add_string(out, "_mailassay_global() {\n\t_arguments");
	for (const struct cli_option *o = CLI_GLOBAL_OPTIONS; o->name != NULL; o++)
		add_option(out, o);
	buffer_add_string(out, "\n}\n\n_mailassay_arguments() {\n\tcase $command in\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		add_arguments(out, commands[i]);
	buffer_add_string(out, "\tesac\n}\n\n");
	buffer_add_string(out, TAIL);
}
