/*
 * SPDX-License-Identifier: ISC
 *
 * The selection of a command: its words as one text, the options that stand for conditions, and the
 * text index that free words ask for.
 */
#include <string.h>

#include "base/name.h"
#include "cli/cli.h"
#include "indexer/indexer.h"
#include "net/loop.h"
#include "run/clock.h"
#include "store/datadir.h"

/* How long the index may take to catch up. */
#define INDEX_MS 60000

/* The octets of the "KEY:", or "-KEY:", that the word begins with; 0: with none. */
static size_t key_length(struct span word)
{
	ptrdiff_t colon = span_index(word, ':');
	size_t minus = word.len > 0 && word.data[0] == '-' ? 1 : 0;
	struct span key = span_after(span_first(word, colon < 0 ? 0 : (size_t)colon), minus);

	return name_find(SELECTION_KEY_NAME, SELECTION_WORD, key) < 0 ? 0 : (size_t)colon + 1;
}

/* Whether the word looks like a key with its value, known or not; "Re:" and URLs do not. */
static bool like_condition(struct span word)
{
	struct span text = span_after(word, span_starts(word, SPAN("-")) ? 1 : 0);
	ptrdiff_t colon = span_index(text, ':');

	for (ptrdiff_t i = 0; i < colon; i++)
		if (!ascii_alpha(text.data[i]) && text.data[i] != '-' && text.data[i] != '_')
			return false;
	return colon > 0 && (size_t)colon + 1 < text.len && text.data[colon + 1] != '/';
}

/* Whether what stands behind the key can have blanks in it: a text, or a time written with one. */
static bool takes_blanks(struct span text, struct span second)
{
	static const char *const KEYS[] = {"subject", "user", "after", "before"};
	struct span key = span_after(text, span_starts(text, SPAN("-")) ? 1 : 0);
	int found;

	key = span_first(key, (size_t)span_index(key, ':'));
	found = name_find(KEYS, ARRAY_SIZE(KEYS), key);
	return found >= 0 && (found < 2 || (second.len > 0 && ascii_digit(second.data[0])));
}

/* Whether it was one condition before the shell took its quotes away. */
static bool is_one_condition(struct span text)
{
	struct span rest = text;

	if (span_index(text, ' ') < 0 || span_index(text, '"') >= 0 || key_length(text) == 0)
		return false;
	span_cut(&rest, ' ');
	if (!takes_blanks(text, rest))
		return false;
	while (rest.data != NULL)
		if (like_condition(span_cut(&rest, ' ')))
			return false;
	return true;
}

static void add_quoted(struct buffer *out, struct span text)
{
	size_t key = key_length(text);
	struct span value = span_trim(span_after(text, key));

	buffer_add_span(out, span_first(text, key));
	buffer_add_char(out, '"');
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] == '\\')
			buffer_add_char(out, '\\');
		buffer_add_char(out, value.data[i]);
	}
	buffer_add_char(out, '"');
}

static void join_words(const struct cli *cli, size_t first, struct buffer *out)
{
	for (size_t i = first; i < cli->word_count; i++) {
		struct span word = span_from(cli->words[i]);

		if (i > first)
			buffer_add_char(out, ' ');
		if (is_one_condition(word))
			add_quoted(out, word);
		else
			buffer_add_span(out, word);
	}
}

static void add_options(struct cli *cli, struct arena *a, struct selection *out)
{
	static const struct {
		const char *name;
		enum selection_key key;
		enum selection_form form;
	} OPTIONS[] = {
	    {"to", SELECTION_TO, SELECTION_WHOLE},
	    {"from", SELECTION_FROM, SELECTION_WHOLE},
	    {"subject", SELECTION_SUBJECT, SELECTION_PART},
	};

	for (size_t i = 0; i < ARRAY_SIZE(OPTIONS); i++) {
		const char *value = cli_value(cli, OPTIONS[i].name);

		if (value != NULL)
			selection_add(out, a, OPTIONS[i].key, OPTIONS[i].form, value);
	}
}

int cli_selection(struct cli *cli, size_t first, struct arena *a, struct selection *out)
{
	struct buffer text = BUFFER_INIT;
	struct error err;
	int code = CLI_YES;

	join_words(cli, first, &text);
	if (selection_parse(buffer_span(&text), clock_now_ms(), a, out, &err) < 0)
		code = cli_fail(cli, CLI_USAGE, "selection: %s", err.text);
	else
		add_options(cli, a, out);
	buffer_clear(&text);
	return code;
}

/* Returns whether to wait for more: another process walks the messages. */
static bool is_behind(void *arg)
{
	return store_indexed(arg, NULL) == 0;
}

static int wait_for_index(struct cli *cli, struct store *store)
{
	const struct cli_await wait = {.timeout_ms = INDEX_MS, .seen = is_behind, .arg = store};
	struct error err;
	int indexed;

	cli_await(store, &wait);
	indexed = store_indexed(store, &err);
	if (indexed > 0)
		return CLI_YES;
	if (indexed < 0)
		return cli_error(cli, &err);
	return cli_fail(cli, CLI_CANNOT,
	    "the text index: %s: has not all messages after %d s; select without free words, or "
	    "try again",
	    cli->data_dir.data, INDEX_MS / 1000);
}

static void stop(void *arg)
{
	loop_stop(arg);
}

/* Walks all messages, which this process alone may do now. */
static int run_indexer(struct cli *cli, struct store_writer *writer)
{
	struct loop *loop = loop_new();
	struct loop_timer *timer = loop_timer_new(loop, stop, loop);
	const struct indexer_options options = {.loop = loop,
	    .data_dir = cli->data_dir.data,
	    .writer = writer,
	    .idle = stop,
	    .arg = loop};
	struct error err;
	struct indexer *x = indexer_start(&options, &err);
	int code = CLI_YES;

	if (x == NULL)
		code = cli_error(cli, &err);
	else {
		loop_timer_arm(timer, INDEX_MS);
		loop_run(loop);
	}
	indexer_stop(x);
	loop_timer_free(timer);
	loop_free(loop);
	return code;
}

static int walk_here(struct cli *cli)
{
	struct error err;
	struct store_writer *writer = store_writer_start(cli->data_dir.data, &err);
	int code;

	if (writer == NULL)
		return cli_fail(cli, CLI_CANNOT,
		    "the text index has not all messages, and no gateway runs to put them in: %s",
		    err.text);
	code = run_indexer(cli, writer);
	store_writer_stop(writer);
	return code;
}

int cli_index(struct cli *cli, struct store *store, const struct selection *s)
{
	struct error err;
	int indexed, code = CLI_YES;

	if (!selection_has_words(s))
		return CLI_YES;
	indexed = store_indexed(store, &err);
	if (indexed > 0)
		return CLI_YES;
	if (indexed < 0)
		return cli_error(cli, &err);
	if (!datadir_is_locked(cli->data_dir.data))
		code = walk_here(cli);
	return code == CLI_YES ? wait_for_index(cli, store) : code;
}
