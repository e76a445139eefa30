/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay: finds the command and runs it.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "mime/text.h"

static const struct cli_command *const COMMANDS[] = {
    &CLI_SERVE, &CLI_LIST, &CLI_SHOW, &CLI_WAIT, &CLI_CHECK_MESSAGE, &CLI_CHECK_SPF, &CLI_CA, NULL};

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

static const struct cli_command *find_command(char *const *words, int count, int *taken)
{
	for (size_t i = 0; COMMANDS[i] != NULL; i++) {
		*taken = names(COMMANDS[i], words, count);
		if (*taken > 0)
			return COMMANDS[i];
	}
	return NULL;
}

static int say_help(char *const *words, int count)
{
	int taken;
	const struct cli_command *command = find_command(words, count, &taken);

	if (count == 0) {
		cli_help_all(COMMANDS, stdout);
		return CLI_YES;
	}
	if (command == NULL) {
		fprintf(
		    stderr, "mailassay help: %s: no such command; see mailassay help\n", words[0]);
		return CLI_USAGE;
	}
	cli_help(command, stdout);
	return CLI_YES;
}

static int unknown(char *const *words, int count)
{
	static const char *const firsts[] = {"check"};

	if (count == 0) {
		fprintf(stderr, "mailassay: a command was expected; see mailassay help\n");
		return CLI_USAGE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(firsts); i++) {
		if (strcmp(words[0], firsts[i]) != 0)
			continue;
		fprintf(stderr, "mailassay %s: %s: expected message or spf; see mailassay help\n",
		    firsts[i], count > 1 ? words[1] : "no word behind it");
		return CLI_USAGE;
	}
	fprintf(stderr, "mailassay: %s: no such command; see mailassay help\n", words[0]);
	return CLI_USAGE;
}

/* Finds the command in words and gives it the arguments before and behind its name. */
static int run(struct cli *cli, int first, int argc, char **argv)
{
	int taken, code;

	cli->command = find_command(argv + first, argc - first, &taken);
	if (cli->command == NULL)
		return unknown(argv + first, argc - first);
	/* The global options before the name stay; the name's words go out of the middle. */
	memmove(
	    argv + first, argv + first + taken, (size_t)(argc - first - taken + 1) * sizeof(*argv));
	if (cli_parse(cli, argc - taken, argv) < 0)
		return CLI_USAGE;
	if (cli_value(cli, "help") != NULL) {
		cli_help(cli->command, stdout);
		return CLI_YES;
	}
	code = cli->command->run(cli);
	if (fflush(stdout) != 0 && code == CLI_YES)
		return cli_fail(
		    cli, CLI_CANNOT, "standard output: the result could not be written");
	return code;
}

/* Where the command's name is: behind the global options, whose values are skipped. */
static int skip_global(int argc, char **argv, bool *help, bool *version)
{
	static const struct option options[] = {{"data", required_argument, NULL, 'd'},
	    {"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:c:h", options, NULL)) != -1) {
		*help = *help || c == 'h';
		*version = *version || c == 'V';
		if (c == '?' || c == ':') {
			fprintf(stderr, "mailassay: %s: %s; see mailassay help\n", argv[optind - 1],
			    c == ':' ? "a value was expected behind it" : "unknown option");
			return -1;
		}
	}
	return optind;
}

int main(int argc, char **argv)
{
	bool help = false, version = false;
	struct cli cli = {.command = NULL};
	int first = skip_global(argc, argv, &help, &version), code;

	signal(SIGPIPE, SIG_IGN);
	mime_init();
	if (first < 0)
		return CLI_USAGE;
	if (version) {
		puts("mailassay " PACKAGE_VERSION);
		return CLI_YES;
	}
	if (help)
		return say_help(argv + first, argc - first);
	if (first < argc && strcmp(argv[first], "help") == 0)
		return say_help(argv + first + 1, argc - first - 1);
	code = run(&cli, first, argc, argv);
	cli_clear(&cli);
	return code;
}
