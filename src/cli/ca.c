/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay ca: the development CA's certificate, so that a client can verify the gateway.
 */
#include "cli/cli.h"
#include "net/tlscontext.h"
#include "run/file.h"
#include "store/datadir.h"

#define CA_MAX 1048576

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
	/* One that is there can be read by who may not write the directory. */
	if (file_read(path.data, CA_MAX, &text, NULL) < 0 &&
	    (datadir_make(cli->data_dir.data, &err) < 0 ||
		tls_context_prepare_dev(cli->data_dir.data, &err) < 0 ||
		file_read(path.data, CA_MAX, &text, &err) < 0))
		code = cli_error(cli, &err);
	else
		code = cli_print(cli, &text);
	buffer_clear(&path);
	buffer_clear(&text);
	return code;
}

static const struct cli_option OPTIONS[] = {{NULL, NULL, NULL}};

static const char *const EXAMPLES[] = {
    "mailassay ca > mailassay-ca.pem",
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
