/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay vacuum: gives the space of what was deleted back to the disk.
 */
#include "cli/cli.h"
#include "cli/order.h"

static int print_result(const struct cli *cli, uint64_t before, uint64_t after)
{
	struct buffer text = BUFFER_INIT;

	buffer_printf(&text,
	    cli_value(cli, "json") != NULL ? "{\"before\":%llu,\"after\":%llu}\n"
					   : "%llu octets before, %llu after\n",
	    (unsigned long long)before, (unsigned long long)after);
	return cli_print(cli, &text);
}

static int run_vacuum(struct cli *cli)
{
	struct store *store = NULL;
	uint64_t before, after;
	struct orders *orders;
	struct error err;
	int code = cli_store(cli, &store);

	/* It was to be there; and who reads stands in the way. */
	store_close(store);
	if (code != CLI_YES)
		return code;
	orders = orders_new(cli->data_dir.data);
	if (order_vacuum(orders, &before, &after, &err) < 0)
		code = cli_error(cli, &err);
	else
		code = print_result(cli, before, after);
	orders_free(orders);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"json", NULL, "one JSON object: before, after"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay vacuum",
    "mailassay delete before:30d --yes && mailassay vacuum",
    NULL,
};

const struct cli_command CLI_VACUUM = {
    .name = "vacuum",
    .words = "",
    .summary = "makes the database as small as it can be, also while the gateway runs",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_vacuum,
};
