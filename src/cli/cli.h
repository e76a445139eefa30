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
#include "policy/policy.h"
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
	const char *words; /* those behind it, for the help; "" for none; SELECTION: any number */
	unsigned words_min, words_max;
	const char *summary; /* one line */
	const struct cli_option *options;
	const char *const *examples; /* ends with NULL */
	bool settings; /* takes every option of the configuration's top level, as --OPTION VALUE */
	int (*run)(struct cli *cli); /* returns an enum cli_exit */
};

extern const struct cli_command CLI_SERVE, CLI_LIST, CLI_SHOW, CLI_WAIT, CLI_SESSIONS,
    CLI_TRANSCRIPT, CLI_EXPLAIN, CLI_CHECK_MESSAGE, CLI_CHECK_SPF, CLI_CHECK_DMARC,
    CLI_CHECK_DOMAIN, CLI_CHECK_AGAIN, CLI_ZONE_CHECK, CLI_CONFIG, CLI_CONFIG_CHECK, CLI_CA,
    CLI_GATE, CLI_WATCH, CLI_EXPORT, CLI_DELETE, CLI_STATS, CLI_VACUUM, CLI_RECEIVERS,
    CLI_COMPLETION;
extern const struct cli_option CLI_GLOBAL_OPTIONS[];

struct cli_given {
	const struct cli_option *option;
	const char *value; /* "" for an option that takes nothing */
};

/* One invocation. */
struct cli {
	const struct cli_command *command;
	int first; /* where the arguments behind the command's name begin */
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
/*
 * Fills cli->options with all that the command takes: what every command does, its own, those of
 * the configuration.
 */
void cli_collect_options(struct cli *cli);
/* Parses the arguments behind the command's name. 0, or -1 when the mistake was said. */
int cli_parse(struct cli *cli, int argc, char **argv);
void cli_clear(struct cli *cli);
/* All commands (main.c), in the order of the help; ends with NULL. */
const struct cli_command *const *cli_commands(void);
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

/*
 * Selecting (selection.c). cli_selection reads the words from the first-th on as one selection,
 * then the options --to, --from and --subject where the command has them, into the arena: an
 * argument with blanks and without quotes that begins with a key, and no other word of which has
 * one, is one condition, since the shell takes quotes away.
 */
int cli_selection(struct cli *cli, size_t first, struct arena *a, struct selection *out);
/*
 * Waits until the text index has all messages, where the selection asks for words: the running
 * daemon walks them, and without one this process does.
 */
int cli_index(struct cli *cli, struct store *store, const struct selection *s);

/*
 * Waiting for messages (await.c), for wait, watch and gate: calls seen each time the store has
 * changed, and first at once, until it returns false or the time is over. 0; CLI_TIMEOUT.
 */
struct cli_await {
	int64_t timeout_ms; /* 0: seen is called once; negative: for ever */
	bool (*seen)(void *arg);
	void *arg;
	bool until_signal; /* SIGINT and SIGTERM end it too, and it returns 0 */
};
int cli_await(struct store *store, const struct cli_await *a);
/* --timeout as in the configuration, also "0.5": leaves *ms alone when it was not given. */
int cli_timeout(struct cli *cli, int64_t *ms);
/* --after ID or "now" into id, which has room for a ULID and NUL; "" when there is none. */
int cli_after(struct cli *cli, struct store *store, char *id);

/*
 * Receivers' profiles (receivers.c): those of the program and those of the setting "receivers"; the
 * first does not change cli, so that a reload can read them again: 0 or -1. The second reads the
 * files that --profile names too.
 */
int cli_receivers_read(
    const struct conf_settings *settings, struct conf_receivers *out, struct error *err);
int cli_receivers(struct cli *cli, struct conf_receivers *out);
/*
 * Appends the names that one --profile means, parted by commas: of a file those of all receivers
 * that were read from it.
 */
void cli_profiles(const struct conf_receivers *known, const char *words, struct buffer *names);
/*
 * The policy of --require, --profile and --policy (policy.c), once cli_settings has read the
 * settings. CLI_USAGE when none of them is given. out is clear unless CLI_YES is returned.
 */
int cli_policy(struct cli *cli, struct policy *out);
/* Whether any of them is given. */
bool cli_policy_given(const struct cli *cli);
/* --viewpoint, POLICY_DEFAULT without it. */
int cli_viewpoint(struct cli *cli, enum policy_viewpoint *out);

/* Rows of option tables. */
#define CLI_POLICY_OPTIONS                                                                         \
	{"require", "TEXT", "requirements, parted by blanks (repeatable)"},                        \
	    {"profile", "NAME,NAME",                                                               \
		"receivers whose requirements must hold: see mailassay receivers (repeatable)"},   \
	    {"policy", "FILE",                                                                     \
		"requirements and profiles per selection; - is standard input (repeatable)"},      \
	{                                                                                          \
		"viewpoint", "V",                                                                  \
		    "observed, predicted or delivered (else predicted where there is a route)"     \
	}

/*
 * --extract link|otp|header:NAME|attachment:N (extract.c): checked before anything is done, then
 * printed of one message, a line each (an attachment: its octets). CLI_NO when it has none.
 */
int cli_extract_check(struct cli *cli);
int cli_extract(struct cli *cli, struct store *store, const struct record_message *m);

/* How to print on standard output; local times unless the command has --utc and it was given. */
struct report_style cli_style(const struct cli *cli);
/* Writes the buffer to standard output and clears it. CLI_CANNOT when that fails. */
int cli_print(const struct cli *cli, struct buffer *text);
/* After a write to standard output failed: CLI_CANNOT, without a word where its reader has gone. */
int cli_unwritten(const struct cli *cli);
/*
 * The same for what a mail says: octet for octet, but on a terminal with all that it would obey
 * escaped (octets.c).
 */
int cli_print_mail(const struct cli *cli, struct buffer *text);
/* A part of the message, decoded, into out. CLI_NO when there is none of this number. */
int cli_part(struct cli *cli, struct span source, const char *number, struct buffer *out);
/* Prints the messages that match, as a list or, with --json, as JSON Lines (list.c). */
int cli_print_matches(
    struct cli *cli, struct store *store, const struct store_filter *filter, uint64_t *count);

#endif
