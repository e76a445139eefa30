/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay serve: the gateway in the foreground, from its configuration to its end by a signal.
 */
#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "gateway/gateway.h"
#include "net/tlscontext.h"
#include "opinion/opinion.h"
#include "run/file.h"
#include "run/log.h"
#include "store/datadir.h"

/* --listen replaces the listeners of the configuration. */
static int apply_listen(struct cli *cli)
{
	const char **arguments = NULL;
	const char *value = cli_value_at(cli, "listen", 0);
	size_t count = 0;
	struct error err;
	int failed = 0;

	for (; value != NULL; value = cli_value_at(cli, "listen", count)) {
		array_grow(&arguments, count, sizeof(*arguments));
		arguments[count++] = value;
	}
	if (count > 0)
		failed = conf_settings_listen(&cli->settings, arguments, count, &err);
	free(arguments);
	return failed == 0 ? CLI_YES : cli_error(cli, &err);
}

/* --dns replaces the servers of the configuration. */
static void apply_dns(struct cli *cli)
{
	struct conf_list given = {NULL, 0};

	while (cli_value_at(cli, "dns", given.count) != NULL)
		given.count++;
	if (given.count == 0)
		return;
	given.items = arena_alloc(cli->settings.arena, given.count * sizeof(*given.items));
	for (size_t i = 0; i < given.count; i++)
		given.items[i] = cli_value_at(cli, "dns", i);
	cli->settings.dns = given;
}

static int read_settings(struct cli *cli)
{
	uint64_t workers = 0;
	int code = cli_settings(cli);

	if (code == CLI_YES)
		code = apply_listen(cli);
	if (code == CLI_YES && cli_number(cli, "workers", 1, 64, &workers) < 0)
		code = CLI_USAGE;
	if (code != CLI_YES)
		return code;
	if (workers > 0)
		cli->settings.workers = (unsigned)workers;
	apply_dns(cli);
	log_set_level(cli->settings.log_level);
	code = cli_zones(cli);
	return code == CLI_YES ? cli_data_dir(cli, false) : code;
}

/* The development certificate is made when a listener presents it. */
static int prepare_certificate(struct cli *cli, struct error *err)
{
	for (size_t i = 0; i < cli->settings.listener_count; i++) {
		const struct conf_listener *l = &cli->settings.listeners[i];

		if (l->tls != CONF_TLS_NONE && l->certificate == NULL)
			return tls_context_prepare_dev(cli->data_dir.data, err);
	}
	return 0;
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
    struct cli *cli, struct store_writer *writer, struct loop *loop, struct opinion *opinions)
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
		opinion_stop(opinions);
		return cli_error(cli, &err);
	}
	if (write_ports(cli, g, &err) < 0) {
		code = cli_error(cli, &err);
	} else {
		log_event(CONF_LOG_INFO, NULL, "ready", "data", cli->data_dir.data, LOG_END);
		run_until_signal(loop);
	}
	/* First the clients: while they send, the writer has no time for opinions. */
	gateway_stop(g);
	opinion_stop(opinions);
	gateway_free(g);
	return code;
}

static int serve(struct cli *cli, struct store_writer *writer, struct loop *loop)
{
	struct opinion *opinions;
	struct error err;

	if (start_opinions(cli, writer, loop, &opinions, &err) < 0)
		return cli_error(cli, &err);
	return run_gateway(cli, writer, loop, opinions);
}

static int run_serve(struct cli *cli)
{
	struct store_writer *writer;
	struct loop_signal *terminate, *interrupt;
	struct loop *loop;
	struct error err;
	int code = read_settings(cli);

	if (code != CLI_YES)
		return code;
	if (datadir_make(cli->data_dir.data, &err) < 0 ||
	    (writer = store_writer_start(cli->data_dir.data, &err)) == NULL)
		return cli_error(cli, &err);
	loop = loop_new();
	terminate = loop_signal_new(loop, SIGTERM, stop, loop);
	interrupt = loop_signal_new(loop, SIGINT, stop, loop);
	code = prepare_certificate(cli, &err) < 0 ? cli_error(cli, &err) : serve(cli, writer, loop);
	loop_signal_free(terminate);
	loop_signal_free(interrupt);
	loop_free(loop);
	store_writer_stop(writer);
	if (code == CLI_YES)
		log_event(CONF_LOG_INFO, NULL, "stopped", LOG_END);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"listen", "KIND=ADDRESS:PORT", "listen here, and only where --listen says (repeatable)"},
    {"zone", "FILE", "a zone file that answers before the resolver (repeatable)"},
    {"dns", "HOST:PORT", "ask this server (repeatable), not the system's"},
    {"ports-file", "FILE", "write NAME=PORT a line there once all listeners are ready"},
    {"workers", "N", "threads (one per core, at most 4)"},
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
    .run = run_serve,
};
