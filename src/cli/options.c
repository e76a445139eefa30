/*
 * SPDX-License-Identifier: ISC
 *
 * Parsing arguments by a command's option table, and the help made from it.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"

const struct cli_option CLI_GLOBAL_OPTIONS[] = {
    {"data", "DIR",
	"the data directory (else MAILASSAY_DATA, /var/lib/mailassay, "
	"~/.local/state/mailassay)"},
    {"config", "FILE", "the configuration file, also -c (else MAILASSAY_CONF, the system's)"},
    {"help", NULL, "this text, also -h"},
    {"version", NULL, "the version"},
    {NULL, NULL, NULL},
};

static const struct cli_option *option_at(const struct cli_command *command, size_t n)
{
	for (size_t i = 0; CLI_GLOBAL_OPTIONS[i].name != NULL; i++)
		if (n-- == 0)
			return &CLI_GLOBAL_OPTIONS[i];
	for (size_t i = 0; command->options[i].name != NULL; i++)
		if (n-- == 0)
			return &command->options[i];
	return NULL;
}

static void add_given(struct cli *cli, const struct cli_option *option, const char *value)
{
	array_grow(&cli->given, cli->given_count, sizeof(*cli->given));
	cli->given[cli->given_count++] = (struct cli_given){option, value == NULL ? "" : value};
}

void cli_refuse_option(const struct cli *cli, int c, char *const *argv)
{
	const char *word = argv[optind - 1], *why = "unknown option";
	const char letter[] = {'-', (char)optopt, '\0'};

	if (c == ':')
		why = "a value was expected behind it";
	else if (optopt >= CLI_LONG_OPTION)
		why = "it takes no value";
	else if (optopt != 0)
		word = letter;
	cli_fail(cli, CLI_USAGE, "%s: %s; see mailassay help%s%s", word, why,
	    cli->command == NULL ? "" : " ", cli->command == NULL ? "" : cli->command->name);
}

#define OPTIONS_MAX 40

int cli_parse(struct cli *cli, int argc, char **argv)
{
	const struct cli_option *o;
	struct option table[OPTIONS_MAX + 1] = {{NULL, 0, NULL, 0}};
	int c, index;

	for (size_t i = 0; i < OPTIONS_MAX && (o = option_at(cli->command, i)) != NULL; i++)
		table[i] = (struct option){o->name,
		    o->argument == NULL ? no_argument : required_argument, NULL, CLI_LONG_OPTION};
	optind = 0; /* glibc's way to begin anew */
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":c:h", table, &index)) != -1) {
		if (c == '?' || c == ':') {
			cli_refuse_option(cli, c, argv);
			return -1;
		}
		add_given(cli,
		    option_at(cli->command, c == 'c'   ? 1
					    : c == 'h' ? 2
						       : (size_t)index),
		    optarg);
	}
	for (; optind < argc; optind++) {
		array_grow(&cli->words, cli->word_count, sizeof(*cli->words));
		cli->words[cli->word_count++] = argv[optind];
	}
	if (cli_value(cli, "help") != NULL || cli_value(cli, "version") != NULL)
		return 0;
	if (cli->word_count > cli->command->words_max) {
		cli_fail(cli, CLI_USAGE, "%s: one word too many; see mailassay help %s",
		    cli->words[cli->command->words_max], cli->command->name);
		return -1;
	}
	if (cli->word_count < cli->command->words_min) {
		cli_fail(cli, CLI_USAGE, "expected %s; see mailassay help %s", cli->command->words,
		    cli->command->name);
		return -1;
	}
	return 0;
}

void cli_clear(struct cli *cli)
{
	free(cli->given);
	free(cli->words);
	dns_zones_free(cli->zones);
	conf_settings_clear(&cli->settings);
	buffer_clear(&cli->data_dir);
}

const char *cli_value_at(const struct cli *cli, const char *option, size_t n)
{
	for (size_t i = 0; i < cli->given_count; i++)
		if (strcmp(cli->given[i].option->name, option) == 0 && n-- == 0)
			return cli->given[i].value;
	return NULL;
}

const char *cli_value(const struct cli *cli, const char *option)
{
	for (size_t i = cli->given_count; i > 0; i--)
		if (strcmp(cli->given[i - 1].option->name, option) == 0)
			return cli->given[i - 1].value;
	return NULL;
}

int cli_number(const struct cli *cli, const char *option, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *text = cli_value(cli, option);
	uint64_t value;

	if (text == NULL)
		return 0;
	if (span_to_uint(span_from(text), max, &value) == 0 && value >= min) {
		*out = value;
		return 0;
	}
	cli_fail(cli, CLI_USAGE, "--%s: expected a whole number from %llu to %llu, got \"%s\"",
	    option, (unsigned long long)min, (unsigned long long)max, text);
	return -1;
}

static void print_options(const struct cli_option *options, FILE *out)
{
	for (; options->name != NULL; options++) {
		char left[60];

		snprintf(left, sizeof(left), "--%s%s%s", options->name,
		    options->argument == NULL ? "" : " ",
		    options->argument == NULL ? "" : options->argument);
		fprintf(out, "  %-26s %s\n", left, options->text);
	}
}

void cli_help(const struct cli_command *command, FILE *out)
{
	fprintf(out, "usage: mailassay %s%s%s%s\n\n%s\n\noptions:\n", command->name,
	    command->options[0].name == NULL ? "" : " [options]",
	    command->words[0] == '\0' ? "" : " ", command->words, command->summary);
	print_options(command->options, out);
	print_options(CLI_GLOBAL_OPTIONS, out);
	fprintf(out, "\nexamples:\n");
	for (size_t i = 0; command->examples[i] != NULL; i++)
		fprintf(out, "  %s\n", command->examples[i]);
}

void cli_help_all(const struct cli_command *const *commands, FILE *out)
{
	fprintf(out, "usage: mailassay [--data DIR] [-c FILE] COMMAND [options]\n\n"
		     "A sandbox SMTP gateway that judges the mail an application sends.\n\n"
		     "commands:\n");
	for (; *commands != NULL; commands++)
		fprintf(out, "  %-14s %s\n", (*commands)->name, (*commands)->summary);
	fprintf(out, "  %-14s %s\n", "help COMMAND", "options and examples of a command");
	fprintf(out, "\nexit codes: 0 yes or done, 1 no, 2 usage or configuration, 3 timed out, "
		     "4 cannot\nmanual: mailassay(1), mailassay.conf(5)\n");
}

int cli_fail(const struct cli *cli, enum cli_exit code, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mailassay%s%s: ", cli->command == NULL ? "" : " ",
	    cli->command == NULL ? "" : cli->command->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return (int)code;
}

int cli_error(const struct cli *cli, const struct error *err)
{
	switch (err->kind) {
	case ERROR_USAGE:
		return cli_fail(cli, CLI_USAGE, "%s", err->text);
	case ERROR_CANNOT:
		break;
	}
	return cli_fail(cli, CLI_CANNOT, "%s", err->text);
}
