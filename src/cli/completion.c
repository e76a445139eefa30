/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay completion: a script for a shell. What may stand where is read from the words that the
 * help prints: FILE, DIR, ID and SELECTION are known, and what is in small letters stands for
 * itself.
 */
#include "cli/completion.h"

#include <string.h>

#include "conf/receiver.h"

static bool is_small(char c)
{
	return (c >= 'a' && c <= 'z') || ascii_digit(c) || c == '-' || c == '.';
}

static void add_word(struct buffer *out, struct span word)
{
	if (out->len > 0)
		buffer_add_char(out, ' ');
	buffer_add_span(out, word);
}

/* Of "header:NAME" only "header:" is known; of "N" nothing. */
static void read_small(struct span token, struct completion *out)
{
	size_t n = 0;

	if (token.len == 0 || token.data[0] < 'a' || token.data[0] > 'z')
		return;
	while (n < token.len && is_small(token.data[n]))
		n++;
	if (n < token.len && token.data[n] == ':')
		n++;
	add_word(&out->words, span_first(token, n));
}

static void read_token(struct span token, struct completion *out)
{
	/* WORD... */
	while (token.len > 0 && token.data[token.len - 1] == '.')
		token.len--;
	if (span_equal(token, SPAN("FILE")))
		out->files = true;
	else if (span_equal(token, SPAN("DIR")))
		out->directories = true;
	else if (span_equal(token, SPAN("SELECTION")))
		out->selection = true;
	else if (span_equal(token, SPAN("ID")))
		add_word(&out->words, SPAN("latest"));
	else
		read_small(token, out);
}

static void read_form(const char *form, struct completion *out)
{
	static const char BETWEEN[] = " |[]";

	while (*(form += strspn(form, BETWEEN)) != '\0') {
		size_t len = strcspn(form, BETWEEN);

		read_token(span_of(form, len), out);
		form += len;
	}
}

/* Receivers' profiles of the program. */
static void add_profiles(struct buffer *out)
{
	struct conf_receivers receivers;

	conf_receivers_builtin(&receivers);
	for (size_t i = 0; i < receivers.count; i++)
		add_word(out, span_from(receivers.items[i].name));
	conf_receivers_clear(&receivers);
}

/* Words that the help says in a sentence. */
static const struct {
	const char *option, *words;
} WORDS[] = {
    {"viewpoint", "observed predicted delivered"},
    {"extract", "link otp header: attachment:"},
};

void completion_of_option(const struct cli_option *option, struct completion *out)
{
	*out = (struct completion){.words = BUFFER_INIT};
	if (option->argument == NULL)
		return;
	read_form(option->argument, out);
	for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++)
		if (strcmp(WORDS[i].option, option->name) == 0)
			add_word(&out->words, span_from(WORDS[i].words));
	if (strcmp(option->name, "profile") == 0)
		add_profiles(&out->words);
}

void completion_of_words(const struct cli_command *command, struct completion *out)
{
	*out = (struct completion){.words = BUFFER_INIT};
	read_form(command->words, out);
	if (command == &CLI_RECEIVERS)
		add_profiles(&out->words);
}

void completion_clear(struct completion *c)
{
	buffer_clear(&c->words);
}

static void add_findings(struct buffer *out)
{
	for (int i = 0; i < FINDING_ID_COUNT; i++)
		add_word(out, span_from(finding_entry((enum finding_id)i)->id));
}

static const struct {
	enum selection_key key;
	const char *words;
} VALUES[] = {
    {SELECTION_ID, "latest"},
    {SELECTION_TLS, "none any starttls implicit 1.0 1.1 1.2 1.3"},
    {SELECTION_FINDING, "any info warning error"},
    {SELECTION_HAS, "attachment link html text"},
    {SELECTION_AFTER, "now"},
    {SELECTION_BEFORE, "now"},
};

void completion_of_key(size_t key, struct buffer *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(VALUES); i++)
		if (VALUES[i].key == (enum selection_key)key)
			add_word(out, span_from(VALUES[i].words));
	if (key == SELECTION_FINDING)
		add_findings(out);
	if (key < SELECTION_SPF || key > SELECTION_RDNS)
		return;
	for (int i = 0; i < AUTH_RESULT_COUNT; i++)
		add_word(out, span_from(AUTH_RESULT_NAME[i]));
}

/* Whether a command before the one at index begins with the same word. */
static bool is_known(const struct cli_command *const *commands, size_t index, struct span first)
{
	for (size_t i = 0; i < index; i++) {
		struct span rest = span_from(commands[i]->name);

		if (span_equal(span_cut(&rest, ' '), first))
			return true;
	}
	return false;
}

const char *completion_first(size_t n, struct buffer *scratch)
{
	const struct cli_command *const *commands = cli_commands();
	size_t i;

	buffer_reset(scratch);
	for (i = 0; commands[i] != NULL; i++) {
		struct span rest = span_from(commands[i]->name), first = span_cut(&rest, ' ');

		if (is_known(commands, i, first) || n-- > 0)
			continue;
		buffer_add_span(scratch, first);
		return scratch->data;
	}
	if (n > 0)
		return NULL;
	buffer_add_string(scratch, "help");
	return scratch->data;
}

void completion_seconds(const char *first, struct buffer *out)
{
	const struct cli_command *const *commands = cli_commands();

	for (size_t i = 0; commands[i] != NULL; i++) {
		struct span rest = span_from(commands[i]->name);

		if (span_equal(span_cut(&rest, ' '), span_from(first)) && rest.data != NULL)
			add_word(out, rest);
	}
}

static bool has_seen(const struct buffer *seen, const char *name)
{
	struct span rest = buffer_span(seen);

	while (rest.data != NULL)
		if (span_equal(span_cut(&rest, ' '), span_from(name)))
			return true;
	return false;
}

static void collect_takes(const struct cli_command *command, struct buffer *seen)
{
	struct cli cli = {.command = command};

	cli_collect_options(&cli);
	for (size_t i = 0; i < cli.option_count; i++)
		if (cli.options[i].argument != NULL && !has_seen(seen, cli.options[i].name))
			buffer_printf(seen, "%s%s", seen->len == 0 ? "" : " ", cli.options[i].name);
	cli_clear(&cli);
}

void completion_takes(struct buffer *out, const char *before)
{
	const struct cli_command *const *commands = cli_commands();
	struct buffer seen = BUFFER_INIT;
	struct span rest;

	for (size_t i = 0; commands[i] != NULL; i++)
		collect_takes(commands[i], &seen);
	rest = buffer_span(&seen);
	while (rest.data != NULL) {
		struct span name = span_cut(&rest, ' ');

		buffer_printf(out, "%s%.*s", before, (int)name.len, name.data);
	}
	buffer_clear(&seen);
}

static const struct {
	const char *shell;
	void (*print)(struct buffer *out);
} SHELLS[] = {
    {"bash", completion_bash},
    {"zsh", completion_zsh},
    {"fish", completion_fish},
};

static int run_completion(struct cli *cli)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(SHELLS); i++) {
		if (strcmp(cli->words[0], SHELLS[i].shell) != 0)
			continue;
		SHELLS[i].print(&text);
		return cli_print(cli, &text);
	}
	return cli_fail(
	    cli, CLI_USAGE, "%s: expected one of the shells bash, zsh and fish", cli->words[0]);
}

static const struct cli_option OPTIONS[] = {
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay completion bash >~/.local/share/bash-completion/completions/mailassay",
    "mailassay completion zsh >~/.zfunc/_mailassay    # in a directory of $fpath",
    "mailassay completion fish >~/.config/fish/completions/mailassay.fish",
    NULL,
};

const struct cli_command CLI_COMPLETION = {
    .name = "completion",
    .words = "bash|zsh|fish",
    .words_min = 1,
    .words_max = 1,
    .summary = "a script that completes commands and options in a shell",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_completion,
};
