/*
 * SPDX-License-Identifier: ISC
 *
 * Receivers' profiles: those of the program, of the setting "receivers" and of files given as
 * profiles; and mailassay receivers, which prints them.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "report/receiver.h"
#include "run/file.h"

#define RECEIVERS_MAX (1U << 20)

static int add_file(struct conf_receivers *r, const char *file, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	int failed = file_read(file, RECEIVERS_MAX, &text, err);

	if (failed == 0)
		failed = conf_receivers_parse(buffer_span(&text), file, r, err);
	buffer_clear(&text);
	return failed;
}

static int is_conf(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && span_ends_nocase(span_from(entry->d_name), SPAN(".conf"));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_directory(struct conf_receivers *r, const char *directory, struct error *err)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_conf, by_name), failed = 0;

	if (count < 0)
		return error_cannot(err, "%s: the directory could not be read", directory);
	for (int i = 0; i < count; i++) {
		struct buffer path = BUFFER_INIT;

		buffer_printf(&path, "%s/%s", directory, entries[i]->d_name);
		if (failed == 0)
			failed = add_file(r, path.data, err);
		buffer_clear(&path);
		free(entries[i]);
	}
	free(entries);
	return failed;
}

static int add_path(struct conf_receivers *r, const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_directory(r, path, err);
	return add_file(r, path, err);
}

int cli_receivers_read(
    const struct conf_settings *settings, struct conf_receivers *out, struct error *err)
{
	conf_receivers_builtin(out);
	for (size_t i = 0; i < settings->receivers.count; i++) {
		if (add_path(out, settings->receivers.items[i], err) == 0)
			continue;
		conf_receivers_clear(out);
		return -1;
	}
	return 0;
}

/* A profile's name has neither. */
static bool is_file(struct span word)
{
	return span_index(word, '/') >= 0 || span_ends_nocase(word, SPAN(".conf"));
}

static int add_profile_files(struct conf_receivers *r, struct span words, struct error *err)
{
	int failed = 0;

	while (words.data != NULL && failed == 0) {
		struct span word = span_trim(span_cut(&words, ','));
		struct buffer path = BUFFER_INIT;

		buffer_add_span(&path, word);
		if (is_file(word))
			failed = add_file(r, path.data, err);
		buffer_clear(&path);
	}
	return failed;
}

int cli_receivers(struct cli *cli, struct conf_receivers *out)
{
	const char *words;
	struct error err;
	int code = cli->settings.arena == NULL ? cli_settings(cli) : CLI_YES;

	*out = (struct conf_receivers){.arena = NULL};
	if (code != CLI_YES)
		return code;
	if (cli_receivers_read(&cli->settings, out, &err) < 0)
		return cli_error(cli, &err);
	for (size_t n = 0; (words = cli_value_at(cli, "profile", n)) != NULL; n++) {
		if (add_profile_files(out, span_from(words), &err) == 0)
			continue;
		conf_receivers_clear(out);
		return cli_error(cli, &err);
	}
	return CLI_YES;
}

/* Whether the receiver was read from the file; its place is "FILE:LINE". */
static bool is_of(const struct conf_receiver *r, struct span file)
{
	struct span place = span_from(r->place);

	return span_starts(place, file) && span_rindex(place, ':') == (ptrdiff_t)file.len;
}

void cli_profiles(const struct conf_receivers *known, const char *words, struct buffer *names)
{
	struct span rest = span_from(words);

	while (rest.data != NULL) {
		struct span word = span_trim(span_cut(&rest, ','));

		if (!is_file(word)) {
			buffer_add_string(names, names->len == 0 ? "" : ",");
			buffer_add_span(names, word);
			continue;
		}
		for (size_t i = 0; i < known->count; i++)
			if (is_of(&known->items[i], word))
				buffer_printf(names, "%s%s", names->len == 0 ? "" : ",",
				    known->items[i].name);
	}
}

static int show_one(
    struct cli *cli, const struct conf_receivers *all, struct span name, struct buffer *text)
{
	const struct conf_receiver *r = conf_receiver_find(all, name);
	struct report_style style = cli_style(cli);

	if (r == NULL) {
		buffer_reset(text);
		conf_receiver_names(all, text);
		return cli_fail(cli, CLI_NO, "%.*s: there is no such receiver; expected one of %s",
		    (int)name.len, name.data, text->data);
	}
	if (cli_value(cli, "json") == NULL) {
		report_receiver_text(text, all, r, &style);
		return CLI_YES;
	}
	report_receiver_json(text, all, r);
	buffer_add_char(text, '\n');
	return CLI_YES;
}

/* The receiver of a name, or all that stand in a file. */
static int show(struct cli *cli, struct conf_receivers *all, struct buffer *text)
{
	struct buffer names = BUFFER_INIT;
	struct span rest;
	struct error err;
	int code = CLI_YES;

	if (add_profile_files(all, span_from(cli->words[1]), &err) < 0)
		return cli_error(cli, &err);
	cli_profiles(all, cli->words[1], &names);
	rest = buffer_span(&names);
	while (rest.data != NULL && code == CLI_YES)
		code = show_one(cli, all, span_cut(&rest, ','), text);
	buffer_clear(&names);
	return code;
}

static int list(struct cli *cli, const struct conf_receivers *all, struct buffer *text)
{
	struct report_style style = cli_style(cli);

	if (cli_value(cli, "json") == NULL) {
		report_receivers_text(text, all, &style);
		return CLI_YES;
	}
	for (size_t i = 0; i < all->count; i++) {
		report_receiver_json(text, all, &all->items[i]);
		buffer_add_char(text, '\n');
	}
	return CLI_YES;
}

static int run_receivers(struct cli *cli)
{
	struct conf_receivers all;
	struct buffer text = BUFFER_INIT;
	int code;

	if (cli->word_count == 1 || (cli->word_count == 2 && strcmp(cli->words[0], "show") != 0))
		return cli_fail(
		    cli, CLI_USAGE, "%s: expected show NAME, or nothing", cli->words[0]);
	code = cli_receivers(cli, &all);
	if (code != CLI_YES)
		return code;
	code = cli->word_count == 0 ? list(cli, &all, &text) : show(cli, &all, &text);
	if (code == CLI_YES)
		code = cli_print(cli, &text);
	buffer_clear(&text);
	conf_receivers_clear(&all);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"json", NULL, "one JSON object a receiver, with its requirements"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay receivers",
    "mailassay receivers show gmail-bulk",
    "mailassay receivers show yahoo --json | jq -r '.requirements[] | [.name, .reply] | @tsv'",
    NULL,
};

const struct cli_command CLI_RECEIVERS = {
    .name = "receivers",
    .words = "[show NAME/FILE]",
    .words_max = 2,
    .summary = "what receivers require of a sender: the profiles of gate and of enforce",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_receivers,
};
