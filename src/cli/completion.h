/*
 * SPDX-License-Identifier: ISC
 *
 * Completion scripts: what they are made of, from the command table. One file a shell.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "base/buffer.h"
#include "cli/cli.h"

/* What may stand in a place. */
struct completion {
	bool files, directories, selection;
	struct buffer words; /* with a blank between; one that ends with ":" goes on */
};

/* Of an option's argument; nothing of one that takes none. */
void completion_of_option(const struct cli_option *option, struct completion *out);
/* Of the words behind the command's name. */
void completion_of_words(const struct cli_command *command, struct completion *out);
void completion_clear(struct completion *c);

/* The values that a key of the selection can have; empty: any. Appended, with blanks between. */
void completion_of_key(size_t key, struct buffer *out);

/* The n-th first word of all commands, each once, "help" at their end; NULL: there is none. */
const char *completion_first(size_t n, struct buffer *scratch);
/* The second words behind a first one, appended with blanks between. */
void completion_seconds(const char *first, struct buffer *out);

/* The options of all commands that take a value, each once, with a text before each; appended. */
void completion_takes(struct buffer *out, const char *before);

/* The scripts. Appended. */
void completion_bash(struct buffer *out);
void completion_zsh(struct buffer *out);
void completion_fish(struct buffer *out);

#endif
