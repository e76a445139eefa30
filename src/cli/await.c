/*
 * SPDX-License-Identifier: ISC
 *
 * Waiting for messages: the store is looked at when another process has committed to it, so that
 * tests need no sleep. Its options too.
 */
#include <signal.h>
#include <string.h>

#include "base/codec.h"
#include "base/date.h"
#include "cli/cli.h"
#include "net/loop.h"
#include "run/clock.h"

/* How often the store is asked whether it changed: far below the 50 ms that a waiter may lose. */
#define POLL_MS 10

struct waiting {
	struct store *store;
	const struct cli_await *await;
	struct loop *loop;
	struct loop_timer *timer;
	int64_t deadline_us;
	int64_t version; /* of the store when it was last searched */
	int code;
};

static void finish(struct waiting *w, int code)
{
	w->code = code;
	loop_stop(w->loop);
}

static bool is_over(const struct waiting *w)
{
	return w->await->timeout_ms >= 0 && clock_steady_us() >= w->deadline_us;
}

static void poll_store(void *arg)
{
	struct waiting *w = arg;
	int64_t version = store_version(w->store);

	if (version != w->version) {
		w->version = version;
		if (!w->await->seen(w->await->arg)) {
			finish(w, CLI_YES);
			return;
		}
	}
	if (is_over(w))
		finish(w, CLI_TIMEOUT);
	else
		loop_timer_arm(w->timer, POLL_MS);
}

static void end(void *arg)
{
	finish(arg, CLI_YES);
}

int cli_await(struct store *store, const struct cli_await *a)
{
	struct waiting w = {.store = store, .await = a, .version = -1};
	struct loop_signal *interrupt = NULL, *term = NULL;

	w.deadline_us = clock_steady_us() + a->timeout_ms * 1000;
	w.loop = loop_new();
	w.timer = loop_timer_new(w.loop, poll_store, &w);
	if (a->until_signal) {
		interrupt = loop_signal_new(w.loop, SIGINT, end, &w);
		term = loop_signal_new(w.loop, SIGTERM, end, &w);
	}
	loop_timer_arm(w.timer, 0);
	loop_run(w.loop);
	if (a->until_signal) {
		loop_signal_free(interrupt);
		loop_signal_free(term);
	}
	loop_timer_free(w.timer);
	loop_free(w.loop);
	return w.code;
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

int cli_timeout(struct cli *cli, int64_t *ms)
{
	/* a thousand years; in microseconds it has to be a number still */
	static const int64_t max_ms = 1000LL * 365 * 86400000;
	const char *text = cli_value(cli, "timeout");
	int64_t value;

	if (text == NULL)
		return CLI_YES;
	if (timeout_parse(span_from(text), &value) < 0)
		return cli_fail(cli, CLI_USAGE,
		    "--timeout: expected seconds, or a whole number with ms, s, m, h or d, got "
		    "\"%s\"",
		    text);
	*ms = value > max_ms ? max_ms : value;
	return CLI_YES;
}

int cli_after(struct cli *cli, struct store *store, char *id)
{
	const char *after = cli_value(cli, "after");
	struct error err;

	id[0] = '\0';
	if (after == NULL)
		return CLI_YES;
	if (strcmp(after, "now") != 0)
		return cli_message_id(cli, store, after, id);
	return store_newest(store, id, &err) == 0 ? CLI_YES : cli_error(cli, &err);
}
