/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay watch: messages as they come, one line each, until a signal or the end of the pipe.
 */
#include <limits.h>
#include <string.h>

#include "base/codec.h"
#include "cli/cli.h"
#include "report/json.h"

struct watch {
	struct cli *cli;
	struct store *store;
	struct selection selection;
	struct report_style style;
	bool json, begun;
	char after[ULID_SIZE]; /* all up to this one were looked at */
	bool printed;          /* something since the store has changed */
	bool closed;           /* nobody reads any more */
	int code;
};

static bool print(struct watch *w, struct buffer *text)
{
	bool whole = fwrite(text->data, 1, text->len, stdout) == text->len && fflush(stdout) == 0;

	w->closed = !whole;
	buffer_clear(text);
	return whole;
}

static int print_one(void *arg, const struct record_message *m)
{
	struct watch *w = arg;
	struct buffer text = BUFFER_INIT;

	if (w->json) {
		report_message_json(&text, m);
		buffer_add_char(&text, '\n');
	} else {
		report_list_line(&text, m, &w->style);
	}
	snprintf(w->after, sizeof(w->after), "%s", m->id);
	w->printed = true;
	return print(w, &text) ? 0 : 1;
}

/*
 * Prints what came since. Where nothing of it matched, the newest there was in front of it is
 * where to go on; so none is left out that was committed meanwhile.
 */
static int look(struct watch *w, struct error *err)
{
	struct store_filter filter = {
	    .selection = &w->selection, .after = w->after, .oldest_first = true};
	char from[ULID_SIZE], newest[ULID_SIZE];
	int indexed = selection_has_words(&w->selection) ? store_indexed(w->store, err) : 1;

	if (indexed <= 0)
		return indexed;
	memcpy(from, w->after, sizeof(from));
	filter.after = from;
	w->printed = false;
	if (store_newest(w->store, newest, err) < 0 ||
	    store_each(w->store, &filter, print_one, w, err) < 0)
		return -1;
	if (!w->printed)
		memcpy(w->after, newest, sizeof(newest));
	return 0;
}

/* Signals are heeded by the time that the head tells of it. */
static bool print_head(struct watch *w)
{
	struct buffer head = BUFFER_INIT;

	if (w->begun || w->json)
		return true;
	w->begun = true;
	report_list_head(&head, &w->style);
	return print(w, &head);
}

/* Returns whether to wait for more. */
static bool seen(void *arg)
{
	struct watch *w = arg;
	struct error err;

	if (print_head(w) && look(w, &err) < 0)
		w->code = cli_error(w->cli, &err);
	return w->code == CLI_YES && !w->closed;
}

static int watch(struct watch *w)
{
	const struct cli_await await = {
	    .timeout_ms = -1, .seen = seen, .arg = w, .until_signal = true};

	cli_await(w->store, &await);
	if (w->closed)
		clearerr(stdout); /* that the pipe was closed is an end like another */
	return w->code;
}

static int run_watch(struct cli *cli)
{
	struct arena *arena = arena_new();
	struct watch w = {
	    .cli = cli, .style = cli_style(cli), .json = cli_value(cli, "json") != NULL};
	struct error err;
	int code = cli_selection(cli, 0, arena, &w.selection);

	if (code == CLI_YES)
		code = cli_store(cli, &w.store);
	if (code == CLI_YES)
		code = cli_after(cli, w.store, w.after);
	if (code == CLI_YES && cli_value(cli, "after") == NULL &&
	    store_newest(w.store, w.after, &err) < 0)
		code = cli_error(cli, &err);
	if (code == CLI_YES)
		code = cli_index(cli, w.store, &w.selection);
	if (code == CLI_YES)
		code = watch(&w);
	store_close(w.store);
	arena_free(arena);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"after", "ID|now", "begin with what came after this message (now)"},
    {"utc", NULL, "times in UTC, not local ones"},
    {"json", NULL, "one JSON object a line"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay watch",
    "mailassay watch to:@example.net -dmarc:pass",
    "mailassay watch --json | jq --unbuffered -r .message.subject",
    NULL,
};

const struct cli_command CLI_WATCH = {
    .name = "watch",
    .words = "[SELECTION...]",
    .words_max = UINT_MAX,
    .summary = "messages as they come, one line each",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_watch,
};
