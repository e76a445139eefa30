/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay serve: the gateway in the foreground, from its configuration to its end by a signal.
 */
#include <signal.h>

#include "cli/reload.h"
#include "control/control.h"
#include "indexer/indexer.h"
#include "run/clock.h"
#include "run/file.h"
#include "run/log.h"
#include "run/memory_return.h"
#include "store/datadir.h"

static int read_settings(struct cli *cli)
{
	int code = cli_settings(cli);

	if (code != CLI_YES)
		return code;
	log_set_level(cli->settings.log_level);
	code = cli_zones(cli);
	return code == CLI_YES ? cli_data_dir(cli, false) : code;
}

static int write_ports(struct cli *cli, const struct gateway *g, struct error *err)
{
	const char *file = cli_value(cli, "ports-file");
	struct buffer text = BUFFER_INIT;
	int failed;

	if (file == NULL)
		return 0;
	gateway_ports(g, &text);
	failed = file_write(file, 0644, buffer_span(&text), err);
	buffer_clear(&text);
	return failed;
}

static void stop(void *arg)
{
	loop_stop(arg);
}

/* What runs. */
struct running {
	struct cli *cli;
	struct loop *loop;
	struct store_writer *writer;
	struct gateway *gateway;  /* NULL: not yet, or not any more, as the next three */
	struct opinion *opinions; /* NULL: also where they are off */
	struct indexer *indexer;
	struct control *control;
	struct loop_timer *again; /* reads the configuration again */
	int64_t started_us;
};

static void read_again(void *arg)
{
	const struct running *r = arg;

	if (r->gateway != NULL)
		reload(r->cli, &(const struct reload_target){r->gateway, r->opinions, r->writer});
}

/* Several signals in a row ask for one thing. */
static void hang_up(void *arg)
{
	const struct running *running = arg;

	loop_timer_arm(running->again, 0);
}

/* The writer has committed messages: its thread. */
static void wake_followers(void *arg)
{
	const struct running *r = arg;

	if (r->opinions != NULL)
		opinion_wake(r->opinions);
	indexer_wake(r->indexer);
}

static json_t *live_facts(void *arg)
{
	const struct running *r = arg;
	struct gateway_stats s;

	gateway_stats(r->gateway, &s);
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "sessions", (json_int_t)s.sessions,
	    "buffered", (json_int_t)s.buffered, "uptime_ms",
	    (json_int_t)((clock_steady_us() - r->started_us) / 1000), "jobs", (json_int_t)s.jobs,
	    "sessions_begun", (json_int_t)s.sessions_begun, "messages_stored",
	    (json_int_t)s.messages_stored);
}

static int start_opinions(struct running *r, struct error *err)
{
	const struct opinion_options options = {
	    .loop = r->loop,
	    .data_dir = r->cli->data_dir.data,
	    .zones = r->cli->zones,
	    .settings = &r->cli->settings,
	    .writer = r->writer,
	};

	if (!r->cli->settings.opinion)
		return 0;
	r->opinions = opinion_start(&options, err);
	return r->opinions == NULL ? -1 : 0;
}

/* Those that follow the store. */
static int start_followers(struct running *r, struct error *err)
{
	const struct indexer_options options = {
	    .loop = r->loop,
	    .data_dir = r->cli->data_dir.data,
	    .writer = r->writer,
	};

	if (start_opinions(r, err) < 0)
		return -1;
	r->indexer = indexer_start(&options, err);
	if (r->indexer == NULL)
		return -1;
	store_writer_watch(r->writer, wake_followers, r);
	return 0;
}

static void stop_followers(struct running *r)
{
	store_writer_watch(r->writer, NULL, NULL);
	opinion_stop(r->opinions);
	indexer_stop(r->indexer);
}

/* Not every disk knows sockets: mail is taken all the same. */
static void start_control(struct running *r)
{
	const struct control_options options = {
	    .loop = r->loop,
	    .data_dir = r->cli->data_dir.data,
	    .writer = r->writer,
	    .stats = live_facts,
	    .arg = r,
	};
	struct error err;

	r->control = control_start(&options, &err);
	if (r->control == NULL)
		log_event(CONF_LOG_WARNING, NULL, "control-failed", "reason", err.text, LOG_END);
}

static int run_gateway(struct running *r, struct gateway *g)
{
	struct cli *cli = r->cli;
	struct error err;

	r->gateway = g;
	start_control(r);
	if (write_ports(cli, g, &err) < 0)
		return cli_error(cli, &err);
	log_event(CONF_LOG_INFO, NULL, "ready", "data", cli->data_dir.data, LOG_END);
	loop_run(r->loop);
	log_event(CONF_LOG_INFO, NULL, "stopping", LOG_END);
	return CLI_YES;
}

static int serve_mail(struct running *r)
{
	struct conf_receivers receivers = {.arena = NULL};
	const struct gateway_options options = {
	    .settings = &r->cli->settings,
	    .data_dir = r->cli->data_dir.data,
	    .zones = r->cli->zones,
	    .receivers = &receivers,
	    .writer = r->writer,
	};
	struct gateway *g = NULL;
	struct error err;
	int code;

	if (cli_receivers_read(&r->cli->settings, &receivers, &err) == 0)
		g = gateway_start(&options, &err);
	conf_receivers_clear(&receivers);

	if (g == NULL) {
		stop_followers(r);
		return cli_error(r->cli, &err);
	}
	code = run_gateway(r, g);
	control_stop(r->control);
	r->gateway = NULL;
	/* Before the followers: while clients send, the writer has no time for what those bring. */
	gateway_stop(g);
	stop_followers(r);
	/* It owns the zones that opinions are asked by. */
	gateway_free(g);
	return code;
}

static int serve(struct cli *cli, struct store_writer *writer, struct loop *loop)
{
	struct running r = {
	    .cli = cli,
	    .loop = loop,
	    .writer = writer,
	    .started_us = clock_steady_us(),
	};
	struct loop_signal *hangup;
	struct error err;
	int code;

	r.again = loop_timer_new(loop, read_again, &r);
	hangup = loop_signal_new(loop, SIGHUP, hang_up, &r);
	retain(&cli->settings, writer);
	if (start_followers(&r, &err) == 0) {
		code = serve_mail(&r);
	} else {
		stop_followers(&r);
		code = cli_error(cli, &err);
	}
	loop_signal_free(hangup);
	loop_timer_free(r.again);
	return code;
}

static int run_serve(struct cli *cli)
{
	struct store_writer *writer;
	struct loop_signal *terminate, *interrupt;
	struct loop *loop;
	struct error err;
	int code;

	/* One that comes too early, or too late, is not to end the gateway. */
	signal(SIGHUP, SIG_IGN);
	code = read_settings(cli);
	if (code != CLI_YES)
		return code;
	memory_return_large();
	if (datadir_make(cli->data_dir.data, &err) < 0 ||
	    (writer = store_writer_start(cli->data_dir.data, &err)) == NULL)
		return cli_error(cli, &err);
	loop = loop_new();
	terminate = loop_signal_new(loop, SIGTERM, stop, loop);
	interrupt = loop_signal_new(loop, SIGINT, stop, loop);
	code = serve(cli, writer, loop);
	store_writer_stop(writer);
	loop_signal_free(terminate);
	loop_signal_free(interrupt);
	/* It has stopped well, also for who asks a second time. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	loop_free(loop);
	if (code == CLI_YES)
		log_event(CONF_LOG_INFO, NULL, "stopped", LOG_END);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"listen", "KIND=ADDRESS:PORT", "listen here, and only where --listen says (repeatable)"},
    {"zone", "FILE", "a zone file that answers before the resolver (repeatable)"},
    {"dns", "ADDRESS:PORT", "ask this server (repeatable), not the system's"},
    {"ports-file", "FILE", "write NAME=PORT a line there once all listeners are ready"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay serve",
    "mailassay serve --zone staging.zone",
    "mailassay serve --listen submission=127.0.0.1:0 --ports-file ports",
    NULL,
};

const struct cli_command CLI_SERVE = {
    .name = "serve",
    .words = "",
    .summary = "the gateway, in the foreground",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .settings = true,
    .run = run_serve,
};
