/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay: finds the command and runs it.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "cli/cli.h"
#include "mime/text.h"
#include "opinion/child.h"

static const struct cli_command *const COMMANDS[] = {&CLI_SERVE, &CLI_LIST, &CLI_SHOW, &CLI_WAIT,
    &CLI_WATCH, &CLI_GATE, &CLI_SESSIONS, &CLI_TRANSCRIPT, &CLI_EXPLAIN, &CLI_CHECK_MESSAGE,
    &CLI_CHECK_SPF, &CLI_CHECK_DMARC, &CLI_CHECK_DOMAIN, &CLI_CHECK_AGAIN, &CLI_ZONE_CHECK,
    &CLI_CONFIG, &CLI_CONFIG_CHECK, &CLI_CA, &CLI_RECEIVERS, &CLI_EXPORT, &CLI_DELETE, &CLI_VACUUM,
    &CLI_STATS, &CLI_COMPLETION, NULL};

const struct cli_command *const *cli_commands(void)
{
	return COMMANDS;
}

/* How many of the words name the command: its own number, or 0. */
static int names(const struct cli_command *command, char *const *words, int count)
{
	struct span rest = span_from(command->name);
	int n = 0;

	while (rest.data != NULL) {
		struct span word = span_cut(&rest, ' ');

		if (n >= count || !span_equal(word, span_from(words[n])))
			return 0;
		n++;
	}
	return n;
}

/* The one that most words name: "config check" comes before "config". */
static const struct cli_command *find_command(char *const *words, int count, int *taken)
{
	const struct cli_command *found = NULL;

	*taken = 0;
	for (size_t i = 0; COMMANDS[i] != NULL; i++) {
		int n = names(COMMANDS[i], words, count);

		if (n <= *taken)
			continue;
		found = COMMANDS[i];
		*taken = n;
	}
	return found;
}

/* Whether what stands on standard output got there. */
static int said(const struct cli *cli)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return CLI_YES;
	return cli_unwritten(cli);
}

static int say_version(const struct cli *cli)
{
	puts("mailassay " PACKAGE_VERSION);
	return said(cli);
}

/* The second word of a command of two whose first word this is, or NULL. */
static const char *second_word(const struct cli_command *command, const char *first)
{
	size_t len = strlen(first);

	if (strncmp(command->name, first, len) != 0 || command->name[len] != ' ')
		return NULL;
	return command->name + len + 1;
}

/* The first word of a command of two, when it stands alone: the help of all that begin so. */
static bool help_family(const char *word)
{
	bool any = false;

	for (size_t i = 0; COMMANDS[i] != NULL; i++) {
		if (second_word(COMMANDS[i], word) == NULL)
			continue;
		if (any)
			putchar('\n');
		cli_help(COMMANDS[i], stdout);
		any = true;
	}
	return any;
}

static int say_help(const struct cli *cli, char *const *words, int count)
{
	int taken;
	const struct cli_command *command = find_command(words, count, &taken);

	if (count == 0)
		cli_help_all(COMMANDS, stdout);
	else if (command != NULL)
		cli_help(command, stdout);
	else if (count > 1 || !help_family(words[0]))
		return cli_fail(cli, CLI_USAGE, "help: %s%s%s: no such command; see mailassay help",
		    words[0], count > 1 ? " " : "", count > 1 ? words[1] : "");
	return said(cli);
}

static bool asks_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* The second words that the first one can have, "a, b or c"; nothing when it begins none. */
static void list_family(const char *word, struct buffer *out)
{
	const char *last = NULL;

	for (size_t i = 0; COMMANDS[i] != NULL; i++) {
		const char *second = second_word(COMMANDS[i], word);

		if (second == NULL)
			continue;
		if (last != NULL)
			buffer_printf(out, "%s%s", out->len == 0 ? "" : ", ", last);
		last = second;
	}
	if (last != NULL)
		buffer_printf(out, "%s%s", out->len == 0 ? "" : " or ", last);
}

/* The commands that resemble a word that is none, by their first words. */
static void add_near(const char *word, struct buffer *out)
{
	const char *names[ARRAY_SIZE(COMMANDS)];
	size_t count = 0;

	for (size_t i = 0; COMMANDS[i] != NULL; i++)
		if (strchr(COMMANDS[i]->name, ' ') == NULL)
			names[count++] = COMMANDS[i]->name;
	near_words(out, span_from(word), names, count);
}

static int refuse_command(const struct cli *cli, const char *word)
{
	struct buffer near = BUFFER_INIT;
	int code;

	add_near(word, &near);
	if (near.len > 0)
		code = cli_fail(cli, CLI_USAGE,
		    "%s: no such command; did you mean %s? See mailassay help", word, near.data);
	else
		code = cli_fail(cli, CLI_USAGE, "%s: no such command; see mailassay help", word);
	buffer_clear(&near);
	return code;
}

static int unknown(const struct cli *cli, char *const *words, int count)
{
	struct buffer seconds = BUFFER_INIT;
	int code;

	if (count == 0)
		return cli_fail(cli, CLI_USAGE, "a command was expected; see mailassay help");
	list_family(words[0], &seconds);
	if (seconds.len == 0)
		code = refuse_command(cli, words[0]);
	else if (count > 1 && asks_help(words[1]))
		code = say_help(cli, words, 1);
	else
		code = cli_fail(cli, CLI_USAGE,
		    "%s: expected %s behind it, got %s; see mailassay help %s", words[0],
		    seconds.data, count > 1 ? words[1] : "nothing", words[0]);
	buffer_clear(&seconds);
	return code;
}

/* Finds the command in words and gives it the arguments before and behind its name. */
static int run(struct cli *cli, int first, int argc, char **argv)
{
	int taken, code;

	cli->command = find_command(argv + first, argc - first, &taken);
	if (cli->command == NULL)
		return unknown(cli, argv + first, argc - first);
	/* The global options before the name stay; the name's words go out of the middle. */
	memmove(
	    argv + first, argv + first + taken, (size_t)(argc - first - taken + 1) * sizeof(*argv));
	cli->first = first;
	if (cli_parse(cli, argc - taken, argv) < 0)
		return CLI_USAGE;
	if (cli_value(cli, "help") != NULL) {
		cli_help(cli->command, stdout);
		return said(cli);
	}
	if (cli_value(cli, "version") != NULL)
		return say_version(cli);
	code = cli->command->run(cli);
	return code == CLI_YES ? said(cli) : code;
}

/* Where the command's name is: behind the global options, whose values are skipped. */
static int skip_global(const struct cli *cli, int argc, char **argv, bool *help, bool *version)
{
	enum { DATA = CLI_LONG_OPTION, CONFIG, HELP, VERSION };
	static const struct option options[] = {{"data", required_argument, NULL, DATA},
	    {"config", required_argument, NULL, CONFIG}, {"help", no_argument, NULL, HELP},
	    {"version", no_argument, NULL, VERSION}, {NULL, 0, NULL, 0}};
	int c;

	opterr = 0;
	while ((c = cli_getopt(argc, argv, "+:c:h", options, NULL)) != -1) {
		*help = *help || c == 'h' || c == HELP;
		*version = *version || c == VERSION;
		if (c == '?' || c == ':') {
			cli_refuse_option(cli, c, argv);
			return -1;
		}
	}
	return optind;
}

int main(int argc, char **argv)
{
	bool help = false, version = false;
	struct cli cli = {.command = NULL};
	int first, code;

	/* No command: serve runs this program so. */
	if (argc > 1 && strcmp(argv[1], OPINION_CHILD_WORD) == 0)
		return opinion_child_main();
	first = skip_global(&cli, argc, argv, &help, &version);
	signal(SIGPIPE, SIG_IGN);
	mime_init();
	if (first < 0)
		return CLI_USAGE;
	if (version)
		return say_version(&cli);
	if (help)
		return say_help(&cli, argv + first, argc - first);
	if (first < argc && strcmp(argv[first], "help") == 0)
		return say_help(&cli, argv + first + 1, argc - first - 1);
	code = run(&cli, first, argc, argv);
	cli_clear(&cli);
	return code;
}
