/*
 * SPDX-License-Identifier: ISC
 *
 * What the subcommands share. Each command is one row, defined in its own file and listed in
 * main.c; its options are a table, from which parsing and help are made.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "conf/settings.h"
#include "dns/zone.h"
#include "report/text.h"
#include "store/store.h"

enum cli_exit {
	CLI_YES = 0,     /* yes, done */
	CLI_NO = 1,      /* no: a requirement failed, an id is unknown */
	CLI_USAGE = 2,   /* usage or configuration */
	CLI_TIMEOUT = 3, /* too few messages in time */
	CLI_CANNOT = 4,  /* no store, network, permission */
};

struct cli_option {
	const char *name;     /* without its dashes; NULL ends a table */
	const char *argument; /* what it takes, for the help; NULL: nothing */
	const char *text;
};

struct cli;

struct cli_command {
	const char *name;  /* "list"; of two words: "check message" */
	const char *words; /* the words behind it, for the help; "" for none */
	unsigned words_min, words_max;
	const char *summary; /* one line */
	const struct cli_option *options;
	const char *const *examples; /* ends with NULL */
	bool settings; /* takes every option of the configuration's top level, as --OPTION VALUE */
	int (*run)(struct cli *cli); /* returns an enum cli_exit */
};

extern const struct cli_command CLI_SERVE, CLI_LIST, CLI_SHOW, CLI_WAIT, CLI_SESSIONS,
    CLI_TRANSCRIPT, CLI_EXPLAIN, CLI_CHECK_MESSAGE, CLI_CHECK_SPF, CLI_CHECK_DMARC,
    CLI_CHECK_DOMAIN, CLI_CHECK_AGAIN, CLI_ZONE_CHECK, CLI_CONFIG, CLI_CONFIG_CHECK, CLI_CA;
extern const struct cli_option CLI_GLOBAL_OPTIONS[];

struct cli_given {
	const struct cli_option *option;
	const char *value; /* "" for an option that takes nothing */
};

/* One invocation. */
struct cli {
	const struct cli_command *command;
	struct cli_option *options; /* all that the command takes, once cli_parse has begun */
	size_t option_count;
	struct cli_given *given;
	size_t given_count;
	const char **words;
	size_t word_count;
	struct conf_settings settings; /* once cli_settings has read them */
	struct dns_zones *zones;       /* once cli_zones has */
	struct buffer data_dir;        /* once cli_data_dir has */
};

/* The last value given for the option, or NULL. */
const char *cli_value(const struct cli *cli, const char *option);
/* The n-th value given for a repeatable option, or NULL. */
const char *cli_value_at(const struct cli *cli, const char *option, size_t n);
/* The value as a whole number in the range. 0, with *out left alone when absent; -1 when said. */
int cli_number(
    const struct cli *cli, const char *option, uint64_t min, uint64_t max, uint64_t *out);

/* What getopt_long gives for long options is this or more. */
#define CLI_LONG_OPTION 256

/* getopt_long without its abbreviations: '?' unless the whole name stands there. */
struct option;
int cli_getopt(int argc, char **argv, const char *letters, const struct option *table, int *index);
/* Says what is wrong with the option that getopt_long answered with '?' or ':'. */
void cli_refuse_option(const struct cli *cli, int c, char *const *argv);
/* Parses the arguments behind the command's name. 0, or -1 when the mistake was said. */
int cli_parse(struct cli *cli, int argc, char **argv);
void cli_clear(struct cli *cli);
/* The help of one command, of all. */
void cli_help(const struct cli_command *command, FILE *out);
void cli_help_all(const struct cli_command *const *commands, FILE *out);

/* Says "mailassay COMMAND: ..." (before there is one, "mailassay: ...") and returns the code. */
int cli_fail(const struct cli *cli, enum cli_exit code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for an error, with the code of its kind. */
int cli_error(const struct cli *cli, const struct error *err);

/*
 * The settings of the configuration file (-c, MAILASSAY_CONF, the system's), of the environment
 * (MAILASSAY_ and the name of an option of the top level) and of the arguments, in this order: the
 * latter win. Does not change cli, so that a reload can read them again. 0 or -1.
 */
int cli_settings_read(const struct cli *cli, struct conf_settings *out, struct error *err);
/* The zones of the settings, for dns_zones_free. 0 or -1. */
int cli_zones_read(const struct conf_settings *settings, struct dns_zones **out, struct error *err);

/*
 * Steps that most commands share; each says what is wrong and returns an enum cli_exit.
 * cli_settings and cli_zones keep in cli what the two above read. cli_data_dir finds the data
 * directory by them.
 */
int cli_settings(struct cli *cli);
int cli_zones(struct cli *cli);
/* Adds the zone of one file. */
int cli_zone_add(struct cli *cli, const char *file);
int cli_data_dir(struct cli *cli, bool for_queries);
/* All of it for a command that asks the store: *out is open. */
int cli_store(struct cli *cli, struct store **out);
/* The whole id of the message that a word names; id has room for a ULID and NUL. */
int cli_message_id(struct cli *cli, struct store *store, const char *word, char *id);
/* The same of a session, which the id of one of its messages names too. */
int cli_session_id(struct cli *cli, struct store *store, const char *word, char *id);

/* How to print on standard output. */
struct report_style cli_style(void);
/* Writes the buffer to standard output and clears it. CLI_CANNOT when that fails. */
int cli_print(const struct cli *cli, struct buffer *text);
/* Prints the messages, as a list or as JSON Lines. */
int cli_print_messages(const struct cli *cli, const struct store_messages *messages, bool json);

#endif
