/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay ca: the development CA's certificate, so that a client can verify the gateway, and how
 * to make clients trust it.
 */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/trust.h"
#include "net/tlscontext.h"
#include "run/file.h"
#include "store/datadir.h"

#define CA_MAX 1048576

/* One that is there can be read by who may not write the directory. */
static int read_ca(struct cli *cli, const char *path, struct buffer *text, struct error *err)
{
	if (file_read(path, CA_MAX, text, NULL) == 0)
		return 0;
	buffer_reset(text);
	return datadir_make(cli->data_dir.data, err) == 0 &&
	               tls_context_prepare_dev(cli->data_dir.data, err) == 0 &&
	               file_read(path, CA_MAX, text, err) == 0
	           ? 0
	           : -1;
}

/* Clients run in other directories. */
static void explain(const char *path, struct buffer *text)
{
	char *whole = realpath(path, NULL);

	buffer_reset(text);
	trust_write(whole != NULL ? whole : path, text);
	free(whole);
}

static int run_ca(struct cli *cli)
{
	struct buffer path = BUFFER_INIT, text = BUFFER_INIT;
	struct error err;
	int code = cli_settings(cli);

	if (code == CLI_YES)
		code = cli_data_dir(cli, true);
	if (code != CLI_YES)
		return code;
	buffer_printf(&path, "%s/ca.pem", cli->data_dir.data);
	if (read_ca(cli, path.data, &text, &err) < 0) {
		code = cli_error(cli, &err);
	} else {
		if (cli_value(cli, "trust") != NULL)
			explain(path.data, &text);
		code = cli_print(cli, &text);
	}
	buffer_clear(&path);
	buffer_clear(&text);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"trust", NULL, "how to make common clients trust it, in words and not in PEM"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay ca > mailassay-ca.pem",
    "mailassay ca --trust",
    "openssl s_client -starttls smtp -connect localhost:2587 -CAfile mailassay-ca.pem",
    NULL,
};

const struct cli_command CLI_CA = {
    .name = "ca",
    .words = "",
    .summary = "the development CA's certificate in PEM, made when there is none",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_ca,
};
