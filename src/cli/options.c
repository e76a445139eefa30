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

/* --data and --dns are options of the configuration too: the first one counts. */
static void add_option(struct cli *cli, const struct cli_option *option)
{
	for (size_t i = 0; i < cli->option_count; i++)
		if (strcmp(cli->options[i].name, option->name) == 0)
			return;
	array_grow(&cli->options, cli->option_count, sizeof(*cli->options));
	cli->options[cli->option_count++] = *option;
}

void cli_collect_options(struct cli *cli)
{
	struct cli_option setting = {.argument = "VALUE"};
	bool list;

	for (const struct cli_option *o = CLI_GLOBAL_OPTIONS; o->name != NULL; o++)
		add_option(cli, o);
	for (const struct cli_option *o = cli->command->options; o->name != NULL; o++)
		add_option(cli, o);
	for (size_t n = 0; cli->command->settings && conf_top_option(n, &list) != NULL; n++) {
		setting.name = conf_top_option(n, &list);
		add_option(cli, &setting);
	}
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

static bool is_whole(const char *word, const struct option *table)
{
	size_t len = strcspn(word, "=");

	for (; table->name != NULL; table++)
		if (strlen(table->name) == len && strncmp(table->name, word, len) == 0)
			return true;
	return false;
}

int cli_getopt(int argc, char **argv, const char *letters, const struct option *table, int *index)
{
	int c = getopt_long(argc, argv, letters, table, index), at = optind - 1;

	if (c == -1 || (c < CLI_LONG_OPTION && c != '?' && c != ':'))
		return c;
	if (optarg != NULL && optarg == argv[at])
		at--;
	if (strncmp(argv[at], "--", 2) != 0 || is_whole(argv[at] + 2, table))
		return c;
	/* As for a word that is no option at all. */
	optind = at + 1;
	optopt = 0;
	return '?';
}

/* The table for getopt_long; free it. */
static struct option *getopt_table(const struct cli *cli)
{
	struct option *table = memory_new((cli->option_count + 1) * sizeof(*table));

	for (size_t i = 0; i < cli->option_count; i++)
		table[i] = (struct option){cli->options[i].name,
		    cli->options[i].argument == NULL ? no_argument : required_argument, NULL,
		    CLI_LONG_OPTION};
	return table;
}

/* Where -c and -h stand among the options that every command takes. */
#define OPTION_CONFIG 1
#define OPTION_HELP   2

static void add_word(struct cli *cli, const char *word)
{
	array_grow(&cli->words, cli->word_count, sizeof(*cli->words));
	cli->words[cli->word_count++] = word;
}

/* "-from:a@b" behind a command that takes a selection is a negated condition, no option. */
static bool is_negated(const struct cli *cli, int argc, char *const *argv)
{
	return optind >= cli->first && optind < argc && argv[optind][0] == '-' &&
	       argv[optind][1] != '-' && strlen(argv[optind]) > 2 &&
	       strstr(cli->command->words, "SELECTION") != NULL;
}

/* Begins getopt anew, as glibc does it; the options then come in the order of the arguments. */
static void begin_getopt(char **argv)
{
	char *none[] = {argv[0], NULL};

	optind = 0;
	opterr = 0;
	getopt(1, none, "-:c:h");
	optind = 1;
}

static int parse_options(struct cli *cli, int argc, char **argv)
{
	struct option *table = getopt_table(cli);
	int c = 0, index = 0;

	begin_getopt(argv);
	while (c != -1 && c != '?' && c != ':') {
		if (is_negated(cli, argc, argv)) {
			add_word(cli, argv[optind++]);
			continue;
		}
		c = cli_getopt(argc, argv, "-:c:h", table, &index);
		if (c == 1)
			add_word(cli, optarg);
		if (c == 'c' || c == 'h')
			index = c == 'c' ? OPTION_CONFIG : OPTION_HELP;
		if (c == 'c' || c == 'h' || c == CLI_LONG_OPTION)
			add_given(cli, &cli->options[index], optarg);
	}
	free(table);
	if (c != -1)
		cli_refuse_option(cli, c, argv);
	return c == -1 ? 0 : -1;
}

int cli_parse(struct cli *cli, int argc, char **argv)
{
	cli_collect_options(cli);
	if (parse_options(cli, argc, argv) < 0)
		return -1;
	for (; optind < argc; optind++)
		add_word(cli, argv[optind]);
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
	free(cli->options);
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

static bool has_option(const struct cli_option *options, const char *name)
{
	for (; options->name != NULL; options++)
		if (strcmp(options->name, name) == 0)
			return true;
	return false;
}

/* The options of the configuration that were not shown with a text of their own, in lines. */
static void print_settings(const struct cli_command *command, FILE *out)
{
	const char *name;
	int column = 0;
	bool list;

	fprintf(out,
	    "\nand the others of the configuration's top level, each with a value (in the\n"
	    "environment MAILASSAY_LOG_LEVEL and so on); see mailassay.conf(5):\n");
	for (size_t n = 0; (name = conf_top_option(n, &list)) != NULL; n++) {
		int width = (int)strlen(name) + 3;

		if (has_option(CLI_GLOBAL_OPTIONS, name) || has_option(command->options, name))
			continue;
		if (column + width > 78) {
			fputc('\n', out);
			column = 0;
		}
		fprintf(out, "%s--%s", column == 0 ? "  " : " ", name);
		column += width + (column == 0);
	}
	fputc('\n', out);
}

void cli_help(const struct cli_command *command, FILE *out)
{
	fprintf(out, "usage: mailassay %s%s%s%s\n\n%s\n\noptions:\n", command->name,
	    command->options[0].name == NULL ? "" : " [options]",
	    command->words[0] == '\0' ? "" : " ", command->words, command->summary);
	print_options(command->options, out);
	print_options(CLI_GLOBAL_OPTIONS, out);
	if (command->settings)
		print_settings(command, out);
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
		     "4 cannot\nmanual: mailassay(1), mailassay-gate(7), mailassay-trust(7), "
		     "mailassay.conf(5)\n");
}

int cli_fail(const struct cli *cli, enum cli_exit code, const char *fmt, ...)
{
	struct buffer text = BUFFER_INIT, escaped = BUFFER_INIT;
	va_list ap;

	va_start(ap, fmt);
	buffer_vprintf(&text, fmt, ap);
	va_end(ap);
	/* It may repeat a word that was copied from a mail. */
	report_escape_lines(&escaped, buffer_span(&text));
	fprintf(stderr, "mailassay%s%s: %s\n", cli->command == NULL ? "" : " ",
	    cli->command == NULL ? "" : cli->command->name, escaped.data);
	buffer_clear(&text);
	buffer_clear(&escaped);
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
