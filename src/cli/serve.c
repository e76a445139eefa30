/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay serve: the gateway in the foreground, from its configuration to its end by a signal.
 */
#include <signal.h>

#include "cli/reload.h"
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

/* What runs, for SIGHUP. */
struct running {
	const struct cli *cli;
	struct gateway *gateway; /* NULL: not yet, or not any more */
	struct opinion *opinions;
	struct loop_timer *again; /* reads the configuration again */
};

static void read_again(void *arg)
{
	const struct running *running = arg;

	if (running->gateway != NULL)
		reload(running->cli, running->gateway, running->opinions);
}

/* Several signals in a row ask for one thing. */
static void hang_up(void *arg)
{
	const struct running *running = arg;

	loop_timer_arm(running->again, 0);
}

static void run_until_signal(struct loop *loop)
{
	loop_run(loop);
	log_event(CONF_LOG_INFO, NULL, "stopping", LOG_END);
}

static int start_opinions(struct cli *cli, struct store_writer *writer, struct loop *loop,
    struct opinion **out, struct error *err)
{
	const struct opinion_options options = {
	    .loop = loop,
	    .data_dir = cli->data_dir.data,
	    .zones = cli->zones,
	    .settings = &cli->settings,
	    .writer = writer,
	};

	*out = cli->settings.opinion ? opinion_start(&options, err) : NULL;
	return cli->settings.opinion && *out == NULL ? -1 : 0;
}

static int run_gateway(
    struct cli *cli, struct store_writer *writer, struct loop *loop, struct running *running)
{
	struct gateway_options options = {
	    .settings = &cli->settings,
	    .data_dir = cli->data_dir.data,
	    .zones = cli->zones,
	    .writer = writer,
	};
	struct error err;
	struct gateway *g = gateway_start(&options, &err);
	int code = CLI_YES;

	if (g == NULL) {
		opinion_stop(running->opinions);
		return cli_error(cli, &err);
	}
	if (write_ports(cli, g, &err) < 0) {
		code = cli_error(cli, &err);
	} else {
		log_event(CONF_LOG_INFO, NULL, "ready", "data", cli->data_dir.data, LOG_END);
		running->gateway = g;
		run_until_signal(loop);
		running->gateway = NULL;
	}
	/* First the clients: while they send, the writer has no time for opinions. */
	gateway_stop(g);
	opinion_stop(running->opinions);
	gateway_free(g);
	return code;
}

static int serve(struct cli *cli, struct store_writer *writer, struct loop *loop)
{
	struct running running = {.cli = cli};
	struct loop_signal *hangup;
	struct error err;
	int code;

	running.again = loop_timer_new(loop, read_again, &running);
	hangup = loop_signal_new(loop, SIGHUP, hang_up, &running);
	if (start_opinions(cli, writer, loop, &running.opinions, &err) < 0)
		code = cli_error(cli, &err);
	else
		code = run_gateway(cli, writer, loop, &running);
	loop_signal_free(hangup);
	loop_timer_free(running.again);
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
