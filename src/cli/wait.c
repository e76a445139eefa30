/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay wait: blocks until enough messages are there, so that tests need no sleep.
 */
#include <string.h>

#include "base/codec.h"
#include "base/date.h"
#include "cli/cli.h"
#include "net/loop.h"
#include "run/clock.h"

/* How often the store is asked whether it changed: far below the 50 ms that a waiter may lose. */
#define POLL_MS 10

struct wait {
	struct cli *cli;
	struct store *store;
	struct loop *loop;
	struct loop_timer *timer;
	struct store_filter filter;
	uint64_t count;
	int64_t deadline_us;
	int64_t version; /* of the store when it was last searched */
	int code;
};

static int print_matches(struct wait *w)
{
	struct store_filter all = w->filter;
	struct store_messages messages;
	struct arena *arena = arena_new();
	struct error err;
	int code;

	all.limit = 0;
	if (store_messages(w->store, &all, arena, &messages, &err) < 0)
		code = cli_error(w->cli, &err);
	else
		code = cli_print_messages(w->cli, &messages, cli_value(w->cli, "json") != NULL);
	arena_free(arena);
	return code;
}

static void finish(struct wait *w, int code)
{
	w->code = code;
	loop_stop(w->loop);
}

/* Searches when the store has changed; true when the wait is over. */
static bool search(struct wait *w)
{
	int64_t version = store_version(w->store);
	ptrdiff_t found;
	struct error err;

	if (version == w->version)
		return false;
	w->version = version;
	found = store_count(w->store, &w->filter, &err);
	if (found < 0)
		finish(w, cli_error(w->cli, &err));
	else if ((uint64_t)found >= w->count)
		finish(w, print_matches(w));
	else
		return false;
	return true;
}

static void poll_store(void *arg)
{
	struct wait *w = arg;
	ptrdiff_t found;

	if (search(w))
		return;
	if (clock_steady_us() < w->deadline_us) {
		loop_timer_arm(w->timer, POLL_MS);
		return;
	}
	found = store_count(w->store, &w->filter, NULL);
	finish(
	    w, cli_fail(w->cli, CLI_TIMEOUT,
		   "timed out: expected %llu matching message%s, got %td; see mailassay list",
		   (unsigned long long)w->count, w->count == 1 ? "" : "s", found < 0 ? 0 : found));
}

/* --after: "now" is the newest message there is, else a message's id. */
static int set_after(struct wait *w, char id[ULID_SIZE])
{
	const char *after = cli_value(w->cli, "after");
	struct error err;
	int code = CLI_YES;

	if (after == NULL)
		return CLI_YES;
	if (strcmp(after, "now") != 0)
		code = cli_message_id(w->cli, w->store, after, id);
	else if (store_newest(w->store, id, &err) < 0)
		code = cli_error(w->cli, &err);
	if (code == CLI_YES && id[0] != '\0')
		w->filter.after = id;
	return code;
}

static int wait_for_messages(struct wait *w, int64_t timeout_ms)
{
	w->deadline_us = clock_steady_us() + timeout_ms * 1000;
	w->version = -1;
	w->loop = loop_new();
	w->timer = loop_timer_new(w->loop, poll_store, w);
	loop_timer_arm(w->timer, 0);
	loop_run(w->loop);
	loop_timer_free(w->timer);
	loop_free(w->loop);
	return w->code;
}

/* As in the configuration; besides, seconds may have a fraction, as "0.5". */
static int timeout_parse(struct span text, int64_t *ms)
{
	ptrdiff_t point = span_index(text, '.');
	int64_t weight = 100;
	uint64_t seconds;

	if (point < 0)
		return duration_parse(text, ms);
	if (span_to_uint(span_first(text, (size_t)point), UINT32_MAX, &seconds) < 0)
		return -1;
	*ms = (int64_t)seconds * 1000;
	for (size_t i = (size_t)point + 1; i < text.len; i++, weight /= 10) {
		if (!ascii_digit(text.data[i]))
			return -1;
		*ms += (text.data[i] - '0') * weight;
	}
	return text.data[text.len - 1] == '.' ? -1 : 0;
}

static int read_timeout(struct cli *cli, int64_t *ms)
{
	const char *text = cli_value(cli, "timeout");

	if (text == NULL || timeout_parse(span_from(text), ms) == 0)
		return CLI_YES;
	return cli_fail(cli, CLI_USAGE,
	    "--timeout: expected seconds, or a whole number with ms, s, m, h or d, got \"%s\"",
	    text);
}

static int run_wait(struct cli *cli)
{
	struct wait w = {.cli = cli, .count = 1};
	char id[ULID_SIZE] = "";
	int64_t timeout_ms = 60000;
	int code = read_timeout(cli, &timeout_ms);

	if (code == CLI_YES && cli_number(cli, "count", 1, 1000000000, &w.count) < 0)
		code = CLI_USAGE;
	if (code == CLI_YES)
		code = cli_store(cli, &w.store);
	if (code == CLI_YES)
		code = set_after(&w, id);
	if (code == CLI_YES) {
		w.filter.to = cli_value(cli, "to");
		w.filter.from = cli_value(cli, "from");
		w.filter.subject = cli_value(cli, "subject");
		w.filter.limit = (size_t)w.count;
		code = wait_for_messages(&w, timeout_ms);
	}
	store_close(w.store);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"to", "ADDRESS", "an accepted recipient, whole, in any case"},
    {"from", "ADDRESS", "the reverse-path or the From address, whole, in any case"},
    {"subject", "TEXT", "part of the decoded subject"},
    {"timeout", "SECONDS", "how long to wait, also 0.5, 500ms or 2m (60)"},
    {"count", "N", "how many must match (1)"},
    {"after", "ID|now", "only messages that came after this one"},
    {"json", NULL, "one JSON object a line"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay wait --to alice@example.net --timeout 30",
    "mailassay wait --after now --count 3 --json",
    NULL,
};

const struct cli_command CLI_WAIT = {
    .name = "wait",
    .words = "",
    .summary = "waits until enough messages match, then prints all that do",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_wait,
};
